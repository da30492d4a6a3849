"""The UDP port that all peers share: the socket, and the table of addresses. TCP connections are addresses, too.

A datagram's first byte tells its protocol (RFC 7983), its source address the peer. Only a peer itself can add an
address to the table: by a check that it has signed or, after a network change, by a media packet that it has encrypted.
So a stranger reaches only the STUN parser and, after eavesdropping on a peer, a limited number of decryption attempts.

**A bad datagram never affects another peer.** It is counted by its reason, logged once for each reason and peer, and
dropped.

**No peer can take another's address.** A signed check may have a forged source address, also that of another peer. It
moves the address only when the other peer has left it or is silent there, and the one that claims it has answered a
check of the bridge there, with a transaction id that only a receiver at that address has seen.
"""

from __future__ import annotations

import asyncio
import socket
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

import pylibsrtp
import structlog

from bridge.faults import FaultLogger
from bridge.net import stun
from bridge.net.connection import MIN_SRTP_BYTES, PeerConnection, ssrc_of
from bridge.net.framing import MAX_DATAGRAM_BYTES
from bridge.net.gso import GsoSender
from bridge.net.ice import Address
from bridge.net.stun import BadStun, StunMessage
from bridge.net.tcp import TcpAddress, TcpConnection
from bridge.rtp.retransmission import TokenBucket
from bridge.sdp.answer import Credentials

log = structlog.get_logger(__name__)

MAX_READS = 128
"""Datagrams read before the loop's other work runs."""
SOCKET_BUFFER_BYTES = 4 * 1024 * 1024
"""Requested. The kernel grants what `net.core.rmem_max` and `wmem_max` allow."""
IP_MTU_DISCOVER, IP_PMTUDISC_DONT = 10, 0
"""From linux/in.h; Python has no names for them. See `_permit_fragments`."""
MAX_DECRYPT_ATTEMPTS_PER_S = 200
"""Attempts to decrypt media from an unknown address, as a peer that has used its SSRC. For a hall that has moved one is
enough. Browsers that send no media all report with the same SSRC, so their reports are tried on one after the other. An
attempt costs 3 µs. Beyond the limit, the peer's next check adds its address."""


