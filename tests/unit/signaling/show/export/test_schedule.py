"""From an event to a schedule and back: the fields that both formats have stay the same."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest

from config.model import Event, Item
from config.schedules.schedule import import_event
from config.times import Instant
from config.yamlfile import load, parse
from signaling.show import core
from signaling.show.export.programme import published_items
from signaling.show.export.schedule import numbered, schedule
from tests.unit.signaling.show.build import Desk, clock, text

TWO_DAYS = """
event: {title: Zwei Tage, date: 2026-10-24, timezone: Europe/Berlin, language: de}
host: krefeld
venues:
  krefeld: {name: Krefeld, place: Fichtenhain}
  tokio: {name: Tokio, timezone: Asia/Tokyo}
guests: {uchida: {name: Miki Uchida}}
agenda:
  - {title: Begrüßung, start: 22:00, duration: 90m, source: krefeld, speaker: "Münch, Julia"}
  - {title: 東京からのご挨拶, start: 23:45, duration: 30m, source: tokio, language: ja, speaker: 内田}
  - {id: pause, title: "null", start: 00:30, duration: 1h, type: break}
  - {title: Erste halb drei, start: 2026-10-25T02:30:00+02:00, duration: 45s, source: tokio}
  - {title: Zweite halb drei, start: 2026-10-25T02:30:00+01:00, duration: 30m, source: uchida, type: qa}
  - {title: "Frage: warum?", start: 03:15, duration: 12m30s, source: krefeld, type: panel}
