"""The last revision of each published item, by which calendars recognise new times.

A calendar keeps an item unless the feed says that it changed (RFC 5545, SEQUENCE and LAST-MODIFIED). Revisions follow
from the event file, the log and the time, so they are the same after a restart. The rules:

- An entry of the log that changes the agenda revises exactly the items that it changes, at the entry's instant.
- Expected times that move with the clock (an overrun, or a late Start) are published as of the last full minute. This
  revises the moving items once a minute.
- Each revision of an item is at least a second after the one before, since calendars count in seconds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from config.model import Event
from config.times import MINUTE, SECOND, Instant, plus
from signaling.show.actions import Undone
from signaling.show.evolve import replay
from signaling.show.export.programme import PublishedItem, published_items
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
    Unskipped,
)
from signaling.show.rundown import Row, is_overdue, rows_at
from signaling.show.show import Show, begin

OF_AGENDA = (
    *(Started, Ended, ShowEnded, Skipped, Unskipped, Delayed, Extended),
    *(Held, Resumed, Moved, Reloaded, Undone),
)
"""Facts that may change the expected times or the content of items."""

Content = tuple[object, ...]
"""The published content of an item."""


class Revisions:
    """The revisions of one show. Add each entry of its log in order, then ask for any time after the last."""

    def __init__(self, event: Event) -> None:
        """`event` is the one that the log begins with."""
        self._show = begin(event)
        self._as_of = event.agenda[0].planned.start
        """The instant of the last entry that changed the agenda; before any, the planned begin."""
        self._latest: Instant | None = None
        """The instant of the show's last fact at that time. Later facts, as of a lost source, must not move it."""
        self._revised: dict[str, Instant] = {}
        """The last revision of each revised item."""
        self._content = _content(self._show, self._as_of)

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

    def published_items(self, now: Instant) -> Iterator[PublishedItem]:
        """Every item as it is published at `now`, with the instant of its last revision."""
        show, at = self._frozen(), self._minute(now)
        content = _content(show, at)
        for entry in published_items(show, at):
            yield replace(entry, revised=self._revision(entry.item.id, content[entry.item.id], at))

    def _minute(self, t: Instant) -> Instant:
        """The instant as of which times are published at `t`: the last full minute, but not before the last entry."""
        return max(Instant(t // MINUTE * MINUTE), self._as_of)

    def _frozen(self) -> Show:
        return replace(self._show, latest=self._latest)

    def _revise(self, show: Show, at: Instant) -> None:
        """Note the content published at `at`, and `at` as the revision of each changed item."""
        content = _content(show, at)
        revised = {id: self._revision(id, of_item, at) for id, of_item in content.items()}
        self._revised = {id: instant for id, instant in revised.items() if instant is not None}
        self._content = content

    def _revision(self, id: str, content: Content, at: Instant) -> Instant | None:
        """The revision of an item whose content is `content` at `at`."""
        before = self._revised.get(id)
        if self._content.get(id) == content:
            return before
        return at if before is None else max(at, plus(before, SECOND))


def _content(show: Show, at: Instant) -> dict[str, Content]:
    """The published content of each item at `at`, to the second. Descriptions and locations follow from it."""
    event = show.event
    places = (event.timezone, event.venues, event.guests)
    return {row.item.id: (*_of_row(row), places) for row in rows_at(show, at)}


def _of_row(row: Row) -> Content:
    item, span = row.item, row.expected or row.item.planned
    return (
        *(span.start // SECOND, span.end // SECOND, row.status == "skipped"),
        *(item.title, item.speaker, item.language, item.source, item.beside),
    )
