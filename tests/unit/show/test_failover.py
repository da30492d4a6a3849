"""Which source stands in."""

from __future__ import annotations

import pytest

from signaling.show.failover import is_live, shown
from signaling.show.messages import SourceState

CHAIN = ("berlin", "krefeld", "slate")


def test_a_live_source_is_shown() -> None:
    assert shown("tokio", CHAIN, {"tokio": "live", "berlin": "live"}) == "tokio"


@pytest.mark.parametrize("lost", ["absent", "connecting", "stalled"])
def test_the_first_live_one_of_the_chain_stands_in(lost: SourceState) -> None:
    assert shown("tokio", CHAIN, {"tokio": lost, "berlin": "stalled", "krefeld": "live"}) == "krefeld"


def test_where_nobody_is_live_the_slate_stands_in() -> None:
    assert shown("tokio", CHAIN, {"tokio": "stalled"}) == "slate"
    assert shown("tokio", (), {}) == "slate"


def test_the_slate_is_always_live() -> None:
    assert is_live("slate", {})
