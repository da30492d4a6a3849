"""ICE over TCP for a headless room whose network blocks UDP (RFC 6544; the room is the active side). aioice has none.

To aioice a `TcpTransport` is one more datagram transport. Each far address has a TCP connection of its own, opened with
the first check that is sent there, and its frames are the datagrams. The bridge is ICE-lite and checks no candidate of
the room, so the offer does not name them.
"""

from __future__ import annotations

import asyncio
from typing import Any

from aioice import Candidate, Connection
from aioice.ice import StunProtocol

from bridge.net.framing import FrameError, FrameReader, frame

UDP_HEAD_START_S = 1.0
"""Seconds that UDP is given before TCP connects. aioice keeps the first pair that succeeds, and on a lossy path TCP is
worse. UDP repeats a lost check after 0.5 s."""
MAX_WAITING_BYTES = 256 * 1024
"""Of datagrams that a connection has not taken yet: a second of 2 Mb/s. Further ones are dropped."""
PRIORITY = 1000
"""Lower than that of any UDP candidate, so UDP is checked first."""
ANY_HOSTS = ("0.0.0.0", "::")
"""A candidate of each IP version. The kernel chooses the real one for each connection."""
DISCARD_PORT = 9
"""Of an active candidate, which receives no connections (RFC 6544 section 4.5)."""

COMPONENT = 1
"""The only one: RTP and RTCP share it."""

FarAddress = tuple[str, int]


class FrameStream(asyncio.Protocol):
    """One TCP connection to the bridge."""

    def __init__(self, owner: TcpTransport, far: FarAddress) -> None:
        self._owner = owner
        self._far = far
        self._frames = FrameReader()
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """As in `asyncio.Protocol`."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """As in `asyncio.Protocol`."""
        try:
            packets = self._frames.feed(data)
        except FrameError:
            self.close()
            return
        for packet in packets:
            self._owner.on_packet(packet, self._far)

    def connection_lost(self, exc: Exception | None) -> None:
        """As in `asyncio.Protocol`."""
        self._owner.on_lost(self._far)

    def send(self, packet: bytes) -> None:
        """Send a datagram, or drop it if too much waits."""
        if self._transport is not None and self._transport.get_write_buffer_size() < MAX_WAITING_BYTES:
            self._transport.write(frame(packet))

    def close(self) -> None:
        """Close it. What waits is discarded."""
        if self._transport is not None:
            self._transport.abort()


class TcpTransport(asyncio.DatagramTransport):
    """A datagram transport of aioice, over TCP connections."""

    def __init__(self, connection: Connection, protocol: StunProtocol) -> None:
        super().__init__()
        self._connection = connection
        self._protocol = protocol
        self._loop = asyncio.get_running_loop()
        self._streams: dict[FarAddress, FrameStream] = {}
        self._opening: dict[FarAddress, asyncio.Task[None]] = {}
        self._first: dict[FarAddress, bytes] = {}
        """The latest check to each address, sent when its connection is open."""
        self._opens_at: float | None = None

    def sendto(self, data: Any, addr: Any = None) -> None:
        """Send a datagram. The first to an address opens its connection; so does the next after that has failed."""
        if (stream := self._streams.get(addr)) is not None:
            stream.send(bytes(data))
            return
        self._first[addr] = bytes(data)
        if addr not in self._opening:
            self._opening[addr] = self._loop.create_task(self._open(addr), name=f"connecting to {addr}")

    async def _open(self, far: FarAddress) -> None:
        if self._opens_at is None:
            self._opens_at = self._loop.time() + UDP_HEAD_START_S
        try:
            await asyncio.sleep(self._opens_at - self._loop.time())
            if self._connection._nominated:
                return  # over UDP
            _, stream = await self._loop.create_connection(lambda: FrameStream(self, far), *far)
        except OSError:
            return  # the next check tries again
        finally:
            del self._opening[far]
        self._streams[far] = stream
        stream.send(self._first.pop(far))

    def on_packet(self, packet: bytes, far: FarAddress) -> None:
        """A datagram has come from `far`."""
        self._protocol.datagram_received(packet, far)

    def on_lost(self, far: FarAddress) -> None:
        """The connection to `far` has closed. If it was the nominated one, that ends the ICE connection."""
        self._streams.pop(far, None)
        nominated = self._connection._nominated.values()
        if any(pair.protocol is self._protocol and pair.remote_addr == far for pair in nominated):
            self._protocol.connection_lost(None)

    def close(self) -> None:
        """Close all connections."""
        for task in list(self._opening.values()):
            task.cancel()
        for stream in list(self._streams.values()):
            stream.close()
        self._loop.call_soon(self._protocol.connection_lost, None)


def add_tcp(connection: Connection) -> None:
    """Let `connection` pair with the TCP candidates of an answer. Call it before it gathers its candidates."""
    for host in ANY_HOSTS:
        protocol = StunProtocol(connection)
        protocol.local_candidate = Candidate(
            f"tcp {host}", COMPONENT, "tcp", PRIORITY, host, DISCARD_PORT, "host", tcptype="active"
        )
        protocol.connection_made(TcpTransport(connection, protocol))
        connection._protocols.append(protocol)
