"""All connections to the HTTP port, and which are closed when there are too many.

There are three shares, so that none can use up another: strangers, without a valid link; watchers (viewers, stage
displays, calendars); and the crew (halls, guests, moderators). Each is shared fairly, see `ConnectionShare`.
"""

from __future__ import annotations

import asyncio
import resource
import socket
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from bridge.engine import PeerSpec
from signaling.access.links import Grant
from signaling.listener.address import Network, is_one_of, network_of
from signaling.listener.connection import HttpConnection
from signaling.listener.shares import ConnectionShare
from signaling.listener.turns import Turns
from signaling.show.policy import is_watcher

RESERVED_DESCRIPTORS: Final = 128
"""For everything else: the show log, the media port, pages being read, threads."""
MAX_STRANGERS: Final = 512
MAX_CREW: Final = 512
MAX_WATCHERS: Final = 2_000
"""Connections of each share, if there are enough descriptors."""
MAX_DESCRIPTORS: Final = 1 << 16
"""Descriptors requested if the system sets no limit."""

Adopt = Callable[[socket.socket, Callable[[PeerSpec], None], Callable[[], None]], Callable[[], None]]
"""`Engine.adopt`."""


@dataclass(frozen=True, slots=True)
class ShareSizes:
    """The greatest number of connections of each share."""

    strangers: int
    crew: int
    watchers: int


def share_sizes(descriptors: int) -> ShareSizes:
    """The shares of a process with this many descriptors: a quarter for strangers, a quarter for the crew."""
    free = max(16, descriptors - RESERVED_DESCRIPTORS)
    strangers, crew = min(MAX_STRANGERS, free // 4), min(MAX_CREW, free // 4)
    return ShareSizes(strangers, crew, min(MAX_WATCHERS, free - strangers - crew))


def raise_limit() -> int:
    """Raise the soft limit of open files to the hard one, and return it. systemd's default is 1024."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MAX_DESCRIPTORS if hard == resource.RLIM_INFINITY else min(hard, MAX_DESCRIPTORS)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return wanted
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return wanted


@dataclass(eq=False, slots=True)
class TrackedConnection:
    """One TCP connection, from its acceptance on."""

    share: ConnectionShare[TrackedConnection]
    holder: str
    socket: socket.socket
    is_proxy: bool = False
    task: asyncio.Task[None] | None = None
    """Sets up `connection`, after the TLS handshake if there is one."""
    connection: HttpConnection | None = None
    close_media: Callable[[], None] | None = None
    """Closes it, if it carries media: it is the engine's then."""

    def close(self) -> None:
        """Abort it."""
        if self.close_media is not None:
            self.close_media()
        elif self.connection is not None and self.connection.transport is not None:
            self.connection.transport.abort()
        elif self.task is not None:
            self.task.cancel()


class ConnectionTable:
    """Every connection in its share."""

    def __init__(
        self, sizes: ShareSizes, loop: asyncio.AbstractEventLoop, proxies: tuple[Network, ...] = ()
    ) -> None:
        """Connections of `proxies` may be idle for `KEEP_ALIVE_S`."""
        self.counts: Counter[str] = Counter()
        """Closed connections and refused requests, by reason."""
        self.strangers: ConnectionShare[TrackedConnection] = ConnectionShare(sizes.strangers)
        self.crew: ConnectionShare[TrackedConnection] = ConnectionShare(sizes.crew)
        self.watchers: ConnectionShare[TrackedConnection] = ConnectionShare(sizes.watchers)
        self.stranger_turns = Turns(loop)
        self._turns = {True: Turns(loop), False: Turns(loop)}
        """By whether it is a watcher's."""
        self._now = loop.time
        self._proxies = proxies
        self._by_connection: dict[HttpConnection, TrackedConnection] = {}

    def accept(self, sock: socket.socket, address: str) -> TrackedConnection:
        """Add an accepted connection, as a stranger's."""
        tracked = TrackedConnection(
            self.strangers, network_of(address), sock, is_one_of(address, self._proxies)
        )
        self._add(tracked)
        return tracked

    def attach(self, tracked: TrackedConnection, connection: HttpConnection) -> None:
        """Its protocol instance exists."""
        tracked.connection = connection
        connection.is_from_proxy = tracked.is_proxy
        self._by_connection[connection] = tracked

    def remove(self, tracked: TrackedConnection) -> None:
        """A connection has closed. May be called twice."""
        tracked.share.remove(tracked, tracked.holder)
        if tracked.connection is not None:
            self._by_connection.pop(tracked.connection, None)
        # No reference cycle may remain: collecting those of thousands of connections took 130 ms at once.
        tracked.connection = tracked.task = tracked.close_media = None

    def adopt(self, tracked: TrackedConnection, adopt: Adopt) -> None:
        """A connection carries media: give it to the engine. It stays a stranger's until a peer has signed a check."""
        tracked.close_media = adopt(
            tracked.socket,
            lambda spec: self._identify_media(tracked, spec),
            lambda: self.remove(tracked),
        )

    def _identify_media(self, tracked: TrackedConnection, spec: PeerSpec) -> None:
        """A peer has proved that a connection carries its media. It moves to the share of the peer's link.

        Media of the crew is counted for its own holder, so that it takes no place of a page.
        """
        share, holder = (
            (self.watchers, tracked.holder) if spec.is_expendable else (self.crew, f"media of {spec.link}")
        )
        self._move(tracked, share, holder)
        share.protect(tracked)

    def identify(self, connection: HttpConnection, link: Grant, address: str) -> None:
        """A connection has sent a valid link, and moves from the strangers to another share."""
        tracked = self._by_connection.get(connection)
        if tracked is None:  # closed meanwhile
            return
        watches = is_watcher(link.role)
        connection.is_known = True
        connection.turns = None if link.role == "moderator" else self._turns[watches]
        # All viewers share one link, so watchers are held apart by address. A hall has a link of its own.
        share, name = (self.watchers, network_of(address)) if watches else (self.crew, link.who)
        self._move(tracked, share, name)

    def protect(self, connection: HttpConnection) -> None:
        """Evict other connections of its holder first: it sends a source, or has become a WebSocket."""
        if (tracked := self._by_connection.get(connection)) is not None:
            tracked.share.protect(tracked)

    def close_overdue(self) -> None:
        """Close connections that exceed a timeout. Call it about once a second."""
        now = self._now()
        for tracked in [*self.strangers, *self.watchers, *self.crew]:
            why = None if tracked.connection is None else tracked.connection.overdue(now)
            if why is not None:
                self.counts[why] += 1
                tracked.close()

    def _move(
        self, tracked: TrackedConnection, share: ConnectionShare[TrackedConnection], holder: str
    ) -> None:
        if (tracked.share, tracked.holder) != (share, holder):
            tracked.share.remove(tracked, tracked.holder)
            tracked.share, tracked.holder = share, holder
            self._add(tracked)

    def _add(self, tracked: TrackedConnection) -> None:
        """Add a connection to its share, and close the one that is evicted."""
        if (evicted := tracked.share.add(tracked, tracked.holder)) is not None:
            self.counts["closed to make room"] += 1
            evicted.close()
            # At once, so that it is not chosen again before asyncio has closed it.
            evicted.share.remove(evicted, evicted.holder)
