"""Letters."""

from __future__ import annotations

import string

import pytest

from bridge.room.glyphs import FONT, fold, glyph, text_mask, text_width


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Krefeld", "KREFELD"),
        ("Düsseldorf", "DUESSELDORF"),
        ("Große Straße", "GROSSE STRASSE"),
        ("Kyōto", "KYOTO"),
        ("Île-de-France", "ILE-DE-FRANCE"),
        ("Łódź", "LODZ"),
        ("U\u0308ber", "UEBER"),
        ("Saal 3 (EG)", "SAAL 3 (EG)"),
        ("東京 Tokyo", "TOKYO"),
        ("東京", ""),
        ("１号館", "1"),
        ("", ""),
    ],
)
def test_names_are_folded_to_the_letters_there_are(name: str, written: str) -> None:
    assert fold(name) == written


def test_every_letter_and_digit_has_a_shape_of_its_own() -> None:
    shapes = {glyph(c, 21.0) for c in string.ascii_uppercase + string.digits}
    assert len(shapes) == 36


def test_a_letter_stands_where_its_dots_are() -> None:
    """At ten pixels a dot, the middle of each dot is full ink and the middle of a gap none."""
    rows = glyph("T", 70.0)
    for y in range(7):
        for x in range(5):
            ink = rows[y * 10 + 5][x * 10 + 5]
            assert ink == (255 if (x, y) in FONT["T"] else 0), (x, y)


def test_letters_have_soft_edges() -> None:
    inks = {ink for row in glyph("O", 33.0) for ink in row}
    assert {0, 255} < inks


def test_an_unknown_letter_is_a_space() -> None:
    assert glyph("ß", 14.0) == glyph(" ", 14.0)


@pytest.mark.parametrize("height", [1.0, 3.0, 7.0, 12.5, 84.0])
def test_a_line_is_as_wide_as_was_said(height: float) -> None:
    mask = text_mask("KREFELD 1", height)
    assert {len(row) for row in mask} == {text_width("KREFELD 1", height)}


def test_an_empty_line_has_no_width() -> None:
    assert text_width("", 10.0) == 0
    assert all(row == b"" for row in text_mask("", 10.0))
