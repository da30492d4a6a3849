"""DTLS (RFC 5764) by aiortc, for one peer: handshake in, two SRTP sessions out.

aiortc's transport reads its records from an object of ours that stands for its ICE transport. That object is
given DTLS records and nothing else; RTP never goes through aiortc, whose receiving loop ends a connection for
good on a malformed header extension. We are always the server: the peer that was answered speaks first.

The private names of aiortc that this file leans on are held by a contract test.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import cast

from aiortc import RTCCertificate, RTCDtlsFingerprint, RTCDtlsParameters, RTCDtlsTransport
from aiortc.rtcicetransport import RTCIceTransport
from pylibsrtp import Session

HANDSHAKE = 30.0
"""Seconds from the answer to the peer's last handshake message; a browser gives its own ICE about as long."""
BACKLOG = 64
"""DTLS records waiting to be read. A handshake has about ten; what comes beyond is dropped and sent again by
the peer."""


class HandshakeError(Exception):
    """There is no association with this peer. The text says why."""


class _Records:
    """Stands for an `RTCIceTransport` under an `RTCDtlsTransport`."""

    role = "controlled"

    def __init__(self, send: Callable[[bytes], None]) -> None:
        self.waiting: asyncio.Queue[bytes] = asyncio.Queue(BACKLOG)
        self.begun = asyncio.Event()
        """Set when the first record has come, or none is waited for any more."""
        self._transmit = send
        self.abandoned = False

    def abandon(self) -> None:
        """Let the reader fail, as an ICE transport that is closed does."""
        self.abandoned = True
        self.begun.set()
        if self.waiting.empty():
            self.waiting.put_nowait(b"")

    async def _recv(self) -> bytes:
        record = await self.waiting.get()
        if self.abandoned:
            raise ConnectionError("abandoned")
        return record

    async def _send(self, data: bytes) -> None:
        self._transmit(data)


class DtlsServer:
    """One association. `on_closed` is called when the peer says goodbye."""

    def __init__(
        self,
        fingerprints: Sequence[tuple[str, str]],
        send: Callable[[bytes], None],
        on_closed: Callable[[], None],
    ) -> None:
        """`fingerprints` are the offer's, as (algorithm, value); `send` neither raises nor blocks."""
        # A certificate for each association (0.4 ms): a peer that comes back with ICE restarted to a server
        # that no longer knows it sees a new fingerprint, and by that that it has to shake hands again.
        certificate = RTCCertificate.generateCertificate()
        self.fingerprint = next(f.value for f in certificate.getFingerprints() if f.algorithm == "sha-256")
        """Ours, by SHA-256."""
        self._theirs = RTCDtlsParameters([RTCDtlsFingerprint(*f) for f in fingerprints])
        self._records = _Records(send)
        self._transport = RTCDtlsTransport(cast(RTCIceTransport, self._records), [certificate])
        self._transport._set_role("server")
        self._on_closed = on_closed
        self._transport.on("statechange", self._state_changed)

    def receive(self, record: bytes) -> bool:
        """Hand in a datagram of DTLS records; False if too many wait and it was dropped."""
        try:
            self._records.waiting.put_nowait(record)
        except asyncio.QueueFull:
            return False
        self._records.begun.set()
        return True

    async def shake_hands(self) -> tuple[Session, Session]:
        """Returns the SRTP sessions, for what comes in and for what goes out.

        Raises:
            HandshakeError: it failed, or took longer than `HANDSHAKE`.
        """
        try:
            async with asyncio.timeout(HANDSHAKE):
                # OpenSSL's state costs 0.4 ms and some 100 kB: nothing for an offer that nobody follows up.
                await self._records.begun.wait()
                if self._records.abandoned:
                    raise HandshakeError("abandoned before a DTLS handshake")
                await self._transport.start(self._theirs)
        except TimeoutError as error:
            raise HandshakeError(f"no DTLS handshake within {HANDSHAKE:.0f} s") from error
        if self._transport.state != "connected":
            raise HandshakeError("DTLS handshake failed, or its certificate is not the one in the offer")
        return self._transport._rx_srtp, self._transport._tx_srtp

    def abandon(self) -> None:
        """Give up a handshake that is under way: `shake_hands` raises."""
        self._records.abandon()

    async def stop(self) -> None:
        """Say goodbye (close_notify), if there is anybody to say it to."""
        self._transport.remove_all_listeners()
        await self._transport.stop()

    def _state_changed(self) -> None:
        if self._transport.state == "closed":
            self._on_closed()
