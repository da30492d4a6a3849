"""A grid of nine pictures of 640x360 to 20 receivers, for ten seconds at the real rate, on one core.

Nine senders' SRTP datagrams enter their connections, each at its own moment of a frame interval, and all receivers'
leave on loopback, with the ticks in between. Every receiver has the slots of a page, and a socket in another process
that counts what arrives. `lost` are the packets that the senders' frames should have brought and that did not arrive,
`unsent` those of them that were not sent. `core_percent` is the CPU time of the sending process, which is held on one
core, by the time of the run.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from pylibsrtp import Policy, Session

from bridge.destination.destination import Destination
from bridge.destination.slots import AudioSlot, VideoSlot
from bridge.engine import INTERPRETATION, MICS, PICTURES, TALKBACK, Feed
from bridge.net.gso import GsoSender
from bridge.rtp.clock import NTP_UNIX_OFFSET_S, ProgramClock
from bridge.source.context import RtpParameters
from bridge.source.source import Source
from tests.bench.forward import connection, policy
from tests.bench.sinks import sinks
from tests.unit.bridge.rtp.camera import Camera

SUBSCRIBERS = 20
FRAMES, PACKETS_PER_FRAME, SIZE = 30, 2, 1250
"""600 kb/s: frames a second, packets of a frame, bytes of a packet."""
RUN_S = 10
TICK_S = 0.02
"""As in the switchboard."""


def run() -> Iterator[dict[str, object]]:
    """One line."""
    with sinks(SUBSCRIBERS) as far, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock, one_core():
        sock.setblocking(False)
        grid = Grid(sock, far.addresses)
        cpu, seconds = grid.play(RUN_S)
        received = far.received()
    yield {
        "bench": "grid",
        "pictures": len(PICTURES),
        "subscribers": SUBSCRIBERS,
        "seconds": round(seconds, 1),
        "packets_per_s": round(grid.expected / seconds),
        "core_percent": round(100 * cpu / seconds, 1),
        "us_per_packet": round(cpu * 1e6 / grid.expected, 2),
        "lost": grid.expected - received,
        "unsent": grid.expected - grid.sent,
    }


def sleep_until(due: float) -> None:
    """Sleep until that monotonic time."""
    time.sleep(max(0.0, due - time.monotonic()))


@contextmanager
def one_core() -> Iterator[None]:
    """Hold this process on one core; those that run already keep all."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)


class Grid:
    """Nine senders, and receivers with all of them as their programme."""

    def __init__(self, sock: socket.socket, addresses: Sequence[tuple[str, int]]) -> None:
        self.expected = 0
        self._now = time.monotonic()
        self._gso_sender = GsoSender(sock, lambda _: None)
        self._clock = ProgramClock(self._now, time.time() + NTP_UNIX_OFFSET_S)
        self._from = addresses[0]
        self._halls = [
            Hall(number, self._gso_sender, self._from, self._now) for number in range(len(PICTURES))
        ]
        names = [hall.source.name for hall in self._halls]
        feed = Feed(names[0], tuple(names[1:]))
        sources = {hall.source.name: hall.source for hall in self._halls}
        self._destinations = [self._receiver(number, each) for number, each in enumerate(addresses)]
        for destination in self._destinations:
            destination.apply(feed, sources, self._now)

    @property
    def sent(self) -> int:
        """Packets sent so far."""
        return sum(destination.packets for destination in self._destinations)

    def play(self, seconds: int) -> tuple[float, float]:
        """Receive and forward that much media. Returns the CPU time, without that of the senders, and the time."""
        frames = [
            [hall.record(keyframe=not number) for hall in self._halls] for number in range(seconds * FRAMES)
        ]
        began, cpu = time.monotonic(), time.process_time()
        tick = began + TICK_S
        step = 1 / FRAMES / len(self._halls)
        for number, frame in enumerate(frames):
            for place, (hall, packets) in enumerate(zip(self._halls, frame, strict=True)):
                due = began + number / FRAMES + place * step
                while tick <= due:
                    sleep_until(tick)
                    self._tick(time.monotonic())
                    tick += TICK_S
                sleep_until(due)
                now = time.monotonic()
                for packet in packets:
                    hall.uplink.receive(packet, self._from, now)
                self._gso_sender.flush()
        self.expected += sum(len(packets) for frame in frames for packets in frame) * len(self._destinations)
        return time.process_time() - cpu, time.monotonic() - began

    def _tick(self, now: float) -> None:
        for hall in self._halls:
            hall.source.tick(now)
        for destination in self._destinations:
            destination.tick(now)

    def _receiver(self, number: int, address: tuple[str, int]) -> Destination:
        sounds = (*MICS, *INTERPRETATION, TALKBACK)
        slots: list[VideoSlot | AudioSlot] = [
            *(
                VideoSlot(name, 100 * number + n, {"vp8": 96}, 100, abs_send_time_id=2)
                for n, name in enumerate(PICTURES)
            ),
            *(AudioSlot(name, 100 * number + 50 + n, 111, 100) for n, name in enumerate(sounds)),
        ]
        return Destination(
            *(f"receiver {number}", connection(self._gso_sender, address), self._clock, slots),
            cname="bench",
            now=self._now,
        )


class Hall:
    """A sender, its connection and its source."""

    def __init__(self, number: int, sender: GsoSender, sink: tuple[str, int], now: float) -> None:
        key = os.urandom(44)
        self._outward = Session(policy(key, Policy.SSRC_ANY_OUTBOUND))
        self._camera = Camera(number + 1, index=1000, padding=SIZE - 12 - 4 - 3 - 12)
        self.uplink = connection(sender, sink, inward=key)
        video = RtpParameters({96: "vp8"}, 90_000)
        self.source = Source(
            *(f"hall{number}", self.uplink), video=video, audio=None, ssrc=9, cname="bench", now=now
        )
        self.uplink.on_rtp = self.source.on_rtp

    def record(self, *, keyframe: bool) -> list[bytes]:
        """The datagrams of its next frame."""
        frame = self._camera.frame(PACKETS_PER_FRAME, keyframe=keyframe)
        return [self._outward.protect(sent.data) for sent in frame]
