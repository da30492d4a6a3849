"""The port: to which peer a datagram belongs, and what strangers can do."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Callable

import pytest
import structlog
from aioice import stun
from pylibsrtp import Error, Policy, Session

from bridge.faults import FAULT_INTERVAL_S
from bridge.net.connection import PeerConnection
from bridge.net.framing import MAX_DATAGRAM_BYTES
from bridge.net.ice import (
    MAX_ADDRESSES,
    MEDIA_MOVE_S,
    NO_ADDRESS,
    SILENT_ADDRESS_S,
    Address,
    new_credentials,
)
from bridge.net.port import (
    IP_MTU_DISCOVER,
    IP_PMTUDISC_DONT,
    MAX_DECRYPT_ATTEMPTS_PER_S,
    Port,
)
from bridge.net.stun import StunMessage
from bridge.rtp.retransmission import TokenBucket
from bridge.sdp.answer import Credentials
from tests.unit.bridge.net.test_connection import KEY, OTHER_KEY, rtcp, rtp, session
from tests.unit.bridge.stun import REMOTE, answer, answer_at, check

HERE, THERE = ("127.0.0.1", 9), ("127.0.0.2", 9)
FINGERPRINTS = [("sha-256", "AB")]
OTHER = Credentials("other", "the password of another peer")
AGAIN = Credentials("again", "the password of the restart")


class Time:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
async def port(time: Time) -> AsyncIterator[Port]:
    port = await Port.open("127.0.0.1", 0, time)
    yield port
    await port.close()


@pytest.fixture
def hall(port: Port) -> PeerConnection:
    return port.connect("hall", REMOTE, FINGERPRINTS)


async def test_a_taken_port_is_an_error(port: Port) -> None:
    with pytest.raises(OSError, match="in use"):
        await Port.open("127.0.0.1", port.number)


async def test_a_dual_stack_port_opens() -> None:
    port = await Port.open("::", 0)
    assert port.number
    await port.close()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty or too large"),
        (bytes(MAX_DATAGRAM_BYTES + 1), "empty or too large"),
        (b"\x00\x01" + bytes(30), "stun: no magic cookie"),
        (b"\x16\xfe\xfd" + bytes(30), "unknown address"),
        (b"\x80\x60" + bytes(30), "unknown address"),
        (bytes(stun.Message(stun.Method.BINDING, stun.Class.REQUEST)), "stun: unknown username"),
        (bytes(stun.Message(stun.Method.BINDING, stun.Class.RESPONSE)), "stun: not the answer to a check"),
    ],
)
async def test_a_strangers_datagram_is_counted_and_dropped(port: Port, data: bytes, reason: str) -> None:
    port.receive(data, HERE)
    assert port.dropped == {reason: 1}


async def test_an_oversized_datagram_is_counted_by_the_peer_of_its_address(
    port: Port, hall: PeerConnection
) -> None:
    """It explains a missing picture."""
    port.receive(check(hall.credentials), HERE)
    port.receive(bytes(MAX_DATAGRAM_BYTES + 1), HERE)
    assert hall.dropped == {"larger than 1500 bytes": 1}
    assert hall.too_large_at == 100.0
    assert port.dropped == {}


async def test_a_check_with_an_unknown_username_is_dropped_before_its_signature_is_verified(
    port: Port, hall: PeerConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Verifying costs more than all before it. A stranger who knows no ufrag causes none."""
    monkeypatch.setattr(StunMessage, "is_signed_with", lambda check, password: pytest.fail("was looked at"))
    port.receive(check(new_credentials()), HERE)
    port.receive(check(hall.credentials, "not the peer"), HERE)
    assert port.dropped == {"stun: unknown username": 1}
    assert hall.dropped == {"stun: unknown username": 1}


async def test_a_good_check_adds_its_address(port: Port, hall: PeerConnection) -> None:
    port.receive(check(hall.credentials), HERE)
    port.receive(b"\x80\x60\x00", HERE)
    assert hall.last_heard == 100.0
    assert hall.dropped == {"srtp: truncated": 1}
    assert port.dropped == {}


