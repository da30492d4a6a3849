"""Letters for pictures drawn without a font library: a 5x7 dot matrix, drawn as round strokes of any size.

The dots are only the skeleton. Neighbouring dots are joined by lines, and a pixel is inked by its distance from the
nearest line, so that large letters are smooth and small ones stay legible.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from math import ceil, floor, hypot

COLUMNS, ROWS = 5, 7
ADVANCE = COLUMNS + 1
"""Dots from the left edge of one letter to that of the next."""

_BANDS = """
A     B     C     D     E     F     G     H     I     J     K     L
.###. ####. .###. ####. ##### ##### .###. #...# .###. ..### #...# #....
#...# #...# #...# #...# #.... #.... #...# #...# ..#.. ...#. #..#. #....
#...# #...# #.... #...# #.... #.... #.... #...# ..#.. ...#. #.#.. #....
##### ####. #.... #...# ####. ####. #.### ##### ..#.. ...#. ##... #....
#...# #...# #.... #...# #.... #.... #...# #...# ..#.. ...#. #.#.. #....
#...# #...# #...# #...# #.... #.... #...# #...# ..#.. #..#. #..#. #....
#...# ####. .###. ####. ##### #.... .###. #...# .###. .##.. #...# #####

M     N     O     P     Q     R     S     T     U     V     W     X
#...# #...# .###. ####. .###. ####. .#### ##### #...# #...# #...# #...#
##.## #...# #...# #...# #...# #...# #.... ..#.. #...# #...# #...# #...#
#.#.# ##..# #...# #...# #...# #...# #.... ..#.. #...# #...# #...# .#.#.
#.#.# #.#.# #...# ####. #...# ####. .###. ..#.. #...# #...# #.#.# ..#..
#...# #..## #...# #.... #.#.# #.#.. ....# ..#.. #...# #...# #.#.# .#.#.
#...# #...# #...# #.... #..#. #..#. ....# ..#.. #...# .#.#. ##.## #...#
#...# #...# .###. #.... .##.# #...# ####. ..#.. .###. ..#.. #...# #...#

Y     Z     0     1     2     3     4     5     6     7     8     9
#...# ##### .###. ..#.. .###. .###. ...#. ##### ..##. ##### .###. .###.
#...# ....# #...# .##.. #...# #...# ..##. #.... .#... ....# #...# #...#
.#.#. ...#. #...# ..#.. ....# ....# .#.#. ####. #.... ...#. #...# #...#
..#.. ..#.. #.#.# ..#.. ...#. ..##. #..#. ....# ####. ..#.. .###. .####
..#.. .#... #...# ..#.. ..#.. ....# ##### ....# #...# ..#.. #...# ....#
..#.. #.... #...# ..#.. .#... #...# ...#. #...# #...# ..#.. #...# ...#.
..#.. ##### .###. .###. ##### .###. ...#. .###. .###. ..#.. .###. .##..

