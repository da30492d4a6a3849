"""Breaks the slate's text into lines, and chooses its size.

Japanese and Chinese have no spaces. A line may end between any two characters, but not before a closing mark or after
an opening one (kinsoku, JIS X 4051 in its simplest form).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import NamedTuple

from bridge.slate.card_fonts import FontSet

NOT_FIRST = frozenset(
    "、。，．・：；？！）］｝」』】〉》〕’”…‥ー々ゝゞヽヾぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ%‰℃°"
)
"""Characters that may not begin a line."""
NOT_LAST = frozenset("（［｛「『【〈《〔‘“")
"""Characters that may not end a line."""
SIZE_STEP_PX = 2
"""Text gets smaller by this until it fits."""

Measure = Callable[[str], float]
"""Returns the width of a text in pixels."""


class TextBlock(NamedTuple):
    """Lines of one font size, in pixels."""

    lines: tuple[str, ...]
    size: int


def fit(text: str, fonts: FontSet, width: int, max_lines: int, max_size: int, min_size: int) -> TextBlock:
    """`text` in at most `max_lines` of `width` pixels, in the largest size that fits.

    A text that is too long even at `min_size` ends in an ellipsis.
    """
    for size in range(max_size, min_size - 1, -SIZE_STEP_PX):
        measure = _measure(fonts, size)
        broken = wrap(text, measure, width)
        if len(broken) <= max_lines and all(measure(line) <= width for line in broken):
            return TextBlock(_balanced(text, broken, measure, width), size)
    measure = _measure(fonts, min_size)
    broken = [part for line in wrap(text, measure, width) for part in _split_word(line, measure, width)]
    if len(broken) > max_lines:
        last = broken[max_lines - 1] + " " + broken[max_lines]
        broken[max_lines - 1 :] = [_with_ellipsis(last, measure, width)]
    return TextBlock(tuple(broken), min_size)


def wrap(text: str, measure: Measure, width: float) -> list[str]:
    """`text` in lines of at most `width`. A wider word has its own line."""
    lines: list[str] = []
    line = ""
    for piece in pieces(text):
        if line and measure((line + piece).rstrip()) > width:
            lines.append(line.rstrip())
            line = ""
        line += piece
    return [*lines, line.rstrip()] if line.strip() else lines


def pieces(text: str) -> list[str]:
    """The unbreakable pieces: words with the space after them, and characters of scripts without spaces."""
    found: list[str] = []
    for word in re.findall(r"\S+\s*", text):
        start = 0
        for n in range(1, len(word)):
            if _is_break(word[n - 1], word[n]):
                found.append(word[start:n])
                start = n
        found.append(word[start:])
    return found


def _is_break(before: str, after: str) -> bool:
    """Whether a line may end between two characters of one word."""
    if after.isspace() or before.isspace() or after in NOT_FIRST or before in NOT_LAST:
        return False
    return _is_wide(before) or _is_wide(after) or (before in "-–—/" and after.isalpha())


def _is_wide(character: str) -> bool:
    """Whether its script has no spaces. Korean has them."""
    return unicodedata.east_asian_width(character) in "WF" and not "가" <= character <= "힣"


def _balanced(text: str, broken: list[str], measure: Measure, width: int) -> tuple[str, ...]:
    """In as many lines, but of about equal length, so that the last is not a single word."""
    low, high = width // 2, width
    while high - low > 8:
        middle = (low + high) // 2
        narrower = wrap(text, measure, middle)
        if len(narrower) > len(broken) or any(measure(line) > middle for line in narrower):
            low = middle
        else:
            high, broken = middle, narrower
    return tuple(broken)


def _split_word(line: str, measure: Measure, width: int) -> list[str]:
    """A word that is wider than a line, in several lines."""
    parts = [""]
    for character in line:
        if parts[-1] and measure(parts[-1] + character) > width:
            parts.append("")
        parts[-1] += character
    return parts


def _with_ellipsis(text: str, measure: Measure, width: int) -> str:
    # The ellipsis of Japanese fonts is two letters wide and half a line high, which suits only kanji.
    dots = "…" if _is_wide(text[0]) else "..."
    while text and measure(text + dots) > width:
        text = text[:-1].rstrip()
    return text + dots


def _measure(fonts: FontSet, size: int) -> Measure:
    return lambda text: fonts.width(text, size)
