"""One destination: the slots of one peer, what is routed to them, and in which layer.

The slots are laid out at join and stay. `apply` only says what each is to show; `bridge.destination.slots` does it, and
what the peer says back is judged by `bridge.destination.feedback`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Protocol

from bridge.destination.feedback import Feedback
from bridge.destination.layers import VIEW, LayerSelector, Showable
from bridge.destination.slots import AudioSlot, VideoSlot
from bridge.engine import MICS, PROGRAM, SECOND, Feed, MediaStats
from bridge.rtp.clock import ProgramClock
from bridge.rtp.layer import LayerChoice
from bridge.rtp.reception import Meter
from bridge.rtp.rtcp import Message
from bridge.sdp.codecs import SDP_NAMES

__all__ = ["AudioSlot", "Destination", "Downlink", "Showable", "VideoSlot"]

REPORT = 1.0
"""Seconds between two sender reports of a slot."""
CHECK = 0.1
"""Seconds between two looks at what slots wait for, which layer they get, and how far they have drifted."""


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
        self._source = source
        self._downlink = downlink
        self._cname = cname
        self._sources: Mapping[str, Showable] = {}
        self._screens = [LayerSelector(slot, now) for slot in self.slots if isinstance(slot, VideoSlot)]
        self._sounds = [slot for slot in self.slots if isinstance(slot, AudioSlot)]
        self._choice = LayerChoice(now)
        self._feedback = Feedback(self.slots, clock, self._choice, now)
        self._report_due = self._check_due = now
        self._meter = Meter(now)
        for slot in self.slots:
            slot.connect(downlink.send_rtp, clock)

    @property
    def rtt(self) -> float | None:
        """Round trip in seconds by the peer's last receiver report."""
        return self._feedback.rtt

    @property
    def ignored(self) -> Counter[str]:
        """What the peer said and was not heeded, by reason."""
        return self._feedback.ignored

    # Routing --------------------------------------------------------------------------------------

    def apply(self, feed: Feed | None, sources: Mapping[str, Showable], now: float) -> None:
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
        self._sources = sources
        routed = {PROGRAM: feed.program, SECOND: feed.second, **self._seat(feed.mics, feed.program)}
        for slot in self.slots:
            slot.wanted = slot.name[len(VIEW) :] if slot.name.startswith(VIEW) else routed.get(slot.name)
        for sound in self._sounds:
            source = self._routed(sound)
            sound.show(source.audio if source else None, now)
        self._show_pictures(now)

    def _seat(self, mics: Sequence[str], program: str | None) -> dict[str, str]:
        """Slot to microphone. One that is open stays where it is; those beyond the slots are not carried.

        Browsers keep lips in sync with the first microphone, so where that is free it goes to the one in the picture.
        """
        seats = [slot for slot in self.slots if slot.name in MICS]
        seated = {slot.name: slot.wanted for slot in seats if slot.wanted is not None and slot.wanted in mics}
        free = [slot.name for slot in seats if slot.name not in seated]
        coming = [mic for mic in dict.fromkeys(mics) if mic not in seated.values()]
        if MICS[0] in free:
            coming.sort(key=lambda mic: mic != program)
        return seated | dict(zip(free, coming, strict=False))

    def _stop(self) -> None:
        self._sources = {}
        for slot in self.slots:
            slot.wanted = None
            slot.stop()

    def close(self) -> None:
        """Let go of every source."""
        self._stop()

    # Layers ---------------------------------------------------------------------------------------

    def _routed(self, slot: VideoSlot | AudioSlot) -> Showable | None:
        return self._sources.get(slot.wanted) if slot.wanted is not None else None

    def _show_pictures(self, now: float) -> None:
        """In the layer that is right now. It is chosen anew only where there is a choice."""
        for screen in self._screens:
            screen.look(self._routed(screen.slot), now)
        if any(screen.has_choice for screen in self._screens):
            self._choice.decide(sum(screen.bitrate(now) for screen in self._screens), now)
        for screen in self._screens:
            screen.show(self._choice.small, now)

    # What the peer says, and is told --------------------------------------------------------------

    def on_rtcp(self, messages: Sequence[Message], now: float) -> None:
        """Take in the messages of one compound, as `rtcp.parse` gives them."""
        self._feedback.take(messages, now)

    def tick(self, now: float) -> None:
        """Send what is due to the peer: sender reports. Call it every 20 to 50 ms."""
        for sound in self._sounds:
            if sound.target is not None:
                sound.tick(now)
        if now >= self._check_due:
            self._check_due = now + CHECK
            self._show_pictures(now)
            for slot in self.slots:
                slot.tick(now)
        if now >= self._report_due:
            self._report_due = now + REPORT
            for slot in self.slots:
                report = slot.sender_report(now, self._cname)
                if report is not None:
                    self._downlink.send_rtcp(report)
            self._feedback.set_rate(self._meter.read(self._octets(), now) * 1000)

    def stats(self, now: float) -> MediaStats:
        """Figures of all slots together; loss and jitter of the worst."""
        told = self._feedback
        return MediaStats(
            rtt_ms=None if told.rtt is None else told.rtt * 1000,
            loss=told.loss,
            kbps=self._meter.read(self._octets(), now),
            jitter_ms=told.jitter_ms,
            packets=self.packets,
            lost=told.lost,
            keyframe_requests=told.keyframe_requests,
            repairs=sum(slot.repairs for slot in self.slots),
            layer=self._layer(),
            stalls=self._choice.stalls,
            last_stall_s=self._choice.last_stall(now),
            cannot_decode=self._cannot_decode(),
        )

    @property
    def codecs(self) -> Iterator[Collection[str]]:
        """For each picture that the peer receives: what it may come in."""
        return (screen.slot.payload_types for screen in self._screens)

    def _cannot_decode(self) -> tuple[str, ...]:
        """Codecs of what is routed to its pictures that it has not agreed on."""
        found = set()
        for screen in self._screens:
            shown = self._routed(screen.slot)
            codec = shown.codec if shown else None
            if codec is not None and codec not in screen.slot.payload_types:
                found.add(SDP_NAMES[codec])
        return tuple(sorted(found))

    def _layer(self) -> str | None:
        """The rid of what the programme shows."""
        shown = (screen.slot.current for screen in self._screens if screen.slot.name == PROGRAM)
        return next((layer.rid for layer in shown if layer is not None), None)

    @property
    def packets(self) -> int:
        """Packets sent so far."""
        return sum(slot.packets for slot in self.slots)

    def _octets(self) -> int:
        return sum(slot.octets for slot in self.slots)
