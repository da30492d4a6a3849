"""Reads the length of a talk in an imported schedule, in all forms that programs write.

Version 1 of the c3voc schema has `HH:MM`, version 2 ISO 8601. pretalx writes `D:HH:MM` from one day on, other programs
`HH:MM:SS` or plain minutes. So one text may have two readings.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from config.times import DAY, HOUR, MINUTE, SECOND, WEEK, Duration, format_duration, parse_duration, total

USUAL_LENGTHS = (5 * MINUTE, 12 * HOUR)
"""Without a documented form, the likely reading is within these limits."""
MAY_BE_SECONDS_FROM = 600
"""A plain number counts minutes. From this one on, which would be ten hours, it may also count seconds."""

_ISO = re.compile(
    r"P(?:(?P<w>\d{1,6})W)?(?:(?P<d>\d{1,6})D)?"
    r"(?:T(?=\d)(?:(?P<h>\d{1,6})H)?(?:(?P<m>\d{1,6})M)?(?:(?P<s>\d{1,6})(?:[.,]\d+)?S)?)?",
    re.ASCII,
)
_COLONS = re.compile(r"\d{1,6}(?::\d{1,2}){1,3}", re.ASCII)


@dataclass(frozen=True, slots=True)
class ChosenLength:
    """The chosen length, and a note on the choice; the note is empty if there was no choice."""

    length: Duration
    note: str = ""


def writes_seconds(written: Iterable[object]) -> bool:
    """Whether a schedule with these lengths writes `HH:MM:SS`: one of them, such as `00:45:00`, cannot be `D:HH:MM`."""
    parts = [text.split(":") for text in map(str, written) if _COLONS.fullmatch(text)]
    return any(len(of_text) == 3 and 24 <= int(of_text[1]) < 60 for of_text in parts)


def possible_lengths(value: object, *, has_seconds: bool = False) -> tuple[Duration, ...]:
    """The possible readings of a written length, the likely one first; empty if it cannot be read.

    Readings of 0 or of more than a week are dropped. `has_seconds`: the schedule writes `HH:MM:SS`, so three numbers
    have only this reading.
    """
    found = _of_number(value) if isinstance(value, int | float) else _of_text(str(value).strip(), has_seconds)
    return tuple(dict.fromkeys(length for length in found if SECOND <= length <= WEEK))


def choose_length(
    written: object,
    by_end: Duration | None = None,
    until_next: Duration | None = None,
    *,
    has_seconds: bool = False,
) -> ChosenLength | None:
    """The length of a talk; None if it is unknown.

    Args:
        written: the schedule's `duration`.
        by_end: from the talk's start to its end, if the schedule has the end.
        until_next: from its start to that of the next talk in the room.
        has_seconds: see `possible_lengths`.
    """
    readings = possible_lengths(written, has_seconds=has_seconds)
    if by_end is not None:
        fits = not written or any(abs(by_end - length) < MINUTE for length in readings)
        return ChosenLength(
            by_end, "" if fits else f"and the end of the talk disagree; it lasts {format_duration(by_end)}"
        )
    if len(readings) < 2:
        return ChosenLength(readings[0]) if readings else None
    either = f"may be {' or '.join(map(format_duration, readings))}"
    fitting = [length for length in readings if until_next is None or length <= until_next]
    if len(fitting) == 1:
        taken = format_duration(fitting[0])
        return ChosenLength(fitting[0], f"{either}; the next talk in the room leaves time for {taken}")
    taken = format_duration(readings[0])
    return ChosenLength(readings[0], f"{either}; taken as {taken}, correct it in the file if that is wrong")


def _of_number(value: float) -> list[Duration]:
    if isinstance(value, bool) or not 0 < value <= WEEK:
        return []
    as_minutes, as_seconds = (Duration(int(value * unit) // SECOND * SECOND) for unit in (MINUTE, SECOND))
    return _usual_first(as_minutes, as_seconds) if value >= MAY_BE_SECONDS_FROM else [as_minutes]


def _usual_first(*lengths: Duration) -> list[Duration]:
    return sorted(lengths, key=lambda length: not USUAL_LENGTHS[0] <= length <= USUAL_LENGTHS[1])


def _of_text(text: str, has_seconds: bool) -> list[Duration]:
    if re.fullmatch(r"\d{1,9}(?:\.\d{1,9})?", text, re.ASCII):
        return _of_number(float(text))
    if _COLONS.fullmatch(text):
        return _of_colons([int(part) for part in text.split(":")], text.startswith("0"), has_seconds)
    if text not in ("", "P") and (iso := _ISO.fullmatch(text)):
        weeks, days, hours, minutes, seconds = (int(iso[unit] or 0) for unit in "wdhms")
        return [_length(7 * weeks + days, hours, minutes, seconds)]
    try:
        return [parse_duration(text)]  # the forms of an event file
    except ValueError:
        return []


def _of_colons(parts: list[int], is_padded: bool, has_seconds: bool) -> list[Duration]:
    """`HH:MM`, `D:HH:MM`, `HH:MM:SS`, `D:HH:MM:SS`. Only the first number may exceed the range of its unit."""
    match parts:
        case [a, b] if b < 60:
            # `45:00` is 45 hours by the documentation, but 45 minutes are likely.
            return [_length(0, a, b), _length(0, 0, a, b)] if a >= 24 else [_length(0, a, b)]
        case [a, b, c] if b < 60 and c < 60:
            if b >= 24 or has_seconds:
                return [_length(0, a, b, c)]
            days, no_days = _length(a, b, c), _length(0, a, b, c)
            # pretalx writes days only if there are any, and never as `01`.
            return _usual_first(no_days, days) if is_padded else [days, no_days]
        case [a, b, c, d] if b < 24 and c < 60 and d < 60:
            return [_length(a, b, c, d)]
        case _:
            return []


def _length(days: int, hours: int, minutes: int = 0, seconds: int = 0) -> Duration:
    parts = (days * DAY, hours * HOUR, minutes * MINUTE, seconds * SECOND)
    return total(*map(Duration, parts))
