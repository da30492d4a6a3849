"""The time types and all their arithmetic: no other module adds times, converts zones or formats a time.

Three kinds of time must not be mixed, so each has its own type:

- `Instant`: a point in time, in whole milliseconds since 1970-01-01T00:00Z.
- `Duration`: a length, in whole milliseconds; negative for a shift to earlier.
- `WallTime`: the time on a wall clock, in whole seconds since midnight, without a day or a zone.

Integer milliseconds are exact, cheap to compare and hash, and unchanged by JSON.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import NewType
from zoneinfo import ZoneInfo

Instant = NewType("Instant", int)
"""Milliseconds since 1970-01-01T00:00Z."""

Duration = NewType("Duration", int)
"""Milliseconds; negative for a shift to earlier."""

WallTime = NewType("WallTime", int)
"""Seconds since midnight on a wall clock, 0 to 86 399."""

ZERO = Duration(0)
SECOND = Duration(1_000)
MINUTE = Duration(60_000)
HOUR = Duration(3_600_000)
DAY = Duration(24 * HOUR)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def seconds(n: float) -> Duration:
    """`n` seconds as a duration, rounded to the millisecond."""
    return Duration(round(n * 1000))


def in_seconds(d: Duration) -> float:
    """A duration as seconds, for the wire."""
    return d / 1000


def plus(t: Instant, d: Duration) -> Instant:
    """The instant `d` after `t`."""
    return Instant(t + d)


def between(earlier: Instant, later: Instant) -> Duration:
    """The time from `earlier` to `later`; negative if `later` is before `earlier`."""
    return Duration(later - earlier)


def total(*parts: Duration) -> Duration:
    """The sum of durations."""
    return Duration(sum(parts))


def from_datetime(moment: datetime) -> Instant:
    """An aware datetime as an instant.

    Raises:
        ValueError: `moment` has no zone, so it names no instant.
    """
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} has no zone, so it names no instant")
    return Instant((moment - _EPOCH) // _MILLISECOND)


def from_iso(text: str, zone: ZoneInfo) -> Instant:
    """An instant written as ISO 8601, cut to the second. Without an offset it is a wall time of `zone`.

    Raises:
        ValueError: it is no instant, is too far away, or the clocks of `zone` show it twice or never.
    """
    moment = datetime.fromisoformat(text)
    if not 1970 < moment.year < 2200:  # datetime cannot compute near its first and last year
        raise ValueError(f"{text} is too far away")
    if moment.tzinfo is None:
        wall = WallTime(moment.hour * 3600 + moment.minute * 60 + moment.second)
        if len(instants_showing(moment.date(), wall, zone)) != 1:
            raise ValueError(f"{text} names no instant in {zone.key}")
        moment = moment.replace(tzinfo=zone)
    return Instant(from_datetime(moment) // SECOND * SECOND)


def to_timedelta(d: Duration) -> timedelta:
    """A duration for a library that has its own arithmetic."""
    return timedelta(milliseconds=d)


def to_datetime(t: Instant, zone: ZoneInfo) -> datetime:
    """An instant as the clocks of `zone` show it."""
    return (_EPOCH + timedelta(milliseconds=t)).astimezone(zone)


@lru_cache(
    maxsize=8192
)  # 500 items have 3000 instants, formatted at each change; most are the same as before
def iso(t: Instant, zone: ZoneInfo) -> str:
    """An instant as ISO 8601 with the zone's offset; with milliseconds unless they are 0."""
    return to_datetime(t, zone).isoformat(timespec="milliseconds" if t % 1000 else "seconds")


def read_iso(text: str) -> Instant:
    """The instant that `iso` has written."""
    return from_datetime(datetime.fromisoformat(text))


def local_date(t: Instant, zone: ZoneInfo) -> date:
    """The date in `zone` at `t`."""
    return to_datetime(t, zone).date()


def instants_showing(day: date, wall: WallTime, zone: ZoneInfo) -> tuple[Instant, ...]:
    """Every instant at which the clocks of `zone` show `wall` on `day`, earliest first.

    One on most days; two in the hour that DST repeats; none in the hour that DST skips.
    """
    naive = datetime(day.year, day.month, day.day) + timedelta(seconds=wall)  # noqa: DTZ001 - the zone comes next
    found = {from_datetime(naive.replace(tzinfo=zone, fold=fold)) for fold in (0, 1)}
    return tuple(sorted(t for t in found if to_datetime(t, zone).replace(tzinfo=None) == naive))


# Times as text --------------------------------------------------------------------------------

WEEK = Duration(7 * DAY)

