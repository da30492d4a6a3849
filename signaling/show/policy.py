"""Who may do what, and how much of it. The only place that decides it."""

from __future__ import annotations

from typing import Final

from signaling.show.terms import Role

SMALL_MESSAGE: Final = 8 * 1024
"""Characters of any message but an `offer` or a `reload`. The largest is a hello with its token."""
MAX_OFFER: Final = 40 * 1024
"""Characters of an offer message. Chromium's has 22,500 for a hall, and JSON writes each line break in four."""
MAX_DESK_OFFER: Final = 320 * 1024
"""The same from a moderator, whose page has a line more for each source that it sees in small: 5,500 each, so that some
55 sources fit."""
MAX_RELOAD: Final = 1024 * 1024
"""Characters of a `reload`: 300,000 of the event file, three bytes each in Japanese, and what JSON escapes of them."""

MAX_RECEIVERS: Final[dict[Role, int]] = {"moderator": 16, "venue": 8, "guest": 8, "viewer": 250, "stage": 8}
"""Pages with picture and sound by one link. 160 viewers take half of one core (docs/performance.md); a hall has its
console, a spare machine and some inputs."""


def may(role: Role, command: str) -> bool:
    """Whether a link of this role may send commands of this type. Moderators run the show, others watch."""
    return role == "moderator"


def hears_levels(role: Role) -> bool:
    """Whether pages of this role are told how loud all microphones are. Others have a meter of their own microphone."""
    return role == "moderator"


def is_watcher(role: str) -> bool:
    """Whether who comes by a link of this role only looks on: they give way to halls, guests and moderators."""
    return role not in ("moderator", "venue", "guest")


def max_message(role: Role | None, type_: str | None = None) -> int:
    """Characters that a message of this type may have; without a type, the longest that the role may send.

    `role` is None before hello.
    """
    longest: dict[str, int] = {}
    if role is not None:
        longest["offer"] = MAX_DESK_OFFER if role == "moderator" else MAX_OFFER
        if may(role, "reload"):
            longest["reload"] = MAX_RELOAD
    if type_ is None:
        return max(SMALL_MESSAGE, *longest.values(), 0)
    return longest.get(type_, SMALL_MESSAGE)
