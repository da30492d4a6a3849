"""Stand-in until the real one is written (SLATE's file; overwrite it)."""

from __future__ import annotations

from collections.abc import Collection

from bridge.engine import Card
from bridge.video import VideoIntake


class Slate:
    """Shows nothing yet."""

    audio = None

    def __init__(self, now: float) -> None:
        self._card: Card | None = None

    def show(self, card: Card) -> None:
        self._card = card

    def picture(self, small: bool, codecs: Collection[str], now: float) -> VideoIntake | None:
        return None
