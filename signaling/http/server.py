"""The one HTTP port: pages, API and WebSocket."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final, TypeVar

import structlog
from aiohttp import web

from config.model import Event
from signaling.access.linkchecker import LinkChecker
from signaling.access.links import Grant, Link, LinkError, WrongRole
from signaling.http import metrics
from signaling.http.body import read_body
from signaling.http.calendars import Calendars
from signaling.http.heartbeat import PATIENCE, Patience
from signaling.http.incoming import Malformed, read_command, read_file_text
from signaling.http.limits import Buckets, Pace
from signaling.http.middlewares import one_length, plain_errors, safe_headers, short_paths
from signaling.http.problem import Denied
from signaling.http.reporting import FRESH_FOR, Reporter
from signaling.http.session import Session
from signaling.http.ttlcache import TtlCache
from signaling.listener import connection
from signaling.listener.address import Network, client, holder
from signaling.listener.connection import REQUESTS_BURST, REQUESTS_PER_S
from signaling.listener.listener import Listener
from signaling.listener.visitors import Room, Visitors, raise_limit, room
from signaling.owned import owned
from signaling.publisher import DESK
from signaling.reading import NotWanted, Sender, TooManyTexts
from signaling.runtime import Busy, Forbidden, NotWritten, Runtime
from signaling.show.core import Refused
from signaling.show.export.programme import UnknownPlace, entries, zone_of
from signaling.show.export.schedule import schedule
from signaling.show.policy import is_watcher, max_message, may
from signaling.show.report.report_data import SPREADSHEETS
from signaling.show.terms import Role
from signaling.showlog.logreader import Unreadable

log = structlog.get_logger()

STATIC: Final = Path(__file__).parent.parent / "static"
CHECK_EVERY: Final = 0.5
"""Seconds between looks at whether links still count, pages answer and connections keep us waiting."""
ADDRESSES: Final = 4_096
"""Addresses whose requests are counted at a time."""
WATCHERS_OFFERS, CREW_OFFERS = 0.2, 0.1
"""Of the loop's time, what the offers of one link may take. 200 viewers after a restart are answered within 4 s."""
OFFERS_WAITING: Final = 500
"""Offers of one link that may wait for that."""

WATCHERS: Final[tuple[Role, ...]] = ("viewer", "stage")
"""Whose tokens may stand in an address: they open nothing but what is shown to everybody."""
_FRESH: Final = {"Cache-Control": "private, no-cache"}
"""Times move, and the address may hold a token."""

G = TypeVar("G", bound=Grant)


