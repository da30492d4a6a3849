"""config.yamlfile: a file in, an event out, or every fault with its line and column and nothing else."""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.model import Event, ItemType
from config.places import MAX_SOURCES
from config.yamlfile import MAX_BYTES, EventFileError, Fault, load, parse
from tests.unit.config.build import HEAD, faults

CONTRACT = """\
event:
  title: Deutsch-Japanische Kooperationen
  date: 2018-09-15
  timezone: Europe/Berlin
  language: de
host: krefeld
venues:
  krefeld: {name: Krefeld, place: Fichtenhain}
  berlin:  {name: Berlin}
  tokio:   {name: Tokio, timezone: Asia/Tokyo, inputs: [main, lectern]}
guests:
  uchida: {name: Miki Uchida, note: 01Booster, timezone: Asia/Tokyo, language: ja}
defaults: {advance: manual, warn: 2m, danger: 30s, fallback: [host, slate]}
agenda:
  - id: begruessung
    title: Begrüßung
    start: 10:00
    duration: 15m
    hard: false
    source: krefeld
    with: [tokio]
    layout: solo
    mics: [krefeld, tokio]
    return: berlin
    speaker: Moderation
    language: de
    type: talk
    follow: agenda
    advance: manual
    fallback: [tokio/lectern, host, slate]
    skip: false
    notes: …
"""
"""Every key of the event file."""


def test_the_file_of_the_contract_is_an_event() -> None:
    found = parse(CONTRACT, "e.yaml")
    assert found.title == "Deutsch-Japanische Kooperationen"
    assert found.host == "krefeld"
    assert [venue.place for venue in found.venues.values()] == ["Fichtenhain", "", ""]
    assert found.agenda[0].fallback == ("tokio/lectern", "krefeld", "slate")
    assert found.agenda[0].type is ItemType.TALK


def test_load_reads_a_file_and_names_it_in_faults(tmp_path: Path) -> None:
    path = tmp_path / "e.yaml"
    path.write_text(CONTRACT, "utf-8")
    assert load(path) == load(str(path)) == parse(CONTRACT, "x")
    path.write_text(CONTRACT.replace("krefeld\nvenues", "paris\nvenues"), "utf-8")
    with pytest.raises(EventFileError) as caught:
        load(path)
    assert str(caught.value).startswith(f"{path}:6:7: host: unknown venue `paris`; there are ")


def test_a_byte_order_mark_is_no_part_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "e.yaml"
    path.write_text(CONTRACT, "utf-8-sig")
    assert load(path).title == "Deutsch-Japanische Kooperationen"
    assert faults("\ufeffhost: a\nhost: b")[0].startswith("1:1: file: `event` is missing")
    assert faults("\ufeff" + REST.replace("{a: }", "{a: x}") + ITEM)[0].startswith(
        "2:13: venue a: keys with values"
    )


# Every fault at once --------------------------------------------------------------------------------------------------


def test_all_faults_are_reported_at_once_in_the_order_of_the_file() -> None:
    text = """\
event: {title: "", date: 15.9.2018, timezone: Europe/Berln, languag: de}
hots: krefeld
venues:
  krefeld: {name: [Krefeld]}
  Tokio: {name: Tokio}
defaults: {danger: 1x}
agenda:
  - {title: A, start: 9.30, duration: 15, source: krefeld, layout: grud}
  - just a text
  - {titel: C, duration: 1m, type: brake}
  - {title: D, title: E, duration: 1m, source: krefed, with: krefeld, hard: on}
"""
    assert faults(text) == [
        "1:16: event: title: this is empty; write something or leave the key out",
        "1:26: event: date: a day is written 2018-09-15, not 15.9.2018",
        "1:47: event: timezone: unknown time zone `Europe/Berln`; did you mean `Europe/Berlin`?",
        "1:61: event: unknown key `languag`; did you mean `language`?",
        "2:1: file: unknown key `hots`; did you mean `host`?",
        "4:19: venue krefeld: name: a single value is expected here, not a list",
        "5:3: venue Tokio: an id is made of a–z, 0–9 and -, at most 63 of them; did you mean `tokio`?",
        "6:20: defaults: danger: this is not a length; write it as 90s, 15m, 1h30m or 00:15:00",
        '8:23: agenda item 1 "A": start: this is not a time (did you mean 09:30?); '
        "write HH:MM, HH:MM:SS or 2018-09-15T10:00:00+02:00",
        '8:39: agenda item 1 "A": duration: this is not a length (did you mean 15m?); '
        "write it as 90s, 15m, 1h30m or 00:15:00",
        '8:68: agenda item 1 "A": layout: unknown layout `grud`; did you mean `grid`?',
        "9:5: agenda item 2: keys with values are expected here, as in `{key: value}`",
        "10:5: agenda item 3: `title` is missing",
        "10:6: agenda item 3: unknown key `titel`; did you mean `title`?",
        "10:36: agenda item 3: type: unknown type `brake`; did you mean `break`?",
        '11:16: agenda item 4 "D": duplicate key `title`: it is in line 11 already; keep one of them',
        '11:48: agenda item 4 "D": source: unknown source `krefed`; did you mean `krefeld`?',
        '11:62: agenda item 4 "D": with: a list is expected here, in [brackets] or with a - before each entry',
        '11:77: agenda item 4 "D": hard: `on` is neither true nor false; did you mean `true`?',
    ]


