"""Line breaks and text size on the slate."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.slate.card_fonts import FontSet
from bridge.slate.card_text import NOT_FIRST, NOT_LAST, SIZE_STEP_PX, fit, pieces, wrap


def columns(text: str) -> float:
    """As on a terminal: two for a wide character."""
    return sum(2 if c > "\u2fff" else 1 for c in text)


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        (
            "Wie Konzerne und Start-ups zusammenfinden",
            16,
            ["Wie Konzerne und", "Start-ups", "zusammenfinden"],
        ),
        ("Deutsch-Japanische Kooperationen", 12, ["Deutsch-", "Japanische", "Kooperationen"]),
        ("a wordthatistoolong b", 6, ["a", "wordthatistoolong", "b"]),
        ("10:45 (17:45)", 6, ["10:45", "(17:45)"]),
        ("東京からのご挨拶", 8, ["東京から", "のご挨拶"]),
        ("「東京」、「京都」。", 8, ["「東", "京」、", "「京", "都」。"]),
        ("スタートアップ", 6, ["スター", "トアッ", "プ"]),
        ("次は 17:45 から", 5, ["次は", "17:45", "から"]),
        ("한국어 제목", 6, ["한국어", "제목"]),
        ("", 10, []),
    ],
)
def test_lines_end_where_the_language_allows_it(text: str, width: int, lines: list[str]) -> None:
    assert wrap(text, columns, width) == lines


@given(st.text(alphabet="ab -東京ー、」「（", max_size=40), st.integers(1, 20))
def test_no_character_is_lost_and_no_line_begins_or_ends_with_a_wrong_mark(text: str, width: int) -> None:
    lines = wrap(text, columns, width)
    assert "".join("".join(lines).split()) == "".join(text.split())
    words = {word[0] for word in text.split()} | {word[-1] for word in text.split()}
    for before, after in pairwise(lines):
        assert after[0] not in NOT_FIRST or after[0] in words
        assert before[-1] not in NOT_LAST or before[-1] in words


@given(st.text(max_size=40))
def test_the_pieces_joined_are_the_text(text: str) -> None:
    assert "".join(pieces(text)) == text.lstrip()


FONTS = FontSet("en", bold=True)


def test_a_short_text_has_the_largest_size() -> None:
    assert fit("Schalte", FONTS, 1100, 3, 80, 40) == (("Schalte",), 80)


def test_a_long_text_is_made_smaller_until_it_fits() -> None:
    found = fit("Three rooms and one programme, hour after hour " * 3, FONTS, 1100, 3, 80, 40)
    assert 40 <= found.size < 80
    assert len(found.lines) == 3
    wider = found.size + SIZE_STEP_PX
    larger = wrap(
        "Three rooms and one programme, hour after hour " * 3, lambda t: FONTS.width(t, wider), 1100
    )
    assert len(larger) > 3


def test_lines_are_about_equally_long() -> None:
    first, second = fit("A title of some length that takes two lines", FONTS, 1100, 3, 80, 40).lines
    assert 0.5 < FONTS.width(first, 80) / FONTS.width(second, 80) < 2


@pytest.mark.parametrize("text", ["word " * 200, "w" * 500])
def test_a_text_too_long_for_the_smallest_size_ends_in_an_ellipsis(text: str) -> None:
    found = fit(text, FONTS, 1100, 3, 80, 40)
    assert (len(found.lines), found.size) == (3, 40)
    assert found.lines[-1].endswith("...")
    assert all(FONTS.width(line, 40) <= 1100 for line in found.lines)
