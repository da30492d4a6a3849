"""The facts that begin a moderator's command or its undo: which command, whose, and what it was about.

The desk shows the last ones, and which one `undo` takes back.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Annotated, Literal

from pydantic import Field

from config.times import Instant
from signaling.show.terms import Author

_LEFT_OUT = Field(exclude_if=lambda value: value in (None, ""))
"""As in the logs of older versions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """What somebody at the desk did. A field is None if the command says nothing of the kind."""

    command: str
    """Its type."""
    at: Instant
    item: Annotated[str | None, _LEFT_OUT] = None
    """The item that it moved, or put on air."""
    source: Annotated[str | None, _LEFT_OUT] = None
    seconds: Annotated[float | None, _LEFT_OUT] = None
    """By which it moved or extended an item."""
    open: Annotated[bool | None, _LEFT_OUT] = None
    """Whether it opened a microphone, or closed it."""
    to: Annotated[str | None, _LEFT_OUT] = None
    """The recipient of a message."""
    name: Annotated[str, _LEFT_OUT] = ""
    """Of the person, as they gave it at their desk; empty: they gave none."""
    desk: Annotated[int | None, _LEFT_OUT] = None
    """The number of their desk; None: it came over HTTP."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked(Action):
    """The facts of a moderator's command follow; `undo` takes all of them back."""

    kind: Literal["asked"] = "asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone(Action):
    """The last command was taken back. What happened without a command stays. `name` and `desk` are of those who took
    it back, the others are of the command."""

    kind: Literal["undone"] = "undone"


def undone(asked: Asked, by: Author, at: Instant) -> Undone:
    """The fact that a command is taken back by somebody."""
    same = {field.name: getattr(asked, field.name) for field in fields(Action)}
    return Undone(**same | {"at": at, "name": by.name, "desk": by.desk})