def test_a_file_that_is_no_event_at_all_is_not_reported_in_a_thousand_lines() -> None:
    found = faults(HEAD + "  - {title: A, start: 10:00, duration: 1m, source: nowhere}\n" * 150)
    assert len(found) == 101
    assert found[0] == "1:1: file: this file has more faults than the 100 shown here; correct these first"
    assert found[-1].startswith('107:52: agenda item 100 "A": source: unknown source `nowhere`')


MANY = "event: {title: T, date: 2018-09-15, timezone: Europe/Berlin}\nhost: a\n"


def test_of_too_many_places_only_so_many_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a zone was meant to be is dear to find out."""
    asked: list[str] = []
    monkeypatch.setattr("config.schema.nearest", lambda text, _: asked.append(text))
    venues = "".join(f"  v{n}: {{timezone: Berln{n}}}\n" for n in range(3000))
    found = faults(
        f"{MANY}venues:\n{venues}agenda: [{{title: A, start: 10:00, duration: 1m, source: v2999}}]\n"
    )
    assert f"4:3: venues: venues and guests have more than {MAX_SOURCES} sources together" in found[0]
    assert len(found) == len(asked) + 1 == MAX_SOURCES + 2


def test_an_agenda_with_many_faults_is_read_no_further_than_they_are_reported(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read: list[str] = []

    def unknown(kind: str, word: str, _: object) -> str:
        read.append(word)
        return f"unknown {kind}"

    monkeypatch.setattr("config.schema.unknown", unknown)
    assert len(faults(HEAD + "  - {title: A, layout: x, type: y}\n" * 5000)) == 101
    assert len(read) <= 104


def test_of_a_mapping_with_many_unknown_keys_the_first_are_reported() -> None:
    found = faults(HEAD + "  - {title: A, " + ", ".join(f"k{n}: 1" for n in range(9000)) + "}\n")
    assert len(found) == 101
    assert "unknown key `k0`" in found[1]
    assert "unknown key `k99`" in found[-1]


def test_an_agenda_that_is_too_long_is_reported_so_and_nothing_else() -> None:
    items = (
        "  - {title: A, start: 10:00, duration: 1m, source: krefeld}\n"
        + "  - {title: A, duration: 1s, source: tokio}\n" * 999
    )
    assert faults(HEAD + items) == []
    (found,) = faults(
        HEAD + items + "  - {title: A, duration: 1s, source: tokio}\n" + "  - {titel: 1}\n" * 500
    )
    assert "an agenda has at most 1000 items" in found


REST = "event: {title: T, date: 2018-09-15, timezone: Europe/Berlin}\nvenues: {a: }\n"
ITEM = "agenda: [{title: A, start: 10:00, duration: 1m, source: a}]\n"

FAULTY = [
    ("", "1:1: file: this file is empty; an event has at least `event`, `venues` and `agenda`"),
    (
        "# only a comment\n",
        "1:1: file: this file is empty; an event has at least `event`, `venues` and `agenda`",
    ),
    ("just a text", "1:1: file: keys with values are expected: `event`, `venues`, `agenda`"),
    ("- a\n- b", "1:1: file: keys with values are expected: `event`, `venues`, `agenda`"),
    (REST + ITEM + "---\n" + REST, "4:1: YAML: a second document begins here; one file is one document"),
    (REST + "agenda:\n\t- title: A", "4:1: YAML: a tab cannot indent; use spaces"),
    (
        REST + "agenda:\n  - title: Podium: Was trägt?",
        "4:18: YAML: a colon is not allowed here; put a text with a colon in quotes, or correct the indentation",
    ),
    (
        REST + ITEM + "host: *a",
        "4:7: YAML: there is no anchor of this name; put a text that begins with * in quotes",
    ),
    (
        REST + ITEM + "event: {}",
        "4:1: file: duplicate key `event`: it is in line 1 already; keep one of them",
    ),
    (REST + ITEM + "host: !!python/none a", "4:7: host: the tag"),
    (
        REST + ITEM.replace("A", '"\\ud800"'),
        '3:18: agenda item 1 "\\ud800": title: the character U+D800 cannot be shown',
    ),
    (REST, "1:1: file: `agenda` is missing"),
    (REST + "agenda:", "3:1: file: `agenda` is missing"),
    (REST + "agenda: none", "3:9: agenda: a list is expected here"),
    (REST.replace("title: T, ", "") + ITEM, "1:1: event: `title` is missing"),
    (REST.replace("date: 2018-09-15, ", "date: , ") + ITEM, "1:19: event: `date` is missing"),
    (REST.replace("venues: {a: }\n", "") + ITEM, "1:1: file: `venues` is missing"),
    (REST + ITEM.replace("A", "").replace("title: ,", ""), "3:10: agenda item 1: `title` is missing"),
]


@pytest.mark.parametrize(("text", "told"), FAULTY, ids=[told[:40] for _, told in FAULTY])
def test_a_fault_is_reported_with_place_and_reason(text: str, told: str) -> None:
    (found,) = faults(text)
    assert found.startswith(told)


# Files that cannot be read --------------------------------------------------------------------------------------------


def reading(path: str | Path) -> str:
    with pytest.raises(EventFileError) as caught:
        load(path)
    return str(caught.value)


def test_a_file_that_is_not_there_or_is_a_folder_is_reported(tmp_path: Path) -> None:
    assert reading(tmp_path / "no.yaml") == f"{tmp_path}/no.yaml:1:1: file: there is no such file"
    assert reading(tmp_path) == f"{tmp_path}:1:1: file: this is a folder; name the event file in it"
    assert "this file cannot be read: " in reading("a\x00b")
    assert "this file cannot be read: " in reading("x" * 5000)


def test_a_byte_that_is_not_utf_8_is_reported_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "e.yaml"
    path.write_bytes("event:\n  title: Grüße aus Köln\n".encode("latin-1"))
    assert reading(path) == f"{path}:2:12: file: the byte 0xFC is not UTF-8; save the file as UTF-8"


def test_a_file_that_is_too_large_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "e.yaml"
    path.write_bytes(b"#" * (MAX_BYTES + 1))
    told = ":1:1: file: this file is larger than 512 KiB; split the event"
    assert reading(path) == f"{path}{told}"
    assert faults("#" * (MAX_BYTES + 1)) == [told.removeprefix(":")]


# Whatever comes -------------------------------------------------------------------------------------------------------


def faults_of(text: str) -> tuple[Fault, ...]:
    try:
        assert isinstance(parse(text, "e.yaml"), Event)
    except EventFileError as error:
        return error.faults
    return ()


def is_an_event_or_told(text: str) -> None:
    for fault in faults_of(text):
        assert fault.line > 0
        assert fault.column > 0
        assert "\n" not in str(fault)
        str(fault).encode()


@given(st.text())
def test_any_text_is_an_event_or_reported(text: str) -> None:
    is_an_event_or_told(text)


@given(st.binary(max_size=200))
def test_any_bytes_are_an_event_or_reported(raw: bytes) -> None:
    with tempfile.NamedTemporaryFile(suffix=".yaml") as file:
        file.write(raw)
        file.flush()
        with contextlib.suppress(EventFileError):
            load(file.name)


SYMBOLS = "[ ] { } : - &a *a !!x ' \" | # --- ? null \\ud800 , > % @ `"
WORDS = "10:00 25:00 02:30 9999-12-31T23:59+14:00 1970-01-01T00:00-14:00 0s 168h true slate host"
PIECES = st.sampled_from([*SYMBOLS.split(), *WORDS.split(), " ", "\n", "\t", ": ", "- ", "|\n"]) | st.text(
    max_size=3
)
EDITS = st.lists(st.tuples(st.integers(0, len(CONTRACT)), st.integers(0, 12), PIECES), max_size=4)


@settings(max_examples=150)
@given(EDITS)
def test_a_right_file_with_any_mistake_is_an_event_or_reported(edits: list[tuple[int, int, str]]) -> None:
    text = CONTRACT
    for at, length, put in edits:
        text = text[:at] + put + text[at + length :]
    is_an_event_or_told(text)


KEYS = "title start duration end hard source with layout mics return type advance fallback skip warn id"
TIMES = "10:00 02:30 02:30+01:00 23:59:59 2018-10-28T02:30 9.30 15m 0s 168h"
NAMES = "true false break open auto grid krefeld tokio/lectern uchida slate host tokyo [] [slate] [[x]] {} {a:b} 東京"
VALUES = [*TIMES.split(), *NAMES.split(), "[krefeld, tokio]", ""]


@settings(max_examples=150)
@given(
    st.lists(st.dictionaries(st.sampled_from(KEYS.split()), st.sampled_from(VALUES), max_size=8), max_size=4)
)
def test_any_agenda_of_known_keys_is_an_event_or_reported(agenda: list[dict[str, str]]) -> None:
    lines = "".join(
        f"  - {{{', '.join(f'{key}: {value}' for key, value in item.items())}}}\n" for item in agenda
    )
    is_an_event_or_told(HEAD.replace("2018-09-15", "2018-10-27") + lines)
