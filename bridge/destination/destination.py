"""One destination: the slots of one peer, the sources routed to them, and the layers of their pictures.

The slots are negotiated at join and stay. `apply` assigns their sources; `bridge.destination.slots` switches them, and
`bridge.destination.feedback` handles the peer's RTCP.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Protocol

from bridge.destination.feedback import Feedback
from bridge.destination.layers import VIEW_PREFIX, LayerSelector, PictureLimit, Showable, TileSize, tile_sizes
from bridge.destination.microphones import MicrophoneSlots, fill_slots
from bridge.destination.padding import Padding
from bridge.destination.pause import PausablePath, PicturePause
from bridge.destination.slots import AudioSlot, VideoSlot
from bridge.engine import INTERPRETATION, PARTNER, PICTURES, PROGRAM, TALKBACK, Feed, MediaStats
from bridge.rtp.adaptation import LayerAdaptation
from bridge.rtp.clock import ProgramClock
from bridge.rtp.floor import FloorAdaptation
from bridge.rtp.reception import BitrateMeter
from bridge.rtp.rtcp import RtcpMessage
from bridge.sdp.codecs import SDP_NAMES
from bridge.source.talk import TalkbackMicrophone

SENDER_REPORT_INTERVAL_S = 1.0
"""Browsers expect a sender report every second or so to keep picture and sound in sync."""
CHECK_INTERVAL_S = 0.1
"""Seconds between two checks of the slots' targets, layers and timestamps."""

NO_TALKS: Mapping[str, TalkbackMicrophone] = {}