_DATE = r"(?P<date>\d{4}-\d\d-\d\d)"
_CLOCK = r"(?P<h>\d{1,2}):(?P<m>\d\d)(?::(?P<s>\d\d)(?:[.,]0{1,9})?)?"
_OFFSET = r"(?P<offset>Z|[+-]\d\d(?::?\d\d)?)?"
_TIME = re.compile(rf"(?:{_DATE}[T ])?{_CLOCK}{_OFFSET}", re.ASCII)
_SPOKEN = re.compile(r"(?P<h>\d{1,2})(?:[:.,h ]?(?P<m>\d\d))?\s*(?P<half>[ap]\.?m\.?)?(?:h|uhr)?", re.ASCII)
_UNITS = re.compile(r"(?:(?P<h>\d{1,6})h)? ?(?:(?P<m>\d{1,6})m)? ?(?:(?P<s>\d{1,6})s)?", re.ASCII)
_HHMMSS = re.compile(r"(?P<h>\d{1,3}):(?P<m>[0-5]\d):(?P<s>[0-5]\d)", re.ASCII)
_LONGHAND = re.compile(
    r"(?P<n>\d{1,6}) ?(?:(?P<h>h|std|stund|hour)|(?P<s>s|sek)|(?P<m>m|'|$))[a-z.]*", re.ASCII
)


@dataclass(frozen=True, slots=True)
class WrittenTime:
    """A time as written in a file: a wall time, with a day and an offset from UTC if the file has them.

    Day and offset together name an instant. Otherwise the day rule and the event's zone decide.
    """

    wall: WallTime
    day: date | None = None
    offset: Duration | None = None


def parse_date(text: str) -> date:
    """A day written `YYYY-MM-DD`, from 1970 to 2200.

    Raises:
        ValueError: says what is wrong and what would be right.
    """
    if german := re.fullmatch(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})", text, re.ASCII):
        d, m, y = german.groups()
        raise ValueError(f"a day is written {y}-{m:0>2}-{d:0>2}, not {text}")
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
        raise ValueError("this is not a day; write it as YYYY-MM-DD, for example 2018-09-15")
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text} is not in the calendar") from None
    if not 1970 <= day.year <= 2200:
        raise ValueError(f"{text} is too far away; a year between 1970 and 2200 is expected")
    return day


def parse_time(text: str) -> WrittenTime:
    """A time written `HH:MM[:SS]` or ISO 8601, with or without an offset, in whole seconds.

    Raises:
        ValueError: says what is wrong and what would be right.
    """
    match = _TIME.fullmatch(text)
    if match is None:
        raise ValueError(
            f"this is not a time{_time_hint(text)}; write HH:MM, HH:MM:SS or 2018-09-15T10:00:00+02:00"
        )
    h, m, s = (int(match[part] or 0) for part in "hms")
    if h > 23 or m > 59 or s > 59:
        remedy = "; the end of the day is 00:00" if h == 24 else ", 00:00 to 23:59:59"
        raise ValueError(f"{text} is on no clock{remedy}")
    day = parse_date(match["date"]) if match["date"] else None
    return WrittenTime(WallTime(h * 3600 + m * 60 + s), day, _parse_offset(match["offset"]))


def _parse_offset(text: str | None) -> Duration | None:
    if text is None:
        return None
    if text == "Z":
        return ZERO
    hours, minutes = int(text[1:3]), int(text[3:].lstrip(":") or 0)
    if hours > 14 or minutes > 59:
        raise ValueError(f"no clock is {text} from UTC; an offset is written like +02:00")
    return Duration((-1 if text[0] == "-" else 1) * (hours * HOUR + minutes * MINUTE))


def _time_hint(text: str) -> str:
    """For `9.30`, `9:30 Uhr` or `2 pm`: a question with the right form. Otherwise empty."""
    match = _SPOKEN.fullmatch(text.lower())
    if match is None:
        return ""
    h, m = int(match["h"]), int(match["m"] or 0)
    if match["half"]:
        h = h % 12 + (12 if match["half"].startswith("p") else 0)
    return f" (did you mean {h:02}:{m:02}?)" if h < 24 and m < 60 else ""


def parse_duration(text: str) -> Duration:
    """A length written `90s`, `15m`, `1h30m` or `00:15:00`, from 0 to a week.

    Raises:
        ValueError: says what is wrong and what would be right.
    """
    match = (_UNITS.fullmatch(text) if text else None) or _HHMMSS.fullmatch(text)
    if match is None:
        longhand = _LONGHAND.fullmatch(text.lower())
        unit = next((u for u in "hsm" if longhand and longhand[u] is not None), "")
        hint = f" (did you mean {longhand['n']}{unit}?)" if longhand else ""
        raise ValueError(f"this is not a length{hint}; write it as 90s, 15m, 1h30m or 00:15:00")
    length = Duration(
        int(match["h"] or 0) * HOUR + int(match["m"] or 0) * MINUTE + int(match["s"] or 0) * SECOND
    )
    if length > WEEK:
        raise ValueError(f"{text} is longer than a week")
    return length