async def test_a_forged_check_does_not(port: Port, hall: PeerConnection) -> None:
    port.receive(check(hall.credentials, password="x" * 32), HERE)
    port.receive(b"\x80\x60\x00", HERE)
    assert hall.dropped == {"stun: wrong signature": 1}
    assert port.dropped == {"unknown address": 1}


async def test_a_peer_cannot_take_a_living_peers_address(port: Port, hall: PeerConnection) -> None:
    """Otherwise a peer that forges a source address could remove others."""
    other = port.connect("other", REMOTE, FINGERPRINTS)
    port.receive(check(hall.credentials), HERE)
    port.receive(check(other.credentials), HERE)
    port.receive(b"\x80\x60\x00", HERE)
    assert other.dropped == {"stun: address of another peer": 1}
    assert hall.dropped == {"srtp: truncated": 1}


async def test_a_forged_check_takes_nothing_from_a_silent_peer(
    port: Port, hall: PeerConnection, heard: list[bytes], time: Time
) -> None:
    """Another peer can sign checks of its own and forge their source, but does not see what is sent there."""
    other, reasons = port.connect("other", REMOTE, FINGERPRINTS), reasons_of(hall)
    port.receive(check(hall.credentials), HERE)
    peer_session = secured(hall, KEY)
    time.now += SILENT_ADDRESS_S * 1.1
    for _ in range(100):
        port.receive(check(other.credentials, has_use_candidate=True), HERE)
        port.receive(answer(check(REMOTE)), HERE)
        time.now += 0.1
    port.receive(peer_session.protect(rtp(1)), HERE)
    assert heard == [rtp(1)]
    assert hall.ice.selected == HERE
    assert reasons == []
    port.receive(check(hall.credentials), HERE)
    assert not hall.dropped["stun: address of another peer"]


async def test_the_address_of_a_silent_peer_is_taken_by_one_that_answers_there(
    port: Port, hall: PeerConnection, time: Time
) -> None:
    """A NAT has given it to another. The silent peer loses the address and no more, and can take it back."""
    reasons = reasons_of(hall)
    other = port.connect("other", OTHER, FINGERPRINTS)
    port.receive(check(hall.credentials), HERE)
    time.now += SILENT_ADDRESS_S * 1.1
    port.receive(check(other.credentials, OTHER.ufrag), HERE)
    show(port, other, HERE, OTHER)
    port.receive(b"\x80\x60\x00", HERE)
    assert other.dropped == {"srtp: truncated": 1}
    assert hall.ice.selected == NO_ADDRESS
    time.now += SILENT_ADDRESS_S * 1.1
    port.receive(check(hall.credentials), HERE)
    show(port, hall, HERE)
    assert reasons == []
    assert hall.ice.selected == HERE
    assert other.ice.selected == NO_ADDRESS
    assert port._connections[other] == set()


async def test_a_peer_that_is_heard_before_another_has_answered_keeps_its_address(
    port: Port, hall: PeerConnection, heard: list[bytes], time: Time
) -> None:
    """An eavesdropper could forge the answer as well."""
    other = port.connect("other", OTHER, FINGERPRINTS)
    port.receive(check(hall.credentials), HERE)
    peer_session = secured(hall, KEY)
    time.now += SILENT_ADDRESS_S * 1.1
    port.receive(check(other.credentials, OTHER.ufrag), HERE)
    port.receive(peer_session.protect(rtp(1)), HERE)
    show(port, other, HERE, OTHER)
    assert hall.dropped == {"stun: address of another peer": 1}
    assert port._by_address == {HERE: hall}


@pytest.mark.parametrize("ends", ["hall", "other"])
async def test_a_claim_ends_with_either_peer(port: Port, hall: PeerConnection, time: Time, ends: str) -> None:
    other = port.connect("other", OTHER, FINGERPRINTS)
    port.receive(check(hall.credentials), HERE)
    time.now += SILENT_ADDRESS_S * 1.1
    port.receive(check(other.credentials, OTHER.ufrag), HERE)
    assert port._claims == {HERE: other}
    (hall if ends == "hall" else other).end("over")
    assert port._claims == {}
    if ends == "hall":
        port.receive(check(other.credentials, OTHER.ufrag), HERE)
        assert port._by_address == {HERE: other}


