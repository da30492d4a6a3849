"""Characters that nobody sees, or takes for others: what they are called, and what was meant by them.

They come from web pages and word processors (U+00A0, typographic quotation marks, soft hyphens), from chat programs
(U+200B, direction marks), and from a Japanese input method that was left on (U+3000, full-width digits and colons).
In a title they are text like any other. In a key, an id or a time they make it another one, and no editor shows why.
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
"""Letters and symbols by their category that show nothing: fillers of Hangul, Braille without a dot."""


def is_blank(c: str) -> bool:
    """Whether a character looks like a space and is none."""
    return c != " " and (unicodedata.category(c) in ("Zs", "Zl", "Zp") or c in _BLANK_LETTERS)


def is_invisible(c: str) -> bool:
    """Whether a character shows nothing and takes no room: joiners, direction marks, soft hyphens."""
    return unicodedata.category(c) == "Cf"


def normalized(text: str) -> str:
    """A key, an id or a time without such characters: what somebody sees who reads it."""
    if text.isascii():
        return text
    seen = "".join(" " if is_blank(c) else c for c in text if not is_invisible(c)).translate(_MEANT)
    # Full-width letters, digits and signs of ASCII; of other letters (ﬁ, ①) it is not known what was meant.
    return "".join(chr(ord(c) - 0xFEE0) if "！" <= c <= "～" else c for c in seen).strip()


def first_lookalike(text: str) -> int | None:
    """Where the first such character stands in a text; None: nowhere."""
    if text.isascii():
        return None
    return next((n for n, c in enumerate(text) if not c.isascii() and normalized(c) != c), None)


def named_char(c: str) -> str:
    """`U+00A0 (no-break space)`."""
    return f"U+{ord(c):04X} ({unicodedata.name(c, 'a character without a name').lower()})"


def lookalike_fault(text: str) -> str | None:
    """What is wrong with a key or a value that has such a character, and what would be right; None: it has none."""
    at = first_lookalike(text)
    if at is None:
        return None
    place = f"behind `{shown(text[:at])}`" if at else "at the beginning"
    return f"{named_char(text[at])} stands {place}; write `{shown(normalized(text))}`"
