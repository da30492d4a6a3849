"""The two kinds of slots: pictures, which switch at a keyframe, and sound, which switches in a quiet moment."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from bridge.destination.slot import Slot
from bridge.engine import INTERPRETATION
from bridge.rtp.header import Packet
from bridge.rtp.losswatch import LossWatch
from bridge.rtp.rewriters import AudioRewriter, ExtendedVideoRewriter, VideoRewriter, is_quiet
from bridge.rtp.rtx import RtxStream
from bridge.rtp.vp8 import VideoPacket
from bridge.source.audio import AudioIntake
from bridge.source.video import VideoIntake

MAX_REPLAY_S = 1.2
"""Seconds of pictures since a keyframe that a cut from a moving picture may replay. An armed source sends a keyframe
every second. 36 frames, at 2.5 Mb/s about 300 packets, take a browser a tenth of a second to decode."""
MAX_SCREEN_REPLAY_FRAMES = 36
"""Frames since a keyframe, of any age, that a cut to a shared screen may replay: those of `MAX_REPLAY_S`. One that
stands sends a frame a second, so that many last. One that moves has more, and answers a keyframe request with its next
frame: sooner than they are decoded."""
MAX_REPLAY_PACKETS = 512
"""Packets since a keyframe that a slot without a picture may replay: 2 to 3 s of a good picture. Sent at once on
loopback, Chromium lost none, and decoded its first frame 56 ms after 288 packets, 152 ms after 484. With more it would
still be decoding when a requested keyframe arrives, one round trip to the source later."""
MAX_FULL_REPLAYS = 2
"""So many pictures of a peer may replay that many packets each; more pictures share them."""
KEYFRAME_FORWARD_INTERVAL_S = 0.5
"""Seconds between two keyframe requests of one slot that are passed on. A keyframe costs bit rate for all receivers of
the source."""

MAX_QUIET_WAIT_S = 0.15
"""Seconds that a microphone that is switched off may sound until it is quiet. With the next tick it ends in 200 ms."""
MAX_CHANNEL_WAIT_S = 0.06
"""The same for the interpretation: a listener who has chosen another channel hears it within 200 ms. The listener's
buffer and decoder took some 100 ms of them."""
DTX_GAP_S = 0.06
"""Seconds, three packets, without a packet that mean silence with DTX."""


class VideoSlot(Slot[VideoPacket, VideoIntake]):
    """A receiving m-line for pictures: `program`, `second` or `view:<source>`."""

    def __init__(
        self,
        name: str,
        ssrc: int,
        payload_types: Mapping[str, int],
        first_seq: int,
        *,
        rtx: RtxStream | None = None,
        abs_send_time_id: int | None = None,
        playout_delay_id: int | None = None,
        clock_rate: int = 90_000,
    ) -> None:
        """`payload_types` by codec. `first_seq`: a random number below 32768, see `Rewriter`. The ids are those of the
        header extensions (RFC 8285: 1 to 14), if they were negotiated; without the first the second is unused."""
        rewriter = (
            VideoRewriter(ssrc, first_seq)
            if abs_send_time_id is None
            else ExtendedVideoRewriter(ssrc, first_seq, abs_send_time_id, playout_delay_id)
        )
        super().__init__(name, ssrc, clock_rate, rewriter)
        self.payload_types = payload_types
        self.rtx = rtx
        self.parallel = 1
        """How many pictures the peer is sent: they may all begin at once."""
        self._is_layer_change = False
        self._target_keyframes = 0
        """Keyframes of the target that had come when the slot began to wait for it."""
        self._losses = LossWatch()
        """On the path to the receiver."""
        self._forwarded_at = -math.inf
        """When a keyframe request was last passed on."""
        self._picture_lost: tuple[VideoIntake, int] | None = None
        """The current intake and its number of keyframes when the receiver requested a keyframe."""

    def show(self, intake: VideoIntake | None, now: float, *, is_layer_change: bool = False) -> None:
        """Switch to `intake` as soon as it can begin; None stops at once.

        `is_layer_change`: it is another layer of the moving picture. Then the switch waits for its next keyframe, and
        no burst is sent on a path that may be narrow.
        """
        self._is_layer_change = is_layer_change
        super().show(intake, now)

    def on_switch_point(self, packet: VideoPacket) -> None:
        """A keyframe of the target begins, or may be complete. A moving picture runs on until it is complete.

        An encoder spreads a keyframe over several frames' time, for which the picture would freeze. The slot waits for
        the first keyframe only: on a lossy path some packet may always be missing, so the second is sent as it arrives.
        """
        target, now = self.target, packet.arrival
        if target is None:
            return
        waits = self._is_moving(now) and target.keyframes - self._target_keyframes <= 1
        if packet.is_keyframe and (self._is_layer_change or not waits):
            super().on_switch_point(packet)
        else:
            self._replay(target, now)

    def retransmit(self, seq: int, now: float, rtt: float | None) -> int:
        """As `Slot.retransmit`; nothing while the receiver waits for a keyframe, since it can use no other packet."""
        current = self.current
        if current is not None and self._picture_lost == (current, current.keyframes):
            return 0
        self._picture_lost = None
        size = super().retransmit(seq, now, rtt)
        if size:
            self._losses.on_loss(now)
        return size

    def on_keyframe_request(self, now: float) -> None:
        shown = self.current or self.target
        if shown is None:
            return
        if self.current is not None:
            self._picture_lost = self.current, self.current.keyframes
        if now - self._forwarded_at >= KEYFRAME_FORWARD_INTERVAL_S:
            self._forwarded_at = now
            shown.request_keyframe(now)

    def _set_target(self, intake: VideoIntake) -> None:
        self._target_keyframes = intake.keyframes
        super()._set_target(intake)

    def _payload_type(self, intake: VideoIntake) -> int | None:
        return self.payload_types.get(intake.codec)

    def _request_switch_point(self, target: VideoIntake, now: float) -> None:
        if not self._replay(target, now) and (self._is_layer_change or not target.is_keyframe_arriving(now)):
            target.request_keyframe(now)

    def _replay(self, target: VideoIntake, now: float) -> bool:
        """Switch with the packets since the last keyframe, if that is quicker than the next one; whether it did."""
        payload_type = self._payload_type(target)
        is_moving = self._is_moving(now)
        if payload_type is None or self._is_layer_change or (is_moving and not target.is_showable(now)):
            return False
        is_any_age = not is_moving or target.stall.is_screen
        packets = target.since_keyframe(math.inf if is_any_age else MAX_REPLAY_S)
        is_limited = is_any_age or self.parallel > MAX_FULL_REPLAYS
        max_packets = MAX_REPLAY_PACKETS // max(1, self.parallel - MAX_FULL_REPLAYS + 1)
        if not packets or (is_limited and len(packets) > max_packets):
            return False
        if is_moving and target.stall.is_screen and _frames(packets) > MAX_SCREEN_REPLAY_FRAMES:
            return False
        live_timestamp = self._timestamp(target.expected_arrival(packets[-1]))
        copies = self._rewriter.replay(
            *(target.ring, packets, self._timestamp(now), live_timestamp, now, payload_type),
            low_delay=self._wants_low_delay(target, now),
        )
        self._switch_to_target(copies)
        return True

    def _wants_low_delay(self, target: VideoIntake, now: float) -> bool:
        """Not on a lossy path: a picture shown at once leaves no time for retransmissions."""
        return not (target.losses.is_lossy(now) or self._losses.is_lossy(now))

    def _is_moving(self, now: float) -> bool:
        """Whether a picture is shown that moves. If it is frozen, any other picture is better."""
        return self.current is not None and self.current.is_showable(now)

    def _wrap_retransmission(self, data: bytes, now: float) -> bytes:
        wrapped = self.rtx.wrap(data, now) if self.rtx else None
        return wrapped or data


def _frames(packets: Sequence[VideoPacket]) -> int:
    return len({packet.timestamp for packet in packets})


class AudioSlot(Slot[Packet, AudioIntake]):
    """A receiving m-line for sound: a microphone, the interpretation, talkback or the partner."""

    def __init__(
        self, name: str, ssrc: int, payload_type: int, first_seq: int, *, clock_rate: int = 48_000
    ) -> None:
        """`first_seq`: a random number below 32768, see `Rewriter`."""
        super().__init__(name, ssrc, clock_rate, AudioRewriter(ssrc, first_seq))
        self.payload_type = payload_type
        self._max_quiet_wait = MAX_CHANNEL_WAIT_S if name in INTERPRETATION else MAX_QUIET_WAIT_S
        self._switch_by = -math.inf
        """When the current intake ends, quiet or not, in favour of the target."""

    def show(self, intake: AudioIntake | None, now: float) -> None:
        """Switch to `intake` in a quiet moment of the current one, or at once if there is none; None stops at once."""
        before = self.target
        super().show(intake, now)
        if self.target is not before:
            self._switch_by = now + self._max_quiet_wait

    def begin(self, intake: AudioIntake, begin: float, now: float) -> None:
        """Switch to `intake` at once, with its packets since `begin`, a moment ago. The current one is silent."""
        first = intake.first_since(begin)
        if first is None:
            self.show(intake, now)
            return
        self._clear_target()
        timestamp = self._timestamp(intake.expected_arrival(first))
        copies = self._rewriter.switch(intake.ring, first, timestamp, self.payload_type)
        self.target = intake
        self._switch_to_target(copies)
        # Stamped after what was sent before, it may be late by as much as it begins with. It catches up in pauses.
        last = self._rewriter.last
        if last is not None:
            self._rewriter.correct(min(0, self._rewriter.lag(self._timestamp(intake.expected_arrival(last)))))

    def on_switch_point(self, packet: Packet) -> None:
        """A packet of the target has come: switch once the current intake is quiet."""
        if self.current is None or packet.arrival >= self._switch_by or self._is_quiet(packet.arrival):
            super().on_switch_point(packet)

    def tick(self, now: float) -> None:
        """As `Slot.tick`; the current intake ends in time also if the target sends nothing."""
        if self.target is not None and now >= self._switch_by:
            self._leave_current()
        super().tick(now)

    def _is_quiet(self, now: float) -> bool:
        """Also true if the level is unknown."""
        last = self._rewriter.last
        return last is None or is_quiet(last) or now - last.arrival > DTX_GAP_S

    def _payload_type(self, intake: AudioIntake) -> int:
        return self.payload_type
