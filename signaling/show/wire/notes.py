"""Messages, cues and flags, as the state has them."""

from __future__ import annotations

from signaling.show.terms import FlagReason, MessageLevel
from signaling.show.wire.base import WireModel


class MessageDoc(WireModel):
    """A text on people's screens."""

    id: str
    """Identifies it for `seen`."""
    text: str
    preset: str | None
    """As `what` of a cue: the text in the reader's language. Null: there is the text alone."""
    level: MessageLevel
    at: str
    """When it was sent; the same text sent again is another message."""
    seen: dict[str, str]
    """When each place, booth or `desk` has confirmed it. To others than moderators: themselves alone."""
    unread: list[str]
    """Those who have not, of all whom it is to; nobody operates a stage display. To others than moderators: none."""


class CueDoc(WireModel):
    """A cue, for a few seconds."""

    id: str
    what: str
    """`slower`, `louder`, `repeat`, `wrap-up`, `two-minutes` or the id of a preset."""
    by: str
    """The booth that gave it, or `desk`."""
    at: str


class FlagDoc(WireModel):
    """A place, booth or moderator calls the desk."""

    text: str
    what: FlagReason | None
    """What is wrong; null: only the text says it."""
    at: str
    answered_at: str | None
    """When a moderator has taken it away, shown for a minute; null while it is raised."""