async def test_an_address_that_a_peer_has_left_can_be_taken(port: Port, hall: PeerConnection) -> None:
    other = port.connect("other", OTHER, FINGERPRINTS)
    port.receive(check(hall.credentials), HERE)
    port.receive(check(hall.credentials, has_use_candidate=True), THERE)
    show(port, hall, THERE)
    port.receive(check(other.credentials, OTHER.ufrag), HERE)
    show(port, other, HERE, OTHER)
    port.receive(b"\x80\x60\x00", HERE)
    port.receive(b"\x80\x60\x00", THERE)
    assert other.dropped == {"srtp: truncated": 1}
    assert hall.dropped == {"srtp: truncated": 1}
    hall.end("over")
    assert set(port._by_address) == {HERE}, "it takes its own address along and no other"


async def test_addresses_beyond_the_limit_leave_the_table(port: Port, hall: PeerConnection) -> None:
    for number in range(1, 20):
        port.receive(check(hall.credentials), ("127.0.0.1", number))
    assert len(port._by_address) == len(hall.ice.addresses)
    assert all(port._by_address[address] is hall for address in hall.ice.addresses)
    assert port._connections[hall] == set(port._by_address)


async def test_an_ended_connection_leaves_the_tables_empty(port: Port, hall: PeerConnection) -> None:
    port.receive(check(hall.credentials), HERE)
    port.restart(hall, AGAIN)
    port.receive(check(hall.credentials, AGAIN.ufrag), THERE)
    hall.end("over")
    assert not port._by_ufrag
    assert not port._by_address
    assert not port._connections


async def test_a_restart_gives_new_credentials_and_keeps_the_old_until_they_nominate(
    port: Port, hall: PeerConnection
) -> None:
    old = hall.credentials
    port.receive(check(old), HERE)
    port.restart(hall, AGAIN)
    port.receive(check(old), HERE)
    port.receive(check(hall.credentials, AGAIN.ufrag, has_use_candidate=True), THERE)
    show(port, hall, THERE, AGAIN)
    assert hall.ice.selected == THERE
    assert not hall.dropped
    port.receive(check(old), HERE)
    assert hall.dropped == {"stun: unknown username": 1}


def broken(*_: object) -> None:
    raise AssertionError("a broken invariant")


def reasons_of(connection: PeerConnection) -> list[str]:
    """Why it has closed; empty as long as it has not."""
    reasons: list[str] = []
    connection.on_closed = reasons.append
    return reasons


@pytest.mark.parametrize("source", [HERE, THERE], ids=["its address", "a new address"])
async def test_a_bug_triggered_by_a_peers_media_ends_that_peer_only(
    port: Port, hall: PeerConnection, source: Address
) -> None:
    other = port.connect("other", REMOTE, FINGERPRINTS)
    port.receive(check(hall.credentials), HERE)
    port.receive(check(other.credentials), ("127.0.0.3", 9))
    peer_session = secured(hall, KEY)
    port.receive(peer_session.protect(rtp(1)), HERE)
    reasons, others = reasons_of(hall), reasons_of(other)
    hall.on_rtp = broken
    port.receive(peer_session.protect(rtp(2)), source)
    port.receive(b"\x80\x60\x00", ("127.0.0.3", 9))
    assert reasons == ["fault in the packet path"]
    assert others == []
    assert other.dropped == {"srtp: truncated": 1}
    assert set(port._by_address.values()) == {other}


