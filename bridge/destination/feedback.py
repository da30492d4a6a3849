"""What one peer says of the streams it receives, and what is made of it.

All of it is hearsay from a stranger. It moves nothing but this peer's own streams, what it can ask for is limited, and
what names no stream of ours is counted and passed over.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from bridge.destination.slots import AudioSlot, VideoSlot
from bridge.rtp.clock import ProgramClock
from bridge.rtp.layer import LayerChoice
from bridge.rtp.retransmission import TokenBucket
from bridge.rtp.rtcp import (
    FullIntra,
    GenericNack,
    Message,
    PictureLoss,
    ReceiverEstimate,
    ReceiverReport,
    ReportBlock,
    SenderReport,
)
from bridge.rtp.serial import distance32

REPAIR_SHARE = 0.25
"""Of the bit rate sent, what may be sent again: beyond that repairs crowd out what they repair."""
REPAIR_FLOOR = 300_000.0
"""Bits a second that may be sent again in any case: 30 packets, of a picture that stands still a moment ago."""
REPAIR_BURST = 1_200_000.0
"""Bits that may be sent again at once after a quiet time: a large keyframe, all of it lost."""
LOOKS = 4096.0
"""Sequence numbers a second that are looked for, and as many at once. A browser asks again for at most 1000 lost
packets, each once a round trip."""
MAX_RTT = 10.0
"""Seconds. What is said to be longer is no round trip."""


class Feedback:
    """The ear for one peer."""

    def __init__(
        self, slots: Sequence[VideoSlot | AudioSlot], clock: ProgramClock, choice: LayerChoice, now: float
    ) -> None:
        self.rtt: float | None = None
        """Round trip in seconds by the last receiver report."""
        self.keyframe_requests = 0
        self.ignored: Counter[str] = Counter()
        """What was not heeded, by reason."""
        self._clock = clock
        self._choice = choice
        self._slots = {slot.ssrc: slot for slot in slots}
        self._pictures = {slot.ssrc for slot in slots if isinstance(slot, VideoSlot)}
        self._repairs = {slot.repair.ssrc for slot in slots if isinstance(slot, VideoSlot) and slot.repair}
        self._reports: dict[int, ReportBlock] = {}
        self._rate = REPAIR_FLOOR
        self._bits = TokenBucket(REPAIR_BURST, now)
        self._looks = TokenBucket(LOOKS, now)

    def set_rate(self, bitrate: float) -> None:
        """So many bits a second are sent to the peer."""
        self._rate = max(REPAIR_FLOOR, REPAIR_SHARE * bitrate)

    def take(self, messages: Sequence[Message], now: float) -> None:
        """Take in the messages of one compound, as `rtcp.parse` gives them."""
        for message in messages:
            match message:
                case GenericNack(media, lost):
                    self._on_nack(media, lost, now)
                case PictureLoss(media):
                    self._on_picture_loss(media, now)
                case FullIntra(medias):
                    for media in medias:
                        self._on_picture_loss(media, now)
                case ReceiverReport(reports=reports) | SenderReport(reports=reports):
                    for report in reports:
                        self._on_report(report, now)
                case ReceiverEstimate(bitrate, medias):
                    self._on_estimate(bitrate, medias, now)
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
        return sum(max(0, report.lost) for report in self._reports.values())

    @property
    def jitter_ms(self) -> float | None:
        """Of the worst stream."""
        rates = {ssrc: slot.clock_rate for ssrc, slot in self._slots.items()}
        return max(
            (report.jitter * 1000 / rates[ssrc] for ssrc, report in self._reports.items()), default=None
        )

    # What it may say ------------------------------------------------------------------------------

    def _on_nack(self, media: int, lost: Sequence[int], now: float) -> None:
        slot = self._slots.get(media)
        if slot is None:
            self.ignored["nack: ssrc"] += 1
            return
        self._bits.refill(self._rate, now)
        self._looks.refill(LOOKS, now)
        for place, seq in enumerate(lost):
            if self._looks.left < 1 or self._bits.left <= 0:
                self.ignored["nack: limit"] += len(lost) - place
                return
            self._looks.spend(1)
            self._bits.spend(8 * slot.again(seq, now, self.rtt))

    def _on_picture_loss(self, media: int, now: float) -> None:
        slot = self._slots.get(media)
        if slot is None:
            self.ignored["keyframe request: ssrc"] += 1
            return
        self.keyframe_requests += 1
        slot.lose_picture(now)

    def _on_report(self, report: ReportBlock, now: float) -> None:
        if report.ssrc not in self._slots:
            if report.ssrc not in self._repairs:
                self.ignored["report: ssrc"] += 1
            return
        before = self._reports.get(report.ssrc)
        self._reports[report.ssrc] = report
        if before is not None and report.ssrc in self._pictures:
            self._choice.report(report.fraction_lost, max(0, distance32(report.highest, before.highest)))
        if report.last_report:
            # RFC 3550 section 6.4.1: now, less when the report it has was sent, less how long it had it.
            units = self._clock.middle(now) - report.last_report - report.delay & 0xFFFF_FFFF
            if units <= MAX_RTT * 65536:  # else it is none of our reports, or a hair below zero
                self.rtt = units / 65536

    def _on_estimate(self, bitrate: int, medias: Sequence[int], now: float) -> None:
        """One estimate is of all pictures of the connection together."""
        if self._pictures.isdisjoint(medias):
            self.ignored["estimate: ssrc"] += 1
            return
        self._choice.estimate(bitrate, now)
