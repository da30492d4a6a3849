"""config.places: venues, guests and their sources."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from config.model import source_name
from config.yamlfile import parse
from tests.unit.config.build import event, faults

ITEM = "agenda: [{title: A, start: 10:00, duration: 1m, source: slate}]\n"
HEAD = "event: {title: T, date: 2018-09-15, timezone: Europe/Berlin, language: de}\n"


def test_a_venue_takes_missing_values_from_the_event() -> None:
    found = parse(
        HEAD + "venues: {new-york: , tokio: {name: Tokio Hall, timezone: Asia/Tokyo, language: ja}}\n" + ITEM,
        "e",
    )
    quiet, tokio = found.venues["new-york"], found.venues["tokio"]
    assert (quiet.name, quiet.place, quiet.timezone, quiet.language) == (
        "New York",
        "",
        ZoneInfo("Europe/Berlin"),
        "de",
    )
    assert (tokio.name, tokio.timezone, tokio.language) == ("Tokio Hall", ZoneInfo("Asia/Tokyo"), "ja")


def test_a_guest_takes_missing_values_from_the_event() -> None:
    found = parse(HEAD + "venues: {a: }\nguests: {uchida: {note: 01Booster}}\n" + ITEM, "e")
    guest = found.guests["uchida"]
    assert (guest.name, guest.note, guest.language) == ("Uchida", "01Booster", "de")
    assert guest.timezone == ZoneInfo("Europe/Berlin")


def test_the_inputs_of_a_guest_are_sources_as_those_of_a_venue() -> None:
    item = "agenda: [{title: A, start: 10:00, duration: 1m, source: uchida/main, with: [uchida/slides]}]\n"
    found = parse(HEAD + "venues: {a: }\nguests: {uchida: {inputs: [main, slides]}}\n" + item, "e")
    assert found.sources == ("a", "uchida", "uchida/slides")
    assert (found.agenda[0].source, found.agenda[0].beside) == ("uchida", ("uchida/slides",))
    assert source_name(found, "uchida/slides") == "Uchida · slides"


def test_without_a_language_the_event_is_in_english() -> None:
    found = parse(HEAD.replace(", language: de", "") + "venues: {a: }\n" + ITEM, "e")
    assert (found.language, found.venues["a"].language, found.agenda[0].language) == ("en", "en", "en")


def test_the_sources_are_in_the_order_of_the_file_the_first_input_being_the_venue() -> None:
    found = event("  - {title: A, start: 10:00, duration: 1m, source: tokio/main}\n")
    assert found.sources == ("krefeld", "tokio", "tokio/lectern", "uchida")
    assert found.agenda[0].source == "tokio"
    assert [source_name(found, s) for s in found.sources] == [
        "Krefeld",
        "Tokio",
        "Tokio · lectern",
        "Miki Uchida",
    ]


def test_a_venue_without_inputs_has_one_called_main() -> None:
    found = event("  - {title: A, start: 10:00, duration: 1m, source: krefeld/main}\n")
    assert found.venues["krefeld"].inputs == ("main",)
    assert found.agenda[0].source == "krefeld"


def test_nothing_of_an_event_can_be_changed() -> None:
    found = event("  - {title: A, start: 10:00, duration: 1m, source: krefeld}\n")
    with pytest.raises(TypeError):
        found.venues["berlin"] = found.venues["krefeld"]  # type: ignore[index]


@pytest.mark.parametrize(
    ("id", "meaning"),
    [
        ("slate", "the holding picture"),
        ("host", "the host venue"),
        ("moderator", "a role of links"),
        ("viewer", "a role of links"),
        ("stage", "a role of links"),
        ("interpreter", "a role of links"),
        ("venue", "a role of links"),
        ("guest", "a role of links"),
        ("metrics", "a role of links"),
        ("all", "everybody"),
        ("desk", "the moderators"),
        ("speaker", "the places on air"),
        ("technicians", "all venues"),
    ],
)
def test_a_reserved_word_is_no_id(id: str, meaning: str) -> None:
    told = f"`{id}` is reserved for {meaning}; choose another id"
    assert faults(f"{HEAD}venues: {{{id}: }}\n{ITEM}") == [f"2:10: venue {id}: {told}"]
    assert faults(f"{HEAD}venues: {{a: }}\nguests: {{{id}: }}\n{ITEM}") == [f"3:10: guest {id}: {told}"]


def test_an_input_may_have_a_reserved_id() -> None:
    found = parse(f"{HEAD}venues: {{a: {{inputs: [main, stage, desk]}}}}\n{ITEM}", "e")
    assert found.sources == ("a", "a/stage", "a/desk")


@pytest.mark.parametrize(
    ("places", "told"),
    [
        ("venues: {}", "2:9: venues: there is no venue; name at least one, for example `krefeld: {name: Krefeld}`"),
        (
            "venues: {Köln: }",
            "2:10: venue Köln: an id is made of a–z, 0–9 and -, at most 63 of them; did you mean `koeln`?",
        ),
        ("venues: {slate: }", "2:10: venue slate: `slate` is reserved for the holding picture; choose another id"),
        ("venues: {host: }", "2:10: venue host: `host` is reserved for the host venue; choose another id"),
        ("venues: {a: }\nguests: {all: }", "3:10: guest all: `all` is reserved for everybody; choose another id"),
        ("venues: {a: }\nguests: {a: }", "3:10: guest a: there is a venue `a` already; choose another id"),
        ("venues: {a: , a: }", "2:15: venues: duplicate key `a`: it is in line 2 already; keep one of them"),
        (
            "venues: {a: {inputs: [x, y, x]}}",
            "2:29: venue a: inputs: `x` is named twice; keep one of them",
        ),
        (
            "venues: {a: {inputs: []}}",
            "2:22: venue a: inputs: a place has at least one input; name one, or leave `inputs` out",
        ),
        (
            "venues: {a: {inputs: [A B]}}",
            "2:23: venue a: inputs: an id is made of a–z, 0–9 and -, at most 63 of them; did you mean `a-b`?",
        ),
        ("venues: [a]", "2:9: venues: keys with values are expected here, as in `{key: value}`"),
        ("venues: {a: Krefeld}", "2:13: venue a: keys with values are expected here, as in `{key: value}`"),
        ("venues: {a: {nam: A}}", "2:14: venue a: unknown key `nam`; did you mean `name`?"),
        ("venues: {a: }\nguests: {b: {place: A}}", "3:14: guest b: unknown key `place`; there are `name`, `note`, "
         "`timezone`, `language`, `contact`, `admission`, `inputs`"),
        ("venues: {a: }\nhost: b", "3:7: host: unknown venue `b`; there are `a`"),
        ("venues: {krefeld: {name: Halle Nord}}\nhost: Halle Nord", "3:7: host: unknown venue `Halle Nord`; "
         "did you mean `krefeld`?"),
        ("venues: {a: }\nhost: uchida\nguests: {uchida: }", "3:7: host: `uchida` is a guest; the host is a venue"),
        (
            f"venues: {{{', '.join(f'v{n}: ' for n in range(65))}}}",
            "2:9: venues: venues and guests have more than 64 sources together",
        ),
    ],
)  # fmt: skip
def test_a_wrong_place_is_reported(places: str, told: str) -> None:
    assert faults(f"{HEAD}{places}\n{ITEM}") == [told]
