"""Text in the columns of a terminal, where the letters of East Asia are two wide."""

from __future__ import annotations

from unicodedata import combining, east_asian_width


def fit(text: str, width: int) -> str:
    """A text in exactly so many columns; what is too wide is cut."""
    if columns(text) > width:
        while columns(text) >= width:
            text = text[:-1]
        text += "…"
    return text + " " * (width - columns(text))


def columns(text: str) -> int:
    """Columns that a terminal uses: two for the wide letters of East Asia, none for combining marks."""
    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)
