"""The shares of connections, and which connections are closed."""

from __future__ import annotations

import asyncio
import socket
from collections import Counter
from collections.abc import Callable, Iterator
from typing import cast

import pytest

from bridge.engine import PeerSpec
from signaling.access.links import Link
from signaling.listener.address import Network, networks
from signaling.listener.connection import KEEP_ALIVE_S, REQUEST_TIMEOUT_S, RESPONSE_TIMEOUT_S, HttpConnection
from signaling.listener.frames import FrameLimit
from signaling.listener.table import (
    RESERVED_DESCRIPTORS,
    ConnectionTable,
    ShareSizes,
    TrackedConnection,
    share_sizes,
)
from signaling.listener.turns import Turns
from signaling.show.terms import Role


class FakeTransport:
    """Notes that it was aborted."""

    def __init__(self) -> None:
        self.aborted = False

    def abort(self) -> None:
        self.aborted = True


class FakeLoop:
    """An event loop with nothing but a clock."""

    now = 0.0

    def time(self) -> float:
        return self.now


class FakeConnection:
    """An `HttpConnection` without asyncio and aiohttp; `overdue` is the real one's."""

    def __init__(self) -> None:
        self.transport = FakeTransport()
        self.is_known = self.is_from_proxy = self._request_in_progress = False
        self.frames: FrameLimit | None = None
        self.turns: Turns | None = None
        self.idle_since = 0.0

    def overdue(self, now: float) -> str | None:
        return HttpConnection.overdue(cast(HttpConnection, self), now)


@pytest.fixture
def sock() -> Iterator[socket.socket]:
    with socket.socket() as found:
        yield found


def table(
    sizes: ShareSizes, clock: FakeLoop | None = None, proxies: tuple[Network, ...] = ()
) -> ConnectionTable:
    return ConnectionTable(sizes, cast(asyncio.AbstractEventLoop, clock or FakeLoop()), proxies)


def connect(
    connections: ConnectionTable, sock: socket.socket, address: str = "192.0.2.1"
) -> tuple[TrackedConnection, FakeConnection]:
    tracked, line = connections.accept(sock, address), FakeConnection()
    connections.attach(tracked, cast(HttpConnection, line))
    return tracked, line


def identify(connections: ConnectionTable, line: FakeConnection, role: Role = "venue") -> None:
    connections.identify(
        cast(HttpConnection, line), Link(role, "tokio" if role == "venue" else role, ""), "192.0.2.1"
    )


@pytest.mark.parametrize("descriptors", [64, 200, 1024, 4096, 65536])
def test_all_shares_together_fit_into_the_descriptors(descriptors: int) -> None:
    found = share_sizes(descriptors)
    assert min(found.strangers, found.crew, found.watchers) >= 4
    assert found.strangers + found.crew + found.watchers <= max(16, descriptors - RESERVED_DESCRIPTORS)


def test_strangers_evict_only_strangers(sock: socket.socket) -> None:
    connections = table(ShareSizes(strangers=2, crew=2, watchers=2))
    _, hall = connect(connections, sock)
    identify(connections, hall)
    strangers = [connect(connections, sock)[1] for _ in range(4)]
    assert [line.transport.aborted for line in strangers] == [True, True, False, False]
    assert not hall.transport.aborted
    assert connections.counts == Counter({"closed to make room": 2})


def test_watchers_do_not_evict_the_crew(sock: socket.socket) -> None:
    connections = table(ShareSizes(strangers=9, crew=1, watchers=1))
    _, hall = connect(connections, sock)
    identify(connections, hall)
    phones = [connect(connections, sock)[1] for _ in range(3)]
    for phone in phones:
        identify(connections, phone, "viewer")
    assert [phone.transport.aborted for phone in phones] == [True, True, False]
    assert not hall.transport.aborted


def test_the_page_that_sends_a_source_is_evicted_after_other_pages_with_its_link(sock: socket.socket) -> None:
    connections = table(ShareSizes(strangers=9, crew=2, watchers=1))
    lines = [connect(connections, sock)[1] for _ in range(3)]
    identify(connections, lines[0])
    connections.protect(cast(HttpConnection, lines[0]))
    for line in lines[1:]:
        identify(connections, line)
    assert [line.transport.aborted for line in lines] == [False, True, False]


