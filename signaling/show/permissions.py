"""Which link may ask for what: one table for HTTP endpoints, messages of the WebSocket, sources and commands. Pure.

What a row does not name is refused, and so is everything that has no row.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, get_args

from signaling.show.reasons import ProblemError
from signaling.show.terms import Author, Role

Holder = Literal[
    "stranger",  # has shown no valid link
    "metrics",  # the token of the metrics
    "viewer",
    "stage",
    "venue",
    "guest",
    "interpreter",
    "onlooker",  # a moderator whose link is read-only
    "moderator",
]
"""Who asks, as the table knows them."""
Permission = Literal[
    "yes",
    "own",  # for its own place, booth or flag alone
]
Row = Mapping[Holder, Permission]


def _for(*holders: Holder, own: tuple[Holder, ...] = ()) -> Row:
    return {**dict.fromkeys(holders, "yes"), **dict.fromkeys(own, "own")}


_ANYBODY: Final = _for(*get_args(Holder))
_PAGES: Final = _for("viewer", "stage", "venue", "guest", "interpreter", "onlooker", "moderator")
_DESK: Final = _for("onlooker", "moderator")
_MODERATOR: Final = _for("moderator")
_COMMANDERS: Final = _for("venue", "guest", "interpreter", "moderator")
"""Who may send commands at all; `COMMANDS` says which."""
_PLACES: Final = _for("moderator", own=("venue", "guest", "interpreter"))
_BOOTHS: Final = _for("moderator", own=("interpreter",))

ENDPOINTS: Final[Mapping[str, Row]] = {
    "GET /": _ANYBODY,
    "GET /j": _ANYBODY,
    "GET /join": _ANYBODY,
    "GET /screen": _ANYBODY,  # the page that opens it gives it what to show
    "GET /assets": _ANYBODY,
    "GET /healthz": _ANYBODY,
    "GET /readyz": _ANYBODY,
    "GET /api/v1/ws": _ANYBODY,  # its hello has the code
    "GET /api/v1/state": _PAGES,
    "GET /api/v1/agenda.ics": _PAGES,
    "GET /api/v1/schedule.json": _PAGES,
    "GET /api/v1/report": _DESK,
    "GET /api/v1/report.csv": _DESK,
    "GET /metrics": _for("metrics", "onlooker", "moderator"),
    "POST /api/v1/commands": _COMMANDERS,
    "POST /api/v1/preview": _COMMANDERS,
    "POST /api/v1/difference": _MODERATOR,
    "GET /api/v1/event.json": _DESK,
    "GET /api/v1/event.yaml": _DESK,
    "GET /api/v1/links": _MODERATOR,
    "POST /api/v1/links": _MODERATOR,
    "POST /api/v1/links/revoke": _MODERATOR,
    "GET /api/v1/links/{number}": _MODERATOR,
    "DELETE /api/v1/links/{number}": _MODERATOR,
    "DELETE /api/v1/sessions/{id}": _MODERATOR,
}
"""By method and path of the route. `HEAD` is as `GET`."""
TOKEN_IN_ADDRESS: Final[Mapping[str, Row]] = {
    "GET /api/v1/agenda.ics": _for("viewer", "stage"),
    "GET /api/v1/schedule.json": _for("viewer", "stage"),
}
"""Whose token is accepted as `?token=`: others can read an address, and these links open what everybody is shown."""
MESSAGES: Final[Mapping[str, Row]] = {
    "hello": _PAGES,  # by its code: who has said it says it once
    "clock": _PAGES,
    "condition": _PAGES,
    "leave": _PAGES,
    "listen": _PAGES,
    "pictures": _PAGES,
    "offer": _PAGES,  # to receive; see `SOURCES`
    "talk": _for("moderator", "venue", "guest", "interpreter"),
    "here": _MODERATOR,
}
"""By type, of those that are no commands."""
SOURCES: Final = _for(own=("venue", "guest", "interpreter"))
"""Who may offer a source."""
COMMANDS: Final[Mapping[str, Row]] = {
    "flag": _PLACES,
    "seen": _PLACES,
    "floor": _for("moderator", "interpreter"),
    "cue": _for("moderator", "interpreter"),
    "interpret": _BOOTHS,
    "handover": _BOOTHS,
    **dict.fromkeys(
        (
            *(
                "start",
                "next",
                "previous",
                "goto",
                "arm",
                "hold",
                "resume",
                "extend",
                "delay",
                "skip",
                "unskip",
            ),
            *("take", "release", "mic", "message", "admit", "approve", "undo", "reload", "edit"),
        ),
        _MODERATOR,
    ),
}
"""By type. They come over the WebSocket and over `POST /api/v1/commands` alike, and for a preview."""


def holder_of(role: Role | Literal["metrics"], *, read_only: bool = False) -> Holder:
    """How the table calls the holder of a link."""
    return "onlooker" if role == "moderator" and read_only else role


def may_send(holder: Holder, command: str) -> bool:
    """Whether commands of this type are accepted from a link at all."""
    return holder in COMMANDS.get(command, {})


def may_talk(holder: Holder) -> bool:
    """Whether pages of a link may talk back: moderators to anybody, others to the desk. Their offers have an m-line for
    it."""
    return holder in MESSAGES["talk"]


def may_feed(holder: Holder) -> bool:
    """Whether pages of a link may send a source: that of their own place."""
    return holder in SOURCES


def check_endpoint(holder: Holder, endpoint: str) -> None:
    """Check that an endpoint is open to a link.

    Raises:
        ProblemError: it is not.
    """
    if holder in ENDPOINTS.get(endpoint, {}):
        return
    if endpoint == "GET /metrics":
        raise ProblemError("link-no-metrics", role=holder)
    raise _refusal(holder, endpoint)


def check_message(holder: Holder, type_: str) -> None:
    """Check that a message of the WebSocket that is no command is accepted from a link.

    Raises:
        ProblemError: it is not.
    """
    if holder not in MESSAGES.get(type_, {}):
        raise _refusal(holder, type_)


def check_command(by: Author, command: str, booth: str | None = None) -> None:
    """Check that a link may send a command of this type, which switches this booth, if any.

    Raises:
        ProblemError: it may not, or the booth is not its own.
    """
    holder = holder_of(by.role, read_only=by.read_only)
    permission = COMMANDS.get(command, {}).get(holder)
    if permission is None:
        raise _refusal(holder, command)
    if permission == "own" and booth not in (None, by.id):
        raise ProblemError("other-booth", own=by.id, booth=booth)


def _refusal(holder: Holder, what: str) -> ProblemError:
    if holder == "metrics":
        return ProblemError("link-metrics")
    if holder == "onlooker":
        return ProblemError("read-only", command=what)
    return ProblemError("role", role=holder, command=what)
