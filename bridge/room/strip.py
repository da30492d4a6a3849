"""The machine-readable strip at the foot of a test card: place code and frame number.

Rooms read it from decoded pictures (`read_strip`), browser tests from a canvas. All measures are fractions of the
picture, so it can be read at any size:

- The strip is the lowest 1/18 of the height, at full width.
- It has 16 blocks of 1/16 of the width. Block i is read around its centre: x = (i + 0.5) / 16 of the width,
  y = 35/36 of the height, averaged over the middle half of the block (1/32 of the width).
- Block 0 is white and block 15 black. The threshold is half way between their levels, which must be at
  least 80 of 255 apart, and every other block at least a quarter of that from the threshold. Otherwise there is no
  strip.
- Blocks 1-6: the place code, highest bit first; white is 1. Block 7: its odd parity (with it, the number of white
  blocks among 1-7 is odd).
- Blocks 8-13: the frame number's low six bits, as a Gray code, highest bit first. Block 14: its odd parity.

In a Gray code only one block (and the parity) changes from frame to frame. That is cheap to encode, and a picture
between two frames reads as one of them. In JavaScript, with `b` the blocks as 0 and 1:

    let f = 0, bit = 0;
    for (const g of b.slice(8, 14)) { bit ^= g; f = f * 2 + bit; }
"""

from __future__ import annotations

from collections.abc import Sequence

BLOCKS = 16
STRIP_HEIGHT = 1 / 18
"""Fraction of the picture's height."""
READ_AT = 1 - STRIP_HEIGHT / 2
"""The row where the blocks are read, as a fraction of the height from the top."""
CODES = 64
"""Place codes are 0 to 63."""
FRAME_NUMBERS = 64
"""Frame numbers are modulo 64."""

MIN_CONTRAST = 80
"""Between the white and the black block, of 255. VP8 at 150 kb/s keeps more than 200."""


def _bits(value: int) -> list[int]:
    """Six bits, highest first, and their odd parity bit."""
    bits = [value >> i & 1 for i in range(5, -1, -1)]
    return [*bits, 1 - sum(bits) % 2]


def _number(bits: Sequence[int]) -> int | None:
    """The value of six bits; None if their parity is wrong."""
    if sum(bits) % 2 == 0:
        return None
    return sum(bit << i for i, bit in enumerate(reversed(bits[:6])))


def strip_blocks(code: int, frame: int) -> list[int]:
    """The 16 blocks, left to right: 1 is white, 0 is black."""
    low = frame % FRAME_NUMBERS
    return [1, *_bits(code), *_bits(low ^ low >> 1), 0]


def read_strip(
    luma: bytes | bytearray | memoryview, stride: int, width: int, height: int
) -> tuple[int, int] | None:
    """Read the strip of a picture.

    Args:
        luma: the Y plane, eight bits a pixel.
        stride: bytes from one row of it to the next.
        width: of the picture, in pixels.
        height: of the picture, in pixels.

    Returns:
        The place code and the frame number modulo `FRAME_NUMBERS`; None without a readable strip.
    """
    if width < 2 * BLOCKS or height < 18 or len(luma) < stride * height:
        return None
    row = int(height * READ_AT) * stride
    span = max(1, width // (2 * BLOCKS))
    starts = (row + (2 * i + 1) * width // (2 * BLOCKS) - span // 2 for i in range(BLOCKS))
    levels = [sum(luma[at : at + span]) / span for at in starts]
    contrast = levels[0] - levels[-1]
    threshold = (levels[0] + levels[-1]) / 2
    if contrast < MIN_CONTRAST or any(abs(level - threshold) < contrast / 4 for level in levels):
        return None
    bits = [int(level > threshold) for level in levels]
    code, gray = _number(bits[1:8]), _number(bits[8:15])
    if code is None or gray is None:
        return None
    return code, gray ^ gray >> 1 ^ gray >> 2 ^ gray >> 3 ^ gray >> 4 ^ gray >> 5
