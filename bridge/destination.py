"""One destination: the slots of one peer, what is routed to them, and what the peer says back.

The slots are laid out at join and stay. `apply` only says what each is to show; `bridge.slots` does it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Protocol

from bridge.engine import MICS, PROGRAM, SECOND, Feed, LinkStats, multiview
from bridge.rtp.clock import ProgramClock
from bridge.rtp.reception import Meter
from bridge.rtp.rtcp import (
    FullIntra,
    GenericNack,
    Message,
    PictureLoss,
    ReceiverReport,
    ReportBlock,
    SenderReport,
)
from bridge.slots import AudioSlot, VideoSlot
from bridge.source import Source

__all__ = ["AudioSlot", "Destination", "Downlink", "VideoSlot"]

REPORT = 1.0
"""Seconds between two sender reports of a slot."""
CHECK = 0.1
"""Seconds between two looks at what slots wait for and how far they have drifted."""
REPAIR_RATE = 150.0
"""Packets a second that are sent again at most, lest a lying or drowning receiver double its own load."""
REPAIR_BURST = 256.0
"""Packets sent again at once after a quiet time."""
PICTURE_LOSS_PAUSE = 0.5
"""Seconds between two keyframe requests passed on of one slot: a keyframe costs all who see the source."""
MAX_RTT = 10.0
"""Seconds. What is said to be longer is no round trip."""
VIEW = multiview("")


class Downlink(Protocol):
    """The way to the peer, for plain packets. Neither call raises or waits."""

    def send_rtp(self, data: bytes, /) -> object:
        """Send one RTP packet."""

    def send_rtcp(self, data: bytes, /) -> object:
        """Send one RTCP compound."""


class Destination:
    """What one peer receives."""

    def __init__(
        self,
        peer: str,
        downlink: Downlink,
        clock: ProgramClock,
        slots: Sequence[VideoSlot | AudioSlot],
        *,
        cname: str,
        now: float,
        source: str | None = None,
    ) -> None:
        """`source` is the peer's own, which it never receives. `clock` may be one for all destinations."""
        self.peer = peer
        self.slots = tuple(slots)
        self.rtt: float | None = None
        """Round trip in seconds by the peer's last receiver report."""
        self.keyframe_requests = 0
        """Received from the peer."""
        self._source = source
        self._downlink = downlink
        self._clock = clock
        self._cname = cname
        self._by_ssrc = {slot.ssrc: slot for slot in self.slots}
        self._reports: dict[int, ReportBlock] = {}
        self._passed_on: dict[int, float] = {}
        self._budget, self._budget_at = REPAIR_BURST, now
        self._report_due = self._check_due = now
        self._meter = Meter(now)
        for slot in self.slots:
            slot.connect(downlink.send_rtp, clock)

    # Routing --------------------------------------------------------------------------------------

    def apply(self, feed: Feed | None, sources: Mapping[str, Source], now: float) -> None:
        """Route the slots as `feed` says; None stops all. View slots show the source in their name.

        Call it whenever the routing or `sources` has changed. A slot whose source is not in `sources` stops
        and keeps its place in its stream; a new `Source` under a known name takes its slots over, pictures on
        its first keyframe.

        Raises:
            RuntimeError: the feed holds the peer's own source, a fault in the routing. Nothing has changed.
        """
        if feed is None:
            self._stop()
            return
        own = self._source
        if own is not None and own in (feed.program, feed.second, *feed.mics):
            raise RuntimeError(
                f"peer {self.peer} feeds {own} and was routed its own picture or voice: {feed}"
            )
        routed = {PROGRAM: feed.program, SECOND: feed.second, **self._seat(feed.mics)}
        for slot in self.slots:
            slot.wanted = slot.name[len(VIEW) :] if slot.name.startswith(VIEW) else routed.get(slot.name)
            source = sources.get(slot.wanted) if slot.wanted is not None else None
            if isinstance(slot, AudioSlot):
                slot.show(source.audio if source else None, now)
            else:
                slot.show(source.video if source else None, now)

    def _seat(self, mics: Sequence[str]) -> dict[str, str]:
        """Slot to microphone. One that is open stays where it is; those beyond the slots are not carried."""
        seats = [slot for slot in self.slots if slot.name in MICS]
        seated = {slot.name: slot.wanted for slot in seats if slot.wanted is not None and slot.wanted in mics}
        free = [slot.name for slot in seats if slot.name not in seated]
        coming = [mic for mic in dict.fromkeys(mics) if mic not in seated.values()]
        return seated | dict(zip(free, coming, strict=False))

    def _stop(self) -> None:
        for slot in self.slots:
            slot.wanted = None
            slot.stop()

    def close(self) -> None:
        """Let go of every source."""
        self._stop()

    # What the peer says ---------------------------------------------------------------------------

    def on_rtcp(self, messages: Sequence[Message], now: float) -> None:
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
                    self._on_reports(reports, now)
                case _:
                    pass

    def _on_nack(self, media: int, lost: Sequence[int], now: float) -> None:
        slot = self._by_ssrc.get(media)
        if slot is None:
            return
        self._budget = min(REPAIR_BURST, self._budget + (now - self._budget_at) * REPAIR_RATE)
        self._budget_at = now
        for seq in lost:
            if self._budget < 1:
                return
            self._budget -= slot.again(seq, now, self.rtt)

    def _on_picture_loss(self, media: int, now: float) -> None:
        slot = self._by_ssrc.get(media)
        if slot is None:
            return
        self.keyframe_requests += 1
        if now - self._passed_on.get(media, -math.inf) >= PICTURE_LOSS_PAUSE:
            self._passed_on[media] = now
            slot.request_keyframe(now)

    def _on_reports(self, reports: Sequence[ReportBlock], now: float) -> None:
        for report in reports:
            if report.ssrc not in self._by_ssrc:
                continue
            self._reports[report.ssrc] = report
            if report.last_report:
                # RFC 3550 section 6.4.1: now, less when the report it has was sent, less how long it had it.
                units = self._clock.middle(now) - report.last_report - report.delay & 0xFFFF_FFFF
                if units <= MAX_RTT * 65536:  # else it is none of our reports, or a hair below zero
                    self.rtt = units / 65536

    # What the peer is told ------------------------------------------------------------------------

    def tick(self, now: float) -> None:
        """Send what is due to the peer: sender reports. Call it every 20 to 50 ms."""
        if now >= self._check_due:
            self._check_due = now + CHECK
            for slot in self.slots:
                slot.tick(now)
        if now >= self._report_due:
            self._report_due = now + REPORT
            for slot in self.slots:
                report = slot.sender_report(now, self._cname)
                if report is not None:
                    self._downlink.send_rtcp(report)
            self._meter.read(self._octets(), now)

    def stats(self, now: float) -> LinkStats:
        """Figures of all slots together; loss and jitter of the worst."""
        reports = self._reports.values()
        rates = {ssrc: slot.clock_rate for ssrc, slot in self._by_ssrc.items()}
        return LinkStats(
            rtt_ms=None if self.rtt is None else self.rtt * 1000,
            loss=max((report.fraction_lost for report in reports), default=None),
            kbps=self._meter.read(self._octets(), now),
            jitter_ms=max((report.jitter * 1000 / rates[report.ssrc] for report in reports), default=None),
            packets=sum(slot.packets for slot in self.slots),
            lost=sum(max(0, report.lost) for report in reports),
            keyframe_requests=self.keyframe_requests,
            repairs=sum(slot.repairs for slot in self.slots),
        )

    def _octets(self) -> int:
        return sum(slot.octets for slot in self.slots)
