"""One UDP port for all peers: the socket, and who is who on it.

A datagram's first byte says what it is (RFC 7983), its sender's address whose it is. Only the peer itself can
enter an address into the table: by an ICE check that it has signed, or, where its network has changed under
it, by a media packet that it has encrypted. So a stranger reaches nothing but the STUN parser and, if he has
listened to a peer, a bounded number of tries to pass for it.

**Whatever arrives, nobody else is affected**: a datagram that is wrong is counted by its reason, logged once
for each reason and peer, and dropped.
"""

from __future__ import annotations

import asyncio
import socket
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

import pylibsrtp
import structlog

from bridge.net.connection import SHORTEST, Connection, ssrc_of
from bridge.net.gso import GsoSender
from bridge.net.ice import Address, BadCheck, read

__all__ = ["Connection", "Port"]

log = structlog.get_logger(__name__)

BATCH = 128
"""Datagrams read before the loop's other work has its turn."""
LARGEST = 1500
"""Bytes. What a path with Ethernet's frames carries whole is smaller (1472 by IPv4, 1452 by IPv6), pylibsrtp's buffer
ends there, and a larger one could not be sent on to a hall without being fragmented."""
BUFFER = 4 * 1024 * 1024
"""Bytes of socket buffer asked for; the kernel gives what `net.core.rmem_max` and `wmem_max` allow."""
TRIES = 200
"""Times a second that a media packet from an unknown address is tried on a peer that has sent under its SSRC. For a
hall that has moved one is enough; browsers that feed nothing all report under the same number, so theirs are tried on
one after the other. A try costs 3 µs. Whom the bound keeps out is let in by its next check."""


