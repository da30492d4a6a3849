"""The parts of the state that are about connected pages and not about the show."""

from __future__ import annotations

from signaling.show.wire.base import WireModel


class TalkDoc(WireModel):
    """Somebody talks back. To moderators and those who hear it."""

    speaker: str
    """The place or booth that talks, or `desk`."""
    name: str
    to: list[str]
    """The places and booths that it is for, or `desk`."""
    heard_by: list[str]
    """Those of them that hear it now: of several talks, a page hears the newest."""


class DeskDoc(WireModel):
    """A connected moderator's page."""

    number: int | None
    """Tells desks without a name apart: the smallest that was free. Null: it only looks on."""
    name: str
    """Of the person there; empty: it has not been said."""
    since: str
    read_only: bool
    editing: str | None
    """The item that it edits."""


class WaitingDoc(WireModel):
    """A page waits to feed a place that another browser feeds: the page that has waited longest."""

    source: str
    address: str
    """Network address of its client, for people; nothing is decided by it."""
    since: str
    count: int
    """The number of pages that wait at this place."""


class TakeoverDoc(WireModel):
    """A place is now fed by another browser than before."""

    source: str
    address: str
    since: str
