"""Which source stands in for one that is not there. The only place that decides it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from config.model import SLATE
from signaling.show.messages import SourceState


def is_live(source: str, sources: Mapping[str, SourceState]) -> bool:
    """It has a picture to show now. The slate always has; a stalled source would freeze."""
    return source == SLATE or sources.get(source) == "live"


def shown(wanted: str, chain: Iterable[str], sources: Mapping[str, SourceState]) -> str:
    """`wanted` if it is live, else the first of `chain` that is, else the slate."""
    return next((source for source in (wanted, *chain) if is_live(source, sources)), SLATE)
