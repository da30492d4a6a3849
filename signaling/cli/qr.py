"""QR codes on a terminal, for phones."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from itertools import zip_longest
from typing import Final, TextIO

import segno

QUIET_ZONE: Final = 4
"""Light modules around the code that readers need (ISO/IEC 18004)."""
BLACK, WHITE = 16, 231
"""Of the 256 terminal colours. Themes change the first sixteen, and so not these."""
HALF_BLOCKS: Final = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}
"""Two modules, one above the other, as one character; by whether each is dark."""
_RESET: Final = "\x1b[0m"


def qr_code(
    text: str, out: TextIO, columns: int, environment: Mapping[str, str] = os.environ
) -> Iterator[str]:
    """Lines for the terminal `out` with this many columns. Always black on white: many phones do not read an inverted
    code. If the code cannot be drawn, one line gives the reason."""
    if environment.get("NO_COLOR") or environment.get("TERM") == "dumb":
        yield "  (No QR code: it has to be black on white, and this terminal is set to no colours.)"
        return
    rows = [tuple(map(bool, row)) for row in segno.make(text, error="l").matrix_iter(border=QUIET_ZONE)]
    halves = _has_half_blocks(out)
    needed = len(rows[0]) if halves else 2 * len(rows[0])
    if needed > columns:
        yield f"  (No QR code: it needs {needed} columns, and this terminal has {columns}. Make it wider.)"
        return
    yield from _as_half_blocks(rows) if halves else _as_blanks(rows)


def _has_half_blocks(out: TextIO) -> bool:
    try:
        "".join(HALF_BLOCKS.values()).encode(out.encoding or "ascii")
    except UnicodeEncodeError:
        return False
    return True


def _as_half_blocks(rows: list[tuple[bool, ...]]) -> Iterator[str]:
    light = (False,) * len(rows[0])
    for upper, lower in zip_longest(rows[::2], rows[1::2], fillvalue=light):
        letters = "".join(HALF_BLOCKS[pair] for pair in zip(upper, lower, strict=True))
        yield f"\x1b[38;5;{BLACK};48;5;{WHITE}m{letters}{_RESET}"


def _as_blanks(rows: list[tuple[bool, ...]]) -> Iterator[str]:
    """For encodings without block characters: two blanks a module, on a dark or light background."""
    for row in rows:
        yield "".join(f"\x1b[48;5;{BLACK if dark else WHITE}m  " for dark in row) + _RESET
