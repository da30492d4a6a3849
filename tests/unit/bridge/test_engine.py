"""bridge.engine: the words on both sides of the seam are the same."""

from __future__ import annotations

from bridge import engine
from config import model


def test_the_slate_has_one_id() -> None:
    assert engine.SLATE == model.SLATE
