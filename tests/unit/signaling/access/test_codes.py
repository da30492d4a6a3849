"""Codes can be read out and typed, and not be guessed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signaling.access.codes import (
    ALPHABET,
    CODE_SYMBOLS,
    derived_code,
    digest,
    grouped,
    normalized,
    random_code,
)

KEY = b"k" * 32
CODES = st.text(ALPHABET, min_size=CODE_SYMBOLS, max_size=CODE_SYMBOLS)
FACTS = st.lists(st.none() | st.booleans() | st.integers() | st.text())


def test_a_code_has_no_symbol_that_is_taken_for_another_and_at_least_64_bits() -> None:
    assert len(set(ALPHABET)) == 31
    assert not set(ALPHABET) & set("01ILO")
    assert CODE_SYMBOLS <= 16
    assert len(ALPHABET) ** CODE_SYMBOLS > 2**64


@given(FACTS)
def test_a_derived_code_is_a_code_and_the_same_each_time(facts: list[str | int | bool | None]) -> None:
    code = derived_code(KEY, *facts)
    assert normalized(code) == code == derived_code(KEY, *facts)
    assert code != derived_code(b"l" * 32, *facts)
    assert code != derived_code(KEY, *facts, None)


@given(FACTS, FACTS)
def test_other_facts_have_another_code(
    one: list[str | int | bool | None], other: list[str | int | bool | None]
) -> None:
    same = list(map(repr, one)) == list(map(repr, other))
    assert (derived_code(KEY, *one) == derived_code(KEY, *other)) is same


def test_random_codes_are_codes_and_use_the_whole_alphabet() -> None:
    made = {random_code() for _ in range(500)}
    assert len(made) == 500
    assert all(normalized(code) == code for code in made)
    assert set("".join(made)) == set(ALPHABET)


@given(CODES, st.data())
def test_case_spaces_and_hyphens_do_not_matter(code: str, data: st.DataObject) -> None:
    separators = st.sampled_from(
        ["", " ", "-", "  ", "‐", "–", "—", "−", "ー", "　", "\u00a0", "－", "_", "."]
    )
    typed = "".join((c if data.draw(st.booleans()) else c.lower()) + data.draw(separators) for c in code)
    assert normalized(typed) == code
    assert normalized(grouped(code)) == code
    full_width = "".join(chr(ord(c) + 0xFEE0) for c in code)
    assert normalized(full_width) == code


@given(st.text())
def test_whatever_is_typed_is_a_code_or_none(text: str) -> None:
    code = normalized(text)
    assert code is None or (len(code) == CODE_SYMBOLS and set(code) <= set(ALPHABET))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0KQ2MX9F4PT3VB",
        "1KQ2MX9F4PT3VB",
        "7KQ2MX9F4PT3V",
        "7KQ2MX9F4PT3VBB",
        "\ud800",
        "A" * 65,
        "Ж" * 14,
    ],
)
def test_what_is_no_code_is_none(text: str) -> None:
    assert normalized(text) is None


@given(CODES, CODES)
def test_a_digest_depends_on_the_key_and_the_code(one: str, other: str) -> None:
    assert (digest(KEY, one) == digest(KEY, other)) is (one == other)
    assert digest(KEY, one) != digest(b"l" * 32, one)
