"""Sends packets from the port's socket: batches to one address go in one system call, if the kernel supports GSO.

Pictures come as a dozen packets at once, and each goes to every receiver. Linux takes a batch as one datagram and a
segment size (UDP_SEGMENT, udp(7), since 4.18), so the batch passes the network stack once, which is most of a packet's
cost. The packets on the network are the same.
"""

from __future__ import annotations

import errno
import socket
import struct
import sys
from collections.abc import Callable, Iterator, Sequence

from bridge.net.ice import Address

UDP_SEGMENT = 103
"""From linux/udp.h; Python has no name for it."""
MAX_SEGMENTS = 40
"""Packets of a batch. The kernel takes 64, and at most an IPv4 datagram of 65,507 bytes: 43 packets of 1500."""
BUFFER_FULL_ERRNOS = frozenset({errno.EAGAIN, errno.ENOBUFS})


class GsoSender:
    """Sends from one socket."""

    def __init__(self, sock: socket.socket, call_soon: Callable[[Callable[[], None]], object]) -> None:
        """`call_soon`: a loop's."""
        self.sendto = sock.sendto
        """Send one datagram at once. May raise `OSError`."""
        self._sock = sock
        self._call_soon = call_soon
        self._has_gso = _has_gso(sock)
        self._scheduled: list[Callable[[], None]] = []

    def schedule(self, flush: Callable[[], None]) -> None:
        """Call `flush` once: when the port has read the waiting datagrams, or in the loop's next iteration."""
        if not self._scheduled:
            self._call_soon(self.flush)
        self._scheduled.append(flush)

    def flush(self) -> None:
        """Call what is scheduled."""
        scheduled, self._scheduled = self._scheduled, []
        for flush in scheduled:
            flush()

    def send(self, packets: Sequence[bytes], address: Address) -> list[OSError]:
        """Send them in their order. Returns an error for each that was not sent."""
        if len(packets) == 1 or not self._has_gso:
            return self._send_singly(packets, address)
        errors: list[OSError] = []
        for batch in batches(packets):
            errors += (self._send_batch if len(batch) > 1 else self._send_singly)(batch, address)
        return errors

    def _send_batch(self, batch: Sequence[bytes], address: Address) -> list[OSError]:
        segment_size = (socket.IPPROTO_UDP, UDP_SEGMENT, struct.pack("=H", len(batch[0])))
        try:
            self._sock.sendmsg(batch, (segment_size,), 0, address)
        except OSError as error:
            if error.errno in BUFFER_FULL_ERRNOS:
                return [error] * len(batch)
            # The route has no GSO, or a smaller MTU.
            return self._send_singly(batch, address)
        return []

    def _send_singly(self, packets: Sequence[bytes], address: Address) -> list[OSError]:
        errors = []
        for packet in packets:
            try:
                self.sendto(packet, address)
            except OSError as error:
                errors.append(error)
        return errors


def batches(packets: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    """Split into GSO batches: packets of one length, of which the last may be shorter."""
    start, length = 0, 0
    for i, packet in enumerate(packets):
        fits = len(packet) <= length and len(packets[i - 1]) == length and i - start < MAX_SEGMENTS
        if not fits:
            if start < i:
                yield packets[start:i]
            start, length = i, len(packet)
    if start < len(packets):
        yield packets[start:]


def _has_gso(sock: socket.socket) -> bool:
    if not sys.platform.startswith("linux"):
        return False
    try:
        sock.getsockopt(socket.IPPROTO_UDP, UDP_SEGMENT)
    except OSError:
        return False
    return True
