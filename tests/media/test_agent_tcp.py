"""A headless room whose network blocks UDP connects by TCP."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager

import pytest
import structlog
from aioice import Candidate, Connection
from aioice.ice import StunProtocol

import bridge.room.tcp
from bridge.engine import Feed, PeerSpec
from bridge.net.framing import FrameReader, frame
from bridge.room.agent import Agent
from bridge.room.tcp import MAX_WAITING_BYTES, TcpTransport, add_tcp
from tests.media.conftest import Bridge
from tests.media.overtcp import tcp_port
from tests.media.rooms import room
from tests.media.test_agent import BERLIN, KREFELD, PLACES, Reports, card_input
from tests.unit.bridge.net.test_tcp import until

WAIT_S = 60
"""Before a test that waits for what never comes has failed."""
PACKET = bytes(1200)


def negotiation(bridge: Bridge, *, udp_port: int | None = None) -> Callable[[str], Awaitable[str]]:
    """As the server does it. With `udp_port` the answer has that one instead of the bridge's."""

    async def negotiate(offer: str) -> str:
        joined = await bridge.switchboard.join(PeerSpec("hall", "krefeld"), offer)
        own = f" {bridge.switchboard.udp_port} typ"
        assert own in joined.sdp
        return joined.sdp.replace(own, f" {udp_port or bridge.switchboard.udp_port} typ")

    return negotiate


@asynccontextmanager
async def hall(negotiate: Callable[[str], Awaitable[str]]) -> AsyncIterator[tuple[Agent, Reports]]:
    reports = Reports()
    agent = Agent(negotiate, reports, places=PLACES, source=card_input(KREFELD))
    running = asyncio.create_task(agent.run())
    try:
        yield agent, reports
    finally:
        running.cancel()
        await asyncio.wait([running])


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A UDP port that takes everything and answers nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        yield sock.getsockname()[1]


@pytest.fixture
def no_head_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bridge.room.tcp, "UDP_HEAD_START_S", 0.0)


@pytest.mark.usefixtures("no_head_start")
async def test_without_udp_it_sends_and_receives_over_tcp_and_logs_it(
    bridge: Bridge, silent_port: int
) -> None:
    with structlog.testing.capture_logs() as lines:
        async with (
            asyncio.timeout(WAIT_S),
            tcp_port(bridge.switchboard),
            room(bridge.switchboard, "other", source="berlin", code=BERLIN),
            hall(negotiation(bridge, udp_port=silent_port)) as (_, reports),
        ):
            bridge.switchboard.route({"hall": Feed("berlin", mics=("berlin",))})
            await bridge.until("krefeld", "live")
            await reports.until(lambda r: r["path"] == "tcp" and r["program_frames"] > 30)
            path = bridge.switchboard.stats()[0]["krefeld"].path
            assert path is not None
            assert path.transport == "tcp"
    assert [line["path"] for line in lines if line["event"] == "the room is connected"] == ["tcp"]


