"""The agenda as a calendar reads it: the right instants in any zone, across DST."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest

from config.model import Event
from config.times import Instant, from_datetime, to_datetime
from config.yamlfile import parse
from signaling.show import core
from signaling.show.export.ical import calendar
from signaling.show.export.programme import UnknownPlace, published_items, zone_of
from tests.unit.signaling.show.build import Desk, clock

BERLIN, TOKYO = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Tokyo")


def night(date: str, *starts: str) -> Event:
    """An event in Berlin and Tokio with an item of 20 minutes at each of these times."""
    agenda = [
        f"  - {{title: Item {n}, start: '{start}', duration: 20m, source: tokio}}"
        for n, start in enumerate(starts)
    ]
    return parse(
        f"event: {{title: Night, date: {date}, timezone: Europe/Berlin}}\n"
        "venues: {berlin: {place: Mitte}, tokio: {timezone: Asia/Tokyo}}\nagenda:\n" + "\n".join(agenda),
        "night.yaml",
    )


AUTUMN = night("2026-10-24", "23:30", "2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00", "03:15")
SPRING = night("2026-03-28", "23:30", "01:30", "03:00", "03:30")


def read(event: Event, zone: ZoneInfo) -> Any:
    found = published_items(core.begin(event), event.agenda[0].planned.start)
    return parsed(calendar(event, found, zone, event.agenda[0].planned.start))


def parsed(text: bytes) -> Any:
    """The calendar as the library reads it. Untyped: its properties may be anything, and asserts say what they are."""
    return icalendar.Calendar.from_ical(text)


def instants(made: Any) -> list[tuple[datetime, datetime]]:
    return [(found.start.astimezone(UTC), found.end.astimezone(UTC)) for found in made.events]


def offset_by_rules(zone: Any, local: datetime) -> Any:
    """The offset after the last onset, as read by a calendar without zones and rules of its own."""
    onsets = sorted(
        (part["dtstart"].dt, part["tzoffsetto"].td) for part in zone.walk() if "tzoffsetto" in part
    )
    return [offset for onset, offset in onsets if onset <= local][-1]


@pytest.mark.parametrize("zone", [BERLIN, TOKYO], ids=str)
@pytest.mark.parametrize("event", [AUTUMN, SPRING], ids=["autumn", "spring"])
def test_every_item_is_at_its_instant_in_every_zone(event: Event, zone: ZoneInfo) -> None:
    planned = [item.planned for item in event.agenda]
    utc = ZoneInfo("UTC")
    assert instants(read(event, zone)) == [
        (to_datetime(s.start, utc), to_datetime(s.end, utc)) for s in planned
    ]


@pytest.mark.parametrize("event", [AUTUMN, SPRING], ids=["autumn", "spring"])
def test_the_zone_is_written_so_that_a_calendar_needs_no_list_of_zones(event: Event) -> None:
    made = read(event, BERLIN)
    (zone,) = made.timezones
    local = [found["dtstart"].dt for found in made.events if found["dtstart"].params.get("TZID")]
    assert len(local) >= 2
    for moment in local:
        assert offset_by_rules(zone, moment.replace(tzinfo=None)) == moment.utcoffset()


def test_dst_begins_at_two_by_the_clocks_of_before() -> None:
    (zone,) = read(SPRING, BERLIN).timezones
    (summer,) = zone.daylight
    assert summer["dtstart"].dt == datetime(2026, 3, 29, 2)  # noqa: DTZ001 - an onset has no zone
    assert (summer["tzoffsetfrom"].td, summer["tzoffsetto"].td) == (timedelta(hours=1), timedelta(hours=2))


def test_an_hour_that_comes_twice_is_written_in_utc() -> None:
    text = [bytes(found.to_ical()).decode() for found in read(AUTUMN, BERLIN).events]
    assert "DTSTART;TZID=Europe/Berlin:20261024T233000" in text[0]
    assert "DTSTART:20261025T003000Z" in text[1]
    assert "DTSTART:20261025T013000Z" in text[2]


def test_a_venue_sees_its_own_clocks() -> None:
    made = read(SPRING, zone_of(SPRING, "tokio"))
    assert [str(found["dtstart"].params["TZID"]) for found in made.events] == ["Asia/Tokyo"] * 4
    assert made["x-wr-timezone"] == "Asia/Tokyo"
    assert zone_of(SPRING, None) == BERLIN


def test_an_unknown_venue_is_an_error_with_known_ones() -> None:
    with pytest.raises(UnknownPlace, match="did you mean `tokio`"):
        zone_of(SPRING, "tokyo")


def test_items_keep_their_uid_when_they_move() -> None:
    desk = Desk("a start: 10:00, duration: 10m", "b duration: 10m")
    before = [entry.id for entry in published_items(desk.show, clock("09:00"))]
    desk.do("10:00", "start")
    desk.do("10:05", "extend", seconds=600)
    moved = list(published_items(desk.show, clock("10:06")))
    assert [entry.id for entry in moved] == before
    assert len(set(before)) == 2
    assert moved[1].span.start == clock("10:20")


def test_a_skipped_item_is_cancelled_and_what_follows_moves_up() -> None:
    desk = Desk("a start: 10:00, duration: 10m", "b duration: 10m, skip: true", "c duration: 10m")
    event = desk.show.event
    made = parsed(calendar(event, published_items(desk.show, clock("09:00")), BERLIN, clock("09:00")))
    assert [str(found["status"]) for found in made.events] == ["CONFIRMED", "CANCELLED", "CONFIRMED"]
    assert from_datetime(made.events[2].start) == clock("10:10")


def test_an_item_that_was_no_sooner_on_than_off_has_no_end() -> None:
    desk = Desk("a start: 10:00, duration: 10m", "b duration: 10m")
    desk.do("10:00", "start")
    desk.do("10:00", "next")
    event = desk.show.event
    text = calendar(event, published_items(desk.show, clock("10:01")), BERLIN, clock("10:01")).decode()
    assert text.count("DTSTART;TZID") == 2
    assert text.count("DTEND") == 1


def test_unchanged_items_have_the_revision_of_the_plan_at_any_time() -> None:
    event, begun = AUTUMN, clock("08:00")
    found = list(published_items(core.begin(event), event.agenda[0].planned.start))
    made = parsed(calendar(event, found, BERLIN, begun))
    assert "method" not in made
    for entered in made.events:
        assert entered["dtstamp"].dt == entered["last-modified"].dt == to_datetime(begun, BERLIN)
        assert entered["sequence"] == (begun - from_datetime(datetime(2018, 1, 1, tzinfo=UTC))) // 1000


def test_what_has_changed_says_when_and_its_sequence_grows() -> None:
    event, begun = AUTUMN, clock("08:00")
    found = [
        replace(entry, revised=Instant(begun + n * 1000) if n else None)
        for n, entry in enumerate(published_items(core.begin(event), event.agenda[0].planned.start))
    ]
    made = parsed(calendar(event, found, BERLIN, begun)).events
    assert [int(e["sequence"]) - int(made[0]["sequence"]) for e in made] == [0, 1, 2, 3]
    assert [(e["last-modified"].dt - made[0]["dtstamp"].dt).seconds for e in made] == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("day", "sequence"), [("1970-01-02", 0), ("2018-01-02", 86_400), ("2199-01-01", 2**31 - 1)]
)
def test_a_sequence_is_an_integer_of_32_bits(day: str, sequence: int) -> None:
    found = published_items(core.begin(SPRING), SPRING.agenda[0].planned.start)
    begun = from_datetime(datetime.fromisoformat(f"{day}T00:00:00+00:00"))
    assert {int(e["sequence"]) for e in parsed(calendar(SPRING, found, BERLIN, begun)).events} == {sequence}


def test_lines_are_folded_escaped_and_end_in_cr_lf() -> None:
    title = "東京からのご挨拶、" * 12 + "a; b, c \\ d: 🎉" * 4
    event = parse(
        "event: {title: 'A; B, C', date: 2026-07-10, timezone: Europe/Berlin}\nvenues: {berlin: {}}\n"
        f"agenda: [{{title: '{title}', start: 10:00, duration: 5m, source: berlin, speaker: 'x; y'}}]",
        "long.yaml",
    )
    found = published_items(core.begin(event), event.agenda[0].planned.start)
    text = calendar(event, found, BERLIN, clock("09:00"))
    lines = text.split(b"\r\n")
    assert lines.pop() == b""
    assert all(len(line) <= 75 and b"\r" not in line and b"\n" not in line for line in lines)
    assert all(line.decode() for line in lines)  # no character is cut in two
    assert str(parsed(text).events[0]["summary"]) == title
    assert str(parsed(text)["x-wr-calname"]) == "A; B, C"


def test_title_speaker_and_place_are_there_and_notes_are_not() -> None:
    desk = Desk(
        "a start: 10:00, duration: 10m, speaker: 内田 みき, language: ja, with: [tokio], notes: not for everybody"
    )
    event = desk.show.event
    text = calendar(event, published_items(desk.show, clock("09:00")), BERLIN, clock("09:00"))
    (found,) = parsed(text).events
    assert found["summary"] == "A"
    assert found["location"] == "Krefeld + Tokio"
    assert found["description"] == "内田 みき (ja)\nEurope/Berlin 10:00 · Asia/Tokyo 17:00"
    assert b"everybody" not in text
