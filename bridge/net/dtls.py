"""DTLS-SRTP (RFC 5764) for one peer, by aiortc: a handshake, then two SRTP sessions.

aiortc's DTLS transport reads from an ICE transport. Here it reads from a substitute that passes on DTLS records alone.
RTP never goes through aiortc, whose receive loop closes a connection for good on a malformed header extension. The
bridge is always the server.

A contract test checks the private names of aiortc that this module uses.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import cast

from aiortc import RTCCertificate, RTCDtlsFingerprint, RTCDtlsParameters, RTCDtlsTransport
from aiortc.rtcicetransport import RTCIceTransport
from pylibsrtp import Session

HANDSHAKE_TIMEOUT_S = 30.0
"""Seconds from the answer to the peer's last handshake message. Browsers give ICE about as long."""
MAX_QUEUED_RECORDS = 64
"""Datagrams of DTLS records that wait to be read. A handshake has about ten. Further ones are dropped, and the peer
retransmits them."""


class HandshakeError(Exception):
    """The handshake has failed. The text says why."""


class _RecordTransport:
    """The substitute for the `RTCIceTransport` of an `RTCDtlsTransport`."""

    role = "controlled"

    def __init__(self, send: Callable[[bytes], None]) -> None:
        self.queue: asyncio.Queue[bytes] = asyncio.Queue(MAX_QUEUED_RECORDS)
        self.started = asyncio.Event()
        """Set when the first record has come, or when the handshake is cancelled."""
        self.is_cancelled = False
        self._transmit = send

    def cancel(self) -> None:
        """Make the reader fail, as a closed ICE transport does."""
        self.is_cancelled = True
        self.started.set()
        if self.queue.empty():
            self.queue.put_nowait(b"")

    async def _recv(self) -> bytes:
        record = await self.queue.get()
        if self.is_cancelled:
            raise ConnectionError("cancelled")
        return record

    async def _send(self, data: bytes) -> None:
        self._transmit(data)


class DtlsServer:
    """One DTLS association. `on_closed` is called when the peer sends close_notify."""

    def __init__(
        self,
        fingerprints: Sequence[tuple[str, str]],
        send: Callable[[bytes], None],
        on_closed: Callable[[], None],
    ) -> None:
        """`fingerprints` are the offer's, as (algorithm, value). `send` neither raises nor blocks."""
        # A new certificate for each association (0.4 ms): after a restart of the server, a peer that restarts ICE
        # sees a new fingerprint and so knows that it needs a new handshake.
        certificate = RTCCertificate.generateCertificate()
        self.fingerprint = next(f.value for f in certificate.getFingerprints() if f.algorithm == "sha-256")
        """Of the bridge's certificate, SHA-256."""
        self._remote = RTCDtlsParameters([RTCDtlsFingerprint(*f) for f in fingerprints])
        self._records = _RecordTransport(send)
        self._transport = RTCDtlsTransport(cast(RTCIceTransport, self._records), [certificate])
        self._transport._set_role("server")
        self._on_closed = on_closed
        self._transport.on("statechange", self._on_state_change)

    def receive(self, records: bytes) -> bool:
        """Queue a datagram of DTLS records. False: the queue is full, and it is dropped."""
        try:
            self._records.queue.put_nowait(records)
        except asyncio.QueueFull:
            return False
        self._records.started.set()
        return True

    async def handshake(self) -> tuple[Session, Session]:
        """Returns the SRTP sessions for incoming and for outgoing packets.

        Raises:
            HandshakeError: it failed, was cancelled, or took longer than `HANDSHAKE_TIMEOUT_S`.
        """
        try:
            async with asyncio.timeout(HANDSHAKE_TIMEOUT_S):
                # OpenSSL's state costs 0.4 ms and about 100 kB: not for an offer without any DTLS record.
                await self._records.started.wait()
                if self._records.is_cancelled:
                    raise HandshakeError("cancelled before a DTLS handshake")
                await self._transport.start(self._remote)
        except TimeoutError as error:
            raise HandshakeError(f"no DTLS handshake within {HANDSHAKE_TIMEOUT_S:.0f} s") from error
        if self._transport.state != "connected":
            raise HandshakeError("DTLS handshake failed, or its certificate is not the one in the offer")
        return self._transport._rx_srtp, self._transport._tx_srtp

    def cancel(self) -> None:
        """Cancel a running handshake: `handshake` raises."""
        self._records.cancel()

    async def stop(self) -> None:
        """Send close_notify, if there is an association."""
        self._transport.remove_all_listeners()
        await self._transport.stop()

    def _on_state_change(self) -> None:
        if self._transport.state == "closed":
            self._on_closed()
