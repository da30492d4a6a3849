"""The one HTTP port: pages, API and WebSocket sessions."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final

import structlog
from aiohttp import web

from signaling.access.linkchecker import LinkChecker
from signaling.access.links import Link
from signaling.access.turn import TurnServer
from signaling.admission.openpages import OpenPages
from signaling.health.loopwatch import LoopWatch
from signaling.http.api import Api
from signaling.http.authenticator import Authenticator
from signaling.http.heartbeat import HEARTBEAT_TIMEOUTS, HeartbeatTimeouts
from signaling.http.hosts import OwnHosts
from signaling.http.limits import LoopShare
from signaling.http.links.linksapi import LinksApi
from signaling.http.links.sessions import ConnectedPages
from signaling.http.middlewares import (
    SERVES_HTTPS,
    Handler,
    one_length,
    plain_errors,
    safe_headers,
    short_paths,
)
from signaling.http.pagesocket import SERVICE_RESTART, PageSocket, SessionEnd
from signaling.http.problem import Denied
from signaling.http.session import Session
from signaling.listener.address import Network
from signaling.listener.connection import connection_of
from signaling.listener.listener import Listener
from signaling.listener.table import Adopt, ConnectionTable, ShareSizes, raise_limit, share_sizes
from signaling.owned import owned
from signaling.runtime import Runtime
from signaling.show.policy import is_watcher, max_message_chars
from signaling.show.reasons import ProblemError

log = structlog.get_logger()

STATIC: Final = Path(__file__).parent.parent / "static"
CHECK_INTERVAL_S: Final = 0.5
"""Seconds between checks of links, heartbeats and overdue connections."""
WATCHER_OFFERS_SHARE, CREW_OFFERS_SHARE = 0.2, 0.1
"""Share of the loop's time for the offers of one link. 200 viewers after a restart are answered within 4 s."""
DRAIN_TIMEOUT_S: Final = 1.0
"""Seconds for pages to answer the close of their session when the server ends. Pages must be back within 3 s."""
DRAIN_RETRY_AFTER_S: Final = 1
"""Seconds after which a client that the ending server refuses should try again: rooms must be back within 3 s."""
WRITER_LIMIT_BYTES: Final = 16 * 1024
"""Written to a page between two looks at whether asyncio's 64 KiB for it are full. aiohttp's own is 256 KiB."""
MAX_WAITING_OFFERS: Final = 500
"""Waiting offers of one link."""


