"""Go or no-go: the checks of an item before it goes on air."""

from __future__ import annotations

from signaling.show.checks import CheckId, CheckReason, CheckResult
from signaling.show.wire.base import WireModel


class CheckDoc(WireModel):
    """One thing that is to be right when an item goes on air."""

    id: CheckId
    of: str
    """A source, a place, a channel or a language, as the check says."""
    result: CheckResult
    reason: CheckReason | None
    """Null where it is ok."""
    details: dict[str, str]
    """What the reason has, as text."""


class ChecksDoc(WireModel):
    """Go or no-go for the item that Next puts on air, before the show Start. To moderators; to others without an
    item."""

    item: str | None
    checks: list[CheckDoc]
