"""TCP connections as addresses of peers, on real sockets."""

from __future__ import annotations

import asyncio
import socket
import weakref
from collections.abc import AsyncIterator, Callable

import pytest
from pylibsrtp import Policy

import bridge.net.tcp
from bridge.net.connection import PeerConnection
from bridge.net.framing import FrameReader, frame
from bridge.net.ice import MAX_ADDRESSES, MEDIA_MOVE_S, NO_ADDRESS
from bridge.net.port import Port
from bridge.net.tcp import (
    IDLE_S,
    MAX_STRANGER_BYTES,
    MAX_STRANGER_PACKETS,
    STUCK_S,
    TcpAddress,
    TcpConnection,
)
from bridge.rtp.header import HEADER
from tests.unit.bridge.net.test_connection import KEY, rtp, session
from tests.unit.bridge.net.test_port import FINGERPRINTS, HERE, Time, secured, show
from tests.unit.bridge.stun import REMOTE, answer_at, check

PICTURE, SOUND = 7, 8
"""SSRCs."""
TEST_TIMEOUT_S = 20


class Client:
    """The peer's end, and what the bridge said of it."""

    def __init__(self, port: Port) -> None:
        with socket.socket() as listening:
            listening.bind(("127.0.0.1", 0))
            listening.listen()
            self.sock = socket.socket()
            # Small, so that a test that does not read soon fills it.
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            self.sock.connect(listening.getsockname())
            accepted, _ = listening.accept()
        accepted.setblocking(False)
        self.sock.setblocking(False)
        self.accepted: list[PeerConnection] = []
        self.closed = asyncio.Event()
        self.stream: TcpConnection = port.adopt(accepted, self.accepted.append, self.closed.set)
        self._frames = FrameReader()

    @property
    def address(self) -> TcpAddress:
        return self.stream.address

    async def send(self, *packets: bytes) -> None:
        await asyncio.get_running_loop().sock_sendall(self.sock, b"".join(map(frame, packets)))

    async def receive(self) -> list[bytes]:
        """The packets of one read; none when it has closed."""
        async with asyncio.timeout(TEST_TIMEOUT_S):
            return self._frames.feed(await asyncio.get_running_loop().sock_recv(self.sock, 1 << 16))

    async def show(self, hall: PeerConnection) -> None:
        """Answer the check that comes over it."""
        await until(lambda: self.address in hall.ice._consent._checks)
        await self.send(answer_at(hall.ice, self.address))

    async def until_closed(self) -> None:
        async with asyncio.timeout(TEST_TIMEOUT_S):
            await self.closed.wait()


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """No connection is closed only because it is half open."""
    monkeypatch.setattr(bridge.net.tcp, "HALF_OPEN_S", 3600.0)


@pytest.fixture
async def port(time: Time) -> AsyncIterator[Port]:
    port = await Port.open("127.0.0.1", 0, time)
    yield port
    await port.close()
    assert not port._streams


@pytest.fixture
def hall(port: Port) -> PeerConnection:
    hall = port.connect("hall", REMOTE, FINGERPRINTS)
    hall.picture_ssrcs = frozenset({PICTURE.to_bytes(4)})
    return hall


@pytest.fixture
async def client(port: Port) -> AsyncIterator[Client]:
    client = Client(port)
    yield client
    client.sock.close()


async def until(reached: Callable[[], bool]) -> None:
    for _ in range(100_000):
        if reached():
            return
        await asyncio.sleep(0)
    raise AssertionError("the condition was never reached")


def picture(seq: int) -> bytes:
    return HEADER.pack(0x8060, seq, 0, PICTURE) + bytes(1000)


def sound(seq: int) -> bytes:
    return HEADER.pack(0x806F, seq, 0, SOUND) + bytes(80)


async def test_a_signed_check_makes_it_an_address_of_its_peer(
    port: Port, hall: PeerConnection, client: Client
) -> None:
    await client.send(check(hall.credentials))
    assert (await client.receive())[0][:2] == b"\x01\x01", "the response"
    assert client.accepted == [hall]
    assert hall.ice.selected == client.address
    assert hall.path is not None
    assert (hall.path.transport, hall.path.family, hall.path.address) == ("tcp", 4, "127.0.0.1")


