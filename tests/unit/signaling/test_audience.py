"""Destinations: their connections, and the statistics of the worst one."""

from __future__ import annotations

from bridge.engine import MediaStats
from signaling.audience import LinkDestination, audience
from signaling.show.media_docs import Connected

TOKIO = LinkDestination("tokio", "venue", "Tokio")
DESK = LinkDestination("moderator:anna", "moderator", "Anna")


def test_connections_are_counted_by_destination() -> None:
    assert audience([(TOKIO, None), (DESK, None), (TOKIO, None)]) == {
        "tokio": Connected("venue", "Tokio", 2),
        "moderator:anna": Connected("moderator", "Anna", 1),
    }


def test_a_destination_has_the_statistics_of_its_worst_connection() -> None:
    far, lossy = MediaStats(rtt_ms=250.0, loss=0.0), MediaStats(rtt_ms=20.0, loss=0.05)
    for links in ([far, lossy, None], [None, lossy, far], [lossy, MediaStats(), far]):
        assert audience((TOKIO, link) for link in links)["tokio"].link == lossy
    assert audience([(TOKIO, MediaStats(rtt_ms=20.0)), (TOKIO, far)])["tokio"].link == far


def test_a_destination_lists_codecs_that_any_of_its_connections_cannot_decode() -> None:
    found = audience([(TOKIO, MediaStats()), (TOKIO, MediaStats(cannot_decode=("H264",))), (DESK, None)])
    assert (found["tokio"].cannot_decode, found["moderator:anna"].cannot_decode) == (("H264",), ())
