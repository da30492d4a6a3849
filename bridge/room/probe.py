"""Whether the addresses in an answer can be reached: connectivity checks (RFC 8445) as a browser sends them, over UDP
and over TCP (RFC 6544, framed by RFC 4571). No peer connection is made."""

from __future__ import annotations

import asyncio
import secrets
import socket
import struct
import time
from dataclasses import dataclass

from aioice import stun
from aiortc import RTCConfiguration, RTCPeerConnection

TIMEOUT_S = 3.0
"""For an answer over one path."""
RETRY_S = 0.5
"""Between two tries over UDP."""
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
    request = _request(offered)
    async with asyncio.timeout(TIMEOUT_S):
        exchange = _over_udp if offered.transport == "udp" else _over_tcp
        return await exchange(offered, bytes(request), request.transaction_id)


def _request(offered: Offered) -> stun.Message:
    request = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
    request.attributes["USERNAME"] = offered.username
    request.attributes["PRIORITY"] = PRIORITY
    request.attributes["ICE-CONTROLLING"] = secrets.randbits(64)
    request.add_message_integrity(offered.password.encode())
    return request


def _is_answer(data: bytes, transaction: bytes) -> bool:
    return len(data) >= 20 and data[:2] == b"\x01\x01" and data[8:20] == transaction


async def _over_udp(offered: Offered, request: bytes, transaction: bytes) -> float:
    loop = asyncio.get_running_loop()
    family = socket.AF_INET6 if ":" in offered.address else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as sock:
        sock.setblocking(False)
        await loop.sock_connect(sock, (offered.address, offered.port))
        while True:
            sent = time.perf_counter()
            await loop.sock_sendall(sock, request)
            try:
                async with asyncio.timeout(RETRY_S):
                    while not _is_answer(await loop.sock_recv(sock, 1500), transaction):
                        pass
            except TimeoutError:
                continue
            return time.perf_counter() - sent


async def _over_tcp(offered: Offered, request: bytes, transaction: bytes) -> float:
    reader, writer = await asyncio.open_connection(offered.address, offered.port)
    try:
        sent = time.perf_counter()
        writer.write(struct.pack("!H", len(request)) + request)
        while True:
            (size,) = struct.unpack("!H", await reader.readexactly(2))
            if _is_answer(await reader.readexactly(size), transaction):
                return time.perf_counter() - sent
    except asyncio.IncompleteReadError as fault:
        raise ConnectionError("it closes the connection: something else answers there") from fault
    finally:
        writer.close()
