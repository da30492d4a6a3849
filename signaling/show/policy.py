"""What each role may do, and its limits. The only place that decides it."""

from __future__ import annotations

from typing import Final

from signaling.show.reasons import ProblemError
from signaling.show.terms import EVERYBODY, Author, Role

MAX_MESSAGE_CHARS: Final = 8 * 1024
"""Characters of a message other than `offer` and `reload`. The largest is a hello with its token."""
MAX_OFFER_CHARS: Final = 112 * 1024
"""Characters of an offer message. Chromium's has 65,600 for a hall; JSON writes each line break as four."""
MAX_DESK_OFFER_CHARS: Final = 448 * 1024
"""Characters of a moderator's offer. Chromium's has 398,000 for the 64 multiview pictures of the largest event."""
MAX_RELOAD_CHARS: Final = 1024 * 1024
"""Characters of a `reload`: 300,000 of the event file, three bytes each in Japanese, and JSON's escapes."""

MAX_RECEIVERS: Final[dict[Role, int]] = {
    "moderator": 16,
    "venue": 8,
    "guest": 8,
    "interpreter": 8,
    "viewer": 250,
    "stage": 8,
}
"""Pages with picture and sound for each link. 160 viewers take half of one core (docs/performance.md). A hall has its
console, a spare machine and some inputs."""


_PERMITTED: Final[dict[Role, frozenset[str]]] = {
    "venue": frozenset(("flag", "seen")),
    "guest": frozenset(("flag", "seen")),
    "interpreter": frozenset(("floor", "interpret", "handover", "cue", "flag", "seen")),
    "viewer": frozenset(),
    "stage": frozenset(),
}
"""The types of commands that each role may send. Moderators may send all."""


def may(role: Role, command: str) -> bool:
    """Whether a link of this role may send commands of this type at all."""
    return role == "moderator" or command in _PERMITTED[role]


def sends_commands(role: Role) -> bool:
    """Whether a link of this role may send commands of any type."""
    return role == "moderator" or bool(_PERMITTED[role])


def check_permitted(by: Author, command: str, booth: str | None) -> None:
    """Check that this link may send a command of this type, which switches this booth, if any.

    Raises:
        ProblemError: its role may not, or the booth is not its own.
    """
    if not may(by.role, command):
        raise ProblemError("role", role=by.role, command=command)
    if by.role == "interpreter" and booth not in (None, by.id):
        raise ProblemError("other-booth", own=by.id, booth=booth)


def may_cue(role: Role, to: str) -> bool:
    """Whether a link of a role that may give cues may give one to this recipient. A booth knows whom it cannot follow,
    and has nothing to say to everybody."""
    return role == "moderator" or to != EVERYBODY


def may_talk(role: Role) -> bool:
    """Whether pages of this role may talk back: moderators to anybody, others to the desk. Their offers have an m-line
    for it."""
    return not is_watcher(role)


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
        if may(role, "reload"):
            longest["reload"] = MAX_RELOAD_CHARS
    if type_ is None:
        return max(MAX_MESSAGE_CHARS, *longest.values(), 0)
    return longest.get(type_, MAX_MESSAGE_CHARS)
