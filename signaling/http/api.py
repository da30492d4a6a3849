"""The HTTP API: state, agenda, report and metrics out; commands in."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import web

from config.names import slug
from signaling.access.linkchecker import LinkChecker
from signaling.access.links import Link
from signaling.health.loopwatch import LoopWatch
from signaling.health.metrics import ServerCollector
from signaling.health.process import process_figures
from signaling.http import metrics
from signaling.http.authenticator import Authenticator
from signaling.http.body import read_body
from signaling.http.calendars import Calendars
from signaling.http.incoming import read_command, read_file_text
from signaling.http.problem import Denied
from signaling.http.reporting import REPORT_TTL_S, Reporter
from signaling.http.ttlcache import DOCUMENT_TTL_S, TtlCache
from signaling.listener.table import ConnectionTable
from signaling.publisher import DESK
from signaling.reading import Sender
from signaling.runtime import Runtime
from signaling.show.export.programme import published_items, zone_of
from signaling.show.export.schedule import schedule
from signaling.show.policy import max_message_chars
from signaling.show.reasons import ProblemError
from signaling.show.report.spreadsheets import SPREADSHEETS
from signaling.show.wire.commands import Applied, Command
from signaling.show.wire.difference import Difference
from signaling.show.wire.edit import EventFileDoc
from signaling.show.wire.preview import Preview

_NO_CACHE: Final = {"Cache-Control": "private, no-cache"}
"""Times change, and the address may contain a token."""


class Api:
    """The handlers of the API."""

    def __init__(
        self,
        runtime: Runtime,
        link_checker: LinkChecker,
        authenticator: Authenticator,
        connections: ConnectionTable,
        watch: LoopWatch | None = None,
    ) -> None:
        """`watch` measures the event loop."""
        self._runtime = runtime
        self._link_checker = link_checker
        self._authenticator = authenticator
        self._connections = connections
        self._watch = watch
        now = runtime.clock.now
        self._agendas = TtlCache(DOCUMENT_TTL_S)
        self._calendars = Calendars(runtime.first_event, runtime.show_log, now)
        self._reports = TtlCache(REPORT_TTL_S)
        self._reporter = Reporter(runtime.first_event, runtime.show_log, now)

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/metrics", self._metrics),
            web.get("/api/v1/state", self._state),
            web.post("/api/v1/commands", self._command),
            web.post("/api/v1/preview", self._preview),
            web.post("/api/v1/difference", self._difference),
            web.get("/api/v1/event.json", self._event),
            web.get("/api/v1/event.yaml", self._event_file),
            web.get("/api/v1/agenda.ics", self._calendar),
            web.get("/api/v1/schedule.json", self._schedule),
            web.get("/api/v1/report", self._report),
            web.get("/api/v1/report.csv", self._report_table),
        ]

    async def _state(self, request: web.Request) -> web.Response:
        link = await self._authenticator.admit(request)
        return web.json_response(self._runtime.publisher.state(self._runtime.now_iso(), link.role, link.id))

    async def _metrics(self, request: web.Request) -> web.Response:
        await self._authenticator.admit_any(request)
        body = metrics.render(
            self._runtime.publisher.state(self._runtime.now_iso(), *DESK),
            self._connections,
            {channel: silence.spoken_s for channel, silence in self._runtime.silence.silences.items()},
            ServerCollector(
                process_figures(),
                self._watch,
                self._runtime.media_health(),
                self._runtime.conditions,
                self._connections.counts["link refused"],
            ),
        )
        return web.Response(body=body, headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})

    # Agenda and report -----------------------------------------------------------------------------------------------

    async def _calendar(self, request: web.Request) -> web.Response:
        await self._authenticator.admit_subscriber(request)
        zone = zone_of(self._runtime.show.event, request.query.get("zone"))
        return await _document(
            self._agendas, f"calendar {zone.key}", "text/calendar", lambda: self._calendars.document(zone)
        )

    async def _schedule(self, request: web.Request) -> web.Response:
        await self._authenticator.admit_subscriber(request)
        show, now = self._runtime.show, self._runtime.clock.now()
        version = str(self._runtime.publisher.rev)
        return await _document(
            self._agendas,
            "schedule",
            "application/json",
            lambda: json.dumps(schedule(show.event, published_items(show, now), version)).encode(),
        )

    async def _report(self, request: web.Request) -> web.Response:
        await self._authenticator.admit(request)
        return await _document(self._reports, "json", "application/json", self._reporter.as_json)

    async def _report_table(self, request: web.Request) -> web.Response:
        language = request.query.get("spreadsheet")
        if language is not None and language not in SPREADSHEETS:
            known = ", ".join(SPREADSHEETS)
            raise Denied(
                "invalid", f"There is no spreadsheet “{language[:20]}”; there are {known}.", status=400
            )
        await self._authenticator.admit(request)
        return await _document(
            self._reports, f"csv {language}", "text/csv", lambda: self._reporter.as_csv(language)
        )

    # Commands --------------------------------------------------------------------------------------------------------

    async def _command(self, request: web.Request) -> web.Response:
        link, command = await self._read_command(request)
        submitted = self._runtime.submit(command, link.who, link.author, **self._sender(request, link))
        return await self._answer(submitted)

    async def _preview(self, request: web.Request) -> web.Response:
        """The state right after a command, for those who may send it."""
        link, command = await self._read_command(request)
        is_wanted = self._sender(request, link)["is_wanted"]
        previewed = self._runtime.preview(command, link.who, link.author, is_wanted=is_wanted)
        return await self._answer(previewed)

    async def _read_command(self, request: web.Request) -> tuple[Link, Command]:
        # Before any of the body is read: a role without commands must cost nothing.
        link = await self._authenticator.admit(request)
        command = read_command(await read_body(request, max_message_chars(link.role)), link.role)
        # Again: the link may have been revoked while the body arrived.
        self._link_checker.check(link, self._runtime.show.event)
        return link, command

    async def _difference(self, request: web.Request) -> web.Response:
        """What a `reload` would change, for roles that may send one."""
        link = await self._authenticator.admit(request)
        file = read_file_text(await read_body(request, max_message_chars(link.role)))
        return await self._answer(self._runtime.files.difference(file.yaml, **self._sender(request, link)))

    async def _event(self, request: web.Request) -> web.Response:
        """The agenda as the event file says it, for those who edit it."""
        await self._authenticator.admit(request)
        return await self._answer(self._runtime.files.document())

    async def _event_file(self, request: web.Request) -> web.Response:
        """The event file as it is now, to keep."""
        await self._authenticator.admit(request)
        try:
            rev, text, title = self._runtime.files.text()
        except ProblemError as fault:
            raise Denied.because(fault) from None
        return web.Response(
            body=text.encode(),
            headers={
                "Content-Type": "application/yaml; charset=utf-8",
                "Content-Disposition": f'attachment; filename="{slug(title) or "event"}.yaml"',
                "ETag": f'"{rev}"',
                **_NO_CACHE,
            },
        )

    async def _answer(self, result: Awaitable[Applied | Difference | Preview | EventFileDoc]) -> web.Response:
        """The result as JSON. A refusal carries the revision that it was decided on."""
        try:
            return web.json_response((await result).model_dump())
        except ProblemError as fault:
            raise Denied.because(fault, self._runtime.publisher.rev) from None

    def _sender(self, request: web.Request, link: Link) -> Sender:
        """The sender of an event file: each link and address has one read at a time, while it waits for the answer."""
        transport = request.transport

        def is_wanted() -> bool:
            return (
                transport is not None
                and not transport.is_closing()
                and self._link_checker.is_valid(link, self._runtime.show.event)
            )

        return {"sender": f"{link.who} {self._authenticator.address(request)}", "is_wanted": is_wanted}


async def _document(cache: TtlCache, name: str, content_type: str, make: Callable[[], bytes]) -> web.Response:
    body = await cache.get(name, make)
    return web.Response(body=body, headers={"Content-Type": f"{content_type}; charset=utf-8", **_NO_CACHE})
