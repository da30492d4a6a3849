"""One peer that has joined: its connection, the source it feeds and the destination it is."""

from __future__ import annotations

import secrets
import struct
from collections.abc import Sequence

from bridge.destination.destination import Destination
from bridge.destination.slots import AudioSlot, Repair, VideoSlot
from bridge.engine import Joined, OfferError, PeerSpec, SourceState, SourceWhy
from bridge.net.connection import Connection, ignore
from bridge.rtp import rtcp
from bridge.rtp.clock import ProgramClock
from bridge.sdp.answer import Transport, answer
from bridge.sdp.layout import (
    ABS_SEND_TIME,
    LEVEL,
    NUMBER,
    PLAYOUT_DELAY,
    REPAIRED_RID,
    RID,
    Lane,
    Layout,
    Use,
    lay_out,
)
from bridge.sdp.offer import Offer
from bridge.source.source import Source, Stream

ABSENT = 2.5
"""Seconds without any datagram after which a source is absent. Chromium and aiortc both send RTCP every
second and Chromium a check every 2.5 s at the latest; a hall is to be known as lost within 3 s."""
TOO_LARGE = 15.0
"""Seconds after a datagram that was too large during which that explains why there is no picture: where only keyframes
are so large, one comes every few seconds."""
GONE = 15.0
"""Seconds without any datagram after which the peer itself is let go. Until then a hiccup can end."""
LOOK = 0.05
"""Seconds between two looks at a peer."""
BEAT = 0.1
"""Seconds without a packet to a peer after which it gets a sign of life. By that a page or a headless room knows within
half a second that its path is gone, and looks for another; a browser left to itself takes 2.5 s, aiortc 30 s. A hall on
air has to be back within 0.8 s of its last packet, or another has taken its place."""


def new_ssrc() -> int:
    """A number for a stream of ours, never 0."""
    return secrets.randbelow(0xFFFF_FFFF) + 1


