"""Destinations: their connections, and the statistics of the worst one."""

from __future__ import annotations

from bridge.engine import MediaPath, MediaStats
from signaling.audience import LinkDestination, audience
from signaling.show.media_docs import Connected

TOKIO = LinkDestination("tokio", "venue", "Tokio")
DESK = LinkDestination("moderator:anna", "moderator", "Anna")


def test_connections_are_counted_by_destination() -> None:
    assert audience([(TOKIO, None, None), (DESK, None, None), (TOKIO, None, None)]) == {
        "tokio": Connected("venue", "Tokio", 2),
        "moderator:anna": Connected("moderator", "Anna", 1),
    }


def test_a_destination_has_the_statistics_of_its_worst_connection() -> None:
    far, lossy = MediaStats(rtt_ms=250.0, loss=0.0), MediaStats(rtt_ms=20.0, loss=0.05)
    for links in ([far, lossy, None], [None, lossy, far], [lossy, MediaStats(), far]):
        assert audience((TOKIO, link, None) for link in links)["tokio"].link == lossy
    assert audience([(TOKIO, MediaStats(rtt_ms=20.0), None), (TOKIO, far, None)])["tokio"].link == far


def test_a_destination_says_that_the_path_of_one_of_its_connections_loses_large_packets() -> None:
    lossy, clean = MediaStats(loses_large=True), MediaStats(loss=0.5)
    found = audience([(TOKIO, lossy, None), (TOKIO, clean, None), (DESK, clean, None)])
    assert (found["tokio"].loses_large, found["moderator:anna"].loses_large) == (True, False)


def test_a_destination_lists_codecs_that_any_of_its_connections_cannot_decode() -> None:
    lacking = MediaStats(cannot_decode=("H264",))
    found = audience([(TOKIO, MediaStats(), None), (TOKIO, lacking, None), (DESK, None, None)])
    assert (found["tokio"].cannot_decode, found["moderator:anna"].cannot_decode) == (("H264",), ())


def test_a_destination_has_its_worst_path_as_its_pages_report_it_or_else_as_the_media_plane_sees_it() -> None:
    udp = MediaStats(path=MediaPath("udp", 4, "203.0.113.7"))
    tcp = MediaStats(path=MediaPath("tcp", 4, "203.0.113.7"))
    assert audience([(TOKIO, None, None), (DESK, MediaStats(), None)])["tokio"].path is None
    assert audience([(TOKIO, udp, None), (TOKIO, tcp, None)])["tokio"].path == "tcp"
    assert audience([(TOKIO, udp, "relay"), (TOKIO, tcp, None)])["tokio"].path == "relay"
    assert (
        audience([(TOKIO, udp, "relay"), (TOKIO, None, "blocked"), (DESK, udp, "udp")])["tokio"].path
        == "blocked"
    )
