"""The connection of one peer on the port: its ICE, DTLS and SRTP, from the answer to the end.

The media path is synchronous in both directions. `on_rtp` and `on_rtcp` are called with the plain packet within the
call that read the datagram. `send_rtp` collects packets until the port has read the waiting datagrams, see
`bridge.net.gso`. Only DTLS records of handshake and close_notify go through a queue, to the connection's one task.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Literal

import pylibsrtp
import structlog

from bridge.engine import MediaPath
from bridge.faults import FaultLogger
from bridge.net.dtls import DtlsServer, HandshakeError
from bridge.net.gso import GsoSender
from bridge.net.ice import NO_ADDRESS, Address, IceLite, unmapped
from bridge.net.srtp import make_protect
from bridge.net.stun import StunMessage
from bridge.net.tcp import TcpAddress
from bridge.rtp.retransmission import TokenBucket
from bridge.sdp.answer import Credentials

log = structlog.get_logger(__name__)

MAX_EARLY_PACKETS = 64
"""SRTP packets kept while the handshake's last flight is still being read, since the first keyframe follows it at once.
Further ones are dropped."""
MIN_SRTP_BYTES = 12
"""No SRTP or SRTCP packet is smaller."""
MAX_DTLS_DATAGRAMS_PER_S = 64
"""Given to OpenSSL. A handshake has about ten, and after it only close_notify comes. They are not authenticated before
OpenSSL reads them, and each wakes a task, so a forged source address could otherwise load the event loop. The peer
retransmits what is dropped."""
MAX_SSRCS = 64
"""That a peer may send, RTCP senders included. libsrtp keeps a state for each and never frees it."""

Coder = Callable[[bytes], bytes]
PacketHandler = Callable[[bytes, float], None]
"""Called with a plain packet and its arrival in monotonic seconds."""


def _is_rtcp(data: bytes) -> bool:
    return 191 < data[1] < 224  # RFC 5761 section 4


def ssrc_of(data: bytes) -> bytes:
    """The SSRC of a packet, encrypted or not: headers are not encrypted (RFC 3711 sections 3.1 and 3.4)."""
    return data[4:8] if _is_rtcp(data) else data[8:12]


def ignore(_data: bytes, _now: float) -> None:
    """Handles packets that nothing needs."""


def _no_session(_data: bytes) -> bytes:
    """Replaces SRTP before the handshake and after the end."""
    raise pylibsrtp.Error("no session")


class PeerConnection:
    """One peer. Made by `Port.connect`; set the callbacks, then `start` it."""

    def __init__(
        self,
        peer: str,
        remote: Credentials,
        fingerprints: Sequence[tuple[str, str]],
        *,
        sender: GsoSender,
        fault_logger: FaultLogger,
        on_end: Callable[[PeerConnection], None],
        on_new_ssrc: Callable[[bytes, PeerConnection], None] = lambda ssrc, connection: None,
    ) -> None:
        """`remote` (of ICE) and `fingerprints` are the offer's, `sender` and `fault_logger` are the port's.

        `on_end` is called once, before `on_closed`: the port forgets the connection. `on_new_ssrc` is called with each
        SSRC that the peer uses for the first time.
        """
        self.peer = peer
        self.ice = IceLite(remote)
        self.on_rtp: PacketHandler = ignore
        self.on_rtcp: PacketHandler = ignore
        self.on_connected: Callable[[], None] | None = None
        """Called once, after the handshake."""
        self.on_closed: Callable[[str], None] | None = None
        """Called once with the reason when the connection ends by itself, not after `close`."""
        self.connected = asyncio.Event()
        """Set after the handshake: media can flow."""
        self.last_heard = float("-inf")
        """Monotonic seconds of the last sign of life: SRTP, an answer to a check, or a check that counts as one."""
        self.too_large_at = float("-inf")
        """Monotonic seconds of the last oversized datagram from its address. It cannot be decrypted, so it may be
        forged."""
        self.dropped: Counter[str] = Counter()
        """Datagrams not used or not sent, by reason."""
        self.ssrcs: set[bytes] = set()
        """That the peer sends."""
        self.picture_ssrcs: frozenset[bytes] = frozenset()
        """Of the pictures that it is sent, RTX included. A slow TCP connection drops them before anything else."""
        self.task: asyncio.Task[None] | None = None
        """Handshake and close_notify. The port waits for it."""
        self._sender = sender
        self._fault_logger = fault_logger
        self._outgoing: list[bytes] = []
        """Plain packets for the next flush. All come from one event of the loop, so they are few."""
        self._on_end = on_end
        self._on_new_ssrc = on_new_ssrc
        self._dtls = DtlsServer(
            fingerprints, self._send_dtls, lambda: self.end("the peer has closed the connection")
        )
        self._unprotect: Coder = _no_session
        self._unprotect_rtcp: Coder = _no_session
        self._protect: Coder = _no_session
        self._protect_rtcp: Coder = _no_session
        self._dtls_limit = TokenBucket(MAX_DTLS_DATAGRAMS_PER_S, float("-inf"))
        self._early: list[tuple[bytes, Address, float]] = []
        self._ended = asyncio.Event()

    # Begin and end ------------------------------------------------------------------------------------------

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the bridge's certificate, for the answer."""
        return self._dtls.fingerprint

    @property
    def credentials(self) -> Credentials:
        """ICE credentials for the answer."""
        return self.ice.credentials

    def start(self) -> None:
        """Wait for the peer's handshake, in a task that `close` ends."""
        self.task = asyncio.create_task(self._run(), name=f"connection of {self.peer}")

    async def _run(self) -> None:
        try:
            self.start_media(*await self._dtls.handshake())
            await self._ended.wait()
        except HandshakeError as error:
            self.end(str(error))
        except Exception:
            # OpenSSL and aiortc read a stranger's bytes here. Their faults must not reach the other peers.
            self._fault_logger.exception("fault in the handshake", "handshake", peer=self.peer)
            self.end("fault in the handshake")
        finally:
            await self._dtls.stop()

    def start_media(self, incoming: pylibsrtp.Session, outgoing: pylibsrtp.Session) -> None:
        """The handshake is done. Use these SRTP sessions."""
        self._unprotect, self._unprotect_rtcp = incoming.unprotect, incoming.unprotect_rtcp
        self._protect, self._protect_rtcp = make_protect(outgoing), outgoing.protect_rtcp
        self.ice.establish()
        self.connected.set()
        if self.on_connected:
            self.on_connected()
        early, self._early = self._early, []
        for data, address, now in early:
            self._receive_media(data, address, now)

    def end(self, reason: str) -> None:
        """End the connection. Nothing is received or sent from here on; `on_closed` is called once."""
        if self._ended.is_set():
            return
        self._unprotect = self._unprotect_rtcp = self._protect = self._protect_rtcp = _no_session
        self._outgoing.clear()
        self._ended.set()
        if not self.connected.is_set():
            self._dtls.cancel()
        self._on_end(self)
        if self.on_closed:
            self.on_closed(reason)

    def abandon(self) -> None:
        """End it without a call of `on_closed`; the task sends close_notify."""
        self.on_closed = None
        self.end("abandoned")

    async def close(self) -> None:
        """End it without a call of `on_closed`, and wait until close_notify is sent."""
        self.abandon()
        if self.task:
            await asyncio.wait([self.task])

    # Receiving ----------------------------------------------------------------------------------------------

    def on_check(self, check: StunMessage, address: Address, now: float) -> None:
        """A check that names our ufrag: answer it.

        Raises:
            BadStun: it is not from this peer.
        """
        for data in self.ice.accept(check, address, now):
            self._transmit(data, address)
        self.last_heard = max(self.last_heard, self.ice.last_check)

    def on_answer(self, answer: StunMessage, address: Address, now: float) -> None:
        """A success response from `address`.

        Raises:
            BadStun: it is not this peer's answer to a check of the bridge.
        """
        self.ice.on_answer(answer, address, now)
        self.last_heard = now

    def expire(self, now: float) -> None:
        """Send nothing more to an address that has not shown for long that it receives (RFC 7675)."""
        if self.ice.expire(now):
            log.info("the address no longer consents to media", peer=self.peer)

    def receive(self, data: bytes, address: Address, now: float) -> None:
        """One datagram from an address of the peer: not empty, at most 1500 bytes (RFC 7983)."""
        first = data[0]
        if 127 < first < 192:
            self._receive_media(data, address, now)
        elif 19 < first < 64:
            self._receive_dtls(data, now)
        else:
            self.drop("neither STUN, DTLS nor RTP")

    def drop_oversized(self, now: float) -> None:
        """An oversized datagram has come from an address of the peer."""
        self.too_large_at = now
        self.drop("larger than 1500 bytes")

    def _receive_dtls(self, data: bytes, now: float) -> None:
        self._dtls_limit.refill(MAX_DTLS_DATAGRAMS_PER_S, now)
        if self._dtls_limit.tokens < 1:
            self.drop("dtls: too many records a second")
            return
        self._dtls_limit.spend(1)
        if not self._dtls.receive(data):
            self.drop("dtls: too many records waiting")

    def _receive_media(self, data: bytes, address: Address, now: float) -> None:
        if len(data) < MIN_SRTP_BYTES:
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
            elif len(self._early) < MAX_EARLY_PACKETS:
                self._early.append((data, address, now))
            else:
                self.drop("srtp: before the handshake")
            return
        self.deliver(plain, address, now)

    def decrypt(self, data: bytes) -> bytes:
        """The plain packet of at least `MIN_SRTP_BYTES` of SRTP or SRTCP. SRTP accepts each packet only once.

        Raises:
            pylibsrtp.Error: it is not this peer's, or a replay. Nothing has changed.
        """
        return self._unprotect_rtcp(data) if _is_rtcp(data) else self._unprotect(data)

    def deliver(self, plain: bytes, address: Address, now: float) -> None:
        """Process a decrypted packet that came from `address`. Never raises.

        A bug that it triggers ends this peer, which may join again with a fresh state. The key shows that the packet is
        this peer's: what comes before decryption may be forged, and ends nobody.
        """
        try:
            if (ssrc := ssrc_of(plain)) not in self.ssrcs:
                self.ssrcs.add(ssrc)
                self._on_new_ssrc(ssrc, self)
            self.last_heard = now
            if check := self.ice.on_media(address, now):
                self._transmit(check, address)
            if _is_rtcp(plain):
                self.on_rtcp(plain, now)
            else:
                self.on_rtp(plain, now)
        except Exception:
            # A bug of ours. It is logged, and ends this peer alone.
            self._fault_logger.exception("fault in a peer's packet path", "media", peer=self.peer)
            self.end("fault in the packet path")

    # Sending ------------------------------------------------------------------------------------------------

    def send_rtp(self, data: bytes) -> None:
        """Send one plain RTP packet with the next flush. Never raises: a failure is counted."""
        if not self._outgoing:
            self._sender.schedule(self._flush)
        self._outgoing.append(data)

    def _flush(self) -> None:
        try:
            self._send_outgoing()
        except Exception:
            # The flushes of other connections follow, and none of them is scheduled again.
            self._fault_logger.exception("fault in sending", "flush", peer=self.peer)
            self.end("fault in the packet path")

    def _send_outgoing(self) -> None:
        outgoing, self._outgoing = self._outgoing, []
        protect = self._protect
        packets: list[bytes] = []
        for data in outgoing:
            try:
                packets.append(protect(data))
            except (pylibsrtp.Error, ValueError) as error:
                self._count_failure(error)
        address = self.ice.selected
        if isinstance(address, TcpAddress):
            self._count_slow(address.connection.send_all(packets, self.picture_ssrcs))
            return
        if address is NO_ADDRESS:
            self._count_nowhere(len(packets))
            return
        for failure in self._sender.send(packets, address):
            self._count_failure(failure)

    def fail(self) -> None:
        """End it, since an exception in what it is sent is being handled. Nobody else is affected."""
        self._fault_logger.exception("fault in what a peer is sent", "slots", peer=self.peer)
        self.end("fault in what it is sent")

    @property
    def is_dropping(self) -> bool:
        """Whether its path is too slow, and drops pictures until `resume`."""
        address = self.ice.selected
        return isinstance(address, TcpAddress) and address.connection.is_dropping

    def resume(self) -> bool:
        """Send pictures again, beginning with keyframes, if the path has sent all that waited. Returns whether it
        does."""
        address = self.ice.selected
        return not isinstance(address, TcpAddress) or address.connection.resume()

    @property
    def path(self) -> MediaPath | None:
        """Its path now."""
        address = self.ice.selected
        if address is NO_ADDRESS:
            return None
        host = unmapped(address)[0]
        family: Literal[4, 6] = 6 if ":" in host else 4
        return MediaPath("tcp" if isinstance(address, TcpAddress) else "udp", family, host)

    def send_rtcp(self, data: bytes) -> None:
        """Encrypt and send one plain RTCP compound at once. Never raises: a failure is counted."""
        try:
            self._transmit(self._protect_rtcp(data), self.ice.selected)
        except (pylibsrtp.Error, ValueError) as error:
            self._count_failure(error)

    def _send_dtls(self, data: bytes) -> None:
        if self.ice.selected is not NO_ADDRESS:
            self._transmit(data, self.ice.selected)

    def _count_nowhere(self, count: int) -> None:
        if count:
            self.drop("not sent: the peer has no address", count)

    def _transmit(self, data: bytes, address: Address) -> None:
        if address is NO_ADDRESS:
            self._count_nowhere(1)
            return
        if isinstance(address, TcpAddress):
            self._count_slow(address.connection.send(data))
            return
        try:
            self._sender.sendto(data, address)
        except OSError as error:
            self._count_failure(error)

    def _count_slow(self, dropped: int) -> None:
        if dropped:
            self.drop("not sent: the TCP connection is too slow", dropped)

    def _count_failure(self, error: Exception) -> None:
        if isinstance(error, BlockingIOError):
            self.drop("not sent: the socket's buffer is full")
        elif isinstance(error, OSError):
            self.drop(f"not sent: {error.strerror}")
        else:
            self.drop(f"not encrypted: {error}")

    def drop(self, reason: str, count: int = 1) -> None:
        """Count datagrams that are not used or not sent, and log the first for each reason."""
        self.dropped[reason] += count
        if self.dropped[reason] == count:
            log.info("datagram dropped", peer=self.peer, reason=reason)
