"""The report: what ran, against the plan."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.model import SLATE, Layout
from config.times import MINUTE, SECOND, ZERO, Duration, Instant, between, total
from signaling.show.actions import Asked
from signaling.show.facts import Admitted, Cut, Ended, Fact, Held, ShowEnded, SourceChanged, Started
from signaling.show.report.report import (
    DecodedEntry,
    OnAir,
    ShowReport,
    in_words,
    lasted_in_words,
    report,
    started_in_words,
)
from tests.unit.signaling.show.build import HEAD, Desk, clock, event, text
from tests.unit.signaling.show.days import Day, events, moments, storms

DAY = ("a start: 10:00, duration: 10m, speaker: Julia", "b duration: 10m, source: tokio, language: ja")


def told(desk: Desk) -> ShowReport:
    return report(event(*DAY), [DecodedEntry("moderator:desk", True, (fact,)) for fact in desk.facts])


def a_day() -> Desk:
    """Krefeld from 10:04 for 12 minutes, then Tokio for 8."""
    desk = Desk(*DAY)
    desk.do("10:04", "start")
    desk.do("10:16", "next")
    desk.do("10:24", "next")
    return desk


def test_each_item_is_compared_with_the_plan_in_words() -> None:
    first, second = told(a_day()).items
    assert (started_in_words(first), lasted_in_words(first)) == ("4 min late", "2 min longer")
    assert (started_in_words(second), lasted_in_words(second)) == ("6 min late", "2 min shorter")


def test_a_difference_in_words_leaves_out_what_is_nothing() -> None:
    def say(length: int) -> str:
        return in_words(Duration(length), "late", "early", "on time")

    assert say(0) == say(999) == say(-999) == "on time"
    assert say(40 * SECOND) == "40 s late"
    assert say(-(4 * MINUTE + 10 * SECOND)) == "4 min 10 s early"
    assert say(65 * MINUTE) == "1 h 05 min late"
    assert say(49 * 60 * MINUTE) == "2 d 1 h late"
    assert in_words(None, "late", "early", "on time") == ""


def test_places_speakers_and_languages_have_their_times_on_air() -> None:
    made = told(a_day())
    assert {who: seen.main for who, seen in made.places.items()} == {
        "krefeld": 12 * MINUTE,
        "tokio": 8 * MINUTE,
    }
    assert made.speakers == {"Julia": 12 * MINUTE}
    assert made.languages == {"en": 12 * MINUTE, "ja": 8 * MINUTE}
    assert (made.begin, made.end, made.length) == (clock("10:04"), clock("10:24"), 20 * MINUTE)


def test_an_outage_lasts_until_the_source_is_live_and_its_fallback_a_little_longer() -> None:
    desk = Desk(*DAY)
    desk.do("10:00", "start")
    desk.do("10:10", "next")
    desk.silent("10:12", "tokio")
    desk.report("10:13", "tokio", "absent")
    desk.live("10:15", "tokio")
    desk.do("10:20", "next")
    made = told(desk)
    (fault,) = made.outages
    assert (fault.source, fault.state, fault.why, fault.start) == (
        "tokio",
        "absent",
        "silent",
        clock("10:12"),
    )
    assert fault.lasted == 3 * MINUTE
    assert (fault.failed, fault.recovered) == (clock("10:12:00.5"), clock("10:15:02"))
    assert made.fallbacks == {"silent": 1}
    assert made.cuts == {"agenda": 4, "fallback": 1}


def test_a_short_stall_is_an_outage_without_a_fallback() -> None:
    desk = Desk(*DAY)
    desk.do("10:00", "start")
    desk.silent("10:02", "krefeld")
    desk.live("10:02:00.4", "krefeld")
    (fault,) = told(desk).outages
    assert (fault.lasted, fault.failed, fault.replaced) == (400, None, None)


def test_sources_that_were_there_are_lost_when_the_server_is_started_again() -> None:
    desk = Desk(*DAY, live=("krefeld",))
    desk.do("10:00", "start")
    gone = SourceChanged(source="krefeld", state="absent", at=clock("10:01"))
    back = SourceChanged(source="krefeld", state="live", why="flows", at=clock("10:01:03"))
    (fault,) = report(event(*DAY), [DecodedEntry("media", False, (*desk.facts, gone, back))]).outages
    assert (fault.why, fault.lasted) == (None, 3 * SECOND)


@pytest.mark.parametrize("failed", [True, False])
def test_fallbacks_are_on_air_from_a_restart_until_a_room_is_back(failed: bool) -> None:
    """No fact says so: who feeds nothing to a server that has just begun is not waited for, and who does is trusted."""
    desk = Desk(*DAY)
    desk.do("10:00", "start")
    if failed:
        desk.silent("10:00:30", "krefeld")
    desk.restart("10:01")
    desk.live("10:01:03", "krefeld")
    (fault,) = (fault for fault in told(desk).outages if fault.source == "krefeld")
    assert fault.failed == clock("10:00:30.5" if failed else "10:01")
    assert fault.recovered == clock("10:01:03")


def test_a_room_whose_removal_from_the_file_was_taken_back_is_there_again() -> None:
    desk = Desk(*DAY)
    desk.do("10:00", "start")
    without = "\n".join(line for line in HEAD.split("\n") if "tokio" not in line)
    desk.do("10:01", "reload", yaml=text(DAY[0], head=without))
    desk.do("10:02", "undo")
    gone, back = told(desk).rooms["tokio"]
    assert (gone.end, back.start, back.end) == (clock("10:01"), clock("10:02"), None)


def test_a_room_that_leaves_after_the_show_is_no_fault() -> None:
    desk = a_day()
    desk.report("10:30", "tokio", "absent")
    made = told(desk)
    assert made.outages == ()
    (there,) = made.rooms["tokio"]
    assert (there.start, there.end) == (clock("09:00"), clock("10:30"))


def test_a_room_that_nobody_fed_was_never_there() -> None:
    desk = Desk(*DAY, live=("krefeld",))
    assert told(desk).rooms["berlin"] == ()


def test_a_take_is_counted_as_one_and_microphones_are_no_cut() -> None:
    desk = Desk(*DAY)
    desk.do("10:00", "start")
    desk.do("10:02", "mic", source="berlin", open=True)
    desk.do("10:03", "take", source="berlin")
    desk.do("10:05", "release")
    made = told(desk)
    assert made.cuts == {"agenda": 2, "take": 1}
    assert made.places["berlin"].main == 2 * MINUTE


def test_what_was_taken_back_was_not() -> None:
    desk = Desk(*DAY)
    desk.do("10:00", "start")
    desk.do("10:05", "next")
    desk.do("10:05:10", "undo")
    desk.do("10:10", "next")
    desk.do("10:20", "next")
    first, second = told(desk).items
    assert [started_in_words(item) for item in (first, second)] == ["on time", "on time"]
    assert [len(item.airings) for item in (first, second)] == [1, 1]


def test_a_start_that_was_taken_back_does_not_count() -> None:
    desk = Desk(*DAY)
    desk.do("09:30", "start")
    desk.do("09:31", "undo")
    assert told(desk).begin is None
    desk.do("10:00", "start")
    assert told(desk).begin == clock("10:00")


def test_an_item_that_somebody_went_back_to_was_on_air_twice() -> None:
    desk = Desk(*DAY)
    desk.do("10:00", "start")
    desk.do("10:10", "next")
    desk.do("10:12", "previous")
    desk.do("10:15", "next")
    desk.do("10:25", "next")
    first, second = told(desk).items
    assert [airing.start for airing in first.airings] == [clock("10:00"), clock("10:12")]
    assert (first.on_air, second.on_air) == (13 * MINUTE, 12 * MINUTE)


def test_an_item_that_was_passed_over_says_so() -> None:
    desk = Desk(*DAY)
    desk.do("10:00", "goto", item="b")
    first, second = told(desk).items
    assert (first.skipped, first.on_air, started_in_words(first)) == ("passed", ZERO, "")
    assert started_in_words(second) == "10 min early"


ADMITTED = Admitted(place="tokio", source="tokio", address="203.0.113.7", at=clock("10:02"))


def test_commands_are_counted_by_person_and_type() -> None:
    desk = Desk(*DAY)
    start, hold = desk.do("10:00", "start"), desk.do("10:01", "hold")
    made = report(
        event(*DAY),
        [
            DecodedEntry("moderator:anna", True, (Asked(command="start", at=clock("10:00")), *start)),
            DecodedEntry("moderator:ben", True, (Asked(command="hold", at=clock("10:01")), *hold)),
            DecodedEntry("moderator:ben", True, ()),
            DecodedEntry("moderator:ben", True, (ADMITTED,)),
            DecodedEntry("clock", False, (Held(at=clock("10:02")),)),
        ],
    )
    assert made.commands == {
        "moderator:anna": {"start": 1},
        "moderator:ben": {"hold": 1, "nothing-to-do": 1, "admit": 1},
    }


def test_a_hand_made_log_is_reported_as_written() -> None:
    def cut(source: str, at: str) -> Cut:
        return Cut(
            source=source, beside=("berlin",), layout=Layout.PIP, mics=(), reason="agenda", at=clock(at)
        )

    facts: list[Fact] = [
        SourceChanged(source="krefeld", state="live", why="flows", at=clock("09:50")),
        Started(item="a", why="start", at=clock("10:00")),
        cut("krefeld", "10:00"),
        cut("tokio/lectern", "10:03"),
        Ended(item="a", why="next", at=clock("10:05")),
        ShowEnded(at=clock("10:05")),
        Started(item="gone", why="goto", at=clock("10:06")),
    ]
    made = report(event(*DAY), [DecodedEntry("media", False, tuple(facts[:6]))])
    assert made.places["berlin"].beside == 5 * MINUTE
    assert made.sources["tokio/lectern"].main == made.places["tokio"].main == 2 * MINUTE
    assert report(event(*DAY), [DecodedEntry("media", False, tuple(facts))]).end is None, (
        "it goes on with an unknown item"
    )


def test_a_show_that_has_not_begun_has_a_report_too() -> None:
    made = report(event(*DAY), [])
    assert (made.begin, made.end, made.length, made.places) == (None, None, ZERO, {})


@st.composite
def days(draw: st.DrawFn) -> Day:
    """Any event at any moment of its day."""
    *_, day = draw(moments(draw(events())))
    return day


@settings(max_examples=60, deadline=None)
@given(days() | storms(), st.booleans())
def test_all_times_on_air_with_the_slate_add_up_to_the_length_of_the_show(day: Day, one_by_one: bool) -> None:
    facts = tuple(day.facts)
    entries = (
        [DecodedEntry("clock", False, (f,)) for f in facts]
        if one_by_one
        else [DecodedEntry("clock", False, facts)]
    )
    made = report(day.show.event, entries)
    whole = ZERO if made.begin is None else between(made.begin, made.until or Instant(0))
    assert whole == made.length >= 0
    assert total(*(seen.main for seen in made.sources.values())) == whole
    assert total(*(seen.main for seen in made.places.values())) == whole
    assert total(*made.languages.values()) <= whole - made.sources.get(SLATE, OnAir()).main
    assert (made.end is not None) == (day.show.phase == "ended")
    for row in made.items:
        run = day.show.runs.get(row.item.id)
        assert run is None or (row.airings[-1].start, row.airings[-1].end) == (run.start, run.end)


def test_past_items_are_reported_as_they_were_after_a_reload() -> None:
    """Even where somebody went back above it, and the new file has neither the item nor its venue any more."""
    desk = Desk(*DAY)
    desk.do("10:00", "start")
    desk.do("10:10", "next")
    desk.do("10:15", "goto", item="a")
    head = HEAD.replace("  tokio: {name: Tokio, timezone: Asia/Tokyo, inputs: [main, lectern]}\n", "")
    desk.do("10:16", "reload", yaml=text("a start: 10:00, duration: 30m", "c duration: 5m", head=head))
    desk.do("10:20", "next")
    desk.do("10:25", "next")
    made = told(desk)
    assert [(item.item.id, item.on_air) for item in made.items] == [
        ("a", 15 * MINUTE),
        ("c", 5 * MINUTE),
        ("b", 5 * MINUTE),
    ]
    assert made.languages == {"en": 20 * MINUTE, "ja": 5 * MINUTE}
    (room,) = made.rooms["tokio"]
    assert (room.start, room.end) == (clock("09:00"), clock("10:16"))