class Downlink(PausablePath, Protocol):
    """The path to the peer, for plain packets. No call raises or waits."""

    def send_rtp(self, data: bytes, /) -> object:
        """Send one RTP packet."""

    def send_rtcp(self, data: bytes, /) -> object:
        """Send one RTCP compound."""

    def fail(self) -> None:
        """End the peer: an exception in what it is sent is being handled."""


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
        talk: str | None = None,
    ) -> None:
        """`source` and `talk` are the peer's own, which it never receives. All destinations may share one `clock`."""
        self.peer = peer
        self.slots = tuple(slots)
        self.picture_limit: PictureLimit = "best"
        """Takes effect within `CHECK_INTERVAL_S`."""
        self._source = source
        self._talk = talk
        self._downlink = downlink
        self._cname = cname
        self._sources: Mapping[str, Showable] = {}
        self._talks: Mapping[str, TalkbackMicrophone] = {}
        self._selectors = [LayerSelector(slot) for slot in self.slots if isinstance(slot, VideoSlot)]
        self._audio_slots = [slot for slot in self.slots if isinstance(slot, AudioSlot)]
        self._microphones = MicrophoneSlots(self._audio_slots)
        self._interpretation = [slot for slot in self._audio_slots if slot.name in INTERPRETATION]
        self._adaptation = LayerAdaptation(now)
        self._floor = FloorAdaptation()
        self._pause = PicturePause()
        self._feedback = Feedback(self.slots, clock, self._adaptation, now)
        self._report_due = self._check_due = now
        self._pictures = 0
        """In the programme."""
        self._sizes: Mapping[str, TileSize] = {}
        """Of the programme's tiles, by slot."""
        self._meter, self._sound_meter = BitrateMeter(now), BitrateMeter(now)
        for slot in self.slots:
            slot.connect(downlink.send_rtp, clock, downlink.fail)

    @property
    def picture_ssrcs(self) -> frozenset[bytes]:
        """Of its pictures and their RTX, as in packets."""
        pictures = [slot for slot in self.slots if isinstance(slot, VideoSlot)]
        ssrcs = [slot.ssrc for slot in pictures] + [slot.rtx.ssrc for slot in pictures if slot.rtx]
        return frozenset(ssrc.to_bytes(4) for ssrc in ssrcs)

    @property
    def rtt(self) -> float | None:
        """Round trip in seconds by the peer's last receiver report."""
        return self._feedback.rtt

    @property
    def ignored(self) -> Counter[str]:
        """RTCP feedback that was not acted on, by reason."""
        return self._feedback.ignored

    # Routing --------------------------------------------------------------------------------------

    def apply(
        self,
        feed: Feed | None,
        sources: Mapping[str, Showable],
        now: float,
        talks: Mapping[str, TalkbackMicrophone] = NO_TALKS,
    ) -> None:
        """Route the slots as `feed` says; None stops all. Multiview slots show the source in their name.

        The talkback slot gets one of `talks`, and all other slots one of `sources`.

        Call it whenever the routing or `sources` has changed. A slot whose source is not in `sources` stops; its stream
        stays where it is. A new `Source` under a known name takes over its slots, pictures at its first keyframe.

        Raises:
            RuntimeError: the feed contains the peer's own source, or talkback and sources are mixed up: a fault in the
                routing. Nothing has changed.
        """
        if feed is None:
            self.stop()
            return
        self._check(feed, sources, talks)
        self._sources, self._talks = sources, talks
        self._pictures = len(feed.pictures)
        self._sizes = (
            {}  # all small
            if feed.is_small
            else dict(zip(PICTURES, tile_sizes(self._pictures, feed.layout), strict=False))
        )
        routed = {
            **dict(zip(PICTURES, feed.pictures, strict=False)),
            **self._microphones.assign(feed.mics, feed.program, sources, now),
            **fill_slots(self._interpretation, feed.interpretation),
            TALKBACK: feed.talkback,
            PARTNER: feed.partner,
        }
        for slot in self.slots:
            if slot.name.startswith(VIEW_PREFIX):
                slot.source = slot.name[len(VIEW_PREFIX) :] if feed.previews else None
            else:
                slot.source = routed.get(slot.name)
        for audio_slot in self._audio_slots:
            source = self._source_of(audio_slot)
            audio_slot.show(source.audio if source else None, now)
        self._show_layers(now)

    def _check(
        self, feed: Feed, sources: Mapping[str, Showable], talks: Mapping[str, TalkbackMicrophone]
    ) -> None:
        """Raise `RuntimeError` if the feed breaks a rule that no routing may break."""
        own, routed = self._source, {*feed.pictures, *feed.mics, *feed.interpretation, feed.partner}
        if own is not None and own in routed:
            raise RuntimeError(
                f"peer {self.peer} sends {own} and was routed its own picture or sound: {feed}"
            )
        if self._talk is not None and feed.talkback == self._talk:
            raise RuntimeError(f"peer {self.peer} was routed its own talkback: {feed}")
        if not routed.isdisjoint(talks) or feed.talkback in sources:
            raise RuntimeError(
                f"peer {self.peer} was routed talkback as a source, or a source as talkback: {feed}"
            )

    def stop(self) -> None:
        """Stop every slot; their streams stay where they are."""
        self._sources, self._talks = {}, {}
        self._microphones.close_all()
        for slot in self.slots:
            slot.source = None
            slot.stop()

    # Layers ---------------------------------------------------------------------------------------

    def _source_of(self, slot: VideoSlot | AudioSlot) -> Showable | None:
        if slot.source is None:
            return None
        return self._talks.get(slot.source) if slot.name == TALKBACK else self._sources.get(slot.source)

    def _show_layers(self, now: float) -> None:
        """Show each picture in the layer that its tile needs and the peer can take."""
        active = [one for one in self._selectors if one.slot.source is not None or one.slot.is_busy]
        for selector in active:
            selector.slot.parallel = self._pictures
            size = self._sizes.get(selector.slot.name, "small")
            selector.update(self._source_of(selector.slot), size, now, self.picture_limit)
        sound = self._sound_meter.read(sum(slot.octets for slot in self._audio_slots), now) * 1000
        rates = [one.rates(now) for one in active]
        if self._pause.update(self._downlink, now):
            self._adaptation.on_congestion()
        # A pause has no losses, and says nothing of what the path carries.
        may_grow = self._floor.may_pictures_grow(now) and not self._pause.is_on
        levels = self._adaptation.decide(rates, sound, now, may_grow=may_grow)
        if self._pause.is_on:
            levels = tuple(map(len, rates))
        for selector, level in zip(active, levels, strict=True):
            selector.show(level, now)
        self._limit_floor(sound, now)

    def _limit_floor(self, sound: float, now: float) -> None:
        """Reduce the floor under a channel once all pictures have stopped; neither the channel nor talkback."""
        limit = None
        if any(slot.is_busy for slot in self._interpretation):
            streams = sum(slot.is_busy for slot in self._audio_slots)
            excess = self._adaptation.sound_excess(sound, now) * streams
            limit = self._floor.decide(self._microphones.audible, excess, now)
        else:
            self._floor.release()
        self._microphones.limit(limit, self._sources, now)

    # RTCP and stats -------------------------------------------------------------------------------

    def on_rtcp(self, messages: Sequence[RtcpMessage], now: float) -> None:
        """Take in the messages of one compound, as `rtcp.parse` returns them."""
        self._feedback.on_rtcp(messages, now)

    def tick(self, now: float) -> None:
        """Update the slots and send sender reports when due. Call it every 20 to 50 ms."""
        for audio_slot in self._audio_slots:
            if audio_slot.target is not None:
                audio_slot.tick(now)
        self._microphones.follow_voices(self._sources, now)
        if now >= self._check_due:
            self._check_due = now + CHECK_INTERVAL_S
            self._show_layers(now)
            for slot in self.slots:
                if slot.is_busy:
                    slot.tick(now)
        if now >= self._report_due:
            self._report_due = now + SENDER_REPORT_INTERVAL_S
            for slot in self.slots:
                report = slot.sender_report(now, self._cname)
                if report is not None:
                    self._downlink.send_rtcp(report)
            self._feedback.set_sent_bitrate(self._meter.read(self._octets(), now) * 1000)

    @property
    def can_pad(self) -> bool:
        """Whether padding can be sent to it: it takes RTX."""
        return any(one.slot.rtx for one in self._selectors)

    def pad(self, now: float) -> bool:
        """Send the padding that is due to a peer that measures its line. Returns whether any will be due later."""
        rtx = next((one.slot.rtx for one in self._selectors if one.slot.rtx), None)
        padding = self._feedback.padding
        if padding is None:
            padding = self._feedback.padding = Padding(self._octets(), now)
        if rtx is None or padding.is_over(now):
            return False
        if self._downlink.is_dropping:
            padding.on_congestion(now)
        for _ in range(padding.packets_due(self._octets(), now)):
            self._downlink.send_rtp(rtx.pad(now))
        return True

    def stats(self, now: float) -> MediaStats:
        """Figures of all slots together; loss and jitter of the worst."""
        feedback = self._feedback
        return MediaStats(
            rtt_ms=None if feedback.rtt is None else feedback.rtt * 1000,
            loss=feedback.loss,
            kbps=self._meter.read(self._octets(), now),
            jitter_ms=feedback.jitter_ms,
            packets=self.packets,
            lost=feedback.lost,
            keyframe_requests=feedback.keyframe_requests,
            repairs=sum(slot.retransmissions for slot in self.slots),
            layer=self._layer(),
            pictures=self._pictures_sent(),
            stalls=self._adaptation.reductions,
            last_stall_s=self._adaptation.last_reduction_s(now),
            cannot_decode=self._cannot_decode(),
            loses_large=feedback.loses_large,
        )

    @property
    def codecs(self) -> Iterator[Collection[str]]:
        """For each picture that the peer receives: the negotiated codecs."""
        return (selector.slot.payload_types for selector in self._selectors)

    def _cannot_decode(self) -> tuple[str, ...]:
        """Codecs of routed pictures that the peer has not negotiated."""
        found = set()
        for selector in self._selectors:
            source = self._source_of(selector.slot)
            codec = source.codec if source else None
            if codec is not None and codec not in selector.slot.payload_types:
                found.add(SDP_NAMES[codec])
        return tuple(sorted(found))

    def _pictures_sent(self) -> int:
        """The pictures of the programme, without those stopped for lack of bit rate."""
        return sum(not one.is_stopped for one in self._selectors if one.slot.source and not one.is_multiview)

    def _layer(self) -> str | None:
        """The rid of the programme's picture."""
        shown = (one.slot.current for one in self._selectors if one.slot.name == PROGRAM)
        return next((layer.rid for layer in shown if layer is not None), None)

    @property
    def packets(self) -> int:
        """Packets sent so far, without retransmissions."""
        return sum(slot.packets for slot in self.slots)

    def _octets(self) -> int:
        return sum(slot.octets for slot in self.slots)