class Port:
    """The bridge's UDP port."""

    def __init__(self, sock: socket.socket, now: Callable[[], float]) -> None:
        """Use `open`."""
        self.number: int = sock.getsockname()[1]
        self.dropped: Counter[str] = Counter()
        """Datagrams that are nobody's, by reason. What is a peer's is in `Connection.dropped`."""
        self._sock = sock
        self._outlet = GsoSender.of(sock)
        self._now = now
        self._connections: dict[Connection, set[Address]] = {}
        """With the addresses each has in `_by_address`, so that nobody's comings and goings cost a look at all."""
        self._leaving: set[asyncio.Task[None]] = set()
        self._by_ufrag: dict[str, Connection] = {}
        self._by_address: dict[Address, Connection] = {}
        self._by_ssrc: dict[bytes, set[Connection]] = {}
        """Who has sent in a stream of this number; of the living."""
        self._tries, self._tries_until = TRIES, now() + 1.0
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(sock, self._readable)

    @classmethod
    async def open(cls, host: str, port: int, now: Callable[[], float] | None = None) -> Port:
        """Bind `host` (a name or an address; `::` takes IPv4 as well) and `port` (0: any that is free).

        `now` gives monotonic seconds; the loop's clock by default.

        Raises:
            OSError: the address is not this machine's, or the port is taken.
        """
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_DGRAM, flags=socket.AI_PASSIVE)
        family, kind, protocol, _, address = found[0]
        sock = socket.socket(family, kind, protocol)
        try:
            sock.setblocking(False)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER)
            if family == socket.AF_INET6:
                sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, address[0] != "::")
            sock.bind(address)
        except OSError:
            sock.close()
            raise
        return cls(sock, now or loop.time)

    def connect(self, peer: str, ufrag: str, fingerprints: Sequence[tuple[str, str]]) -> Connection:
        """Expect `peer`, by the ufrag and fingerprints of its offer. Set the callbacks, then `start` it."""
        connection = Connection(
            peer,
            ufrag,
            fingerprints,
            outlet=self._outlet,
            on_stream=self._note_stream,
            on_gone=self._forget,
        )
        self._connections[connection] = set()
        self._by_ufrag[connection.credentials.ufrag] = connection
        return connection

    def restart(self, connection: Connection, ufrag: str) -> None:
        """The peer restarts ICE under this ufrag: new credentials for the answer, DTLS and SRTP live on."""
        connection.ice.restart(ufrag)
        for old in [u for u, c in self._by_ufrag.items() if c is connection]:
            del self._by_ufrag[old]
        for generation in connection.ice.generations:
            self._by_ufrag[generation.ours.ufrag] = connection

    async def close(self) -> None:
        """Say goodbye to every peer, and give the port back."""
        for connection in list(self._connections):
            await connection.close()
        if self._leaving:
            await asyncio.wait(self._leaving)
        self._loop.remove_reader(self._sock)
        self._sock.close()

    def _forget(self, connection: Connection) -> None:
        for ufrag in [u for u, c in self._by_ufrag.items() if c is connection]:
            del self._by_ufrag[ufrag]
        for address in self._connections.pop(connection, set()):
            del self._by_address[address]
        for ssrc in connection.ssrcs:
            self._by_ssrc[ssrc].discard(connection)
            if not self._by_ssrc[ssrc]:
                del self._by_ssrc[ssrc]
        if connection.task:
            # It still has to say goodbye.
            self._leaving.add(connection.task)
            connection.task.add_done_callback(self._leaving.discard)

    def _note_stream(self, ssrc: bytes, connection: Connection) -> None:
        self._by_ssrc.setdefault(ssrc, set()).add(connection)

    # The way of a datagram ----------------------------------------------------------------------------------

    def _readable(self) -> None:
        for _ in range(BATCH):
            try:
                data, address = self._sock.recvfrom(LARGEST + 1)
            except BlockingIOError:
                break
            except OSError as error:
                self._drop(f"socket: {error.strerror}")
                break
            self.receive(data, address)
        self._outlet.flush()

    def receive(self, data: bytes, address: Address) -> None:
        """Take in one datagram. Nothing a stranger can send makes it raise."""
        connection = self._by_address.get(address)
        try:
            if connection is not None and len(data) > LARGEST:
                connection.refuse_large(self._now())
            elif not 0 < len(data) <= LARGEST:
                self._drop("empty or too large")
            elif data[0] < 4:
                self._receive_check(data, address)
            elif connection is None:
                self._receive_stray(data, address)
            else:
                connection.receive(data, address, self._now())
        except Exception:
            # A fault of ours that one peer's packet has met must not take the port from the others.
            connection = connection or self._by_address.get(address)
            log.exception("fault in the packet path", peer=connection and connection.peer)
            if connection:
                connection.end("fault in the packet path")

    def _receive_check(self, data: bytes, address: Address) -> None:
        connection = None
        now = self._now()
        try:
            check = read(data)
            connection = self._by_ufrag.get(check.ours)
            if connection is None:
                raise BadCheck("stun: unknown username")
            holder = self._by_address.get(address, connection)
            if holder is not connection and holder.ice.selected == address and not holder.ice.is_silent(now):
                # Whoever can forge a sender's address must not get a living peer out of the table by it.
                raise BadCheck("stun: address of another peer")
            connection.checked(check, address, now)
        except BadCheck as error:
            (connection.drop if connection else self._drop)(str(error))
            return
        if self._by_address.get(address) is not connection:
            self._enter(address, connection, holder)

    def _receive_stray(self, data: bytes, address: Address) -> None:
        """Something from an address that is nobody's. A browser that is well checks every 2.5 s only, so of a NAT that
        has rebound it is mostly media that tells first, and none of it is lost."""
        now = self._now()
        is_media = 127 < data[0] < 192 and len(data) >= SHORTEST
        for connection in self._claimants(ssrc_of(data), now) if is_media else ():
            try:
                plain = connection.decrypt(data)
            except pylibsrtp.Error:
                continue
            connection.ice.remember(address)
            self._enter(address, connection, connection)
            connection.take_in(plain, address, now)
            return
        self._drop("unknown address")

    def _claimants(self, ssrc: bytes, now: float) -> Iterator[Connection]:
        """Whose media it may be, the likeliest first: whoever has moved is silent where it was."""
        if now >= self._tries_until:
            self._tries, self._tries_until = TRIES, now + 1.0
        if self._tries and ssrc in self._by_ssrc:
            for connection in sorted(self._by_ssrc[ssrc], key=lambda c: c.last_heard)[: self._tries]:
                self._tries -= 1
                yield connection

    def _enter(self, address: Address, connection: Connection, holder: Connection) -> None:
        if holder is not connection:
            if holder.ice.selected == address:
                holder.end("its address is another peer's now")
            else:
                holder.ice.forget(address)
                self._connections[holder].discard(address)
        entered = self._connections[connection]
        for old in entered.difference(connection.ice.addresses):
            entered.remove(old)
            del self._by_address[old]
        entered.add(address)
        self._by_address[address] = connection

    def _drop(self, reason: str) -> None:
        self.dropped[reason] += 1
        if self.dropped[reason] == 1:
            log.info("datagram dropped", reason=reason)
