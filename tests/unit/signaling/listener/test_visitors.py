"""Who holds connections, and who has to go."""

from __future__ import annotations

import asyncio
import socket
from collections import Counter
from collections.abc import Iterator
from typing import cast

import pytest

from signaling.access.links import Link
from signaling.listener.address import Network, networks
from signaling.listener.connection import DOWNLOAD_S, INCOMPLETE_S, KEEP_ALIVE_S, Connection
from signaling.listener.frames import FrameLimit
from signaling.listener.turns import Turns
from signaling.listener.visitors import OWN_FILES, Room, Visitor, Visitors, room
from signaling.show.terms import Role


class Wire:
    """Stands for a transport: a test sees what is closed."""

    def __init__(self) -> None:
        self.aborted = False

    def abort(self) -> None:
        self.aborted = True


class Clock:
    """Stands for a loop, of which nothing but its time is used here."""

    now = 0.0

    def time(self) -> float:
        return self.now


class Line:
    """Stands for a connection that asyncio and aiohttp would have to make; `overdue` is the real one's."""

    def __init__(self) -> None:
        self.transport = Wire()
        self.is_known = self.is_proxys = self._request_in_progress = False
        self.frames: FrameLimit | None = None
        self.turns: Turns | None = None
        self.quiet_since = 0.0

    def overdue(self, now: float) -> str | None:
        return Connection.overdue(cast(Connection, self), now)


@pytest.fixture
def sock() -> Iterator[socket.socket]:
    with socket.socket() as found:
        yield found


def made(sizes: Room, clock: Clock | None = None, proxies: tuple[Network, ...] = ()) -> Visitors:
    return Visitors(sizes, cast(asyncio.AbstractEventLoop, clock or Clock()), proxies)


def come(visitors: Visitors, sock: socket.socket, address: str = "192.0.2.1") -> tuple[Visitor, Line]:
    visitor, line = visitors.come(sock, address), Line()
    visitors.connected(visitor, cast(Connection, line))
    return visitor, line


def know(visitors: Visitors, line: Line, role: Role = "venue") -> None:
    visitors.know(cast(Connection, line), Link(role, "tokio" if role == "venue" else role, ""), "192.0.2.1")


@pytest.mark.parametrize("descriptors", [64, 200, 1024, 4096, 65536])
def test_connections_never_need_more_descriptors_than_there_are(descriptors: int) -> None:
    found = room(descriptors)
    assert min(found.strangers, found.crew, found.watchers) >= 4
    assert found.strangers + found.crew + found.watchers <= max(16, descriptors - OWN_FILES)


def test_strangers_take_only_the_room_of_strangers(sock: socket.socket) -> None:
    visitors = made(Room(strangers=2, crew=2, watchers=2))
    _, hall = come(visitors, sock)
    know(visitors, hall)
    strangers = [come(visitors, sock)[1] for _ in range(4)]
    assert [line.transport.aborted for line in strangers] == [True, True, False, False]
    assert not hall.transport.aborted
    assert visitors.counts == Counter({"closed to make room": 2})


def test_watchers_take_no_room_of_the_crew(sock: socket.socket) -> None:
    visitors = made(Room(strangers=9, crew=1, watchers=1))
    _, hall = come(visitors, sock)
    know(visitors, hall)
    phones = [come(visitors, sock)[1] for _ in range(3)]
    for phone in phones:
        know(visitors, phone, "viewer")
    assert [phone.transport.aborted for phone in phones] == [True, True, False]
    assert not hall.transport.aborted


def test_a_hall_whose_link_was_copied_keeps_the_page_that_feeds(sock: socket.socket) -> None:
    visitors = made(Room(strangers=9, crew=2, watchers=1))
    lines = [come(visitors, sock)[1] for _ in range(3)]
    know(visitors, lines[0])
    visitors.keep(cast(Connection, lines[0]))
    for line in lines[1:]:
        know(visitors, line)
    assert [line.transport.aborted for line in lines] == [False, True, False]


def test_one_that_has_gone_gives_its_room_back_and_holds_nothing(sock: socket.socket) -> None:
    visitors = made(Room(strangers=1, crew=1, watchers=1))
    visitor, line = come(visitors, sock)
    visitors.gone(visitor)
    visitors.gone(visitor)
    know(visitors, line)  # too late
    assert not line.is_known
    assert (visitor.connection, visitor.task) == (None, None)
    _, next_one = come(visitors, sock)
    assert not next_one.transport.aborted


def test_what_keeps_us_waiting_is_closed_by_its_kind(sock: socket.socket) -> None:
    clock = Clock()
    visitors = made(Room(20, 20, 20), clock, networks(["10.0.0.0/8"]))
    lines = {
        name: come(visitors, sock)[1]
        for name in ("idle", "busy", "known", "slow reader", "unfinished", "open")
    }
    _, lines["proxy"] = come(visitors, sock, "10.0.0.1")
    lines["busy"]._request_in_progress = True
    know(visitors, lines["known"], "viewer")
    know(visitors, lines["slow reader"])
    lines["slow reader"]._request_in_progress = True
    for name in ("unfinished", "open"):
        frames = lines[name].frames = FrameLimit(100, 100.0, 100.0, clock.time)
        frames.take(b"\x81" if name == "unfinished" else b"\x81\x80\0\0\0\0")

    def closed_by(seconds: float) -> set[str]:
        clock.now = seconds
        visitors.sweep()
        return {name for name, line in lines.items() if line.transport.aborted}

    assert closed_by(INCOMPLETE_S) == set()
    assert closed_by(INCOMPLETE_S + 1) == {"idle", "unfinished"}
    assert closed_by(DOWNLOAD_S + 1) == {"idle", "unfinished", "busy"}
    assert closed_by(KEEP_ALIVE_S + 1) == {"idle", "unfinished", "busy", "proxy"}
    assert closed_by(DOWNLOAD_S + KEEP_ALIVE_S + 1) == {"idle", "unfinished", "busy", "proxy", "slow reader"}
    assert visitors.counts["unfinished message"] > 0
