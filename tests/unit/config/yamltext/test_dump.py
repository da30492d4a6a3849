"""What is written as an event file reads as the same texts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.yamltext.dump import dump
from config.yamltext.lookalikes import first_lookalike
from config.yamltext.tree import load_tree

LINES = st.text(st.characters(exclude_categories=("Cc", "Cs")))
TEXTS = st.lists(LINES, max_size=4).map("\n".join)


KEYS = LINES.filter(lambda text: text != "" and first_lookalike(text) is None)
"""Keys with characters that nobody sees are read as they were meant."""


@given(st.dictionaries(KEYS, TEXTS | st.lists(TEXTS, max_size=3), max_size=4))
def test_texts_and_lists_come_back_as_they_were(document: dict[str, str | list[str]]) -> None:
    tree = load_tree(dump(document))
    assert (tree.data or {}) == document
    assert tree.faults == []


@pytest.mark.parametrize("plain", ["10:00", "2018-09-15", "off", "Begrüßung", "東京", "1h30m"])
def test_a_text_that_needs_no_quotes_has_none(plain: str) -> None:
    assert dump({"key": plain}) == f"key: {plain}\n"


@pytest.mark.parametrize("word", ["null", "~", ""])
def test_a_text_that_would_read_as_null_is_quoted(word: str) -> None:
    assert load_tree(dump({"key": word})).data == {"key": word}
