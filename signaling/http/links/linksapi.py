"""The part of the API by which the desk lists, makes and revokes join links, and closes pages."""

from __future__ import annotations

import asyncio
from typing import Final, TypeVar

import structlog
from aiohttp import web
from pydantic import BaseModel, ValidationError

from config.model import Event
from config.times import Instant, iso
from signaling.access.changing import LinksLocked
from signaling.access.codes import grouped
from signaling.access.followed import KeyFileError
from signaling.access.invitations import INVITATION_LANGUAGES, invitation
from signaling.access.linkchecker import LinkChecker
from signaling.access.links import METRICS, ROLES, Link, all_links, name_of, url
from signaling.access.table import MAX_LINKS, LinkRow, TableFull
from signaling.http.authenticator import Authenticator
from signaling.http.body import read_body
from signaling.http.incoming import Malformed, explain
from signaling.http.jsonobject import NotAnObject, read_object
from signaling.http.links.sessions import ConnectedPages
from signaling.http.problem import Denied
from signaling.runtime import Runtime
from signaling.show.reasons import ProblemError
from signaling.show.wire.links import JoinLinkDoc, LinksDoc, LinkSessionDoc, LinkUseDoc, NewLink, RevokedId

log = structlog.get_logger()

M = TypeVar("M", bound=BaseModel)

MAX_BODY_BYTES: Final = 4 * 1024
"""Of a request that makes or revokes links."""
ROWS_AT_ONCE: Final = 50
"""Rows of the list that are made before others get their turn: 1 to 2 ms. A full table has 2,000."""
_PRIVATE: Final = {"Cache-Control": "no-store"}
"""The answers have codes."""


