"""The connection of one peer: what it delivers, what it sends, and what it drops and counts."""

from __future__ import annotations

import struct

import pytest
from pylibsrtp import Error, Policy, Session

from bridge.faults import FaultLogger
from bridge.net import stun
from bridge.net.connection import MAX_DTLS_DATAGRAMS_PER_S, MAX_EARLY_PACKETS, MAX_SSRCS, PeerConnection
from bridge.net.srtp import MAX_PACKET_BYTES
from tests.unit.bridge.fakesender import FakeSender
from tests.unit.bridge.stun import REMOTE, check

HERE = ("127.0.0.1", 1000)
KEY, OTHER_KEY = bytes(range(44)), bytes(range(1, 45))


def session(direction: int, key: bytes = KEY) -> Session:
    policy = Policy(key=key, ssrc_type=direction, srtp_profile=Policy.SRTP_PROFILE_AEAD_AES_256_GCM)
    policy.allow_repeat_tx = True
    return Session(policy)


def rtp(seq: int = 1, ssrc: int = 7) -> bytes:
    return struct.pack("!BBHLL", 0x80, 96, seq, 0, ssrc) + b"payload"


def rtcp(ssrc: int = 7) -> bytes:
    return struct.pack("!BBHL", 0x80, 201, 1, ssrc)


class Far:
    """The peer's end: it encrypts what it sends, and keeps what is sent to it."""

    def __init__(self) -> None:
        self.sender = FakeSender()
        self.gone: list[PeerConnection] = []
        self.heard: list[tuple[bytes, float]] = []
        self.streams: list[bytes] = []
        self.connection = PeerConnection(
            "hall",
            REMOTE,
            [("sha-256", "AB")],
            sender=self.sender.sender,
            fault_logger=FaultLogger(lambda: 0.0),
            on_end=self.gone.append,
            on_new_ssrc=lambda ssrc, _: self.streams.append(ssrc),
        )
        self.connection.on_rtp = self.connection.on_rtcp = lambda data, now: self.heard.append((data, now))
        self._session = session(Policy.SSRC_ANY_OUTBOUND)
        self._opener = session(Policy.SSRC_ANY_INBOUND, OTHER_KEY)

    def connect(self) -> None:
        self.connection.on_check(stun.parse(check(self.connection.credentials)), HERE, 0.0)
        self.sender.sent.clear()
        self.connection.start_media(
            session(Policy.SSRC_ANY_INBOUND), session(Policy.SSRC_ANY_OUTBOUND, OTHER_KEY)
        )

    def send(self, plain: bytes, now: float = 1.0) -> None:
        is_rtcp = 191 < plain[1] < 224
        coder = self._session.protect_rtcp if is_rtcp else self._session.protect
        self.connection.receive(coder(plain), HERE, now)

    def received(self) -> list[bytes]:
        return [self._opener.unprotect(data) for data, _ in self.sender.sent]


@pytest.fixture
def far() -> Far:
    return Far()


def test_rtp_and_rtcp_are_delivered_decrypted_with_their_arrival(far: Far) -> None:
    far.connect()
    far.send(rtp(), now=3.0)
    far.send(rtcp(), now=4.0)
    assert far.heard == [(rtp(), 3.0), (rtcp(), 4.0)]
    assert far.connection.last_heard == 4.0


def test_packets_are_sent_encrypted_to_the_selected_address(far: Far) -> None:
    far.connect()
    far.connection.send_rtp(rtp())
    far.sender.flush()
    assert far.sender.sent[0][1] == HERE
    assert b"payload" not in far.sender.sent[0][0]
    assert far.received() == [rtp()]


def test_packets_that_come_before_the_end_of_the_handshake_are_kept(far: Far) -> None:
    for seq in range(MAX_EARLY_PACKETS + 1):
        far.send(rtp(seq))
    assert far.heard == []
    far.connect()
    assert [data for data, _ in far.heard] == [rtp(seq) for seq in range(MAX_EARLY_PACKETS)]
    assert far.connection.dropped == {"srtp: before the handshake": 1}


def test_packets_are_sent_together_at_the_flush(far: Far) -> None:
    far.connect()
    for seq in range(3):
        far.connection.send_rtp(rtp(seq))
    assert far.sender.sent == []
    assert len(far.sender.scheduled) == 1
    far.sender.flush()
    assert far.received() == [rtp(seq) for seq in range(3)]


def test_packets_waiting_at_its_end_are_not_sent(far: Far) -> None:
    far.connect()
    far.connection.send_rtp(rtp())
    far.connection.end("over")
    far.sender.flush()
    assert far.sender.sent == []
    assert not far.connection.dropped


def test_packets_before_the_handshake_are_dropped_and_counted(far: Far) -> None:
    far.connection.send_rtp(rtp())
    far.sender.flush()
    far.connection.send_rtcp(rtcp())
    assert far.connection.dropped == {"not encrypted: no session": 2}


def test_a_forged_packet_is_dropped_and_does_not_count_as_heard(far: Far) -> None:
    far.connect()
    forged = bytearray(session(Policy.SSRC_ANY_OUTBOUND).protect(rtp()))
    forged[-1] ^= 1
    far.connection.receive(bytes(forged), HERE, 9.0)
    assert far.heard == []
    assert far.connection.last_heard == 0.0
    assert far.connection.dropped == {"srtp: authentication failure": 1}


