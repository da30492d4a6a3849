"""The one HTTP port: pages, API and WebSocket."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from aiohttp import web

from signaling.access.linkchecker import LinkChecker
from signaling.http.api import Api
from signaling.http.authenticator import Authenticator
from signaling.http.heartbeat import HEARTBEAT_TIMEOUTS, HeartbeatTimeouts
from signaling.http.middlewares import one_length, plain_errors, safe_headers, short_paths
from signaling.http.sessions import Sessions
from signaling.listener.address import Network
from signaling.listener.listener import Listener
from signaling.listener.visitors import Room, Visitors, raise_limit, room
from signaling.owned import owned
from signaling.runtime import Runtime

STATIC: Final = Path(__file__).parent.parent / "static"
CHECK_INTERVAL_S: Final = 0.5
"""Seconds between checks of links, heartbeats and overdue connections."""


class Server:
    """The web application of a running show."""

    def __init__(
        self,
        runtime: Runtime,
        link_checker: LinkChecker,
        *,
        proxies: Sequence[Network] = (),
        sizes: Room | None = None,
        timeouts: HeartbeatTimeouts = HEARTBEAT_TIMEOUTS,
    ) -> None:
        """`proxies` are trusted to name the client that they forward for; `sizes`: None, by the process's file
        descriptors."""
        loop = asyncio.get_running_loop()
        self.visitors = Visitors(sizes or room(raise_limit()), loop, tuple(proxies))
        authenticator = Authenticator(runtime, link_checker, self.visitors, tuple(proxies))
        self._sessions = Sessions(runtime, link_checker, authenticator, self.visitors, timeouts)
        self.app = web.Application(middlewares=[safe_headers, plain_errors, short_paths, one_length])
        self.app.add_routes(Api(runtime, link_checker, authenticator, self.visitors).routes())
        self.app.add_routes(
            [
                web.get("/healthz", self._health),
                web.get("/", self._page),
                web.get("/join", self._page),
                web.get("/api/v1/ws", self._sessions.serve),
            ]
        )
        if (STATIC / "assets").is_dir():
            self.app.router.add_static("/assets", STATIC / "assets", append_version=False)
        self.app.on_shutdown.append(self._close_sessions)

    async def _health(self, request: web.Request) -> web.Response:
        return web.json_response({"serving": True})

    async def _page(self, request: web.Request) -> web.StreamResponse:
        index = STATIC / "index.html"
        if not index.is_file():
            return web.Response(
                status=503, text="The pages are not built. Run `make setup` and start again.\n"
            )
        return web.FileResponse(index, headers={"Cache-Control": "no-cache"})

    async def watch(self) -> None:
        """End what does not count any more, until cancelled."""
        while True:
            await asyncio.sleep(CHECK_INTERVAL_S)
            await self._sessions.check()
            self.visitors.sweep()

    async def _close_sessions(self, app: web.Application) -> None:
        await self._sessions.close()


@asynccontextmanager
async def listening(
    server: Server, host: str, port: int, tls: ssl.SSLContext | None = None
) -> AsyncIterator[int]:
    """Serve on `host` and `port` (0: any) for as long as the context lasts; yields the port's number.

    Raises:
        OSError: the port cannot be opened.
    """
    runner = web.AppRunner(server.app, access_log=None, shutdown_timeout=2.0)
    await runner.setup()
    try:
        assert runner.server is not None
        listener = await Listener.open(runner.server, server.visitors, host, port, tls)
        try:
            async with owned(server.watch(), "the watch over links and connections"):
                yield listener.port
        finally:
            await listener.close()
    finally:
        await runner.cleanup()
