"""The HTTP port, and a TCP port for media: accept connections in small batches, so that a flood delays nothing else."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Sequence
from typing import Final

import structlog
from aiohttp import web

from signaling.listener.address import normalized
from signaling.listener.connection import REQUEST_TIMEOUT_S, HttpConnection
from signaling.listener.firstbytes import Protocol, read_protocol
from signaling.listener.table import Adopt, ConnectionTable, TrackedConnection

log = structlog.get_logger()

MAX_ACCEPTS: Final = 8
"""Connections accepted in one iteration of the event loop. Each costs some 0.2 ms."""
BACKLOG: Final = 4096
"""Connections that the kernel queues meanwhile. Clients beyond it try again after 1 s, 3 s, 7 s."""
ACCEPT_PAUSE_S: Final = 0.1
"""Seconds without accepting after the system had no descriptor or memory for a connection."""


class Listener:
    """Accepts connections for one web application. Use `open`.

    asyncio's own server accepts a hundred at once, and reports a connection only after its TLS handshake.
    """

    def __init__(
        self,
        server: web.Server | None,
        connections: ConnectionTable,
        tls: ssl.SSLContext | None,
        adopt: Adopt | None,
    ) -> None:
        self._server = server
        self._adopt = adopt
        self._connections = connections
        self._tls = tls
        self._loop = asyncio.get_running_loop()
        self._sockets: list[socket.socket] = []
        self._setting_up: set[asyncio.Task[None]] = set()

    @classmethod
    async def open(
        cls,
        server: web.Server | None,
        connections: ConnectionTable,
        host: str,
        port: int,
        tls: ssl.SSLContext | None = None,
        adopt: Adopt | None = None,
    ) -> Listener:
        """Listen on `host` (a name or an address; `::` includes IPv4) and `port` (0: any free one).

        `server` None: the port is for media alone. `adopt` takes over connections that carry media; None: all are HTTP.

        Raises:
            OSError: the address is not this machine's, or the port is taken.
        """
        found = cls(server, connections, tls, adopt)
        infos = await found._loop.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        try:
            for family, address in dict.fromkeys((info[0], info[4]) for info in infos):
                bound = (address[0], found.port if found._sockets else port, *address[2:])
                found._sockets.append(_listening(family, bound))
        except OSError:
            for sock in found._sockets:
                sock.close()
            raise
        found._resume()
        return found

    @property
    def port(self) -> int:
        """The port number."""
        return int(self._sockets[0].getsockname()[1])

    async def close(self) -> None:
        """Accept no more connections. The server closes the existing ones."""
        self._pause()
        for sock in self._sockets:
            sock.close()
        for task in list(self._setting_up):
            task.cancel()
        await asyncio.gather(*self._setting_up, return_exceptions=True)

    def _resume(self) -> None:
        for sock in self._sockets:
            if sock.fileno() >= 0:
                self._loop.add_reader(sock, self._accept, sock)

    def _pause(self) -> None:
        for sock in self._sockets:
            self._loop.remove_reader(sock)

    def _accept(self, sock: socket.socket) -> None:
        for _ in range(MAX_ACCEPTS):
            try:
                accepted, address = sock.accept()
            except (BlockingIOError, ConnectionAbortedError, InterruptedError):
                return
            except OSError as fault:
                # No descriptor or no memory. It is temporary, since the connections of strangers are bounded.
                self._connections.counts["no room in the system"] += 1
                log.warning("connections cannot be accepted", fault=fault.strerror)
                self._pause()
                self._loop.call_later(ACCEPT_PAUSE_S, self._resume)
                return
            accepted.setblocking(False)
            tracked = self._connections.accept(accepted, normalized(address[0]))
            tracked.task = self._loop.create_task(self._set_up(tracked))
            self._setting_up.add(tracked.task)
            tracked.task.add_done_callback(self._setting_up.discard)

    async def _set_up(self, tracked: TrackedConnection) -> None:
        try:
            protocol = await self._protocol_of(tracked)
            if protocol == "media" and self._adopt is not None:
                self._connections.adopt(tracked, self._adopt)
            elif protocol is not None and self._server is not None:
                await self._set_up_http(tracked, self._server)
            else:
                self._close(tracked, "no request" if self._server is not None else "no connectivity check")
        except TimeoutError:
            self._close(tracked, "incomplete request")
        except OSError:
            self._close(tracked, "no request")
        except asyncio.CancelledError:
            self._close(tracked, None)
            raise

    async def _protocol_of(self, tracked: TrackedConnection) -> Protocol | None:
        """Raises `TimeoutError` after `REQUEST_TIMEOUT_S` without a first byte."""
        if self._server is not None and (self._adopt is None or tracked.is_proxy):
            return "http"  # no media comes through a proxy, which opens connections before it needs them
        async with asyncio.timeout(REQUEST_TIMEOUT_S):
            return await read_protocol(tracked.socket)

    def _close(self, tracked: TrackedConnection, why: str | None) -> None:
        if why is not None:
            self._connections.counts[why] += 1
        self._connections.remove(tracked)
        tracked.socket.close()

    async def _set_up_http(self, tracked: TrackedConnection, server: web.Server) -> None:
        def make() -> HttpConnection:
            remove = self._connections.remove
            connection = HttpConnection(
                server,
                self._loop,
                self._connections.counts,
                self._connections.stranger_turns,
                lambda: remove(tracked),
            )
            self._connections.attach(tracked, connection)
            return connection

        try:
            await self._loop.connect_accepted_socket(
                make,
                tracked.socket,
                ssl=self._tls,
                ssl_handshake_timeout=REQUEST_TIMEOUT_S if self._tls else None,
                ssl_shutdown_timeout=1.0 if self._tls else None,
            )
        except (OSError, TimeoutError):
            # A failed TLS handshake; `ssl.SSLError` is an OSError.
            self._connections.counts["no TLS handshake"] += 1
            self._connections.remove(tracked)


def _listening(family: int, address: Sequence[str | int]) -> socket.socket:
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setblocking(False)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            # `::` includes IPv4, as on the media port.
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, address[0] != "::")
        sock.bind(tuple(address))
        sock.listen(BACKLOG)
    except OSError:
        sock.close()
        raise
    return sock
