"""One source: the streams of one peer that feeds picture and sound, and what is said back to it.

A packet finds its stream by SSRC and is the stream's own affair from there (`bridge.source.intake`). Here is what the
streams have in common: reports, the sender's bit rate, which layer is shown, whether the source is alive.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from bridge.engine import MediaStats, SourceState, SourceWhy
from bridge.rtp import rtcp
from bridge.rtp.arrivals import Arrivals
from bridge.rtp.header import extension
from bridge.rtp.reception import Meter
from bridge.rtp.rtcp import Message, SenderReport
from bridge.sdp.codecs import sdp_name
from bridge.source.bitrate import MOST, Bitrate
from bridge.source.context import StreamContext
from bridge.source.health import Stalls, judge
from bridge.source.intake import STALL, AudioIntake
from bridge.source.streams import Stream, Streams
from bridge.source.video import READERS, VideoIntake

__all__ = ["STALL", "Source", "Stream", "Uplink"]

REPORT = 1.0
"""Seconds between two compounds of receiver report and REMB."""
FEEDBACK = 0.06
"""Seconds between two transport-wide feedbacks, three ticks: libwebrtc's own receiver sends them every 50 to 250 ms."""
WINDOW, PACKETS = 2.0, 3000
"""Seconds, and packets taken in them: 14 Mb/s, three times what a source is allowed. What is beyond is dropped until
the window is over, all of it: the source then counts as silent and another stands in, instead of a picture full of
holes that are all asked for again."""
FRESH = 0.3
"""Seconds: a source that is being armed with a keyframe as young as that needs no other."""
ARMED = 1.0
"""Seconds between two keyframes of an armed source."""


class Uplink(Protocol):
    """The way back to the peer that feeds a source."""

    def send_rtcp(self, data: bytes, /) -> object:
        """Send one plain RTCP compound. Never raises, never waits."""


