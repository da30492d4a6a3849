"""What one peer sends: picture and sound of its source, its talkback microphone, and the RTCP sent back to it.

A packet finds its stream by SSRC, which does the rest (`bridge.source.intake`). This module has what the streams share:
reports, the sender's bit rate, the layer to show, the state of the source.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Protocol

from bridge.engine import MediaStats, SourceState, SourceWhy
from bridge.rtp import rtcp
from bridge.rtp.header import find_extension
from bridge.rtp.reception import BitrateMeter
from bridge.rtp.rtcp import RtcpMessage, SenderReport
from bridge.rtp.twcc import TwccRecorder
from bridge.sdp.codecs import sdp_name
from bridge.source.audio import AudioIntake
from bridge.source.context import RtpParameters, StreamContext
from bridge.source.remb import MAX_BITRATE_BPS, RembEstimate
from bridge.source.stall import StallCounter
from bridge.source.state import judge
from bridge.source.streams import Streams
from bridge.source.video import PAYLOAD_PARSERS, VideoIntake

REPORT_INTERVAL_S = 1.0
"""Seconds between two compounds of receiver report and REMB."""
TWCC_INTERVAL_S = 0.06
"""Seconds between two transport-wide feedbacks, three ticks. libwebrtc's receiver sends them every 50 to 250 ms."""
RATE_WINDOW_S, MAX_PACKETS_PER_WINDOW = 2.0, 3000
"""The packets accepted in a window: 14 Mb/s, three times the permitted rate. All others are dropped. The source then
counts as stalled and its fallback takes over, instead of a picture full of gaps that are all NACKed."""
FRESH_KEYFRAME_S = 0.3
"""A source that is armed with a keyframe as young as that needs no other."""
ARMED_KEYFRAME_INTERVAL_S = 1.0
"""Seconds between two keyframes of an armed source: a take replays the packets since the last one."""
SCREEN_KEYFRAME_INTERVAL_S = 10.0
"""Seconds between two keyframes of a shared screen of which nobody is sent the best layer. While it stands, Chromium
answers a request with its next frame, up to a second later. So a cut replays what has come since the last one. On air
none is requested for that: a slide would pulse."""


class Uplink(Protocol):
    """The path back to the peer that sends a source."""

    def send_rtcp(self, data: bytes, /) -> object:
        """Send one plain RTCP compound. Never raises, never waits."""


