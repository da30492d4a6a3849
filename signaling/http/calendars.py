"""The agenda as a calendar feed, made from the log as it grows."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

from config.model import Event
from config.times import Instant
from signaling.show.export.ical import calendar
from signaling.show.export.revisions import Revisions
from signaling.showlog.interface import ShowLog
from signaling.showlog.logreader import LogReader


class Calendars:
    """Makes the calendar of one show, each time from the new entries alone. Blocks; call it in one thread at a time."""

    def __init__(self, event: Event, show_log: ShowLog, now: Callable[[], Instant]) -> None:
        """`event` is the one that the log begins with."""
        self._reader = LogReader(show_log)
        self._revisions = Revisions(event)
        self._now = now
        self._begun = now()
        """When the plan was first published: at the first entry, or at the server's start before any."""
        self._is_empty = True

    def document(self, zone: ZoneInfo) -> bytes:
        """The calendar as of now, in `zone`. Raises `UnreadableLog`."""
        # First: entries written meanwhile are later, and no instant in the feed may be after `now`.
        now = self._now()
        for entry, facts in self._reader.new():
            if self._is_empty:
                self._begun, self._is_empty = entry.at, False
            self._revisions.add(entry.at, facts)
        return calendar(self._revisions.event, self._revisions.published_items(now), zone, self._begun)