class Server:
    """The web application around a running show."""

    def __init__(
        self,
        runtime: Runtime,
        link_checker: LinkChecker,
        *,
        proxies: Sequence[Network] = (),
        sizes: Room | None = None,
        patience: Patience = PATIENCE,
    ) -> None:
        """`proxies` are believed whom they forward for; `sizes` are those that the process has descriptors for;
        `patience` is had with silent pages."""
        loop = asyncio.get_running_loop()
        self.visitors = Visitors(sizes or room(raise_limit()), loop, tuple(proxies))
        self._runtime = runtime
        self._link_checker = link_checker
        self._patience = patience
        self._proxies = tuple(proxies)
        self._loop = loop
        self._buckets = Buckets(REQUESTS_PER_S, REQUESTS_BURST, ADDRESSES)
        self._offers: dict[str, Pace] = {}
        """By link: the offers of one wait for each other, and nobody else's for them."""
        self._kept = TtlCache()
        self._calendars = Calendars(runtime.first, runtime.logged, runtime.clock.now)
        self._reporter = Reporter(runtime.first, runtime.logged, runtime.refused, runtime.clock.now)
        self._reports = TtlCache(FRESH_FOR)
        self._sessions: dict[Session, web.WebSocketResponse] = {}
        self.app = web.Application(middlewares=[safe_headers, plain_errors, short_paths, one_length])
        self.app.add_routes(
            [
                web.get("/healthz", self._health),
                web.get("/", self._page),
                web.get("/join", self._page),
                web.get("/metrics", self._metrics),
                web.get("/api/v1/state", self._state),
                web.post("/api/v1/commands", self._command),
                web.post("/api/v1/difference", self._difference),
                web.get("/api/v1/agenda.ics", self._calendar),
                web.get("/api/v1/schedule.json", self._schedule),
                web.get("/api/v1/report", self._report),
                web.get("/api/v1/report.csv", self._report_table),
                web.get("/api/v1/ws", self._socket),
            ]
        )
        if (STATIC / "assets").is_dir():
            self.app.router.add_static("/assets", STATIC / "assets", append_version=False)
        self.app.on_shutdown.append(self._close_sessions)

    # Pages -----------------------------------------------------------------------------------------------------------

    async def _health(self, request: web.Request) -> web.Response:
        return web.json_response({"serving": True})

    async def _page(self, request: web.Request) -> web.StreamResponse:
        index = STATIC / "index.html"
        if not index.is_file():
            return web.Response(
                status=503, text="The pages are not built. Run `make setup` and start again.\n"
            )
        return web.FileResponse(index, headers={"Cache-Control": "no-cache"})

    # API -------------------------------------------------------------------------------------------------------------

    def _admit(self, request: web.Request) -> Link:
        """Who asks, by the bearer token.

        Raises:
            Denied: nobody who may, or too often.
        """
        return self._admit_token(request, _bearer(request), self._link_checker.admit)

    def _admit_subscriber(self, request: web.Request) -> Link:
        """Who asks for the agenda: by the bearer token, or by `?token=` with the link of somebody who only watches.

        A calendar or a conference app subscribes to an address and can send no header, so without `?token=` nobody
        could. But an address ends up in the logs of proxies and with the maker of the calendar, which is why a join
        link keeps its token in the fragment. So no token that lets anybody steer or speak is taken from one.
        """
        token = request.query.get("token")
        if token is None:
            return self._admit(request)
        link = self._admit_token(request, token, self._link_checker.admit)
        if link.role not in WATCHERS:
            raise Denied(
                "forbidden",
                f"An address is no place for the token of a {link.role} link, since others get to read it. Use the "
                "viewer link's token, or send this one as “Authorization: Bearer TOKEN”.",
            )
        return link

    def _admit_token(self, request: web.Request, token: str, admit: Callable[[str, Event], G]) -> G:
        address = self._address(request)
        try:
            link = admit(token.strip(), self._runtime.show.event)
        except WrongRole as fault:
            raise Denied("forbidden", str(fault)) from fault
        except LinkError as fault:
            self.visitors.counts["link refused"] += 1
            log.info("link refused", address=address, path=request.path, why=str(fault))
            raise Denied.because(fault) from fault
        came_by = connection.of(request)
        self.visitors.know(came_by, link, address)
        # Each connection of a moderator has its own measure: nobody's flood may hold up a command. Others share theirs
        # by link and address, since everybody watches by the one viewer link.
        now = self._loop.time()
        is_free = (
            came_by.requests.take(now)
            if link.role == "moderator"
            else self._buckets.take((link.who, holder(address)), now)
        )
        if not is_free:
            raise Denied("too-many", "Too many requests with this link from your address. Wait a second.")
        return link

    def _address(self, request: web.Request) -> str:
        return client(request.remote or "", request.headers, self._proxies)

    async def _state(self, request: web.Request) -> web.Response:
        link = self._admit(request)
        return web.json_response(self._runtime.publisher.state(self._runtime.now_iso(), link.role, link.id))

    async def _metrics(self, request: web.Request) -> web.Response:
        self._admit_token(request, _bearer(request), self._link_checker.admit_metrics)
        body = metrics.render(self._runtime.publisher.state(self._runtime.now_iso(), *DESK), self.visitors)
        return web.Response(body=body, headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})

    async def _calendar(self, request: web.Request) -> web.Response:
        self._admit_subscriber(request)
        try:
            zone = zone_of(self._runtime.show.event, request.query.get("zone"))
        except UnknownPlace as fault:
            raise Denied("invalid", str(fault)) from None
        try:
            body = await self._kept.get(f"calendar {zone.key}", lambda: self._calendars.document(zone))
        except Unreadable as fault:
            raise Denied("failed", str(fault)) from None
        return web.Response(body=body, headers={"Content-Type": "text/calendar; charset=utf-8", **_FRESH})

    async def _schedule(self, request: web.Request) -> web.Response:
        self._admit_subscriber(request)
        show, now = self._runtime.show, self._runtime.clock.now()
        version = str(self._runtime.publisher.rev)
        body = await self._kept.get(
            "schedule", lambda: json.dumps(schedule(show.event, entries(show, now), version)).encode()
        )
        return web.Response(body=body, headers={"Content-Type": "application/json; charset=utf-8", **_FRESH})

    async def _report(self, request: web.Request) -> web.Response:
        return await self._reported(request, "application/json", self._reporter.as_json)

    async def _report_table(self, request: web.Request) -> web.Response:
        language = request.query.get("spreadsheet")
        if language is not None and language not in SPREADSHEETS:
            there = ", ".join(SPREADSHEETS)
            raise Denied(
                "invalid", f"There is no spreadsheet “{language[:20]}”; there are {there}.", status=400
            )
        return await self._reported(
            request, "text/csv", lambda: self._reporter.as_csv(language), language or ""
        )

    async def _reported(
        self, request: web.Request, kind: str, make: Callable[[], bytes], variant: str = ""
    ) -> web.Response:
        """What ran against the plan. It names who did what, so it is for moderators."""
        link = self._admit(request)
        if link.role != "moderator":
            raise Denied("forbidden", f"A {link.role} link does not permit reading the report.")
        try:
            body = await self._reports.get(f"{kind} {variant}", make)
        except Unreadable as fault:
            raise Denied("failed", str(fault)) from None
        return web.Response(body=body, headers={"Content-Type": f"{kind}; charset=utf-8", **_FRESH})

    async def _command(self, request: web.Request) -> web.Response:
        link = self._admit(request)
        # Before a byte of the body is read: whoever may send nothing is not listened to.
        if not may(link.role, "next"):
            raise Denied("forbidden", f"A {link.role} link does not permit commands.")
        try:
            command = read_command(await read_body(request, max_message(link.role)), link.role)
            self._link_checker.check(link, self._runtime.show.event)  # the body may have taken its time
            applied = await self._runtime.submit(command, link.who, link.role, **self._sender(request, link))
        except Malformed as fault:
            raise Denied("invalid", str(fault)) from None
        except LinkError as fault:
            raise Denied.because(fault) from None
        except NotWanted as fault:
            raise Denied("failed", str(fault)) from None  # which nobody hears
        except (Forbidden, Refused, Busy, NotWritten, TooManyTexts) as fault:
            raise Denied.because(fault, self._runtime.publisher.rev) from None
        return web.json_response(applied.model_dump())

    async def _difference(self, request: web.Request) -> web.Response:
        """What a `reload` would change, for those who may send one."""
        link = self._admit(request)
        if not may(link.role, "reload"):
            raise Denied("forbidden", f"A {link.role} link does not permit “reload”.")
        try:
            file = read_file_text(await read_body(request, max_message(link.role)))
            made = await self._runtime.difference(file.yaml, **self._sender(request, link))
        except Malformed as fault:
            raise Denied("invalid", str(fault)) from None
        except NotWanted as fault:
            raise Denied("failed", str(fault)) from None  # which nobody hears
        except (Refused, TooManyTexts) as fault:
            raise Denied.because(fault, self._runtime.publisher.rev) from None
        return web.json_response(made.model_dump())

    def _sender(self, request: web.Request, link: Link) -> Sender:
        """Whose event file it is: each machine with a link has one read at a time, while it waits for the answer."""
        transport = request.transport

        def is_wanted() -> bool:
            return (
                transport is not None
                and not transport.is_closing()
                and self._link_checker.counts(link, self._runtime.show.event)
            )

        return {"sender": f"{link.who} {self._address(request)}", "is_wanted": is_wanted}

    # Pages that stay connected ---------------------------------------------------------------------------------------

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        # Text patches of some hundred bytes are not worth deflating. What a message may have is held to by `frames`,
        # by role, and a page that went without a word is noticed by the session.
        socket = web.WebSocketResponse(max_msg_size=max_message("moderator") + 1, compress=False)
        try:
            await socket.prepare(request)
        except ValueError:  # a key that is not base64
            raise Denied("invalid", "This is no WebSocket handshake.", status=400) from None
        self.visitors.keep(connection.of(request))
        if request.transport is None:  # the page has gone meanwhile
            return socket
        session = Session(
            socket,
            connection.of(request),
            self._address(request),
            self._runtime,
            self._link_checker,
            self.visitors,
            self._pace_of,
            self._patience,
        )
        self._sessions[session] = socket
        try:
            await session.run()
        finally:
            del self._sessions[session]
            if (fault := socket.exception()) is not None:
                # Its frames hold the page, and the page holds it: thousands of such rings took the collector 130 ms.
                fault.__traceback__ = fault.__context__ = None
        return socket

    def _pace_of(self, link: Link) -> Pace:
        """At which offers of a link are answered. Links are as many as the event has."""
        share = WATCHERS_OFFERS if is_watcher(link.role) else CREW_OFFERS
        return self._offers.setdefault(link.who, Pace(share, OFFERS_WAITING))

    async def watch(self) -> None:
        """End what does not count any more, and what keeps us waiting, until cancelled."""
        while True:
            await asyncio.sleep(CHECK_EVERY)
            for session in list(self._sessions):
                session.check()
                session.beat()
            await self._dismiss_withdrawn()
            self.visitors.sweep()

    async def _dismiss_withdrawn(self) -> None:
        """Picture and sound must not outlive their link, be their page there or not."""
        event = self._runtime.show.event
        for peer, place in list(self._runtime.receivers.items()):
            if place.link is not None and not self._link_checker.counts(place.link, event):
                log.info("a link was withdrawn; its picture and sound end", place=place.id)
                await self._runtime.dismiss(peer)

    async def _close_sessions(self, app: web.Application) -> None:
        for socket in list(self._sessions.values()):
            await socket.close(code=1001, message=b"the server stops")


def _bearer(request: web.Request) -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Denied("unauthorized", "Send the token of a join link: “Authorization: Bearer TOKEN”.")
    return token


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
