"""Traffic: one peer sends video, the others count the packets that arrive and measure their delay.

Each packet contains its sending time, and the kernel records the arrival time, so the figures do not depend on how fast
this process reads. It reads every few milliseconds and decrypts only samples, so that it costs little CPU.
"""

from __future__ import annotations

import heapq
import math
import socket
import struct
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench.peer import SEND_TIME_ID, VIDEO, Peer

FRAMES = 30
"""Per second; the first of each second is a keyframe."""
READ_INTERVAL_S = 0.01
SAMPLE_EVERY = 7
"""One packet in this many is decrypted for its time. Coprime to the packets of a frame, so that its place varies."""
REPORT_INTERVAL_S = 1.0
"""Seconds between two receiver reports of a peer, as in browsers."""
CHECK_INTERVAL_S = 2.5
"""Seconds between two ICE checks of a peer, as in Chromium."""
QUIET_S = 0.05
"""Seconds without a packet after which all have arrived. A stream that pauses for 0.3 s counts as stalled."""
STAMP = struct.Struct("!Q")
"""Sending time, in nanoseconds of the wall clock, at the end of the payload."""

_HEADER = struct.Struct("!BBHLLHHLBBH")
"""RTP header; one header extension, abs-send-time; VP8 descriptor with a picture ID."""
_KEYFRAME = b"\x10\x02\x00\x9d\x01\x2a\x80\x02\x68\x01"
_DELTA = b"\x11" + bytes(9)
_ROOM = socket.CMSG_SPACE(16)


@dataclass(frozen=True)
class Traffic:
    """The traffic of a camera."""

    rate: int
    """Packets a second, a multiple of `FRAMES`."""
    size: int
    """Bytes of an RTP packet before encryption."""
    bursts: bool = False
    """All packets of a frame at once, as from a browser's pacer; else evenly over time."""


@dataclass
class Played:
    """The result of a measurement."""

    sent: int
    """Packets sent by the camera."""
    received: int
    """Packets that arrived, at all peers together."""
    lost: int
    """Packets that did not arrive, less those that overflowed a peer's own buffer."""
    cpu: float
    """Seconds of the server's CPU."""
    seconds: float
    delays: list[float]
    """Milliseconds from sending to arrival, of the sampled packets."""
    late: list[float]
    """Milliseconds by which the camera itself was late."""

    @property
    def us_per_packet(self) -> float:
        """Microseconds of the server's CPU for each packet that it sent."""
        return self.cpu * 1e6 / self.received


class Camera:
    """Sends video as a peer. After a pause it goes on with a keyframe."""

    def __init__(self, peer: Peer) -> None:
        self.peer = peer
        self.sent = 0
        self.place = 0
        """The index of the due packet in its frame."""
        self.due = 0.0
        self._frame = 0

    def start(self, traffic: Traffic) -> None:
        """Begin to send this traffic."""
        self._each = traffic.rate // FRAMES
        self._fill = bytes(traffic.size - _HEADER.size - len(_KEYFRAME) - STAMP.size)
        self._step = 0.0 if traffic.bursts else 1 / traffic.rate
        self._frame += -self._frame % FRAMES
        self._first = self._frame
        self._began = self.due = time.monotonic()

    def rest(self, seconds: float) -> None:
        """Shift the schedule by a pause."""
        self._began += seconds
        self.due += seconds

    def send(self) -> float:
        """Send the due packet. Returns how late it was, in seconds."""
        late = time.monotonic() - self.due
        self.peer.socket.send(self.peer.outward.protect(self._packet()))
        self.sent += 1
        self.place += 1
        if self.place == self._each:
            self.place = 0
            self._frame += 1
        self.due = self._began + (self._frame - self._first) / FRAMES + self.place * self._step
        return late

    def _packet(self) -> bytes:
        now = time.time_ns()
        header = _HEADER.pack(
            0x90,
            VIDEO | (self.place == self._each - 1) << 7,
            self.sent & 0xFFFF,
            int(self.due * 90_000) & 0xFFFF_FFFF,
            self.peer.ssrc,
            0xBEDE,
            1,
            SEND_TIME_ID << 28 | 2 << 24 | (now << 18) // 10**9 & 0xFF_FFFF,
            0x80 | (self.place == 0) << 4,
            0x80,
            0x8000 | self._frame & 0x7FFF,
        )
        picture = _KEYFRAME if self._frame % FRAMES == 0 else _DELTA
        return header + picture + self._fill + STAMP.pack(now)