:     .     ,     -     +     /     &     '     (     )     _     ·
..... ..... ..... ..... ..... ....# .##.. ..#.. ...#. .#... ..... .....
..... ..... ..... ..... ..#.. ....# #..#. ..#.. ..#.. ..#.. ..... .....
..#.. ..... ..... ..... ..#.. ...#. #..#. ..... ..#.. ..#.. ..... .....
..... ..... ..... .###. ##### ..#.. .##.. ..... ..#.. ..#.. ..... ..#..
..... ..... ..... ..... ..#.. .#... #.#.# ..... ..#.. ..#.. ..... .....
..#.. ..... ..#.. ..... ..#.. #.... #..#. ..... ..#.. ..#.. ..... .....
..... ..#.. .#... ..... ..... #.... .##.# ..... ...#. .#... ##### .....
"""

Dots = frozenset[tuple[int, int]]


def _read(bands: str) -> dict[str, Dots]:
    """The dots of every letter, as (column, row) from the top left."""
    font: dict[str, Dots] = {" ": frozenset()}
    for band in bands.strip().split("\n\n"):
        names, *rows = (line.split() for line in band.splitlines())
        for i, name in enumerate(names):
            font[name] = frozenset(
                (x, y) for y, row in enumerate(rows) for x, c in enumerate(row[i]) if c == "#"
            )
    return font


FONT = _read(_BANDS)

# Letters that do not come apart into a base letter and an accent (NFKD leaves them whole), and German umlauts, which
# are written with an e where they cannot be written themselves.
_FOLDED = str.maketrans(
    {
        "Ä": "AE",
        "Ö": "OE",
        "Ü": "UE",
        "ẞ": "SS",
        "Æ": "AE",
        "Œ": "OE",
        "Ø": "OE",
        "Å": "AA",
        "Ł": "L",
        "Đ": "D",
    }
    | {"Þ": "TH", "–": "-", "—": "-", "’": "'", "・": "·", "•": "·"}
)


def fold(text: str) -> str:
    """`text` in letters of `FONT`: upper case, umlauts and accents folded, what cannot be written left out."""
    upper = unicodedata.normalize("NFC", text).upper().translate(_FOLDED)
    written = "".join(c for c in unicodedata.normalize("NFKD", upper) if c in FONT)
    return " ".join(written.split())


def text_width(text: str, height: float) -> int:
    """Pixels that `text` takes in letters `height` pixels tall."""
    return ceil(max(0, ADVANCE * len(text) - 1) * height / ROWS)


Segment = tuple[int, int, int, int]


# Slants that a grid of dots can only step along.
_SLANTED: dict[str, list[Segment]] = {
    "M": [(0, 0, 0, 6), (0, 0, 2, 3), (2, 3, 4, 0), (4, 0, 4, 6)],
    "N": [(0, 0, 0, 6), (0, 0, 4, 6), (4, 0, 4, 6)],
    "V": [(0, 0, 2, 6), (2, 6, 4, 0)],
    "W": [(0, 0, 1, 6), (1, 6, 2, 2), (2, 2, 3, 6), (3, 6, 4, 0)],
}


def _strokes(letter: str) -> list[Segment]:
    """Lines between neighbouring dots; diagonal ones only where no dot joins the two already."""
    if letter in _SLANTED:
        return _SLANTED[letter]
    dots = FONT.get(letter, frozenset())
    lines: list[Segment] = []
    for x, y in dots:
        near = [(x + 1, y), (x, y + 1)]
        near += [(x + d, y + 1) for d in (1, -1) if (x + d, y) not in dots and (x, y + 1) not in dots]
        joined = [(x, y, *other) for other in near if other in dots]
        lines += joined or [(x, y, x, y)]
    return lines


@lru_cache(maxsize=1024)
def glyph(letter: str, height: float, weight: float = 0.5) -> tuple[bytes, ...]:
    """One letter as rows of ink, 0 (none) to 255 (full).

    Args:
        letter: one of `FONT`; anything else is drawn as a space.
        height: pixels from the top of the letter to its bottom.
        weight: half the stroke's width, in dots; 0.5 makes neighbouring dots just touch.
    """
    scale = height / ROWS
    width, tall = ceil(COLUMNS * scale), ceil(height)
    reach = weight * scale
    rows = [bytearray(width) for _ in range(tall)]
    for x0, y0, x1, y1 in _strokes(letter):
        # Pixel centres lie at whole numbers: half a dot to its centre, half a pixel back.
        ax, ay = (x0 + 0.5) * scale - 0.5, (y0 + 0.5) * scale - 0.5
        dx, dy = (x1 - x0) * scale, (y1 - y0) * scale
        square = dx * dx + dy * dy or 1.0
        left, right = max(0, floor(min(ax, ax + dx) - reach)), min(width, ceil(max(ax, ax + dx) + reach) + 1)
        top, foot = max(0, floor(min(ay, ay + dy) - reach)), min(tall, ceil(max(ay, ay + dy) + reach) + 1)
        for py in range(top, foot):
            row = rows[py]
            for px in range(left, right):
                along = min(1.0, max(0.0, ((px - ax) * dx + (py - ay) * dy) / square))
                ink = reach + 0.5 - hypot(px - ax - along * dx, py - ay - along * dy)
                if ink > 0.0:
                    row[px] = max(row[px], min(255, round(ink * 255)))
    return tuple(bytes(row) for row in rows)


def text_mask(text: str, height: float, weight: float = 0.5) -> list[bytearray]:
    """A line of text as rows of ink, each `text_width(text, height)` long."""
    width = text_width(text, height)
    rows = [bytearray(width) for _ in range(ceil(height))]
    for i, letter in enumerate(text):
        left = round(i * ADVANCE * height / ROWS)
        for row, ink in zip(rows, glyph(letter, height, weight), strict=True):
            row[left : left + len(ink)] = ink[: width - left]
    return rows
