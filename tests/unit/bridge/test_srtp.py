"""Encrypting as pylibsrtp does, byte for byte."""

from __future__ import annotations

import gc

import pytest
from pylibsrtp import Error, Policy

from bridge.srtp import ROOM, TRAILER, protector
from tests.unit.bridge.test_connection import OTHER_KEY, rtp, session

OUT = Policy.SSRC_ANY_OUTBOUND


@pytest.mark.parametrize("size", [0, 1, 1100, ROOM - TRAILER - len(rtp())])
def test_a_packet_comes_out_as_from_pylibsrtp(size: int) -> None:
    packet = rtp() + bytes(size)
    assert protector(session(OUT))(packet) == session(OUT).protect(packet)


def test_sessions_in_turn_do_not_meet() -> None:
    one, other = protector(session(OUT)), protector(session(OUT, OTHER_KEY))
    first = one(rtp(1))
    other(rtp(1) + bytes(99))
    assert session(Policy.SSRC_ANY_INBOUND).unprotect(first) == rtp(1)
    assert session(Policy.SSRC_ANY_INBOUND).unprotect(one(rtp(2))) == rtp(2)


def test_what_is_too_long_or_no_packet_is_refused() -> None:
    protect = protector(session(OUT))
    with pytest.raises(ValueError, match="too long"):
        protect(bytes(ROOM - TRAILER + 1))
    with pytest.raises(Error, match="unsupported parameter"):
        protect(b"no")
    assert protect(rtp()) == session(OUT).protect(rtp())


def test_it_keeps_its_session_alive() -> None:
    protect = protector(session(OUT))
    gc.collect()
    assert session(Policy.SSRC_ANY_INBOUND).unprotect(protect(rtp())) == rtp()
