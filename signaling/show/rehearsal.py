"""The rehearsal: the whole day on a virtual clock, as lines, from the first item to the end of the show.

It runs the real show core; the clock jumps from one event to the next. A virtual moderator presses Start when the first
item is expected, and Next when the item after a manual one is expected. A virtual interpreter in each booth opens the
microphone at the beginning and leaves it open. A script adds commands and mishaps.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from config.model import Event, place_of
from config.times import Instant, iso
from signaling.show import core
from signaling.show.core import CommandRefused
from signaling.show.facts import Ended, Fact, SeatSet, ShowEnded, Started
from signaling.show.languages import channel_feed
from signaling.show.routing import programme
from signaling.show.rundown import next_row, rows_at
from signaling.show.seats import seat_source
from signaling.show.timetable import as_text
from signaling.show.wire.commands import Command, Next, Start

__all__ = ["Line", "ModeratorEvent", "ScriptEntry", "SourceEvent", "as_text", "rehearse"]

Line = dict[str, Any]
"""One event: `at` (ISO 8601), `event`, and its details. Plain JSON."""

ORDER = {
    "command": 0,
    "refused": 0,
    "source-lost": 0,
    "source-back": 0,
    "item-ended": 1,
    "item-started": 2,
    "channel": 3,
    "program": 4,
    "expected": 5,
    "show-ended": 6,
}
"""The order of lines with the same instant."""

LOST: core.SourceReport = ("absent", "left")
BACK: core.SourceReport = ("live", "flows")
"""The reports of a script's `lose` and `back`. A lost source is replaced at once, like one that left. A source that is
back returns to the programme after 2 s. A booth that is back feeds its channel at once."""
SEAT = "1"
"""The name of a virtual interpreter's seat."""


@dataclass(frozen=True, slots=True)
class SourceEvent:
    """A source or a booth is lost or comes back."""

    id: str
    """A booth's id stands for all of its seats."""
    lost: bool


@dataclass(frozen=True, slots=True)
class ModeratorEvent:
    """The virtual moderator leaves or comes back."""

    away: bool


@dataclass(frozen=True, slots=True)
class ScriptEntry:
    """One line of a script."""

    at: Instant
    what: Command | SourceEvent | ModeratorEvent


def rehearse(event: Event, script: Sequence[ScriptEntry] = ()) -> Iterator[Line]:
    """Every line of the day, in order. `script` is in order of time; without it all sources and booths are live.

    It always ends, since between two entries of the script the show only advances.
    """
    entries = deque(script)
    day = _Day(event, entries[0].at if entries else None)
    while (at := day.next_instant(entries)) is not None:
        due = []
        while entries and entries[0].at <= at:
            due.append(entries.popleft())
        yield from sorted(day.run(at, due), key=lambda line: ORDER[line["event"]])


