"""Whether the addresses in an answer can be reached: connectivity checks (RFC 8445) as a browser sends them, over UDP
and over TCP (RFC 6544, framed by RFC 4571). No peer connection is made."""

from __future__ import annotations

import asyncio
import secrets
import socket
import time
from dataclasses import dataclass

from aiortc import RTCConfiguration, RTCPeerConnection

from bridge.net import stun
from bridge.net.framing import MAX_DATAGRAM_BYTES, FrameError, FrameReader, frame
from bridge.net.stun import make_check

TIMEOUT_S = 3.0
"""Seconds for an answer over one path."""
RETRY_S = 0.5
"""Seconds between two tries over UDP, which may lose one."""
PRIORITY = 126 << 24 | 65535 << 8 | 255
"""Of a host candidate (RFC 8445 section 5.1.2.1)."""


@dataclass(frozen=True, slots=True)
class Offered:
    """A candidate of an SDP answer, and the credentials for its checks."""

    transport: str
    """`udp` or `tcp`."""
    address: str
    port: int
    username: str
    password: str

    def __str__(self) -> str:
        host = f"[{self.address}]" if ":" in self.address else self.address
        return f"{self.transport.upper()} {host}:{self.port}"


async def offer() -> tuple[str, str]:
    """A viewer's offer, and the ICE user name in it. Nothing is ever received with it."""
    connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    try:
        connection.addTransceiver("video", direction="recvonly")
        connection.addTransceiver("audio", direction="recvonly")
        sdp = (await connection.createOffer()).sdp
    finally:
        await connection.close()
    return sdp, next(line[12:] for line in sdp.splitlines() if line.startswith("a=ice-ufrag:"))


def offered_in(answer: str, own_ufrag: str) -> list[Offered]:
    """The candidates of an answer, each once."""
    ufrag = password = ""
    found: dict[tuple[str, str, int], Offered] = {}
    for line in answer.splitlines():
        name, _, value = line.partition(":")
        if name == "a=ice-ufrag":
            ufrag = value
        elif name == "a=ice-pwd":
            password = value
        elif name == "a=candidate":
            _, _, transport, _, address, port, *_ = value.split()
            key = (transport.lower(), address, int(port))
            found[key] = Offered(*key, f"{ufrag}:{own_ufrag}", password)
    return list(found.values())


async def round_trip(offered: Offered) -> float:
    """The seconds from a check to its answer.

    Raises:
        OSError: the address cannot be reached.
        TimeoutError: nothing has answered within `TIMEOUT_S`.
    """
    async with asyncio.timeout(TIMEOUT_S):
        exchange = _over_udp if offered.transport == "udp" else _over_tcp
        return await exchange(offered, _check(offered))


def _check(offered: Offered) -> bytes:
    return make_check(offered.username, offered.password, priority=PRIORITY, controlling=secrets.randbits(64))


def _is_answer(data: bytes, check: bytes, password: str) -> bool:
    """Whether `data` is the signed answer to `check`."""
    try:
        answer = stun.parse(data)
    except stun.BadStun:
        return False
    is_its_own = answer.transaction_id == stun.parse(check).transaction_id
    return is_its_own and not answer.is_check and answer.is_signed_with(password)


async def _over_udp(offered: Offered, check: bytes) -> float:
    loop = asyncio.get_running_loop()
    family = socket.AF_INET6 if ":" in offered.address else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as sock:
        sock.setblocking(False)
        await loop.sock_connect(sock, (offered.address, offered.port))
        while True:
            sent = time.perf_counter()
            await loop.sock_sendall(sock, check)
            try:
                async with asyncio.timeout(RETRY_S):
                    while not _is_answer(
                        await loop.sock_recv(sock, MAX_DATAGRAM_BYTES), check, offered.password
                    ):
                        pass
            except TimeoutError:
                continue
            return time.perf_counter() - sent


async def _over_tcp(offered: Offered, check: bytes) -> float:
    reader, writer = await asyncio.open_connection(offered.address, offered.port)
    try:
        sent = time.perf_counter()
        writer.write(frame(check))
        frames = FrameReader()
        while data := await reader.read(MAX_DATAGRAM_BYTES):
            if any(_is_answer(packet, check, offered.password) for packet in frames.feed(data)):
                return time.perf_counter() - sent
    except FrameError:
        pass
    finally:
        writer.close()
    raise ConnectionError("it closes the connection: something else answers there")
