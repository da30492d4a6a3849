"""config.times: what people write as times and lengths, and the arithmetic that DST makes hard."""

from __future__ import annotations

import contextlib
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import times
from config.times import HOUR, MINUTE, SECOND, Duration, Instant, WallTime, WrittenTime

BERLIN = ZoneInfo("Europe/Berlin")
TOKYO = ZoneInfo("Asia/Tokyo")
INSTANTS = st.integers(0, 7_000_000_000_000).map(Instant)


def wall(text: str) -> WallTime:
    return times.parse_time(text).wall


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("90s", 90 * SECOND),
        ("15m", 15 * MINUTE),
        ("1h30m", 90 * MINUTE),
        ("1h 30m", 90 * MINUTE),
        ("2h", 2 * HOUR),
        ("1h5s", HOUR + 5 * SECOND),
        ("00:15:00", 15 * MINUTE),
        ("1:00:30", HOUR + 30 * SECOND),
        ("0s", 0),
        ("168h", times.WEEK),
    ],
)
def test_a_length_is_read_in_every_form_of_the_contract(text: str, length: int) -> None:
    assert times.parse_duration(text) == length


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("15", "did you mean 15m?"),
        ("15 min", "did you mean 15m?"),
        ("90 sec", "did you mean 90s?"),
        ("2 Stunden", "did you mean 2h?"),
        ("", "not a length"),
        ("00:15", "write it as 90s, 15m, 1h30m or 00:15:00"),
        ("15m1h", "not a length"),
        ("-5m", "not a length"),
        ("1.5h", "not a length"),
        ("00:75:00", "not a length"),
        ("169h", "169h is longer than a week"),
        ("١٥m", "not a length"),
    ],
)
def test_a_wrong_length_is_reported_with_the_right_form(text: str, hint: str) -> None:
    with pytest.raises(ValueError, match=f"(?s).*{hint.replace('?', '[?]')}"):
        times.parse_duration(text)


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("10:00", WrittenTime(WallTime(36_000))),
        ("9:30", WrittenTime(WallTime(34_200))),
        ("23:59:59", WrittenTime(WallTime(86_399))),
        ("00:00", WrittenTime(WallTime(0))),
        ("02:30+02:00", WrittenTime(WallTime(9_000), None, Duration(2 * HOUR))),
        ("2018-09-15T10:00", WrittenTime(WallTime(36_000), date(2018, 9, 15))),
        ("2018-09-15 10:00:00Z", WrittenTime(WallTime(36_000), date(2018, 9, 15), Duration(0))),
        (
            "2018-09-15T10:00:00.000-0330",
            WrittenTime(WallTime(36_000), date(2018, 9, 15), Duration(-210 * MINUTE)),
        ),
        ("2018-09-15T10:00:00+09", WrittenTime(WallTime(36_000), date(2018, 9, 15), Duration(9 * HOUR))),
    ],
)
def test_a_time_is_read_with_the_day_and_offset_it_states(text: str, stated: WrittenTime) -> None:
    assert times.parse_time(text) == stated


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("9.30", "did you mean 09:30"),
        ("9:30 Uhr", "did you mean 09:30"),
        ("10 Uhr", "did you mean 10:00"),
        ("2:30 pm", "did you mean 14:30"),
        ("12am", "did you mean 00:00"),
        ("10h15", "did you mean 10:15"),
        ("24:00", "the end of the day is 00:00"),
        ("25:00", "25:00 is on no clock"),
        ("10:60", "on no clock"),
        ("2018-02-30T10:00", "2018-02-30 is not in the calendar"),
        ("10:00+15:00", "no clock is"),
        ("10:00:00.5", "not a time"),
        ("noon", "not a time"),
        ("", "not a time"),
    ],
)
def test_a_wrong_time_is_reported_with_the_right_form(text: str, hint: str) -> None:
    with pytest.raises(ValueError, match=f".*{hint}"):
        times.parse_time(text)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("15.9.2018", "a day is written 2018-09-15, not 15.9.2018"),
        ("20180915", "write it as YYYY-MM-DD"),
        ("2018-13-01", "2018-13-01 is not in the calendar"),
        ("0018-09-15", "a year between 1970 and 2200"),
        ("2018-W37-6", "write it as YYYY-MM-DD"),
    ],
)
def test_a_wrong_day_is_reported_with_the_right_form(text: str, hint: str) -> None:
    with pytest.raises(ValueError, match=hint):
        times.parse_date(text)


@given(st.text(max_size=30))
def test_any_text_is_a_time_or_a_fault(text: str) -> None:
    for parse in (times.parse_duration, times.parse_time, times.parse_date):
        with contextlib.suppress(ValueError):
            parse(text)


