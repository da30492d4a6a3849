"""config.resolve: what an item is once names are looked up and defaults filled in."""

from __future__ import annotations

import pytest

from config.faults import KeyPath
from config.model import Advance, Follow, Item, ItemType, Layout
from config.places import Places
from config.times import MINUTE, SECOND
from tests.unit.config.build import HEAD, event, faults, items


def item(keys: str, head: str = HEAD) -> Item:
    return items(f"  - {{title: A, start: 10:00, duration: 15m{keys and ', '}{keys}}}\n", head)[0]


def told(keys: str, head: str = HEAD) -> str:
    (fault,) = faults(f"{head}  - {{title: A, start: 10:00, duration: 15m{keys and ', '}{keys}}}\n")
    return fault.partition('agenda item 1 "A": ')[2]


# Defaults -------------------------------------------------------------------------------------------------------------


def test_an_item_that_says_little_is_a_talk_by_its_source_alone() -> None:
    found = item("source: tokio")
    assert found.type is ItemType.TALK
    assert (found.beside, found.layout, found.mics) == ((), Layout.SOLO, ("tokio",))
    assert (found.advance, found.follow, found.hard, found.skip) == (
        Advance.MANUAL,
        Follow.AGENDA,
        False,
        False,
    )
    assert (found.warn, found.danger) == (2 * MINUTE, 30 * SECOND)
    assert (found.return_source, found.speaker, found.notes, found.language) == (None, "", "", "de")


def test_everything_that_an_item_says_is_kept() -> None:
    found = item(
        "source: tokio/lectern, with: [krefeld], layout: pip, mics: [uchida], return: uchida, speaker: S, "
        "language: ja, type: panel, follow: voice, advance: auto, fallback: [tokio, host], notes: N, hard: true, "
        "warn: 1m, danger: 10s"
    )
    assert (found.source, found.beside, found.layout) == ("tokio/lectern", ("krefeld",), Layout.PIP)
    assert (found.mics, found.return_source, found.speaker) == (("uchida",), "uchida", "S")
    assert (found.language, found.type, found.follow) == ("ja", ItemType.PANEL, Follow.VOICE)
    assert (found.advance, found.notes, found.hard) == (Advance.AUTO, "N", True)
    assert (found.warn, found.danger) == (MINUTE, 10 * SECOND)
    assert found.fallback == ("tokio", "krefeld", "slate")


@pytest.mark.parametrize(
    ("keys", "layout"),
    [
        ("source: krefeld", Layout.SOLO),
        ("source: krefeld, with: [tokio]", Layout.SIDE_BY_SIDE),
        ("source: krefeld, with: [tokio, uchida]", Layout.GRID),
        ("source: krefeld, with: [tokio], layout: solo", Layout.SOLO),
    ],
)
def test_the_layout_goes_by_the_number_of_sources_unless_the_item_says(keys: str, layout: Layout) -> None:
    assert item(keys).layout is layout


def test_the_microphones_of_all_on_screen_are_open() -> None:
    assert item("source: krefeld, with: [tokio]").mics == ("krefeld", "tokio")
    assert item("source: slate").mics == ()
    assert item("source: krefeld, mics: []").mics == ()


def test_a_break_needs_no_source_and_opens_no_microphone() -> None:
    assert (item("type: break").source, item("type: break").mics) == ("slate", ())
    assert (item("type: break, source: tokio").source, item("type: break, source: tokio").mics) == (
        "tokio",
        (),
    )
    assert item("type: break, mics: [tokio]").mics == ("tokio",)


def test_in_an_open_session_every_microphone_is_open_and_the_pictures_stay_as_written() -> None:
    found = item("type: open, source: krefeld, with: [tokio]")
    assert found.mics == ("krefeld", "tokio", "tokio/lectern", "uchida")
    assert (found.source, found.beside) == ("krefeld", ("tokio",))
    assert item("type: open, source: krefeld, mics: [tokio]").mics == ("tokio",)


def test_an_open_session_shows_every_venue_unless_the_file_says_whom() -> None:
    found = item("type: open, source: tokio/lectern")
    assert (found.source, found.beside) == ("tokio/lectern", ("krefeld",)), (
        "the main source first, guests by name"
    )
    assert item("type: open, source: uchida").beside == ("krefeld", "tokio")
    assert item("type: open, source: krefeld, with: []").beside == ()
    assert item("type: open, source: slate").beside == ()
    assert item("source: krefeld").beside == ()


