"""The HTTP port: takes connections in, in small batches, so that a flood of them holds nothing else up."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Sequence
from typing import Final

import structlog
from aiohttp import web

from signaling.listener.address import plain
from signaling.listener.connection import INCOMPLETE_S, Connection
from signaling.listener.visitors import Visitor, Visitors

log = structlog.get_logger()

BATCH: Final = 8
"""Connections taken in before the loop's other work has its turn. Each costs some 0.2 ms."""
WAITING: Final = 4096
"""Connections that the kernel keeps for us meanwhile. Those beyond it try again after 1 s, 3 s, 7 s."""
PAUSE_S: Final = 0.1
"""Seconds without taking in anybody, after the system had no room for a connection."""


class Listener:
    """Takes connections to one web application in. Use `open`.

    asyncio's own server takes in a hundred at once, and knows of a connection only after its TLS handshake.
    """

    def __init__(self, server: web.Server, visitors: Visitors, tls: ssl.SSLContext | None) -> None:
        self._server = server
        self._visitors = visitors
        self._tls = tls
        self._loop = asyncio.get_running_loop()
        self._sockets: list[socket.socket] = []
        self._setting_up: set[asyncio.Task[None]] = set()

    @classmethod
    async def open(
        cls, server: web.Server, visitors: Visitors, host: str, port: int, tls: ssl.SSLContext | None = None
    ) -> Listener:
        """Listen on `host` (a name or an address; `::` takes IPv4 as well) and `port` (0: any that is free).

        Raises:
            OSError: the address is not this machine's, or the port is taken.
        """
        found = cls(server, visitors, tls)
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
        """The port's number."""
        return int(self._sockets[0].getsockname()[1])

    async def close(self) -> None:
        """Take nobody in any more. Connections that are there stay; their server closes them."""
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
        for _ in range(BATCH):
            try:
                accepted, address = sock.accept()
            except (BlockingIOError, ConnectionAbortedError, InterruptedError):
                return
            except OSError as fault:
                # No descriptor or no memory: not for long, since what strangers hold is bounded.
                self._visitors.counts["no room in the system"] += 1
                log.warning("connections cannot be taken in", fault=fault.strerror)
                self._pause()
                self._loop.call_later(PAUSE_S, self._resume)
                return
            accepted.setblocking(False)
            visitor = self._visitors.come(accepted, plain(address[0]))
            visitor.task = self._loop.create_task(self._set_up(visitor))
            self._setting_up.add(visitor.task)
            visitor.task.add_done_callback(self._setting_up.discard)

    async def _set_up(self, visitor: Visitor) -> None:
        def make() -> Connection:
            gone = self._visitors.gone
            connection = Connection(
                self._server,
                self._loop,
                self._visitors.counts,
                self._visitors.strangers_turns,
                lambda: gone(visitor),
            )
            self._visitors.connected(visitor, connection)
            return connection

        try:
            await self._loop.connect_accepted_socket(
                make,
                visitor.socket,
                ssl=self._tls,
                ssl_handshake_timeout=INCOMPLETE_S if self._tls else None,
                ssl_shutdown_timeout=1.0 if self._tls else None,
            )
        except (OSError, TimeoutError):
            # Whatever a stranger makes of TLS; `ssl.SSLError` is an OSError.
            self._visitors.counts["no TLS handshake"] += 1
            self._visitors.gone(visitor)
        except asyncio.CancelledError:
            self._visitors.gone(visitor)
            visitor.socket.close()
            raise


def _listening(family: int, address: Sequence[str | int]) -> socket.socket:
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setblocking(False)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            # `::` takes IPv4 as well, as the media port does; an address takes what it says.
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, address[0] != "::")
        sock.bind(tuple(address))
        sock.listen(WAITING)
    except OSError:
        sock.close()
        raise
    return sock