async def test_media_comes_and_goes_over_it(port: Port, hall: PeerConnection, client: Client) -> None:
    heard: list[bytes] = []
    hall.on_rtp = lambda data, now: heard.append(data)
    await client.send(check(hall.credentials))
    await client.receive()
    peer_session = secured(hall, KEY)
    await client.send(peer_session.protect(rtp(1)), peer_session.protect(rtp(2)))
    await until(lambda: len(heard) == 2)
    assert heard == [rtp(1), rtp(2)]
    receiving = session(Policy.SSRC_ANY_INBOUND, KEY)
    hall.send_rtp(rtp(3))
    assert [receiving.unprotect(packet) for packet in await client.receive()] == [rtp(3)]


async def test_its_end_is_the_loss_of_the_address_and_media_moves_the_peer(
    port: Port, hall: PeerConnection, client: Client, time: Time
) -> None:
    port.receive(check(hall.credentials), HERE)
    show(port, hall, HERE)
    await client.send(check(hall.credentials, has_use_candidate=True))
    await client.show(hall)
    await until(lambda: hall.ice.selected == client.address)
    hall.ice.establish()
    client.sock.close()
    await client.until_closed()
    assert hall.ice.selected is NO_ADDRESS
    assert hall.path is None
    assert set(port._by_address) == set(hall.ice.addresses) == {HERE}
    hall.send_rtp(rtp(1))  # is counted, not raised
    port.receive(check(hall.credentials), HERE)
    assert hall.ice.selected == HERE


async def test_a_peer_moves_from_udp_to_tcp_and_back(
    port: Port, hall: PeerConnection, client: Client, time: Time
) -> None:
    port.receive(check(hall.credentials, has_use_candidate=True), HERE)
    peer_session = secured(hall, KEY)
    await client.send(check(hall.credentials))
    await until(lambda: client.stream.is_accepted)
    assert hall.ice.selected == HERE, "a check of a spare path"
    await client.send(check(hall.credentials, has_use_candidate=True))
    await client.show(hall)
    await until(lambda: hall.ice.selected == client.address)
    time.now += MEDIA_MOVE_S * 1.1
    port.receive(peer_session.protect(rtp(1)), HERE)
    assert hall.ice.selected == HERE
    assert hall.path is not None
    assert hall.path.transport == "udp"
    assert not client.closed.is_set(), "it stays as a spare path"


@pytest.mark.parametrize(
    "data",
    [
        frame(b"\x80\x60" + bytes(30)),
        frame(b"\x16\xfe\xfd" + bytes(30)),
        b"GET / HTTP/1.1\r\n\r\n",
        b"\xff\xff",
    ],
    ids=["media", "dtls", "http", "a large frame"],
)
async def test_what_does_not_begin_with_a_check_is_closed(port: Port, client: Client, data: bytes) -> None:
    await asyncio.get_running_loop().sock_sendall(client.sock, data)
    await client.until_closed()
    assert client.accepted == []