def test_an_open_session_of_more_than_nine_venues_says_whom_it_shows() -> None:
    halls = "".join(f"  hall-{n}: {{name: Hall {n}}}\n" for n in range(1, 11))
    head = "event: {title: T, date: 2018-09-15, timezone: Europe/Berlin}\nvenues:\n" + halls
    row = "agenda:\n  - {title: A, start: 10:00, duration: 5m, type: open, source: hall-1"
    (fault,) = faults(head + row + "}\n")
    assert fault.startswith("14:")
    assert "an open session shows every venue" in fault
    assert fault.endswith("write `with` to choose up to 8 beside the source")
    assert faults(head + row + ", with: [hall-2]}\n") == []


def test_the_defaults_of_the_file_hold_where_an_item_is_silent() -> None:
    head = HEAD.replace(
        "agenda:", "defaults: {advance: auto, warn: 1m, danger: 5s, fallback: [uchida]}\nagenda:"
    )
    found = item("source: tokio", head)
    assert (found.advance, found.warn, found.danger) == (Advance.AUTO, MINUTE, 5 * SECOND)
    assert found.fallback == ("uchida", "slate")
    assert item("source: tokio, advance: manual, fallback: []", head).advance is Advance.MANUAL
    assert item("source: tokio, advance: manual, fallback: []", head).fallback == ("slate",)


def test_danger_never_comes_before_warn() -> None:
    """Where only one of them is the item's own, the other one gives way."""
    short = item("source: tokio, warn: 10s")
    assert (short.warn, short.danger) == (10 * SECOND, 10 * SECOND)
    long = item("source: tokio, danger: 3m")
    assert (long.warn, long.danger) == (3 * MINUTE, 3 * MINUTE)
    never = item("source: tokio, warn: 0s, danger: 0s")
    assert (never.warn, never.danger) == (0, 0)
    assert told("source: tokio, warn: 10s, danger: 20s") == (
        "danger: danger comes after warn; write 10s or less, or a longer `warn`"
    )


# Fallback -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "chain"),
    [
        ("source: tokio", ("krefeld", "slate")),
        ("source: krefeld", ("krefeld", "slate")),
        (
            "source: tokio, fallback: [tokio, tokio/lectern, tokio/lectern]",
            ("tokio", "tokio/lectern", "slate"),
        ),
        ("source: tokio, fallback: [krefeld, host, uchida]", ("krefeld", "uchida", "slate")),
        ("source: tokio, fallback: [slate, uchida]", ("slate",)),
        ("source: tokio, fallback: [tokio/main, uchida]", ("tokio", "uchida", "slate")),
        ("source: slate", ("krefeld", "slate")),
    ],
)
def test_a_fallback_chain_names_each_source_once_and_ends_in_the_slate(
    keys: str, chain: tuple[str, ...]
) -> None:
    assert item(keys).fallback == chain


def test_without_a_host_the_chain_goes_on_without_it() -> None:
    assert item("source: tokio", HEAD.replace("host: krefeld\n", "")).fallback == ("slate",)


# Names ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "what"),
    [
        ("source: tokyo", "source: unknown source `tokyo`; did you mean `tokio`?"),
        ("source: Miki Uchida", "source: unknown source `Miki Uchida`; did you mean `uchida`?"),
        ("source: tokio/lectrn", "source: unknown source `tokio/lectrn`; did you mean `tokio/lectern`?"),
        ("source: tokio/MAIN", "source: unknown source `tokio/MAIN`; did you mean `tokio`?"),
        ("source: slat", "source: unknown source `slat`; did you mean `slate`?"),
        (
            "source: paris",
            "source: unknown source `paris`; there are `krefeld`, `tokio`, `tokio/lectern`, `uchida`, `slate`",
        ),
        ("source: krefeld, with: [tokyo]", "with: unknown source `tokyo`; did you mean `tokio`?"),
        ("source: krefeld, mics: [tokio, tokyo]", "mics: unknown source `tokyo`; did you mean `tokio`?"),
        ("source: krefeld, return: tokyo", "return: unknown source `tokyo`; did you mean `tokio`?"),
        ("source: krefeld, fallback: [tokyo]", "fallback: unknown source `tokyo`; did you mean `tokio`?"),
        ("", "source: who is on air? Name a venue, a guest or `slate`; only a break can do without"),
        ("source: krefeld, with: [slate]", "with: the slate is never beside others; leave it out"),
        ("source: tokio, with: [tokio/main]", "with: `tokio` is on screen already as `source`; leave it out here"),
        ("source: slate, with: [tokio]", "with: nothing is beside the slate; make `tokio` the `source`"),
        ("source: krefeld, with: [tokio, tokio]", "with: `tokio` is named twice; keep one of them"),
        ("source: krefeld, mics: [slate]", "mics: the slate has no microphone; leave it out"),
        ("source: krefeld, mics: [tokio, tokio/main]", "mics: `tokio` is named twice; keep one of them"),
        ("source: krefeld, id: Be grüßt", "id: an id is made of a–z, 0–9 and -, at most 63 of them; "
         "did you mean `be-gruesst`?"),
    ],
)  # fmt: skip
def test_a_wrong_name_is_reported_with_the_nearest_right_one(keys: str, what: str) -> None:
    assert told(keys) == what


