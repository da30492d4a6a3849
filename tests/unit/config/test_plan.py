"""config.plan: where the file alone puts each item, through midnight and the nights in which clocks change."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.plan import PlanLine, PlannedItem, instant_of, plan
from config.times import HOUR, Duration, Instant, WallTime, WrittenTime, iso, parse_time
from tests.unit.config.build import HEAD, faults, instants, spans

BERLIN = ZoneInfo("Europe/Berlin")
SPRING = HEAD.replace("2018-09-15", "2018-03-24")
"""The evening before clocks go from 02:00 to 03:00."""
AUTUMN = HEAD.replace("2018-09-15", "2018-10-27")
"""The evening before clocks go from 03:00 back to 02:00."""


def item(keys: str) -> str:
    return f"  - {{title: A, source: krefeld, {keys}}}\n"


def agenda(*keys: str) -> str:
    return "".join(map(item, keys))


def fault(text: str, head: str = HEAD) -> str:
    """The only fault of an agenda."""
    (found,) = faults(head + text)
    return found


# Following one another ------------------------------------------------------------------------------------------------


def test_an_item_without_a_start_follows_the_one_above() -> None:
    assert spans(agenda("start: 10:00, duration: 15m", "duration: 90s, end: 10:16:30", "end: 11:00")) == [
        "10:00-10:15",
        "10:15-10:16",
        "10:16-11:00",
    ]


def test_an_item_with_a_start_is_planned_there_whatever_is_above() -> None:
    """A gap, and a soft plan that runs into the next item: both legal."""
    assert spans(
        agenda("start: 10:00, duration: 15m", "start: 10:30, duration: 1h", "start: 11:00, duration: 5m")
    ) == [
        "10:00-10:15",
        "10:30-11:30",
        "11:00-11:05",
    ]


def test_the_item_after_a_skipped_one_moves_up() -> None:
    assert spans(agenda("start: 10:00, duration: 15m", "duration: 30m, skip: true", "duration: 5m")) == [
        "10:00-10:15",
        "10:15-10:45",
        "10:15-10:20",
    ]


def test_the_item_after_a_skipped_first_one_begins_at_its_planned_start() -> None:
    assert spans(agenda("start: 10:00, duration: 15m, skip: true", "duration: 5m"))[1] == "10:00-10:05"


def test_the_first_item_needs_a_start() -> None:
    assert fault(agenda("duration: 15m")) == (
        '8:5: agenda item 1 "A": start: the first item needs a `start`, for example 10:00'
    )


# Days -----------------------------------------------------------------------------------------------------------------


def test_an_earlier_wall_time_is_on_the_next_day() -> None:
    assert spans(
        agenda("start: 22:00, duration: 1h", "start: 01:00, duration: 1h", "start: 02:00, duration: 1h")
    ) == [
        "22:00-23:00",
        "2018-09-16 01:00-2018-09-16 02:00",
        "2018-09-16 02:00-2018-09-16 03:00",
    ]


def test_twelve_hours_after_the_item_above_is_still_on_the_next_day() -> None:
    assert spans(agenda("start: 22:00, duration: 1h", "start: 10:00, duration: 1h"))[1].startswith(
        "2018-09-16 10:00"
    )


def test_more_than_twelve_hours_after_the_item_above_is_a_fault() -> None:
    assert fault(agenda("start: 22:00, duration: 1h", "start: 10:00:01, duration: 1h")) == (
        '9:40: agenda item 2 "A": start: 10:00:01 is before the item above begins (22:00), and on the next day more '
        "than 12 hours after; write a time from 22:00 on, or one with its date as 2018-09-16T10:00:01"
    )


def test_an_equal_wall_time_is_not_earlier() -> None:
    assert spans(agenda("start: 22:00, duration: 1h", "start: 22:00, duration: 1h"))[1] == "22:00-23:00"


def test_a_skipped_item_still_counts_as_the_item_above() -> None:
    text = agenda(
        "start: 22:00, duration: 1h", "start: 01:00, duration: 1h, skip: true", "start: 02:00, duration: 1h"
    )
    assert spans(text)[2] == "2018-09-16 02:00-2018-09-16 03:00"


def test_after_several_days_a_wall_time_is_on_the_day_of_the_item_above() -> None:
    text = agenda(
        "start: 10:00, duration: 1h", "start: 2018-09-17T09:00, duration: 1h", "start: 11:00, duration: 1h"
    )
    assert spans(text)[2] == "2018-09-17 11:00-2018-09-17 12:00"


def test_the_item_above_counts_by_where_it_begins_not_by_where_it_ends() -> None:
    assert (
        spans(agenda("start: 22:00, duration: 4h", "start: 23:00, duration: 1h"))[1]
        == "23:00-2018-09-16 00:00"
    )


def test_an_instant_may_be_in_any_zone() -> None:
    text = agenda("start: 2018-09-15T17:00:00+09:00, duration: 1h", "start: 2018-09-15T08:00Z, duration: 1h")
    assert instants(text) == ["2018-09-15T10:00:00+02:00"] * 2


def test_an_instant_before_the_item_above_is_a_fault() -> None:
    assert fault(agenda("start: 10:00, duration: 1h", "start: 2018-09-15T09:00+02:00, duration: 1h")) == (
        '9:40: agenda item 2 "A": start: this is before the item above begins (2018-09-15T10:00:00+02:00)'
    )


# Lengths --------------------------------------------------------------------------------------------------------------


def test_an_end_earlier_than_the_start_is_on_the_next_day_however_far() -> None:
    assert spans(agenda("start: 22:00, end: 01:00")) == ["22:00-2018-09-16 01:00"]
    assert spans(agenda("start: 10:00, end: 09:00")) == ["10:00-2018-09-16 09:00"]


def test_an_item_without_a_length_is_a_fault() -> None:
    assert fault(agenda("start: 10:00")) == (
        '8:5: agenda item 1 "A": duration: this item has no length; give it a `duration` or an `end`'
    )


@pytest.mark.parametrize("keys", ["end: 10:00", "end: 2018-09-15T08:00:00Z"])
def test_an_end_at_the_start_is_a_fault(keys: str) -> None:
    assert fault(agenda(f"start: 10:00, {keys}")) == (
        '8:52: agenda item 1 "A": end: the item begins at 10:00 too; a length of 0 is no length'
    )


def test_an_end_with_a_date_before_the_start_is_a_fault() -> None:
    assert fault(agenda("start: 10:00, end: 2018-09-15T09:00")) == (
        '8:52: agenda item 1 "A": end: this is before the item begins (2018-09-15T10:00:00+02:00)'
    )


def test_an_end_and_a_duration_may_agree_and_must() -> None:
    assert spans(agenda("start: 10:00, duration: 15m, end: 10:15")) == ["10:00-10:15"]
    assert fault(agenda("start: 10:00, duration: 15m, end: 10:20")) == (
        '8:67: agenda item 1 "A": end: from 10:00 this makes 20m, but `duration` says 15m, '
        "which would end at 10:15; keep one of the two"
    )


# Nights in which clocks change ----------------------------------------------------------------------------------------


def test_a_length_is_elapsed_time_when_clocks_go_forward() -> None:
    assert spans(agenda("start: 23:00, duration: 4h", "duration: 1h"), SPRING) == [
        "23:00-2018-03-25 04:00",
        "2018-03-25 04:00-2018-03-25 05:00",
    ]


def test_a_length_is_elapsed_time_when_clocks_go_back() -> None:
    assert instants(agenda("start: 23:00, duration: 3h30m", "duration: 1h"), AUTUMN) == [
        "2018-10-27T23:00:00+02:00",
        "2018-10-28T02:30:00+02:00",
    ]


def test_an_end_after_the_change_makes_the_real_length() -> None:
    text = agenda("start: 2018-03-25T01:00, end: 04:00", "start: 2018-10-28T01:00, end: 04:00")
    assert spans(text, SPRING)[0] == "01:00-04:00"
    lengths = [placed.length for placed in placed_for("2018-03-25T01:00", "2018-10-28T01:00", end="04:00")]
    assert lengths == [2 * HOUR, 4 * HOUR]


def placed_for(*starts: str, end: str) -> list[PlannedItem]:
    lines = [PlanLine(start=parse_time(start), end=parse_time(end)) for start in starts]
    told: list[str] = []
    placed = plan(lines, date(2018, 3, 24), BERLIN, lambda n, key, what: told.append(what))
    assert told == []
    return placed


def test_a_wall_time_that_dst_skips_is_reported_with_the_nearest_right_ones() -> None:
    assert fault(agenda("start: 23:00, duration: 1h", "start: 02:30, duration: 1h"), SPRING) == (
        '9:40: agenda item 2 "A": start: the clocks of Europe/Berlin skip 02:30 on 2018-03-25; '
        "the nearest right times are 01:59 and 03:00"
    )
    assert "skip 02:00 on 2018-03-25" in fault(agenda("start: 23:00, end: 02:00"), SPRING)


def test_a_wall_time_that_dst_repeats_needs_an_offset() -> None:
    assert fault(agenda("start: 23:00, duration: 1h", "start: 02:30, duration: 1h"), AUTUMN) == (
        '9:40: agenda item 2 "A": start: the clocks of Europe/Berlin show 02:30 twice on 2018-10-28; '
        "write 2018-10-28T02:30:00+02:00 for the first time or 2018-10-28T02:30:00+01:00 for the second"
    )


@pytest.mark.parametrize("offset", ["+01:00", "+02:00"])
def test_an_offset_says_which_of_the_two_is_meant(offset: str) -> None:
    for start in (f"02:30{offset}", f"2018-10-28T02:30:00{offset}"):
        text = agenda("start: 23:00, duration: 1h", f"start: {start}, duration: 1h")
        assert instants(text, AUTUMN)[1] == f"2018-10-28T02:30:00{offset}"


def test_the_second_of_two_equal_readings_is_after_the_first() -> None:
    text = agenda("start: 2018-10-28T02:45+02:00, duration: 5m", "start: 02:15+01:00, duration: 5m")
    assert instants(text, AUTUMN)[1] == "2018-10-28T02:15:00+01:00"


def test_an_offset_that_the_zone_does_not_have_then_is_reported_with_the_right_one() -> None:
    assert fault(agenda("start: 10:00+01:00, duration: 1h")) == (
        '8:40: agenda item 1 "A": start: Europe/Berlin has another offset at 10:00 on 2018-09-15; '
        "write 2018-09-15T10:00:00+02:00"
    )


def test_the_twelve_hours_of_the_day_rule_are_elapsed_hours() -> None:
    """From 22:00 to 10:00 are eleven hours in the one night and thirteen in the other."""
    assert spans(agenda("start: 22:00, duration: 1h", "start: 11:00, duration: 1h"), SPRING)[1].startswith(
        "2018-03-25"
    )
    assert "more than 12 hours after" in fault(
        agenda("start: 22:00, duration: 1h", "start: 10:00, duration: 1h"), AUTUMN
    )
    assert spans(agenda("start: 22:00, duration: 1h", "start: 09:00, duration: 1h"), AUTUMN)[1].startswith(
        "2018-10-28"
    )


def test_a_zone_without_dst_has_nothing_to_ask() -> None:
    text = agenda("start: 23:00, duration: 1h", "start: 02:30, duration: 1h")
    for head in (SPRING, AUTUMN):
        assert len(spans(text, head.replace("Europe/Berlin", "Asia/Tokyo"))) == 2


# Hard starts ----------------------------------------------------------------------------------------------------------


def test_a_soft_plan_may_run_into_a_hard_start() -> None:
    text = agenda("start: 10:00, duration: 2h", "start: 11:00, hard: true, duration: 1h")
    assert spans(text) == ["10:00-12:00", "11:00-12:00"]


def test_hard_items_may_touch() -> None:
    text = agenda("start: 10:00, hard: true, duration: 1h", "start: 11:00, hard: true, duration: 1h")
    assert spans(text) == ["10:00-11:00", "11:00-12:00"]


def test_a_hard_item_planned_past_the_next_hard_start_is_a_fault() -> None:
    text = agenda(
        "start: 10:00, hard: true, duration: 90m",
        "start: 10:30, duration: 5m",
        "start: 11:00, hard: true, end: 12:00",
        "start: 11:00, hard: true, duration: 1h",
    )
    assert faults(HEAD + text) == [
        '8:69: agenda item 1 "A": duration: two hard items overlap: this one runs until 11:30, '
        "past the hard start of item 3 at 11:00; at most 1h fit",
        '10:64: agenda item 3 "A": end: two hard items overlap: this one runs until 12:00, '
        "past the hard start of item 4 at 11:00; move one of them",
    ]


def test_a_skipped_hard_item_overlaps_nothing() -> None:
    text = agenda(
        "start: 10:00, hard: true, duration: 2h, skip: true", "start: 11:00, hard: true, duration: 1h"
    )
    assert len(spans(text)) == 2


def test_a_hard_item_needs_a_start() -> None:
    assert fault(agenda("start: 10:00, duration: 15m", "duration: 15m, hard: true")) == (
        '9:54: agenda item 2 "A": hard: a hard item starts at its time whatever runs before, so it needs a `start`; '
        "the plan has it at 10:15"
    )


# Faulty files ---------------------------------------------------------------------------------------------------------


def test_a_fault_in_one_time_hides_no_other_and_makes_none() -> None:
    text = agenda(
        "start: 10.00, duration: 15m", "duration: 15", "hard: true, start: 25:00, end: 1h", "end: 10:20"
    )
    assert [line.split(": ")[0] for line in faults(HEAD + text)] == ["8:40", "9:43", "10:52", "10:64"]


def test_lengths_are_checked_without_a_day_or_a_zone() -> None:
    head = HEAD.replace("Europe/Berlin", "Europe/Brlin").replace("2018-09-15", "15.9.2018")
    assert [line.split(": ")[0] for line in faults(head + agenda("start: 10:00", "duration: 5m"))] == [
        "1:25",
        "1:46",
        "8:5",
    ]


# For any agenda -------------------------------------------------------------------------------------------------------

WALLS = st.integers(0, 86_399).map(lambda n: WallTime(n))
LINES = st.builds(
    PlanLine,
    start=st.none() | WALLS.map(WrittenTime),
    duration=st.none() | st.integers(1, 100_000).map(lambda n: Duration(n * 1000)),
    end=st.none() | WALLS.map(WrittenTime),
    hard=st.booleans(),
    skip=st.booleans(),
)


@given(st.lists(LINES, min_size=1, max_size=6), st.sampled_from([date(2018, 3, 24), date(2018, 10, 27)]))
def test_a_plan_without_faults_is_whole_and_never_goes_back(lines: list[PlanLine], day: date) -> None:
    told: list[str] = []
    placed = plan(lines, day, BERLIN, lambda n, key, what: told.append(what))
    if told:
        return
    starts = [item.span.start for item in placed if item.span]
    assert len(starts) == len(lines)
    assert all(item.length and item.length > 0 for item in placed)
    named = [item.start for item in placed if item.start is not None]
    assert named == sorted(named)


@given(WALLS, st.integers(1_521_000_000, 1_545_000_000).map(lambda s: Instant(s * 1000)))
def test_a_placed_time_shows_what_was_written_and_is_less_than_a_day_after_the_one_above(
    wall: WallTime, above: Instant
) -> None:
    try:
        t = instant_of(WrittenTime(wall), above, date(2018, 1, 1), BERLIN)
    except ValueError:
        return
    assert above <= t < above + 25 * HOUR
    assert parse_time(iso(t, BERLIN)).wall == wall
