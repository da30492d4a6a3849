"""Planned, expected and actual times, as the contract's "Time" and "Fine points" say."""

from __future__ import annotations

from dataclasses import replace

import pytest

from config.times import MINUTE, Duration, in_seconds
from signaling.show.rundown import is_overdue, offset, rows_at
from tests.unit.signaling.show.build import Desk, clock

TALKS = ("a start: 10:00, duration: 15m", "b duration: 15m", "c duration: 30m")


def late(desk: Desk, now: str) -> float:
    """Minutes behind the plan."""
    return in_seconds(offset(desk.show, rows_at(desk.show, clock(now)))) / 60


def test_an_item_without_a_start_follows_the_one_before() -> None:
    desk = Desk(*TALKS)
    assert desk.expected("09:30") == {"a": "10:00-10:15", "b": "10:15-10:30", "c": "10:30-11:00"}
    assert desk.statuses("09:30") == "next coming coming"


def test_before_the_show_the_first_item_is_never_expected_before_now() -> None:
    desk = Desk(*TALKS)
    assert desk.expected("10:05")["a"] == "10:05-10:20"
    assert desk.expected("10:05")["c"] == "10:35-11:05"
    assert late(desk, "09:30") == 0
    assert late(desk, "10:05") == 5


def test_an_early_start_moves_up_what_has_no_start_of_its_own() -> None:
    desk = Desk(*TALKS)
    desk.do("09:50", "start")
    assert desk.expected("09:55") == {"a": "09:50-10:05", "b": "10:05-10:20", "c": "10:20-10:50"}
    assert late(desk, "09:55") == -10


def test_an_overrun_ripples_through_and_a_gap_absorbs_it() -> None:
    desk = Desk("a start: 10:00, duration: 15m", "b duration: 15m", "c start: 10:40, duration: 30m")
    desk.do("10:00", "start")
    assert desk.expected("10:10")["a"] == "10:00-10:15"
    assert desk.expected("10:22") == {"a": "10:00-10:22", "b": "10:22-10:37", "c": "10:40-11:10"}
    assert desk.expected("10:30") == {"a": "10:00-10:30", "b": "10:30-10:45", "c": "10:45-11:15"}
    assert late(desk, "10:22") == 7


def test_expected_times_move_with_the_clock_only_during_an_overrun() -> None:
    desk = Desk(*TALKS)
    assert not is_overdue(desk.show, clock("09:59"))
    assert is_overdue(desk.show, clock("10:01"))
    desk.do("10:02", "start")
    assert not is_overdue(desk.show, clock("10:16"))
    assert is_overdue(desk.show, clock("10:17"))


def test_a_hard_start_cuts_the_item_before_it() -> None:
    desk = Desk("a start: 10:00, duration: 15m", "b start: 10:20, duration: 10m, hard: true")
    desk.do("10:12", "start")
    assert desk.expected("10:13") == {"a": "10:12-10:20", "b": "10:20-10:30"}


def test_an_item_left_without_time_before_a_hard_start_is_skipped() -> None:
    desk = Desk(
        "a start: 10:00, duration: 15m",
        "b duration: 15m",
        "c start: 10:30, duration: 10m, hard: true",
        "d duration: 5m",
    )
    desk.do("10:00", "start")
    assert desk.expected("10:29")["b"] == "10:29-10:30"
    desk.do("10:00", "extend", seconds=900)
    assert desk.expected("10:05") == {"a": "10:00-10:30", "b": None, "c": "10:30-10:40", "d": "10:40-10:45"}
    assert desk.statuses("10:05") == "on-air skipped next coming"
    assert desk.row("b", "10:05").skipped == "no-time"


def test_a_soft_plan_that_runs_into_a_hard_start_is_not_early_when_it_is_cut() -> None:
    desk = Desk("a start: 10:00, duration: 60m", "b start: 10:30, duration: 10m, hard: true")
    desk.do("10:00", "start")
    assert late(desk, "10:05") == 0


def test_the_nearest_of_several_hard_starts_counts_even_if_a_delay_put_them_out_of_order() -> None:
    desk = Desk(
        "a start: 10:00, duration: 5m",
        "b start: 10:10, duration: 5m, hard: true",
        "c start: 10:20, duration: 5m, hard: true",
    )
    desk.do("10:00", "start")
    desk.show = replace(desk.show, delays={"b": Duration(15 * MINUTE)})
    assert desk.expected("10:01") == {"a": "10:00-10:05", "b": None, "c": "10:20-10:25"}


def test_an_item_skipped_in_the_file_takes_no_time_and_what_follows_moves_up() -> None:
    desk = Desk("a start: 10:00, duration: 15m", "b duration: 15m, skip: true", "c duration: 30m")
    assert desk.expected("09:30") == {"a": "10:00-10:15", "b": None, "c": "10:15-10:45"}
    assert desk.row("b", "09:30").skipped == "file"
    desk.do("10:00", "start")
    desk.do("10:15", "next")
    assert desk.row("b", "10:20").skipped == "file"


def test_start_comes_at_the_first_item_that_is_not_skipped() -> None:
    desk = Desk("a start: 10:00, duration: 15m, skip: true", "b start: 10:15, duration: 15m")
    assert desk.statuses("09:30") == "skipped next"
    desk.do("10:15", "start")
    assert desk.show.on_air == "b"


