"""Authenticates HTTP requests by the token of a join link, and limits their rate."""

from __future__ import annotations

import asyncio
from typing import Final

import structlog
from aiohttp import web

from signaling.access.linkchecker import LinkChecker
from signaling.access.links import Grant, Link, LinkError
from signaling.http.limits import RateLimits
from signaling.http.problem import Denied
from signaling.listener.address import Network, client_address, network_of
from signaling.listener.connection import REQUESTS_BURST, REQUESTS_PER_S, HttpConnection, connection_of
from signaling.listener.table import ConnectionTable
from signaling.runtime import Runtime
from signaling.show.permissions import TOKEN_IN_ADDRESS, check_endpoint
from signaling.show.reasons import ProblemError

log = structlog.get_logger()

MAX_COUNTED_CLIENTS: Final = 4_096
"""Pairs of link and address whose requests are counted at a time."""
LINK_REQUESTS_PER_S, LINK_REQUESTS_BURST = 100.0, 500.0
"""Requests by one link from all addresses together, a moderator's apart: a second, and at once. 10,000 calendars that
ask every five minutes make 33."""
WRONG_LINKS_PER_S, WRONG_LINKS_BURST = 1.0, 30.0
"""Wrong links and codes from one network that are answered, on average and at once. A class that types its codes from
a sheet makes fewer mistakes."""


class Authenticator:
    """Finds the link of each request."""

    def __init__(
        self,
        runtime: Runtime,
        link_checker: LinkChecker,
        connections: ConnectionTable,
        proxies: tuple[Network, ...],
    ) -> None:
        """`proxies` are trusted to name the client that they forward for."""
        self._runtime = runtime
        self._link_checker = link_checker
        self._connections = connections
        self._proxies = proxies
        self._now = asyncio.get_running_loop().time
        self._wrong = RateLimits(WRONG_LINKS_PER_S, WRONG_LINKS_BURST, MAX_COUNTED_CLIENTS)
        self._limits = RateLimits(REQUESTS_PER_S, REQUESTS_BURST, MAX_COUNTED_CLIENTS)
        self._of_links = RateLimits(LINK_REQUESTS_PER_S, LINK_REQUESTS_BURST, MAX_COUNTED_CLIENTS)

    def address(self, request: web.Request) -> str:
        """The client's network address."""
        return client_address(request.remote or "", request.headers, self._proxies)

    async def admit(self, request: web.Request) -> Link:
        """The link of the bearer token, at an endpoint that is not open to the metrics token.

        Raises:
            LinkError: the token is not valid.
            Denied: there is none, or too many requests.
            ProblemError: the endpoint is not for its holder.
        """
        return _link(await self.admit_any(request))

    async def admit_any(self, request: web.Request) -> Grant:
        """As `admit`, at any endpoint."""
        return await self._admit_token(request, _bearer(request))

    async def admit_subscriber(self, request: web.Request) -> Link:
        """As `admit`, or by `?token=` with a viewer's or stage display's link.

        A calendar or conference app subscribes to an address and can send no header. But addresses reach the logs of
        proxies and the maker of the calendar, so no token that permits steering or speaking is accepted in one.
        """
        token = request.query.get("token")
        if token is None:
            return await self.admit(request)
        link = _link(await self._admit_token(request, token))
        if link.holder not in TOKEN_IN_ADDRESS.get(endpoint_of(request), {}):
            raise Denied(
                "forbidden",
                f"The token of a {link.role} link must not be part of an address, since others can read it there. "
                "Use the viewer link's token, or send this one as “Authorization: Bearer TOKEN”.",
            )
        return link

    async def identify(self, connection: HttpConnection, address: str, code: str) -> Grant:
        """What a code permits that a connection has shown.

        A wrong one is counted, and beyond `WRONG_LINKS_PER_S` from one network refused with a wait. A right one is
        never refused for that: many halls and guests share the address of a hotel or a proxy.

        Raises:
            LinkError: it is not valid.
            ProblemError: too many wrong ones came from there.
        """
        await self._link_checker.find_new(code)
        try:
            grant = self._link_checker.verify(code, self._runtime.show.event)
        except LinkError as fault:
            self._connections.counts["link refused"] += 1
            log.info("link refused", address=address, why=str(fault))
            # An expired or revoked link is not guessed: a hotel's forty viewers may all have one.
            if fault.reason == "link-damaged" and not self._wrong.take(network_of(address), self._now()):
                raise ProblemError("guesses-often") from fault
            raise
        self._connections.identify(connection, grant, address)
        self._link_checker.note_use(grant, address)
        return grant

    async def _admit_token(self, request: web.Request, token: str) -> Grant:
        address, tcp = self.address(request), connection_of(request)
        grant = await self.identify(tcp, address, token)
        # Each moderator's connection has a limit of its own: nobody's flood may hold up a command. All others share one
        # by link and address, since all viewers use the same link.
        now = self._now()
        is_free = (
            tcp.requests.take(now)
            if grant.role == "moderator"
            else self._limits.take((grant.who, network_of(address)), now)
        )
        if not is_free:
            raise Denied("too-many", "Too many requests with this link from your address. Wait a second.")
        if grant.role != "moderator" and not self._of_links.take(grant.number, now):
            raise Denied("too-many", "Too many requests with this link. Wait a second.")
        check_endpoint(grant.holder, endpoint_of(request))
        return grant


def _link(grant: Grant) -> Link:
    """The link of a page. Nothing that the metrics token opens asks for one; the table of permissions has decided."""
    assert isinstance(grant, Link), grant.role
    return grant


def endpoint_of(request: web.Request) -> str:
    """The name of a request's route in the table of permissions; of no route in it, the path."""
    resource = request.match_info.route.resource
    method = "GET" if request.method == "HEAD" else request.method
    return f"{method} {request.path if resource is None else resource.canonical}"


def _bearer(request: web.Request) -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Denied("unauthorized", "Send the token of a join link: “Authorization: Bearer TOKEN”.")
    return token