"""
"""Over midnight and through the night in which 02:30 occurs twice in Berlin."""


def out(event: Event) -> dict[str, Any]:
    found = published_items(core.begin(event), event.agenda[0].planned.start)
    return schedule(event, found, "1")


def back(document: dict[str, Any]) -> Event:
    begun = import_event(json.dumps(document), "schedule.json")
    assert begun.left_out == ()
    return parse(begun.yaml, "begun.yaml")


def kept(item: Item) -> tuple[Any, ...]:
    return item.id, item.title, item.planned, item.speaker, item.language, item.type


@pytest.mark.parametrize(
    "event", [parse(TWO_DAYS, "two.yaml"), load("config/djw-2018.yaml")], ids=["two days", "djw"]
)
def test_a_round_trip_keeps_titles_times_speakers_and_languages(event: Event) -> None:
    again = back(out(event))
    assert [kept(item) for item in again.agenda] == [kept(item) for item in event.agenda if not item.skip]
    assert (again.title, again.timezone, again.language) == (event.title, event.timezone, event.language)
    assert {v.name: v.timezone for v in again.venues.values()} == {
        v.name: v.timezone for v in event.venues.values()
    }


def test_a_day_is_one_of_the_events_zone() -> None:
    conference = out(parse(TWO_DAYS, "two.yaml"))["schedule"]["conference"]
    assert [
        (day["index"], day["date"], sum(map(len, day["rooms"].values()))) for day in conference["days"]
    ] == [
        (1, "2026-10-24", 2),
        (2, "2026-10-25", 4),
    ]
    assert (conference["daysCount"], conference["start"], conference["end"]) == (
        2,
        "2026-10-24",
        "2026-10-25",
    )
    assert conference["days"][1]["day_start"] == "2026-10-25T00:30:00+02:00"
    assert conference["days"][1]["day_end"] == "2026-10-25T03:27:30+01:00"


def test_a_talk_has_its_local_start_its_instant_and_whole_minutes() -> None:
    (_, second) = out(parse(TWO_DAYS, "two.yaml"))["schedule"]["conference"]["days"]
    talks = {talk["title"]: talk for talks in second["rooms"].values() for talk in talks}
    found = talks["Zweite halb drei"]
    assert (found["date"], found["start"], found["duration"]) == (
        "2026-10-25T02:30:00+01:00",
        "02:30",
        "00:30",
    )
    assert talks["Erste halb drei"]["duration"] == "00:01"
    assert talks["Frage: warum?"]["duration"] == "00:13"


def test_what_comes_from_a_guest_or_the_slate_is_in_the_hosts_room() -> None:
    (_, second) = out(parse(TWO_DAYS, "two.yaml"))["schedule"]["conference"]["days"]
    assert [talk["title"] for talk in second["rooms"]["Krefeld"]] == [
        "null",
        "Zweite halb drei",
        "Frage: warum?",
    ]


def test_the_schedule_tells_what_is_expected_and_leaves_out_what_is_skipped() -> None:
    desk = Desk(
        "a start: 10:00, duration: 10m, notes: not for everybody",
        "b duration: 10m, skip: true",
        "c duration: 10m",
    )
    desk.do("10:00", "start")
    desk.do("10:05", "extend", seconds=300)
    document = schedule(desk.show.event, published_items(desk.show, clock("10:06")), "7")
    ((_, talks),) = document["schedule"]["conference"]["days"][0]["rooms"].items()
    assert [(talk["slug"], talk["start"], talk["duration"]) for talk in talks] == [
        ("a", "10:00", "00:15"),
        ("c", "10:15", "00:10"),
    ]
    assert "everybody" not in json.dumps(document)


def numbers(desk: Desk) -> dict[str, tuple[int, str]]:
    """Number and guid of each talk, by its item."""
    document = schedule(desk.show.event, published_items(desk.show, clock("09:00")), "1")
    days = document["schedule"]["conference"]["days"]
    return {
        talk["slug"]: (talk["id"], talk["guid"])
        for day in days
        for talks in day["rooms"].values()
        for talk in talks
    }


def test_talks_keep_their_numbers_when_others_are_skipped_added_and_taken_out() -> None:
    items = [f"{name} {'start: 10:00, ' if name == 'a' else ''}duration: 10m" for name in "abcd"]
    before = numbers(Desk(*items))
    assert len({number for number, _ in before.values()}) == 4
    assert all(0 < number < 2**31 for number, _ in before.values())
    desk = Desk(*items)
    desk.do("09:30", "skip", item="b")
    assert numbers(desk) == {id: found for id, found in before.items() if id != "b"}
    other = numbers(Desk("z start: 09:50, duration: 10m", items[0], "y duration: 1m", items[3], items[2]))
    assert {id: other[id] for id in "acd"} == {id: before[id] for id in "acd"}


def test_a_speaker_has_one_number_in_all_talks() -> None:
    desk = Desk(
        "a start: 10:00, duration: 10m, speaker: Ada",
        "b duration: 10m, speaker: Grace",
        "c duration: 10m, speaker: Ada",
    )
    ((_, talks),) = out(desk.show.event)["schedule"]["conference"]["days"][0]["rooms"].items()
    ada, grace, again = (talk["persons"][0]["id"] for talk in talks)
    assert ada == again != grace


def test_numbers_that_collide_are_made_unique_in_any_order() -> None:
    ids = [UUID(int=5), UUID(int=5 + 2**31), UUID(int=5 + 2**32), UUID(int=0), UUID(int=9)]
    found = numbered(ids)
    assert found == numbered(reversed(ids))
    assert len(set(found.values())) == len(ids)
    assert (found[ids[0]], found[ids[4]]) == (5, 9)
    assert all(0 < number < 2**31 for number in found.values())


def test_guids_hold_when_the_title_is_corrected() -> None:
    desk = Desk("a start: 10:00, duration: 10m")
    before = numbers(desk)
    desk.do(
        "09:30", "reload", yaml=text("a start: 10:00, duration: 10m").replace("title: Test", "title: Probe")
    )
    assert desk.show.event.title == "Probe"
    assert numbers(desk) == before


def test_guids_hold_when_the_event_moves_into_the_next_year() -> None:
    desk = Desk("a start: 10:00, duration: 10m")
    before = [entry.id for entry in published_items(desk.show, clock("09:00"))]
    moved = core.replay(desk.show, *core.move(desk.show, Instant(clock("10:00") + 365 * 86_400_000)))
    assert [entry.id for entry in published_items(moved, clock("09:00"))] == before


def test_guids_hold_when_the_event_moves() -> None:
    desk = Desk("a start: 10:00, duration: 10m")
    before = [entry.id for entry in published_items(desk.show, clock("09:00"))]
    moved = core.replay(desk.show, *core.move(desk.show, Instant(clock("10:00") + 86_400_000)))
    assert [entry.id for entry in published_items(moved, clock("09:00"))] == before
