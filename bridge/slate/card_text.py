"""Lines of text for the slate: where they may be broken, and how large they can be.

Japanese and Chinese have no spaces: a line ends between any two of their characters, but not before a closing mark or
after an opening one (kinsoku, JIS X 4051 in its plainest form).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import NamedTuple

from bridge.slate.card_fonts import Letters

NOT_FIRST = frozenset(
    "、。，．・：；？！）］｝」』】〉》〕’”…‥ー々ゝゞヽヾぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ%‰℃°"
)
"""Characters that do not begin a line."""
NOT_LAST = frozenset("（［｛「『【〈《〔‘“")
"""Characters that do not end one."""
STEP = 2
"""Pixels by which text is made smaller until it fits."""

Measure = Callable[[str], float]


class Block(NamedTuple):
    """Lines of one size, in pixels."""

    lines: tuple[str, ...]
    size: int


def fit(text: str, letters: Letters, width: int, lines: int, size: int, least: int) -> Block:
    """`text` in at most so many lines of `width` pixels, as large as fits, from `size` down to `least`.

    What is too long even then ends in an ellipsis.
    """
    for at in range(size, least - 1, -STEP):
        measure = _measure(letters, at)
        broken = wrap(text, measure, width)
        if len(broken) <= lines and all(measure(line) <= width for line in broken):
            return Block(_balanced(text, broken, measure, width), at)
    measure = _measure(letters, least)
    broken = [part for line in wrap(text, measure, width) for part in _chopped(line, measure, width)]
    if len(broken) > lines:
        broken[lines - 1 :] = [_ended(broken[lines - 1] + " " + broken[lines], measure, width)]
    return Block(tuple(broken), least)


def wrap(text: str, measure: Measure, width: float) -> list[str]:
    """`text` in lines of at most `width`, as full as they can be; a word that is wider has one to itself."""
    lines: list[str] = []
    line = ""
    for piece in pieces(text):
        if line and measure((line + piece).rstrip()) > width:
            lines.append(line.rstrip())
            line = ""
        line += piece
    return [*lines, line.rstrip()] if line.strip() else lines


def pieces(text: str) -> list[str]:
    """What cannot be broken: words with the space after them, and characters that need none between them."""
    found: list[str] = []
    for word in re.findall(r"\S+\s*", text):
        start = 0
        for n in range(1, len(word)):
            if _breaks(word[n - 1], word[n]):
                found.append(word[start:n])
                start = n
        found.append(word[start:])
    return found


def _breaks(before: str, after: str) -> bool:
    """Whether a line may end between two characters of one word."""
    if after.isspace() or before.isspace() or after in NOT_FIRST or before in NOT_LAST:
        return False
    return _is_wide(before) or _is_wide(after) or (before in "-–—/" and after.isalpha())


def _is_wide(character: str) -> bool:
    """Of the scripts that do without spaces. Korean has them."""
    return unicodedata.east_asian_width(character) in "WF" and not "가" <= character <= "힣"


def _balanced(text: str, broken: list[str], measure: Measure, width: int) -> tuple[str, ...]:
    """In as many lines, but about equally long: no word is left alone on the last."""
    low, high = width // 2, width
    while high - low > 8:
        middle = (low + high) // 2
        tried = wrap(text, measure, middle)
        if len(tried) > len(broken) or any(measure(line) > middle for line in tried):
            low = middle
        else:
            high, broken = middle, tried
    return tuple(broken)


def _chopped(line: str, measure: Measure, width: int) -> list[str]:
    """A word that is wider than a line, in as many as it takes."""
    parts = [""]
    for character in line:
        if parts[-1] and measure(parts[-1] + character) > width:
            parts.append("")
        parts[-1] += character
    return parts


def _ended(text: str, measure: Measure, width: int) -> str:
    # The ellipsis of Japanese fonts is two letters wide and stands half a line high: right after kanji only.
    dots = "…" if _is_wide(text[0]) else "..."
    while text and measure(text + dots) > width:
        text = text[:-1].rstrip()
    return text + dots


def _measure(letters: Letters, size: int) -> Measure:
    return lambda text: letters.width(text, size)
