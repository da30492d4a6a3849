"""The two kinds of slots: pictures, which begin with a keyframe, and sound, which changes in a quiet moment."""

from __future__ import annotations

import math
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from bridge.destination.slot import Slot
from bridge.rtp.header import Packet
from bridge.rtp.losswatch import LossWatch
from bridge.rtp.payload import AudioRewriter, TimedVideoRewriter, VideoRewriter, is_quiet
from bridge.rtp.rtx import RepairStream
from bridge.rtp.vp8 import VideoPacket
from bridge.source.intake import AudioIntake
from bridge.source.video import VideoIntake

FRESH = 1.2
"""Seconds of pictures, from a keyframe on, that a cut from a running picture is made with at the most. Of an armed
source a keyframe is asked for every second. It is 36 frames, which a browser decodes in a tenth of a second, and at
2.5 Mb/s about 300 packets."""
REPLAYED = 512
"""Packets kept since a keyframe that a slot without a picture is begun with: 2 to 3 s of a good one. Sent at once on
loopback, Chromium lost none and decoded its first frame 56 ms after 288 packets, 152 ms after 484. Of more, it would
still be decoding when a new keyframe comes, which takes one round trip to the source."""
PICTURE_LOSS_PAUSE = 0.5
"""Seconds between two keyframe requests passed on of one slot: a keyframe costs all who see the source."""

QUIET_WITHIN = 0.15
"""Seconds for which a microphone that goes is waited on to be quiet: it is gone within 200 ms, a look later."""
SILENT = 0.06
"""Seconds, three packets, without a packet of it: with DTX that is silence."""


@dataclass(frozen=True, slots=True)
class Repair:
    """The repair stream agreed on for a slot (RFC 4588)."""

    ssrc: int
    payload_types: Mapping[int, int]
    """Payload type to that of its repair."""
    first_seq: int = field(default_factory=lambda: secrets.randbelow(0x8000))


