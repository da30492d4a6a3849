"""The handshake, with aiortc's own DTLS transport as the peer."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator
from typing import Any, cast

import pytest
from aiortc import RTCCertificate, RTCDtlsFingerprint, RTCDtlsParameters, RTCDtlsTransport
from aiortc.rtcdtlstransport import State
from aiortc.rtcicetransport import RTCIceTransport
from pylibsrtp import Policy

from bridge.net import dtls
from bridge.net.dtls import MAX_QUEUED_RECORDS, DtlsServer, HandshakeError

HELLO_DONE = bytes.fromhex("16fefd0000000000000000000c0e0000000000000000000000")
"""A handshake record out of order."""
RTP = bytes.fromhex("806000010000000100000001") + b"payload"
RTCP = bytes.fromhex("80c90001") + bytes(4)


class Peer:
    """A DTLS client, wired to a server in memory."""

    role = "controlling"

    def __init__(self, *, fingerprint: str | None = None) -> None:
        self.goodbyes = 0
        self.sizes: list[int] = []
        """Bytes of the server's datagrams."""
        self._inbox: asyncio.Queue[bytes] = asyncio.Queue(64)
        certificate = RTCCertificate.generateCertificate()
        own = next(f.value for f in certificate.getFingerprints() if f.algorithm == "sha-256")
        self.server = DtlsServer([("sha-256", fingerprint or own)], self._receive, self._goodbye)
        self.transport = RTCDtlsTransport(cast(RTCIceTransport, self), [certificate])
        self.transport._set_role("client")
        self.done: asyncio.Task[None] | None = None

    def start(self) -> None:
        parameters = RTCDtlsParameters([RTCDtlsFingerprint("sha-256", self.server.fingerprint)])
        self.done = asyncio.create_task(self.transport.start(parameters))

    async def stop(self) -> None:
        if self.done:
            self.done.cancel()
            await asyncio.wait([self.done])
        await self.transport.stop()
        await self.server.stop()

    def _receive(self, data: bytes) -> None:
        self.sizes.append(len(data))
        self._inbox.put_nowait(data)

    def _goodbye(self) -> None:
        self.goodbyes += 1

    async def _recv(self) -> bytes:
        return await self._inbox.get()

    async def _send(self, data: bytes) -> None:
        self.server.receive(data)


@pytest.fixture
async def peer() -> AsyncIterator[Peer]:
    peer = Peer()
    yield peer
    await peer.stop()


async def test_the_handshake_gives_srtp_sessions_that_the_peer_understands(peer: Peer) -> None:
    peer.start()
    incoming, outgoing = await peer.server.handshake()
    assert peer.done is not None
    await peer.done
    assert peer.transport._rx_srtp.unprotect(outgoing.protect(RTP)) == RTP
    assert incoming.unprotect_rtcp(peer.transport._tx_srtp.protect_rtcp(RTCP)) == RTCP


async def test_the_servers_flights_fit_the_smallest_path(peer: Peer) -> None:
    """1280 bytes, of which IPv6 and UDP take 48. The client's certificate is its own matter."""
    peer.start()
    await peer.server.handshake()
    assert 500 < max(peer.sizes) <= 1280 - 48


async def test_a_packet_can_be_encrypted_again_for_a_retransmission(peer: Peer) -> None:
    peer.start()
    _, outgoing = await peer.server.handshake()
    assert outgoing.protect(RTP) == outgoing.protect(RTP)


async def test_another_certificate_than_the_offers_is_refused() -> None:
    peer = Peer(fingerprint=":".join(["AB"] * 32))
    peer.start()
    with pytest.raises(HandshakeError, match="not the one in the offer"):
        await peer.server.handshake()
    await peer.stop()


async def test_records_out_of_order_fail_the_handshake_with_a_reason(peer: Peer) -> None:
    for _ in range(3):
        peer.server.receive(HELLO_DONE)
    with pytest.raises(HandshakeError, match="failed"):
        await peer.server.handshake()


async def test_a_handshake_without_a_record_times_out(peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dtls, "HANDSHAKE_TIMEOUT_S", 0.01)
    with pytest.raises(HandshakeError, match="no DTLS handshake"):
        await peer.server.handshake()


async def test_a_running_handshake_can_be_cancelled(peer: Peer) -> None:
    waiting = asyncio.create_task(peer.server.handshake())
    await asyncio.sleep(0)
    peer.server.cancel()
    with pytest.raises(HandshakeError):
        await waiting


async def test_the_peers_close_notify_is_reported(peer: Peer) -> None:
    peer.start()
    await peer.server.handshake()
    assert peer.done is not None
    await peer.done
    heard = asyncio.Event()
    peer.server._on_closed = heard.set
    await peer.transport.stop()
    await asyncio.wait_for(heard.wait(), 60)


async def test_close_notify_is_sent(peer: Peer) -> None:
    peer.start()
    await peer.server.handshake()
    assert peer.done is not None
    await peer.done
    heard = asyncio.Event()
    peer.transport.on("statechange", heard.set)
    await peer.server.stop()
    await asyncio.wait_for(heard.wait(), 60)
    assert peer.transport.state == "closed"
    assert peer.goodbyes == 0


async def test_openssl_is_not_set_up_for_a_peer_that_sends_nothing(
    peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def start(theirs: RTCDtlsParameters) -> None:
        pytest.fail("was set up")

    monkeypatch.setattr(peer.server._transport, "start", start)
    handshake = asyncio.create_task(peer.server.handshake())
    await asyncio.sleep(0)
    peer.server.cancel()
    with pytest.raises(HandshakeError, match="cancelled"):
        await handshake


async def test_the_queue_of_records_is_limited(peer: Peer) -> None:
    assert all(peer.server.receive(HELLO_DONE) for _ in range(MAX_QUEUED_RECORDS))
    assert not peer.server.receive(HELLO_DONE)


async def test_aiortc_has_the_names_in_use(peer: Peer) -> None:
    """A contract: a new aiortc that changes these names must fail here first."""
    transport: Any = peer.transport
    assert {"new", "connected", "closed", "failed"} <= {str(s)[6:].lower() for s in State}
    assert transport.state == "new"
    assert transport._rx_srtp is None
    assert transport._tx_srtp is None
    assert list(inspect.signature(RTCDtlsTransport._set_role).parameters) == ["self", "role"]
    assert list(inspect.signature(RTCDtlsTransport.start).parameters) == ["self", "remoteParameters"]
    source = inspect.getsource(RTCDtlsTransport)
    used = {name for name in ("_recv", "_send", "role") if f"transport.{name}" in source}
    assert used == {"_recv", "_send", "role"}, "what our stand-in for RTCIceTransport has to offer"
    assert source.count("allow_repeat_tx = True") == 2
    assert Policy().window_size is not None