@pytest.mark.parametrize("place", ["on_check", "_receive_media", "_receive_dtls", "drop_oversized"])
async def test_a_bug_triggered_before_authentication_ends_nobody_and_is_logged_once_a_second(
    port: Port, hall: PeerConnection, time: Time, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """The source address may be forged: otherwise a stranger who knows a bug could end any peer."""
    port.receive(check(hall.credentials), HERE)
    reasons = reasons_of(hall)
    monkeypatch.setattr(hall, place, broken)
    data = {
        "on_check": check(hall.credentials),
        "_receive_media": b"\x80\x60" + bytes(20),
        "_receive_dtls": b"\x16\xfe\xfd" + bytes(20),
        "drop_oversized": bytes(MAX_DATAGRAM_BYTES + 1),
    }[place]
    with structlog.testing.capture_logs() as lines:
        for _ in range(100):
            port.receive(data, HERE)
        time.now += FAULT_INTERVAL_S * 1.01
        port.receive(data, HERE)
    faults = [line for line in lines if line["log_level"] == "error"]
    assert [(line["event"], line["unlogged"]) for line in faults] == [
        ("fault in the packet path", 0),
        ("fault in the packet path", 99),
    ]
    assert port.dropped == {"fault in the packet path": 101}
    assert reasons == []


async def test_a_bug_triggered_by_a_check_from_another_peers_address_ends_neither(
    port: Port, hall: PeerConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = port.connect("other", REMOTE, FINGERPRINTS)
    port.receive(check(hall.credentials), HERE)
    reasons = [reasons_of(hall), reasons_of(other)]
    monkeypatch.setattr(other, "drop", broken)
    port.receive(check(other.credentials), HERE)
    assert port.dropped == {"fault in the packet path": 1}
    assert reasons == [[], []]


# Rooms that move


def show(port: Port, connection: PeerConnection, address: Address, remote: Credentials = REMOTE) -> None:
    """The peer answers the check that has just been sent to `address`."""
    port.receive(answer_at(connection.ice, address, remote), address)


def secured(connection: PeerConnection, key: bytes) -> Session:
    """Complete the handshake of a connection. Returns the peer's session for encryption."""
    ours = session(Policy.SSRC_ANY_INBOUND, key), session(Policy.SSRC_ANY_OUTBOUND, key)
    connection.start_media(*ours)
    return session(Policy.SSRC_ANY_OUTBOUND, key)


@pytest.fixture
def heard(hall: PeerConnection) -> list[bytes]:
    """The packets delivered from the hall."""
    packets: list[bytes] = []
    hall.on_rtp = hall.on_rtcp = lambda data, now: packets.append(data)
    return packets


async def test_media_from_a_new_address_is_delivered_and_moves_the_peer_when_the_old_one_is_silent(
    port: Port, hall: PeerConnection, heard: list[bytes], time: Time
) -> None:
    """A NAT rebinding loses no incoming packet, and 0.3 s of the outgoing ones."""
    port.receive(check(hall.credentials), HERE)
    peer_session = secured(hall, KEY)
    port.receive(peer_session.protect(rtp(1)), HERE)
    port.receive(peer_session.protect(rtp(2)), THERE)
    assert heard == [rtp(1), rtp(2)]
    assert hall.ice.selected == HERE
    time.now += MEDIA_MOVE_S * 1.1
    port.receive(peer_session.protect(rtp(3)), THERE)
    show(port, hall, THERE)
    assert hall.ice.selected == THERE
    assert not port.dropped


async def test_a_peer_that_only_receives_is_recognised_by_its_reports(
    port: Port, hall: PeerConnection, heard: list[bytes], time: Time
) -> None:
    """Browsers that send no media all report with one SSRC. Only the key tells their reports apart."""
    viewers = [port.connect(f"viewer {n}", REMOTE, FINGERPRINTS) for n in range(20)]
    for n, viewer in enumerate(viewers, 1):
        port.receive(check(viewer.credentials), ("127.0.0.3", n))
        port.receive(secured(viewer, OTHER_KEY).protect_rtcp(rtcp(1)), ("127.0.0.3", n))
    port.receive(check(hall.credentials), HERE)
    peer_session = secured(hall, KEY)
    port.receive(peer_session.protect_rtcp(rtcp(1)), HERE)
    time.now += 1.0
    port.receive(peer_session.protect_rtcp(rtcp(1)), THERE)
    show(port, hall, THERE)
    assert heard == [rtcp(1)] * 2
    assert hall.ice.selected == THERE
    assert not any(viewer.dropped for viewer in viewers)


@pytest.mark.parametrize("copied", ["a replay", "a forgery"])
async def test_a_strangers_packets_with_the_ssrc_of_a_peer_move_no_peer(
    port: Port, hall: PeerConnection, heard: list[bytes], time: Time, copied: str
) -> None:
    port.receive(check(hall.credentials), HERE)
    peer_session = secured(hall, KEY)
    genuine = peer_session.protect(rtp(1))
    port.receive(genuine, HERE)
    time.now += SILENT_ADDRESS_S * 2
    stranger = session(Policy.SSRC_ANY_OUTBOUND, OTHER_KEY)
    port.receive(genuine if copied == "a replay" else stranger.protect(rtp(2)), THERE)
    assert hall.ice.selected == HERE
    assert THERE not in hall.ice.addresses
    assert port.dropped == {"unknown address": 1}
    assert heard == [rtp(1)]
    assert hall.last_heard == 100.0


async def test_attempts_to_decrypt_are_limited_and_checks_are_not(
    port: Port, hall: PeerConnection, heard: list[bytes], time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    port.receive(check(hall.credentials), HERE)
    peer_session = secured(hall, KEY)
    port.receive(peer_session.protect(rtp(1)), HERE)
    tried: list[bytes] = []
    decrypt = hall.decrypt

    def count(data: bytes) -> bytes:
        tried.append(data)
        return decrypt(data)

    monkeypatch.setattr(hall, "decrypt", count)
    stranger = session(Policy.SSRC_ANY_OUTBOUND, OTHER_KEY)
    time.now += 0.5
    for seq in range(2, MAX_DECRYPT_ATTEMPTS_PER_S + 50):
        port.receive(stranger.protect(rtp(seq)), THERE)
    assert len(tried) == MAX_DECRYPT_ATTEMPTS_PER_S
    port.receive(check(hall.credentials, has_use_candidate=True), THERE)
    show(port, hall, THERE)
    assert hall.ice.selected == THERE
    time.now += 1.0
    port.receive(peer_session.protect(rtp(2)), ("127.0.0.4", 9))
    assert heard == [rtp(1), rtp(2)], "the next second has tries of its own"


async def test_attempts_to_decrypt_are_limited_for_an_ssrc_of_many_peers(
    port: Port, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    port._attempts = TokenBucket(5, time.now)
    tried: list[bytes] = []
    for n in range(1, 10):
        viewer = port.connect(f"viewer {n}", REMOTE, FINGERPRINTS)
        port.receive(check(viewer.credentials), ("127.0.0.3", n))
        port.receive(secured(viewer, KEY).protect_rtcp(rtcp(1)), ("127.0.0.3", n))
        monkeypatch.setattr(viewer, "decrypt", refusing(tried))
    for _ in range(3):
        port.receive(session(Policy.SSRC_ANY_OUTBOUND, OTHER_KEY).protect_rtcp(rtcp(1)), THERE)
    assert len(tried) == 5


def refusing(tried: list[bytes]) -> Callable[[bytes], bytes]:
    def decrypt(data: bytes) -> bytes:
        tried.append(data)
        raise Error("not mine")

    return decrypt


async def test_addresses_added_by_media_are_limited(port: Port, hall: PeerConnection, time: Time) -> None:
    port.receive(check(hall.credentials), HERE)
    peer_session = secured(hall, KEY)
    port.receive(peer_session.protect(rtp(1)), HERE)
    for number in range(1, 20):
        port.receive(peer_session.protect(rtp(1 + number)), ("127.0.0.5", number))
    assert len(hall.ice.addresses) == MAX_ADDRESSES
    assert set(port._by_address) == set(hall.ice.addresses)


async def test_an_unknown_ssrc_is_not_decrypted(
    port: Port, hall: PeerConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    port.receive(check(hall.credentials), HERE)
    peer_session = secured(hall, KEY)
    monkeypatch.setattr(hall, "decrypt", lambda data: pytest.fail("was tried"))
    port.receive(peer_session.protect(rtp(1)), THERE)
    assert port.dropped == {"unknown address": 1}


async def test_the_ssrcs_of_an_ended_connection_are_removed(port: Port, hall: PeerConnection) -> None:
    port.receive(check(hall.credentials), HERE)
    port.receive(secured(hall, KEY).protect(rtp(1)), HERE)
    assert port._by_ssrc
    hall.end("over")
    assert not port._by_ssrc


@pytest.mark.parametrize("host", ["127.0.0.1", "::"])
async def test_large_ipv4_packets_may_be_fragmented_on_their_path(host: str) -> None:
    """See tests/network/test_halls.py for what it does."""
    port = await Port.open(host, 0)
    assert port._sock.getsockopt(socket.IPPROTO_IP, IP_MTU_DISCOVER) == IP_PMTUDISC_DONT
    await port.close()
