"""One peer: how long it may be silent, and what it may offer again."""

from __future__ import annotations

import re
from itertools import count

import pytest
from pylibsrtp import Policy

from bridge.connection import Connection
from bridge.engine import Health, OfferError, PeerSpec
from bridge.ice import read
from bridge.layout import lay_out
from bridge.peer import ABSENT, GONE, Peer
from bridge.rtp.clock import ProgramClock
from bridge.sdp import parse_offer
from tests.unit.bridge.offers import CHROMIUM_VIDEO, FINGERPRINT, hall, line, offer
from tests.unit.bridge.stun import check
from tests.unit.bridge.test_connection import HERE, session

HALL = PeerSpec("hall", "krefeld")


class Ended:
    """Keeps why a connection ended."""

    def __init__(self) -> None:
        self.reasons: list[str] = []


@pytest.fixture
def ended() -> Ended:
    return Ended()


@pytest.fixture
def peer(ended: Ended) -> Peer:
    """A hall that has joined and is not connected yet."""
    read_offer = parse_offer(hall())
    connection = Connection(
        "hall",
        read_offer.ufrag,
        read_offer.fingerprints,
        sendto=lambda data, address: None,
        on_gone=lambda c: None,
    )
    connection.on_closed = ended.reasons.append
    layout = lay_out(read_offer, HALL, count(1000).__next__)
    return Peer(HALL, read_offer, layout, connection, ProgramClock(0.0, 1.0), 0.0)


def hear(peer: Peer, now: float) -> None:
    """A check of the peer arrives."""
    peer.connection.checked(read(check(peer.connection.credentials, "gM8+")), HERE, now)


def connect(peer: Peer, now: float) -> None:
    hear(peer, now)
    peer.connection.secure(session(Policy.SSRC_ANY_INBOUND), session(Policy.SSRC_ANY_OUTBOUND))


def test_a_silent_source_is_absent_within_three_seconds_and_back_when_it_is_heard(peer: Peer) -> None:
    assert ABSENT + 0.1 < 3.0
    connect(peer, 100.0)
    assert peer.health(100.0 + ABSENT) is Health.CONNECTING
    assert peer.health(100.1 + ABSENT) is Health.ABSENT
    hear(peer, 104.0)
    assert peer.health(104.0) is Health.CONNECTING


def test_a_peer_is_let_go_only_after_a_long_silence(peer: Peer, ended: Ended) -> None:
    connect(peer, 100.0)
    peer.tick(100.0 + GONE)
    assert ended.reasons == []
    peer.tick(100.1 + GONE)
    assert ended.reasons == ["silent for 15 s"]


def test_before_it_is_connected_its_silence_means_nothing(peer: Peer, ended: Ended) -> None:
    peer.tick(1000.0)
    assert ended.reasons == []
    assert peer.health(1000.0) is Health.CONNECTING


def test_the_source_of_a_closed_peer_is_absent_and_its_packets_go_nowhere(peer: Peer) -> None:
    connect(peer, 100.0)
    peer.close()
    assert peer.health(100.0) is Health.ABSENT
    peer.connection.on_rtp(b"\x80", 100.0)


def test_broken_rtcp_is_counted(peer: Peer) -> None:
    peer.connection.on_rtcp(b"\x81\xc9\xff\xff", 100.0)
    assert peer.connection.dropped == {"rtcp: broken": 1}


def test_an_offer_by_another_certificate_is_of_another_association(peer: Peer) -> None:
    assert peer.is_known_by(parse_offer(hall()))
    assert not peer.is_known_by(parse_offer(hall().replace(FINGERPRINT, FINGERPRINT.replace("A8", "A9"))))


def test_an_offer_with_a_new_ufrag_is_an_ice_restart(peer: Peer) -> None:
    assert not peer.offers_again(HALL, parse_offer(hall()))
    assert peer.offers_again(HALL, parse_offer(hall().replace("gM8+", "nEw+")))
    assert not peer.offers_again(HALL, parse_offer(hall().replace("gM8+", "nEw+")))


@pytest.mark.parametrize("spec", [HALL, PeerSpec("hall", "tokio")])
def test_an_offer_of_other_lines_or_another_source_is_refused(peer: Peer, spec: PeerSpec) -> None:
    text = hall() if spec.source == "tokio" else offer(line(CHROMIUM_VIDEO, "sendonly"))
    with pytest.raises(OfferError, match="m-lines differ"):
        peer.offers_again(spec, parse_offer(text))


def test_its_streams_stay_the_same_from_answer_to_answer(peer: Peer) -> None:
    first, second = peer.answer(["192.0.2.1"], 8081), peer.answer(["192.0.2.1"], 8081)
    assert first.slots == second.slots
    assert re.findall("a=ssrc.*", first.sdp) == re.findall("a=ssrc.*", second.sdp)
    assert re.findall("o=.*", first.sdp) != re.findall("o=.*", second.sdp), "each answer has a version"
