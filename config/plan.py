"""The plan: when each item is, by the file alone.

Wall times become instants here. Each is on the day of the item above. One that would be earlier is on the next day if
that is at most twelve hours after the item above. DST may skip or repeat a wall time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from config.model import Span
from config.times import (
    HOUR,
    Duration,
    Instant,
    WallTime,
    WrittenTime,
    around_gap,
    at_offset,
    between,
    day_after,
    format_duration,
    format_time,
    format_wall_time,
    instants_showing,
    iso,
    local_date,
    offset_of,
    plus,
    wall_time,
)

NEXT_DAY_WITHIN = Duration(12 * HOUR)
"""The most that a wall time on the next day may be after the item above, inclusive."""

ReportFault = Callable[[int, str, str], None]
"""Takes the index of an item, the faulty key, and the fault with its remedy."""


@dataclass(frozen=True, slots=True)
class PlanLine:
    """The times of an item, as written."""

    start: WrittenTime | None = None
    duration: Duration | None = None
    end: WrittenTime | None = None
    hard: bool = False
    skip: bool = False
    unreadable: frozenset[str] = frozenset()
    """Keys whose values are faulty and have been reported."""


@dataclass(frozen=True, slots=True)
class PlannedItem:
    """When an item is. None: unknown, because the item or one above it is faulty."""

    start: Instant | None
    """As the file states it; None if it states none."""
    begin: Instant | None
    length: Duration | None

    @property
    def span(self) -> Span | None:
        if self.begin is None or self.length is None:
            return None
        return Span(self.begin, plus(self.begin, self.length))


# One time ---------------------------------------------------------------------------------------------------


def instant_of(
    stated: WrittenTime,
    above: Instant | None,
    day: date,
    zone: ZoneInfo,
    above_is: str = "the item above begins",
) -> Instant:
    """The instant of a written time, by the day rule.

    Args:
        above: when the entry above begins; None for the first, which is on `day`.
        above_is: the words for `above` in a fault.

    Raises:
        ValueError: it is before the entry above, or DST skips or repeats it. The text has the remedy.
    """
    if above is None or stated.day is not None:
        t = _instant_on(stated.day or day, stated, zone)
        if above is not None and t < above:
            raise ValueError(f"this is before {above_is} ({iso(above, zone)})")
        return t
    today = local_date(above, zone)
    if not _is_earlier(stated, above, today, zone):
        return _instant_on(today, stated, zone)
    tomorrow = day_after(today)
    for t in _candidates(tomorrow, stated, zone) or around_gap(tomorrow, stated.wall, zone):
        if between(above, t) <= NEXT_DAY_WITHIN:
            return _instant_on(tomorrow, stated, zone)
    begins = format_time(above, zone)
    raise ValueError(
        f"{format_wall_time(stated.wall)} is before {above_is} ({begins}), and on the next day more than "
        f"12 hours after; write a time from {begins} on, or one with its date as "
        f"{tomorrow}T{_full(stated.wall)}"
    )


def _is_earlier(stated: WrittenTime, above: Instant, today: date, zone: ZoneInfo) -> bool:
    """Whether a time on the same day would be before the item above. An equal wall time is not."""
    if stated.offset is not None:
        return at_offset(today, stated.wall, stated.offset) < above
    return stated.wall < wall_time(above, zone)


def _candidates(day: date, stated: WrittenTime, zone: ZoneInfo) -> tuple[Instant, ...]:
    """The instants at which the clocks show the time on `day`; only those with its offset, if it has one."""
    shown = instants_showing(day, stated.wall, zone)
    return tuple(t for t in shown if stated.offset in (None, offset_of(t, zone)))


def _instant_on(day: date, stated: WrittenTime, zone: ZoneInfo) -> Instant:
    """The instant of a written time on a day.

    Raises:
        ValueError: the clocks show it never or twice.
    """
    if stated.day is not None and stated.offset is not None:
        return at_offset(stated.day, stated.wall, stated.offset)
    wall = format_wall_time(stated.wall)
    match _candidates(day, stated, zone), instants_showing(day, stated.wall, zone):
        case (t,), _:
            return t
        case (first, second), _:
            raise ValueError(
                f"the clocks of {zone.key} show {wall} twice on {day}; "
                f"write {iso(first, zone)} for the first time or {iso(second, zone)} for the second"
            )
        case _, ():
            before, after = around_gap(day, stated.wall, zone)
            raise ValueError(
                f"the clocks of {zone.key} skip {wall} on {day}; "
                f"the nearest right times are {format_time(before, zone, day)} and {format_time(after, zone, day)}"
            )
        case _, shown:
            right = " or ".join(iso(t, zone) for t in shown)
            raise ValueError(f"{zone.key} has another offset at {wall} on {day}; write {right}")


def _full(wall: WallTime) -> str:
    text = format_wall_time(wall)
    return text if len(text) == 8 else f"{text}:00"


# The whole agenda -------------------------------------------------------------------------------------------


def plan(
    lines: Sequence[PlanLine], day: date | None, zone: ZoneInfo | None, report: ReportFault
) -> list[PlannedItem]:
    """When every item is. Faults go to `report`. Without a day or a zone only lengths are known."""
    placed: list[PlannedItem] = []
    above: Instant | None = None
    """When the nearest item above with a known begin begins."""
    next_begin: Instant | None = None
    """When an item without a start begins: at the end of the last item above that is not skipped."""
    for n, line in enumerate(lines):
        start = _start(n, line, above, day, zone, report)
        begin = start if line.start else next_begin
        length = _length(n, line, begin, zone, report)
        item = PlannedItem(start, begin, length)
        placed.append(item)
        above = above if begin is None else begin
        if not line.skip:
            next_begin = item.span.end if item.span else None
        elif all(earlier.skip for earlier in lines[:n]):
            # All items above are skipped, so the next one moves up to here.
            next_begin = begin if next_begin is None else next_begin
    if zone is not None:
        _check_hard(lines, placed, zone, report)
    return placed


def _start(
    n: int,
    line: PlanLine,
    above: Instant | None,
    day: date | None,
    zone: ZoneInfo | None,
    report: ReportFault,
) -> Instant | None:
    if line.start is None:
        if n == 0:
            report(n, "start", "the first item needs a `start`, for example 10:00")
        return None
    if day is None or zone is None:
        return None
    try:
        return instant_of(line.start, above, day, zone)
    except ValueError as fault:
        report(n, "start", str(fault))
        return None


def _length(
    n: int, line: PlanLine, begin: Instant | None, zone: ZoneInfo | None, report: ReportFault
) -> Duration | None:
    """The length by `duration`, or by `end`. If the item has both, they must agree. 0 or less is a fault."""
    if line.end is None:
        if line.duration is None and not line.unreadable & {"duration", "end"}:
            report(n, "duration", "this item has no length; give it a `duration` or an `end`")
        return line.duration
    if begin is None or zone is None:
        return line.duration
    try:
        length = between(begin, _end(line.end, begin, zone))
    except ValueError as fault:
        report(n, "end", str(fault))
        return line.duration
    begins = format_time(begin, zone)
    if length < 0:
        report(n, "end", f"this is before the item begins ({iso(begin, zone)})")
    elif length == 0:
        report(n, "end", f"the item begins at {begins} too; a length of 0 is no length")
    elif line.duration is not None and line.duration != length:
        said, right = format_duration(line.duration), format_time(plus(begin, line.duration), zone)
        what = f"from {begins} this makes {format_duration(length)}, but `duration` says {said}"
        report(n, "end", f"{what}, which would end at {right}; keep one of the two")
    else:
        return length
    return line.duration


def _end(stated: WrittenTime, begin: Instant, zone: ZoneInfo) -> Instant:
    """When an item that begins at `begin` ends. A wall time before that is on the next day, however late."""
    if stated.day is not None:
        return _instant_on(stated.day, stated, zone)
    today = local_date(begin, zone)
    return _instant_on(day_after(today) if _is_earlier(stated, begin, today, zone) else today, stated, zone)


def _check_hard(
    lines: Sequence[PlanLine], placed: Sequence[PlannedItem], zone: ZoneInfo, report: ReportFault
) -> None:
    """Check that a hard item has a `start` and ends before the next hard one. Skipped items do not count."""
    last: tuple[int, PlannedItem] | None = None
    for n, (line, item) in enumerate(zip(lines, placed, strict=True)):
        if not line.hard:
            continue
        if line.start is None and n > 0 and "start" not in line.unreadable:
            planned = (
                f"; the plan has it at {format_time(item.begin, zone)}" if item.begin is not None else ""
            )
            report(
                n,
                "hard",
                f"a hard item starts at its time whatever runs before, so it needs a `start`{planned}",
            )
        if line.skip or item.begin is None:
            continue
        if last and (span := last[1].span) and span.end > item.begin:
            most = between(span.start, item.begin)
            fits = f"; at most {format_duration(most)} fit" if most > 0 else "; move one of them"
            report(
                last[0],
                "duration" if lines[last[0]].duration is not None else "end",
                f"two hard items overlap: this one runs until {format_time(span.end, zone)}, "
                f"past the hard start of item {n + 1} at {format_time(item.begin, zone)}{fits}",
            )
        last = (n, item)
