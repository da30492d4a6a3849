"""config.faults: one fault for each place, told where a person would look for it."""

from __future__ import annotations

import pytest

from config.faults import MAX_FAULTS, EventFileError, Faults, TooManyFaults, nearest, shown, unknown


def test_a_fault_reads_as_file_line_column_where_and_what() -> None:
    faults = Faults("e.yaml", values={("agenda", 2, "source"): (31, 13)}, titles={2: "Begrüßung"})
    faults.add(("agenda", 2, "source"), "unknown source `tokyo`; did you mean `tokio`?")
    assert str(faults.error()) == (
        'e.yaml:31:13: agenda item 3 "Begrüßung": source: unknown source `tokyo`; did you mean `tokio`?'
    )


def test_faults_are_reported_in_the_order_of_the_file() -> None:
    faults = Faults("e.yaml", values={("host",): (9, 7), ("event",): (2, 3)})
    faults.add(("host",), "late")
    faults.add(("event",), "early")
    assert [fault.what for fault in faults.error().faults] == ["early", "late"]


def test_a_place_and_all_inside_it_is_reported_once() -> None:
    faults = Faults("e.yaml")
    faults.add(("agenda", 1), "this is no item")
    faults.add(("agenda", 1), "again")
    faults.add(("agenda", 1, "source"), "what follows from it")
    faults.missing_key(("agenda", 1, "title"))
    assert [fault.what for fault in faults.found] == ["this is no item"]


def test_what_is_missing_is_reported_at_the_key_or_item_that_lacks_it() -> None:
    faults = Faults(
        "e.yaml", values={(): (1, 1), ("event",): (1, 8), ("agenda", 0): (9, 5)}, keys={("event",): (1, 1)}
    )
    faults.missing_key(("event", "date"))
    faults.add(("agenda", 0, "duration"), "this item has no length")
    assert [str(fault) for fault in faults.found] == [
        "e.yaml:1:1: event: `date` is missing",
        "e.yaml:9:5: agenda item 1: duration: this item has no length",
    ]


def test_beyond_a_hundred_faults_nothing_more_is_read() -> None:
    faults = Faults("e.yaml")
    for n in range(MAX_FAULTS):
        faults.add(("agenda", n), "wrong")
    with pytest.raises(TooManyFaults):
        faults.add(("agenda", MAX_FAULTS), "wrong")
    assert len(faults.error().faults) == MAX_FAULTS + 1
    assert "more faults than the 100" in str(faults.error())


def test_the_text_of_the_error_is_one_fault_a_line() -> None:
    faults = Faults("e.yaml")
    faults.add(("event",), "one")
    faults.add(("host",), "two")
    error = faults.error()
    assert isinstance(error, EventFileError)
    assert str(error).splitlines() == [str(fault) for fault in error.faults]


def test_the_nearest_word_is_found_in_any_spelling() -> None:
    choices = {"tokio": "tokio", "tokio/main": "tokio", "uchida": "uchida", "Miki Uchida": "uchida"}
    assert nearest("Tokyo", choices) == "tokio"
    assert nearest("miki uchida", choices) == "uchida"
    assert nearest("TOKIO", choices) == "tokio"
    assert nearest("uch", choices) == "uchida"
    assert nearest("paris", choices) is None


def test_an_unknown_word_is_reported_with_the_nearest_or_else_with_all() -> None:
    choices = {"krefeld": "krefeld", "tokio": "tokio", "tokio/main": "tokio"}
    assert unknown("source", "tokyo", choices) == "unknown source `tokyo`; did you mean `tokio`?"
    assert unknown("source", "paris", choices) == "unknown source `paris`; there are `krefeld`, `tokio`"
    assert unknown("venue", "paris", {}) == "unknown venue `paris`; there are none"


def test_a_text_in_a_message_is_short_and_on_one_line() -> None:
    assert shown("a\nb\x1b[2J\u202e") == "a\\nb\\x1b[2J\\u202e"
    assert len(shown("x" * 500)) == 40
    assert shown("東京 Begrüßung") == "東京 Begrüßung"