@pytest.mark.parametrize(
    "packet", [b"\x00", b"\x00\x01" + bytes(30), b""], ids=["tiny", "no cookie", "empty"]
)
async def test_a_stranger_may_send_little(port: Port, client: Client, packet: bytes) -> None:
    await client.send(*[packet] * (MAX_STRANGER_BYTES // (len(packet) + 2) + 1))
    await client.until_closed()
    assert port.dropped.total() == (MAX_STRANGER_PACKETS if packet else 0)
    assert port._by_address == {}


async def test_a_stranger_may_try_few_signatures(port: Port, hall: PeerConnection, client: Client) -> None:
    forged = check(hall.credentials, password="x" * 32)
    await client.send(*[forged] * (2 * MAX_STRANGER_PACKETS))
    await client.until_closed()
    assert hall.dropped == {"stun: wrong signature": MAX_STRANGER_PACKETS}
    assert port._by_address == {}


async def test_a_check_may_come_one_byte_at_a_time_and_after_empty_frames(
    hall: PeerConnection, client: Client
) -> None:
    loop = asyncio.get_running_loop()
    client.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for byte in frame(b"") + frame(check(hall.credentials)):
        await loop.sock_sendall(client.sock, bytes([byte]))
        await asyncio.sleep(0)
    await until(lambda: client.accepted == [hall])


async def test_many_strangers_leave_nothing_behind(port: Port) -> None:
    clients = [Client(port) for _ in range(200)]
    addresses = [weakref.ref(client.stream) for client in clients]
    for client in clients:
        await client.send(b"\x16\xfe\xfd" + bytes(30))
        await client.until_closed()
        client.sock.close()
    assert not port._streams
    clients.clear()
    del client
    assert not [stream for stream in addresses if stream() is not None], "without the garbage collector"


async def test_a_half_open_connection_is_closed(port: Port, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bridge.net.tcp, "HALF_OPEN_S", 0.05)
    client = Client(port)
    await client.until_closed()
    client.sock.close()


async def test_a_spare_connection_that_is_silent_is_closed(
    port: Port, hall: PeerConnection, client: Client, time: Time
) -> None:
    await client.send(check(hall.credentials))
    await client.receive()
    client.stream._check_idle()
    assert not client.closed.is_set()
    time.now += IDLE_S * 1.1
    client.stream._check_idle()
    assert client.closed.is_set()


async def test_a_slow_reader_loses_pictures_before_sound(
    port: Port, hall: PeerConnection, client: Client, time: Time
) -> None:
    await client.send(check(hall.credentials))
    await client.receive()
    secured(hall, KEY)
    seq = 0
    while not hall.is_dropping:
        for n in range(3):
            hall.send_rtp(picture(3 * seq + n))
        hall.send_rtp(sound(seq))
        port._sender.flush()
        seq, time.now = seq + 1, time.now + 0.02
        assert time.now < 100.0 + STUCK_S, "it is never dropped"
    assert not hall.resume(), "sound still waits"
    lost = hall.dropped["not sent: the TCP connection is too slow"]
    assert lost
    receiving = session(Policy.SSRC_ANY_INBOUND, KEY)
    found: list[bytes] = []
    while not hall.resume():
        found += [receiving.unprotect(packet) for packet in await client.receive()]
    hall.send_rtp(sound(seq))
    port._sender.flush()
    while not found or found[-1] != sound(seq):
        found += [receiving.unprotect(packet) for packet in await client.receive()]
    heard = [packet for packet in found if packet[8:12] == SOUND.to_bytes(4)]
    assert heard == [sound(n) for n in range(seq + 1)], "all sound, in its order"
    assert len(found) - len(heard) + lost == 3 * seq


async def test_a_connection_that_takes_nothing_is_closed(
    port: Port, hall: PeerConnection, client: Client, time: Time
) -> None:
    await client.send(check(hall.credentials))
    await client.receive()
    secured(hall, KEY)
    while not client.closed.is_set():
        hall.send_rtp(picture(1))
        port._sender.flush()
        time.now += 0.1
        await asyncio.sleep(0)
        assert time.now < 100.0 + 3 * STUCK_S
    assert hall.ice.selected is NO_ADDRESS


async def test_connections_beyond_the_addresses_of_a_peer_are_closed(
    port: Port, hall: PeerConnection
) -> None:
    clients = []
    for _ in range(MAX_ADDRESSES + 2):
        clients.append(Client(port))
        await clients[-1].send(check(hall.credentials, has_use_candidate=True))
        await clients[-1].receive()
    await until(lambda: len(port._streams) == MAX_ADDRESSES)
    assert [client.closed.is_set() for client in clients[:4]] == [False, True, True, False]
    assert hall.ice.selected == clients[0].address
    for client in clients:
        client.sock.close()


async def test_the_end_of_a_peer_closes_its_connections(
    port: Port, hall: PeerConnection, client: Client
) -> None:
    await client.send(check(hall.credentials))
    await client.receive()
    hall.end("over")
    await client.until_closed()
    assert await client.receive() == []


async def test_another_peer_cannot_take_it(port: Port, hall: PeerConnection, client: Client) -> None:
    other = port.connect("other", REMOTE, FINGERPRINTS)
    await client.send(check(hall.credentials), check(other.credentials))
    await until(lambda: bool(other.dropped))
    assert client.accepted == [hall]
    assert hall.ice.selected == client.address