@pytest.mark.parametrize("by_hand", [True, False])
def test_before_the_show_what_follows_skipped_items_takes_the_place_of_the_first(by_hand: bool) -> None:
    """Skipped by the file or by a moderator."""
    skip = "" if by_hand else ", skip: true"
    desk = Desk(
        f"a start: 10:00, duration: 1m{skip}", f"b duration: 5m{skip}", "c duration: 5m", "d duration: 5m"
    )
    for item in "ab" if by_hand else "":
        desk.do("09:30", "skip", item=item)
    assert desk.expected("09:30") == {"a": None, "b": None, "c": "10:00-10:05", "d": "10:05-10:10"}
    assert desk.expected("10:02")["c"] == "10:02-10:07"
    assert not is_overdue(desk.show, clock("09:59"))
    desk.do("09:31", "delay", item="c", seconds=120)
    assert desk.expected("09:31")["c"] == "10:02-10:07"
    desk.do("09:32", "delay", item="c", seconds=-180)
    assert desk.expected("09:32")["c"] == "09:59-10:04"


def test_after_start_what_follows_a_skipped_item_follows_what_ran_before() -> None:
    desk = Desk("a start: 10:00, duration: 10m", "b start: 10:30, duration: 10m", "c duration: 5m")
    desk.do("10:00", "start")
    desk.do("10:05", "skip", item="b")
    assert desk.expected("10:05")["c"] == "10:10-10:15"


def test_an_extension_makes_the_item_on_air_longer() -> None:
    desk = Desk(*TALKS)
    desk.do("10:00", "start")
    desk.do("10:05", "extend", seconds=120)
    desk.do("10:06", "extend", seconds=-60)
    assert desk.expected("10:06")["a"] == "10:00-10:16"
    assert desk.row("a", "10:06").length == 16 * MINUTE
    assert late(desk, "10:06") == 1


def test_a_delay_shifts_the_start_of_an_item_or_its_planned_one() -> None:
    desk = Desk("a start: 10:00, duration: 15m", "b duration: 15m", "c start: 10:40, duration: 30m")
    desk.show = replace(desk.show, delays={"b": Duration(5 * MINUTE), "c": Duration(20 * MINUTE)})
    assert desk.expected("09:30") == {"a": "10:00-10:15", "b": "10:20-10:35", "c": "11:00-11:30"}


def test_a_negative_delay_never_pulls_an_item_before_the_expected_end_above() -> None:
    desk = Desk("a start: 10:00, duration: 15m", "b start: 10:30, duration: 15m")
    desk.show = replace(desk.show, delays={"b": Duration(-20 * MINUTE)})
    assert desk.expected("09:30")["b"] == "10:15-10:30"


def test_a_delayed_first_item_moves_the_start() -> None:
    desk = Desk(*TALKS)
    desk.show = replace(desk.show, delays={"a": Duration(10 * MINUTE)})
    assert desk.expected("09:30")["a"] == "10:10-10:25"
    assert late(desk, "09:30") == 10


def test_a_past_item_is_not_expected() -> None:
    desk = Desk(*TALKS)
    desk.do("10:00", "start")
    desk.do("10:12", "next")
    row = desk.row("a", "10:20")
    assert row.status == "done"
    assert row.actual is not None
    assert (row.actual.start, row.actual.end) == (clock("10:00"), clock("10:12"))
    assert desk.expected("10:20")["a"] == "10:00-10:12"


def test_a_passed_item_is_skipped() -> None:
    desk = Desk(*TALKS)
    desk.do("10:00", "start")
    desk.do("10:05", "goto", item="c")
    assert desk.statuses("10:06") == "done skipped on-air"
    assert desk.row("b", "10:06").skipped == "passed"


def test_during_a_hold_an_overdue_hard_start_is_expected_now() -> None:
    desk = Desk("a start: 10:00, duration: 60m", "b start: 10:20, duration: 10m, hard: true")
    desk.do("10:00", "start")
    desk.do("10:10", "hold")
    assert desk.expected("10:15") == {"a": "10:00-10:20", "b": "10:20-10:30"}
    assert desk.expected("10:25") == {"a": "10:00-10:25", "b": "10:25-10:35"}
    assert is_overdue(desk.show, clock("10:25"))


HARD = ("a start: 22:00, duration: 30m", "b duration: 20m", "c start: 22:40, duration: 10m, hard: true")


def test_during_a_hold_nothing_is_left_out_for_a_hard_start() -> None:
    desk = Desk(*HARD)
    desk.do("22:00", "start")
    desk.do("22:21", "hold")
    assert desk.expected("22:35") == {"a": "22:00-22:35", "b": "22:35-22:40", "c": "22:40-22:50"}
    assert desk.expected("22:55") == {"a": "22:00-22:55", "b": "22:55-23:15", "c": "23:15-23:25"}
    assert desk.statuses("22:55") == "on-air next coming"
    desk.do("22:56", "resume")
    desk.wait("22:56")
    assert (desk.show.on_air, desk.statuses("22:56")) == ("c", "done skipped on-air")


def test_a_hard_start_that_passed_before_people_went_back_cuts_nothing() -> None:
    desk = Desk("a start: 10:00, duration: 30m", "b start: 10:20, duration: 10m, hard: true")
    desk.do("10:00", "start")
    desk.do("10:22", "previous")
    assert desk.show.on_air == "a"
    assert desk.expected("10:23") == {"a": "10:22-10:52", "b": "10:52-11:02"}


def test_after_the_show_nothing_is_expected_and_the_offset_is_that_of_its_end() -> None:
    desk = Desk(*TALKS)
    desk.do("10:00", "start")
    for at in ("10:15", "10:30", "11:04"):
        desk.do(at, "next")
    assert desk.statuses("12:00") == "done done done"
    assert late(desk, "12:00") == 4
    assert not is_overdue(desk.show, clock("12:00"))


def test_facts_stay_in_order_if_the_clock_is_set_back() -> None:
    desk = Desk(*TALKS)
    desk.do("10:00", "start")
    assert desk.expected("09:00") == desk.expected("10:00")
