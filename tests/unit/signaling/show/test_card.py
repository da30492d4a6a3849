"""The text of the slate."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.engine import Card
from config.model import SLATE, Event
from config.times import SECOND, Duration, Instant, plus
from signaling.show import core
from signaling.show.card import card
from signaling.show.core import Show
from signaling.show.rundown import next_row, rows_at
from tests.unit.signaling.show.build import Desk, clock
from tests.unit.signaling.show.days import TEN, events

AGENDA = (
    "a start: 10:00, duration: 15m, source: krefeld, speaker: Julia Münch",
    "pause duration: 15m, type: break",
    "c start: 10:45, duration: 15m, source: tokio, with: [berlin], speaker: Moderation Tokio",
    "d duration: 10m, source: uchida",
)


def slate(show: Show, now: Instant) -> Card:
    return card(show, next_row(rows_at(show, now)), now)


def words(desk: Desk, now: str, language: str = "en") -> Card:
    event = replace(desk.show.event, title="Kooperationen", language=language)
    return slate(replace(desk.show, event=event), clock(now))


def test_before_the_show_it_says_when_it_starts_with_what_and_whom() -> None:
    found = words(Desk(*AGENDA), "09:30", "de")
    assert found.title == "Kooperationen"
    assert found.lines == ("Beginn um 10:00 (Tokio 17:00): A", "Julia Münch · Krefeld")
    assert (found.note, found.language) == ("", "de")


def test_a_start_that_has_passed_comes_in_a_moment() -> None:
    assert words(Desk(*AGENDA), "10:00").lines[0] == "Starting in a moment: A"
    assert words(Desk(*AGENDA), "10:10").lines[0] == "Starting in a moment: A"


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("en", "Planned for 10:00 (Tokio 17:00): A"),
        ("de", "Geplant für 10:00 (Tokio 17:00): A"),
        ("ja", "10:00 (Tokio 17:00) 開始予定：A"),
    ],
)
def test_of_a_start_that_nobody_presses_it_says_the_plan_and_promises_nothing(
    language: str, line: str
) -> None:
    assert words(Desk(*AGENDA), "10:11", language).lines[0] == line
    assert words(Desk(*AGENDA), "12:20", language).lines[0] == line


def test_of_what_waits_for_somebody_it_promises_nothing_for_long() -> None:
    desk = Desk(
        "a start: 10:00, duration: 15m, type: break",
        "b duration: 15m, advance: auto",
        "c start: 11:00, duration: 5m",
    )
    desk.do("10:00", "start")
    assert words(desk, "10:25").lines[1] == "Next, in a moment: B"
    assert words(desk, "10:26").lines[1] == "Next: B"
    desk.do("10:26", "next")
    desk.wait("10:45")
    desk.do("10:45", "hold")
    assert words(desk, "10:59").lines[0] == "Next at 11:00 (Tokio 18:00): C"
    assert words(desk, "11:01").lines[0] == "Next: C"


def test_in_a_break_it_names_the_break_and_what_comes_after_it() -> None:
    desk = Desk(*AGENDA)
    desk.do("10:00", "start")
    desk.do("10:15", "next")
    assert words(desk, "10:20", "de").lines == (
        "PAUSE",
        "Weiter um 10:45 (Tokio 17:45): C",
        "Moderation Tokio · Berlin",
    )
    assert words(desk, "10:20", "de").note == ""


def test_a_break_that_overruns_is_over_in_a_moment() -> None:
    desk = Desk("a start: 10:00, duration: 15m, type: break", "b duration: 15m, source: uchida")
    desk.do("10:00", "start")
    assert words(desk, "10:14").lines == ("A", "Next at 10:15 (Tokio 17:15): B", "Miki Uchida")
    assert words(desk, "10:15").lines == ("A", "Next, in a moment: B", "Miki Uchida")
    assert words(desk, "10:21") == words(desk, "10:15")


def test_in_a_gap_it_says_what_comes_and_when() -> None:
    desk = Desk("a start: 10:00, duration: 15m, advance: auto", "b start: 10:30, duration: 15m")
    desk.do("10:00", "start")
    desk.wait("10:20")
    assert words(desk, "10:20").lines == ("Next at 10:30 (Tokio 17:30): B", "Krefeld")


def test_a_source_that_was_on_air_and_is_lost_is_reconnecting() -> None:
    desk = Desk("a start: 10:00, duration: 15m, source: tokio, fallback: [slate]", "b duration: 5m")
    desk.do("10:00", "start")
    desk.report("10:05", "tokio", "stalled")
    assert desk.show.programme.source == SLATE
    assert words(desk, "10:05").note == "Tokio is reconnecting"
    assert words(desk, "10:05", "de").note == "Die Verbindung zu Tokio wird wiederhergestellt"
    assert words(desk, "10:05", "ja").note == "Tokioは再接続中です"
    assert words(desk, "10:05").lines == ("A", "Next at 10:15 (Tokio 17:15): B", "Krefeld")


def test_a_source_that_has_not_been_there_yet_is_connecting() -> None:
    desk = Desk("a start: 10:00, duration: 15m, source: uchida, fallback: [slate]", live=("krefeld",))
    desk.do("10:00", "start")
    assert words(desk, "10:00").note == "Miki Uchida is connecting"
    assert words(desk, "10:00", "de").note == "Die Verbindung zu Miki Uchida wird aufgebaut"


def test_the_slate_names_no_fault_while_a_fallback_is_on_air_or_all_is_well() -> None:
    desk = Desk("a start: 10:00, duration: 15m, source: tokio, fallback: [berlin, slate]")
    desk.do("10:00", "start")
    assert words(desk, "10:01").note == ""
    desk.report("10:05", "tokio", "stalled")
    assert desk.show.programme.source == "berlin"
    assert words(desk, "10:05").note == ""


def test_a_taken_slate_asks_for_patience_and_a_taken_source_that_is_lost_is_named() -> None:
    desk = Desk("a start: 10:00, duration: 15m, source: krefeld, fallback: [slate]")
    desk.do("10:00", "start")
    desk.do("10:01", "take", source="slate")
    assert words(desk, "10:01").note == "We will be back shortly"
    desk.do("10:02", "take", source="berlin")
    desk.report("10:03", "berlin", "stalled")
    assert words(desk, "10:03").note == "Berlin is reconnecting"


def test_after_the_end_it_says_farewell_and_nothing_else() -> None:
    desk = Desk("a start: 10:00, duration: 15m", "b duration: 5m")
    desk.do("10:00", "start")
    desk.do("10:15", "next")
    desk.do("10:20", "next")
    assert desk.show.phase == "ended"
    assert words(desk, "10:20", "de").lines == ("Danke, dass Sie dabei waren",)
    assert words(desk, "10:20", "ja").lines == ("ご参加ありがとうございました",)


def test_what_comes_on_another_day_has_its_date() -> None:
    desk = Desk("a start: 10:00, duration: 15m, advance: auto", "b start: 2018-09-16T09:30:00, duration: 15m")
    desk.do("10:00", "start")
    desk.wait("10:20")
    assert words(desk, "10:20").lines[0] == "Next at 09:30 on 16 Sep (Tokio 16:30): B"
    assert words(desk, "10:20", "de").lines[0] == "Weiter um 09:30 am 16.9. (Tokio 16:30): B"
    assert words(desk, "10:20", "ja").lines[0] == "次は 9月16日 09:30 (Tokio 16:30) から：B"


@pytest.mark.parametrize(
    ("language", "line"),
    [("ja-JP", "10:00 (Tokio 17:00) 開始：A"), ("fr", "Starts at 10:00 (Tokio 17:00): A")],
)
def test_a_language_of_ours_is_spoken_whatever_its_region_and_english_for_the_others(
    language: str, line: str
) -> None:
    found = words(Desk(*AGENDA), "09:30", language)
    assert (found.lines[0], found.language) == (line, language)


def test_braces_and_marks_in_titles_stay_as_they_are() -> None:
    desk = Desk("a start: 10:00, duration: 15m")
    event = desk.show.event
    item = replace(event.agenda[0], title="{name} & 100 % {")
    show = replace(desk.show, event=replace(event, agenda=(item,)))
    assert slate(show, clock("09:30")).lines[0] == "Starts at 10:00 (Tokio 17:00): {name} & 100 % {"


@given(events(begin=TEN), st.integers(0, 3600))
def test_while_nothing_happens_the_words_change_only_at_a_start_that_passes(event: Event, after: int) -> None:
    """And once more ten minutes later, when "in a moment" ends."""
    show: Show = core.begin(event)
    begin = Instant(TEN - 1800 * SECOND + after * SECOND)
    seen = [slate(show, plus(begin, Duration(n * 7 * SECOND))) for n in range(200)]
    changes = sum(one != other for one, other in pairwise(seen))
    assert changes <= 2
