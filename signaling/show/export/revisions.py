"""Since when each item is published as it is: what a calendar needs to know to take a new time for an old one.

A calendar keeps what it has unless the feed says that it changed (RFC 5545, SEQUENCE and LAST-MODIFIED). What changed
when follows from the event file, the log and the time, so it is the same after a restart. The rule:

- An entry of the log that changes the agenda revises the items that it changes, and no others, at the entry's instant.
- Where expected times move along with the clock, since an item overruns or nobody has started the show, they are
  published as of the last full minute, which revises the items that move once a minute.
- Each revision of an item is at least a second after the one before, since calendars count in seconds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from config.model import Event
from config.times import MINUTE, SECOND, Instant, plus
from signaling.show.evolve import replay
from signaling.show.export.programme import PublishedItem, entries
from signaling.show.facts import (
    Delayed,
    Ended,
    Extended,
    Fact,
    Held,
    Moved,
    Reloaded,
    Resumed,
    ShowEnded,
    Skipped,
    Started,
    Undone,
    Unskipped,
)
from signaling.show.rundown import Row, is_overdue, rows_at
from signaling.show.show import Show, begin

OF_AGENDA = (
    *(Started, Ended, ShowEnded, Skipped, Unskipped, Delayed, Extended),
    *(Held, Resumed, Moved, Reloaded, Undone),
)
"""Facts after which items may be expected at other times, or say something else."""

Told = tuple[object, ...]
"""What is published of an item."""


class Revisions:
    """Keeps account of one show. Add each entry of its log in order, then ask for any time after the last."""

    def __init__(self, event: Event) -> None:
        """`event` is what the log begins with."""
        self._show = begin(event)
        self._as_of = event.agenda[0].planned.start
        """The instant of the last entry that changed the agenda; before any, one at which all is as planned."""
        self._latest: Instant | None = None
        """The show's last fact as of then. Later ones, as of a source that was lost, must not move the clock on."""
        self._revised: dict[str, Instant] = {}
        """Of the items that were."""
        self._told = _told(self._show, self._as_of)

    @property
    def event(self) -> Event:
        """The event as of the last entry."""
        return self._show.event

    def add(self, at: Instant, facts: Sequence[Fact]) -> None:
        """Take in an entry of the log, written at `at`."""
        after = replay(self._show, *facts)
        if not any(isinstance(fact, OF_AGENDA) for fact in facts):
            self._show = after
            return
        before, minute = self._frozen(), self._minute(at)
        if is_overdue(before, minute):
            self._revise(before, minute)
        self._show, self._as_of, self._latest = after, at, after.latest
        self._revise(after, at)

    def entries(self, now: Instant) -> Iterator[PublishedItem]:
        """Every item as it is published at `now`, with the instant of its last revision."""
        show, at = self._frozen(), self._minute(now)
        told = _told(show, at)
        for entry in entries(show, at):
            yield replace(entry, revised=self._revision(entry.item.id, told[entry.item.id], at))

    def _minute(self, t: Instant) -> Instant:
        """As of when times are published at `t`: the last full minute, but no time before the last entry."""
        return max(Instant(t // MINUTE * MINUTE), self._as_of)

    def _frozen(self) -> Show:
        return replace(self._show, latest=self._latest)

    def _revise(self, show: Show, at: Instant) -> None:
        """Keep what is published of a show at `at`, and that it is so since then where it was not before."""
        told = _told(show, at)
        revised = {id: self._revision(id, of_item, at) for id, of_item in told.items()}
        self._revised = {id: instant for id, instant in revised.items() if instant is not None}
        self._told = told

    def _revision(self, id: str, told: Told, at: Instant) -> Instant | None:
        """Since when `told` is published of an item, at `at`."""
        before = self._revised.get(id)
        if self._told.get(id) == told:
            return before
        return at if before is None else max(at, plus(before, SECOND))


def _told(show: Show, at: Instant) -> dict[str, Told]:
    """What is published of each item at `at`, to the second. Descriptions and locations follow from it."""
    event = show.event
    places = (event.timezone, event.venues, event.guests)
    return {row.item.id: (*_of_row(row), places) for row in rows_at(show, at)}


def _of_row(row: Row) -> Told:
    item, span = row.item, row.expected or row.item.planned
    return (
        *(span.start // SECOND, span.end // SECOND, row.status == "skipped"),
        *(item.title, item.speaker, item.language, item.source, item.beside),
    )