@given(st.integers(1, times.WEEK // SECOND))
def test_a_length_reads_back_as_it_is_said(n: int) -> None:
    assert times.parse_duration(times.format_duration(Duration(n * SECOND))) == n * SECOND


def test_a_shift_to_earlier_is_said_with_a_minus() -> None:
    assert times.format_duration(Duration(-90 * SECOND)) == "-1m30s"
    assert times.format_duration(Duration(0)) == "0s"


@given(
    INSTANTS, st.sampled_from([BERLIN, TOKYO, ZoneInfo("America/St_Johns"), ZoneInfo("Australia/Lord_Howe")])
)
def test_an_instant_is_among_the_readings_of_what_the_clocks_show_at_it(t: Instant, zone: ZoneInfo) -> None:
    whole = Instant(t // 1000 * 1000)
    assert whole in times.instants_showing(times.local_date(t, zone), times.wall_time(t, zone), zone)


@given(INSTANTS, st.sampled_from([BERLIN, TOKYO]))
def test_iso_and_its_offset_name_the_same_instant(t: Instant, zone: ZoneInfo) -> None:
    assert times.from_datetime(datetime.fromisoformat(times.iso(t, zone))) == t
    whole = Instant(t // 1000 * 1000)
    day, offset = times.local_date(whole, zone), times.offset_of(whole, zone)
    assert times.at_offset(day, times.wall_time(whole, zone), offset) == whole


def test_a_datetime_without_a_zone_names_no_instant() -> None:
    with pytest.raises(ValueError, match="names no instant"):
        times.from_datetime(datetime(2018, 9, 15))  # noqa: DTZ001 - that is the point
    assert times.from_datetime(datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC)) == 1000


def test_a_wall_time_happens_twice_when_summer_ends_and_never_when_it_begins() -> None:
    at = wall("02:30")
    assert [times.iso(t, BERLIN) for t in times.instants_showing(date(2018, 10, 28), at, BERLIN)] == [
        "2018-10-28T02:30:00+02:00",
        "2018-10-28T02:30:00+01:00",
    ]
    assert times.instants_showing(date(2018, 3, 25), at, BERLIN) == ()
    assert len(times.instants_showing(date(2018, 3, 25), at, TOKYO)) == 1


@pytest.mark.parametrize("skipped", ["02:00", "02:00:01", "02:30", "02:59:59"])
def test_around_the_gap_are_the_last_minute_before_and_the_first_after(skipped: str) -> None:
    before, after = times.around_gap(date(2018, 3, 25), wall(skipped), BERLIN)
    assert (times.iso(before, BERLIN), times.iso(after, BERLIN)) == (
        "2018-03-25T01:59:00+01:00",
        "2018-03-25T03:00:00+02:00",
    )


def test_around_a_gap_of_a_whole_day_the_dates_are_said() -> None:
    """Samoa left out 30 December 2011."""
    apia = ZoneInfo("Pacific/Apia")
    day = date(2011, 12, 30)
    before, after = times.around_gap(day, wall("12:00"), apia)
    assert times.format_time(before, apia, day) == "2011-12-29 23:59"
    assert times.format_time(after, apia, day) == "2011-12-31 00:00"


def test_a_time_is_said_with_seconds_only_where_there_are_any() -> None:
    t = times.at_offset(date(2018, 9, 15), wall("10:00"), Duration(2 * HOUR))
    assert times.format_time(t, BERLIN) == "10:00"
    assert times.format_time(t, TOKYO) == "17:00"
    assert times.format_time(times.plus(t, Duration(5 * SECOND)), BERLIN) == "10:00:05"


def test_the_clocks_of_berlin_are_set_twice_a_year_and_those_of_tokyo_never() -> None:
    year = [times.from_datetime(datetime(y, 1, 1, tzinfo=UTC)) for y in (2026, 2027)]
    spring, autumn = times.offset_changes(BERLIN, year[0], year[1])
    assert times.iso(spring.at, BERLIN) == "2026-03-29T03:00:00+02:00"
    assert (spring.before, spring.after) == (HOUR, 2 * HOUR)
    assert times.iso(autumn.at, BERLIN) == "2026-10-25T02:00:00+01:00"
    assert times.offset_changes(TOKYO, year[0], year[1]) == []


@given(st.integers(0, 3_600_000), st.integers(1, 3_600_000))
def test_a_change_is_found_to_the_second_from_wherever_one_looks(early: int, late: int) -> None:
    at = times.from_datetime(datetime(2026, 3, 29, 1, tzinfo=UTC))
    (found,) = times.offset_changes(BERLIN, Instant(at - early - 1000), Instant(at + late))
    assert found.at == at


def test_an_instant_of_iso_8601_has_an_offset_or_is_by_the_zones_clocks() -> None:
    for text in ("2018-09-15T10:00:00+02:00", "2018-09-15T10:00:00", "2018-09-15T08:00:00.900Z"):
        assert times.iso(times.from_iso(text, BERLIN), BERLIN) == "2018-09-15T10:00:00+02:00"


@pytest.mark.parametrize(
    "text",
    [
        *("10:00", "tomorrow", "", "2018-10-28T02:30:00", "2018-03-25T02:30:00"),
        *(
            "0001-01-01T00:00:00",
            "0001-01-01T00:00:00+14:00",
            "9999-12-31T23:59:59",
            "9999-12-31T23:59:59-12:00",
        ),
    ],
)
def test_a_text_without_an_instant_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"no instant|too far|format|must be"):
        times.from_iso(text, BERLIN)
