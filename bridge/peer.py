"""One peer that has joined: its connection, its source and its destination."""

from __future__ import annotations

import secrets
import struct
from collections.abc import Sequence

import structlog

from bridge.destination.destination import Destination
from bridge.destination.slots import AudioSlot, VideoSlot
from bridge.engine import Joined, OfferError, PeerSpec, SourceState, SourceWhy
from bridge.net.connection import PeerConnection, ignore
from bridge.rtp import rtcp
from bridge.rtp.clock import ProgramClock
from bridge.rtp.rtx import RtxStream
from bridge.sdp.answer import Candidate, TransportParameters, write_answer
from bridge.sdp.negotiation import (
    ABS_SEND_TIME,
    AUDIO_LEVEL,
    MID,
    PLAYOUT_DELAY,
    REPAIRED_RID,
    RID,
    TRANSPORT_CC,
    LineUse,
    NegotiatedLine,
    NegotiatedMedia,
    negotiate,
)
from bridge.sdp.offer import SdpOffer
from bridge.source.context import RtpParameters
from bridge.source.source import Source
from bridge.source.talk import TalkbackMicrophone

log = structlog.get_logger(__name__)

ABSENT_AFTER_S = 2.5
"""Without any datagram for this long a source is absent. Chromium and aiortc send RTCP every second, and Chromium a
check at least every 2.5 s. The loss of a hall must be known within 3 s."""
TOO_LARGE_HOLD_S = 15.0
"""How long a datagram that was too large explains a missing picture. If only keyframes are so large, one comes every
few seconds."""
PEER_TIMEOUT_S = 15.0
"""Without any datagram for this long the peer is closed. Before that it may come back."""
PEER_TICK_S = 0.05
"""Seconds between two rounds of what a peer receives: slots, layers, sender reports, keepalive. A source: `TICK_S`."""
KEEPALIVE_INTERVAL_S = 0.1
"""After this long without a packet a peer gets a keepalive. So a page or a room agent notices within half a second that
its path is dead, and tries another; a browser alone takes 2.5 s, aiortc 30 s. A hall on air must be back within 0.8 s
of its last packet, or the fallback takes its place."""


def new_ssrc() -> int:
    """A random SSRC, never 0."""
    return secrets.randbelow(0xFFFF_FFFF) + 1


