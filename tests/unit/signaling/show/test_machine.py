"""What happens without a command, at its instant."""

from __future__ import annotations

from dataclasses import replace

import pytest

from config.model import Span
from config.times import Instant, plus
from signaling.show import core
from signaling.show.core import CommandRefused
from signaling.show.facts import Cut, Ended, Fact, ShowEnded, Skipped, SourceChanged, Started
from tests.unit.signaling.show.build import Desk, clock

AUTO = (
    "a start: 10:00, duration: 10m, advance: auto",
    "b duration: 10m, source: tokio, advance: auto",
    "c start: 10:30, duration: 10m, source: berlin, advance: auto",
)


def story(facts: tuple[Fact, ...]) -> list[tuple[str, str, Instant]]:
    """The facts on items and cuts in short."""
    return [
        (type(f).__name__, f.source if isinstance(f, Cut) else f.item, f.at)
        for f in facts
        if isinstance(f, Started | Ended | Skipped | Cut)
    ]


def test_nothing_happens_by_itself_before_the_show_and_after_it() -> None:
    desk = Desk(*AUTO)
    assert core.due(desk.show) is None
    desk.do("10:00", "start")
    desk.wait("11:00")
    assert desk.show.phase == "ended"
    assert core.due(desk.show) is None


def self_starting(*agenda: str) -> Desk:
    """A show with an automatic start."""
    desk = Desk(*agenda)
    desk.show = replace(desk.show, auto_start=True)
    return desk


def test_an_automatic_start_is_at_its_time() -> None:
    desk = self_starting(*AUTO)
    assert core.due(desk.show) == clock("10:00")
    assert desk.wait("09:59") == ()
    assert desk.wait("10:00")[0] == Started(item="a", why="time", at=clock("10:00"))
    with pytest.raises(CommandRefused, match="nothing to undo"):
        desk.do("10:01", "undo")


def test_a_server_that_comes_up_late_begins_with_the_first_item_and_not_in_the_middle_of_it() -> None:
    desk = self_starting(*AUTO)
    desk.wait("10:25")
    assert (desk.show.on_air, desk.show.runs["a"].start) == ("a", clock("10:25"))


@pytest.mark.parametrize(("item", "by", "begins"), [("a", 45, "10:45"), ("b", -45, "10:00")])
def test_a_hard_start_before_the_first_item_s_own_does_not_begin_the_show(
    item: str, by: int, begins: str
) -> None:
    """Delays may cause this. It has nothing to cut, so the show waits for its first item."""
    desk = self_starting("a start: 10:00, duration: 30m", "b start: 10:30, duration: 30m, hard: true")
    desk.do("09:00", "delay", item=item, seconds=by * 60)
    assert core.due(desk.show) == clock(begins)
    desk.wait(begins)
    assert (desk.show.on_air, desk.show.runs["a"].start) == ("a", clock(begins))


@pytest.mark.parametrize(("command", "fields"), [("skip", {}), ("delay", {"seconds": -300})])
def test_a_show_begins_by_itself_when_its_first_item_is_expected(
    command: str, fields: dict[str, object]
) -> None:
    desk = self_starting("a start: 10:00, duration: 1m", "b duration: 5m")
    desk.do("09:30", command, item="a", **fields)
    begins = {"skip": "10:00", "delay": "09:55"}[command]
    first = {"skip": "b", "delay": "a"}[command]
    assert desk.row(first, "09:31").expected == Span(
        clock(begins), plus(clock(begins), desk.row(first, "09:31").length)
    )
    assert core.due(desk.show) == clock(begins)


def test_a_hold_or_a_delay_keeps_it_from_beginning() -> None:
    desk = self_starting(*AUTO)
    desk.do("09:50", "hold")
    desk.wait("10:05")
    assert desk.show.phase == "before"
    desk.do("10:05", "resume")
    assert desk.show.phase == "before"
    desk.wait("10:05:01")
    assert desk.show.on_air == "a"
    late = self_starting(*AUTO)
    late.do("09:50", "delay", item="a", seconds=120)
    assert core.due(late.show) == clock("10:02")


def test_after_a_long_sleep_everything_happens_in_order_and_bears_its_own_instant() -> None:
    desk = Desk(*AUTO)
    desk.do("10:00", "start")
    assert story(desk.wait("12:00")) == [
        ("Ended", "a", clock("10:10")),
        ("Started", "b", clock("10:10")),
        ("Cut", "tokio", clock("10:10")),
        ("Ended", "b", clock("10:20")),
        ("Cut", "slate", clock("10:20")),
        ("Started", "c", clock("10:30")),
        ("Cut", "berlin", clock("10:30")),
        ("Ended", "c", clock("10:40")),
        ("Cut", "slate", clock("10:40")),
    ]
    assert ShowEnded(at=clock("10:40")) in desk.facts


