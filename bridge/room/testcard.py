"""The test card that a headless room publishes: name, clock, sweep, colours, and the strip that machines read.

It is drawn on YUV 4:2:0 planes; `now` and the frame number are passed in. The still parts and each digit are drawn
once. A frame then costs a few short copies into the same planes (some 80 µs at 640x360).
"""

from __future__ import annotations

import colorsys
import unicodedata
from datetime import datetime, tzinfo
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from PIL import Image, ImageDraw, ImageFont

from bridge.room.strip import BLOCKS, CODES, STRIP_HEIGHT, strip_blocks

HUES = (218, 38, 348, 145, 268, 185, 308, 78)
"""Degrees on the colour wheel by place code: blue, amber, rose, green, violet, cyan, magenta, lime."""

SWEEP_PERIOD_S = 2
"""The sweep crosses the card in this time, by the wall clock: all cards show it at the same place at the same time."""

# The layout in pixels of a picture of 640x360; other sizes are scaled. Text is placed by its baseline.
_MARGIN = 40
_HEADER_LINE, _HEADER_SIZE = 42, 17
_NAME_LINE, _NAME_SIZE, _MIN_NAME_SIZE = 154, 110, 44
_RULE_TOP, _RULE_HEIGHT, _RULE_WIDTH = 180, 4, 72  # below the descenders of the largest name
_CAPTION_LINE, _CAPTION_SIZE = 210, 24
_CLOCK_LINE, _CLOCK_SIZE = 286, 70
_ZONE_GAP = 18
_SWEEP_TOP, _SWEEP_HEIGHT, _SWEEP_WIDTH = 310, 4, 64
_BARS_HEIGHT = 4
_EDGE_HEIGHT = 6

_WHITE, _BLACK, _NEUTRAL = 235, 16, 128
_LETTERS = {
    "ä": "ae",
    "ö": "oe",
    "ü": "ue",
    "æ": "ae",
    "œ": "oe",
    "ø": "oe",
    "å": "aa",
    "ł": "l",
    "đ": "d",
    "þ": "th",
}
_REPLACEMENTS = str.maketrans(
    _LETTERS
    | {letter.upper(): written.capitalize() for letter, written in _LETTERS.items()}
    | {"ß": "ss", "ẞ": "SS", "–": "-", "—": "-", "’": "'", "·": "-", "・": "-", "•": "-"}
)
"""German umlauts, and what NFKD does not take apart into a base letter and an accent."""


class Picture(NamedTuple):
    """A YUV 4:2:0 picture. Rows follow without gaps; U and V are half as wide and half as tall."""

    width: int
    height: int
    y: bytearray
    u: bytearray
    v: bytearray


class Colour(NamedTuple):
    """A colour in limited-range BT.601."""

    y: int
    u: int
    v: int


def colour(hue: float, saturation: float, value: float) -> Colour:
    """A colour by hue in degrees, saturation and value from 0 to 1."""
    r, g, b = colorsys.hsv_to_rgb(hue / 360, saturation, value)
    y = 0.299 * r + 0.587 * g + 0.114 * b
    return Colour(round(16 + 219 * y), round(128 + 112 * (b - y) / 0.886), round(128 + 112 * (r - y) / 0.701))


