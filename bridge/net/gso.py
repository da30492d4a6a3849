"""The way out of the port's socket: packets of one moment to one address go in one call where the kernel can.

Pictures come as a dozen packets at once, and each of them goes to every receiver. Linux takes such a train as one
datagram and a length to cut it by (UDP_SEGMENT, udp(7), since 4.18): the way through its network stack, which is most
of what a packet costs, is then walked once for all of them. On the wire nothing is different.
"""

from __future__ import annotations

import asyncio
import errno
import socket
import struct
import sys
from collections.abc import Callable, Iterator, Sequence

from bridge.net.ice import Address

UDP_SEGMENT = 103
"""From linux/udp.h; Python has no name for it."""
MAX_SEGMENTS = 40
"""Packets of a train at most. The kernel takes 64, and what would fill an IPv4 datagram of 65 507 bytes: 43 of 1500."""
BUSY = frozenset({errno.EAGAIN, errno.ENOBUFS})
"""The socket's buffer is full, whatever way it goes."""


class GsoSender:
    """Of one socket."""

    def __init__(self, sock: socket.socket, soon: Callable[[Callable[[], None]], object]) -> None:
        """`soon` calls what it is given when the caller's moment is over: a loop's `call_soon`."""
        self.sendto = sock.sendto
        """Send one datagram at once. It may raise `OSError`."""
        self._sock = sock
        self._soon = soon
        self._has_trains = _has_trains(sock)
        self._waiting: list[Callable[[], None]] = []
        """Who has something to send at the end of this moment; each once."""

    @classmethod
    def of(cls, sock: socket.socket) -> GsoSender:
        """On the running loop."""
        return cls(sock, asyncio.get_running_loop().call_soon)

    def expect(self, flush: Callable[[], None]) -> None:
        """Call `flush` at the end of this moment: when the port has read what has come, or when the loop goes on."""
        if not self._waiting:
            self._soon(self.flush)
        self._waiting.append(flush)

    def flush(self) -> None:
        """The moment is over."""
        waiting, self._waiting = self._waiting, []
        for flush in waiting:
            flush()

    def send(self, packets: Sequence[bytes], address: Address) -> list[OSError]:
        """Send them in their order. Returns an error for each that could not go."""
        if len(packets) == 1 or not self._has_trains:
            return self._send_singly(packets, address)
        errors: list[OSError] = []
        for train in trains(packets):
            errors += (self._send_train if len(train) > 1 else self._send_singly)(train, address)
        return errors

    def _send_train(self, train: Sequence[bytes], address: Address) -> list[OSError]:
        cut = (socket.IPPROTO_UDP, UDP_SEGMENT, struct.pack("=H", len(train[0])))
        try:
            self._sock.sendmsg(train, (cut,), 0, address)
        except OSError as error:
            if error.errno in BUSY:
                return [error] * len(train)
            # On this way trains are not cut, or packets have to be smaller.
            return self._send_singly(train, address)
        return []

    def _send_singly(self, packets: Sequence[bytes], address: Address) -> list[OSError]:
        errors = []
        for packet in packets:
            try:
                self.sendto(packet, address)
            except OSError as error:
                errors.append(error)
        return errors


def trains(packets: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    """Packets that can go together: of one length, but for the last, which may be shorter."""
    begun, length = 0, 0
    for place, packet in enumerate(packets):
        fits = len(packet) <= length and len(packets[place - 1]) == length and place - begun < MAX_SEGMENTS
        if not fits:
            if begun < place:
                yield packets[begun:place]
            begun, length = place, len(packet)
    if begun < len(packets):
        yield packets[begun:]


def _has_trains(sock: socket.socket) -> bool:
    """Whether the kernel knows of it."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        sock.getsockopt(socket.IPPROTO_UDP, UDP_SEGMENT)
    except OSError:
        return False
    return True
