"""Traffic: one peer sends a picture, the others count what comes of it and when.

Every packet bears the time at which it was sent, and the kernel notes the time at which a datagram came, so the figures
do not depend on how fast this process reads. It reads every few milliseconds and decrypts one packet in some: it is to
cost little, and to wake nobody.
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

from tests.bench.peer import SENT, VIDEO, Peer

FRAMES = 30
"""Pictures a second; the first of each second is a keyframe."""
READ_EVERY = 0.01
"""Seconds between two looks at the sockets."""
SAMPLED = 7
"""One packet in so many is decrypted for its time. Odd, so that it is another one of each frame."""
REPORT_EVERY = 1.0
"""Seconds between two receiver reports of a peer, as in browsers."""
CHECK_EVERY = 2.5
"""Seconds between two ICE checks of a peer, as in Chromium."""
PAUSE = 0.05
"""Seconds without a packet after which all are there. A stream that pauses for 0.3 s would count as stalled."""
STAMP = struct.Struct("!Q")
"""When it was sent, in nanoseconds of the wall clock, at the end of the payload."""

_HEADER = struct.Struct("!BBHLLHHLBBH")
"""RTP header; one header extension, the time of sending in 24 bits; VP8 descriptor with a picture ID."""
_KEYFRAME = b"\x10\x02\x00\x9d\x01\x2a\x80\x02\x68\x01"
_DELTA = b"\x11" + bytes(9)
_ROOM = socket.CMSG_SPACE(16)


@dataclass(frozen=True)
class Traffic:
    """What is sent."""

    rate: int
    """Packets a second, a multiple of the frames."""
    size: int
    """Bytes of an RTP packet before encryption."""
    bursts: bool = False
    """All packets of a picture at once, as a browser's pacer lets them go; else evenly over time."""


@dataclass
class Played:
    """What came of it."""

    sent: int
    """Packets sent by the camera."""
    came: int
    """Packets that came, at all peers together."""
    lost: int
    """Packets that did not come, less those that came and overflowed a peer's own buffer."""
    cpu: float
    """Seconds of the server's CPU."""
    seconds: float
    delays: list[float]
    """Milliseconds from sending to arrival, of a sample."""
    late: list[float]
    """Milliseconds by which the camera itself was late."""

    @property
    def us_per_packet(self) -> float:
        """Microseconds of the server's CPU for each packet that it sent."""
        return self.cpu * 1e6 / self.came


class Camera:
    """Sends a picture by a peer. It goes on where it stopped, with a keyframe."""

    def __init__(self, peer: Peer) -> None:
        self.peer = peer
        self.sent = 0
        self.place = 0
        """Of the packet that is due, in its picture."""
        self.due = 0.0
        self._frame = 0

    def start(self, traffic: Traffic) -> None:
        """Send like that from now on."""
        self._each = traffic.rate // FRAMES
        self._fill = bytes(traffic.size - _HEADER.size - len(_KEYFRAME) - STAMP.size)
        self._step = 0.0 if traffic.bursts else 1 / traffic.rate
        self._frame += -self._frame % FRAMES
        self._first = self._frame
        self._began = self.due = time.monotonic()

    def rest(self, seconds: float) -> None:
        """Send nothing for so long."""
        self._began += seconds
        self.due += seconds

    def send(self) -> float:
        """Send the packet that is due. Returns how late it was, in seconds."""
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
            SENT << 28 | 2 << 24 | (now << 18) // 10**9 & 0xFF_FFFF,
            0x80 | (self.place == 0) << 4,
            0x80,
            0x8000 | self._frame & 0x7FFF,
        )
        picture = _KEYFRAME if self._frame % FRAMES == 0 else _DELTA
        return header + picture + self._fill + STAMP.pack(now)


class Viewer:
    """Counts what comes to a peer."""

    def __init__(self, peer: Peer) -> None:
        self.came = 0
        self.peer = peer
        self._ssrc = self._highest = 0

    def read(self, delays: list[float]) -> None:
        """Everything that has come since the last time."""
        receive, unprotect = self.peer.socket.recvmsg, self.peer.inward.unprotect
        while True:
            try:
                data, notes, _, _ = receive(1500, _ROOM)
            except (BlockingIOError, ConnectionRefusedError):
                return
            if data[1] & 0x7F != VIDEO or not 127 < data[0] < 192:
                continue
            self.came += 1
            seq = data[2] << 8 | data[3]
            if seq % SAMPLED == 0:
                plain = unprotect(data)
                seconds, nanoseconds = struct.unpack("qq", notes[0][2])
                came = seconds * 10**9 + nanoseconds
                delays.append((came - STAMP.unpack_from(plain, len(plain) - STAMP.size)[0]) / 1e6)
                self._highest = seq
                self._ssrc = int.from_bytes(data[8:12], "big")

    def report(self) -> None:
        """Tell the server how it goes."""
        if self._ssrc:
            self.peer.socket.send(self.peer.report(self._ssrc, self._highest))


