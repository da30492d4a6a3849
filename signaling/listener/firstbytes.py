"""What a connection to the HTTP port carries, told by its first bytes, which stay unread.

A TLS record begins with 0x16 (RFC 8446 section 5.1) and HTTP with a letter. Media begins with a connectivity check: its
length in two bytes (RFC 4571), which is less than 0x0500, then a STUN header with its cookie (RFC 8489 section 5).
"""

from __future__ import annotations

import asyncio
import socket
from typing import Final, Literal

Protocol = Literal["http", "tls", "media"]

NEEDED_BYTES: Final = 10
"""Length field, message type, message length, cookie."""
MAX_LENGTH_HIGH_BYTE: Final = 4
"""The first byte of a check's length: it has at most 1232 bytes."""
COOKIE: Final = bytes.fromhex("2112a442")


def protocol_of(first: bytes) -> Protocol | None:
    """What begins with these bytes. None: it may be media, and `NEEDED_BYTES` are needed to know."""
    if not first:
        return None
    if first[0] == 0x16:
        return "tls"
    if first[0] > MAX_LENGTH_HIGH_BYTE:
        return "http"
    if len(first) < NEEDED_BYTES:
        return None
    return "media" if first[2] < 4 and first[6:10] == COOKIE else "http"


async def read_protocol(sock: socket.socket) -> Protocol | None:
    """Wait for the first bytes of `sock`, which does not block. None: it has closed before.

    Raises:
        OSError: the connection is broken.
    """
    first = await _peek(sock, 1)
    if first and protocol_of(first) is None:
        first = await _peek(sock, NEEDED_BYTES)
    return protocol_of(first)


async def _peek(sock: socket.socket, needed: int) -> bytes:
    """The first bytes, when there are as many as needed, or when the other end sends no more."""
    try:
        first = sock.recv(NEEDED_BYTES, socket.MSG_PEEK)
        if not first or len(first) >= needed:
            return first
    except BlockingIOError:
        pass
    # With fewer bytes than needed it must not count as readable, or the loop would spin (socket(7), SO_RCVLOWAT).
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, needed)
    loop = asyncio.get_running_loop()
    readable: asyncio.Future[None] = loop.create_future()
    loop.add_reader(sock, lambda: None if readable.done() else readable.set_result(None))
    try:
        await readable
    finally:
        loop.remove_reader(sock)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, 1)
    return sock.recv(NEEDED_BYTES, socket.MSG_PEEK)