def test_a_closed_connection_leaves_its_share_and_keeps_no_references(sock: socket.socket) -> None:
    connections = table(ShareSizes(strangers=1, crew=1, watchers=1))
    tracked, line = connect(connections, sock)
    connections.remove(tracked)
    connections.remove(tracked)
    identify(connections, line)  # too late
    assert not line.is_known
    assert (tracked.connection, tracked.task) == (None, None)
    _, next_one = connect(connections, sock)
    assert not next_one.transport.aborted


def test_each_kind_of_connection_is_closed_after_its_timeout(sock: socket.socket) -> None:
    clock = FakeLoop()
    connections = table(ShareSizes(20, 20, 20), clock, networks(["10.0.0.0/8"]))
    lines = {
        name: connect(connections, sock)[1]
        for name in ("idle", "busy", "known", "slow reader", "unfinished", "open")
    }
    _, lines["proxy"] = connect(connections, sock, "10.0.0.1")
    lines["busy"]._request_in_progress = True
    identify(connections, lines["known"], "viewer")
    identify(connections, lines["slow reader"])
    lines["slow reader"]._request_in_progress = True
    for name in ("unfinished", "open"):
        frames = lines[name].frames = FrameLimit(100, 100.0, 100.0, clock.time)
        frames.check(b"\x81" if name == "unfinished" else b"\x81\x80\0\0\0\0")

    def closed_by(seconds: float) -> set[str]:
        clock.now = seconds
        connections.close_overdue()
        return {name for name, line in lines.items() if line.transport.aborted}

    assert closed_by(REQUEST_TIMEOUT_S) == set()
    assert closed_by(REQUEST_TIMEOUT_S + 1) == {"idle", "unfinished"}
    assert closed_by(RESPONSE_TIMEOUT_S + 1) == {"idle", "unfinished", "busy"}
    assert closed_by(KEEP_ALIVE_S + 1) == {"idle", "unfinished", "busy", "proxy"}
    assert closed_by(RESPONSE_TIMEOUT_S + KEEP_ALIVE_S + 1) == {
        "idle",
        "unfinished",
        "busy",
        "proxy",
        "slow reader",
    }
    assert connections.counts["unfinished message"] > 0


class FakeMedia:
    """An engine that adopts connections."""

    def __init__(self) -> None:
        self.closed: list[socket.socket] = []
        self.accept: Callable[[PeerSpec], None] = lambda spec: None

    def adopt(
        self, sock: socket.socket, on_accepted: Callable[[PeerSpec], None], on_closed: Callable[[], None]
    ) -> Callable[[], None]:
        self.accept = on_accepted

        def close() -> None:
            self.closed.append(sock)
            on_closed()

        return close


def test_media_is_a_strangers_until_a_peer_has_signed_a_check(sock: socket.socket) -> None:
    connections, media = table(ShareSizes(strangers=1, crew=4, watchers=4)), FakeMedia()
    connections.adopt(connections.accept(sock, "192.0.2.1"), media.adopt)
    connect(connections, sock)
    assert media.closed == [sock]
    assert len(connections.strangers) == 1


@pytest.mark.parametrize(("is_expendable", "share"), [(False, "crew"), (True, "watchers")])
def test_media_moves_to_the_share_of_its_link(sock: socket.socket, is_expendable: bool, share: str) -> None:
    connections, media = table(ShareSizes(strangers=1, crew=4, watchers=4)), FakeMedia()
    tracked = connections.accept(sock, "192.0.2.1")
    connections.adopt(tracked, media.adopt)
    media.accept(PeerSpec("p", None, link="tokio", is_expendable=is_expendable))
    for _ in range(3):
        connect(connections, sock)
    assert media.closed == []
    assert [len(getattr(connections, name)) for name in ("strangers", share)] == [1, 1]
    tracked.close()
    assert media.closed == [sock]
    assert not getattr(connections, share)


def test_media_of_a_hall_does_not_evict_its_page(sock: socket.socket) -> None:
    connections = table(ShareSizes(strangers=9, crew=2, watchers=1))
    _, page = connect(connections, sock)
    identify(connections, page)
    media = [FakeMedia() for _ in range(3)]
    for one in media:
        connections.adopt(connections.accept(sock, "192.0.2.1"), one.adopt)
        one.accept(PeerSpec("p", "tokio", link="tokio"))
    assert not page.transport.aborted
    assert [bool(one.closed) for one in media] == [True, True, False]
