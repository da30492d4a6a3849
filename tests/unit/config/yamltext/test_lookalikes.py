"""Characters that nobody sees, or takes for others: named with their place where they do harm, text elsewhere."""

from __future__ import annotations

import time

import pytest

from config.yamlfile import MAX_BYTES
from config.yamltext.lookalikes import first_lookalike, normalized
from config.yamltext.misplaced import misplaced
from tests.unit.config.build import HEAD, event, faults

NBSP, IDEOGRAPHIC, ZERO_WIDTH, SOFT_HYPHEN = "\u00a0", "\u3000", "\u200b", "\u00ad"


def item(*lines: str) -> str:
    return HEAD + "\n".join(lines) + "\n"


REST = ("    duration: 5m", "    source: tokio")

STRUCTURE = [
    (
        item("  - title: A", NBSP * 4 + "start: 10:00", *REST),
        "9:1: YAML: U+00A0 (no-break space) indents here; ",
    ),
    (
        item("  - title: A", f"  {NBSP * 2}start: 10:00", *REST),
        "9:3: YAML: U+00A0 (no-break space) indents here; ",
    ),
    (
        item("  - title: A", f"    {NBSP}start: 10:00", *REST),
        "9:5: YAML: U+00A0 (no-break space) indents here; ",
    ),
    (
        item("  - title: A", f"{IDEOGRAPHIC * 2}start: 10:00", *REST),
        "9:1: YAML: U+3000 (ideographic space) indents",
    ),
    (
        item(f"  {NBSP}- title: A", "    start: 10:00", *REST),
        "8:3: YAML: U+00A0 (no-break space) indents here; ",
    ),
    (
        item(f"  -{NBSP}title: A", "    start: 10:00", *REST),
        "8:4: YAML: U+00A0 (no-break space) is after the dash",
    ),
    (
        item(f"  - {NBSP}title: A", "    start: 10:00", *REST),
        "8:5: YAML: U+00A0 (no-break space) is after the dash",
    ),
    (
        item(f"  - title:{NBSP}A", "    start: 10:00", *REST),
        "8:11: YAML: U+00A0 (no-break space) is after the colon",
    ),
    (
        item(f"  - {{title:{NBSP}A, start: 10:00}}"),
        "8:12: YAML: U+00A0 (no-break space) is after the colon",
    ),
    (
        item("  - title：A", "    start: 10:00", *REST),
        "8:10: YAML: the colon here is U+FF1A (fullwidth colon); write `:` ",
    ),
    (
        item("  - title: A", "    start： 10:00", *REST),
        "9:10: YAML: the colon here is U+FF1A (fullwidth colon)",
    ),
    (item("  - title: A", "    start: 10:00", "    source：tokio"), "10:11: YAML: the colon here is U+FF1A"),
    (
        item("  － title: A", "    start: 10:00", *REST),
        "8:3: YAML: U+FF0D (fullwidth hyphen-minus) begins no list",
    ),
    (
        item("  – title: A", "    start: 10:00", *REST),
        "8:3: YAML: U+2013 (en dash) begins no list; write `-` and a space",
    ),
    (
        item("  - {title: A， start: 10:00}"),
        "8:14: YAML: U+FF0C (fullwidth comma) is a letter here; write `,`",
    ),
    (
        item("  - title: “A: b”", *REST),
        "8:12: YAML: U+201C (left double quotation mark) is no quotation mark here",
    ),
    (
        item("  - title: A\u2028B", *REST),
        "8:13: YAML: U+2028 (line separator) is not allowed in a file; begin a new line",
    ),
    (
        item("  - title: A", "\ufeff    start: 10:00"),
        "9:1: YAML: U+FEFF (zero width no-break space) is not allowed in",
    ),
    (
        f"{NBSP}event: {{title: T}}\n",
        "1:1: YAML: U+00A0 (no-break space) indents here; indent with ordinary spaces",
    ),
]


@pytest.mark.parametrize(("text", "told"), STRUCTURE, ids=range(len(STRUCTURE)))
def test_a_lookalike_sign_is_the_only_fault_and_at_its_place(text: str, told: str) -> None:
    (fault,) = faults(text)
    assert fault.startswith(told)


def test_a_file_that_is_indented_wrongly_throughout_says_so_at_once() -> None:
    text = HEAD.replace("  krefeld:", NBSP * 2 + "krefeld:").replace("  tokio:", NBSP * 2 + "tokio:")
    (fault,) = faults(text + item("  - {title: A, start: 10:00, duration: 5m, source: tokio}"))
    assert fault.startswith("4:1: YAML: U+00A0 (no-break space) indents here; ")
    assert ", and so it does in " in fault


GOOD = {"title": "A", "start": "10:00", "duration": "5m", "source": "tokio"}

