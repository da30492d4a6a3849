"""What somebody at the desk did, in the state."""

from __future__ import annotations

from signaling.show.wire.base import WireModel


class ActionDoc(WireModel):
    """A moderator's command that changed the show, or its undo. What it says nothing of is null."""

    command: str
    """Its type; of an undo, that of the command taken back, as for the next five."""
    item: str | None
    """The item that it moved, or put on air."""
    source: str | None
    seconds: float | None
    """By which it moved or extended an item."""
    open: bool | None
    """Whether it opened a microphone, or closed it."""
    to: str | None
    """The recipient of a message."""
    undo: bool
    """It took the command back."""
    name: str
    """Of the person, as given at the desk; empty: none was given."""
    desk: int | None
    """The number of their desk; null: it came over HTTP."""
    at: str
