"""A slot from datagram to datagram, through hundreds of cuts."""

from __future__ import annotations

from random import Random

import pytest

from bridge.destination.slots import VideoSlot
from bridge.rtp.clock import ProgramClock
from bridge.rtp.rtx import RtxStream, unwrap
from tests.unit.bridge.peers import NOW, NTP, SLOT_PAYLOAD_TYPES, FakePeer, FakeVenue
from tests.unit.bridge.rtp.camera import Camera, H264Camera, SentPacket, unreliable
from tests.unit.bridge.rtp.receiver import ABS_SEND_TIME_ID, ReceivedStream


class CutHarness:
    """Venues on bad networks and one slot that is cut between them."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.venues = [self._venue(number) for number in range(1, 5)]
        self.slot = VideoSlot(
            "program",
            5,
            SLOT_PAYLOAD_TYPES,
            500,
            rtx=RtxStream(6, dict.fromkeys(SLOT_PAYLOAD_TYPES.values(), 97), 400),
            abs_send_time_id=ABS_SEND_TIME_ID,
        )
        self.peer = FakePeer()
        self.slot.connect(self.peer.send_rtp, ProgramClock(NOW, NTP, 7))
        self.stream = ReceivedStream()
        self.run = 0
        self.replays = 0
        self.now = NOW
        self._shown: object = None

    def _venue(self, number: int) -> FakeVenue:
        rng = self.rng
        venue = FakeVenue(f"venue{number}", number * 10, camera=H264Camera if number == 4 else Camera)
        venue.camera.index = 0xFFFF - rng.randrange(300)
        venue.camera.timestamp = 0xFFFF_FFFF - rng.randrange(300_000)
        if number < 4:
            venue.camera.picture = rng.choice([0x7FFF, 120]) - rng.randrange(100)
            venue.camera.bits = rng.choice([15, 7, 0])
            venue.camera.layered = rng.random() < 0.5
        return venue

    def arrive(self, venue: FakeVenue, sent: list[SentPacket]) -> None:
        """The packets arrive."""
        for packet in sent:
            venue.send(packet, self.now)
            self.note()

    def show(self, venue: FakeVenue) -> None:
        """Cut, by a replay if possible."""
        before = self.slot.current
        self.slot.show(venue.video, self.now)
        self.replays += self.slot.current is not before
        self.note()

    def tick(self) -> None:
        """33 ms pass."""
        self.now += 0.033
        for venue in self.venues:
            venue.source.tick(self.now)
            venue.peer.rtcp.clear()
        self.slot.tick(self.now)
        self.note()

    def note(self) -> None:
        """Verify the packets sent, with the number of their run."""
        if self.slot.current is not self._shown:
            self._shown = self.slot.current
            self.run += 1
        for data in self.peer.rtp:
            self.stream.take(data, self.run)
        self.peer.rtp.clear()

    def retransmit_one(self) -> None:
        """Retransmit one of the last packets sent."""
        out = self.rng.choice(list(self.stream.sent)[-100:] or [0])
        if self.slot.retransmit(out & 0xFFFF, self.now, None):
            sent = self.stream.sent[out]
            retransmitted = unwrap(self.peer.rtp.pop(), {97: sent[1] & 0x7F}, 5)
            assert retransmitted is not None
            assert (retransmitted[:12], retransmitted[12:]) == (b"\x80" + sent[1:12], sent[24:])


@pytest.mark.parametrize("seed", range(2))
def test_hundreds_of_cuts_between_venues_on_bad_networks_make_one_stream(seed: int) -> None:
    """Two codecs, wraps, loss, reordering, short and long picture IDs, replays, retransmissions."""
    rng = Random(seed)
    harness = CutHarness(rng)
    for _ in range(400):
        following = rng.choice([venue for venue in harness.venues if venue.video is not harness.slot.current])
        if rng.random() < 0.05:
            harness.slot.stop()
        harness.show(following)
        for number in range(rng.randrange(3, 8)):
            for venue in harness.venues:
                frame = venue.camera.frame(rng.randrange(1, 6), keyframe=number == 2 and venue is following)
                harness.arrive(venue, unreliable(frame, rng, loss=rng.choice([0, 0, 0.1]), reach=3))
            harness.tick()
        harness.retransmit_one()
    assert harness.stream.verify() > 250
    assert harness.replays > 20