class Upkeep:
    """What peers say by themselves: reports and checks, spread over time."""

    def __init__(self) -> None:
        self._due: list[tuple[float, int, float, Callable[[], object]]] = []

    def add(self, peer: Peer, viewer: Viewer | None = None) -> None:
        """Do it for `peer` too, which may be a viewer."""
        self._add(CHECK_EVERY, lambda: peer.socket.send(peer.check))
        if viewer:
            self._add(REPORT_EVERY, viewer.report)

    def _add(self, every: float, what: Callable[[], object]) -> None:
        count = len(self._due)
        phase = count * 0.618 % 1  # by the golden ratio, any number of them is spread evenly
        heapq.heappush(self._due, (time.monotonic() + phase * every, count, every, what))

    def do(self, now: float) -> None:
        """What is due. What is overdue by more than its period is done once."""
        while self._due and self._due[0][0] <= now:
            due, count, every, what = self._due[0]
            what()
            heapq.heapreplace(
                self._due, (due + every * math.ceil((now - due) / every + 1e-9), count, every, what)
            )


def play(
    camera: Camera,
    viewers: Sequence[Viewer],
    upkeep: Sequence[Upkeep],
    traffic: Traffic,
    pid: int,
    *,
    seconds: float,
    warm: float = 1.0,
) -> Played:
    """Send for `warm` seconds, and for `seconds` more that are measured; the CPU is that of process `pid`."""
    camera.start(traffic)
    _run(camera, viewers, upkeep, warm)
    _rest(camera, viewers, upkeep)
    came, overflown, sent = _came(viewers), _overflown(viewers), camera.sent
    began, cpu = time.monotonic(), _cpu(pid)
    delays, late = _run(camera, viewers, upkeep, seconds)
    cpu, lasted = _cpu(pid) - cpu, time.monotonic() - began
    delays += _rest(camera, viewers, upkeep)
    sent, came = camera.sent - sent, _came(viewers) - came
    lost = sent * len(viewers) - came - (_overflown(viewers) - overflown)
    return Played(sent, came, lost, cpu, lasted, delays, late)


def _run(
    camera: Camera, viewers: Sequence[Viewer], upkeep: Sequence[Upkeep], seconds: float
) -> tuple[list[float], list[float]]:
    """Send for so long, to the end of a picture. Returns the delays of what came, and how late the camera was."""
    delays: list[float] = []
    late: list[float] = []
    now = look = time.monotonic()
    end = now + seconds
    while now < end or camera.place:
        while camera.due <= time.monotonic() and (camera.due < end or camera.place):
            late.append(camera.send() * 1000)
        now = time.monotonic()
        if now >= look:
            look = now + READ_EVERY
            for viewer in viewers:
                viewer.read(delays)
                if camera.due <= time.monotonic() and (camera.due < end or camera.place):
                    late.append(camera.send() * 1000)
            for peers in upkeep:
                peers.do(now)
        else:
            time.sleep(max(0.0, min(camera.due, look) - now))
    return delays, late


def _rest(camera: Camera, viewers: Sequence[Viewer], upkeep: Sequence[Upkeep]) -> list[float]:
    """Send nothing until all that was sent is there, and read it. Returns the delays."""
    delays: list[float] = []
    came = -1
    while came != _came(viewers):
        came = _came(viewers)
        time.sleep(PAUSE)
        camera.rest(PAUSE)
        for viewer in viewers:
            viewer.read(delays)
        for peers in upkeep:
            peers.do(time.monotonic())
    return delays


def _came(viewers: Sequence[Viewer]) -> int:
    return sum(viewer.came for viewer in viewers)


def _cpu(pid: int) -> float:
    """Seconds that all threads of a process have run: what is in its /proc stat, in nanoseconds instead of ticks.

    The number of the clock is clock_getcpuclockid(3)'s.
    """
    return time.clock_gettime(~pid << 3 | 2)


def _overflown(viewers: Sequence[Viewer]) -> int:
    """Datagrams that came and found a peer's buffer full (the last column of /proc/net/udp)."""
    ports = {viewer.peer.socket.getsockname()[1] for viewer in viewers}
    rows = [row.split() for row in Path("/proc/net/udp").read_text().splitlines()[1:]]
    return sum(int(row[-1]) for row in rows if int(row[1].partition(":")[2], 16) in ports)
