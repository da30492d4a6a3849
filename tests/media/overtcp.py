"""aiortc's peer connection over TCP: it has none itself, so its datagrams become frames on one connection."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from aioice import Candidate
from aioice.ice import StunProtocol
from aiortc import RTCPeerConnection

from bridge.net.framing import FrameReader, frame
from bridge.sdp.answer import Candidate as OfferedCandidate
from bridge.switchboard import Switchboard


class FrameTransport(asyncio.DatagramTransport):
    """A datagram transport of aioice whose only far end is that of `sock`."""

    def __init__(self, sock: socket.socket, protocol: StunProtocol) -> None:
        super().__init__()
        self._sock = sock
        self._far_end = sock.getpeername()
        self._protocol = protocol
        self._frames = FrameReader()
        self._loop = asyncio.get_running_loop()
        self._waiting = b""
        self._is_reading = False
        self.read()

    def read(self) -> None:
        """Read, as at first."""
        if not self._is_reading:
            self._is_reading = True
            self._loop.add_reader(self._sock, self._on_readable)

    def pause(self) -> None:
        """Read nothing, as a slow reader, until `read`."""
        self._is_reading = False
        self._loop.remove_reader(self._sock)

    def sendto(self, data: Any, addr: Any = None) -> None:
        self._waiting += frame(bytes(data))
        self._write()

    def _write(self) -> None:
        self._loop.remove_writer(self._sock)
        try:
            self._waiting = self._waiting[self._sock.send(self._waiting) :]
        except BlockingIOError:
            pass
        except OSError:
            self.close()
            return
        if self._waiting:
            self._loop.add_writer(self._sock, self._write)

    def _on_readable(self) -> None:
        try:
            data = self._sock.recv(1 << 16)
        except OSError:
            data = b""
        if not data:
            self.close()
        for packet in self._frames.feed(data):
            self._protocol.datagram_received(packet, self._far_end)

    def close(self) -> None:
        if self._sock.fileno() >= 0:
            self.pause()
            self._loop.remove_writer(self._sock)
            self._sock.close()
            self._loop.call_soon(self._protocol.connection_lost, None)


def gather_tcp(pc: RTCPeerConnection, port: int) -> list[FrameTransport]:
    """Make a peer connection with transceivers use one TCP connection to `port` on loopback, and no UDP.

    Returns:
        A list that will contain its transport.
    """
    connection = pc.getTransceivers()[0].receiver.transport.transport.iceGatherer._connection
    transports: list[FrameTransport] = []

    async def gather(component: int, addresses: list[str]) -> list[Candidate]:
        sock = socket.socket()
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16384)
        sock.setblocking(False)
        await asyncio.get_running_loop().sock_connect(sock, ("127.0.0.1", port))
        protocol = StunProtocol(connection)
        transports.append(FrameTransport(sock, protocol))
        protocol.connection_made(transports[0])
        host, own_port = sock.getsockname()
        own = Candidate("1", component, "tcp", 1000, host, own_port, "host", tcptype="active")
        protocol.local_candidate = own
        connection._protocols.append(protocol)
        return [own]

    connection.get_component_candidates = gather  # type: ignore[method-assign, assignment]
    return transports


@asynccontextmanager
async def tcp_port(
    switchboard: Switchboard, on_closed: Callable[[], None] = lambda: None
) -> AsyncIterator[int]:
    """A TCP port of the switchboard on loopback."""
    loop = asyncio.get_running_loop()
    with socket.socket() as listening:
        listening.setblocking(False)
        listening.bind(("127.0.0.1", 0))
        listening.listen()

        def accept() -> None:
            accepted, _ = listening.accept()
            accepted.setblocking(False)
            switchboard.adopt(accepted, lambda spec: None, on_closed)

        loop.add_reader(listening, accept)
        port: int = listening.getsockname()[1]
        switchboard.offer_tcp([OfferedCandidate("tcp", "127.0.0.1", port)])
        try:
            yield port
        finally:
            loop.remove_reader(listening)
