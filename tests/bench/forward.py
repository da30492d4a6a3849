"""The cost of forwarding a packet: process CPU time per packet sent, for 10, 40 and 160 receivers.

`us_per_packet` is of the product's packet path alone: an SRTP datagram enters the sender's connection and leaves those
of all receivers on loopback, with the ticks in between that send reports. The packets of a frame are read at once, as
they arrive from browsers. The receivers do not read, and there is no pause between frames. The floor, measured in turn
with it, is the least work for each packet: a new header, SRTP, `sendto`. GSO batches can be below it.

`process_us_per_packet` and `janus_us_per_packet` are of whole processes, Schalte and Janus, in turn with equal peers in
real time: they include wake-ups, timers, reports and checks. With `_even` the packets arrive one by one, without it a
frame at a time, as browsers send it. `camera_late_p99_ms` is how late the camera itself was: a millisecond or more
means that other work ran on the machine.
"""

from __future__ import annotations

import os
import socket
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pylibsrtp import Policy, Session

from bridge.destination.destination import Destination
from bridge.destination.slots import AudioSlot, VideoSlot
from bridge.engine import MICS, PICTURES, TALKBACK, Feed
from bridge.faults import FaultLogger
from bridge.net.connection import PeerConnection
from bridge.net.gso import GsoSender
from bridge.rtp.clock import NTP_UNIX_OFFSET_S, ProgramClock
from bridge.rtp.header import HEADER
from bridge.sdp.answer import Credentials
from bridge.source.context import RtpParameters
from bridge.source.source import Source
from tests.bench import janus, netns
from tests.bench.comparison import comparison
from tests.bench.figures import percentile
from tests.bench.load import Traffic
from tests.unit.bridge.rtp.camera import Camera

SUBSCRIBERS = (10, 40, 160)
RATE = 300
"""Packets a second: 30 frames of 10, about 2.6 Mb/s."""
SIZE = 1100
"""Bytes of a packet."""
PACKETS_PER_ROUND = 48_000
ROUNDS = 5
ROUND_S = 3.0
"""Of one round with real peers."""
PACKETS_PER_FRAME = 10
TICK_S = 0.02
"""As in the switchboard."""


