"""When everything runs: planned, expected and actual. No other place computes an expected time.

*Planned* is the file. *Actual* is the log. *Expected* is what will happen if nothing else does, and never
lies before now:

- The item on air ends after its length with its extensions; or now, if it overruns; and at the latest when a
  hard start cuts it.
- An item to come follows the one above it, but not before its own start, so that gaps absorb delay. A delay
  shifts that start (or the planned one, where the item has none of its own).
- Before anything has run, nothing is above the first item that is not left out. Without a start of its own it takes
  the place of the agenda's first item, and so begins where the file would have it begin that leaves out the same.
- A hard start is kept whatever runs before. What has no time left before it is never on air.
- While the show is held no hard start cuts, so nothing is left out for one. What stands in front of it keeps its turn
  and its length, and the hard item comes after it.
- A hard start counts once: one that passed before the item on air began (since somebody went back, or was
  late to start) cuts nothing any more. One that passed during a hold is still to come; it is expected now.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from config.model import Item, Span
from config.times import ZERO, Duration, Instant, between, plus, total
from signaling.show.show import Run, Show
from signaling.show.terms import ItemStatus, SkipReason


@dataclass(frozen=True, slots=True)
class Row:
    """One item of the agenda as it stands."""

    item: Item
    status: ItemStatus
    length: Duration
    """With extensions."""
    expected: Span | None = None
    """What was, for an item that is done; None where it is not expected to be on air (again)."""
    actual: Run | None = None
    skipped: SkipReason | None = None


def rows_at(show: Show, now: Instant) -> tuple[Row, ...]:
    """Every item in the agenda's order, as expected at `now`. One pass down, one up."""
    now = show.clock(now)
    position = show.position
    limits = _hard_limits(show, now)
    past = [_past(show, item) for item in show.event.agenda[: position + 1]]
    cursor = now
    if show.on_air is not None:
        past[position] = row = _on_air(show, now, limits[position])
        if row.expected is not None:
            cursor = row.expected.end
    return (*past, *_to_come(show, cursor, limits))


def next_row(rows: tuple[Row, ...]) -> Row | None:
    """The item that comes next."""
    return next((row for row in rows if row.status == "next"), None)


def _past(show: Show, item: Item) -> Row:
    run = show.runs.get(item.id)
    if run is None:
        # Nobody left it out by name: it lies above the item on air and was not on air itself.
        return Row(item, "skipped", item.duration, skipped=show.skipped.get(item.id, "passed"))
    end = run.start if run.end is None else run.end
    return Row(item, "done", total(item.duration, run.extended), Span(run.start, end), run)


def _on_air(show: Show, now: Instant, limit: Instant | None) -> Row:
    item = show.event.agenda[show.position]
    run = show.runs[item.id]
    length = total(item.duration, run.extended)
    end = _earlier(plus(run.start, length), limit)
    return Row(item, "on-air", length, Span(run.start, max(now, end)), run)


def _to_come(show: Show, cursor: Instant, limits: list[Instant | None]) -> Iterator[Row]:
    """The items below the position. `cursor` is when the first of them may begin."""
    status: ItemStatus = "next"
    for place in range(show.position + 1, len(show.event.agenda)):
        item, limit = show.event.agenda[place], limits[place]
        if item.id in show.skipped:
            yield Row(item, "skipped", item.duration, skipped=show.skipped[item.id])
            continue
        if show.phase == "ended":
            yield Row(item, "coming", item.duration)
            continue
        start = _later(cursor, earliest(show, item))
        if limit is not None and start >= limit:
            if not show.held:
                yield Row(item, "skipped", item.duration, skipped="no-time")
                continue
            limit = None
        cursor = _earlier(plus(start, item.duration), limit)
        yield Row(item, status, item.duration, Span(start, cursor))
        status = "coming"


def _hard_limits(show: Show, now: Instant) -> list[Instant | None]:
    """For each item from the position on: when the first hard start below it cuts it, if any does.

    May lie before `now`, during a hold.
    """
    agenda = show.event.agenda
    limits: list[Instant | None] = [None] * len(agenda)
    begun = _item_began(show, now)
    limit: Instant | None = None
    for place in range(len(agenda) - 1, max(show.position, 0) - 1, -1):
        limits[place] = limit
        hard = hard_start(show, agenda[place], begun) if place > show.position else None
        if hard is not None:
            limit = _earlier(hard, limit)
    return limits