class Peer:
    """A peer, from its first offer until it leaves."""

    def __init__(
        self,
        spec: PeerSpec,
        offer: SdpOffer,
        media: NegotiatedMedia,
        connection: PeerConnection,
        clock: ProgramClock,
        now: float,
    ) -> None:
        self.name = spec.peer
        self.spec = spec
        """As it joined."""
        self.connection = connection
        self.source: Source | None = None
        """Its source, even while another peer of the same source is shown."""
        self.talk: TalkbackMicrophone | None = None
        self.is_padded = False
        """It measures its line, and is sent padding for it once it is connected."""
        self._sent: Source | None = None
        """All that it sends."""
        self._cname = secrets.token_hex(8)
        self._offer = offer
        self._media = media
        self._session_id = secrets.randbits(62)
        self._answers = 0
        # An empty receiver report (RFC 3550 section 6.4.2) needs no reaction from its receiver.
        self._keepalive = struct.pack("!BBHL", 0x80, 201, 1, new_ssrc())
        self._keepalive_due = self._tick_due = now
        self._packets_sent = 0
        if spec.source is not None or media.talk_line is not None:
            name = spec.source or spec.talk or ""
            self._sent = Source(
                name,
                connection,
                video=rtp_parameters_of(media.source_line("video")),
                audio=rtp_parameters_of(media.source_line("audio")),
                talk=rtp_parameters_of(media.talk_line),
                ssrc=new_ssrc(),
                cname=self._cname,
                now=now,
                is_screen=spec.is_screen,
                on_first_drop=lambda reason: log.info("packet dropped", source=name, reason=reason),
            )
            connection.on_rtp = self._sent.on_rtp
            self.source = self._sent if spec.source is not None else None
            self.talk = TalkbackMicrophone(self._sent.talk) if self._sent.talk is not None else None
        self.destination = Destination(
            spec.peer,
            connection,
            clock,
            [slot_of(agreed) for agreed in media.slot_lines],
            cname=self._cname,
            source=spec.source,
            talk=spec.talk,
            now=now,
        )
        connection.on_rtcp = self._on_rtcp
        connection.picture_ssrcs = self.destination.picture_ssrcs

    @property
    def can_measure(self) -> bool:
        """Whether it measures its line: it sends a picture that nobody is shown, and can take padding."""
        return (
            self.source is None and self._media.source_line("video") is not None and self.destination.can_pad
        )

    # Offer and answer -----------------------------------------------------------------------------

    def is_same_association(self, offer: SdpOffer) -> bool:
        """Whether `offer` has the certificate of this peer's DTLS association."""
        return offer.fingerprints == self._offer.fingerprints

    def accept_offer(self, spec: PeerSpec, offer: SdpOffer) -> bool:
        """Accept a further offer of the same association. Returns whether it restarts ICE.

        Raises:
            OfferError: its m-lines have changed. Nothing is accepted.
        """
        media = negotiate(offer, spec, new_ssrc)
        if media.fixed_part != self._media.fixed_part or not self._sends_as(spec):
            raise OfferError(
                "the offer's m-lines differ from those the peer joined with; expected the same, or a new connection"
            )
        is_restart = offer.ufrag != self._offer.ufrag
        self._offer = offer
        # The order of codecs in a source's m-line is the sender's choice: a browser changes its codec by it.
        pairs = zip(media.lines, self._media.lines, strict=True)
        self._media = NegotiatedMedia(
            tuple(new if new.use in (LineUse.SOURCE, LineUse.TALK) else old for new, old in pairs)
        )
        return is_restart

    def _sends_as(self, spec: PeerSpec) -> bool:
        own = self.spec
        return (spec.source, spec.talk, spec.is_screen) == (own.source, own.talk, own.is_screen)

    def answer(self, candidates: Sequence[Candidate]) -> Joined:
        """The answer to the last offer."""
        self._answers += 1
        transport = TransportParameters(
            credentials=self.connection.credentials,
            fingerprint=self.connection.fingerprint,
            candidates=candidates,
            cname=self._cname,
            session_id=self._session_id,
            version=self._answers,
        )
        slots = {agreed.line.mid: agreed.slot for agreed in self._media.slot_lines}
        return Joined(write_answer(self._media, transport), slots, self.is_padded)

    # Ticks and state ------------------------------------------------------------------------------

    def tick(self, now: float) -> None:
        """Do what is due, once it is connected. Closes the peer if it has been silent for too long."""
        if not self.connection.connected.is_set():
            return  # the handshake has its own timeout
        if self._sent:
            self._sent.rtt = self.destination.rtt
            self._sent.tick(now)
        if self.is_padded:
            self.is_padded = self.destination.pad(now)
        if now < self._tick_due:
            return
        self._tick_due = now + PEER_TICK_S
        if self._silence(now) > PEER_TIMEOUT_S:
            self.connection.end(f"silent for {PEER_TIMEOUT_S:.0f} s")
            return
        self.connection.expire(now)
        self.destination.tick(now)
        sent = self.destination.packets
        if sent != self._packets_sent:
            self._packets_sent, self._keepalive_due = sent, now + KEEPALIVE_INTERVAL_S
        elif now >= self._keepalive_due:
            self._keepalive_due = now + KEEPALIVE_INTERVAL_S
            self.connection.send_rtcp(self._keepalive)

    def state(self, now: float) -> tuple[SourceState, SourceWhy]:
        """The state of its source, and the cause."""
        if self.source is None:
            return "absent", "left"
        if self._silence(now) > ABSENT_AFTER_S:
            return "absent", "unreachable"
        state, why = self.source.state(now)
        if state != "live" and now - self.connection.too_large_at < TOO_LARGE_HOLD_S:
            return "stalled", "too-large"
        return state, why

    def close(self) -> None:
        """Remove it from the packet path."""
        self.destination.stop()
        if self._sent:
            self.connection.on_rtp = ignore
            sent = self._sent
            self._sent = self.source = self.talk = None
            sent.close()

    def _silence(self, now: float) -> float:
        """Seconds since its last datagram; 0 before it is connected."""
        return now - self.connection.last_heard if self.connection.connected.is_set() else 0.0

    def _on_rtcp(self, data: bytes, now: float) -> None:
        parsed = rtcp.parse(data)
        if parsed.malformed:
            self.connection.drop("rtcp: broken")
        if self._sent:
            self._sent.on_rtcp(parsed.messages, now)
        self.destination.on_rtcp(parsed.messages, now)


def rtp_parameters_of(agreed: NegotiatedLine | None) -> RtpParameters | None:
    """The parameters of a stream that the peer sends, from its m-line."""
    if agreed is None:
        return None
    return RtpParameters(
        codecs={codec.payload_type: codec.name for codec in agreed.codecs},
        clock_rate=agreed.codecs[0].clock_rate,
        rtx_payload_types={rtx: payload_type for payload_type, rtx in agreed.rtx_types.items()},
        ssrcs=agreed.line.ssrcs,
        rtx_ssrcs=agreed.line.rtx_ssrcs if agreed.rtx_types else {},
        rids=agreed.rids,
        rid_id=agreed.extensions.get(RID),
        repaired_rid_id=agreed.extensions.get(REPAIRED_RID),
        audio_level_id=agreed.extensions.get(AUDIO_LEVEL),
        twcc_id=agreed.extensions.get(TRANSPORT_CC),
        mid=agreed.line.mid,
        mid_id=agreed.extensions.get(MID),
        nack="nack" in agreed.codecs[0].feedback,
    )


def slot_of(agreed: NegotiatedLine) -> VideoSlot | AudioSlot:
    """The slot of an m-line."""
    if agreed.line.kind == "audio":
        return AudioSlot(agreed.slot, agreed.ssrc, agreed.codecs[0].payload_type, _first_seq())
    abs_send_time_id = agreed.extensions.get(ABS_SEND_TIME)
    rtx = (
        RtxStream(agreed.rtx_ssrc, agreed.rtx_types, _first_seq(), abs_send_time_id)
        if agreed.rtx_types
        else None
    )
    return VideoSlot(
        agreed.slot,
        agreed.ssrc,
        {codec.name: codec.payload_type for codec in agreed.codecs},
        _first_seq(),
        rtx=rtx,
        abs_send_time_id=abs_send_time_id,
        playout_delay_id=agreed.extensions.get(PLAYOUT_DELAY),
    )


def _first_seq() -> int:
    # Below 32768: a receiver that loses the first packets must not miss the first wraparound (RFC 3711 section 3.3.1).
    return secrets.randbelow(0x8000)