def run() -> Iterator[dict[str, object]]:
    """One line for each number of receivers: medians of the rounds."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sink:
        sink.bind(("127.0.0.1", 0))
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            lines = [_measure(subscribers, sock, sink.getsockname()) for subscribers in SUBSCRIBERS]
    reason = netns.unavailable()
    if reason:
        yield from (line | {"process_skipped": reason} for line in lines)
    else:
        yield from (
            line | processes for line, processes in zip(lines, netns.run_isolated(measure), strict=True)
        )


def measure() -> Iterator[dict[str, object]]:
    """Whole processes, in the isolated network."""
    reason = janus.unavailable()
    for line in _processes(with_janus=reason is None):
        yield line | ({"janus_skipped": reason} if reason else {})


def _processes(*, with_janus: bool) -> Iterator[dict[str, object]]:
    with comparison(with_janus=with_janus) as sides:
        for subscribers in SUBSCRIBERS:
            sides.grow(subscribers)
            line: dict[str, object] = {}
            late: list[float] = []
            for bursts, suffix in ((True, ""), (False, "_even")):
                rounds = sides.rounds(Traffic(RATE, SIZE, bursts), count=ROUNDS, seconds=ROUND_S)
                for name, key in (("ours", "process"), ("janus", "janus")):
                    if name in rounds:
                        cost = statistics.median(played.us_per_packet for played in rounds[name])
                        line[f"{key}_us_per_packet{suffix}"] = round(cost, 2)
                        late += [percentile(played.late, 99) for played in rounds[name]]
            yield line | {"camera_late_p99_ms": round(statistics.median(late), 3)}


def _measure(subscribers: int, sock: socket.socket, sink: tuple[str, int]) -> dict[str, object]:
    studio, floor = Studio(subscribers, sock, sink), Floor(subscribers, sock, sink)
    costs: list[float] = []
    floors: list[float] = []
    for _ in range(ROUNDS):  # in turn, so that a slow moment of the machine affects both
        packets = studio.record(PACKETS_PER_ROUND // subscribers)
        costs.append(_cost(studio.play, packets))
        floors.append(_cost(floor.play, packets))
    return {
        "bench": "forward",
        "subscribers": subscribers,
        "us_per_packet": round(statistics.median(costs), 2),
        "floor_us": round(statistics.median(floors), 2),
        "ratio": round(statistics.median(costs) / statistics.median(floors), 2),
    }


@dataclass
class Recorded:
    """A packet of the camera, plain and encrypted."""

    plain: bytes
    datagram: bytes


def _cost(play: Callable[[list[Recorded]], int], packets: list[Recorded]) -> float:
    """Process CPU time in microseconds for each packet that `play` has sent."""
    before = time.process_time()
    sent = play(packets)
    return (time.process_time() - before) * 1e6 / sent


class Studio:
    """A camera's connection, and receivers with it as their programme."""

    def __init__(self, subscribers: int, sock: socket.socket, sink: tuple[str, int]) -> None:
        self._now = 1000.0
        self._sink = sink
        self._gso_sender = GsoSender(sock, lambda _: None)
        key = os.urandom(44)
        self._sender = Session(policy(key, Policy.SSRC_ANY_OUTBOUND))
        self._camera = Camera(1, index=1000, padding=SIZE - 12 - 4 - 3 - 12)
        self._uplink = connection(self._gso_sender, sink, inward=key)
        self._source = Source(
            "camera",
            self._uplink,
            video=RtpParameters({96: "vp8"}, 90_000),
            audio=None,
            ssrc=9,
            cname="bench",
            now=self._now,
        )
        self._uplink.on_rtp = self._source.on_rtp
        self._clock = ProgramClock(self._now, time.time() + NTP_UNIX_OFFSET_S)
        self._destinations = [self._receiver(number, sink) for number in range(subscribers)]

    def _receiver(self, number: int, sink: tuple[str, int]) -> Destination:
        video = [
            VideoSlot(name, 100 * number + place, {"vp8": 96}, 100, abs_send_time_id=2)
            for place, name in enumerate(PICTURES[:2])
        ]
        audio = [
            AudioSlot(name, 100 * number + 10 + place, 111, 100)
            for place, name in enumerate((*MICS, TALKBACK))
        ]
        destination = Destination(
            f"receiver {number}",
            connection(self._gso_sender, sink),
            self._clock,
            [*video, *audio],
            cname="bench",
            now=self._now,
        )
        destination.apply(Feed("camera"), {"camera": self._source}, self._now)
        return destination

    def record(self, count: int) -> list[Recorded]:
        """At least the camera's next `count` packets; the first frame is a keyframe."""
        plain: list[bytes] = []
        while len(plain) < count:
            plain += [sent.data for sent in self._camera.frame(PACKETS_PER_FRAME, keyframe=not plain)]
        return [Recorded(data, self._sender.protect(data)) for data in plain]

    def play(self, packets: list[Recorded]) -> int:
        """Receive them at `RATE`, by the stream's own clock. Returns how many were sent."""
        before = self._sent()
        due = self._now + TICK_S
        for place, packet in enumerate(packets, start=1):
            self._now += 1 / RATE
            self._uplink.receive(packet.datagram, self._sink, self._now)
            if place % PACKETS_PER_FRAME == 0:
                self._gso_sender.flush()
            if self._now >= due:
                due += TICK_S
                self._source.tick(self._now)
                for destination in self._destinations:
                    destination.tick(self._now)
        sent = self._sent() - before
        if sent != len(packets) * len(self._destinations):
            raise RuntimeError(
                f"{sent} packets were sent of {len(packets)} to each of {len(self._destinations)}"
            )
        return sent

    def _sent(self) -> int:
        return sum(slot.packets for destination in self._destinations for slot in destination.slots)


class Floor:
    """The least work: header, SRTP, socket, in one loop."""

    def __init__(self, subscribers: int, sock: socket.socket, sink: tuple[str, int]) -> None:
        self._receivers = [
            (Session(policy(os.urandom(44), Policy.SSRC_ANY_OUTBOUND)).protect, 100 + number)
            for number in range(subscribers)
        ]
        self._sendto = sock.sendto
        self._sink = sink
        self._seq = 0

    def play(self, packets: list[Recorded]) -> int:
        """Returns how many were sent."""
        pack, sendto, sink = HEADER.pack, self._sendto, self._sink
        for packet in packets:
            tail = packet.plain[12:]
            self._seq = self._seq + 1 & 0xFFFF
            for protect, ssrc in self._receivers:
                sendto(protect(pack(0x8060, self._seq, 0, ssrc) + tail), sink)
        return len(packets) * len(self._receivers)


def connection(sender: GsoSender, sink: tuple[str, int], *, inward: bytes | None = None) -> PeerConnection:
    """A connection of the product, after its handshake."""
    connection = PeerConnection(
        "bench",
        Credentials("ufrag", "password"),
        [],
        sender=sender,
        fault_logger=FaultLogger(time.monotonic),
        on_end=lambda _: None,
    )
    connection.ice.selected = sink
    connection.start_media(
        Session(policy(inward or os.urandom(44), Policy.SSRC_ANY_INBOUND)),
        Session(policy(os.urandom(44), Policy.SSRC_ANY_OUTBOUND)),
    )
    return connection


def policy(key: bytes, direction: int) -> Policy:
    policy = Policy(key, direction, srtp_profile=Policy.SRTP_PROFILE_AEAD_AES_256_GCM)
    policy.allow_repeat_tx = True
    policy.window_size = 1024
    return policy
