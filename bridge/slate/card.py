"""Draws the slate's picture: a card's text in white on the dark gradient of the pages.

It depends on the card, the size and the installed fonts alone. All text is inside the margins that a projector or a
television may cut off.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from PIL import Image, ImageDraw

from bridge.engine import Card
from bridge.slate.card_fonts import FontSet
from bridge.slate.card_text import TextBlock, fit

SIZE = (1280, 720)
"""Pixels. Halls send the same, so a cut to the slate does not change the size."""

# The colours of the pages (theme.css, program.css).
LIGHT, MIDDLE, DARK = (0x24, 0x32, 0x4A), (0x13, 0x1B, 0x29), (0x0C, 0x12, 0x1C)
TEXT, MUTED, WARN = (0xF3, 0xF5, 0xF8), (0xB9, 0xC5, 0xD6), (0xFF, 0xB9, 0x38)

# The layout in pixels of a picture of 1280x720; other sizes are scaled.
_SIDE, _TOP, _FOOT = 90, 72, 84
_TITLE, _MIN_TITLE, _MAX_TITLE_ROWS = 82, 44, 3
_LINE, _MIN_LINE, _MAX_LINE_ROWS = 40, 28, 2
_NOTE, _MIN_NOTE = 36, 24
_GAP, _BETWEEN = 44, 14
_DOT, _DOT_GAP = 18, 22
_LEADING = 1.22
"""From line to line, in font sizes."""
_ASCENT = 0.88
"""From the top of a line to its baseline, in font sizes."""


@dataclass(frozen=True, slots=True)
class DrawnCard:
    """A drawn card."""

    image: Image.Image
    """RGB."""
    missing: str
    """Characters that were left out, since no installed font has them."""


def draw(card: Card, size: tuple[int, int] = SIZE) -> DrawnCard:
    """Draw `card`. Characters without a glyph are left out, not drawn as boxes."""
    bold, plain = FontSet(card.language, bold=True), FontSet(card.language, bold=False)
    painter = _CardPainter(size, bold, plain)
    painter.paint(_writable(card, bold, plain))
    return DrawnCard(painter.image, "".join(sorted(bold.missing | plain.missing)))


def _writable(card: Card, bold: FontSet, plain: FontSet) -> Card:
    """The card without characters that have no glyph. If nothing is left of the title, the first line replaces it."""
    lines = tuple(filter(None, map(plain.writable, card.lines)))
    title = bold.writable(card.title)
    if not title and lines:
        title, lines = bold.writable(lines[0]), lines[1:]
    return replace(card, title=title, lines=lines, note=plain.writable(card.note))


class _CardPainter:
    """Paints one picture."""

    def __init__(self, size: tuple[int, int], bold: FontSet, plain: FontSet) -> None:
        self.image = _background(size).copy()
        self._unit = min(size[0] / 1280, size[1] / 720)
        self._width, self._height = size
        self._bold, self._plain = bold, plain
        self._draw = ImageDraw.Draw(self.image)

    def paint(self, card: Card) -> None:
        """The note is at the foot; title and lines are centred in the rest."""
        width = self._width - 2 * self._px(_SIDE)
        bottom = self._height - self._px(_FOOT)
        if card.note:
            bottom = self._paint_note(card.note, width, bottom) - self._px(_GAP) // 2
        title = self._fit(card.title, self._bold, width, _MAX_TITLE_ROWS, _TITLE, _MIN_TITLE)
        lines = [self._fit(line, self._plain, width, _MAX_LINE_ROWS, _LINE, _MIN_LINE) for line in card.lines]
        room = bottom - self._px(_TOP)
        while lines and self._total_height(title, lines) > room:
            lines.pop()
        y = self._px(_TOP) + max(0, (room - self._total_height(title, lines)) // 2)
        y = self._write(title, self._bold, self._px(_SIDE), y, TEXT) + self._px(_GAP)
        for line in lines:
            y = self._write(line, self._plain, self._px(_SIDE), y, MUTED) + self._px(_BETWEEN)

    def _paint_note(self, note: str, width: int, bottom: int) -> int:
        """Returns its top."""
        dot, x = self._px(_DOT), self._px(_SIDE)
        indent = dot + self._px(_DOT_GAP)
        block = self._fit(note, self._plain, width - indent, 2, _NOTE, _MIN_NOTE)
        top = bottom - _height(block)
        middle = top + round(block.size * _LEADING / 2)
        self._draw.ellipse((x, middle - dot // 2, x + dot, middle - dot // 2 + dot), fill=WARN)
        self._write(block, self._plain, x + indent, top, TEXT)
        return top

    def _fit(self, text: str, fonts: FontSet, width: int, lines: int, size: int, min_size: int) -> TextBlock:
        return fit(text, fonts, width, lines, self._px(size), self._px(min_size))

    def _total_height(self, title: TextBlock, lines: list[TextBlock]) -> int:
        gaps = self._px(_GAP) + self._px(_BETWEEN) * (len(lines) - 1) if lines else 0
        return _height(title) + sum(map(_height, lines)) + gaps

    def _write(self, block: TextBlock, fonts: FontSet, x: int, y: int, colour: tuple[int, int, int]) -> int:
        """Write lines below `y`. Returns their bottom."""
        for n, line in enumerate(block.lines):
            baseline = y + round(block.size * (n * _LEADING + _ASCENT + (_LEADING - 1) / 2))
            at = float(x)
            for piece, font in fonts.runs(line, block.size):
                self._draw.text((at, baseline), piece, fill=colour, font=font, anchor="ls")
                at += font.getlength(piece)
        return y + _height(block)

    def _px(self, length: int) -> int:
        return max(1, round(length * self._unit))


def _height(block: TextBlock) -> int:
    return round(len(block.lines) * block.size * _LEADING)


@lru_cache(maxsize=4)
def _background(size: tuple[int, int]) -> Image.Image:
    """The pages' `radial-gradient(120% 120% at 20% 0%, …)`."""
    width, height = size
    # Pillow's gradient is a square of 256 pixels: 0 in the middle and 255 at 128 pixels from it.
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
    """A colour of the gradient. Its stops are at 0, 55 and 100 %."""
    if at <= 0.55:
        return round(light + (middle - light) * at / 0.55)
    return round(middle + (dark - middle) * (at - 0.55) / 0.45)
