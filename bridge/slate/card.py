"""The slate's picture: a card's words, white on the calm dark of the pages' own slate.

A pure function of card and size, but for the fonts that are installed. Everything stands within the margins that a
projector or a television may cut off.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from PIL import Image, ImageDraw

from bridge.engine import Card
from bridge.slate.card_fonts import Letters
from bridge.slate.card_text import Block, fit

SIZE = (1280, 720)
"""Pixels: what halls send, so that a cut to the slate changes nothing in a receiver."""

# The colours of the pages (theme.css, program.css).
LIGHT, MIDDLE, DARK = (0x24, 0x32, 0x4A), (0x13, 0x1B, 0x29), (0x0C, 0x12, 0x1C)
TEXT, MUTED, WARN = (0xF3, 0xF5, 0xF8), (0xB9, 0xC5, 0xD6), (0xFF, 0xB9, 0x38)

# Pixels in a picture 720 tall; other sizes are scaled.
_SIDE, _TOP, _FOOT = 90, 72, 84
_TITLE, _TITLE_LEAST, _TITLE_LINES = 82, 44, 3
_LINE, _LINE_LEAST, _LINE_LINES = 40, 28, 2
_NOTE, _NOTE_LEAST = 36, 24
_GAP, _BETWEEN = 44, 14
_DOT, _DOT_GAP = 18, 22
_LEADING = 1.22
"""From line to line, by the size of the letters."""
_ASCENT = 0.88
"""From the top of a line to its foot."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A drawn card."""

    image: Image.Image
    """RGB."""
    missing: str
    """Characters that no font here has; they were left out."""


def draw(card: Card, size: tuple[int, int] = SIZE) -> Drawing:
    """Draw `card`. What cannot be written for want of a font is left out, never drawn as empty boxes."""
    bold, plain = Letters(card.language, bold=True), Letters(card.language, bold=False)
    words = _writable(card, bold, plain)
    easel = _Easel(size, bold, plain)
    easel.paint(words)
    return Drawing(easel.image, "".join(sorted(bold.missing | plain.missing)))


def _writable(card: Card, bold: Letters, plain: Letters) -> Card:
    """What of the card there are glyphs for. A title that has none leaves its place to the first line that has."""
    lines = tuple(filter(None, map(plain.writable, card.lines)))
    title = bold.writable(card.title)
    if not title and lines:
        title, lines = bold.writable(lines[0]), lines[1:]
    return replace(card, title=title, lines=lines, note=plain.writable(card.note))


class _Easel:
    """A picture in the making."""

    def __init__(self, size: tuple[int, int], bold: Letters, plain: Letters) -> None:
        self.image = _background(size).copy()
        self._unit = min(size[0] / 1280, size[1] / 720)
        self._width, self._height = size
        self._bold, self._plain = bold, plain
        self._draw = ImageDraw.Draw(self.image)

    def paint(self, words: Card) -> None:
        """Title and lines stand in the middle of what the note leaves, and a note at the foot."""
        width = self._width - 2 * self._px(_SIDE)
        floor = self._height - self._px(_FOOT)
        if words.note:
            floor = self._paint_note(words.note, width, floor) - self._px(_GAP) // 2
        title = self._fit(words.title, self._bold, width, _TITLE_LINES, _TITLE, _TITLE_LEAST)
        lines = [self._fit(line, self._plain, width, _LINE_LINES, _LINE, _LINE_LEAST) for line in words.lines]
        room = floor - self._px(_TOP)
        while lines and self._tall(title, lines) > room:
            lines.pop()
        y = self._px(_TOP) + max(0, (room - self._tall(title, lines)) // 2)
        y = self._write(title, self._bold, self._px(_SIDE), y, TEXT) + self._px(_GAP)
        for line in lines:
            y = self._write(line, self._plain, self._px(_SIDE), y, MUTED) + self._px(_BETWEEN)

    def _paint_note(self, note: str, width: int, floor: int) -> int:
        """Returns where it begins."""
        dot, x = self._px(_DOT), self._px(_SIDE)
        indent = dot + self._px(_DOT_GAP)
        block = self._fit(note, self._plain, width - indent, 2, _NOTE, _NOTE_LEAST)
        top = floor - _height(block)
        middle = top + round(block.size * _LEADING / 2)
        self._draw.ellipse((x, middle - dot // 2, x + dot, middle - dot // 2 + dot), fill=WARN)
        self._write(block, self._plain, x + indent, top, TEXT)
        return top

    def _fit(self, text: str, letters: Letters, width: int, lines: int, size: int, least: int) -> Block:
        return fit(text, letters, width, lines, self._px(size), self._px(least))

    def _tall(self, title: Block, lines: list[Block]) -> int:
        gaps = self._px(_GAP) + self._px(_BETWEEN) * (len(lines) - 1) if lines else 0
        return _height(title) + sum(map(_height, lines)) + gaps

    def _write(self, block: Block, letters: Letters, x: int, y: int, colour: tuple[int, int, int]) -> int:
        """Write lines below `y`. Returns where the next may begin."""
        for n, line in enumerate(block.lines):
            foot = y + round(block.size * (n * _LEADING + _ASCENT + (_LEADING - 1) / 2))
            at = float(x)
            for piece, font in letters.runs(line, block.size):
                self._draw.text((at, foot), piece, fill=colour, font=font, anchor="ls")
                at += font.getlength(piece)
        return y + _height(block)

    def _px(self, length: int) -> int:
        return max(1, round(length * self._unit))


def _height(block: Block) -> int:
    return round(len(block.lines) * block.size * _LEADING)


@lru_cache(maxsize=4)
def _background(size: tuple[int, int]) -> Image.Image:
    """Light falls in from above, a little to the left: `radial-gradient(120% 120% at 20% 0%, …)` of the pages."""
    width, height = size
    # Pillow's gradient is 0 in its middle and 255 at 128 pixels from it, in a square of 256.
    reach_x, reach_y = 1.2 * width, 1.2 * height
    distance = Image.radial_gradient("L").transform(
        size,
        Image.Transform.AFFINE,
        (128 / reach_x, 0, 128 - 0.2 * width * 128 / reach_x, 0, 128 / reach_y, 128),
        Image.Resampling.BILINEAR,
    )
    channels = [
        distance.point([_between(a, b, c, n / 255) for n in range(256)])
        for a, b, c in zip(LIGHT, MIDDLE, DARK, strict=True)
    ]
    return Image.merge("RGB", channels)


def _between(light: int, middle: int, dark: int, at: float) -> int:
    """A colour of the gradient, whose stops are at 0, 55 and 100 %."""
    if at <= 0.55:
        return round(light + (middle - light) * at / 0.55)
    return round(middle + (dark - middle) * (at - 0.55) / 0.45)
