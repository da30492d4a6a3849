"""What the slate says: the event's title, what comes next and when, and what is wrong, in the event's language."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Card:
    """The words of the slate."""

    title: str
    lines: tuple[str, ...] = ()
    """Below the title, in smaller letters."""
    note: str = ""
    """At the foot: what is wrong, if something is."""
    language: str = "en"
    """BCP 47."""
