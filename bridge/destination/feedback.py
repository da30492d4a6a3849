"""RTCP feedback from one peer on the streams it receives.

Feedback is untrusted. It affects only this peer's own streams, retransmissions are limited, and feedback on unknown
streams is counted and ignored.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from bridge.destination.padding import Padding
from bridge.destination.slots import AudioSlot, VideoSlot
from bridge.rtp.adaptation import RECEIVED_TTL_S, LayerAdaptation
from bridge.rtp.clock import ProgramClock
from bridge.rtp.largeloss import LargePacketLoss
from bridge.rtp.retransmission import TokenBucket
from bridge.rtp.rtcp import (
    FullIntraRequest,
    GenericNack,
    PictureLossIndication,
    ReceiverReport,
    Remb,
    ReportBlock,
    RtcpMessage,
    SenderReport,
)
from bridge.rtp.serial import distance32

RETRANSMISSION_SHARE = 0.25
"""Of the bit rate sent. More retransmissions would crowd out the stream they serve."""
MIN_RETRANSMISSION_BPS = 300_000.0
"""Permitted in any case: 30 packets a second, of a picture that was still a moment ago."""
MAX_RETRANSMISSION_BURST_BITS = 1_200_000.0
"""Permitted at once after a quiet time: a large keyframe, all of it lost."""
MAX_NACKED_PER_S = 4096.0
"""Sequence numbers looked up a second, and as many at once. A browser NACKs at most 1000 lost packets, each once a
round trip."""
MIN_REPORT_INTERVAL_S = 0.2
"""Reports that come faster than this are not measured by their distance. Browsers send one a second."""
MAX_RTT_S = 10.0
"""A larger value is not a round trip."""


class Feedback:
    """The RTCP feedback from one peer."""

    def __init__(
        self,
        slots: Sequence[VideoSlot | AudioSlot],
        clock: ProgramClock,
        adaptation: LayerAdaptation,
        now: float,
    ) -> None:
        self.rtt: float | None = None
        """Round trip in seconds by the last receiver report."""
        self.keyframe_requests = 0
        self.ignored: Counter[str] = Counter()
        """Feedback that was not acted on, by reason."""
        self.padding: Padding | None = None
        """Sent to a peer that measures its line."""
        self._padding_seqs: dict[int, int] = {}
        """By RTX stream, the highest sequence number in the last report."""
        self._clock = clock
        self._adaptation = adaptation
        self._slots = {slot.ssrc: slot for slot in slots}
        self._video_ssrcs = {slot.ssrc for slot in slots if isinstance(slot, VideoSlot)}
        self._rtx_ssrcs = {slot.rtx.ssrc for slot in slots if isinstance(slot, VideoSlot) and slot.rtx}
        self._reports: dict[int, ReportBlock] = {}
        self._received: dict[int, tuple[float, float]] = {}
        """Of each picture: when its last report came, and the bits a second that it received."""
        self._retransmission_bps = MIN_RETRANSMISSION_BPS
        self._large_loss = LargePacketLoss(now)
        self._bits = TokenBucket(MAX_RETRANSMISSION_BURST_BITS, now)
        self._lookups = TokenBucket(MAX_NACKED_PER_S, now)

    def set_sent_bitrate(self, bitrate: float) -> None:
        """The peer is sent so many bits a second; retransmissions are limited by it."""
        self._retransmission_bps = max(MIN_RETRANSMISSION_BPS, RETRANSMISSION_SHARE * bitrate)

    def on_rtcp(self, messages: Sequence[RtcpMessage], now: float) -> None:
        """Take in the messages of one compound, as `rtcp.parse` returns them."""
        for message in messages:
            match message:
                case GenericNack(media_ssrc, lost):
                    self._on_nack(media_ssrc, lost, now)
                case PictureLossIndication(media_ssrc):
                    self._on_keyframe_request(media_ssrc, now)
                case FullIntraRequest(media_ssrcs):
                    for media_ssrc in media_ssrcs:
                        self._on_keyframe_request(media_ssrc, now)
                case ReceiverReport(reports=reports) | SenderReport(reports=reports):
                    for report in reports:
                        self._on_report(report, now)
                case Remb(bitrate, media_ssrcs):
                    self._on_remb(bitrate, media_ssrcs, now)
                case _:
                    pass

    # Figures --------------------------------------------------------------------------------------

    @property
    def loss(self) -> float | None:
        """The fraction lost of the worst stream, 0 to 1; None before the first report."""
        return max((report.fraction_lost for report in self._reports.values()), default=None)

    @property
    def lost(self) -> int:
        """Packets lost in all."""
        return sum(max(0, report.cumulative_lost) for report in self._reports.values())

    @property
    def loses_large(self) -> bool:
        """Whether its path loses every large packet, and no others."""
        return self._large_loss.is_found

    @property
    def jitter_ms(self) -> float | None:
        """Of the worst stream."""
        rates = {ssrc: slot.clock_rate for ssrc, slot in self._slots.items()}
        return max(
            (report.jitter * 1000 / rates[ssrc] for ssrc, report in self._reports.items()), default=None
        )

    # Messages -------------------------------------------------------------------------------------

    def _on_nack(self, media_ssrc: int, lost: Sequence[int], now: float) -> None:
        slot = self._slots.get(media_ssrc)
        if slot is None:
            self.ignored["nack: ssrc"] += 1
            return
        self._bits.refill(self._retransmission_bps, now)
        self._lookups.refill(MAX_NACKED_PER_S, now)
        for place, seq in enumerate(lost):
            if self._lookups.tokens < 1 or self._bits.tokens <= 0:
                self.ignored["nack: limit"] += len(lost) - place
                return
            self._lookups.spend(1)
            size = slot.retransmit(seq, now, self.rtt)
            self._bits.spend(8 * size)
            if size:
                self._large_loss.on_nack(size)

    def _on_keyframe_request(self, media_ssrc: int, now: float) -> None:
        slot = self._slots.get(media_ssrc)
        if slot is None:
            self.ignored["keyframe request: ssrc"] += 1
            return
        self.keyframe_requests += 1
        slot.on_keyframe_request(now)

    def _on_report(self, report: ReportBlock, now: float) -> None:
        if report.ssrc not in self._slots:
            if report.ssrc in self._rtx_ssrcs:
                self._on_rtx_report(report, now)
            else:
                self.ignored["report: ssrc"] += 1
            return
        before = self._reports.get(report.ssrc)
        self._reports[report.ssrc] = report
        if before is not None and report.ssrc in self._video_ssrcs:
            expected = max(0, distance32(report.highest_seq, before.highest_seq))
            self._adaptation.on_report(report.fraction_lost, expected)
            self._on_progress(report, expected, now)
            large = sum(slot.large_packets for slot in self._slots.values())
            self._large_loss.on_report(report.fraction_lost * expected, large, now)
        if report.last_sr:
            # RFC 3550 section 6.4.1: now - when its last sender report was sent - how long the peer had it.
            units = (self._clock.ntp_middle(now) - report.last_sr - report.delay_since_last_sr) & 0xFFFF_FFFF
            if (
                units <= MAX_RTT_S * 65536
            ):  # otherwise it is no report of the bridge's, or a fraction below zero
                self.rtt = units / 65536

    def _on_rtx_report(self, report: ReportBlock, now: float) -> None:
        if self.padding is not None:
            before = self._padding_seqs.get(report.ssrc, report.highest_seq)
            self._padding_seqs[report.ssrc] = report.highest_seq
            self.padding.on_loss(report.fraction_lost, distance32(report.highest_seq, before), now)

    def _on_progress(self, report: ReportBlock, expected: int, now: float) -> None:
        """The sequence numbers in reports say how much has arrived, however much waits in a queue."""
        slot = self._slots[report.ssrc]
        since, _ = self._received.get(report.ssrc, (now, 0.0))
        bits = expected * (1 - report.fraction_lost) * 8 * slot.octets / max(1, slot.packets)
        rate = bits / max(now - since, MIN_REPORT_INTERVAL_S)
        self._received[report.ssrc] = now, rate if now > since else 0.0
        recent = (bitrate for at, bitrate in self._received.values() if now - at < RECEIVED_TTL_S)
        self._adaptation.on_received(sum(recent), now)

    def _on_remb(self, bitrate: int, media_ssrcs: Sequence[int], now: float) -> None:
        """One estimate covers all pictures of the connection."""
        if self._video_ssrcs.isdisjoint(media_ssrcs):
            self.ignored["estimate: ssrc"] += 1
            return
        self._adaptation.on_estimate(bitrate, now)
        if self.padding is not None:
            self.padding.on_estimate(bitrate, now)