class Server:
    """The web application of a running show."""

    def __init__(
        self,
        runtime: Runtime,
        link_checker: LinkChecker,
        *,
        proxies: Sequence[Network] = (),
        turn: TurnServer | None = None,
        public_url: str | None = None,
        names: Sequence[str] = (),
        sizes: ShareSizes | None = None,
        timeouts: HeartbeatTimeouts = HEARTBEAT_TIMEOUTS,
        watch: LoopWatch | None = None,
    ) -> None:
        """`proxies` are trusted to name the client that they forward for. Pages get credentials for `turn`.
        `public_url` is what links made at the desk begin with; None: as the moderator's page. Its host, `names`,
        `localhost` and addresses are those by which the server may be asked. `sizes` None: by the number of file
        descriptors."""
        loop = asyncio.get_running_loop()
        self.connections = ConnectionTable(sizes or share_sizes(raise_limit()), loop, tuple(proxies))
        self._runtime = runtime
        self._link_checker = link_checker
        self._authenticator = Authenticator(runtime, link_checker, self.connections, tuple(proxies))
        self._timeouts = timeouts
        self._turn = turn
        self._offers: dict[str, LoopShare] = {}
        """By link: its offers wait for each other, and for no other link's. The event bounds the number of links."""
        self._sessions: dict[Session, asyncio.Task[object] | None] = {}
        """With the task that handles each."""
        self._open_pages = OpenPages[Session](runtime.receivers.feeds)
        self.is_draining = False
        """The server ends: pages are told, and requests refused."""
        hosts = OwnHosts(public_url, names, self.connections.counts)
        self.app = web.Application(
            middlewares=[
                *(safe_headers, plain_errors, hosts.middleware),
                *(self._not_while_draining, short_paths, one_length),
            ]
        )
        self.app[SERVES_HTTPS] = hosts.is_https
        self.app.add_routes(Api(runtime, link_checker, self._authenticator, self.connections, watch).routes())
        pages = ConnectedPages(self._sessions, runtime)
        self.app.add_routes(LinksApi(runtime, link_checker, self._authenticator, pages, public_url).routes())
        self.app.add_routes(
            [
                web.get("/healthz", self._health),
                web.get("/readyz", self._ready),
                web.get("/", self._page),
                web.get("/j", self._page),
                web.get("/screen", self._screen),
                web.get("/join", self._page),  # links of older versions: the page says that they are
                web.get("/api/v1/ws", self._serve_session),
            ]
        )
        if (STATIC / "assets").is_dir():
            self.app.router.add_static("/assets", STATIC / "assets", append_version=False)
        self.app.on_response_prepare.append(_leave_server_header)
        self.app.on_response_prepare.append(self._say_time)
        self.app.on_shutdown.append(self._end_sessions)

    @web.middleware
    async def _not_while_draining(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if self.is_draining and request.path != "/readyz":
            answer = Denied("busy", "The server restarts. Try again in a second.").answer()
            answer.headers["Retry-After"] = str(DRAIN_RETRY_AFTER_S)
            answer.force_close()
            return answer
        return await handler(request)

    async def _say_time(self, request: web.Request, response: web.StreamResponse) -> None:
        """Browsers note when an answer came outside the page's own thread, which is busy while the page loads."""
        clock = self._runtime.clock
        response.headers["Server-Timing"] = f"show;dur={clock.now()}, speed;dur={clock.speed}"

    async def _health(self, request: web.Request) -> web.Response:
        return web.json_response({"serving": True})

    async def _ready(self, request: web.Request) -> web.Response:
        """Whether a show could run now, and why not. Examined once a second, so that a stranger costs nothing more."""
        reasons = [
            {"code": condition.code, "message": condition.text}
            for condition in self._runtime.conditions
            if condition.prevents_show
        ]
        if self.is_draining:
            reasons.insert(0, {"code": "draining", "message": "The server restarts."})
        headers = {"Cache-Control": "no-store"}
        document = {"ready": not reasons, "reasons": reasons}
        return web.json_response(document, status=503 if reasons else 200, headers=headers)

    async def _page(self, request: web.Request) -> web.StreamResponse:
        return _file("index.html")

    async def _screen(self, request: web.Request) -> web.StreamResponse:
        """The hall's second window. It has no link: the page that opens it gives it what to show."""
        return _file("screen.html")

    async def _serve_session(self, request: web.Request) -> web.StreamResponse:
        """Handle a WebSocket request until its session ends."""
        # Compression does not pay for patches of some hundred bytes. `frames` limits messages by role, and the session
        # notices a page that disconnects silently.
        socket = web.WebSocketResponse(
            max_msg_size=max_message_chars("moderator") + 1, compress=False, writer_limit=WRITER_LIMIT_BYTES
        )
        try:
            await socket.prepare(request)
        except ValueError:  # a key that is not base64
            raise Denied("invalid", "This is no WebSocket handshake.", status=400) from None
        except ConnectionResetError:  # the page has disconnected meanwhile
            return web.Response()  # nobody reads it
        tcp = connection_of(request)
        self.connections.protect(tcp)
        if request.transport is None:  # the page has disconnected meanwhile
            return socket
        address = self._authenticator.address(request)
        page = PageSocket(socket, tcp, address, self.connections.counts, self._timeouts)
        session = Session(
            page,
            self._runtime,
            self._link_checker,
            self._authenticator,
            self.connections,
            self._turn_of,
            self._turn,
            self._open_pages,
        )
        self._sessions[session] = asyncio.current_task()
        try:
            with structlog.contextvars.bound_contextvars(session=session.id):
                await session.run()
        finally:
            del self._sessions[session]
            if (fault := socket.exception()) is not None:
                # Its frames and the page refer to each other: collecting thousands of such cycles took 130 ms.
                fault.__traceback__ = fault.__context__ = None
        return socket

    def _turn_of(self, link: Link) -> LoopShare:
        share = WATCHER_OFFERS_SHARE if is_watcher(link.role) else CREW_OFFERS_SHARE
        return self._offers.setdefault(link.who, LoopShare(share, MAX_WAITING_OFFERS))

    async def follow_links(self) -> None:
        """Bring into force what other processes change of the links, until cancelled."""
        await self._link_checker.follow()

    async def watch(self) -> None:
        """End sessions, peers and connections that do not count any more, until cancelled."""
        while True:
            await asyncio.sleep(CHECK_INTERVAL_S)
            for session in list(self._sessions):
                session.check_link()
                session.socket.check_heartbeat()
            await self._close_revoked_peers()
            self.connections.close_overdue()

    async def _close_revoked_peers(self) -> None:
        """A peer must not outlive its link, whether or not its page is connected."""
        for peer, place in list(self._runtime.receivers.every_peer.items()):
            if place.link is not None and not self._link_checker.is_valid(
                place.link, self._runtime.show.event
            ):
                log.info("a link was revoked; its peer is closed", place=place.id)
                await self._runtime.receivers.close(peer)

    async def drain(self) -> None:
        """Refuse requests from now on, answer the commands that wait, and tell every page that the server restarts.

        Returns when every page is disconnected, after `DRAIN_TIMEOUT_S` twice at the latest.
        """
        if self.is_draining:
            return
        self.is_draining = True
        log.info("the server ends; pages are told", pages=len(self._sessions))
        with suppress(TimeoutError, ProblemError):
            async with asyncio.timeout(DRAIN_TIMEOUT_S):
                await self._runtime.settle()
        await self._end_sessions(self.app)

    async def _end_sessions(self, app: web.Application) -> None:
        """End all sessions together: one page that does not read must not hold up the others."""
        end = SessionEnd(SERVICE_RESTART, "the server restarts")
        sessions = dict(self._sessions)
        closing = [asyncio.create_task(session.end(end)) for session in sessions]
        tasks = [*closing, *(task for task in sessions.values() if task is not None)]
        if tasks:
            await asyncio.wait(tasks, timeout=DRAIN_TIMEOUT_S)
        for task in closing:
            task.cancel()
        for session in self._sessions:
            session.socket.hang_up()


def _file(name: str) -> web.StreamResponse:
    """A page of the static files."""
    page = STATIC / name
    if not page.is_file():
        return web.Response(status=503, text="The pages are not built. Run `make setup` and start again.\n")
    return web.FileResponse(page, headers={"Cache-Control": "no-cache"})


async def _leave_server_header(request: web.Request, response: web.StreamResponse) -> None:
    """A proxy has a Server header of its own, and Caddy passes on ours besides. Strict clients refuse two."""
    if connection_of(request).is_from_proxy:
        response.headers.popall("Server", None)


@asynccontextmanager
async def listening(
    server: Server,
    host: str,
    port: int,
    tls: ssl.SSLContext | None = None,
    adopt: Adopt | None = None,
) -> AsyncIterator[int]:
    """Serve on `host` and `port` (0: any) for as long as the context lasts; yields the port's number.

    `adopt` takes over connections to the port that carry media; see `Engine.adopt`.

    Raises:
        OSError: the port cannot be opened.
    """
    runner = web.AppRunner(server.app, access_log=None, shutdown_timeout=2.0)
    await runner.setup()
    try:
        assert runner.server is not None
        listener = await Listener.open(runner.server, server.connections, host, port, tls, adopt)
        try:
            async with (
                owned(server.follow_links(), "the look at the files of links"),
                owned(server.watch(), "the check of links and connections"),
            ):
                yield listener.port
        finally:
            await listener.close()
    finally:
        await runner.cleanup()