class Source:
    """Everything known of one source. Each peer that takes a source over brings a new one."""

    def __init__(
        self,
        name: str,
        uplink: Uplink,
        *,
        video: Stream | None,
        audio: Stream | None,
        ssrc: int,
        cname: str,
        now: float,
        bitrate: int = MOST,
    ) -> None:
        """`ssrc` and `cname` are ours, as the sender of reports to this peer; `now` is monotonic seconds; `bitrate` is
        what it may send of its picture at most, in bits a second."""
        self.name = name
        self.rtt: float | None = None
        """Round trip to the peer in seconds, as told by the same peer's `Destination.rtt`; None: unknown."""
        wire = StreamContext(uplink.send_rtcp, ssrc, name)
        self.dropped: Counter[str] = wire.dropped
        """Packets not used, by reason."""
        self._streams = Streams(wire, video, audio, now)
        self.layers: Mapping[str, VideoIntake] = self._streams.layers
        """By rid, best first; under "" where there is a single encoding, none without a picture."""
        self.audio: AudioIntake | None = self._streams.audio
        self._wire = wire
        self._routes = wire.routes
        self._cname = cname
        self._room, self._window = PACKETS, now
        self._armed: float | None = None
        """How old its last keyframe may be; None while it is not armed."""
        self._bitrate = Bitrate(bitrate, now)
        self._number = next((stream.number for stream in (video, audio) if stream and stream.number), None)
        """Id of the header extension that numbers the packets of all streams; None: it does not, and REMB is for it."""
        self._arrivals = Arrivals()
        self._feedback_due = now
        self._stalls = Stalls()
        self._report_due = now
        self._meter = Meter(now)

    # In -------------------------------------------------------------------------------------------

    def on_rtp(self, data: bytes, now: float) -> None:
        """Take in one plain RTP packet; whatever is wrong with it is counted in `dropped`."""
        self._room -= 1
        if self._room < 0 and not self._begins_window(now):
            self._wire.drop("too-many")
            return
        if self._number is not None:
            number = extension(data, self._number)
            if number is not None and len(number) == 2:
                self._arrivals.came(number[0] << 8 | number[1], now)
        receive = self._routes.get(data[8:12]) or self._streams.bind_ssrc(data, now)
        if receive is not None:
            receive(data, now)

    def _begins_window(self, now: float) -> bool:
        if now - self._window < WINDOW:
            return False
        self._room, self._window = PACKETS - 1, now
        return True

    def on_rtcp(self, messages: Sequence[Message], now: float) -> None:
        """Take in the messages of one compound, as `rtcp.parse` gives them."""
        for message in messages:
            if isinstance(message, SenderReport):
                self._on_sender_report(message, now)

    def _on_sender_report(self, report: SenderReport, now: float) -> None:
        for stream in self._streams.all:
            if stream.ssrc == report.ssrc:
                self._wire.clock.report(report.ssrc, report.ntp, report.timestamp, now)
                stream.reception.sender_report(report.ntp >> 16 & 0xFFFF_FFFF, now)
                stream.note_sent(report.packets, now)

    # Out ------------------------------------------------------------------------------------------

    def tick(self, now: float) -> None:
        """Send what is due to the peer: NACKs, keyframe requests, reports. Call it every 20 to 50 ms."""
        for stream in self._streams.all:
            stream.tick(now, self.rtt)
        if self._armed is not None:
            self._keep_keyframe(self._armed, now)
        self._stalls.look(self.state(now)[1] == "silent", self._heard(), now)
        if now >= self._feedback_due:
            self._tell_arrivals(now)
        if now >= self._report_due and any(stream.ssrc is not None for stream in self._streams.all):
            self._report_due = now + REPORT
            self._wire.send(self._report(now))
        self._meter.read(self._octets(), now)

    def _tell_arrivals(self, now: float) -> None:
        """When its packets came, by which a browser judges the way."""
        media = next((stream.ssrc for stream in self._streams.all if stream.ssrc is not None), 0)
        feedback = self._arrivals.feedback(self._wire.ssrc, media)
        if feedback is not None:
            self._feedback_due = now + FEEDBACK
            self._wire.send(feedback)

    def _report(self, now: float) -> bytes:
        """RR and SDES, and a REMB for the picture of whoever has no other feedback."""
        blocks = [block for stream in self._streams.all if (block := stream.report(now)) is not None]
        told = [layer.reception for layer in self.layers.values()]
        expected = sum(reception.expected for reception in told)
        if expected:
            lost = sum((reception.fraction_lost or 0.0) * reception.expected for reception in told)
            self._bitrate.lost(lost / expected, now)
        compound = rtcp.receiver_report(self._wire.ssrc, blocks)
        return compound + rtcp.source_description(self._wire.ssrc, self._cname) + self._estimate()

    def _estimate(self) -> bytes:
        """A REMB for all layers together; empty while none is known, or where it is not for."""
        if self._number is not None:
            return b""
        pictures = [layer.ssrc for layer in self.layers.values() if layer.ssrc is not None]
        return (
            rtcp.receiver_estimate(self._wire.ssrc, int(self._bitrate.allowed), pictures) if pictures else b""
        )

    # Pictures -------------------------------------------------------------------------------------

    def picture(self, small: bool, codecs: Collection[str], now: float) -> VideoIntake | None:
        """The layer to show, the smallest if `small`, of those that a slot with these codecs can carry.

        That is the best (or smallest) that flows. If none does, the one that did before or is likely to; None if there
        is none.
        """
        found = [layer for layer in self.layers.values() if layer.can_be(codecs)]
        if small:
            found.reverse()
        flows = (layer for layer in found if layer.flows(now))
        begun = (layer for layer in found if layer.keyframes)
        sends = (layer for layer in found if layer.packets)
        return next((layer for group in (flows, begun, sends, found) for layer in group), None)

    def request_keyframe(self, now: float) -> None:
        """Ask for a keyframe of the layer that a programme would show, at once or when the pause since the last request
        is over, until one comes."""
        layer = self.picture(False, READERS, now)
        if layer is not None:
            layer.request_keyframe(now)

    def arm(self, armed: bool) -> None:
        """See to it that a keyframe is at hand, from the next tick on: one at once, then one a second."""
        if armed != (self._armed is not None):
            self._armed = FRESH if armed else None

    def _keep_keyframe(self, oldest: float, now: float) -> None:
        self._armed = max(FRESH, ARMED - (self.rtt or 0.0))  # it is on its way for a round trip
        layer = self.picture(False, READERS, now)
        if layer is not None and now - layer.keyframe_at >= oldest:
            layer.request_keyframe(now)

    # What is known of it --------------------------------------------------------------------------

    def state(self, now: float) -> tuple[SourceState, SourceWhy]:
        """Whether it can be shown, and what made that so."""
        return judge(self.layers.values(), self.audio, now)

    def take_level(self) -> float | None:
        """The loudest level of its sound since last asked, in dBov (0 to -127); None if no packet told one."""
        return self.audio.take_level() if self.audio else None

    @property
    def codec(self) -> str | None:
        """What its picture comes in, "vp8" or "h264"; None without a picture."""
        return next((layer.codec for layer in self.layers.values() if layer.packets), None)

    @property
    def codecs(self) -> Collection[str]:
        """What its picture may come in."""
        return {codec for layer in self.layers.values() for codec in layer.codecs.values()}

    def stats(self, now: float) -> MediaStats:
        """Figures of all streams together; `repairs` came because they were asked for."""
        streams, layers = self._streams.all, self.layers.values()
        shown = self.picture(False, READERS, now)
        return MediaStats(
            rtt_ms=None if self.rtt is None else self.rtt * 1000,
            loss=max(
                (lost for stream in streams if (lost := stream.reception.fraction_lost) is not None),
                default=None,
            ),
            kbps=self._meter.read(self._octets(), now),
            jitter_ms=max(
                (stream.reception.jitter * 1000 for stream in streams if stream.packets), default=None
            ),
            packets=sum(stream.packets for stream in streams),
            lost=sum(stream.lost for stream in streams),
            keyframe_requests=sum(layer.keyframe_requests for layer in layers),
            repairs=sum(layer.repaired for layer in layers),
            layer=shown.rid if shown is not None and shown.keyframes else None,
            stalls=self._stalls.count,
            last_stall_s=self._stalls.last(now),
            codec=sdp_name(self.codec),
            is_still=shown is not None and shown.flows(now) and shown.is_still(now),
        )

    def _heard(self) -> float:
        """When the last packet came of that by which it is judged."""
        pictures = [layer.heard for layer in self.layers.values() if layer.keyframes]
        return max(pictures or [stream.heard for stream in self._streams.all], default=0.0)

    def _octets(self) -> int:
        return sum(stream.octets for stream in self._streams.all)

    def close(self) -> None:
        """Let go of every slot. Each keeps its place in its own stream for the source that comes next."""
        for stream in self._streams.all:
            stream.close()
