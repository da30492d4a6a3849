"""The limits of each role, and what its pages are sent. `permissions` decides what a link may ask for."""

from __future__ import annotations

from typing import Final

from signaling.show.permissions import holder_of, may_send
from signaling.show.terms import EVERYBODY, Role

MAX_MESSAGE_CHARS: Final = 8 * 1024
"""Characters of a message other than `offer`, `reload` and `edit`. The largest is a hello with its token."""
MAX_OFFER_CHARS: Final = 112 * 1024
"""Characters of an offer message. Chromium's has 65,600 for a hall; JSON writes each line break as four."""
MAX_DESK_OFFER_CHARS: Final = 448 * 1024
"""Characters of a moderator's offer. Chromium's has 398,000 for the 64 multiview pictures of the largest event."""
MAX_RELOAD_CHARS: Final = 1024 * 1024
"""Characters of a `reload`: 300,000 of the event file, three bytes each in Japanese, and JSON's escapes."""
MAX_EDIT_CHARS: Final = 64 * 1024
"""Characters of an `edit`: 100 moves, or the notes of an item six times over."""

MAX_RECEIVERS: Final[dict[Role, int]] = {
    "moderator": 16,
    "venue": 8,
    "guest": 8,
    "interpreter": 8,
    "viewer": 250,
    "stage": 8,
}
"""Pages with picture and sound for each link. 160 viewers take half of one core (docs/performance.md). A hall has its
console, a spare machine and some pages that feed another input."""

MAX_INPUTS: Final = 8
"""Further inputs of each link, over all its pages. Four, twice: a page that has crashed keeps its peers for up to 15 s
while the next one begins."""

MAX_PAGES: Final[dict[Role, int]] = {
    "moderator": 32,
    "venue": 16,
    "guest": 16,
    "interpreter": 16,
    "viewer": 1_000,
    "stage": 100,
}
"""Connected pages of each link, with or without picture and sound. More than `MAX_RECEIVERS`: a viewer's page may show
the agenda alone, and a page that has lost its network counts for some seconds besides the one that came back. A page of
1,000 has 70 KiB of memory."""


def may_cue(role: Role, to: str) -> bool:
    """Whether a link of a role that may give cues may give one to this recipient. A booth knows whom it cannot follow,
    and has nothing to say to everybody."""
    return role == "moderator" or to != EVERYBODY


def hears_levels(role: Role) -> bool:
    """Whether pages of this role receive the levels of all microphones. Other pages meter their own microphone."""
    return role == "moderator"


def marks_speakers(role: Role) -> bool:
    """Whether pages of this role mark the picture of the one who speaks, and receive the levels of the programme's open
    microphones for it. Moderators receive all levels, and stage displays have no picture."""
    return role not in ("moderator", "stage")


def is_watcher(role: str) -> bool:
    """Whether this role only receives. The others have precedence over watchers."""
    return role not in ("moderator", "venue", "guest", "interpreter")


def max_message_chars(role: Role | None, type_: str | None = None) -> int:
    """Characters allowed in a message of this type; without a type, in the longest that the role may send.

    `role` is None before hello.
    """
    longest: dict[str, int] = {}
    if role is not None:
        longest["offer"] = MAX_DESK_OFFER_CHARS if role == "moderator" else MAX_OFFER_CHARS
        if may_send(holder_of(role), "reload"):
            longest["reload"] = MAX_RELOAD_CHARS
        if may_send(holder_of(role), "edit"):
            longest["edit"] = MAX_EDIT_CHARS
    if type_ is None:
        return max(MAX_MESSAGE_CHARS, *longest.values(), 0)
    return longest.get(type_, MAX_MESSAGE_CHARS)
