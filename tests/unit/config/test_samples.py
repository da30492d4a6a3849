"""The events that come with the product: they can run, and show what they are meant to show."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

import config
from config.model import Advance, Event, ItemType, Layout
from config.schema import BoothPart, DefaultsPart, EventFile, EventPart, GuestPart, ItemPart, Part, VenuePart
from config.times import MINUTE, SECOND, between, format_time
from config.yamlfile import load
from config.yamltext.tree import load_tree

FOLDER = Path(config.__file__).parent
SAMPLES = sorted(set(FOLDER.glob("*.yaml")) - set(FOLDER.glob("*-rehearsal.yaml")))


@pytest.fixture(scope="module")
def demo() -> Event:
    return load(FOLDER / "demo.yaml")


@pytest.fixture(scope="module")
def djw() -> Event:
    return load(FOLDER / "djw-2018.yaml")


@pytest.mark.parametrize("path", SAMPLES, ids=[path.name for path in SAMPLES])
def test_a_sample_can_run_and_needs_no_quotes_around_times(path: Path) -> None:
    load(path)
    text = path.read_text("utf-8")
    assert '"10:' not in text
    assert "$schema=event.schema.json" in text.splitlines()[0]


def test_the_demo_shows_four_sources_within_its_first_minute(demo: Event) -> None:
    first = demo.agenda[:5]
    assert [item.source for item in first if item.layout is Layout.SOLO] == [
        "krefeld",
        "berlin",
        "tokio",
        "uchida",
    ]
    assert all(12 * SECOND <= item.duration <= 15 * SECOND for item in first)
    assert between(first[0].planned.start, first[4].planned.start) < MINUTE


def test_the_demo_shows_all_four_in_a_grid_within_its_first_minute(demo: Event) -> None:
    grid = next(item for item in demo.agenda if item.layout is Layout.GRID)
    assert {grid.source, *grid.beside} == {"krefeld", "berlin", "tokio", "uchida"}
    assert between(demo.agenda[0].planned.start, grid.planned.end) <= 30 * SECOND


def test_the_booth_of_the_demo_interprets_every_item(demo: Event) -> None:
    (booth,) = demo.booths.values()
    assert booth.languages == demo.languages == ("de", "ja")
    spoken = {item.language for item in demo.agenda if item.type is not ItemType.BREAK}
    assert spoken == {"de", "ja"}


def test_the_demo_runs_by_itself_for_about_five_minutes(demo: Event) -> None:
    assert all(item.advance is Advance.AUTO for item in demo.agenda)
    assert all(item.duration <= 20 * SECOND for item in demo.agenda)
    length = between(demo.agenda[0].planned.start, demo.agenda[-1].planned.end)
    assert 4 * MINUTE <= length <= 6 * MINUTE


def test_the_demo_shows_every_kind_of_item(demo: Event) -> None:
    assert {item.type for item in demo.agenda} == set(ItemType)
    assert {item.layout for item in demo.agenda} == set(Layout)


def test_the_day_runs_from_registration_to_closing_in_three_cities(djw: Event) -> None:
    assert list(djw.venues) == ["krefeld", "berlin", "tokio"]
    assert 25 <= len(djw.agenda) <= 30
    start, end = djw.agenda[0].planned.start, djw.agenda[-1].planned.end
    tokyo = ZoneInfo("Asia/Tokyo")
    assert (format_time(start, djw.timezone), format_time(end, djw.timezone)) == ("09:30", "15:00")
    assert (format_time(start, tokyo), format_time(end, tokyo)) == ("16:30", "22:00")


def test_the_day_brings_in_miki_uchida_and_has_every_kind_of_item(djw: Event) -> None:
    uchida = djw.guests["uchida"]
    assert (uchida.name, uchida.note, uchida.timezone.key) == ("Miki Uchida", "01Booster", "Asia/Tokyo")
    assert any(item.source == "uchida" for item in djw.agenda)
    assert {item.type for item in djw.agenda} == set(ItemType)
    assert {item.language for item in djw.agenda} == {"de", "ja", "en"}
    assert [item.id for item in djw.agenda if item.hard] == ["abschied-tokio"]


def test_the_day_is_interpreted_between_german_and_japanese(djw: Event) -> None:
    assert djw.languages == ("de", "ja")
    assert [(booth.id, booth.languages, booth.seats) for booth in djw.booths.values()] == [
        ("kabine", ("de", "ja"), 2)
    ]
    assert {id: venue.listen for id, venue in djw.venues.items()} == {
        "krefeld": "de",
        "berlin": "de",
        "tokio": "ja",
    }


def test_the_day_is_planned_without_overlaps(djw: Event) -> None:
    running = [item for item in djw.agenda if not item.skip]
    for earlier, later in pairwise(running):
        assert earlier.planned.end <= later.planned.start


def test_the_day_is_the_sample_that_uses_every_key() -> None:
    used = {str(path[-1]) for path in load_tree((FOLDER / "djw-2018.yaml").read_text("utf-8")).keys}
    parts: list[type[Part]] = [
        *(EventFile, EventPart, VenuePart, GuestPart, BoothPart, DefaultsPart, ItemPart),
    ]
    assert {field.alias or name for part in parts for name, field in part.model_fields.items()} <= used