class VideoSlot(Slot[VideoPacket, VideoIntake]):
    """A receiving m-line with pictures: `program`, `second` or `view:<source>`."""

    def __init__(
        self,
        name: str,
        ssrc: int,
        payload_types: Mapping[str, int],
        first_seq: int,
        *,
        repair: Repair | None = None,
        sent: int | None = None,
        delay: int | None = None,
        clock_rate: int = 90_000,
    ) -> None:
        """`payload_types` by codec. `first_seq`: a random number below 32768, see `Rewriter`. `sent` and
        `delay`: the ids of abs-send-time and of the playout delay (RFC 8285: 1 to 14) where they were agreed on."""
        timed, delay = (n if n is not None and 1 <= n <= 14 else None for n in (sent, delay))
        rewriter = (
            VideoRewriter(ssrc, first_seq)
            if timed is None
            else TimedVideoRewriter(ssrc, first_seq, timed, delay)
        )
        super().__init__(name, ssrc, clock_rate, rewriter)
        self.payload_types = payload_types
        self.repair = repair
        self._repairs = (
            RepairStream(repair.ssrc, repair.payload_types, repair.first_seq, timed) if repair else None
        )
        self._unhurried = False
        self._keyframes = 0
        """How many had come of what it waits for when it began to wait."""
        self._way = LossWatch()
        """From here to the receiver."""
        self._passed_on = -math.inf
        self._lost: tuple[VideoIntake, int] | None = None
        """What it showed when the receiver lost the picture, and how many keyframes had come of it by then."""

    def show(self, intake: VideoIntake | None, now: float, *, unhurried: bool = False) -> None:
        """Change to `intake` as soon as it can begin; None stops at once.

        `unhurried`: it is another layer of the picture that runs. Then it begins with its next keyframe, and nothing
        goes out all at once on a way that may be narrow.
        """
        self._unhurried = unhurried
        super().show(intake, now)

    def enter(self, packet: VideoPacket) -> None:
        """A keyframe begins, or may have come whole. A picture that runs goes on until then: whoever sends the keyframe
        spreads it over the time of several frames, for which the picture would stand still.

        That is so for the first one. On a far line that loses packets something is missing at any time, and whoever
        waited for the moment in which nothing is would wait for ever; so the second is begun with as it comes.
        """
        target, now = self.target, packet.arrival
        if target is None:
            return
        waits = self._runs(now) and target.keyframes - self._keyframes <= 1
        if packet.is_keyframe and (self._unhurried or not waits):
            super().enter(packet)
        else:
            self._replay(target, now)

    def again(self, seq: int, now: float, rtt: float | None) -> int:
        """As `Slot.again`; nothing while the receiver waits for a keyframe, before which no packet is of use to it."""
        current = self.current
        if self._lost is not None and self._lost == (current, current.keyframes if current else 0):
            return 0
        self._lost = None
        size = super().again(seq, now, rtt)
        if size:
            self._way.note(now)
        return size

    def lose_picture(self, now: float) -> None:
        """The receiver cannot go on without a keyframe."""
        shown = self.current or self.target
        if shown is None:
            return
        if self.current is not None:
            self._lost = self.current, self.current.keyframes
        if now - self._passed_on >= PICTURE_LOSS_PAUSE:
            self._passed_on = now
            shown.request_keyframe(now)

    def _wait_for(self, intake: VideoIntake) -> None:
        self._keyframes = intake.keyframes
        super()._wait_for(intake)

    def _payload_type(self, intake: VideoIntake) -> int | None:
        return self.payload_types.get(intake.codec)

    def _ask(self, target: VideoIntake, now: float) -> None:
        if not self._replay(target, now) and (self._unhurried or not target.is_beginning(now)):
            target.request_keyframe(now)

    def _replay(self, target: VideoIntake, now: float) -> bool:
        """Begin with what is kept since the last keyframe, if that is the quicker way."""
        payload_type = self._payload_type(target)
        runs = self._runs(now)
        if payload_type is None or self._unhurried or (runs and not target.flows(now)):
            return False
        run = target.since_keyframe(FRESH if runs else math.inf)
        if not run or (not runs and len(run) > REPLAYED):
            return False
        due = self._timestamp(target.due(run[-1]))
        copies = self._rewriter.replay(
            *(target.ring, run, self._timestamp(now), due, now, payload_type),
            haste=self._hurries(target, now),
        )
        self._change_over(copies)
        return True

    def _hurries(self, target: VideoIntake, now: float) -> bool:
        """Not where packets get lost: a picture that is shown at once leaves no time for what has to be asked for."""
        return not (target.way.is_rough(now) or self._way.is_rough(now))

    def _runs(self, now: float) -> bool:
        """Whether there is a picture that moves. What no longer flows stands still (its sender gave up a layer, or is
        gone); then any picture is better."""
        return self.current is not None and self.current.flows(now)

    def _repair(self, data: bytes, now: float) -> bytes:
        wrapped = self._repairs.wrap(data, now) if self._repairs else None
        return wrapped or data


class AudioSlot(Slot[Packet, AudioIntake]):
    """A receiving m-line with sound: `mic1` to `mic4` or `talkback`."""

    def __init__(
        self, name: str, ssrc: int, payload_type: int, first_seq: int, *, clock_rate: int = 48_000
    ) -> None:
        """`first_seq`: a random number below 32768, see `Rewriter`."""
        super().__init__(name, ssrc, clock_rate, AudioRewriter(ssrc, first_seq))
        self.payload_type = payload_type
        self._until = -math.inf
        """When what is heard ends, quiet or not, for what is waited for."""

    def show(self, intake: AudioIntake | None, now: float) -> None:
        """Change to `intake` in a quiet moment of what is heard; at once where nothing is. None stops at once."""
        before = self.target
        super().show(intake, now)
        if self.target is not before:
            self._until = now + QUIET_WITHIN

    def enter(self, packet: Packet) -> None:
        """A packet of the microphone that is to come: change, once the one that goes is quiet."""
        if self.current is None or packet.arrival >= self._until or self._is_quiet(packet.arrival):
            super().enter(packet)

    def tick(self, now: float) -> None:
        """As `Slot.tick`; a microphone that was to go goes, though the one that is to come sends nothing."""
        if self.target is not None and now >= self._until:
            self._leave()
        super().tick(now)

    def _is_quiet(self, now: float) -> bool:
        """Or there is no telling."""
        last = self._rewriter.last
        return last is None or is_quiet(last) or now - last.arrival > SILENT

    def _payload_type(self, intake: AudioIntake) -> int:
        return self.payload_type