class Source:
    """One source as one peer sends it. Another peer with the same source has another `Source`."""

    def __init__(
        self,
        name: str,
        uplink: Uplink,
        *,
        video: RtpParameters | None,
        audio: RtpParameters | None,
        talk: RtpParameters | None = None,
        ssrc: int,
        cname: str,
        now: float,
        max_bitrate: int = MAX_BITRATE_BPS,
        is_screen: bool = False,
        on_first_drop: Callable[[str], object] | None = None,
    ) -> None:
        """`talk` is the talkback microphone, which is no part of the source. `ssrc` and `cname` are the bridge's own,
        as the sender of reports to this peer; `now` is monotonic seconds; `max_bitrate` is for its picture, in bits a
        second; `is_screen` as in `PeerSpec`; `on_first_drop` as in `StreamContext`."""
        self.name = name
        self.rtt: float | None = None
        """Round trip to the peer in seconds, from the same peer's `Destination.rtt`; None: unknown."""
        context = StreamContext(uplink.send_rtcp, ssrc, on_first_drop)
        self.dropped: Counter[str] = context.dropped
        """Packets not used, by reason."""
        self._streams = Streams(context, video, audio, talk, now)
        self.layers: Mapping[str, VideoIntake] = self._streams.layers
        """By rid, best first; under "" without simulcast; empty without a picture."""
        for layer in self.layers.values():
            layer.stall.is_screen = is_screen
        self.audio: AudioIntake | None = self._streams.audio
        self.talk: AudioIntake | None = self._streams.talk
        """Not in its state, levels and stats."""
        self._context = context
        self._handlers = context.handlers
        self._cname = cname
        self._packets_left, self._window_begin = MAX_PACKETS_PER_WINDOW, now
        self._is_screen = is_screen
        self._max_keyframe_age: float | None = None
        """While it is armed: the age at which a new keyframe is requested."""
        self._remb = RembEstimate(max_bitrate, now)
        self._twcc_id = next((line.twcc_id for line in (video, audio, talk) if line and line.twcc_id), None)
        """Id of the header extension with the transport-wide sequence number; None: REMB is used instead."""
        self._twcc = TwccRecorder()
        self._twcc_due = now
        self._stalls = StallCounter()
        self._report_due = now
        self._meter = BitrateMeter(now)

    # In -------------------------------------------------------------------------------------------

    def on_rtp(self, data: bytes, now: float) -> None:
        """Take in one plain RTP packet. An unusable one is counted in `dropped`."""
        self._packets_left -= 1
        if self._packets_left < 0 and not self._begin_window(now):
            self._context.drop("too-many")
            return
        if self._twcc_id is not None:
            seq = find_extension(data, self._twcc_id)
            if seq is not None and len(seq) == 2:
                self._twcc.record(seq[0] << 8 | seq[1], now)
        handle = self._handlers.get(data[8:12]) or self._streams.bind_ssrc(data, now)
        if handle is not None:
            handle(data, now)

    def _begin_window(self, now: float) -> bool:
        if now - self._window_begin < RATE_WINDOW_S:
            return False
        self._packets_left, self._window_begin = MAX_PACKETS_PER_WINDOW - 1, now
        return True

    def on_rtcp(self, messages: Sequence[RtcpMessage], now: float) -> None:
        """Take in the messages of one compound, as `rtcp.parse` returns them."""
        for message in messages:
            if isinstance(message, SenderReport):
                for stream in self._streams.all:
                    if stream.ssrc == message.ssrc:
                        stream.on_sender_report(message.ntp, message.timestamp, message.packets, now)

    # Out ------------------------------------------------------------------------------------------

    def tick(self, now: float) -> None:
        """Send what is due to the peer: NACKs, keyframe requests, reports. Call it every 20 to 50 ms."""
        for stream in self._streams.all:
            stream.tick(now, self.rtt)
        if self._max_keyframe_age is not None:
            self._refresh_keyframe(self._max_keyframe_age, now)
        elif self._is_screen:
            self._refresh_screen(now)
        self._stalls.update(self.state(now)[1] == "silent", self._last_packet_at())
        if now >= self._twcc_due:
            self._send_twcc(now)
        if now >= self._report_due and any(stream.ssrc is not None for stream in self._streams.all):
            self._report_due = now + REPORT_INTERVAL_S
            self._context.send(self._build_report(now))
        self._meter.read(self._octets(), now)

    def _send_twcc(self, now: float) -> None:
        media_ssrc = next((stream.ssrc for stream in self._streams.all if stream.ssrc is not None), 0)
        feedback = self._twcc.build_feedback(self._context.ssrc, media_ssrc)
        if feedback is not None:
            self._twcc_due = now + TWCC_INTERVAL_S
            self._context.send(feedback)

    def _build_report(self, now: float) -> bytes:
        """RR and SDES, and a REMB for all layers together if the peer has no transport-wide feedback."""
        blocks = [block for stream in self._streams.all if (block := stream.build_report(now)) is not None]
        pictures = [layer.reception for layer in self.layers.values()]
        expected = sum(reception.interval_expected for reception in pictures)
        if expected:
            lost = sum((one.fraction_lost or 0.0) * one.interval_expected for one in pictures)
            self._remb.on_loss(lost / expected, now)
        compound = rtcp.receiver_report(self._context.ssrc, blocks)
        compound += rtcp.source_description(self._context.ssrc, self._cname)
        ssrcs = [layer.ssrc for layer in self.layers.values() if layer.ssrc is not None]
        if self._twcc_id is None and ssrcs:
            compound += rtcp.remb(self._context.ssrc, int(self._remb.bitrate), ssrcs)
        return compound

    # Pictures -------------------------------------------------------------------------------------

    def showable_layers(self, codecs: Collection[str], now: float) -> Sequence[VideoIntake]:
        """The layers that can be shown in one of `codecs`, the best first.

        If none can be shown now, those that could before, or may soon.
        """
        layers = [layer for layer in self.layers.values() if layer.has_codec_in(codecs)]
        return (
            [layer for layer in layers if layer.is_showable(now)]
            or [layer for layer in layers if layer.keyframes]
            or [layer for layer in layers if layer.packets]
            or layers
        )

    def _best_layer(self, now: float) -> VideoIntake | None:
        return next(iter(self.showable_layers(PAYLOAD_PARSERS, now)), None)

    def request_keyframe(self, now: float) -> None:
        """Request a keyframe of the best layer, as `VideoIntake.request_keyframe`."""
        layer = self._best_layer(now)
        if layer is not None:
            layer.request_keyframe(now)

    def arm(self, is_armed: bool) -> None:
        """While it is armed, request a keyframe every second, the first at the next tick."""
        if is_armed != (self._max_keyframe_age is not None):
            self._max_keyframe_age = FRESH_KEYFRAME_S if is_armed else None

    def _refresh_keyframe(self, max_age: float, now: float) -> None:
        # A request takes a round trip until the keyframe is here.
        self._max_keyframe_age = max(FRESH_KEYFRAME_S, ARMED_KEYFRAME_INTERVAL_S - (self.rtt or 0.0))
        layer = self._best_layer(now)
        if layer is not None and now - layer.keyframe_at >= max_age:
            layer.request_keyframe(now)

    def _refresh_screen(self, now: float) -> None:
        layer = self._best_layer(now)
        if (
            layer is not None
            and not layer.subscribers
            and now - layer.keyframe_at >= SCREEN_KEYFRAME_INTERVAL_S
        ):
            layer.request_keyframe(now)

    # State and stats ------------------------------------------------------------------------------

    def state(self, now: float) -> tuple[SourceState, SourceWhy]:
        """Whether it can be shown, and why or why not."""
        return judge(self.layers.values(), self.audio, now)

    def take_level(self) -> float | None:
        """The loudest level of its sound since the last call, in dBov (0 to -127); None if no packet had one."""
        return self.audio.take_level() if self.audio else None

    def take_packet_levels(self) -> Sequence[tuple[float, float]]:
        """The levels of its sound's packets since the last call, as `AudioIntake.take_packet_levels`."""
        return self.audio.take_packet_levels() if self.audio else ()

    @property
    def codec(self) -> str | None:
        """The codec of its picture, "vp8" or "h264"; None without a picture."""
        return next((layer.codec for layer in self.layers.values() if layer.packets), None)

    @property
    def codecs(self) -> Collection[str]:
        """The negotiated codecs of its picture."""
        return {codec for layer in self.layers.values() for codec in layer.codecs.values()}

    def stats(self, now: float) -> MediaStats:
        """Figures of all streams together; loss and jitter of the worst."""
        streams, layers = self._streams.of_source, self.layers.values()
        best = self._best_layer(now)
        losses = [stream.reception.fraction_lost for stream in streams]
        return MediaStats(
            rtt_ms=None if self.rtt is None else self.rtt * 1000,
            loss=max((loss for loss in losses if loss is not None), default=None),
            kbps=self._meter.read(self._octets(), now),
            jitter_ms=max(
                (stream.reception.jitter * 1000 for stream in streams if stream.packets), default=None
            ),
            packets=sum(stream.packets for stream in streams),
            lost=sum(stream.lost for stream in streams),
            keyframe_requests=sum(layer.keyframe_requests for layer in layers),
            repairs=sum(layer.recovered for layer in layers),
            layer=best.rid if best is not None and best.keyframes else None,
            stalls=self._stalls.count,
            last_stall_s=self._stalls.last_duration_s(now),
            codec=sdp_name(self.codec),
            is_still=best is not None and best.is_showable(now) and best.stall.is_still(now),
        )

    def _last_packet_at(self) -> float:
        """Of the streams that decide the state."""
        pictures = [layer.stall.last_packet_at for layer in self.layers.values() if layer.keyframes]
        return max(pictures or [one.stall.last_packet_at for one in self._streams.of_source], default=0.0)

    def _octets(self) -> int:
        return sum(stream.octets for stream in self._streams.of_source)

    def close(self) -> None:
        """End its streams for all slots. Each slot's outgoing stream stays where it is until the next source."""
        for stream in self._streams.all:
            stream.close()
