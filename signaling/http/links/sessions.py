"""The pages that are connected, so that the desk sees by which link, and can close one."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

import structlog

from config.times import iso
from signaling.http.pagesocket import SessionEnd
from signaling.http.session import Session
from signaling.runtime import Runtime
from signaling.show.reasons import ProblemError
from signaling.show.wire.links import LinkSessionDoc

log = structlog.get_logger()

THROWN_OUT: Final = 4403
"""WebSocket close code of Schalte: the desk has closed the page. It does not come back by itself."""


class ConnectedPages:
    """The sessions that have said hello."""

    def __init__(self, sessions: Collection[Session], runtime: Runtime) -> None:
        """`sessions` are those of the server, as they are at each call."""
        self._sessions = sessions
        self._runtime = runtime

    def by_link(self) -> dict[int, list[LinkSessionDoc]]:
        """By the number of a link: the pages connected by it."""
        found: dict[int, list[LinkSessionDoc]] = {}
        zone, feeds = self._runtime.show.event.timezone, self._runtime.receivers.feeds
        for session in self._admitted():
            assert session.link is not None
            found.setdefault(session.link.number, []).append(
                LinkSessionDoc(
                    session=session.id,
                    address=session.socket.address,
                    since=iso(session.since, zone),
                    feeds=feeds(session.peer),
                )
            )
        return found

    async def close(self, id_: str, by: str) -> bool:
        """Close a page, and end its picture and sound. Returns whether there is one. `by` names the moderator."""
        session = next((s for s in self._admitted() if s.id == id_), None)
        if session is None:
            return False
        assert session.link is not None
        log.info("the desk closes a page", closed=session.id, link=session.link.number, by=by)
        await session.end(SessionEnd(THROWN_OUT, "closed by the desk", ProblemError("thrown-out")))
        await self._runtime.receivers.close_page(session.peer)
        return True

    def _admitted(self) -> Iterator[Session]:
        return (session for session in list(self._sessions) if session.link is not None)