def test_a_wrong_name_in_the_defaults_is_reported_once() -> None:
    head = HEAD.replace("agenda:", "defaults: {fallback: [tokyo]}\nagenda:")
    two = "  - {title: A, start: 10:00, duration: 1m, source: krefeld}\n" * 2
    assert faults(head + two) == ["7:23: defaults: fallback: unknown source `tokyo`; did you mean `tokio`?"]


@pytest.mark.parametrize("broken", ["venues: [krefeld]", "venues: {krefeld: {inputs: [A, B]}}"])
def test_a_name_is_not_reported_when_what_should_have_named_it_is_faulty(broken: str) -> None:
    head = f"event: {{title: T, date: 2018-09-15, timezone: Europe/Berlin}}\n{broken}\nagenda:\n"
    found = faults(head + "  - {title: A, start: 10:00, duration: 1m, source: krefeld/lectern}\n")
    assert not any("agenda" in fault for fault in found)
    assert found


# Ids and the agenda as a whole ----------------------------------------------------------------------------------------


def test_items_get_ids_from_their_titles() -> None:
    found = event(
        "  - {title: Begrüßung, start: 10:00, duration: 1m, source: krefeld}\n"
        "  - {title: Begrüßung, duration: 1m, source: krefeld}\n"
        "  - {title: 東京から, duration: 1m, source: krefeld}\n"
        "  - {title: Ende, id: schluss, duration: 1m, source: krefeld}\n"
    )
    assert [i.id for i in found.agenda] == ["begruessung", "begruessung-2", "item-3", "schluss"]
    assert found.item("item-3") is found.agenda[2]
    assert found.item("nobody") is None


def test_an_id_given_twice_is_reported_at_the_second() -> None:
    one = "  - {id: a, title: A, start: 10:00, duration: 1m, source: krefeld}\n"
    assert faults(HEAD + one + one) == [
        '9:10: agenda item 2 "A": id: item 1 has the id `a` already; choose another, or leave it out'
    ]


def test_an_agenda_has_something_to_run() -> None:
    skipped = "  - {title: A, start: 10:00, duration: 1m, source: krefeld, skip: true}\n"
    assert faults(HEAD.replace("agenda:", "agenda: []")) == [
        "7:9: agenda: the agenda is empty; an event has at least one item"
    ]
    assert faults(HEAD) == ["7:1: file: `agenda` is missing"]
    assert faults(HEAD + skipped) == [
        '8:67: agenda item 1 "A": skip: every item is skipped; at least one has to run'
    ]


def test_an_agenda_has_at_most_a_thousand_items() -> None:
    one = "- {title: A, start: 10:00, duration: 1m, source: krefeld}\n"
    assert len(items(one * 1000)) == 1000
    assert faults(HEAD + one * 1001) == [
        '1008:3: agenda item 1001 "A": an agenda has at most 1000 items; split the event'
    ]


def test_the_default_chain_is_looked_up_once_for_all_items(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    source = Places.source

    def counted(places: Places, path: KeyPath, written: str) -> str:
        asked.append(written)
        return source(places, path, written)

    monkeypatch.setattr(Places, "source", counted)
    head = HEAD.replace("agenda:", "defaults: {fallback: [" + "tokio," * 50 + "]}\nagenda:")
    found = items(
        "  - {title: A, start: 10:00, duration: 1m, source: krefeld}\n"
        + 99 * "  - {title: B, duration: 1m, source: krefeld}\n",
        head,
    )
    assert {item.fallback for item in found} == {("tokio", "slate")}
    assert asked.count("tokio") == 50