class Peer:
    """A peer, from its first offer until it leaves."""

    def __init__(
        self,
        spec: PeerSpec,
        offer: Offer,
        layout: Layout,
        connection: Connection,
        clock: ProgramClock,
        now: float,
    ) -> None:
        self.name = spec.peer
        self.spec = spec
        """As it joined."""
        self.connection = connection
        self.source: Source | None = None
        """What it feeds, or would feed if another peer did not."""
        self._cname = secrets.token_hex(8)
        self._feeds = spec.source
        self._offer = offer
        self._layout = layout
        self._session = secrets.randbits(62)
        self._answers = 0
        # An empty receiver report (RFC 3550 section 6.4.2): whoever gets it counts it, and has nothing to do for it.
        self._beat = struct.pack("!BBHL", 0x80, 201, 1, new_ssrc())
        self._beat_due = self._look_due = now
        self._sent = 0
        if spec.source is not None:
            self.source = Source(
                spec.source,
                connection,
                video=stream_of(layout.feed("video")),
                audio=stream_of(layout.feed("audio")),
                ssrc=new_ssrc(),
                cname=self._cname,
                now=now,
            )
            connection.on_rtp = self.source.on_rtp
        self.destination = Destination(
            spec.peer,
            connection,
            clock,
            [slot_of(lane) for lane in layout.shown],
            cname=self._cname,
            source=spec.source,
            now=now,
        )
        connection.on_rtcp = self._on_rtcp

    # Offer and answer -----------------------------------------------------------------------------

    def is_known_by(self, offer: Offer) -> bool:
        """Whether `offer` comes from the same association: the same certificate as before."""
        return offer.fingerprints == self._offer.fingerprints

    def offers_again(self, spec: PeerSpec, offer: Offer) -> bool:
        """It offers again; True if it restarts ICE.

        Raises:
            OfferError: it wants other m-lines than before. Nothing has changed.
        """
        layout = lay_out(offer, spec, new_ssrc)
        if layout.shape != self._layout.shape or spec.source != self._feeds:
            raise OfferError(
                "the offer's m-lines differ from those the peer joined with; expected the same, or a new connection"
            )
        restarts = offer.ufrag != self._offer.ufrag
        self._offer = offer
        # In a line that it sends in, the order of its codecs is its own: by it a browser changes its codec.
        lanes = zip(layout.lanes, self._layout.lanes, strict=True)
        self._layout = Layout(tuple(new if new.use is Use.FEEDS else old for new, old in lanes))
        return restarts

    def answer(self, addresses: Sequence[str], port: int) -> Joined:
        """The answer to its last offer."""
        self._answers += 1
        transport = Transport(
            credentials=self.connection.credentials,
            fingerprint=self.connection.fingerprint,
            addresses=addresses,
            port=port,
            cname=self._cname,
            session=self._session,
            version=self._answers,
        )
        return Joined(
            answer(self._layout, transport), {lane.line.mid: lane.slot for lane in self._layout.shown}
        )

    # While it is there ----------------------------------------------------------------------------

    def tick(self, now: float) -> None:
        """What is due to it, once it is connected. It is let go if it has been silent for too long."""
        if not self.connection.connected.is_set():
            return  # the handshake has a limit of its own
        if self.source:
            self.source.rtt = self.destination.rtt
            self.source.tick(now)
        if now < self._look_due:
            return
        self._look_due = now + LOOK
        if self._silence(now) > GONE:
            self.connection.end(f"silent for {GONE:.0f} s")
            return
        self.destination.tick(now)
        sent = self.destination.packets
        if sent != self._sent:
            self._sent, self._beat_due = sent, now + BEAT
        elif now >= self._beat_due:
            self._beat_due = now + BEAT
            self.connection.send_rtcp(self._beat)

    def state(self, now: float) -> tuple[SourceState, SourceWhy]:
        """Of its source, and what made it so."""
        if self.source is None:
            return "absent", "left"
        if self._silence(now) > ABSENT:
            return "absent", "unreachable"
        state, why = self.source.state(now)
        if state != "live" and now - self.connection.too_large_at < TOO_LARGE:
            return "stalled", "too-large"
        return state, why

    def close(self) -> None:
        """Take it out of the packet path."""
        if self.source:
            self.connection.on_rtp = ignore
            self.source.close()
            self.source = None
        self.destination.close()

    def _silence(self, now: float) -> float:
        """Seconds since it was heard; none before it is connected, for which the handshake has its own
        limit."""
        return now - self.connection.last_heard if self.connection.connected.is_set() else 0.0

    def _on_rtcp(self, data: bytes, now: float) -> None:
        parsed = rtcp.parse(data)
        if parsed.broken:
            self.connection.drop("rtcp: broken")
        if self.source:
            self.source.on_rtcp(parsed.messages, now)
        self.destination.on_rtcp(parsed.messages, now)


def stream_of(lane: Lane | None) -> Stream | None:
    """What its source has to know of the line in which it is fed."""
    if lane is None:
        return None
    return Stream(
        codecs={codec.payload_type: codec.name for codec in lane.codecs},
        clock_rate=lane.codecs[0].clock_rate,
        repairs={repair: repaired for repaired, repair in lane.repairs.items()},
        ssrcs=lane.line.ssrcs,
        repair_ssrcs=lane.line.repair_ssrcs if lane.repairs else {},
        layers=lane.layers,
        rid=lane.extensions.get(RID),
        repaired_rid=lane.extensions.get(REPAIRED_RID),
        level=lane.extensions.get(LEVEL),
        number=lane.extensions.get(NUMBER),
        nack="nack" in lane.codecs[0].feedback,
    )


def slot_of(lane: Lane) -> VideoSlot | AudioSlot:
    """The slot that is shown in a line."""
    # Below 32768: a receiver that misses the first packets must not take the first wrap for none (RFC 3711
    # section 3.3.1).
    first_seq = secrets.randbelow(0x8000)
    if lane.line.kind == "audio":
        return AudioSlot(lane.slot, lane.ssrc, lane.codecs[0].payload_type, first_seq)
    return VideoSlot(
        lane.slot,
        lane.ssrc,
        {codec.name: codec.payload_type for codec in lane.codecs},
        first_seq,
        repair=Repair(lane.repair_ssrc, lane.repairs) if lane.repairs else None,
        sent=lane.extensions.get(ABS_SEND_TIME),
        delay=lane.extensions.get(PLAYOUT_DELAY),
    )
