"""What a connection carries, by its first bytes."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator

import pytest

from bridge.net.framing import frame
from bridge.net.ice import new_credentials
from bridge.net.stun import MAGIC_COOKIE, MAX_STUN_BYTES
from signaling.listener.firstbytes import (
    COOKIE,
    MAX_LENGTH_HIGH_BYTE,
    NEEDED_BYTES,
    protocol_of,
    read_protocol,
)
from tests.unit.bridge.stun import check

CHECK = frame(check(new_credentials()))


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Both ends of a TCP connection: the server's does not block."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        with socket.create_connection(listening.getsockname()) as client:
            server, _ = listening.accept()
            with server:
                server.setblocking(False)
                yield server, client


def test_it_agrees_with_the_bridge() -> None:
    assert COOKIE == MAGIC_COOKIE
    assert MAX_STUN_BYTES < (MAX_LENGTH_HIGH_BYTE + 1) * 256


@pytest.mark.parametrize(
    ("first", "protocol"),
    [
        (CHECK, "media"),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03", "tls"),
        (b"\x16", "tls"),
        (b"GET / HTTP/1.1\r\n", "http"),
        (b"G", "http"),
        (b"\x00" * 10, "http"),
        (frame(b"\x80\x60" + bytes(20)), "http"),
        (CHECK[:9], None),
        (b"\x00", None),
        (b"", None),
    ],
)
def test_the_first_bytes_tell(first: bytes, protocol: str | None) -> None:
    assert protocol_of(first[:NEEDED_BYTES]) == protocol


async def test_it_waits_for_the_bytes_it_needs_and_leaves_them_unread(
    pair: tuple[socket.socket, socket.socket],
) -> None:
    server, client = pair
    reading = asyncio.create_task(read_protocol(server))
    for byte in CHECK[: NEEDED_BYTES - 1]:
        client.sendall(bytes([byte]))
        await asyncio.sleep(0)
    assert not reading.done()
    client.sendall(CHECK[NEEDED_BYTES - 1 :])
    assert await asyncio.wait_for(reading, 60) == "media"
    assert server.recv(2000) == CHECK


async def test_one_byte_is_enough_for_http(pair: tuple[socket.socket, socket.socket]) -> None:
    server, client = pair
    client.sendall(b"G")
    assert await asyncio.wait_for(read_protocol(server), 60) == "http"


@pytest.mark.parametrize("sent", [b"", CHECK[:5]])
async def test_an_end_before_that_is_noticed(pair: tuple[socket.socket, socket.socket], sent: bytes) -> None:
    server, client = pair
    reading = asyncio.create_task(read_protocol(server))
    client.sendall(sent)
    await asyncio.sleep(0)
    client.shutdown(socket.SHUT_WR)
    assert await asyncio.wait_for(reading, 60) is None