async def test_with_udp_it_opens_no_tcp_connection(bridge: Bridge, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[TcpTransport] = []
    waited = asyncio.Event()
    open_ = TcpTransport._open

    async def watched(transport: TcpTransport, far: tuple[str, int]) -> None:
        opened.append(transport)
        await open_(transport, far)
        waited.set()

    monkeypatch.setattr(TcpTransport, "_open", watched)
    async with (
        asyncio.timeout(WAIT_S),
        tcp_port(bridge.switchboard),
        hall(negotiation(bridge)) as (_, reports),
    ):
        await reports.until(lambda r: r["path"] == "udp")
        await bridge.until("krefeld", "live")
        if opened:  # a check was due before UDP had succeeded
            await waited.wait()
        assert not any(transport._streams for transport in opened)
        assert not bridge.switchboard._port._streams


@pytest.mark.usefixtures("no_head_start")
async def test_it_connects_anew_when_its_connection_is_closed(bridge: Bridge, silent_port: int) -> None:
    async with (
        asyncio.timeout(WAIT_S),
        tcp_port(bridge.switchboard),
        hall(negotiation(bridge, udp_port=silent_port)) as (_, reports),
    ):
        await reports.until(lambda r: r["path"] == "tcp")
        for stream in list(bridge.switchboard._port._streams):
            stream.close()
        await reports.until(lambda r: r["connections"] == 2 and r["path"] == "tcp")


# The transport alone


class Taken(StunProtocol):
    """What aioice is given."""

    def __init__(self) -> None:
        super().__init__(Connection(ice_controlling=True))
        self.packets: list[tuple[object, object]] = []
        self.lost = asyncio.Event()

    def datagram_received(self, data: object, addr: object) -> None:
        self.packets.append((data, addr))

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost.set()


@asynccontextmanager
async def listening() -> AsyncIterator[tuple[socket.socket, tuple[str, int]]]:
    with socket.socket() as sock:
        # Small, so that a test that does not read soon fills it.
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sock.bind(("127.0.0.1", 0))
        sock.listen()
        sock.setblocking(False)
        yield sock, sock.getsockname()


@pytest.mark.usefixtures("no_head_start")
async def test_each_address_has_a_connection_of_its_own() -> None:
    taken = Taken()
    transport = TcpTransport(taken.receiver, taken)
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(WAIT_S), listening() as (one, here), listening() as (two, there):
        for sock, far, text in ((one, here, b"one"), (two, there, b"two")):
            transport.sendto(b"replaced", far)
            transport.sendto(text, far)
            accepted, _ = await loop.sock_accept(sock)
            with accepted:
                assert FrameReader().feed(await loop.sock_recv(accepted, 100)) == [text]
                await loop.sock_sendall(accepted, frame(b"a") + frame(b"b"))
                await until(lambda: len(taken.packets) >= 2)
                assert taken.packets == [(b"a", far), (b"b", far)]
                taken.packets.clear()
        transport.close()
        await taken.lost.wait()
    assert not transport._opening


@pytest.mark.usefixtures("no_head_start")
async def test_what_waits_for_a_slow_bridge_is_limited() -> None:
    taken = Taken()
    transport = TcpTransport(taken.receiver, taken)
    async with asyncio.timeout(WAIT_S), listening() as (sock, far):
        transport.sendto(PACKET, far)
        accepted, _ = await asyncio.get_running_loop().sock_accept(sock)
        with accepted:
            await until(lambda: far in transport._streams)
            stream = transport._streams[far]
            assert stream._transport is not None
            sizes = []
            for _ in range(10_000):  # 12 MB
                transport.sendto(PACKET, far)
                sizes.append(stream._transport.get_write_buffer_size())
        assert MAX_WAITING_BYTES <= max(sizes) < MAX_WAITING_BYTES + 2 * len(PACKET)
        transport.close()
        await taken.lost.wait()


@pytest.mark.usefixtures("no_head_start")
async def test_a_refused_connection_is_tried_again_with_the_next_check() -> None:
    taken = Taken()
    transport = TcpTransport(taken.receiver, taken)
    async with asyncio.timeout(WAIT_S), listening() as (sock, far):
        sock.close()
        transport.sendto(b"one", far)
        await until(lambda: not transport._opening)
        with socket.socket() as again:
            again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            again.bind(far)
            again.listen()
            again.setblocking(False)
            transport.sendto(b"two", far)
            accepted, _ = await asyncio.get_running_loop().sock_accept(again)
            with accepted:
                data = await asyncio.get_running_loop().sock_recv(accepted, 100)
        assert FrameReader().feed(data) == [b"two"]
        transport.close()
        await taken.lost.wait()


@pytest.mark.usefixtures("no_head_start")
async def test_a_stream_that_is_no_frames_is_closed() -> None:
    taken = Taken()
    transport = TcpTransport(taken.receiver, taken)
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(WAIT_S), listening() as (sock, far):
        transport.sendto(b"check", far)
        accepted, _ = await loop.sock_accept(sock)
        with accepted:
            await loop.sock_sendall(accepted, b"HTTP/1.1 400 Bad Request\r\n\r\n")
            await until(lambda: far in transport._streams)
            await until(lambda: not transport._streams)
        transport.close()
        await taken.lost.wait()


async def test_aioice_pairs_it_with_the_tcp_candidates_of_an_answer() -> None:
    """A contract: a new aioice that treats TCP candidates otherwise must fail here first."""
    connection = Connection(ice_controlling=True)
    add_tcp(connection)
    for candidate in ("192.0.2.1 8080", "2001:db8::1 8080"):
        await connection.add_remote_candidate(
            Candidate.from_sdp(f"1 1 tcp 1 {candidate} typ host tcptype passive")
        )
        await connection.add_remote_candidate(Candidate.from_sdp(f"2 1 udp 9 {candidate} typ host"))
    assert [pair.remote_addr for pair in connection._check_list] == [
        ("192.0.2.1", 8080),
        ("2001:db8::1", 8080),
    ]
    await connection.close()
