"""The one HTTP port: pages, API and WebSocket."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

import structlog
from aiohttp import web
from pydantic import ValidationError

from signaling import metrics
from signaling.door import Door
from signaling.kept import Kept
from signaling.limits import Bucket
from signaling.links import Link, LinkError
from signaling.reporting import FRESH_FOR, Reporter, Unreadable
from signaling.runtime import Busy, Forbidden, NotWritten, Runtime, problem_code
from signaling.session import BURST, MAX_MESSAGE, RATE, Session, explain
from signaling.show.ical import calendar
from signaling.show.messages import COMMAND, ErrorCode, FileText, Problem, Role
from signaling.show.policy import may
from signaling.show.programme import UnknownPlace, entries, zone_of
from signaling.show.schedule import schedule
from signaling.show.state import Refused

log = structlog.get_logger()

STATIC: Final = Path(__file__).parent / "static"
MAX_SESSIONS = 2_000
"""Pages at once; one more is told to come back later."""

WATCHERS: Final[tuple[Role, ...]] = ("viewer", "stage")
"""Whose tokens may stand in an address: they open nothing but what is shown to everybody."""

_STATUS: Final[dict[ErrorCode, int]] = {
    "stale": 409,
    "invalid": 422,
    "unauthorized": 401,
    "forbidden": 403,
    "too-many": 429,
    "busy": 503,
    "offer": 422,
    "failed": 503,
}
_HEADERS: Final = {
    # Nothing from elsewhere, nothing inline but the styles that Preact sets, and no page of others around ours.
    "Content-Security-Policy": "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "media-src 'self' blob: mediastream:; connect-src 'self' ws: wss:; frame-ancestors 'none'; base-uri 'none'",
    "Permissions-Policy": "camera=(self), microphone=(self), display-capture=(self), speaker-selection=(self)",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_FRESH: Final = {"Cache-Control": "private, no-cache"}
"""Times move, and the address may hold a token."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Server:
    """The web application around a running show."""

    def __init__(self, runtime: Runtime, door: Door) -> None:
        self._runtime = runtime
        self._door = door
        self._buckets: dict[Link, Bucket] = {}
        self._kept = Kept()
        self._reporter = Reporter(runtime.first, runtime.logged, runtime.refused, runtime.clock.now)
        self._reports = Kept(FRESH_FOR)
        self._sessions: set[web.WebSocketResponse] = set()
        self.app = web.Application(middlewares=[_safe_headers, _plain_errors], client_max_size=1024 * 1024)
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

    def _admit(self, request: web.Request) -> Link | web.Response:
        """Who asks, by the bearer token; or the answer that turns them away."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            return _problem("unauthorized", "Send the token of a join link: “Authorization: Bearer TOKEN”.")
        return self._admit_token(token)

    def _admit_subscriber(self, request: web.Request) -> Link | web.Response:
        """Who asks for the agenda: by the bearer token, or by `?token=` with the link of somebody who only watches.

        A calendar or a conference app subscribes to an address and can send no header, so without `?token=` nobody
        could. But an address ends up in the logs of proxies and with the maker of the calendar, which is why a join
        link keeps its token in the fragment. So no token that lets anybody steer or speak is taken from one.
        """
        token = request.query.get("token")
        if token is None:
            return self._admit(request)
        link = self._admit_token(token)
        if isinstance(link, Link) and link.role not in WATCHERS:
            return _problem(
                "forbidden",
                f"An address is no place for the token of a {link.role} link, since others get to read it. Use the "
                "viewer link's token, or send this one as “Authorization: Bearer TOKEN”.",
            )
        return link

    def _admit_token(self, token: str) -> Link | web.Response:
        try:
            link = self._door.admit(token.strip(), self._runtime.show.event)
        except LinkError as fault:
            return _problem("unauthorized", str(fault))
        now = asyncio.get_running_loop().time()
        # One bucket a link's role and id: bounded by the event, however many tokens were handed out.
        if not self._buckets.setdefault(link, Bucket(RATE, BURST, now)).take(now):
            return _problem("too-many", "Too many requests with this link. Wait a second.")
        return link

    async def _state(self, request: web.Request) -> web.Response:
        link = self._admit(request)
        if isinstance(link, web.Response):
            return link
        return web.json_response(self._runtime.publisher.state(self._runtime.now_iso()))

    async def _metrics(self, request: web.Request) -> web.Response:
        link = self._admit(request)
        if isinstance(link, web.Response):
            return link
        body = metrics.render(self._runtime.publisher.state(self._runtime.now_iso()))
        return web.Response(body=body, headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})

    async def _calendar(self, request: web.Request) -> web.Response:
        link = self._admit_subscriber(request)
        if isinstance(link, web.Response):
            return link
        show, now = self._runtime.show, self._runtime.clock.now()
        try:
            zone = zone_of(show.event, request.query.get("zone"))
        except UnknownPlace as fault:
            return _problem("invalid", str(fault))
        body = await self._kept.get(
            f"calendar {zone.key}", lambda: calendar(show.event, entries(show, now), zone, now)
        )
        return web.Response(body=body, headers={"Content-Type": "text/calendar; charset=utf-8", **_FRESH})

    async def _schedule(self, request: web.Request) -> web.Response:
        link = self._admit_subscriber(request)
        if isinstance(link, web.Response):
            return link
        show, now = self._runtime.show, self._runtime.clock.now()
        version = str(self._runtime.publisher.rev)
        body = await self._kept.get(
            "schedule", lambda: json.dumps(schedule(show.event, entries(show, now), version)).encode()
        )
        return web.Response(body=body, headers={"Content-Type": "application/json; charset=utf-8", **_FRESH})

    async def _report(self, request: web.Request) -> web.Response:
        return await self._reported(request, "application/json", self._reporter.as_json)

    async def _report_table(self, request: web.Request) -> web.Response:
        return await self._reported(request, "text/csv", self._reporter.as_csv)

    async def _reported(self, request: web.Request, kind: str, make: Callable[[], bytes]) -> web.Response:
        """What ran against the plan. It names who did what, so it is for moderators."""
        link = self._admit(request)
        if isinstance(link, web.Response):
            return link
        if link.role != "moderator":
            return _problem("forbidden", f"A {link.role} link does not permit reading the report.")
        try:
            body = await self._reports.get(kind, make)
        except Unreadable as fault:
            return _problem("failed", str(fault))
        return web.Response(body=body, headers={"Content-Type": f"{kind}; charset=utf-8", **_FRESH})

    async def _command(self, request: web.Request) -> web.Response:
        link = self._admit(request)
        if isinstance(link, web.Response):
            return link
        try:
            command = COMMAND.validate_json(await request.read())
        except ValidationError as fault:
            return _problem("invalid", explain(fault))
        try:
            applied = await self._runtime.submit(command, f"{link.role}:{link.id}", link.role)
        except (Forbidden, Refused, Busy, NotWritten) as fault:
            return _problem(problem_code(fault), str(fault), self._runtime.publisher.rev)
        return web.json_response(applied.model_dump())

    async def _difference(self, request: web.Request) -> web.Response:
        """What a `reload` would change, for those who may send one."""
        link = self._admit(request)
        if isinstance(link, web.Response):
            return link
        if not may(link.role, "reload"):
            return _problem("forbidden", f"A {link.role} link does not permit “reload”.")
        try:
            file = FileText.model_validate_json(await request.read())
            made = await self._runtime.difference(file.yaml)
        except ValidationError as fault:
            return _problem("invalid", explain(fault))
        except Refused as refusal:
            return _problem(refusal.code, str(refusal), self._runtime.publisher.rev)
        return web.json_response(made.model_dump())

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        if len(self._sessions) >= MAX_SESSIONS:
            return _problem("busy", "This server has as many pages as it can serve. Try again later.")
        # A heartbeat tells a page that went without a word; text patches of some hundred bytes are not worth deflating.
        socket = web.WebSocketResponse(heartbeat=5.0, max_msg_size=MAX_MESSAGE, compress=False)
        await socket.prepare(request)
        if request.transport is None:  # the page has gone meanwhile
            return socket
        self._sessions.add(socket)
        try:
            await Session(socket, request.transport, self._runtime, self._door).run()
        finally:
            self._sessions.discard(socket)
        return socket

    async def _close_sessions(self, app: web.Application) -> None:
        for socket in list(self._sessions):
            await socket.close(code=1001, message=b"the server stops")


def _problem(code: ErrorCode, message: str, rev: int | None = None) -> web.Response:
    document = Problem(code=code, message=message, rev=rev).model_dump(exclude_none=True)
    return web.json_response(document, status=_STATUS[code])


@web.middleware
async def _safe_headers(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        response = await handler(request)
    except web.HTTPException as fault:
        fault.headers.update(_HEADERS)
        raise
    if not response.prepared:
        response.headers.update(_HEADERS)
    return response


@web.middleware
async def _plain_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Errors of HTTP itself (no such page, wrong method, too large) in the API's own form."""
    try:
        return await handler(request)
    except web.HTTPException as fault:
        if fault.status < 400 or not request.path.startswith("/api/"):
            raise
        code: ErrorCode = "invalid"
        document = Problem(code=code, message=f"{fault.reason}: {request.method} {request.path}").model_dump(
            exclude_none=True
        )
        return web.json_response(document, status=fault.status)