def test_a_replayed_packet_is_dropped(far: Far) -> None:
    far.connect()
    data = far._session.protect(rtp())
    far.connection.receive(data, HERE, 1.0)
    far.connection.receive(data, HERE, 1.0)
    assert len(far.heard) == 1
    assert far.connection.dropped == {"srtp: replay check failed (bad index)": 1}


def test_the_ssrcs_of_a_peer_are_limited(far: Far) -> None:
    far.connect()
    for ssrc in range(MAX_SSRCS + 3):
        far.send(rtp(ssrc=ssrc))
    assert len(far.heard) == MAX_SSRCS
    assert far.connection.dropped == {"srtp: too many streams": 3}


def test_dtls_records_are_limited_per_second(far: Far, monkeypatch: pytest.MonkeyPatch) -> None:
    """They reach OpenSSL before anything has been authenticated."""
    given: list[bytes] = []

    def receive(record: bytes) -> bool:
        given.append(record)
        return True

    monkeypatch.setattr(far.connection._dtls, "receive", receive)
    for _ in range(MAX_DTLS_DATAGRAMS_PER_S + 3):
        far.connection.receive(b"\x17\xfe\xfd" + bytes(20), HERE, 5.0)
    assert len(given) == MAX_DTLS_DATAGRAMS_PER_S
    assert far.connection.dropped == {"dtls: too many records a second": 3}
    far.connection.receive(b"\x15\xfe\xfd" + bytes(20), HERE, 6.0)
    assert len(given) == MAX_DTLS_DATAGRAMS_PER_S + 1, "the next second has records of its own"


def test_each_authenticated_ssrc_is_reported_once(far: Far) -> None:
    far.connect()
    for seq in (1, 2):
        far.send(rtp(seq, ssrc=7))
    far.send(rtcp(ssrc=8))
    far.connection.receive(session(Policy.SSRC_ANY_OUTBOUND, OTHER_KEY).protect(rtp(1, ssrc=9)), HERE, 1.0)
    assert far.streams == [bytes([0, 0, 0, 7]), bytes([0, 0, 0, 8])]


def test_decrypting_another_peers_packet_changes_nothing(far: Far) -> None:
    far.connect()
    stranger = session(Policy.SSRC_ANY_OUTBOUND, OTHER_KEY)
    for forged in (stranger.protect(rtp()), stranger.protect_rtcp(rtcp())):
        with pytest.raises(Error):
            far.connection.decrypt(forged)
    far.send(rtp())
    assert far.heard == [(rtp(), 1.0)]
    assert not far.connection.dropped


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\x80\x60\x00", "srtp: truncated"),
        (b"\x05 something", "neither STUN, DTLS nor RTP"),
        (b"\xff something", "neither STUN, DTLS nor RTP"),
    ],
)
def test_other_datagrams_are_counted_by_their_reason(far: Far, data: bytes, reason: str) -> None:
    far.connect()
    far.connection.receive(data, HERE, 1.0)
    assert far.connection.dropped == {reason: 1}


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (BlockingIOError(), "not sent: the socket's buffer is full"),
        (OSError(101, "Network is unreachable"), "not sent: Network is unreachable"),
    ],
)
def test_packets_that_the_socket_refuses_are_counted(far: Far, fault: OSError, reason: str) -> None:
    far.connect()
    far.sender.fault = fault
    far.connection.send_rtp(rtp())
    far.sender.flush()
    far.connection.send_rtcp(rtcp())
    assert far.connection.dropped == {reason: 2}


def test_a_packet_too_large_to_encrypt_is_dropped_and_counted(far: Far) -> None:
    far.connect()
    far.connection.send_rtp(rtp() + bytes(MAX_PACKET_BYTES))
    far.sender.flush()
    assert far.connection.dropped == {"not encrypted: packet is too long": 1}


def test_its_end_is_reported_once_and_nothing_flows_after_it(far: Far) -> None:
    reasons: list[str] = []
    far.connect()
    far.connection.on_closed = reasons.append
    far.connection.end("silent")
    far.connection.end("again")
    far.send(rtp())
    far.connection.send_rtp(rtp())
    far.sender.flush()
    assert reasons == ["silent"]
    assert far.gone == [far.connection]
    assert far.heard == []
    assert far.sender.sent == []


async def test_close_does_not_report_itself(far: Far) -> None:
    reasons: list[str] = []
    far.connection.on_closed = reasons.append
    far.connection.start()
    await far.connection.close()
    assert reasons == []
    assert far.connection.task is not None
    assert far.connection.task.done()


def test_a_bug_in_sending_ends_that_connection_and_the_others_send(
    far: Far, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise AssertionError("a broken invariant")

    far.connect()
    monkeypatch.setattr(far.connection, "_send_outgoing", broken)
    flushed: list[int] = []
    far.connection.send_rtp(rtp())
    far.sender.schedule(lambda: flushed.append(1))
    far.sender.flush()
    assert far.gone == [far.connection]
    assert flushed == [1]


def test_a_fault_in_what_it_is_sent_ends_it(far: Far) -> None:
    far.connect()
    reasons: list[str] = []
    far.connection.on_closed = reasons.append
    far.connection.fail()
    assert reasons == ["fault in what it is sent"]
