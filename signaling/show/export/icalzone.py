"""A time zone as a VTIMEZONE (RFC 5545, 3.6.5), for calendars that have no zones of their own.

Outlook reads one STANDARD and one DAYLIGHT with a yearly rule, and STANDARD alone if it finds no rule. So a zone with a
yearly rule is written with the rule, and a zone without changes has STANDARD alone. Other zones list each change:
Morocco's follow the moon, and laws change.

STANDARD is the time with the smaller UTC offset, whatever the law calls it. Ireland's standard time is that of summer,
but calendars expect DAYLIGHT to be ahead.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

from config.times import (
    DAY,
    Duration,
    Instant,
    OffsetChange,
    from_datetime,
    iso,
    local_date,
    offset_changes,
    offset_of,
    plus,
    to_datetime,
    to_timedelta,
)

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
Rule = dict[str, str | int]
"""A recurrence rule in the library's form."""


def timezone(zone: ZoneInfo, first: Instant, last: Instant) -> Timezone:
    """The zone at least from a day before `first` to a day after `last`.

    The library's `Timezone.from_tzinfo` is not used: it writes the begin of DST an hour late (icalendar 7.3.0).
    """
    begin = plus(first, Duration(-DAY))
    year_before = _new_year(local_date(first, zone).year - 1)
    found = _changes(zone, year_before, _new_year(local_date(last, zone).year + 2))
    component = Timezone()
    component.add("tzid", zone.key)
    if (rules := _yearly(found)) is not None:
        # From the last change before `begin` on; further back the rule may not have been the law.
        n = max((n for n, change in enumerate(found) if change.at <= begin), default=0)
        for change, rule in ((found[n], rules[n % 2]), (found[n + 1], rules[(n + 1) % 2])):
            component.add_component(_observance(zone, change, rule))
        return component
    # The offset until the first change, or always if there is none.
    since, offset = year_before if found else _new_year(1970), offset_of(year_before, zone)
    component.add_component(
        _observance(zone, OffsetChange(since, offset, offset), until=next(iter(found), None))
    )
    for change in found:
        component.add_component(_observance(zone, change))
    return component


def _new_year(year: int) -> Instant:
    return from_datetime(datetime(year, 1, 1, tzinfo=UTC))


@lru_cache(maxsize=64)  # it examines a thousand days for an event of one day
def _changes(zone: ZoneInfo, since: Instant, until: Instant) -> tuple[OffsetChange, ...]:
    return tuple(offset_changes(zone, since, until))


def _yearly(found: Sequence[OffsetChange]) -> tuple[Rule, Rule] | None:
    """The two yearly rules, in the order of `found`; None if the changes follow no such rules."""
    one, other = found[::2], found[1::2]
    years = [_onset(change).year for change in one]
    if len(one) < 3 or years != [_onset(change).year for change in other]:
        return None
    if years != list(range(years[0], years[0] + len(years))):
        return None
    rules = _rule(one), _rule(other)
    return None if rules[0] is None or rules[1] is None else (rules[0], rules[1])


def _rule(found: Sequence[OffsetChange]) -> Rule | None:
    """The weekday of a month on which all these changes are; None if they have none in common."""
    onsets = [_onset(change) for change in found]
    same = {(o.month, o.weekday(), o.time(), c.before, c.after) for o, c in zip(onsets, found, strict=True)}
    weeks = {(onset.day - 1) // 7 + 1 for onset in onsets}
    is_last = all(onset.day + 7 > monthrange(onset.year, onset.month)[1] for onset in onsets)
    if len(same) != 1 or not (is_last or len(weeks) == 1):
        return None
    week = -1 if is_last else weeks.pop()
    return {"freq": "yearly", "bymonth": onsets[0].month, "byday": f"{week}{WEEKDAYS[onsets[0].weekday()]}"}


def _onset(change: OffsetChange) -> datetime:
    """The local time of a change, in the offset before it (RFC 5545, 3.6.5)."""
    shown = to_datetime(plus(change.at, change.before), ZoneInfo("UTC"))
    return shown.replace(tzinfo=None, microsecond=0)


def _observance(
    zone: ZoneInfo, change: OffsetChange, rule: Rule | None = None, *, until: OffsetChange | None = None
) -> TimezoneStandard | TimezoneDaylight:
    """The time from a change on. `until` is the next change, if `change` is only the begin of the list."""
    is_ahead = change.after > change.before or (until is not None and until.after < until.before)
    found = TimezoneDaylight() if is_ahead else TimezoneStandard()
    found.add("dtstart", _onset(change))
    if rule is not None:
        found.add("rrule", rule)
    found.add("tzoffsetfrom", to_timedelta(change.before))
    found.add("tzoffsetto", to_timedelta(change.after))
    found.add("tzname", to_datetime(change.at, zone).tzname() or iso(change.at, zone)[-6:])
    return found