class TestCard:
    """A test card of one place.

    Args:
        name: of the place, for people; written in ASCII.
        code: the place's index in the event's order, 0 to 63: its colour, and its number in the strip.
        zone: time zone of the clock.
        caption: a second line, such as the hall's name or a guest's role.
        width: of the picture; a multiple of 16, at least 160.
        height: of the picture; even, at least 90.

    Raises:
        ValueError: the code or the size is out of range.
    """

    def __init__(
        self, name: str, *, code: int, zone: tzinfo, caption: str = "", width: int = 640, height: int = 360
    ) -> None:
        if not 0 <= code < CODES:
            raise ValueError(f"place code {code} is not 0 to {CODES - 1}")
        if width % 16 or height % 2 or width < 160 or height < 90:
            raise ValueError(
                f"a test card of {width}x{height}: width must be a multiple of 16 from 160, height even from 90"
            )
        self.code = code
        self.zone = zone
        self.width = width
        self.height = height
        self._scale = min(height / 360, width / 640)
        hue = HUES[code % len(HUES)]
        self._text_luma, self._dim_luma = colour(hue, 0.08, 0.97).y, colour(hue, 0.2, 0.62).y
        planes = self._background(colour(hue, 0.75, 0.34))
        self._paper = planes[0].crop((0, 0, 1, height))
        self._draw_still(planes, colour(hue, 0.75, 0.95), name, caption)
        y, u, v = (bytearray(plane.tobytes()) for plane in planes)
        self._picture = Picture(width, height, y, u, v)
        self._shown: dict[tuple[int, int], str] = {}
        """The text in each cell that can change, by its left edge and baseline."""
        self._tiles: dict[tuple[str, int, int, int], list[bytes]] = {}

    def paint(self, now: float, frame: int) -> Picture:
        """The card at `now` (seconds since 1970, UTC), as frame number `frame`. The next call changes its planes."""
        local = datetime.fromtimestamp(now, self.zone)
        left, size = self._px(_MARGIN), self._px(_CLOCK_SIZE)
        for digit in f"{local:%H:%M:%S}.{local.microsecond // 100_000}":
            self._show(digit, left, _CLOCK_LINE, size, self._text_luma)
            left += _advance(digit, size)
        left, size = left + self._px(_ZONE_GAP), self._px(_CAPTION_SIZE)
        self._show(_ascii(local.tzname() or "")[:6], left, _CLOCK_LINE, size, self._dim_luma, 6 * size)
        size = self._px(_HEADER_SIZE)
        right = self.width - self._px(_MARGIN)
        for n, digit in enumerate(reversed(f"{frame % 1_000_000:06d}"), 1):
            self._show(digit, right - n * _advance("0", size), _HEADER_LINE, size, self._dim_luma)
        self._draw_sweep(now)
        self._draw_strip(frame)
        return self._picture

    def _px(self, length: float) -> int:
        """A length of the layout in pixels of this card, at least one."""
        return max(1, round(length * self._scale))

    def _background(self, tint: Colour) -> list[Image.Image]:
        """A vertical gradient in the place's colour, darker towards the foot: the planes Y, U and V."""
        rows = range(self.height)
        luma = bytes(round(tint.y + (_BLACK + 6 - tint.y) * row / self.height) for row in rows)
        # The dark part would look more colourful if its chroma did not fade towards grey.
        u, v = (
            bytes(_NEUTRAL + round((tone - _NEUTRAL) * (1 - 0.4 * row / self.height)) for row in rows[::2])
            for tone in (tint.u, tint.v)
        )
        return [_widened(luma, self.width), _widened(u, self.width // 2), _widened(v, self.width // 2)]

    # Drawn once ---------------------------------------------------------------------------------

    def _draw_still(self, planes: list[Image.Image], bright: Colour, name: str, caption: str) -> None:
        """Draw everything that does not move. Text has the background's chroma."""
        width, height, left = self.width, self.height, self._px(_MARGIN)
        _fill(planes, (0, 0, width, self._px(_EDGE_HEIGHT)), bright)
        self._write(planes[0], "SCHALTE", _HEADER_LINE, self._px(_HEADER_SIZE), self._dim_luma)

        name, size = _ascii(name) or f"Place {self.code}", self._px(_NAME_SIZE)
        size = min(size, size * (width - 2 * left) // _advance(name, size))
        self._write(planes[0], name, _NAME_LINE, max(size, self._px(_MIN_NAME_SIZE)), self._text_luma)
        top = self._px(_RULE_TOP)
        _fill(planes, (left, top, left + self._px(_RULE_WIDTH), top + self._px(_RULE_HEIGHT)), bright)
        self._write(planes[0], _ascii(caption), _CAPTION_LINE, self._px(_CAPTION_SIZE), self._dim_luma)

        foot = height - round(height * STRIP_HEIGHT)
        for i, hue in enumerate(HUES):
            start, end = i * width // len(HUES), (i + 1) * width // len(HUES)
            _fill(planes, (start, foot - self._px(_BARS_HEIGHT), end, foot), colour(hue, 0.75, 0.85))
        _fill(planes, (0, foot, width, height), Colour(_BLACK, _NEUTRAL, _NEUTRAL))

    def _write(self, luma: Image.Image, text: str, line: int, size: int, ink: int) -> None:
        """Write as much of `text` as fits between the margins."""
        left = self._px(_MARGIN)
        while _advance(text, size) > self.width - 2 * left:
            text = text[:-1]
        luma.paste(ink, (left, self._px(line) - size), _mask(text, size, self.width - 2 * left))

    # Drawn in each frame ------------------------------------------------------------------------

    def _show(self, text: str, left: int, line: int, size: int, ink: int, width: int = 0) -> None:
        """Show `text` in the cell at `left`, as wide as it is or as `width`, unless it is there already."""
        cell = left, line
        if self._shown.get(cell) == text:
            return
        self._shown[cell] = text
        top, y = self._px(line) - size, self._picture.y
        at = top * self.width + left
        for row in self._tile(text, top, size, ink, width or _advance(text, size)):
            y[at : at + len(row)] = row
            at += self.width

    def _tile(self, text: str, top: int, size: int, ink: int, width: int) -> list[bytes]:
        """The rows of a cell. The background is the same all along a row, so a tile fits anywhere in its line."""
        key = text, top, size, width
        if key not in self._tiles:
            mask = _mask(text, size, width)
            tile = self._paper.crop((0, top, 1, top + mask.height)).resize(
                mask.size, Image.Resampling.NEAREST
            )
            tile.paste(ink, (0, 0), mask)
            self._tiles[key] = [tile.crop((0, y, width, y + 1)).tobytes() for y in range(mask.height)]
        return self._tiles[key]

    def _draw_sweep(self, now: float) -> None:
        """A bright bar that runs along a dim track."""
        left, width = self._px(_MARGIN), self._px(_SWEEP_WIDTH)
        length = self.width - 2 * left
        at = round(now % SWEEP_PERIOD_S / SWEEP_PERIOD_S * (length - width))
        row = bytearray([self._dim_luma // 2 + _BLACK]) * length
        row[at : at + width] = bytes([_WHITE]) * width
        for y in range(self._px(_SWEEP_TOP), self._px(_SWEEP_TOP) + self._px(_SWEEP_HEIGHT)):
            start = y * self.width + left
            self._picture.y[start : start + length] = row

    def _draw_strip(self, frame: int) -> None:
        edges = [i * self.width // BLOCKS for i in range(BLOCKS + 1)]
        row = b"".join(
            bytes([_WHITE if bit else _BLACK]) * (end - start)
            for bit, (start, end) in zip(strip_blocks(self.code, frame), pairwise(edges), strict=True)
        )
        tall = round(self.height * STRIP_HEIGHT)
        self._picture.y[-tall * self.width :] = row * tall


def _widened(column: bytes, width: int) -> Image.Image:
    """A plane of which each row has one value."""
    plane = Image.frombytes("L", (1, len(column)), column)
    return plane.resize((width, len(column)), Image.Resampling.NEAREST)


def _fill(planes: list[Image.Image], box: tuple[int, int, int, int], ink: Colour) -> None:
    """A rectangle. Its colour covers the chroma samples whose centre it touches."""
    planes[0].paste(ink.y, box)
    left, top, right, foot = ((edge + 1) // 2 for edge in box)
    for plane, tone in zip(planes[1:], (ink.u, ink.v), strict=True):
        plane.paste(tone, (left, top, right, foot))


@lru_cache(maxsize=64)
def _font(size: int) -> ImageFont.FreeTypeFont:
    """Pillow's own font: it is the same on every machine, and its digits have one width."""
    font = ImageFont.load_default(size)
    assert isinstance(font, ImageFont.FreeTypeFont)
    return font


@lru_cache(maxsize=512)
def _advance(text: str, size: int) -> int:
    return round(_font(size).getlength(text))


def _mask(text: str, size: int, width: int) -> Image.Image:
    """`text` with its baseline `size` pixels below the top, as amounts of ink."""
    mask = Image.new("L", (width, size + size // 3))
    ImageDraw.Draw(mask).text((0, size), text, fill=255, font=_font(size), anchor="ls")
    return mask


def _ascii(text: str) -> str:
    """`text` in the characters of Pillow's own font: without accents, and without other scripts."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFC", text).translate(_REPLACEMENTS))
    return " ".join("".join(c for c in plain if c.isascii() and (c.isprintable() or c.isspace())).split())
