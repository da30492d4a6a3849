"""The agenda as a calendar to subscribe to, made from the log as it grows."""

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
    """Makes the calendar of one show again and again. It blocks and wants to be called one at a time."""

    def __init__(
        self, event: Event, read: Callable[[int, int], Sequence[Record]], now: Callable[[], Instant]
    ) -> None:
        """`event` is what the log begins with; for `read` see `LogReader`."""
        self._log = LogReader(read)
        self._revisions = Revisions(event)
        self._now = now
        self._begun = now()
        """When the plan was first published: at the first entry of the log, or with this server while there is none."""
        self._is_empty = True

    def document(self, zone: ZoneInfo) -> bytes:
        """The calendar by the clocks of `zone`, as of now.

        Raises:
            Unreadable: see there.
        """
        # Taken first: what is logged meanwhile is later, and no instant given out may lie after it.
        now = self._now()
        for record, facts in self._log.new():
            if self._is_empty:
                self._begun, self._is_empty = Instant(record.at), False
            self._revisions.add(Instant(record.at), facts)
        return calendar(self._revisions.event, self._revisions.entries(now), zone, self._begun)
