"""Invisible and lookalike characters: their names, and the characters that were meant.

They come from web pages and word processors (U+00A0, typographic quotation marks, soft hyphens), from chat programs
(U+200B, direction marks), and from an active Japanese input method (U+3000, full-width digits and colons). They are
allowed in titles. A key, an id or a time with one is a different text, and no editor shows why.
"""

from __future__ import annotations

import unicodedata

from config.faults import shown

QUOTES = "“”„‟‘’‚‛«»"
DASHES = "‐‑‒–—−－"
_MEANT = str.maketrans(
    {**dict.fromkeys(QUOTES, ""), **dict.fromkeys(DASHES, "-"), "、": ",", "。": ".", "：": ":", "，": ","}
)
_BLANK_LETTERS = "\u115f\u1160\u2800\u3164\uffa0"
"""Characters that are letters or symbols by category and show nothing: Hangul fillers, Braille without a dot."""


def is_blank(c: str) -> bool:
    """Whether a character looks like a space but is not one."""
    return c != " " and (unicodedata.category(c) in ("Zs", "Zl", "Zp") or c in _BLANK_LETTERS)


def is_invisible(c: str) -> bool:
    """Whether a character has no width: joiners, direction marks, soft hyphens."""
    return unicodedata.category(c) == "Cf"


def normalized(text: str) -> str:
    """A key, an id or a time as a reader sees it, in ordinary characters."""
    if text.isascii():
        return text
    seen = "".join(" " if is_blank(c) else c for c in text if not is_invisible(c)).translate(_MEANT)
    # Full-width forms of ASCII. For other compatibility characters (ﬁ, ①) the meaning is uncertain.
    return "".join(chr(ord(c) - 0xFEE0) if "！" <= c <= "～" else c for c in seen).strip()


def first_lookalike(text: str) -> int | None:
    """The index of the first such character in a text; None if there is none."""
    if text.isascii():
        return None
    return next((n for n, c in enumerate(text) if not c.isascii() and normalized(c) != c), None)


def named_char(c: str) -> str:
    """`U+00A0 (no-break space)`."""
    return f"U+{ord(c):04X} ({unicodedata.name(c, 'a character without a name').lower()})"


def lookalike_fault(text: str) -> str | None:
    """The fault and remedy for a key or value with such a character; None if it has none."""
    at = first_lookalike(text)
    if at is None:
        return None
    place = f"after `{shown(text[:at])}`" if at else "at the beginning"
    return f"{named_char(text[at])} is {place}; write `{shown(normalized(text))}`"
