"""The HTTP port: accepts connections in small batches, so that a flood of them delays nothing else."""

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
from signaling.listener.table import ConnectionTable, TrackedConnection

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

    def __init__(self, server: web.Server, connections: ConnectionTable, tls: ssl.SSLContext | None) -> None:
        self._server = server
        self._connections = connections
        self._tls = tls
        self._loop = asyncio.get_running_loop()
        self._sockets: list[socket.socket] = []
        self._setting_up: set[asyncio.Task[None]] = set()

    @classmethod
    async def open(
        cls,
        server: web.Server,
        connections: ConnectionTable,
        host: str,
        port: int,
        tls: ssl.SSLContext | None = None,
    ) -> Listener:
        """Listen on `host` (a name or an address; `::` includes IPv4) and `port` (0: any free one).

        Raises:
            OSError: the address is not this machine's, or the port is taken.
        """
        found = cls(server, connections, tls)
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
        def make() -> HttpConnection:
            remove = self._connections.remove
            connection = HttpConnection(
                self._server,
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
        except asyncio.CancelledError:
            self._connections.remove(tracked)
            tracked.socket.close()
            raise


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
