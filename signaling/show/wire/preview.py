"""What a command would change, as the desk is answered."""

from __future__ import annotations

from signaling.show.terms import ItemStatus, Reason
from signaling.show.wire.base import WireModel
from signaling.show.wire.state import Period


class PreviewItem(WireModel):
    """An item as the state would show it."""

    status: ItemStatus
    expected: Period


class PreviewProgram(WireModel):
    """The programme as the state would show it."""

    source: str
    reason: Reason


class Preview(WireModel):
    """The state as it would be right after a command. Nothing has changed."""

    items: dict[str, PreviewItem]
    """Every item of the agenda as it would be, by its id."""
    program: PreviewProgram
    dropped: list[str]
    """Items to come that would be skipped, or not be in the agenda any more."""
    offset_s: float
    """As in `ShowDoc`."""
    ends: str | None
    """As in `ShowDoc`."""
