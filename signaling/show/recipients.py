"""Names of recipients: whom messages, cues and talkback go to. The only place that decides whom a name means."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

from config.model import Event, place_of
from signaling.show.terms import EVERYBODY, Role

STAGE: Final = "stage"
"""The stage displays."""
SPEAKER: Final = "speaker"
"""The places on air now, and the stage displays of the halls among them. What is sent to them ends with the item, as it
is not meant for the next speaker."""
TECHNICIANS: Final = "technicians"
"""All venues."""
BOOTHS: Final = "booths"
"""All booths."""
AT_DESK: Final = "desk"
"""The moderators."""


def places(event: Event) -> tuple[str, ...]:
    """Every venue, guest and booth."""
    return (*event.venues, *event.guests, *event.booths)


def recipients(event: Event) -> tuple[str, ...]:
    """Everybody that a message or a cue can be sent to."""
    return (*places(event), STAGE, SPEAKER, TECHNICIANS, BOOTHS, AT_DESK, EVERYBODY)


def who(role: Role, id: str) -> str | None:
    """What a link of this role and id is called as a sender or recipient; None for viewers, who are neither."""
    match role:
        case "moderator":
            return AT_DESK
        case "stage":
            return STAGE
        case "viewer":
            return None
        case "venue" | "guest" | "interpreter":
            return id


def on_air(on_screen: Iterable[str], venues: Collection[str]) -> frozenset[str]:
    """Those whom `speaker` means while these sources are on screen: their places, and `stage` if one is a hall."""
    found = frozenset(place_of(source) for source in on_screen)
    return found | {STAGE} if found.intersection(venues) else found


def is_to(recipient: str, role: Role, id: str, on_air: Collection[str]) -> bool:
    """Whether something sent to `recipient` is for links of this role and id. `on_air` are those of the function
    `on_air`. Which hall a stage display stands in is known to its page alone."""
    if role == "viewer":
        return False
    match recipient:
        case "all":
            return role != "moderator"
        case "speaker":
            return role in ("venue", "guest", "stage") and who(role, id) in on_air
        case "technicians":
            return role == "venue"
        case "booths":
            return role == "interpreter"
        case _:
            return recipient == who(role, id)


def readers(event: Event, recipient: str, on_air: Collection[str]) -> tuple[str, ...]:
    """Those who can confirm a message to `recipient`: venues, guests and booths, or the desk. Nobody operates a stage
    display."""
    links: tuple[tuple[Role, Iterable[str]], ...] = (
        ("venue", event.venues),
        ("guest", event.guests),
        ("interpreter", event.booths),
        ("moderator", (AT_DESK,)),
    )
    return tuple(id for role, ids in links for id in ids if is_to(recipient, role, id, on_air))
