"""Encrypting as pylibsrtp does, byte for byte."""

from __future__ import annotations

import gc

import pytest
from pylibsrtp import Error, Policy

from bridge.net.port import LARGEST
from bridge.net.srtp import LONGEST, protector
from bridge.rtp.header import HEADER
from bridge.rtp.payload import TIMED
from bridge.source.intake import PAYLOAD
from tests.unit.bridge.net.test_connection import OTHER_KEY, rtp, session

OUT = Policy.SSRC_ANY_OUTBOUND


@pytest.mark.parametrize("size", [0, 1, 1100, 1356 - len(rtp())])
def test_a_packet_comes_out_as_from_pylibsrtp(size: int) -> None:
    packet = rtp() + bytes(size)
    assert protector(session(OUT))(packet) == session(OUT).protect(packet)


def test_the_largest_packet_that_comes_in_can_go_out() -> None:
    """Its copy has a larger header, and a picture ID one byte longer; what does not fit could never be told."""
    assert LARGEST - HEADER.size == PAYLOAD
    copy = rtp() + bytes(TIMED.size + 1 + PAYLOAD - len(rtp()))
    assert len(protector(session(OUT))(copy)) > len(copy)


def test_sessions_in_turn_do_not_meet() -> None:
    one, other = protector(session(OUT)), protector(session(OUT, OTHER_KEY))
    first = one(rtp(1))
    other(rtp(1) + bytes(99))
    assert session(Policy.SSRC_ANY_INBOUND).unprotect(first) == rtp(1)
    assert session(Policy.SSRC_ANY_INBOUND).unprotect(one(rtp(2))) == rtp(2)


def test_what_is_too_long_or_no_packet_is_refused() -> None:
    protect = protector(session(OUT))
    with pytest.raises(ValueError, match="too long"):
        protect(bytes(LONGEST + 1))
    with pytest.raises(Error, match="unsupported parameter"):
        protect(b"no")
    assert protect(rtp()) == session(OUT).protect(rtp())


def test_it_keeps_its_session_alive() -> None:
    protect = protector(session(OUT))
    gc.collect()
    assert session(Policy.SSRC_ANY_INBOUND).unprotect(protect(rtp())) == rtp()