VALUES = [
    (
        {"source": f"tok{ZERO_WIDTH}io"},
        "source: U+200B (zero width space) is after `tok`; write `tokio`",
    ),
    ({"source": f"to{SOFT_HYPHEN}kio"}, "source: U+00AD (soft hyphen) is after `to`; write `tokio`"),
    (
        {"source": "‘tokio’"},
        "source: U+2018 (left single quotation mark) is at the beginning; write `tokio`",
    ),
    (
        {"source": "ｔｏｋｉｏ"},
        "source: U+FF54 (fullwidth latin small letter t) is at the beginning; write `tokio`",
    ),
    ({"id": f"to{SOFT_HYPHEN}kio"}, "id: U+00AD (soft hyphen) is after `to`; write `tokio`"),
    ({"start": "１０：００"}, "start: U+FF11 (fullwidth digit one) is at the beginning; write `10:00`"),
    ({"start": "\u200f10:00"}, "start: U+200F (right-to-left mark) is at the beginning; write `10:00`"),
    (
        {"start": "“10:00”"},
        "start: U+201C (left double quotation mark) is at the beginning; write `10:00`",
    ),
    ({"duration": "５m"}, "duration: U+FF15 (fullwidth digit five) is at the beginning; write `5m`"),
    (
        {"duration": "„5m“"},
        "duration: U+201E (double low-9 quotation mark) is at the beginning; write `5m`",
    ),
    (
        {"hard": "ｔｒｕｅ"},
        "hard: U+FF54 (fullwidth latin small letter t) is at the beginning; write `true`",
    ),
    ({"language": f"d{ZERO_WIDTH}e"}, "language: U+200B (zero width space) is after `d`; write `de`"),
    (
        {"with": "[krefeld、uchida]"},
        "with: U+3001 (ideographic comma) is after `krefeld`; write `krefeld,uchida`",
    ),
    (
        {"with": "［krefeld］"},
        "(U+FF3B (fullwidth left square bracket) is at the beginning; write `[krefeld]`)",
    ),
    ({f"start{NBSP}": "10:00"}, "in a key U+00A0 (no-break space) is after `start`; write `start`"),
    (
        {f"{ZERO_WIDTH}start": "10:00"},
        "in a key U+200B (zero width space) is at the beginning; write `start`",
    ),
    (
        {"ｓｔａｒｔ": "10:00"},
        "in a key U+FF53 (fullwidth latin small letter s) is at the beginning; write `start`",
    ),
]


@pytest.mark.parametrize(("change", "told"), VALUES, ids=range(len(VALUES)))
def test_in_a_value_or_a_key_it_is_reported_with_its_place_and_the_likely_text(
    change: dict[str, str], told: str
) -> None:
    (key,) = change
    keys = {name: value for name, value in GOOD.items() if name != normalized(key)} | change
    (fault,) = faults(HEAD + "  - {" + ", ".join(f"{name}: {value}" for name, value in keys.items()) + "}\n")
    assert fault.endswith(told)


def test_a_venue_with_such_an_id_is_reported_once_and_found_by_its_name() -> None:
    text = (
        HEAD.replace("  tokio:", f"  to{ZERO_WIDTH}kio:")
        + "  - {title: A, start: 10:00, duration: 5m, source: tokio}\n"
    )
    assert faults(text) == ["5:5: venues: in a key U+200B (zero width space) is after `to`; write `tokio`"]


def test_a_date_with_hyphens_of_a_word_processor_is_reported() -> None:
    (fault,) = faults(
        HEAD.replace("2018-09-15", "2018‐09‐15")
        + "  - {title: A, start: 10:00, duration: 5m, source: tokio}\n"
    )
    assert fault == "1:25: event: date: U+2010 (hyphen) is after `2018`; write `2018-09-15`"


def test_in_a_title_or_a_note_all_of_them_are_text() -> None:
    agenda = f"""\
  - title: {IDEOGRAPHIC}開会{IDEOGRAPHIC}挨拶：“テスト” – A{NBSP}B，１０：００
    start: 10:00
    duration: 5m
    source: tokio
    speaker: Wort{SOFT_HYPHEN}trennung
    notes: |
      {IDEOGRAPHIC}司会： 本文
      {NBSP}source： tokio
      {IDEOGRAPHIC}- title：A
  - title: "“B”"
    duration: 5m
    source: krefeld
    notes: one
      {IDEOGRAPHIC}two
"""
    first, second = event(agenda).agenda
    assert first.title == "開会 挨拶：“テスト” – A B，１０：００"
    assert first.speaker == f"Wort{SOFT_HYPHEN}trennung"
    assert first.notes.splitlines()[1] == f"{NBSP}source： tokio"
    assert second.title == "“B”"


def test_a_lookalike_in_a_note_is_not_taken_for_the_cause_of_a_fault() -> None:
    text = item(
        "  - title: A",
        "    notes: |",
        f"      {IDEOGRAPHIC}source： tokio",
        "    start: 10:00",
        f"    # {NBSP}title：x",
        "    duration: 5m: 6m",
    )
    (fault,) = faults(text)
    assert fault.startswith("13:17: YAML: a colon is not allowed here")


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("tokio", "tokio"),
        ("ｔｏｋｉｏ／ｍａｉｎ", "tokio/main"),
        (f"{NBSP}to{ZERO_WIDTH}kio{IDEOGRAPHIC}", "tokio"),
        ("“10:00”", "10:00"),
        ("東京", "東京"),
        ("Köln", "Köln"),
    ],
)
def test_the_normalized_text_is_what_a_reader_sees(text: str, read: str) -> None:
    assert normalized(text) == read
    assert (first_lookalike(text) is None) == (text == read)


LONG = ["- ", ", ", "{", "[", "{a", "{a:", "a", " ", "\u00a0", " \u00a0", "- \u3000", "{ ", "é ", ": |", "| "]


@pytest.mark.parametrize("part", LONG)
def test_the_search_is_linear_in_a_line_as_long_as_a_file(part: str) -> None:
    """One that is not would need minutes for half a megabyte: a regular expression that tries each pair of places."""
    text = "é\n" + part * (MAX_BYTES // len(part))
    began = time.process_time()
    misplaced(text, (2, 1))
    assert time.process_time() - began < 10.0
