"""The slate's picture."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PIL import Image, ImageChops

from bridge.engine import Card
from bridge.slate.card import WARN, draw
from tests.unit.bridge.pictures import BREAK, LOST, likeness
from tests.unit.bridge.slate.test_card_fonts import bare, needs_cjk

__all__ = ["bare"]

LONG = Card(
    "Internationale Hauptversammlung der Deutsch-Japanischen Donaudampfschifffahrtsgesellschaft " * 3,
    tuple(
        "Was danach kommt, wann, und wer es sagt, von Ort zu Ort und von Stunde zu Stunde " * 2
        for _ in range(9)
    ),
    "Die Verbindung zu Tokio wird wiederhergestellt " * 8,
    "de",
)
EMPTY = Card("")


def box(card: Card, size: tuple[int, int] = (1280, 720)) -> tuple[int, int, int, int]:
    """The bounding box of all text: left, top, right, bottom."""
    found = ImageChops.difference(draw(card, size).image, draw(EMPTY, size).image).getbbox()
    assert found is not None
    return found


@pytest.mark.parametrize("card", [BREAK, LOST, LONG])
def test_the_same_card_gives_the_same_picture(card: Card) -> None:
    assert draw(card).image.tobytes() == draw(card).image.tobytes()


@needs_cjk
def test_nothing_is_missing_where_there_are_fonts() -> None:
    assert draw(BREAK).missing == draw(LOST).missing == ""


@pytest.mark.parametrize(
    "card", [BREAK, LOST, LONG, replace(LONG, note=""), Card("W" * 3000, ("東" * 3000,))]
)
def test_text_of_any_length_stays_within_the_margins(card: Card) -> None:
    left, top, right, bottom = box(card)
    assert left >= 80
    assert top >= 70
    assert right <= 1280 - 80
    assert bottom <= 720 - 70


def test_every_part_of_the_card_is_drawn() -> None:
    cards = [
        BREAK,
        replace(BREAK, title="Kooperationen"),
        replace(BREAK, lines=BREAK.lines[:1]),
        replace(BREAK, note="Tokio is reconnecting"),
    ]
    pictures = [draw(card).image for card in cards]
    assert all(likeness(one, other) < 35 for n, one in enumerate(pictures) for other in pictures[n + 1 :])


def test_a_note_stands_at_the_foot_with_a_mark_in_the_colour_of_warnings() -> None:
    def marks(card: Card) -> list[int]:
        picture = draw(card).image
        return [y for y in range(720) if picture.getpixel((99, y)) == WARN]

    assert not marks(BREAK)
    assert min(marks(replace(BREAK, note="Tokio is reconnecting"))) > 560


def test_a_small_picture_is_the_large_one_scaled() -> None:
    small = draw(BREAK, (640, 360)).image
    assert small.size == (640, 360)
    large = draw(BREAK).image.resize((640, 360), Image.Resampling.LANCZOS)
    assert likeness(small, large) > 18


@pytest.mark.usefixtures("bare")
def test_without_a_font_for_the_title_the_first_writable_line_replaces_it() -> None:
    card = Card("東京からのご挨拶", ("次は 10:45 から：Krefeld",), "東京は再接続中です", "ja")
    drawing = draw(card)
    assert set(drawing.missing) >= set("東京再接続中")
    expected = draw(Card("10:45 :Krefeld"))
    assert drawing.image.tobytes() == expected.image.tobytes()


@pytest.mark.usefixtures("bare")
def test_without_fonts_and_latin_letters_the_slate_is_empty() -> None:
    assert draw(Card("東京", (), "再接続中", "ja")).image.tobytes() == draw(EMPTY).image.tobytes()