class LinksApi:
    """The handlers for links. All are for moderators whose link is not read-only."""

    def __init__(
        self,
        runtime: Runtime,
        checker: LinkChecker,
        authenticator: Authenticator,
        pages: ConnectedPages,
        public_url: str | None,
    ) -> None:
        """`public_url` is what links begin with; None: as the moderator's page."""
        self._runtime = runtime
        self._checker = checker
        self._authenticator = authenticator
        self._pages = pages
        self._public_url = public_url

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/api/v1/links", self._list),
            web.post("/api/v1/links", self._make),
            web.post("/api/v1/links/revoke", self._revoke_id),
            web.get("/api/v1/links/{number}", self._show),
            web.delete("/api/v1/links/{number}", self._revoke),
            web.delete("/api/v1/sessions/{id}", self._close_page),
        ]

    async def _list(self, request: web.Request) -> web.Response:
        await self._authenticator.admit(request)
        pages, docs = self._pages.by_link(), list[JoinLinkDoc]()
        for row in self._checker.rows():
            docs.append(self._doc(row, request, pages.get(row.number, []), alone=False))
            if len(docs) % ROWS_AT_ONCE == 0:
                await asyncio.sleep(0)
        return _answer(LinksDoc(links=docs))

    async def _show(self, request: web.Request) -> web.Response:
        await self._authenticator.admit(request)
        number = _number(request)
        row = next((row for row in self._checker.rows() if row.number == number), None)
        if row is None:
            raise _no_such_link()
        return _answer(self._doc(row, request, self._pages.by_link().get(number, [])))

    async def _make(self, request: web.Request) -> web.Response:
        moderator = await self._authenticator.admit(request)
        wanted = await _read(request, NewLink)
        self._checker.check(moderator, self._event)  # it may have been revoked while the body arrived
        link = next((a for a in all_links(self._event) if (a.role, a.id) == (wanted.role, wanted.id)), None)
        if link is None:
            raise Denied("invalid", f"This event has no {wanted.role} “{wanted.id}”.")
        if wanted.read_only and wanted.role != "moderator":
            raise Denied("invalid", "Only a moderator's link can be read-only.")
        grant = Link(link.role, link.id, link.name, wanted.read_only)
        try:
            row, code = await self._checker.in_turn(
                lambda: self._checker.random_link(grant, wanted.expires_s, self._event, moderator)
            )
        except KeyFileError as fault:
            raise _failed(fault) from fault
        log.info("the desk makes a link", made=row.number, role=row.role, id=row.id, by=moderator.number)
        return _answer(self._doc(row, request, [], code))

    async def _revoke(self, request: web.Request) -> web.Response:
        moderator, number = await self._authenticator.admit(request), _number(request)
        try:
            if not await self._checker.in_turn(lambda: self._checker.revoke_number(number, moderator)):
                raise _no_such_link()
        except KeyFileError as fault:
            raise _failed(fault) from fault
        log.info("the desk revokes a link", revoked=number, by=moderator.number)
        return web.json_response({"number": number})

    async def _revoke_id(self, request: web.Request) -> web.Response:
        moderator = await self._authenticator.admit(request)
        wanted = (await _read(request, RevokedId)).id
        self._checker.check(moderator, self._event)
        if wanted not in (METRICS, *ROLES, *(link.id for link in all_links(self._event))):
            raise Denied("invalid", f"This event has no place “{wanted}”, and no link has this role.")
        try:
            await self._checker.in_turn(lambda: self._checker.revoke(wanted, moderator))
        except KeyFileError as fault:
            raise _failed(fault) from fault
        log.info("the desk revokes all links of a place or role", revoked=wanted, by=moderator.number)
        return web.json_response({"id": wanted})

    async def _close_page(self, request: web.Request) -> web.Response:
        moderator, session = await self._authenticator.admit(request), request.match_info["id"]
        if not await self._pages.close(session, moderator.who):
            raise Denied("invalid", "There is no such page any more.", status=404)
        return web.json_response({"session": session})

    @property
    def _event(self) -> Event:
        return self._runtime.show.event

    def _doc(
        self,
        row: LinkRow,
        request: web.Request,
        sessions: list[LinkSessionDoc],
        shown: str | None = None,
        *,
        alone: bool = True,
    ) -> JoinLinkDoc:
        """One link. `shown` is its code where that is a random one, which nobody can see again. Only one that is shown
        alone has invitations: in a list they took half of its time."""
        event, checker = self._event, self._checker
        expires, status = checker.expiry(row, event), checker.status(row, event)
        code = shown or (checker.code(row) if status == "valid" and row.hash is None else None)
        public_url = self._public_url or f"{request.scheme}://{request.host}"
        used, name = checker.last_use(row), name_of(event, row.role, row.id)
        invitations = dict[str, str]()
        if alone and code is not None and row.role != METRICS:
            link = Link(row.role, row.id, name, row.read_only)
            for language in INVITATION_LANGUAGES:
                invitations[language] = invitation(language, event, link, public_url, code, expires)
        return JoinLinkDoc(
            number=row.number,
            role=row.role,
            id=row.id,
            name=name,
            read_only=row.read_only,
            by=row.by,
            made=iso(Instant(row.made), event.timezone),
            expires=iso(expires, event.timezone),
            follows_event=row.expires is None,
            status=status,
            code=None if code is None else grouped(code),
            url=None if code is None or row.role == METRICS else url(public_url, code),
            invitations=invitations if alone else None,
            used=None if used is None else LinkUseDoc(at=iso(used.at, event.timezone), address=used.address),
            sessions=sessions,
        )


def _number(request: web.Request) -> int:
    """The number of the link in the path."""
    number = request.match_info["number"]
    if not (number.isascii() and number.isdecimal() and len(number) < 10):
        raise _no_such_link()
    return int(number)


def _no_such_link() -> Denied:
    return Denied("invalid", "There is no link of this number.", status=404)


async def _read(request: web.Request, model: type[M]) -> M:
    try:
        return model.model_validate(read_object((await read_body(request, MAX_BODY_BYTES)).decode()))
    except (NotAnObject, UnicodeDecodeError) as fault:
        raise Malformed(str(fault)) from None
    except ValidationError as fault:
        raise Malformed(explain(fault)) from None


def _answer(document: BaseModel) -> web.Response:
    return web.Response(text=document.model_dump_json(), content_type="application/json", headers=_PRIVATE)


def _failed(fault: KeyFileError) -> Denied:
    """The folder's path is for the log alone."""
    log.error("the links cannot be changed", fault=str(fault))
    if isinstance(fault, LinksLocked):
        return Denied.because(ProblemError("links-busy"))
    if isinstance(fault, TableFull):
        return Denied.because(ProblemError("links-full", most=str(MAX_LINKS)))
    return Denied.because(ProblemError("links-fail", fault=fault.why))
