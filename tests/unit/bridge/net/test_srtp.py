"""Encryption, byte for byte as by pylibsrtp."""

from __future__ import annotations

import gc

import pytest
from pylibsrtp import Error, Policy

from bridge.net.framing import MAX_DATAGRAM_BYTES
from bridge.net.srtp import MAX_PACKET_BYTES, make_protect
from bridge.rtp.header import HEADER
from bridge.rtp.rewriters import EXTENDED_HEADER
from bridge.source.intake import MAX_PAYLOAD_BYTES
from tests.unit.bridge.net.test_connection import OTHER_KEY, rtp, session

OUT = Policy.SSRC_ANY_OUTBOUND


@pytest.mark.parametrize("size", [0, 1, 1100, 1356 - len(rtp())])
def test_the_result_is_that_of_pylibsrtp(size: int) -> None:
    packet = rtp() + bytes(size)
    assert make_protect(session(OUT))(packet) == session(OUT).protect(packet)


def test_the_largest_received_packet_can_be_sent() -> None:
    """Its copy has a larger header, and a picture ID that is one byte longer."""
    assert MAX_DATAGRAM_BYTES - HEADER.size == MAX_PAYLOAD_BYTES
    copy = rtp() + bytes(EXTENDED_HEADER.size + 1 + MAX_PAYLOAD_BYTES - len(rtp()))
    assert len(make_protect(session(OUT))(copy)) > len(copy)


def test_sessions_share_the_buffer_without_mixing() -> None:
    one, other = make_protect(session(OUT)), make_protect(session(OUT, OTHER_KEY))
    first = one(rtp(1))
    other(rtp(1) + bytes(99))
    assert session(Policy.SSRC_ANY_INBOUND).unprotect(first) == rtp(1)
    assert session(Policy.SSRC_ANY_INBOUND).unprotect(one(rtp(2))) == rtp(2)


def test_oversized_and_invalid_packets_are_refused() -> None:
    protect = make_protect(session(OUT))
    with pytest.raises(ValueError, match="too long"):
        protect(bytes(MAX_PACKET_BYTES + 1))
    with pytest.raises(Error, match="unsupported parameter"):
        protect(b"no")
    assert protect(rtp()) == session(OUT).protect(rtp())


def test_it_keeps_its_session_alive() -> None:
    protect = make_protect(session(OUT))
    gc.collect()
    assert session(Policy.SSRC_ANY_INBOUND).unprotect(protect(rtp())) == rtp()
