"""When everything runs: planned, expected and actual. No other module computes an expected time.

*Planned* times are those of the file, *actual* times those of the log. *Expected* times are what will happen without
further commands. They never lie before now:

- The item on air ends after its length with extensions, or now if it overruns. A hard start cuts it at the latest.
- An item to come follows the one above it, but not before its own start: gaps absorb delay. A delay shifts that start;
  if the item has no start of its own, it shifts the planned one.
- Before the show the first item not skipped, if it has no start of its own, begins at the agenda's first start. So it
  begins as in a file without the skipped items.
- A hard start holds, whatever runs before it. An item with no time left before it is skipped.
- During a hold no hard start cuts, and no item is skipped for one. Items before it keep their order and length, and
  the hard item follows them.
- A hard start that passed before the item on air began (somebody went back, or started late) does not cut any more.
  One that passed during a hold is still to come and is expected now.
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
    """One item of the agenda, with its status and times."""

    item: Item
    status: ItemStatus
    length: Duration
    """With extensions."""
    expected: Span | None = None
    """For a done item, when it was on air. None: it is not expected to be on air (again)."""
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
        # Without a skip of its own it was passed: it lies above the item on air and was not on air.
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
    """The items below the position. `cursor` is the earliest start of the first."""
    status: ItemStatus = "next"
    for index in range(show.position + 1, len(show.event.agenda)):
        item, limit = show.event.agenda[index], limits[index]
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
    """For each item from the position on: when the first hard start below cuts it, if any. During a hold this may lie
    before `now`."""
    agenda = show.event.agenda
    limits: list[Instant | None] = [None] * len(agenda)
    begun = _item_began(show, now)
    limit: Instant | None = None
    for index in range(len(agenda) - 1, max(show.position, 0) - 1, -1):
        limits[index] = limit
        hard = hard_start(show, agenda[index], begun) if index > show.position else None
        if hard is not None:
            limit = _earlier(hard, limit)
    return limits


def _item_began(show: Show, now: Instant) -> Instant | None:
    """When the item on air or last on air began. Before the show: when the first item is expected to begin."""
    if show.last is not None and show.last in show.runs:
        return show.runs[show.last].start
    first = first_to_come(show)
    return None if first is None else _later(now, earliest(show, first))


def hard_start(show: Show, item: Item, begun: Instant | None) -> Instant | None:
    """The hard start of `item`; None if it has none, or it does not cut any more.

    `begun` is when the item on air began (see the module's docstring).
    """
    if not item.hard or item.id in show.skipped:
        return None
    start = plus(item.planned.start, show.delays.get(item.id, ZERO))
    return start if begun is None or start > begun else None


def earliest(show: Show, item: Item) -> Instant | None:
    """The earliest automatic start of an item to come; None if it simply follows the item above."""
    delay = show.delays.get(item.id, ZERO)
    if item.start is not None:
        return plus(item.start, delay)
    if _is_first_to_run(show, item):
        return plus(show.event.agenda[0].planned.start, delay)
    return plus(item.planned.start, delay) if delay else None


def _is_first_to_run(show: Show, item: Item) -> bool:
    """Nothing has run yet, and all items above `item` are skipped."""
    above = range(show.index[item.id])
    return show.position < 0 and all(show.event.agenda[n].id in show.skipped for n in above)


def start_due(show: Show) -> Instant | None:
    """When Start is due by the plan with delays; may lie in the past. None after Start, or if no item is to come."""
    first = first_to_come(show) if show.phase == "before" else None
    return None if first is None else earliest(show, first)


def first_to_come(show: Show) -> Item | None:
    """The first item below the position that is not skipped."""
    below = show.event.agenda[show.position + 1 :]
    return next((item for item in below if item.id not in show.skipped), None)


def nominal_end(show: Show) -> Instant | None:
    """When the length of the item on air is used up, without regard to hard starts; None if none is on air."""
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
    """Whether expected times move with the clock: the item on air overruns, or the next item's start has passed."""
    now = show.clock(now)
    rows = rows_at(show, now)
    row = next_row(rows) if show.on_air is None else rows[show.position]
    if row is None or row.expected is None:
        return False
    return (row.expected.start if show.on_air is None else row.expected.end) <= now


def offset(show: Show, rows: tuple[Row, ...]) -> Duration:
    """How late the show is against its plan; negative: early.

    It compares expected with planned: the end of the item on air; before the show and in a gap, the start of the next
    item; after the show, the end of the last item.
    """
    coming = next_row(rows)
    if show.item is None and coming is not None and coming.expected is not None:
        return between(coming.item.planned.start, coming.expected.start)
    if show.last is None:
        return ZERO
    row = rows[show.position]
    return ZERO if row.expected is None else between(_planned_end(show), row.expected.end)


def last_end(rows: tuple[Row, ...]) -> Instant | None:
    """When the last item is expected to end; None if none is expected, or was on air."""
    ends = (row.expected.end for row in reversed(rows) if row.expected is not None)
    return next(ends, None)


def _planned_end(show: Show) -> Instant:
    """The planned end of the item at the position; a hard start below cuts even a planned end."""
    at = show.position
    hard = (item for item in show.event.agenda[at + 1 :] if item.hard and item.id not in show.skipped)
    cut = next(hard, None)
    return _earlier(show.event.agenda[at].planned.end, None if cut is None else cut.planned.start)


def _later(t: Instant, start: Instant | None) -> Instant:
    return t if start is None else max(t, start)


def _earlier(t: Instant, limit: Instant | None) -> Instant:
    return t if limit is None else min(t, limit)
