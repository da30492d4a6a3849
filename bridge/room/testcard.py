"""The test card that a headless room publishes: name, clock, sweep, colours, and the strip that machines read.

Pure drawing on YUV 4:2:0 planes, without a picture library: `now` and the frame number are passed in. All that stands
still is drawn once; a frame then costs a few short copies into the same planes (40 µs at 640x360).

Brightness varies from row to row but not along a row, so a letter drawn once for its row fits anywhere along it, and a
whole row of ink becomes a row of picture by one table look-up.
"""

from __future__ import annotations

import colorsys
from datetime import datetime, tzinfo
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from bridge.room.glyphs import ADVANCE, ROWS, fold, glyph, text_mask, text_width
from bridge.room.strip import BLOCKS, CODES, STRIP_HEIGHT, strip_blocks

HUES = (218, 38, 348, 145, 268, 185, 308, 78)
"""Degrees on the colour wheel by place code: blue, amber, rose, green, violet, cyan, magenta, lime."""

SWEEP_SECONDS = 2
"""The sweep crosses the card in this time, on the wall clock: the same instant stands at the same place everywhere."""

# Where things stand, in pixels of a picture 360 tall; other sizes are scaled.
_MARGIN = 40
_HEADER_TOP, _HEADER_CAP = 30, 12
_NAME_BOTTOM, _NAME_CAP = 156, 84
_RULE_TOP, _RULE_HEIGHT, _RULE_WIDTH = 174, 4, 72
_CAPTION_TOP, _CAPTION_CAP = 192, 16
_CLOCK_TOP, _CLOCK_CAP = 236, 50
_SWEEP_TOP, _SWEEP_HEIGHT, _SWEEP_WIDTH = 310, 4, 64
_BARS_HEIGHT = 4
_EDGE_HEIGHT = 6

_CLOCK = "00:00:00.0"
_WHITE, _BLACK, _NEUTRAL = 235, 16, 128


class Picture(NamedTuple):
    """A YUV 4:2:0 picture; each plane without gaps between its rows, U and V half as wide and half as tall."""

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


@lru_cache(maxsize=1024)
def _inks(paper: int, ink: int) -> bytes:
    """The value for each amount of ink, 0 to 255, on this paper."""
    return bytes(round(paper + (ink - paper) * n / 255) for n in range(256))