class Viewer:
    """Counts the packets that arrive at a peer."""

    def __init__(self, peer: Peer) -> None:
        self.received = 0
        self.peer = peer
        self._ssrc = self._highest = 0

    def read(self, delays: list[float]) -> None:
        """Read all packets since the last call."""
        receive, unprotect = self.peer.socket.recvmsg, self.peer.inward.unprotect
        while True:
            try:
                data, notes, _, _ = receive(1500, _ROOM)
            except (BlockingIOError, ConnectionRefusedError):
                return
            if data[1] & 0x7F != VIDEO or not 127 < data[0] < 192:
                continue
            self.received += 1
            seq = data[2] << 8 | data[3]
            if seq % SAMPLE_EVERY == 0:
                plain = unprotect(data)
                seconds, nanoseconds = struct.unpack("qq", notes[0][2])
                received = seconds * 10**9 + nanoseconds
                delays.append((received - STAMP.unpack_from(plain, len(plain) - STAMP.size)[0]) / 1e6)
                self._highest = seq
                self._ssrc = int.from_bytes(data[8:12], "big")

    def report(self) -> None:
        """Send a receiver report."""
        if self._ssrc:
            self.peer.socket.send(self.peer.report(self._ssrc, self._highest))


class KeepAlive:
    """The periodic reports and checks of peers, spread over time."""

    def __init__(self) -> None:
        self._due: list[tuple[float, int, float, Callable[[], object]]] = []

    def add(self, peer: Peer, viewer: Viewer | None = None) -> None:
        """Include `peer`, which may be a viewer's."""
        self._add(CHECK_INTERVAL_S, lambda: peer.socket.send(peer.check))
        if viewer:
            self._add(REPORT_INTERVAL_S, viewer.report)

    def _add(self, every: float, what: Callable[[], object]) -> None:
        count = len(self._due)
        phase = count * 0.618 % 1  # the golden ratio spreads any number evenly
        heapq.heappush(self._due, (time.monotonic() + phase * every, count, every, what))

    def do(self, now: float) -> None:
        """Send all that is due; at most once if several periods are overdue."""
        while self._due and self._due[0][0] <= now:
            due, count, every, what = self._due[0]
            what()
            heapq.heapreplace(
                self._due, (due + every * math.ceil((now - due) / every + 1e-9), count, every, what)
            )


def play(
    camera: Camera,
    viewers: Sequence[Viewer],
    keep_alive: Sequence[KeepAlive],
    traffic: Traffic,
    pid: int,
    *,
    seconds: float,
    warm: float = 1.0,
) -> Played:
    """Send for `warm` seconds, then measure for `seconds`; the CPU time is that of process `pid`."""
    camera.start(traffic)
    _run(camera, viewers, keep_alive, warm)
    _rest(camera, viewers, keep_alive)
    received, overflowed, sent = _received(viewers), _overflowed(viewers), camera.sent
    began, cpu = time.monotonic(), _cpu(pid)
    delays, late = _run(camera, viewers, keep_alive, seconds)
    cpu, lasted = _cpu(pid) - cpu, time.monotonic() - began
    delays += _rest(camera, viewers, keep_alive)
    sent, received = camera.sent - sent, _received(viewers) - received
    lost = sent * len(viewers) - received - (_overflowed(viewers) - overflowed)
    return Played(sent, received, lost, cpu, lasted, delays, late)


def _run(
    camera: Camera, viewers: Sequence[Viewer], keep_alive: Sequence[KeepAlive], seconds: float
) -> tuple[list[float], list[float]]:
    """Send for this long, to the end of a frame. Returns the delays, and how late the camera was."""
    delays: list[float] = []
    late: list[float] = []
    now = look = time.monotonic()
    end = now + seconds
    while now < end or camera.place:
        while camera.due <= time.monotonic() and (camera.due < end or camera.place):
            late.append(camera.send() * 1000)
        now = time.monotonic()
        if now >= look:
            look = now + READ_INTERVAL_S
            for viewer in viewers:
                viewer.read(delays)
                if camera.due <= time.monotonic() and (camera.due < end or camera.place):
                    late.append(camera.send() * 1000)
            for peers in keep_alive:
                peers.do(now)
        else:
            time.sleep(max(0.0, min(camera.due, look) - now))
    return delays, late


def _rest(camera: Camera, viewers: Sequence[Viewer], keep_alive: Sequence[KeepAlive]) -> list[float]:
    """Wait until all packets have arrived, and read them. Returns the delays."""
    delays: list[float] = []
    received = -1
    while received != _received(viewers):
        received = _received(viewers)
        time.sleep(QUIET_S)
        camera.rest(QUIET_S)
        for viewer in viewers:
            viewer.read(delays)
        for peers in keep_alive:
            peers.do(time.monotonic())
    return delays


def _received(viewers: Sequence[Viewer]) -> int:
    return sum(viewer.received for viewer in viewers)


def _cpu(pid: int) -> float:
    """CPU seconds of all threads of a process, more precise than its /proc stat (see clock_getcpuclockid(3))."""
    return time.clock_gettime(~pid << 3 | 2)


def _overflowed(viewers: Sequence[Viewer]) -> int:
    """Datagrams that overflowed a peer's buffer (the last column of /proc/net/udp)."""
    ports = {viewer.peer.socket.getsockname()[1] for viewer in viewers}
    rows = [row.split() for row in Path("/proc/net/udp").read_text().splitlines()[1:]]
    return sum(int(row[-1]) for row in rows if int(row[1].partition(":")[2], 16) in ports)