def _item_began(show: Show, now: Instant) -> Instant | None:
    """When the item on air or last on air began; before the show, when the first one is expected to."""
    if show.last is not None and show.last in show.runs:
        return show.runs[show.last].start
    first = first_to_come(show)
    return None if first is None else _later(now, earliest(show, first))


def hard_start(show: Show, item: Item, begun: Instant | None) -> Instant | None:
    """When `item` begins whatever runs before it; None if it has no such start, or its time is not to come.

    `begun` is when the item on air began (see the top).
    """
    if not item.hard or item.id in show.skipped:
        return None
    start = plus(item.planned.start, show.delays.get(item.id, ZERO))
    return start if begun is None or start > begun else None


def earliest(show: Show, item: Item) -> Instant | None:
    """Before when an item to come does not begin by itself; None for one that just follows the one above."""
    delay = show.delays.get(item.id, ZERO)
    if item.start is not None:
        return plus(item.start, delay)
    if _is_first_to_run(show, item):
        return plus(show.event.agenda[0].planned.start, delay)
    return plus(item.planned.start, delay) if delay else None


def _is_first_to_run(show: Show, item: Item) -> bool:
    """Nothing has run, and nothing above `item` will: all of it is left out."""
    above = range(show.index[item.id])
    return show.position < 0 and all(show.event.agenda[n].id in show.skipped for n in above)


def start_due(show: Show) -> Instant | None:
    """When Start is due, by the plan with its delays; may have passed. None once it was pressed, and where nothing is
    left that could begin."""
    first = first_to_come(show) if show.phase == "before" else None
    return None if first is None else earliest(show, first)


def first_to_come(show: Show) -> Item | None:
    """The first item below the position that nobody left out."""
    below = show.event.agenda[show.position + 1 :]
    return next((item for item in below if item.id not in show.skipped), None)


def nominal_end(show: Show) -> Instant | None:
    """When the length of the item on air is used up, hard starts or not; None if none is on air."""
    if show.item is None:
        return None
    run = show.runs[show.item.id]
    return plus(run.start, total(show.item.duration, run.extended))


def agenda_due(show: Show) -> Instant | None:
    """When the item on air is over or the gap is, if nobody does anything and nothing is held; None if never.

    May lie in the past: the machine then was held, or late.
    """
    run = show.runs.get(show.last or "")
    below = show.event.agenda[show.position + 1 :]
    # Before the first item there is nothing that a hard start could cut, even where delays put one before it.
    moments = [] if run is None else [hard_start(show, item, run.start) for item in below if item.hard]
    if show.item is None:
        moments.append(_gap_ends(show))
    elif show.item.advance == "auto":
        moments.append(nominal_end(show))
    return min((t for t in moments if t is not None), default=None)


def _gap_ends(show: Show) -> Instant:
    """When the next item begins, or the show ends, while nothing is on air."""
    first = first_to_come(show)
    begins = None if first is None else earliest(show, first)
    run = show.runs.get(show.last or "")
    if run is None:
        return show.event.agenda[0].planned.start if begins is None else begins
    return _later(run.start if run.end is None else run.end, begins)


def is_overdue(show: Show, now: Instant) -> bool:
    """Expected times move along with the clock: an item overruns, or the start of one to come has passed."""
    now = show.clock(now)
    rows = rows_at(show, now)
    row = next_row(rows) if show.on_air is None else rows[show.position]
    if row is None or row.expected is None:
        return False
    return (row.expected.start if show.on_air is None else row.expected.end) <= now


def offset(show: Show, rows: tuple[Row, ...]) -> Duration:
    """How late the show is against its plan; negative when it is early.

    On air: the expected end of the item against its planned one. Before the show and in a gap: the expected
    start of what comes next against its planned one. After the show: the end of the last item.
    """
    coming = next_row(rows)
    if show.item is None and coming is not None and coming.expected is not None:
        return between(coming.item.planned.start, coming.expected.start)
    if show.last is None:
        return ZERO
    row = rows[show.position]
    return ZERO if row.expected is None else between(_planned_end(show), row.expected.end)


def _planned_end(show: Show) -> Instant:
    """When the plan ends the item at the position: a soft plan may run into a hard start, which cuts it."""
    at = show.position
    hard = (item for item in show.event.agenda[at + 1 :] if item.hard and item.id not in show.skipped)
    cut = next(hard, None)
    return _earlier(show.event.agenda[at].planned.end, None if cut is None else cut.planned.start)


def _later(t: Instant, start: Instant | None) -> Instant:
    return t if start is None else max(t, start)


def _earlier(t: Instant, limit: Instant | None) -> Instant:
    return t if limit is None else min(t, limit)