def test_due_is_the_end_of_an_auto_item_then_the_end_of_the_gap() -> None:
    desk = Desk(*AUTO)
    desk.do("10:00", "start")
    assert core.due(desk.show) == clock("10:10")
    desk.wait("10:20")
    assert desk.show.on_air is None
    assert core.due(desk.show) == clock("10:30")


def test_a_manual_item_overruns_until_someone_advances() -> None:
    desk = Desk("a start: 10:00, duration: 10m", "b start: 10:20, duration: 10m")
    desk.do("10:00", "start")
    assert core.due(desk.show) is None
    assert desk.wait("23:00") == ()
    assert desk.show.on_air == "a"


def test_a_hard_start_cuts_whatever_runs_and_leaves_out_what_has_no_time_left() -> None:
    desk = Desk(
        "a start: 10:00, duration: 10m",
        "b duration: 10m",
        "c start: 10:30, duration: 10m, source: berlin, hard: true",
    )
    desk.do("10:00", "start")
    assert core.due(desk.show) == clock("10:30")
    facts = desk.wait("10:31")
    assert facts[:3] == (
        Ended(item="a", why="hard", at=clock("10:30")),
        Skipped(item="b", why="no-time", at=clock("10:30")),
        Started(item="c", why="hard", at=clock("10:30")),
    )


def test_a_hard_item_begun_early_is_not_begun_again() -> None:
    desk = Desk("a start: 10:00, duration: 10m", "b start: 10:20, duration: 30m, hard: true")
    desk.do("10:00", "start")
    desk.do("10:05", "next")
    assert desk.wait("10:30") == ()
    assert desk.expected("10:30")["b"] == "10:05-10:35"


def test_hold_stops_auto_items_and_hard_starts_until_resume() -> None:
    desk = Desk("a start: 10:00, duration: 10m, advance: auto", "b start: 10:20, duration: 10m, hard: true")
    desk.do("10:00", "start")
    desk.do("10:05", "hold")
    assert core.due(desk.show) is None
    assert desk.wait("10:30") == ()
    desk.do("10:30", "resume")
    assert story(desk.wait("10:30"))[:2] == [("Ended", "a", clock("10:30")), ("Started", "b", clock("10:30"))]


def test_hold_stops_the_end_of_a_gap() -> None:
    desk = Desk("a start: 10:00, duration: 10m, advance: auto", "b start: 10:20, duration: 10m")
    desk.do("10:00", "start")
    desk.do("10:15", "hold")
    desk.wait("10:25")
    assert desk.show.on_air is None
    assert desk.expected("10:25")["b"] == "10:25-10:35"


def test_hold_does_not_stop_people() -> None:
    desk = Desk("a start: 10:00, duration: 10m", "b duration: 10m")
    desk.do("10:00", "start")
    desk.do("10:05", "hold")
    desk.do("10:06", "next")
    assert desk.show.on_air == "b"


def test_an_extension_moves_the_end_of_an_auto_item() -> None:
    desk = Desk(*AUTO)
    desk.do("10:00", "start")
    desk.do("10:05", "extend", seconds=90)
    assert core.due(desk.show) == clock("10:11:30")


def test_what_is_due_never_counts_from_before_the_last_fact() -> None:
    desk = Desk(*AUTO)
    desk.do("10:00", "start")
    late = core.report(desk.show, {"uchida": ("absent", "left")}, clock("10:10:02"))
    show = core.replay(desk.show, *late)
    assert {fact.at for fact in core.tick(show, clock("10:10:03")) if isinstance(fact, Ended)} == {
        clock("10:10:02")
    }


def test_going_back_into_an_auto_item_after_the_end_runs_the_rest_again() -> None:
    desk = Desk(*AUTO)
    desk.do("10:00", "start")
    desk.wait("11:00")
    desk.do("11:00", "goto", item="b")
    assert story(desk.wait("11:10"))[:2] == [("Ended", "b", clock("11:10")), ("Started", "c", clock("11:10"))]


def test_a_report_that_says_nothing_new_is_no_fact() -> None:
    desk = Desk(*AUTO)
    assert desk.report("09:30", "berlin", "live") == ()


def test_a_lost_source_is_a_fact_and_the_cut_that_it_brings_about_another() -> None:
    desk = Desk(*AUTO)
    desk.do("10:00", "start")
    facts = desk.report("10:05", "krefeld", "stalled")
    assert facts[0] == SourceChanged(source="krefeld", state="stalled", why="unreachable", at=clock("10:05"))
    assert [(f.source, f.reason) for f in facts if isinstance(f, Cut)] == [("slate", "fallback")]


def test_a_source_that_the_event_does_not_have_is_a_fault_of_the_caller() -> None:
    with pytest.raises(KeyError):
        core.report(Desk(*AUTO).show, {"atlantis": ("live", "flows")}, clock("10:00"))
