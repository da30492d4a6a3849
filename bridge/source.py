"""One source: the streams of one peer that feeds picture and sound, and what is said back to it.

A packet finds its stream by payload type and is the stream's own affair from there (`bridge.intake`). Here is
what the streams have in common: reports, the bit rate that the sender may use, whether the source is alive.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bridge.engine import Health, LinkStats
from bridge.intake import AudioIntake, Wire
from bridge.rtp import rtcp
from bridge.rtp.reception import Meter
from bridge.rtp.rtcp import Message, SenderReport
from bridge.video import VideoIntake

STALL = 1.5
"""Seconds without a packet after which a source counts as stalled."""
CAMERA = 3.0
"""Seconds that a picture may begin after the sound. A video line that has sent nothing by then has no camera behind it:
pages and rooms offer the line whether there is one or not."""
REPORT = 1.0
"""Seconds between two compounds of receiver report and REMB. A browser lets its rate rise only while REMBs
come."""
BITRATE = 4_000_000
"""Bits a second offered by REMB: with less a browser stays below 720p."""


class Uplink(Protocol):
    """The way back to the peer that feeds a source."""

    def send_rtcp(self, data: bytes, /) -> object:
        """Send one plain RTCP compound. Never raises, never waits."""


@dataclass(frozen=True, slots=True)
class Stream:
    """What was negotiated for one stream that the peer sends."""

    payload_type: int
    clock_rate: int
    ssrc: int | None = None
    """From `a=ssrc` of the offer where there is one; else learned from the first packet."""
    nack: bool = True
    """`a=rtcp-fb:<payload type> nack` was negotiated. Only looked at for video."""


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
        bitrate: int = BITRATE,
    ) -> None:
        """`ssrc` and `cname` are ours, as the sender of reports to this peer; `now` is monotonic seconds."""
        self.name = name
        self.rtt: float | None = None
        """Round trip to the peer in seconds, as told by the same peer's `Destination.rtt`; None: unknown."""
        wire = Wire(uplink.send_rtcp, ssrc)
        self.dropped: Counter[str] = wire.dropped
        """Packets not used, by reason."""
        self.video = (
            VideoIntake(wire, rate=video.clock_rate, ssrc=video.ssrc, repairs=video.nack, now=now)
            if video
            else None
        )
        self.audio = AudioIntake(wire, rate=audio.clock_rate, ssrc=audio.ssrc, now=now) if audio else None
        self._wire = wire
        self._cname = cname
        self._bitrate = bitrate
        self._intakes = tuple(intake for intake in (self.video, self.audio) if intake is not None)
        self._by_payload_type = {
            stream.payload_type: intake.receive
            for stream, intake in ((audio, self.audio), (video, self.video))
            if stream is not None and intake is not None
        }
        self._report_due = now
        self._meter = Meter(now)

    def on_rtp(self, data: bytes, now: float) -> None:
        """Take in one plain RTP packet; whatever is wrong with it is counted in `dropped`."""
        receive = self._by_payload_type.get(data[1] & 0x7F) if len(data) > 1 else None
        if receive is None:
            self.dropped["payload-type"] += 1
            return
        receive(data, now)

    def on_rtcp(self, messages: Sequence[Message], now: float) -> None:
        """Take in the messages of one compound, as `rtcp.parse` gives them."""
        for message in messages:
            if isinstance(message, SenderReport):
                self._on_sender_report(message, now)

    def _on_sender_report(self, report: SenderReport, now: float) -> None:
        for intake in self._intakes:
            if intake.ssrc == report.ssrc:
                self._wire.clock.report(report.ssrc, report.ntp, report.timestamp, now)
                intake.reception.sender_report(report.ntp >> 16 & 0xFFFF_FFFF, now)

    def tick(self, now: float) -> None:
        """Send what is due to the peer: NACKs, keyframe requests, reports. Call it every 20 to 50 ms."""
        for intake in self._intakes:
            intake.tick(now, self.rtt)
        if now >= self._report_due and any(intake.ssrc is not None for intake in self._intakes):
            self._report_due = now + REPORT
            self._wire.send(self._report(now))
        self._meter.read(self._octets(), now)

    def _report(self, now: float) -> bytes:
        """RR and SDES, and a REMB for the picture."""
        blocks = [block for intake in self._intakes if (block := intake.report(now)) is not None]
        compound = rtcp.receiver_report(self._wire.ssrc, blocks)
        compound += rtcp.source_description(self._wire.ssrc, self._cname)
        if self.video and self.video.ssrc is not None:
            compound += rtcp.receiver_estimate(self._wire.ssrc, self._bitrate, [self.video.ssrc])
        return compound

    def request_keyframe(self, now: float) -> None:
        """Ask for a keyframe, at once or when the pause since the last one is over, until one comes."""
        if self.video:
            self.video.request_keyframe(now)

    def health(self, now: float) -> Health:
        """Connecting until its first picture, stalled when no more packets of it come.

        Once there has been a picture, sound does not count: a camera that another program took would stand frozen on
        air. Who publishes only a microphone is judged by its sound: where there is no video line, or one that has sent
        nothing within `CAMERA` of the first sound. That holds until a first picture comes after all.
        """
        if self.video and self.video.keyframes:
            heard = self.video.heard
        elif self.audio and self.audio.began is not None and self._has_no_camera(self.audio.began, now):
            heard = self.audio.heard
        else:
            return Health.CONNECTING
        return Health.STALLED if now - heard > STALL else Health.LIVE

    def _has_no_camera(self, sound: float, now: float) -> bool:
        """Or had none when it began: `sound` is when its first sound came."""
        if self.video is None:
            return True
        picture = now if self.video.began is None else self.video.began
        return picture - sound > CAMERA

    def stats(self, now: float) -> LinkStats:
        """Figures of picture and sound together; `repairs` came because they were asked for."""
        loss = [
            lost for intake in self._intakes if (lost := intake.reception.fraction_lost) is not None
        ]  # of the last interval
        return LinkStats(
            rtt_ms=None if self.rtt is None else self.rtt * 1000,
            loss=max(loss, default=None),
            kbps=self._meter.read(self._octets(), now),
            jitter_ms=max(
                (intake.reception.jitter * 1000 for intake in self._intakes if intake.packets), default=None
            ),
            packets=sum(intake.packets for intake in self._intakes),
            lost=sum(intake.lost for intake in self._intakes),
            keyframe_requests=self.video.keyframe_requests if self.video else 0,
            repairs=self.video.repaired if self.video else 0,
        )

    def _octets(self) -> int:
        return sum(intake.octets for intake in self._intakes)

    def close(self) -> None:
        """Let go of every slot. Each keeps its place in its own stream for the source that comes next."""
        for intake in self._intakes:
            intake.close()