def format_duration(d: Duration) -> str:
    """A length as in an event file, in whole seconds: `1h30m`, `15m`; 90 seconds are `1m30s`."""
    rest = abs(d) // SECOND
    parts = ((rest // 3600, "h"), (rest // 60 % 60, "m"), (rest % 60, "s"))
    return ("-" if d < 0 else "") + ("".join(f"{n}{unit}" for n, unit in parts if n) or "0s")


def format_wall_time(wall: WallTime) -> str:
    """A wall time as `HH:MM`, or `HH:MM:SS` if it has seconds."""
    return f"{wall // 3600:02}:{wall // 60 % 60:02}" + (f":{wall % 60:02}" if wall % 60 else "")


def wall_time(t: Instant, zone: ZoneInfo) -> WallTime:
    """The wall time in `zone` at `t`."""
    local = to_datetime(t, zone)
    return WallTime(local.hour * 3600 + local.minute * 60 + local.second)


def format_time(t: Instant, zone: ZoneInfo, day: date | None = None) -> str:
    """An instant as `HH:MM[:SS]` in `zone`, after its date if that is not `day`."""
    clock = format_wall_time(wall_time(t, zone))
    shown = local_date(t, zone)
    return clock if day in (None, shown) else f"{shown.isoformat()} {clock}"


def day_after(day: date) -> date:
    return day + timedelta(days=1)


def at_offset(day: date, wall: WallTime, offset: Duration) -> Instant:
    """The instant of a wall time on a day, by a clock that is `offset` ahead of UTC."""
    return Instant(from_datetime(datetime(day.year, day.month, day.day, tzinfo=UTC)) + wall * SECOND - offset)


def offset_of(t: Instant, zone: ZoneInfo) -> Duration:
    """The offset of `zone` from UTC at `t`; positive is ahead."""
    return Duration((to_datetime(t, zone).utcoffset() or timedelta()) // _MILLISECOND)


@dataclass(frozen=True, slots=True)
class OffsetChange:
    """A zone changes its offset from UTC: DST begins or ends, or a law changes."""

    at: Instant
    before: Duration
    """The offset until then."""
    after: Duration


def offset_changes(zone: ZoneInfo, since: Instant, until: Instant) -> list[OffsetChange]:
    """The offset changes of `zone` between two instants, earliest first; exact to the second."""
    found: list[OffsetChange] = []
    low, end = Instant(since // SECOND * SECOND), Instant(-(-until // SECOND) * SECOND)
    while low < end:
        # A zone keeps an offset for weeks at least (Morocco during Ramadan), so a day has at most one change.
        high = min(plus(low, DAY), end)
        before, after = offset_of(low, zone), offset_of(high, zone)
        if before != after:
            left, right = low, high
            while right - left > SECOND:
                middle = Instant((left + right) // 2 // SECOND * SECOND)
                left, right = (middle, right) if offset_of(middle, zone) == before else (left, middle)
            found.append(OffsetChange(right, before, after))
        low = high
    return found


def offset_change_times(zone: ZoneInfo, since: Instant, until: Instant) -> tuple[Instant, ...]:
    """The instants of the offset changes of `zone` in the UTC days from `since` to `until`, earliest first."""
    return _offset_change_times(zone, since // DAY, until // DAY + 1)


@lru_cache(maxsize=64)  # called every second with the same days
def _offset_change_times(zone: ZoneInfo, first: int, end: int) -> tuple[Instant, ...]:
    return tuple(change.at for change in offset_changes(zone, Instant(first * DAY), Instant(end * DAY)))


def around_gap(day: date, wall: WallTime, zone: ZoneInfo) -> tuple[Instant, Instant]:
    """For a wall time that DST skips: the last whole minute before the gap, and the first after it."""
    naive = datetime(day.year, day.month, day.day) + timedelta(seconds=wall)  # noqa: DTZ001 - the zone comes next
    # PEP 495: in a gap, fold=1 applies the later offset and so gives an instant before the gap; fold=0 one after it.
    low, high = (from_datetime(naive.replace(tzinfo=zone, fold=fold)) for fold in (1, 0))
    before = offset_of(low, zone)
    while high - low > SECOND:
        middle = Instant((low + high) // 2 // SECOND * SECOND)
        low, high = (middle, high) if offset_of(middle, zone) == before else (low, middle)
    return plus(high, Duration(-MINUTE)), high
