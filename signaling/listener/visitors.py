"""Who holds connections to the HTTP port, and who has to go when there are too many.

Three shares, so that none can take another's room: strangers, who have shown no link; watchers (viewers, stage
displays, calendars); and the crew (halls, guests, moderators). Each is shared fairly, see `shares.Share`.
"""

from __future__ import annotations

import asyncio
import resource
import socket
from collections import Counter
from dataclasses import dataclass
from typing import Final

from signaling.access.links import Grant
from signaling.listener.address import Network, holder, is_one_of
from signaling.listener.connection import Connection
from signaling.listener.shares import Share
from signaling.listener.turns import Turns
from signaling.show.policy import is_watcher

OWN_FILES: Final = 128
"""Descriptors for everything else: the show log, the media port, pages being read, threads."""
MOST_STRANGERS: Final = 512
MOST_CREW: Final = 512
MOST_WATCHERS: Final = 2_000
"""Connections of each share, where descriptors suffice."""
MOST_FILES: Final = 1 << 16
"""Descriptors asked for where the system sets no end."""


@dataclass(frozen=True, slots=True)
class Room:
    """How many connections each share may have."""

    strangers: int
    crew: int
    watchers: int


def room(descriptors: int) -> Room:
    """What a process that may open so many files has room for: a quarter for strangers, a quarter for the crew."""
    free = max(16, descriptors - OWN_FILES)
    strangers, crew = min(MOST_STRANGERS, free // 4), min(MOST_CREW, free // 4)
    return Room(strangers, crew, min(MOST_WATCHERS, free - strangers - crew))


def raise_limit() -> int:
    """Raise the soft limit of open files to the hard one, and return it. systemd's default is 1024."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, MOST_FILES)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return wanted
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return wanted


@dataclass(eq=False, slots=True)
class Visitor:
    """Somebody on the line, from the first packet on."""

    share: Share[Visitor]
    holder: str
    socket: socket.socket
    is_proxy: bool = False
    task: asyncio.Task[None] | None = None
    """Sets the connection up; with TLS that takes a handshake."""
    connection: Connection | None = None

    def close(self) -> None:
        """It goes now, whatever it was about."""
        if self.connection is not None and self.connection.transport is not None:
            self.connection.transport.abort()
        elif self.task is not None:
            self.task.cancel()


class Visitors:
    """All of them."""

    def __init__(
        self, sizes: Room, loop: asyncio.AbstractEventLoop, proxies: tuple[Network, ...] = ()
    ) -> None:
        """`proxies` are ours: what they hold idle is left to them."""
        self.counts: Counter[str] = Counter()
        """What strangers met, by kind: closed to make room, incomplete requests and so on."""
        self.strangers: Share[Visitor] = Share(sizes.strangers)
        self.crew: Share[Visitor] = Share(sizes.crew)
        self.watchers: Share[Visitor] = Share(sizes.watchers)
        self.strangers_turns = Turns(loop)
        self._turns = {True: Turns(loop), False: Turns(loop)}
        """Those of watchers and of the crew."""
        self._now = loop.time
        self._proxies = proxies
        self._by_connection: dict[Connection, Visitor] = {}

    def come(self, sock: socket.socket, address: str) -> Visitor:
        """Somebody has come, and is a stranger."""
        visitor = Visitor(self.strangers, holder(address), sock, is_one_of(address, self._proxies))
        self._enter(visitor)
        return visitor

    def connected(self, visitor: Visitor, connection: Connection) -> None:
        """The connection is there, or about to be."""
        visitor.connection = connection
        connection.is_proxys = visitor.is_proxy
        self._by_connection[connection] = visitor

    def gone(self, visitor: Visitor) -> None:
        """It has closed. To be told twice does no harm."""
        visitor.share.remove(visitor, visitor.holder)
        if visitor.connection is not None:
            self._by_connection.pop(visitor.connection, None)
        # Nothing is left for the garbage collector to find: of thousands of connections that took 130 ms at once.
        visitor.connection = visitor.task = None

    def know(self, connection: Connection, link: Grant, address: str) -> None:
        """It has shown a valid link. From here on it takes no stranger's room."""
        visitor = self._by_connection.get(connection)
        if visitor is None:  # it has closed meanwhile
            return
        watches = is_watcher(link.role)
        connection.is_known = True
        connection.turns = None if link.role == "moderator" else self._turns[watches]
        # Everybody watches by the one viewer link, so among watchers an address stands for a person. A hall's link is
        # the hall's alone.
        share, name = (self.watchers, holder(address)) if watches else (self.crew, link.who)
        if (visitor.share, visitor.holder) != (share, name):
            visitor.share.remove(visitor, visitor.holder)
            visitor.share, visitor.holder = share, name
            self._enter(visitor)

    def keep(self, connection: Connection) -> None:
        """It feeds a source, or is a stranger's that has come as far as a WebSocket: others of its holder go first."""
        if (visitor := self._by_connection.get(connection)) is not None:
            visitor.share.keep(visitor)

    def sweep(self) -> None:
        """Close what has kept us waiting for too long. To be called about once a second."""
        now = self._now()
        for visitor in [*self.strangers, *self.watchers, *self.crew]:
            why = None if visitor.connection is None else visitor.connection.overdue(now)
            if why is not None:
                self.counts[why] += 1
                visitor.close()

    def _enter(self, visitor: Visitor) -> None:
        """It has its place in its share; should that be one too many, another goes."""
        if (victim := visitor.share.add(visitor, visitor.holder)) is not None:
            self.counts["closed to make room"] += 1
            victim.close()
            # Its place is free at once: it must not be chosen twice before asyncio has closed it.
            victim.share.remove(victim, victim.holder)
