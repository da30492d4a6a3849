"""What one peer hears besides the programme: its chosen channel, its partner in the booth, and talkback. And in which
size it sees the programme.

`routing` says what a destination is sent, by the log. Each peer chooses within that, and its choice is not in the log.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from bridge.engine import Feed
from config.languages import same_language
from config.model import place_of
from signaling.show.languages import (
    channel_feed,
    heard_seats,
    output,
    relay_feed,
)
from signaling.show.seats import CLOSED
from signaling.show.show import Show


@dataclass(frozen=True, slots=True)
class Decodable:
    """The pictures that a peer can decode in time."""

    previews: bool = True
    small: bool = False
    """Large ones it cannot."""


@dataclass(frozen=True, slots=True)
class Listening:
    """The choices of one peer."""

    channel: str | None = None
    """The language that it listens to; None: the floor, and for a seat the relay, where it needs one."""
    seat: str | None = None
    """The source id of the interpreter's seat that it is, as `booth/seat`."""
    talkback: str | None = None
    """The talkback microphone of another peer, which speaks to it."""
    pictures: Decodable = Decodable()


NO_CHOICE = Listening()


def feed(show: Show, programme: Feed, listening: Listening) -> Feed:
    """What a peer is sent, if its destination is sent `programme`.

    The floor's microphones stay: the page plays them under the channel, or alone if nobody feeds the channel. A seat
    hears neither itself nor a channel that its own booth speaks into.
    """
    seat, pictures = listening.seat, listening.pictures
    programme = replace(programme, is_small=pictures.small, previews=pictures.previews)
    if seat is None or place_of(seat) not in show.event.booths:
        chosen = listening.channel
        seats = () if chosen is None else channel_feed(show, chosen).seats
        return replace(programme, interpretation=seats, talkback=listening.talkback)
    return replace(
        programme,
        interpretation=_heard_by(show, place_of(seat), listening.channel),
        partner=_partner(show, seat),
        talkback=listening.talkback,
    )


def _heard_by(show: Show, booth: str, chosen: str | None) -> tuple[str, ...]:
    """What a seat of this booth hears instead of the floor."""
    if chosen is None:
        return relay_feed(show, booth).seats
    spoken = output(show, booth)
    found = channel_feed(show, chosen)
    is_own = found.booth == booth or (spoken is not None and same_language(spoken, chosen))
    return () if is_own else found.seats


def _partner(show: Show, seat: str) -> str | None:
    """The other seat of the booth, while that one is heard and this one is off."""
    if show.seats.get(seat, CLOSED).open:
        return None
    heard = heard_seats(show, place_of(seat))
    return heard[-1] if heard else None
