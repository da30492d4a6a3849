"""One peer on the port: its ICE, its DTLS, its SRTP sessions, from the answer to goodbye.

The media path is synchronous both ways. `on_rtp` and `on_rtcp` are called with the plain packet within the
call that read the datagram; what `send_rtp` is given goes to the socket when the port has read what there was, see
`bridge.net.gso`.
Only the DTLS records of handshake and goodbye go through a queue, to the one task a connection owns.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence

import pylibsrtp
import structlog

from bridge.net.dtls import DtlsServer, HandshakeError
from bridge.net.gso import GsoSender
from bridge.net.ice import NOWHERE, Address, Check, IceLite
from bridge.net.srtp import protector
from bridge.sdp.answer import Credentials

log = structlog.get_logger(__name__)

EARLY = 64
"""SRTP packets kept while the handshake's last flight is still being read: the first keyframe comes on its
heels. What comes beyond is dropped."""
SHORTEST = 12
"""Bytes: no SRTP or SRTCP packet is smaller."""
MAX_RECORDS_PER_S = 64
"""DTLS datagrams a second that OpenSSL is given. A handshake has about ten, and after it only goodbye comes. They are
not authenticated before OpenSSL, and wake a task: without a bound a forged peer's address gives the loop that work for
each datagram. The peer sends again what comes beyond."""
MAX_SSRCS = 64
"""Streams a peer may send, RTCP senders included. libsrtp keeps a state for each and never forgets one."""

Coder = Callable[[bytes], bytes]
Receiver = Callable[[bytes, float], None]
"""Takes a plain packet and the monotonic seconds at which it came."""


def _is_rtcp(data: bytes) -> bool:
    return 191 < data[1] < 224  # RFC 5761 section 4


def ssrc_of(data: bytes) -> bytes:
    """Whose stream a packet is of, encrypted or not: its head is in the clear (RFC 3711 sections 3.1 and 3.4)."""
    return data[4:8] if _is_rtcp(data) else data[8:12]


def ignore(_data: bytes, _now: float) -> None:
    """For a peer that sends what nobody asked for."""


def _no_session(_data: bytes) -> bytes:
    """Stands for SRTP before the handshake and after the end."""
    raise pylibsrtp.Error("no session")


class Connection:
    """One peer. Made by `Port.connect`; set the callbacks, then `start` it."""

    def __init__(
        self,
        peer: str,
        ufrag: str,
        fingerprints: Sequence[tuple[str, str]],
        *,
        outlet: GsoSender,
        on_gone: Callable[[Connection], None],
        on_stream: Callable[[bytes, Connection], None] | None = None,
    ) -> None:
        """`ufrag` and `fingerprints` are the offer's, `outlet` is the port's.

        `on_gone` is called once, at its end and before `on_closed`: the port lets go of it. `on_stream` is called
        with each SSRC that is first heard from the peer.
        """
        self.peer = peer
        self.ice = IceLite(ufrag)
        self.on_rtp: Receiver = ignore
        self.on_rtcp: Receiver = ignore
        self.on_connected: Callable[[], None] | None = None
        """Called once the handshake is done."""
        self.on_closed: Callable[[str], None] | None = None
        """Called once with the reason when it ends by itself, not after `close`."""
        self.connected = asyncio.Event()
        """Set when the handshake is done and media can flow."""
        self.last_heard = float("-inf")
        """Monotonic seconds of the last datagram that was certainly the peer's: a signed check, or SRTP."""
        self.too_large_at = float("-inf")
        """Monotonic seconds of the last datagram from its address that was too large. Nobody knows whether it was the
        peer's: it cannot be decrypted."""
        self.dropped: Counter[str] = Counter()
        """Datagrams not used or not sent, by reason."""
        self._outlet = outlet
        self._sendto = outlet.sendto
        self._leaving: list[bytes] = []
        """Plain packets that go at the end of this moment: no more than one moment brings, see `GsoSender`."""
        self._on_stream = on_stream
        self._on_gone = on_gone
        self._dtls = DtlsServer(
            fingerprints, self._send_record, lambda: self.end("the peer has said goodbye")
        )
        self._unprotect: Coder = _no_session
        self._unprotect_rtcp: Coder = _no_session
        self._protect: Coder = _no_session
        self._protect_rtcp: Coder = _no_session
        self._records, self._records_until = 0, float("-inf")
        """DTLS datagrams of the second that ends then, in monotonic seconds."""
        self._early: list[tuple[bytes, Address, float]] = []
        self.ssrcs: set[bytes] = set()
        """Of the streams heard from the peer."""
        self._end = asyncio.Event()
        self.task: asyncio.Task[None] | None = None
        """Handshake and goodbye; the port sees to it that it is waited for."""

    # Life ---------------------------------------------------------------------------------------------------

    @property
    def fingerprint(self) -> str:
        """Ours, by SHA-256, for the answer."""
        return self._dtls.fingerprint

    @property
    def credentials(self) -> Credentials:
        """ICE ufrag and password for the answer."""
        return self.ice.credentials

    def start(self) -> None:
        """Await the peer's handshake, in a task of this connection's own that `close` ends."""
        self.task = asyncio.create_task(self._live(), name=f"connection of {self.peer}")

    async def _live(self) -> None:
        try:
            self.secure(*await self._dtls.shake_hands())
            await self._end.wait()
        except HandshakeError as error:
            self.end(str(error))
        except Exception:
            # OpenSSL and aiortc work on a stranger's bytes here. Whatever they make of them, the others live on.
            log.exception("fault in the handshake", peer=self.peer)
            self.end("fault in the handshake")
        finally:
            await self._dtls.stop()

    def secure(self, incoming: pylibsrtp.Session, outgoing: pylibsrtp.Session) -> None:
        """The handshake is done: media can flow, by these SRTP sessions."""
        self._unprotect, self._unprotect_rtcp = incoming.unprotect, incoming.unprotect_rtcp
        self._protect, self._protect_rtcp = protector(outgoing), outgoing.protect_rtcp
        self.connected.set()
        if self.on_connected:
            self.on_connected()
        early, self._early = self._early, []
        for data, address, now in early:
            self._receive_media(data, address, now)

    def end(self, reason: str) -> None:
        """It is over. Nothing is taken in or sent from here on; `on_closed` hears of it, once."""
        if self._end.is_set():
            return
        self._unprotect = self._unprotect_rtcp = self._protect = self._protect_rtcp = _no_session
        self._leaving.clear()
        self._end.set()
        if not self.connected.is_set():
            self._dtls.abandon()
        self._on_gone(self)
        if self.on_closed:
            self.on_closed(reason)

    def abandon(self) -> None:
        """Say goodbye. `on_closed` is not called."""
        self.on_closed = None
        self.end("abandoned")

    async def close(self) -> None:
        """Say goodbye, and wait until that is said. `on_closed` is not called."""
        self.abandon()
        if self.task:
            await asyncio.wait([self.task])

    # In -----------------------------------------------------------------------------------------------------

    def checked(self, check: Check, address: Address, now: float) -> None:
        """A STUN check that names us: answer it if it is the peer's.

        Raises:
            BadCheck: it is not.
        """
        answer = self.ice.accept(check, address, now)
        self.last_heard = now
        self._transmit(answer, address)

    def receive(self, data: bytes, address: Address, now: float) -> None:
        """One datagram from an address of the peer: not empty, at most 1500 bytes."""
        first = data[0]
        if 127 < first < 192:
            self._receive_media(data, address, now)
        elif 19 < first < 64:
            self._receive_record(data, now)
        else:
            self.drop("neither STUN, DTLS nor RTP")

    def refuse_large(self, now: float) -> None:
        """A datagram that is too large to be read whole has come from an address of the peer."""
        self.too_large_at = now
        self.drop("larger than 1500 bytes")

    def _receive_record(self, data: bytes, now: float) -> None:
        if now >= self._records_until:
            self._records, self._records_until = 0, now + 1.0
        self._records += 1
        if self._records > MAX_RECORDS_PER_S:
            self.drop("dtls: too many records a second")
        elif not self._dtls.receive(data):
            self.drop("dtls: too many records waiting")

    def _receive_media(self, data: bytes, address: Address, now: float) -> None:
        if len(data) < SHORTEST:
            self.drop("srtp: truncated")
            return
        if ssrc_of(data) not in self.ssrcs and len(self.ssrcs) >= MAX_SSRCS:
            self.drop("srtp: too many streams")
            return
        try:
            plain = self.decrypt(data)
        except pylibsrtp.Error as error:
            if self.connected.is_set():
                self.drop(f"srtp: {error}")
            elif len(self._early) < EARLY:
                self._early.append((data, address, now))
            else:
                self.drop("srtp: before the handshake")
            return
        self.take_in(plain, address, now)

    def decrypt(self, data: bytes) -> bytes:
        """The plain packet of SRTP or SRTCP of at least `SHORTEST` bytes; once, since SRTP lets none in twice.

        Raises:
            pylibsrtp.Error: it is not this peer's, or was here before. Nothing has changed.
        """
        return self._unprotect_rtcp(data) if _is_rtcp(data) else self._unprotect(data)

    def take_in(self, plain: bytes, address: Address, now: float) -> None:
        """A decrypted packet has come from `address`."""
        if (ssrc := ssrc_of(plain)) not in self.ssrcs:
            self.ssrcs.add(ssrc)
            if self._on_stream:
                self._on_stream(ssrc, self)
        self.last_heard = now
        self.ice.heard(address, now)
        if _is_rtcp(plain):
            self.on_rtcp(plain, now)
        else:
            self.on_rtp(plain, now)

    # Out ----------------------------------------------------------------------------------------------------

    def send_rtp(self, data: bytes) -> None:
        """Send one plain RTP packet, with the others of this moment. Never raises: what cannot go is counted."""
        if not self._leaving:
            self._outlet.expect(self._flush)
        self._leaving.append(data)

    def _flush(self) -> None:
        """The moment is over: encrypt and send what has gathered."""
        leaving, self._leaving = self._leaving, []
        protect = self._protect
        packets: list[bytes] = []
        for data in leaving:
            try:
                packets.append(protect(data))
            except (pylibsrtp.Error, ValueError) as error:
                self._not_sent(error)
        for refused in self._outlet.send(packets, self.ice.selected):
            self._not_sent(refused)

    def send_rtcp(self, data: bytes) -> None:
        """Encrypt and send one plain RTCP compound, at once. Never raises: what cannot go is counted."""
        try:
            self._sendto(self._protect_rtcp(data), self.ice.selected)
        except (pylibsrtp.Error, ValueError, OSError) as error:
            self._not_sent(error)

    def _send_record(self, data: bytes) -> None:
        if self.ice.selected is not NOWHERE:
            self._transmit(data, self.ice.selected)

    def _transmit(self, data: bytes, address: Address) -> None:
        try:
            self._sendto(data, address)
        except OSError as error:
            self._not_sent(error)

    def _not_sent(self, error: Exception) -> None:
        if isinstance(error, BlockingIOError):
            self.drop("not sent: the socket's buffer is full")
        elif isinstance(error, OSError):
            self.drop(f"not sent: {error.strerror}")
        else:
            self.drop(f"not encrypted: {error}")

    def drop(self, reason: str) -> None:
        """Count a datagram that is not used or not sent, and log the first for a reason."""
        self.dropped[reason] += 1
        if self.dropped[reason] == 1:
            log.info("datagram dropped", peer=self.peer, reason=reason)