class _Day:
    """The show so far, and the last programme, channels and times in the lines."""

    def __init__(self, event: Event, begins: Instant | None) -> None:
        self._zone = event.timezone
        self._show = core.begin(event)
        self._now = min(t for t in (begins, event.agenda[0].planned.start) if t is not None)
        self._away = False
        self._staffed: set[str] = set()
        """The booths in which a virtual interpreter has opened the microphone."""
        self._lost_booths: set[str] = set()
        self._last_programme = ("slate", "agenda")
        self._last_booths: dict[str, str | None] = {}
        """By channel, the booth that fed it; None: it carried the floor."""
        self._last_expected: dict[str, Instant] | None = None
        for source in event.sources:
            self._note(core.report(self._show, {source: BACK}, self._now))
        self._staff_booths()

    def next_instant(self, entries: deque[ScriptEntry]) -> Instant | None:
        """When something happens next, by script, clock or moderator; None if nothing does."""
        moments = (entries[0].at if entries else None, core.due(self._show), self._press_at())
        moment = min((t for t in moments if t is not None), default=None)
        return None if moment is None else max(moment, self._now)

    def run(self, at: Instant, entries: Iterable[ScriptEntry]) -> Iterator[Line]:
        """Everything at one instant: the script, then what is due, then the virtual moderator."""
        self._now = at
        for entry in entries:
            yield from self._enter(entry)
        self._staff_booths()  # a reload may have brought new ones
        while True:
            yield from self._note(core.tick(self._show, at))
            press_at = self._press_at()
            if press_at is None or press_at > at:
                break
            yield from self._note(core.apply(self._show, self._press(), at))
        yield from self._differences()

    def _press_at(self) -> Instant | None:
        """When the virtual moderator presses next, without further script."""
        item = self._show.item
        if self._away or self._show.phase == "ended":
            return None
        if self._show.phase == "running" and (item is None or item.advance != "manual"):
            return None
        rows = rows_at(self._show, self._now)
        coming = next_row(rows)
        if coming is not None and coming.expected is not None:
            return coming.expected.start
        expected = None if item is None else rows[self._show.position].expected
        return None if expected is None else expected.end

    def _press(self) -> Command:
        if self._show.phase == "before":
            return Start(type="start", id="start")
        return Next(type="next", id="next", from_=self._show.last)

    def _enter(self, entry: ScriptEntry) -> Iterator[Line]:
        match entry.what:
            case ModeratorEvent(away=away):
                self._away = away
            case SourceEvent(id=source, lost=lost):
                yield self._line("source-lost" if lost else "source-back", source=source)
                yield from self._report(source, lost=lost)
            case command:
                try:
                    facts = core.apply(self._show, command, self._now)
                except CommandRefused as refusal:
                    yield self._line("refused", type=command.type, code=refusal.code, message=str(refusal))
                else:
                    yield self._line("command", type=command.type)
                    yield from self._note(facts)

    def _report(self, id: str, *, lost: bool) -> list[Line]:
        """A source or booth is lost or back. Nothing happens if a reload has removed it."""
        if id in self._show.event.booths:
            (self._lost_booths.add if lost else self._lost_booths.discard)(id)
            sources = [seat for seat in self._show.seats if place_of(seat) == id]
        else:
            sources = [id] if id in self._show.sources else []
        report = LOST if lost else BACK
        return self._note(core.report(self._show, dict.fromkeys(sources, report), self._now))

    def _staff_booths(self) -> None:
        """A virtual interpreter opens the microphone of each new booth."""
        for booth in self._show.event.booths:
            if booth not in self._staffed:
                self._staffed.add(booth)
                self._note([SeatSet(booth=booth, seat=SEAT, open=True, at=self._now)])

    def _note(self, facts: Iterable[Fact]) -> list[Line]:
        """Apply facts; returns the lines for those that have one. A seat that opens sends sound, unless it is lost."""
        lines = []
        opened = []
        for fact in facts:
            self._show = core.evolve(self._show, fact)
            match fact:
                case SeatSet(booth=booth, seat=seat, open=True) if booth not in self._lost_booths:
                    opened.append(seat_source(booth, seat))
                case Started(item=item):
                    lines.append(self._line("item-started", item=item))
                case Ended(item=item):
                    lines.append(self._line("item-ended", item=item))
                case ShowEnded():
                    lines.append(self._line("show-ended"))
                case _:
                    pass
        if opened:
            lines += self._note(core.report(self._show, dict.fromkeys(opened, BACK), self._now))
        return lines

    def _differences(self) -> Iterator[Line]:
        """Lines for changed channels, a changed programme and changed expected times."""
        booths = {
            language: channel_feed(self._show, language).booth for language in self._show.event.languages
        }
        for language, booth in booths.items():
            if booth != self._last_booths.get(language):
                yield self._line("channel", language=language, booth=booth)
        self._last_booths = booths
        found = programme(self._show)
        if (found.source, found.reason) != self._last_programme:
            self._last_programme = (found.source, found.reason)
            yield self._line("program", source=found.source, reason=found.reason)
        expected = {
            row.item.id: row.expected.start
            for row in rows_at(self._show, self._now)
            if row.status in ("next", "coming") and row.expected is not None
        }
        if expected != self._last_expected:
            self._last_expected = expected
            times = {item: iso(t, self._zone) for item, t in expected.items()}
            yield self._line("expected", items=times)

    def _line(self, event: str, **what: object) -> Line:
        return {"at": iso(self._now, self._zone), "event": event, **what}
