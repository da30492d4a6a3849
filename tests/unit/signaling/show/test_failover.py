"""When a source fails, which fallback replaces it, and when it has recovered."""

from __future__ import annotations

import pytest

from bridge.engine import SourceState, SourceWhy
from signaling.show import core
from signaling.show.facts import Cut, Fact, Failed, Recovered, SourceChanged
from signaling.show.routing import programme
from tests.unit.signaling.show.build import Desk, clock

TALK = "a start: 10:00, duration: 15m, source: tokio, fallback: [tokio/lectern, berlin]"


def on_air(*agenda: str) -> Desk:
    desk = Desk(*(agenda or (TALK, "b duration: 15m, source: berlin")))
    desk.do("10:00", "start")
    return desk


def cuts(facts: tuple[Fact, ...]) -> list[tuple[str, str, str | None]]:
    """Each cut: its source, its reason, and its `because`."""
    return [(f.source, f.reason, f.because) for f in facts if isinstance(f, Cut)]


def test_silence_is_an_alarm_at_once_and_a_fallback_half_a_second_later() -> None:
    desk = on_air()
    alarm = SourceChanged(source="tokio", state="stalled", why="silent", at=clock("10:05"))
    assert desk.silent("10:05", "tokio") == (alarm,)
    assert core.due(desk.show) == clock("10:05:00.500")
    assert desk.wait("10:05:00.499") == ()
    facts = desk.wait("10:05:00.500")
    assert facts[0] == Failed(source="tokio", why="silent", at=clock("10:05:00.500"))
    assert cuts(facts) == [("tokio/lectern", "fallback", "silent")]
    assert desk.show.latest == clock("10:05:00.500")


def test_a_hiccup_leaves_the_picture_where_it_is() -> None:
    desk = on_air()
    desk.silent("10:05", "tokio")
    assert cuts(desk.live("10:05:00.499", "tokio")) == []
    assert cuts(desk.wait("10:06")) == []


@pytest.mark.parametrize(
    ("became", "why"),
    [
        ("absent", "left"),
        ("stalled", "no-keyframe"),
        ("stalled", "unreachable"),
        ("connecting", "joined"),
    ],
)
def test_a_source_that_is_gone_or_cannot_be_shown_is_replaced_at_once(
    became: SourceState, why: SourceWhy
) -> None:
    desk = on_air()
    assert cuts(desk.report("10:05", "tokio", became, why)) == [("tokio/lectern", "fallback", why)]


def test_a_silent_source_that_is_found_to_be_gone_is_not_waited_for_any_longer() -> None:
    desk = on_air()
    desk.silent("10:05", "tokio")
    assert cuts(desk.report("10:05:00.200", "tokio", "absent")) == [("tokio/lectern", "fallback", "left")]


def test_fallbacks_follow_one_by_one_and_end_in_the_slate() -> None:
    desk = on_air()
    desk.report("10:05", "tokio", "absent")
    desk.silent("10:06", "tokio/lectern")
    assert cuts(desk.wait("10:06:01")) == [("berlin", "fallback", "left")]
    assert cuts(desk.report("10:07", "berlin", "stalled", "no-keyframe")) == [("slate", "fallback", "left")]


def test_a_source_that_is_back_returns_after_2_s_without_a_gap() -> None:
    desk = on_air()
    desk.report("10:05", "tokio", "absent")
    assert cuts(desk.live("10:06", "tokio")) == []
    assert cuts(desk.wait("10:06:01.999")) == []
    facts = desk.wait("10:06:02")
    assert facts[0] == Recovered(source="tokio", at=clock("10:06:02"))
    assert cuts(facts) == [("tokio", "agenda", None)]


def test_a_gap_while_it_is_coming_back_makes_it_begin_anew() -> None:
    desk = on_air()
    desk.report("10:05", "tokio", "absent")
    desk.live("10:06", "tokio")
    desk.silent("10:06:01.900", "tokio")
    desk.live("10:06:02", "tokio")
    assert cuts(desk.wait("10:06:03.999")) == []
    assert cuts(desk.wait("10:06:04")) == [("tokio", "agenda", None)]


def test_a_source_that_comes_for_the_first_time_is_shown_at_once() -> None:
    desk = Desk(TALK, live=("berlin",))
    assert cuts(desk.do("10:00", "start")) == [("berlin", "fallback", None)]
    desk.report("10:01", "tokio", "connecting")
    assert cuts(desk.live("10:02", "tokio")) == [("tokio", "agenda", None)]


