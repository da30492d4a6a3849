"""QR codes on a terminal: black on white, with a quiet zone."""

from __future__ import annotations

import io
import re

import pytest
import segno

from signaling.cli.qr import QUIET_ZONE, qr_code

LINK = "https://schalte.example.org/j#7KQ2MX9F4PT3VB"


def terminal(encoding: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), encoding=encoding)


def modules(lines: list[str]) -> list[list[bool]]:
    """The modules on the terminal, by whether they are black. Every cell sets its own colours."""
    rows: list[list[bool]] = []
    for line in lines:
        upper: list[bool] = []
        lower: list[bool] = []
        assert line.endswith("\x1b[0m")
        for foreground, background, cells in re.findall(r"\x1b\[(?:38;5;(\d+);)?48;5;(\d+)m([^\x1b]+)", line):
            assert (foreground or "16", background) in (("16", "231"), ("16", "16"))
            behind = background == "16"
            upper += [behind or c in "▀█" for c in cells]
            lower += [behind or c in "▄█" for c in cells]
        rows += [upper, lower] if "38;5" in line else [upper[::2]]
    return rows


@pytest.mark.parametrize("encoding", ["utf-8", "cp437", "latin-1", "ascii", "cp1252"])
def test_a_code_is_black_on_white_with_its_quiet_zone_in_every_encoding(encoding: str) -> None:
    lines = list(qr_code(LINK, terminal(encoding), 200, {}))
    "".join(lines).encode(encoding)
    expected = [[bool(m) for m in row] for row in segno.make(LINK, error="l").matrix_iter(border=QUIET_ZONE)]
    shown = modules(lines)
    assert shown[: len(expected)] == expected
    assert not any(map(any, shown[len(expected) :]))


def test_without_colours_or_width_a_line_says_why_there_is_no_code() -> None:
    for environment in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        (line,) = qr_code(LINK, terminal("utf-8"), 200, environment)
        assert "black on white" in line
    width = len(list(next(iter(segno.make(LINK, error="l").matrix_iter(border=QUIET_ZONE)))))
    assert len(list(qr_code(LINK, terminal("utf-8"), width, {}))) > 1
    (line,) = qr_code(LINK, terminal("utf-8"), width - 1, {})
    assert f"it needs {width} columns, and this terminal has {width - 1}" in line
