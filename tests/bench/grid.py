"""A grid of nine pictures of 640x360 to 20 receivers: the share of one core that the product's packet path needs.

Nine senders' SRTP datagrams enter their connections, and all receivers' leave on loopback, with the ticks in between,
as in `forward`. Every receiver has the slots of a page. `core` is the CPU time for each second of media; below 1 one
core keeps up. `unsent` counts packets that the bridge did not send. The receivers do not read.
"""

from __future__ import annotations

import os
import socket
import statistics
import time
from collections.abc import Iterator

from pylibsrtp import Policy, Session

from bridge.destination.destination import Destination
from bridge.destination.slots import AudioSlot, VideoSlot
from bridge.engine import INTERPRETATION, MICS, PICTURES, TALKBACK, Feed
from bridge.net.gso import GsoSender
from bridge.rtp.clock import NTP_UNIX_OFFSET_S, ProgramClock
from bridge.source.context import RtpParameters
from bridge.source.source import Source
from tests.bench.forward import connection, policy
from tests.unit.bridge.rtp.camera import Camera

SUBSCRIBERS = 20
FRAMES, PACKETS_PER_FRAME, SIZE = 30, 2, 1250
"""600 kb/s: frames a second, packets of a frame, bytes of a packet."""
ROUNDS, ROUND_S = 5, 3
TICK_S = 0.02
"""As in the switchboard."""
START_S = 1000.0


def run() -> Iterator[dict[str, object]]:
    """One line: the median of the rounds."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sink:
        sink.bind(("127.0.0.1", 0))
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            grid = Grid(sock, sink.getsockname())
            costs = [grid.play(ROUND_S) for _ in range(ROUNDS)]
    yield {
        "bench": "grid",
        "pictures": len(PICTURES),
        "subscribers": SUBSCRIBERS,
        "packets_per_s": round(grid.expected / (ROUNDS * ROUND_S)),
        "core": round(statistics.median(costs) / ROUND_S, 3),
        "us_per_packet": round(statistics.median(costs) * 1e6 * ROUNDS / grid.expected, 2),
        "unsent": grid.expected - grid.sent,
    }


class Grid:
    """Nine senders, and receivers with all of them as their programme."""

    def __init__(self, sock: socket.socket, sink: tuple[str, int]) -> None:
        self.expected = 0
        self._now, self._sink = START_S, sink
        self._due = self._now + TICK_S
        self._gso_sender = GsoSender(sock, lambda _: None)
        self._clock = ProgramClock(self._now, time.time() + NTP_UNIX_OFFSET_S)
        self._halls = [Hall(number, self._gso_sender, sink, self._now) for number in range(len(PICTURES))]
        names = [hall.source.name for hall in self._halls]
        feed = Feed(names[0], tuple(names[1:]))
        sources = {hall.source.name: hall.source for hall in self._halls}
        self._destinations = [self._receiver(number) for number in range(SUBSCRIBERS)]
        for destination in self._destinations:
            destination.apply(feed, sources, self._now)

    @property
    def sent(self) -> int:
        """Packets sent so far."""
        return sum(destination.packets for destination in self._destinations)

    def play(self, seconds: int) -> float:
        """Receive and forward that much media. Returns the CPU time in seconds."""
        frames = [
            [hall.record(keyframe=not number) for hall in self._halls] for number in range(seconds * FRAMES)
        ]
        before = time.process_time()
        for frame in frames:
            self._now += 1 / FRAMES
            for hall, packets in zip(self._halls, frame, strict=True):
                for packet in packets:
                    hall.uplink.receive(packet, self._sink, self._now)
                self._gso_sender.flush()
            while self._now >= self._due:
                self._tick(self._due)
                self._due += TICK_S
        cost = time.process_time() - before
        self.expected += sum(len(packets) for frame in frames for packets in frame) * SUBSCRIBERS
        return cost

    def _tick(self, now: float) -> None:
        for hall in self._halls:
            hall.source.tick(now)
        for destination in self._destinations:
            destination.tick(now)

    def _receiver(self, number: int) -> Destination:
        sounds = (*MICS, *INTERPRETATION, TALKBACK)
        slots: list[VideoSlot | AudioSlot] = [
            *(
                VideoSlot(name, 100 * number + n, {"vp8": 96}, 100, abs_send_time_id=2)
                for n, name in enumerate(PICTURES)
            ),
            *(AudioSlot(name, 100 * number + 50 + n, 111, 100) for n, name in enumerate(sounds)),
        ]
        return Destination(
            *(f"receiver {number}", connection(self._gso_sender, self._sink), self._clock, slots),
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
