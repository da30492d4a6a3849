"""One TCP connection of a peer: its frames go to the port as datagrams do, and its queue is the bridge's own.

A peer whose network blocks UDP connects by TCP (RFC 6544; the bridge is the passive side). Such a connection is one
more address of the peer. It begins with a signed check; until then it is a stranger's, and may send little for a short
time. When it closes, the peer has lost this address.

The kernel's send buffer is kept small. What waits there can neither be dropped nor overtaken, so a slow reader would
hear its sound late.
"""

from __future__ import annotations

import asyncio
import itertools
import socket
import sys
from collections.abc import Callable, Sequence
from typing import Any

from bridge.net.framing import FrameError, FrameReader
from bridge.net.sendqueue import SendQueue

HALF_OPEN_S = 10.0
"""Seconds for the first signed check. A browser sends it at once, and again every second at least."""
MAX_STRANGER_BYTES = 8 * 1024
"""Received before the first signed check: a browser's first one is signed."""
MAX_STRANGER_PACKETS = 8
"""The same in packets. Each costs a few µs to refuse, and 8 kB could hold 2700 of them: 8 ms of the event loop for one
connection, in which no media is forwarded."""
MAX_READ_BYTES = 16 * 1024
"""Read in one iteration of the event loop, as from a connection to the HTTP port."""
MAX_WRITE_BYTES = 8 * 1024
"""Handed to the kernel at once. Sound cannot overtake it any more: at 1 Mb/s it takes 65 ms."""
UNSENT_BYTES = 16 * 1024
"""In the kernel beyond what TCP has in flight (TCP_NOTSENT_LOWAT, tcp(7))."""
SEND_BUFFER_BYTES = 128 * 1024
"""Requested; the kernel doubles it for its own overhead. It carries 4 Mb/s over 250 ms round trip."""
STUCK_S = 10.0
"""Seconds in which a connection must take something of what waits. Its peer has moved or is gone."""
IDLE_S = 60.0
"""Seconds without a packet after which a connection is closed. A browser checks its spare paths every 25 s."""

TCP_NOTSENT_LOWAT = 25
"""From linux/tcp.h; Python has no name for it before 3.12."""


class TcpAddress(tuple[Any, ...]):
    """Host and port of the peer, and a number: equal to no address of a UDP socket, nor of another connection."""

    connection: TcpConnection


class TcpConnection:
    """Made by `Port.adopt`. It closes the socket."""

    _numbers = itertools.count(1)

    def __init__(
        self,
        sock: socket.socket,
        receive: Callable[[bytes, TcpAddress], bool],
        after_read: Callable[[], None],
        on_accepted: Callable[[TcpConnection], None],
        on_closed: Callable[[TcpConnection], None],
        now: Callable[[], float],
    ) -> None:
        """`receive` takes a packet, and says whether its address is a peer's now. `after_read` is called when the
        packets of one read have been taken. `on_accepted` and `on_closed` are called once at most.

        Raises:
            OSError: it is closed already.
        """
        host, port = sock.getpeername()[:2]
        self.address = TcpAddress((host, port, "tcp", next(self._numbers)))
        self.address.connection = self
        self.is_accepted = False
        """A peer has signed a check on it."""
        self._sock = sock
        self._loop = asyncio.get_running_loop()
        self._receive = receive
        self._after_read = after_read
        self._on_accepted = on_accepted
        self._on_closed = on_closed
        self._now = now
        self._frames = FrameReader()
        self._received = self._refused = 0
        """Bytes and packets, until it is accepted."""
        self._heard_at = self._progress_at = now()
        self._queue = SendQueue()
        self._unsent = memoryview(b"")
        """Taken from the queue; the kernel had no room for it."""
        self._is_waiting = self._is_closed = False
        """For the socket to be writable; and whether it is closed."""
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
        if sys.platform == "linux":
            sock.setsockopt(socket.IPPROTO_TCP, TCP_NOTSENT_LOWAT, UNSENT_BYTES)
        self._loop.add_reader(sock, self._on_readable)
        self._timer = self._loop.call_later(HALF_OPEN_S, self._check_idle)

    def close(self) -> None:
        """Close it. What waits is discarded."""
        if self._is_closed:
            return
        self._is_closed = True
        self._timer.cancel()
        self._loop.remove_reader(self._sock)
        self._loop.remove_writer(self._sock)
        self._sock.close()
        self._queue = SendQueue()
        self._on_closed(self)
        del (
            self.address
        )  # no reference cycle is left: collecting those of thousands of strangers stops the loop

    def _check_idle(self) -> None:
        idle = self._now() - self._heard_at
        if not self.is_accepted or idle >= IDLE_S:
            self.close()
        else:
            self._timer = self._loop.call_later(IDLE_S - idle, self._check_idle)

    # Receiving ----------------------------------------------------------------------------------------------

    def _on_readable(self) -> None:
        try:
            data = self._sock.recv(MAX_READ_BYTES if self.is_accepted else 2048)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self.close()
            return
        try:
            packets = self._frames.feed(data)
        except FrameError:
            self.close()
            return
        self._heard_at = self._now()
        for packet in packets:
            self._take(packet)
            if self._is_closed:
                return
        if not self.is_accepted:
            self._received += len(data)
            if self._received > MAX_STRANGER_BYTES:
                self.close()
                return
        self._after_read()

    def _take(self, packet: bytes) -> None:
        if not self.is_accepted and packet[0] > 3:
            self.close()  # no check
            return
        is_a_peers = self._receive(packet, self.address)
        if self.is_accepted or self._is_closed:
            return
        if is_a_peers:
            self.is_accepted = True
            self._on_accepted(self)
            return
        self._refused += 1
        if self._refused >= MAX_STRANGER_PACKETS:
            self.close()

    # Sending ------------------------------------------------------------------------------------------------

    @property
    def is_dropping(self) -> bool:
        """Whether pictures are dropped, until `resume`."""
        return self._queue.is_dropping

    def resume(self) -> bool:
        """Send pictures again, if nothing waits any more. They must begin with keyframes. Returns whether it does."""
        if self._queue or self._unsent:
            return False
        self._queue.resume()
        return True

    def send(self, packet: bytes) -> int:
        """Send a packet that is not a picture's, such as sound. Returns how many were dropped."""
        if self._is_closed:
            return 1
        dropped = self._queue.push(packet, self._now())
        self._write()
        return dropped

    def send_all(self, packets: Sequence[bytes], picture_ssrcs: frozenset[bytes]) -> int:
        """Send RTP packets; those of `picture_ssrcs` are pictures'. Returns how many were dropped."""
        if self._is_closed:
            return len(packets)
        now, queue = self._now(), self._queue
        dropped = 0
        for packet in packets:
            push = queue.push_picture if packet[8:12] in picture_ssrcs else queue.push
            dropped += push(packet, now)
        self._write()
        return dropped

    def _write(self) -> None:
        if self._is_waiting:
            if self._now() - self._progress_at > STUCK_S:
                # Not within the caller, which may be going through the peer's addresses.
                self._loop.call_soon(self.close)
            return
        self._progress_at = self._now()
        while self._unsent or self._queue:
            if not self._unsent:
                self._unsent = memoryview(self._queue.take(MAX_WRITE_BYTES))
            try:
                self._unsent = self._unsent[self._sock.send(self._unsent) :]
            except BlockingIOError:
                self._is_waiting = True
                self._loop.add_writer(self._sock, self._on_writable)
                return
            except OSError:
                self._loop.call_soon(self.close)
                return

    def _on_writable(self) -> None:
        self._loop.remove_writer(self._sock)
        self._is_waiting = False
        self._write()