class Port:
    """The bridge's UDP port."""

    def __init__(self, sock: socket.socket, now: Callable[[], float]) -> None:
        """Use `open`."""
        self.number: int = sock.getsockname()[1]
        self.dropped: Counter[str] = Counter()
        """Datagrams of no peer, by reason. Those of a peer are in `PeerConnection.dropped`."""
        self._dropped_of_peers: Counter[str] = Counter()
        """Of the connections that have ended."""
        self._sock = sock
        self._loop = asyncio.get_running_loop()
        self._sender = GsoSender(sock, self._loop.call_soon)
        self._now = now
        self._fault_logger = FaultLogger(now)
        self._connections: dict[PeerConnection, set[Address]] = {}
        """With the addresses of each in `_by_address`, so that a peer's end costs no search."""
        self._closing: set[asyncio.Task[None]] = set()
        self._by_ufrag: dict[str, PeerConnection] = {}
        self._by_address: dict[Address, PeerConnection] = {}
        self._claims: dict[Address, PeerConnection] = {}
        """The peer that has signed a check from an address of another one and has not answered there. The latest; only
        for addresses in `_by_address`."""
        self._by_ssrc: dict[bytes, set[PeerConnection]] = {}
        """The peers that have used this SSRC."""
        self._streams: set[TcpConnection] = set()
        self._attempts = TokenBucket(MAX_DECRYPT_ATTEMPTS_PER_S, now())
        self._loop.add_reader(sock, self._on_readable)

    @classmethod
    async def open(cls, host: str, port: int, now: Callable[[], float] | None = None) -> Port:
        """Bind `host` (a name or an address; `::` includes IPv4) and `port` (0: any free one).

        `now` returns monotonic seconds; the loop's clock by default.

        Raises:
            OSError: the address is not this machine's, or the port is taken.
        """
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_DGRAM, flags=socket.AI_PASSIVE)
        family, kind, protocol, _, address = found[0]
        sock = socket.socket(family, kind, protocol)
        try:
            sock.setblocking(False)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SOCKET_BUFFER_BYTES)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SOCKET_BUFFER_BYTES)
            if family == socket.AF_INET6:
                sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, address[0] != "::")
            _permit_fragments(sock)
            sock.bind(address)
        except OSError:
            sock.close()
            raise
        return cls(sock, now or loop.time)

    @property
    def is_open(self) -> bool:
        """Whether the socket is open."""
        return self._sock.fileno() >= 0

    @property
    def all_dropped(self) -> Counter[str]:
        """Dropped datagrams since the start, those of peers among them, by reason."""
        found = self.dropped + self._dropped_of_peers
        for connection in self._connections:
            found.update(connection.dropped)
        return found

    def connect(
        self, peer: str, remote: Credentials, fingerprints: Sequence[tuple[str, str]]
    ) -> PeerConnection:
        """A connection for `peer`, from its offer. Set the callbacks, then `start` it."""
        connection = PeerConnection(
            peer,
            remote,
            fingerprints,
            sender=self._sender,
            fault_logger=self._fault_logger,
            on_new_ssrc=self._add_ssrc,
            on_end=self._remove,
        )
        self._connections[connection] = set()
        self._by_ufrag[connection.credentials.ufrag] = connection
        return connection

    def restart(self, connection: PeerConnection, remote: Credentials) -> None:
        """ICE restart: new credentials for the answer; DTLS and SRTP stay."""
        self._remove_ufrags(connection)
        connection.ice.restart(remote)
        for generation in connection.ice.generations:
            self._by_ufrag[generation.local.ufrag] = connection

    def adopt(
        self,
        sock: socket.socket,
        on_accepted: Callable[[PeerConnection], None],
        on_closed: Callable[[], None],
    ) -> TcpConnection:
        """Take over a TCP connection; see `Engine.adopt`.

        Raises:
            OSError: it is closed already. The socket is the caller's.
        """

        def receive(data: bytes, address: TcpAddress) -> bool:
            self.receive(data, address)
            return address in self._by_address

        def accepted(stream: TcpConnection) -> None:
            on_accepted(self._by_address[stream.address])

        def closed(stream: TcpConnection) -> None:
            self._streams.discard(stream)
            owner = self._by_address.get(stream.address)
            if owner is not None:
                self._forget(stream.address)
                owner.ice.lose_address(stream.address)
            on_closed()

        stream = TcpConnection(sock, receive, self._sender.flush, accepted, closed, self._now)
        self._streams.add(stream)
        return stream

    async def close(self) -> None:
        """Close every connection and the socket."""
        for connection in list(self._connections):
            await connection.close()
        if self._closing:
            await asyncio.wait(self._closing)
        for stream in list(self._streams):
            stream.close()
        self._loop.remove_reader(self._sock)
        self._sock.close()

    def _remove(self, connection: PeerConnection) -> None:
        self._remove_ufrags(connection)
        if connection in self._connections:
            self._dropped_of_peers.update(connection.dropped)
        addresses = set(self._connections.get(connection, ()))
        for address in addresses:
            self._forget(address)
        self._connections.pop(connection, None)
        for address in [claimed for claimed, c in self._claims.items() if c is connection]:
            del self._claims[address]
        for ssrc in connection.ssrcs:
            self._by_ssrc[ssrc].discard(connection)
            if not self._by_ssrc[ssrc]:
                del self._by_ssrc[ssrc]
        if connection.task:
            # It still has to send close_notify.
            self._closing.add(connection.task)
            connection.task.add_done_callback(self._closing.discard)
        for address in addresses:
            if isinstance(address, TcpAddress):
                _close_after(connection.task, address.connection)

    def _remove_ufrags(self, connection: PeerConnection) -> None:
        for ufrag in [u for u, c in self._by_ufrag.items() if c is connection]:
            del self._by_ufrag[ufrag]

    def _add_ssrc(self, ssrc: bytes, connection: PeerConnection) -> None:
        self._by_ssrc.setdefault(ssrc, set()).add(connection)

    # The path of a datagram ---------------------------------------------------------------------------------

    def _on_readable(self) -> None:
        for _ in range(MAX_READS):
            try:
                data, address = self._sock.recvfrom(MAX_DATAGRAM_BYTES + 1)
            except BlockingIOError:
                break
            except OSError as error:
                self._drop(f"socket: {error.strerror}")
                break
            self.receive(data, address)
        self._sender.flush()

    def receive(self, data: bytes, address: Address) -> None:
        """Process one datagram. Never raises, whatever a stranger sends.

        A bug before the datagram is authenticated is logged and ends no peer: its source address may be forged.
        """
        connection = self._by_address.get(address)
        try:
            if connection is not None and len(data) > MAX_DATAGRAM_BYTES:
                connection.drop_oversized(self._now())
            elif not 0 < len(data) <= MAX_DATAGRAM_BYTES:
                self._drop("empty or too large")
            elif data[0] < 4:
                self._receive_stun(data, address)
            elif connection is None:
                self._receive_from_unknown(data, address)
            else:
                connection.receive(data, address, self._now())
        except Exception:
            # The bytes may be a stranger's, and the other peers have their packets on the same socket.
            self._drop("fault in the packet path")
            self._fault_logger.exception(
                "fault in the packet path", "port", peer=connection and connection.peer
            )

    def _receive_stun(self, data: bytes, address: Address) -> None:
        connection = self._by_address.get(address)
        try:
            message = stun.parse(data)
            connection = self._by_ufrag.get(message.local_ufrag) if message.is_check else connection
            if connection is None:
                raise BadStun(
                    "stun: unknown username" if message.is_check else "stun: not the answer to a check"
                )
            if message.is_check:
                self._receive_check(message, connection, address)
            else:
                self._receive_answer(message, connection, address)
        except BadStun as error:
            (connection.drop if connection else self._drop)(str(error))

    def _receive_check(self, check: StunMessage, connection: PeerConnection, address: Address) -> None:
        owner = self._by_address.get(address, connection)
        if owner is not connection and not self._may_lose(owner, address):
            raise BadStun("stun: address of another peer")
        connection.on_check(check, address, self._now())
        if owner is not connection:
            self._claims[address] = connection
        elif address not in self._by_address:
            self._assign(address, connection)

    def _receive_answer(self, answer: StunMessage, owner: PeerConnection, address: Address) -> None:
        """A success response from an address of `owner`."""
        claimant = self._claims.get(address)
        try:
            owner.on_answer(answer, address, self._now())
            return
        except BadStun:
            if claimant is None:
                raise
        if not self._may_lose(owner, address):
            raise BadStun("stun: address of another peer")
        claimant.on_answer(answer, address, self._now())
        # The owner loses the address and no more. Its next check claims it back.
        owner.ice.lose_address(address)
        self._forget(address)
        self._assign(address, claimant)

    def _may_lose(self, owner: PeerConnection, address: Address) -> bool:
        """Whether `owner` has left `address`, or is silent there: it may be another peer's now."""
        return owner.ice.selected != address or owner.ice.is_silent(self._now())

    def _receive_from_unknown(self, data: bytes, address: Address) -> None:
        """A datagram from an address that is not in the table.

        A browser checks only every 2.5 s, so after a NAT rebinding media usually comes first. None of it is lost.
        """
        now = self._now()
        is_media = 127 < data[0] < 192 and len(data) >= MIN_SRTP_BYTES
        for connection in self._candidates(ssrc_of(data), now) if is_media else ():
            try:
                plain = connection.decrypt(data)
            except pylibsrtp.Error:
                continue
            connection.ice.add_address(address)
            self._assign(address, connection)
            connection.deliver(plain, address, now)
            return
        self._drop("unknown address")

    def _candidates(self, ssrc: bytes, now: float) -> Iterator[PeerConnection]:
        """The peers that may have sent it. A peer that has moved is silent at its old address, so the one silent for
        longest comes first."""
        self._attempts.refill(MAX_DECRYPT_ATTEMPTS_PER_S, now)
        limit = int(self._attempts.tokens)
        if limit and ssrc in self._by_ssrc:
            for connection in sorted(self._by_ssrc[ssrc], key=lambda c: c.last_heard)[:limit]:
                self._attempts.spend(1)
                yield connection

    def _assign(self, address: Address, connection: PeerConnection) -> None:
        """Enter `address`, which is no other peer's, into the table."""
        addresses = self._connections[connection]
        for old in addresses.difference(connection.ice.addresses):
            self._forget(old)
            if isinstance(old, TcpAddress):
                self._loop.call_soon(old.connection.close)
        addresses.add(address)
        self._by_address[address] = connection

    def _forget(self, address: Address) -> None:
        """Remove `address` from the table."""
        self._connections[self._by_address.pop(address)].discard(address)
        self._claims.pop(address, None)

    def _drop(self, reason: str) -> None:
        self.dropped[reason] += 1
        if self.dropped[reason] == 1:
            log.info("datagram dropped", reason=reason)


def _permit_fragments(sock: socket.socket) -> None:
    """Let routers fragment a large IPv4 packet, as some encoders send them.

    By default Linux forbids it and waits to be told a smaller size, which many firewalls prevent: the packet would be
    lost for good. IPv6 has no fragmentation by routers; Linux fragments as soon as it is told.
    """
    if sys.platform.startswith("linux"):
        sock.setsockopt(socket.IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DONT)


def _close_after(task: asyncio.Task[None] | None, stream: TcpConnection) -> None:
    """Close the TCP connection of a peer that has ended, when `task` has sent its close_notify on it."""
    if task is None or task.done():
        asyncio.get_running_loop().call_soon(stream.close)
    else:
        task.add_done_callback(lambda _: stream.close())
