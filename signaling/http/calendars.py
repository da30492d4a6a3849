"""The agenda as a calendar feed, made from the log as it grows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from zoneinfo import ZoneInfo

from config.model import Event
from config.times import Instant
from signaling.show.export.ical import calendar
from signaling.show.export.revisions import Revisions
from signaling.showlog.logreader import LogReader
from signaling.showlog.store import Record


class Calendars:
    """Makes the calendar of one show, each time from the new entries alone. Blocks; call it in one thread at a time."""

    def __init__(
        self, event: Event, read: Callable[[int, int], Sequence[Record]], now: Callable[[], Instant]
    ) -> None:
        """`event` is the one that the log begins with. For `read` see `LogReader`."""
        self._log = LogReader(read)
        self._revisions = Revisions(event)
        self._now = now
        self._begun = now()
        """When the plan was first published: at the first entry, or at the server's start before any."""
        self._is_empty = True

    def document(self, zone: ZoneInfo) -> bytes:
        """The calendar as of now, in `zone`. Raises `Unreadable`."""
        # First: entries written meanwhile are later, and no instant in the feed may be after `now`.
        now = self._now()
        for record, facts in self._log.new():
            if self._is_empty:
                self._begun, self._is_empty = Instant(record.at), False
            self._revisions.add(Instant(record.at), facts)
        return calendar(self._revisions.event, self._revisions.entries(now), zone, self._begun)
