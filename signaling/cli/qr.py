"""QR codes on a terminal, for a phone to read off it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from itertools import zip_longest
from typing import Final, TextIO

import segno

QUIET_ZONE: Final = 4
"""Modules of light around the code; readers need as many (ISO/IEC 18004)."""
BLACK, WHITE = 16, 231
"""Of the 256 colours those two that no theme changes, unlike the first sixteen."""
HALVES: Final = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}
"""Two modules, one above the other, in one letter; by whether they are dark."""
_RESET: Final = "\x1b[0m"


def qr_code(
    text: str, out: TextIO, columns: int, environment: Mapping[str, str] = os.environ
) -> Iterator[str]:
    """Lines for the terminal `out` of so many columns: black on white whatever its own colours are, since many phones
    do not read a code the other way round. Where that cannot be drawn, one line says why."""
    if environment.get("NO_COLOR") or environment.get("TERM") == "dumb":
        yield "  (No QR code: it has to be black on white, and this terminal is set to no colours.)"
        return
    rows = [tuple(map(bool, row)) for row in segno.make(text, error="l").matrix_iter(border=QUIET_ZONE)]
    halves = _has_blocks(out)
    needed = len(rows[0]) if halves else 2 * len(rows[0])
    if needed > columns:
        yield f"  (No QR code: it needs {needed} columns, and this terminal has {columns}. Make it wider.)"
        return
    yield from _in_halves(rows) if halves else _in_blanks(rows)


def _has_blocks(out: TextIO) -> bool:
    try:
        "".join(HALVES.values()).encode(out.encoding or "ascii")
    except UnicodeEncodeError:
        return False
    return True


def _in_halves(rows: list[tuple[bool, ...]]) -> Iterator[str]:
    light = (False,) * len(rows[0])
    for upper, lower in zip_longest(rows[::2], rows[1::2], fillvalue=light):
        letters = "".join(HALVES[pair] for pair in zip(upper, lower, strict=True))
        yield f"\x1b[38;5;{BLACK};48;5;{WHITE}m{letters}{_RESET}"


def _in_blanks(rows: list[tuple[bool, ...]]) -> Iterator[str]:
    """Without a letter that an encoding may lack: two blanks a module, dark or light behind them."""
    for row in rows:
        yield "".join(f"\x1b[48;5;{BLACK if dark else WHITE}m  " for dark in row) + _RESET
