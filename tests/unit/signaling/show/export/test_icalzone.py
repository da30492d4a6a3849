"""A VTIMEZONE, as a calendar without zones of its own reads it."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from dateutil.tz import tzical  # type: ignore[import-untyped]

from config.times import from_datetime
from signaling.show.export.icalzone import timezone


def made(zone: str, first: datetime, last: datetime | None = None) -> Any:
    return timezone(
        ZoneInfo(zone),
        from_datetime(first),
        from_datetime(first + timedelta(hours=8) if last is None else last),
    )


def at(*day: int) -> datetime:
    return datetime(*day, tzinfo=UTC)  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    ("zone", "first", "last"),
    [
        ("Europe/Berlin", at(2026, 7, 10, 8), at(2026, 7, 10, 18)),
        ("Europe/Berlin", at(2026, 10, 24, 20), at(2026, 10, 25, 6)),
        ("Europe/Berlin", at(2026, 3, 28, 20), at(2026, 3, 29, 6)),
        ("Europe/Berlin", at(2026, 12, 31, 20), at(2027, 1, 1, 3)),
        (
            "Europe/Berlin",
            at(1996, 10, 10, 8),
            at(1996, 10, 10, 18),
        ),  # summer ended in September the year before
        ("Asia/Tokyo", at(2026, 7, 10, 8), at(2026, 7, 10, 18)),
        ("Africa/Casablanca", at(2026, 7, 10, 8), at(2026, 7, 10, 18)),
        ("Africa/Casablanca", at(2026, 2, 14, 20), at(2026, 2, 15, 6)),  # Ramadan begins
        ("America/Sao_Paulo", at(2026, 1, 10, 8), at(2026, 1, 10, 18)),
        (
            "America/Sao_Paulo",
            at(2018, 11, 3, 20),
            at(2018, 11, 4, 8),
        ),  # by another rule than the year before
        ("Europe/Dublin", at(2026, 1, 10, 8), at(2026, 1, 10, 18)),
        ("Europe/Dublin", at(2026, 10, 24, 20), at(2026, 10, 25, 6)),
        ("America/New_York", at(2026, 10, 31, 20), at(2026, 11, 1, 12)),
        ("Australia/Lord_Howe", at(2026, 4, 4, 8), at(2026, 4, 5, 8)),  # half an hour
        ("Pacific/Apia", at(2011, 12, 29, 8), at(2011, 12, 31, 20)),  # over the date line
        ("UTC", at(2026, 7, 10, 8), at(2026, 7, 10, 18)),
    ],
)
def test_every_local_time_of_an_event_has_its_offset(zone: str, first: datetime, last: datetime) -> None:
    text = made(zone, first, last).to_ical().decode()
    read = tzical(io.StringIO(text)).get()
    assert read is not None
    moment = first
    while moment <= last:
        local = moment.astimezone(ZoneInfo(zone))
        is_repeated = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
        if not is_repeated:  # written in UTC
            assert local.replace(tzinfo=read).utcoffset() == local.utcoffset(), local
        moment += timedelta(minutes=15)


@pytest.mark.parametrize(
    ("zone", "month", "rules"),
    [
        ("Europe/Berlin", 7, {"DAYLIGHT": ["3 -1SU"], "STANDARD": ["10 -1SU"]}),
        ("Europe/Berlin", 1, {"DAYLIGHT": ["3 -1SU"], "STANDARD": ["10 -1SU"]}),
        ("Europe/Dublin", 1, {"DAYLIGHT": ["3 -1SU"], "STANDARD": ["10 -1SU"]}),
        ("America/New_York", 7, {"DAYLIGHT": ["3 2SU"], "STANDARD": ["11 1SU"]}),
        ("Australia/Sydney", 7, {"DAYLIGHT": ["10 1SU"], "STANDARD": ["4 1SU"]}),
        ("Asia/Tokyo", 7, {"STANDARD": [None]}),
        ("America/Sao_Paulo", 7, {"STANDARD": [None]}),
        ("Africa/Casablanca", 7, {"DAYLIGHT": [None] * 4, "STANDARD": [None] * 3}),
    ],
)
def test_a_rule_is_written_where_there_is_one(
    zone: str, month: int, rules: dict[str, list[str | None]]
) -> None:
    found: dict[str, list[str | None]] = {}
    for part in made(zone, at(2026, month, 10)).subcomponents:
        rule = part.get("rrule")
        said = None if rule is None else f"{rule['BYMONTH']} {rule['BYDAY']}"
        found.setdefault(part.name, []).append(said)
    assert found == rules


def test_a_law_that_changed_next_to_the_event_makes_no_rule() -> None:
    # Summer ended on the last Sunday of September until 1995, and of October since.
    assert not any("rrule" in part for part in made("Europe/Berlin", at(1996, 7, 10)).subcomponents)


def test_standard_is_the_time_that_is_behind() -> None:
    for zone in ("Europe/Berlin", "Europe/Dublin", "Africa/Casablanca"):
        for part in made(zone, at(2026, 7, 10)).subcomponents:
            other = ZoneInfo(zone).utcoffset(datetime(2026, 7, 10)) or timedelta()  # noqa: DTZ001 - a local time
            assert (part["tzoffsetto"].td == other) is (part.name == "DAYLIGHT")
