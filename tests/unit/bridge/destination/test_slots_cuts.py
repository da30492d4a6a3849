"""A slot from datagram to datagram, through hundreds of cuts."""

from __future__ import annotations

from random import Random

import pytest

from bridge.destination.slots import VideoSlot
from bridge.rtp.clock import ProgramClock
from bridge.rtp.rtx import RtxStream, unwrap
from tests.unit.bridge.peers import NOW, NTP, SHOWN, Far, Room
from tests.unit.bridge.rtp.camera import Camera, H264Camera, Sent, unreliable
from tests.unit.bridge.rtp.receiver import SENT, Stream


class Broadcast:
    """Rooms on bad networks and one slot that is cut between them, from bytes to bytes."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.rooms = [self._room(number) for number in range(1, 5)]
        self.slot = VideoSlot(
            "program",
            5,
            SHOWN,
            500,
            rtx=RtxStream(6, dict.fromkeys(SHOWN.values(), 97), 400),
            abs_send_time_id=SENT,
        )
        self.far = Far()
        self.slot.connect(self.far.send_rtp, ProgramClock(NOW, NTP, 7))
        self.stream = Stream()
        self.run = 0
        self.replays = 0
        self.now = NOW
        self._shown: object = None

    def _room(self, number: int) -> Room:
        rng, room = self.rng, Room(f"room{number}", number * 10, camera=H264Camera if number == 4 else Camera)
        room.camera.index = 0xFFFF - rng.randrange(300)
        room.camera.timestamp = 0xFFFF_FFFF - rng.randrange(300_000)
        if number < 4:
            room.camera.picture = rng.choice([0x7FFF, 120]) - rng.randrange(100)
            room.camera.bits = rng.choice([15, 7, 0])
            room.camera.layered = rng.random() < 0.5
        return room

    def arrive(self, room: Room, sent: list[Sent]) -> None:
        """Packets reach us."""
        for packet in sent:
            room.send(packet, self.now)
            self.note()

    def show(self, room: Room) -> None:
        """Cut, at once where that can be."""
        before = self.slot.current
        self.slot.show(room.picture, self.now)
        self.replays += self.slot.current is not before
        self.note()

    def tick(self) -> None:
        """33 ms pass, and all that is due is sent."""
        self.now += 0.033
        for room in self.rooms:
            room.source.tick(self.now)
            room.far.rtcp.clear()
        self.slot.tick(self.now)
        self.note()

    def note(self) -> None:
        """What went out is noted, and by which run."""
        if self.slot.current is not self._shown:
            self._shown = self.slot.current
            self.run += 1
        for data in self.far.rtp:
            self.stream.take(data, self.run)
        self.far.rtp.clear()

    def repair(self) -> None:
        """Something of what was sent of late is asked for again."""
        out = self.rng.choice(list(self.stream.sent)[-100:] or [0])
        if self.slot.retransmit(out & 0xFFFF, self.now, None):
            sent = self.stream.sent[out]
            repaired = unwrap(self.far.rtp.pop(), {97: sent[1] & 0x7F}, 5)
            assert repaired is not None
            assert (repaired[:12], repaired[12:]) == (b"\x80" + sent[1:12], sent[24:])


@pytest.mark.parametrize("seed", range(2))
def test_hundreds_of_cuts_between_rooms_on_bad_networks_make_one_stream(seed: int) -> None:
    """From datagram to datagram: two codecs, wraps, loss, reordering, short and long picture IDs, replays, repairs."""
    rng = Random(seed)
    cast = Broadcast(rng)
    for _ in range(400):
        following = rng.choice([room for room in cast.rooms if room.picture is not cast.slot.current])
        if rng.random() < 0.05:
            cast.slot.stop()
        cast.show(following)
        for number in range(rng.randrange(3, 8)):
            for room in cast.rooms:
                frame = room.camera.frame(rng.randrange(1, 6), keyframe=number == 2 and room is following)
                cast.arrive(room, unreliable(frame, rng, loss=rng.choice([0, 0, 0.1]), reach=3))
            cast.tick()
        cast.repair()
    assert cast.stream.verify() > 250
    assert cast.replays > 20
