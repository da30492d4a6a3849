"""What is read as STUN, and what a signature covers."""

from __future__ import annotations

import random
import struct

import pytest
from aioice import stun

from bridge.net.stun import (
    MAX_ATTRIBUTES,
    MAX_STUN_BYTES,
    BadStun,
    make_answer,
    make_check,
    parse,
)
from bridge.sdp.answer import Credentials
from tests.unit.bridge.stun import check

LOCAL = Credentials("local", "the password of the bridge")


@pytest.mark.parametrize(
    "message",
    [
        stun.Message(stun.Method.BINDING, stun.Class.ERROR),
        stun.Message(stun.Method.BINDING, stun.Class.INDICATION),
        stun.Message(stun.Method.ALLOCATE, stun.Class.REQUEST),
    ],
)
def test_only_checks_and_answers_are_parsed(message: stun.Message) -> None:
    with pytest.raises(BadStun, match="neither a check nor an answer"):
        parse(bytes(message))


def test_what_is_written_is_read_by_both_parsers() -> None:
    request = make_check("peer:local", LOCAL.password, priority=1, controlled=7)
    response = make_answer(request[8:20], LOCAL.password, ("192.0.2.1", 9))
    for data, is_check in ((request, True), (response, False)):
        ours, theirs = parse(data), stun.parse_message(data)
        assert ours.is_check is is_check
        assert ours.transaction_id == theirs.transaction_id == request[8:20]
        assert ours.is_signed_with(LOCAL.password)
        assert theirs.check_message_integrity(LOCAL.password.encode())
    assert stun.parse_message(request).attributes["ICE-CONTROLLED"] == 7
    assert stun.parse_message(response).attributes["XOR-MAPPED-ADDRESS"] == ("192.0.2.1", 9)


@pytest.mark.parametrize("size", [0, 19, 21, 24])
def test_a_signature_of_another_size_is_refused(size: int) -> None:
    with pytest.raises(BadStun, match="malformed"):
        parse(extended(EMPTY_CHECK, (0x0008, bytes(size))))


def extended(data: bytes, *more: tuple[int, bytes]) -> bytes:
    """`data` with these attributes (type, value) at its end."""
    for kind, value in more:
        data += struct.pack("!HH", kind, len(value)) + value + bytes(-len(value) % 4)
    return data[:2] + struct.pack("!H", len(data) - 20) + data[4:]


EMPTY_CHECK = bytes(stun.Message(stun.Method.BINDING, stun.Class.REQUEST))
UNKNOWN_ATTRIBUTE = 0xC057, b""
DTLS_IN_STUN = 0xC070


def test_the_number_of_attributes_is_limited() -> None:
    """360 of them took aioice 180 µs, without a signature."""
    parse(extended(EMPTY_CHECK, *[UNKNOWN_ATTRIBUTE] * MAX_ATTRIBUTES))
    with pytest.raises(BadStun, match="too many attributes"):
        parse(extended(EMPTY_CHECK, *[UNKNOWN_ATTRIBUTE] * (MAX_ATTRIBUTES + 1)))


def test_the_size_of_a_check_is_limited() -> None:
    rest = MAX_STUN_BYTES - len(EMPTY_CHECK) - 4
    parse(extended(EMPTY_CHECK, (DTLS_IN_STUN, bytes(rest))))
    with pytest.raises(BadStun, match="too large"):
        parse(extended(EMPTY_CHECK, (DTLS_IN_STUN, bytes(rest + 1))))


@pytest.mark.parametrize("change", ["cut", "longer", "attribute beyond the end", "half a head"])
def test_malformed_messages_are_refused(change: str) -> None:
    good = check(LOCAL)
    data = {
        "cut": good[:-4],
        "longer": good + bytes(4),
        "attribute beyond the end": good[:-6] + struct.pack("!H", 8) + good[-4:],
        "half a head": extended(good + bytes(2)),
    }[change]
    with pytest.raises(BadStun, match="malformed"):
        parse(data)


def test_the_parser_raises_nothing_else_whatever_the_bytes() -> None:
    rng = random.Random(1)
    good = check(LOCAL)
    outcomes = set()
    for _ in range(2000):
        data = bytearray(good)
        for _ in range(rng.randint(1, 6)):
            data[rng.randrange(len(data))] = rng.randrange(256)
        for hostile in (bytes(data[: rng.randrange(len(data) + 1)]), any_message(rng)):
            try:
                parse(hostile)
            except BadStun as error:
                outcomes.add(str(error))
            else:
                outcomes.add("read")
    assert outcomes == {
        "stun: malformed",
        "stun: no magic cookie",
        "stun: neither a check nor an answer",
        "read",
    }


def test_the_parser_finds_what_aioice_finds() -> None:
    for nominates in (True, False):
        data = check(LOCAL, "peer", has_use_candidate=nominates)
        ours, theirs = parse(data), stun.parse_message(data)
        assert f"{ours.local_ufrag}:{ours.remote_ufrag}" == theirs.attributes["USERNAME"]
        assert ours.has_use_candidate is ("USE-CANDIDATE" in theirs.attributes) is nominates
        for password in (LOCAL.password, "x" * 32):
            assert ours.is_signed_with(password) is theirs.check_message_integrity(password.encode())


def any_message(rng: random.Random) -> bytes:
    """A well-formed message, with attributes of known types and any content."""
    body = b""
    for _ in range(rng.randrange(6)):
        value = rng.randbytes(rng.choice((0, 1, 3, 4, 8, 20, 40)))
        kind = rng.choice([*stun.ATTRIBUTES_BY_TYPE, rng.randrange(1 << 16)])
        body += struct.pack("!HH", kind, rng.choice((len(value), rng.randrange(64)))) + value
        body += bytes(-len(body) % 4)
    head = struct.pack(
        "!HHI", rng.choice((1, 1, 1, 0x11, 0x101, rng.randrange(1 << 14))), len(body), stun.COOKIE
    )
    return head + rng.randbytes(12) + body


def test_aioice_has_the_names_in_use() -> None:
    """A contract: a new aioice that changes these names must fail here first."""
    message = stun.parse_message(check(LOCAL))
    assert set(message.attributes) >= {"USERNAME", "MESSAGE-INTEGRITY", "FINGERPRINT", "PRIORITY"}
    assert stun.COOKIE == 0x2112A442
    assert stun.Method(1) is stun.Method.BINDING
    assert {stun.Class.REQUEST, stun.Class.RESPONSE, stun.Class.INDICATION, stun.Class.ERROR} == set(
        stun.Class
    )