class Card:
    """A test card of one place.

    Args:
        name: of the place, for people; written in A-Z and 0-9.
        code: the place's index in the event's order, 0 to 63: its colour, and what the strip says.
        zone: whose time the clock shows.
        caption: a second line, say the hall or what there is to say of a guest.
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
                f"a test card of {width}x{height}: width must be a multiple of 16, height be even"
            )
        self.code = code
        self.zone = zone
        self.width = width
        self.height = height
        self._unit = min(height / 360, width / 640)
        hue = HUES[code % len(HUES)]
        self._bright = colour(hue, 0.75, 0.95)
        self._text = colour(hue, 0.08, 0.97)
        self._dim = colour(hue, 0.2, 0.62)
        self._picture = self._background(colour(hue, 0.75, 0.34))
        self._paper = [self._picture.y[row * width] for row in range(height)]
        self._furniture(fold(name) or f"PLACE {code}", fold(caption))
        self._shown: dict[str, object] = {}
        self._letters: dict[tuple[str, int, int, int], list[bytes]] = {}

    def paint(self, now: float, frame: int) -> Picture:
        """The card at `now` (seconds since 1970, UTC), as frame number `frame`.

        The planes are the card's own and change with the next call.
        """
        local = datetime.fromtimestamp(now, self.zone)
        clock = f"{local:%H:%M:%S}.{local.microsecond // 100_000}"
        left = self._px(_MARGIN)
        self._line("clock", clock, left, _CLOCK_TOP, _CLOCK_CAP, self._text)
        after = left + text_width(_CLOCK, self._px(_CLOCK_CAP)) + self._px(18)
        zone_top = _CLOCK_TOP + _CLOCK_CAP - _CAPTION_CAP
        self._line("zone", fold(local.tzname() or "")[:6].ljust(6), after, zone_top, _CAPTION_CAP, self._dim)
        count = f"{frame % 1_000_000:06d}"
        right = self.width - left - text_width(count, self._px(_HEADER_CAP))
        self._line("frame", count, right, _HEADER_TOP, _HEADER_CAP, self._dim)
        self._sweep(now)
        self._strip(frame)
        return self._picture

    def _px(self, length: float) -> int:
        """A length of the layout in pixels of this card, at least one."""
        return max(1, round(length * self._unit))

    # What stands still

    def _background(self, tint: Colour) -> Picture:
        """A vertical gradient in the place's colour, darker towards the foot."""
        width, height = self.width, self.height
        rows = (round(tint.y + (_BLACK + 6 - tint.y) * row / height) for row in range(height))
        luma = bytearray(b"".join(bytes([y]) * width for y in rows))
        u, v = (
            bytearray(
                b"".join(bytes([self._faded(tone, 2 * row)]) * (width // 2) for row in range(height // 2))
            )
            for tone in (tint.u, tint.v)
        )
        return Picture(width, height, luma, u, v)

    def _faded(self, tone: int, row: int) -> int:
        """A chroma value on the way to grey: what is darker would look more colourful otherwise."""
        return _NEUTRAL + round((tone - _NEUTRAL) * (1 - 0.4 * row / self.height))

    def _furniture(self, name: str, caption: str) -> None:
        width, height, left = self.width, self.height, self._px(_MARGIN)
        room = width - 2 * left
        self._fill(0, 0, width, self._px(_EDGE_HEIGHT), self._bright)
        self._write("SCHALTE", left, self._px(_HEADER_TOP), self._px(_HEADER_CAP), self._dim)

        cap = min(self._px(_NAME_CAP), room * ROWS // (ADVANCE * len(name) - 1))
        cap = max(cap, self._px(2 * _CAPTION_CAP))
        name = name[: (room * ROWS // cap + 1) // ADVANCE]
        self._write(name, left, self._px(_NAME_BOTTOM) - cap, cap, self._text)
        self._fill(left, self._px(_RULE_TOP), self._px(_RULE_WIDTH), self._px(_RULE_HEIGHT), self._bright)
        cap = self._px(_CAPTION_CAP)
        self._write(
            caption[: (room * ROWS // cap + 1) // ADVANCE], left, self._px(_CAPTION_TOP), cap, self._dim
        )

        foot = height - round(height * STRIP_HEIGHT)
        bars = foot - self._px(_BARS_HEIGHT)
        for i, hue in enumerate(HUES):
            start, end = i * width // len(HUES), (i + 1) * width // len(HUES)
            self._fill(start, bars, end - start, foot - bars, colour(hue, 0.75, 0.85))
        self._fill(0, foot, width, height - foot, Colour(_BLACK, _NEUTRAL, _NEUTRAL))

    def _fill(self, left: int, top: int, width: int, height: int, ink: Colour) -> None:
        """A rectangle. Its colour covers the chroma samples whose centre it touches."""
        picture = self._picture
        for row in range(top, top + height):
            at = row * self.width + left
            picture.y[at : at + width] = bytes([ink.y]) * width
        half, start, across = self.width // 2, (left + 1) // 2, (left + width + 1) // 2 - (left + 1) // 2
        for row in range((top + 1) // 2, (top + height + 1) // 2):
            at = row * half + start
            picture.u[at : at + across] = bytes([ink.u]) * across
            picture.v[at : at + across] = bytes([ink.v]) * across

    def _write(self, text: str, left: int, top: int, cap: int, ink: Colour) -> None:
        """A line of text, brightness and colour."""
        mask = text_mask(text, cap)
        for row, line in enumerate(mask, start=top):
            at = row * self.width + left
            self._picture.y[at : at + len(line)] = line.translate(_inks(self._paper[row], ink.y))
        for plane, tone in ((self._picture.u, ink.u), (self._picture.v, ink.v)):
            for row in range((top + 1) // 2, (top + len(mask)) // 2):
                start = row * (self.width // 2)
                paper = plane[start]  # no text begins at the very edge
                line = mask[2 * row - top][left % 2 :: 2]
                at = start + (left + 1) // 2
                plane[at : at + len(line)] = line.translate(_inks(paper, tone))

    # What moves

    def _line(self, key: str, text: str, left: int, top: float, cap: float, ink: Colour) -> None:
        """A line of text of which only the letters that changed are drawn, in brightness alone."""
        was = str(self._shown.get(key, "")).ljust(len(text), "\0")
        if text == was:
            return
        self._shown[key] = text
        start, tall = self._px(top), self._px(cap)
        for i, (old, new) in enumerate(zip(was, text, strict=True)):
            if old != new:
                at = start * self.width + left + round(i * ADVANCE * tall / ROWS)
                for row in self._letter(new, start, tall, ink.y):
                    self._picture.y[at : at + len(row)] = row
                    at += self.width

    def _letter(self, letter: str, top: int, cap: int, ink: int) -> list[bytes]:
        """A letter drawn on the gradient where it begins at row `top`; kept, as there are few in few places."""
        key = letter, top, cap, ink
        if key not in self._letters:
            rows = enumerate(glyph(letter, cap), start=top)
            self._letters[key] = [row.translate(_inks(self._paper[y], ink)) for y, row in rows]
        return self._letters[key]

    def _sweep(self, now: float) -> None:
        """A bright bar that runs along a dim track."""
        left, width = self._px(_MARGIN), self._px(_SWEEP_WIDTH)
        length = self.width - 2 * left
        at = left + round(now % SWEEP_SECONDS / SWEEP_SECONDS * (length - width))
        row = bytearray([self._dim.y // 2 + _BLACK]) * length
        row[at - left : at - left + width] = bytes([_WHITE]) * width
        for y in range(self._px(_SWEEP_TOP), self._px(_SWEEP_TOP) + self._px(_SWEEP_HEIGHT)):
            start = y * self.width + left
            self._picture.y[start : start + length] = row

    def _strip(self, frame: int) -> None:
        blocks = strip_blocks(self.code, frame)
        edges = [i * self.width // BLOCKS for i in range(BLOCKS + 1)]
        shades = (bytes([_WHITE if bit else _BLACK]) for bit in blocks)
        row = b"".join(
            shade * (end - start) for shade, start, end in zip(shades, edges, edges[1:], strict=False)
        )
        tall = round(self.height * STRIP_HEIGHT)
        self._picture.y[-tall * self.width :] = row * tall


def write_y4m(path: Path, card: Card, frames: int, fps: int, start: float = 0.0) -> None:
    """Write the card as a Y4M file, for Chromium's --use-file-for-fake-video-capture.

    The file loops; with a multiple of 64 frames the strip's frame number goes on without a jump. It takes 346 kB a
    frame at 640x360.

    Args:
        path: of the file.
        card: what to draw.
        frames: how many.
        fps: frames a second.
        start: what the clock shows on the first frame, seconds since 1970.
    """
    with path.open("wb") as out:
        out.write(f"YUV4MPEG2 W{card.width} H{card.height} F{fps}:1 Ip A1:1 C420\n".encode())
        for n in range(frames):
            picture = card.paint(float(start + Fraction(n, fps)), n)
            out.write(b"FRAME\n")
            for plane in picture[2:]:
                out.write(plane)