def test_a_cut_to_a_fallback_says_why_the_source_has_no_picture() -> None:
    desk = Desk(TALK, live=("berlin", "krefeld"))
    desk.report("09:30", "tokio", "connecting")
    desk.report("09:31", "tokio", "stalled", "no-keyframe")
    assert cuts(desk.do("10:00", "start")) == [("berlin", "fallback", "no-keyframe")]
    assert cuts(desk.live("10:01", "tokio")) == [("tokio", "agenda", None)]


def test_a_source_stalled_at_its_turn_fails_at_once() -> None:
    desk = on_air("a start: 10:00, duration: 10m", "b duration: 10m, source: tokio, fallback: [berlin]")
    desk.silent("10:09:59.800", "tokio")
    assert cuts(desk.do("10:10", "next")) == [("berlin", "fallback", "silent")]
    assert cuts(desk.live("10:10:00.100", "tokio")) == []
    assert cuts(desk.wait("10:10:03")) == [("tokio", "agenda", None)]


def test_a_source_that_was_lost_and_is_back_before_its_item_begins_is_shown_at_once() -> None:
    desk = on_air("a start: 10:00, duration: 10m", "b duration: 10m, source: tokio")
    desk.report("10:05", "tokio", "absent")
    desk.live("10:09:58", "tokio")
    assert cuts(desk.do("10:10", "next")) == [("tokio", "agenda", None)]


def test_a_short_hiccup_before_its_item_does_not_count_against_a_source() -> None:
    desk = on_air("a start: 10:00, duration: 10m", "b duration: 10m, source: tokio")
    desk.silent("10:09:59.500", "tokio")
    desk.live("10:09:59.900", "tokio")
    assert cuts(desk.do("10:10", "next")) == [("tokio", "agenda", None)]


def test_a_source_beside_goes_and_comes_back_by_the_same_rules() -> None:
    desk = on_air("a start: 10:00, duration: 15m, source: krefeld, with: [tokio]")
    desk.silent("10:05", "tokio")
    assert programme(desk.show).beside == ("tokio",)
    desk.wait("10:05:00.500")
    assert programme(desk.show).beside == ()
    desk.live("10:06", "tokio")
    assert programme(desk.show).beside == ()
    desk.wait("10:06:02")
    assert programme(desk.show).beside == ("tokio",)


def test_hold_stops_the_agenda_but_not_the_fallback() -> None:
    desk = on_air()
    desk.do("10:04", "hold")
    desk.silent("10:05", "tokio")
    assert cuts(desk.wait("10:05:01")) == [("tokio/lectern", "fallback", "silent")]


def test_a_source_that_is_taken_while_it_is_coming_back_is_on_air_at_once() -> None:
    desk = on_air()
    desk.report("10:05", "tokio", "absent")
    desk.live("10:06", "tokio")
    assert cuts(desk.do("10:06:01", "take", source="tokio")) == [("tokio", "take", None)]


def test_a_taken_source_that_cannot_be_shown_falls_back_and_says_why() -> None:
    desk = on_air()
    desk.do("10:05", "take", source="krefeld")
    desk.report("10:06", "krefeld", "stalled", "no-keyframe")
    assert cuts(desk.wait("10:06")) == []
    assert desk.show.programme.source == "tokio/lectern"
    assert desk.facts[-1] == Cut(
        source="tokio/lectern",
        beside=(),
        layout=desk.show.programme.layout,
        mics=("tokio", "tokio/lectern"),
        reason="fallback",
        because="no-keyframe",
        at=clock("10:06"),
    )


def test_a_loss_and_the_return_on_the_slate_before_the_show_are_facts_without_a_cut() -> None:
    desk = Desk(TALK)
    desk.silent("09:30", "tokio")
    assert desk.wait("09:31") == (Failed(source="tokio", why="silent", at=clock("09:30:00.500")),)
    desk.live("09:32", "tokio")
    assert desk.wait("09:33") == (Recovered(source="tokio", at=clock("09:32:02")),)


def test_an_end_and_a_return_at_the_same_instant_are_one_cut() -> None:
    desk = on_air(
        "a start: 10:00, duration: 10m, source: tokio, advance: auto", "b duration: 5m, source: berlin"
    )
    desk.report("10:05", "tokio", "absent")
    desk.live("10:09:58", "tokio")
    assert cuts(desk.wait("10:10")) == [("berlin", "agenda", None)]


def test_nobody_is_to_blame_for_a_restart_of_the_server() -> None:
    desk = on_air()
    desk._note(core.report(desk.show, {"tokio": ("absent", None)}, clock("10:05")))
    assert desk.show.programme.source == "tokio/lectern"
    assert cuts(desk.live("10:05:01", "tokio")) == [("tokio", "agenda", None)]
