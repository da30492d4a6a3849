"""All WebSocket sessions: begins them, and ends those whose link or connection does not count any more."""

from __future__ import annotations

from typing import Final

import structlog
from aiohttp import web

from signaling.access.linkchecker import LinkChecker
from signaling.access.links import Link
from signaling.http.authenticator import Authenticator
from signaling.http.heartbeat import HeartbeatTimeouts
from signaling.http.limits import LoopShare
from signaling.http.pagesocket import PageSocket
from signaling.http.problem import Denied
from signaling.http.session import Session
from signaling.listener import connection
from signaling.listener.visitors import Visitors
from signaling.runtime import Runtime
from signaling.show.policy import is_watcher, max_message

log = structlog.get_logger()

WATCHER_OFFERS_SHARE, CREW_OFFERS_SHARE = 0.2, 0.1
"""Share of the loop's time for the offers of one link. 200 viewers after a restart are answered within 4 s."""
MAX_WAITING_OFFERS: Final = 500
"""Waiting offers of one link."""


class Sessions:
    """The sessions of the connected pages."""

    def __init__(
        self,
        runtime: Runtime,
        link_checker: LinkChecker,
        authenticator: Authenticator,
        visitors: Visitors,
        timeouts: HeartbeatTimeouts,
    ) -> None:
        """`timeouts` are for pages that send nothing."""
        self._runtime = runtime
        self._link_checker = link_checker
        self._authenticator = authenticator
        self._visitors = visitors
        self._timeouts = timeouts
        self._offers: dict[str, LoopShare] = {}
        """By link: its offers wait for each other, and for no other link's. The event bounds the number of links."""
        self._sessions: dict[Session, web.WebSocketResponse] = {}

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Handle a WebSocket request until its session ends."""
        # Compression does not pay for patches of some hundred bytes. `frames` limits messages by role, and the session
        # notices a page that disconnects silently.
        socket = web.WebSocketResponse(max_msg_size=max_message("moderator") + 1, compress=False)
        try:
            await socket.prepare(request)
        except ValueError:  # a key that is not base64
            raise Denied("invalid", "This is no WebSocket handshake.", status=400) from None
        tcp = connection.of(request)
        self._visitors.keep(tcp)
        if request.transport is None:  # the page has disconnected meanwhile
            return socket
        page = PageSocket(
            socket, tcp, self._authenticator.address(request), self._visitors.counts, self._timeouts
        )
        session = Session(page, self._runtime, self._link_checker, self._visitors, self._turn_of)
        self._sessions[session] = socket
        try:
            await session.run()
        finally:
            del self._sessions[session]
            if (fault := socket.exception()) is not None:
                # Its frames hold the page, and the page holds it: thousands of such cycles took the collector 130 ms.
                fault.__traceback__ = fault.__context__ = None
        return socket

    def _turn_of(self, link: Link) -> LoopShare:
        share = WATCHER_OFFERS_SHARE if is_watcher(link.role) else CREW_OFFERS_SHARE
        return self._offers.setdefault(link.who, LoopShare(share, MAX_WAITING_OFFERS))

    async def check(self) -> None:
        """End sessions and peers whose link does not count any more, and pages that do not answer."""
        for session in list(self._sessions):
            session.check_link()
            session.socket.check_heartbeat()
        event = self._runtime.show.event
        # A peer must not outlive its link, whether or not its page is connected.
        for peer, place in list(self._runtime.receivers.peers.items()):
            if place.link is not None and not self._link_checker.counts(place.link, event):
                log.info("a link was withdrawn; its peer is closed", place=place.id)
                await self._runtime.receivers.close(peer)

    async def close(self) -> None:
        for socket in list(self._sessions.values()):
            await socket.close(code=1001, message=b"the server stops")
