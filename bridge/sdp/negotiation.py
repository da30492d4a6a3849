"""Negotiation: the use of each m-line of an offer. It is decided when a peer joins and holds until the peer leaves.

The first video and the first audio m-line that the peer sends carry its source. The next audio m-line that it sends is
its talkback microphone, if it has one; without a source that is the first. Two microphones look alike in an offer, so
their order is all that tells them apart: where the picture's m-line shows that it is another one, the offer is refused,
since a talkback microphone must never be on air. The m-lines that it receives are its slots,
in order of their kind: pictures, multiview; microphones, interpretation, talkback, partner. A peer may offer fewer
m-lines than there are slots, or none. Further m-lines are answered as inactive.

An m-line gets every supported codec that it offers, so that a slot can cut from a VP8 source to an H.264 source without
renegotiation. A sender uses its own first choice of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

from bridge.engine import INTERPRETATION, MICS, PARTNER, PICTURES, TALKBACK, OfferError, PeerSpec, multiview
from bridge.sdp.mline import Codec, MediaLine
from bridge.sdp.offer import SdpOffer

CLOCK_RATES = {"video": {"vp8": 90_000, "h264": 90_000}, "audio": {"opus": 48_000}}
"""Clock rate of each supported codec, by kind. Every browser has all three."""
EXPECTED_CODECS = {
    "video": "VP8 and H.264 (constrained baseline, packetization-mode=1); every browser can do one of them",
    "audio": "opus/48000, which every browser can do",
}
CONSTRAINED_BASELINE = {0x42: (0x4F, 0x40), 0x4D: (0x8F, 0x80), 0x58: (0xCF, 0xC0)}
"""profile_idc to (mask, value) of profile-iop, for each way to write the profile (RFC 6184 table 5)."""

MID = "urn:ietf:params:rtp-hdrext:sdes:mid"
RID = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"
REPAIRED_RID = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id"
AUDIO_LEVEL = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"
ABS_SEND_TIME = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"
"""Browsers send and follow REMB only with it."""
PLAYOUT_DELAY = "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay"
"""Limits how long a receiver may delay a picture before it shows it."""
TRANSPORT_CC = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"
"""Numbers the packets of a connection. The bridge reports by this number when each arrived."""

PAGE_RIDS = ("h", "m", "l")
"""The simulcast layers that this product's pages send: 1280x720, 640x360 and 320x180. An older page sends no `m`."""


class LineUse(Enum):
    """The use of an m-line."""

    REJECTED = auto()
    """Port 0 was offered, or it is neither audio nor video."""
    INACTIVE = auto()
    SOURCE = auto()
    """The peer sends its source; or, without one, a picture by which it measures its path."""
    TALK = auto()
    """The peer sends its talkback microphone."""
    SLOT = auto()
    """The peer receives a slot."""


# Never accepted: video-orientation, since a sender then leaves its pictures unrotated and a slot does not forward the
# extension; and transport-cc where the peer receives, since it would then send no REMB.
EXTENSIONS: Mapping[tuple[LineUse, str], tuple[str, ...]] = {
    (LineUse.SOURCE, "video"): (MID, ABS_SEND_TIME, TRANSPORT_CC),
    (LineUse.SOURCE, "audio"): (MID, ABS_SEND_TIME, TRANSPORT_CC, AUDIO_LEVEL),
    (LineUse.TALK, "audio"): (MID, ABS_SEND_TIME, TRANSPORT_CC, AUDIO_LEVEL),
    (LineUse.SLOT, "video"): (ABS_SEND_TIME, PLAYOUT_DELAY),
}
"""Header extensions that are accepted if offered. Simulcast adds the two for rids."""


@dataclass(frozen=True, slots=True)
class NegotiatedLine:
    """One m-line and its use."""

    line: MediaLine
    use: LineUse
    codecs: tuple[Codec, ...] = ()
    """In the peer's order of preference. Empty only in a rejected or inactive m-line."""
    rtx_types: Mapping[int, int] = field(default_factory=dict)
    """Payload type to the payload type of its RTX stream (RFC 4588)."""
    rids: tuple[str, ...] = ()
    """Simulcast layers, best first. Empty without simulcast."""
    extensions: Mapping[str, int] = field(default_factory=dict)
    """Header extensions: URI to id."""
    slot: str = ""
    ssrc: int = 0
    """Of the slot's stream."""
    rtx_ssrc: int = 0
    """Of the slot's RTX stream; 0 without RTX."""


@dataclass(frozen=True, slots=True)
class NegotiatedMedia:
    """Every m-line of an offer, in its order."""

    lines: tuple[NegotiatedLine, ...]

    def source_line(self, kind: str) -> NegotiatedLine | None:
        """The m-line in which the peer sends its source's video or audio."""
        return next(
            (agreed for agreed in self.lines if agreed.use is LineUse.SOURCE and agreed.line.kind == kind),
            None,
        )

    @property
    def talk_line(self) -> NegotiatedLine | None:
        """The m-line of the peer's talkback microphone."""
        return next((agreed for agreed in self.lines if agreed.use is LineUse.TALK), None)

    @property
    def slot_lines(self) -> tuple[NegotiatedLine, ...]:
        """The m-lines with slots."""
        return tuple(agreed for agreed in self.lines if agreed.use is LineUse.SLOT)

    @property
    def fixed_part(self) -> tuple[tuple[object, ...], ...]:
        """All that must stay the same while the peer stays."""
        return tuple(
            (
                *(agreed.line.mid, agreed.line.kind, agreed.use, agreed.slot, agreed.rids),
                *({c.payload_type: c.name for c in agreed.codecs}, agreed.rtx_types, agreed.extensions),
            )
            for agreed in self.lines
        )


def negotiate(offer: SdpOffer, spec: PeerSpec, new_ssrc: Callable[[], int]) -> NegotiatedMedia:
    """Decide the use of every m-line. `new_ssrc` returns random 32-bit numbers.

    A peer that may talk and has no source may send one picture all the same. Nobody is shown it: its sender estimates
    its path by the feedback.

    Raises:
        OfferError: a needed m-line has no supported codec, the peer should send a source and offers no media, or the
            m-lines that it sends are in another order.
    """
    _check_order(offer, spec)
    free_slots = {
        "video": [*PICTURES, *map(multiview, spec.multiview)],
        "audio": [*MICS, *INTERPRETATION, TALKBACK, PARTNER],
    }
    missing_kinds = set(CLOCK_RATES) if spec.source is not None else set()
    lacks_talk = spec.talk is not None
    may_measure = spec.source is None and spec.talk is not None
    used_ssrcs = {ssrc for line in offer.lines for ssrc in (*line.ssrcs, *line.rtx_ssrcs)} | {0}

    def unused_ssrc() -> int:
        while (ssrc := new_ssrc()) in used_ssrcs:
            pass
        used_ssrcs.add(ssrc)
        return ssrc

    lines: list[NegotiatedLine] = []
    for line in offer.lines:
        if line.is_rejected or line.kind not in CLOCK_RATES:
            lines.append(NegotiatedLine(line, LineUse.REJECTED))
        elif line.is_sending and line.kind in missing_kinds:
            missing_kinds.remove(line.kind)
            lines.append(_sent_line(line, LineUse.SOURCE))
        elif line.is_sending and line.kind == "audio" and lacks_talk:
            lacks_talk = False
            lines.append(_sent_line(line, LineUse.TALK))
        elif may_measure and line.kind == "video" and line.is_sending and not line.is_receiving:
            may_measure = False
            lines.append(_sent_line(line, LineUse.SOURCE))
        elif line.is_receiving and free_slots[line.kind]:
            lines.append(_slot_line(line, free_slots[line.kind].pop(0), unused_ssrc))
        else:
            lines.append(NegotiatedLine(line, LineUse.INACTIVE, _codecs(line)[:1]))
    if len(missing_kinds) == len(CLOCK_RATES):
        raise OfferError(
            f"the offer sends no media, but should send source {spec.source}; expected an m-line with a=sendonly"
        )
    return NegotiatedMedia(tuple(lines))


def _check_order(offer: SdpOffer, spec: PeerSpec) -> None:
    """With two microphones, the picture is sent before both."""
    sent = [line for line in offer.lines if line.is_sending and not line.is_rejected]
    sounds = [line for line in sent if line.kind == "audio"]
    pictures = [line for line in sent if line.kind == "video"]
    if spec.source is None or spec.talk is None or len(sounds) < 2 or not pictures:
        return
    if sent.index(sounds[0]) < sent.index(pictures[0]):
        raise OfferError(
            f"the m-line with mid {sounds[0].mid} sends audio before the video with mid {pictures[0].mid}, so its "
            "microphone may be the talkback one; expected in this order: the source's video, its audio, the talkback "
            "audio"
        )


def _sent_line(line: MediaLine, use: LineUse) -> NegotiatedLine:
    codecs = _required_codecs(line)
    rids = _rids(line)
    uris = EXTENSIONS[use, line.kind] + ((RID, REPAIRED_RID) if rids else ())
    extensions = _extensions(line, uris, excluded="recvonly")
    return NegotiatedLine(line, use, codecs, _rtx_types(line, codecs), rids, extensions)


def _slot_line(line: MediaLine, slot: str, new_ssrc: Callable[[], int]) -> NegotiatedLine:
    codecs = _required_codecs(line)
    rtx_types = _rtx_types(line, codecs)
    uris = EXTENSIONS.get((LineUse.SLOT, line.kind), ())
    return NegotiatedLine(
        line,
        LineUse.SLOT,
        codecs,
        rtx_types,
        extensions=_extensions(line, uris, excluded="sendonly"),
        slot=slot,
        ssrc=new_ssrc(),
        rtx_ssrc=new_ssrc() if rtx_types else 0,
    )


def _required_codecs(line: MediaLine) -> tuple[Codec, ...]:
    codecs = _codecs(line)
    if not codecs:
        raise OfferError(f"the m-line with mid {line.mid} offers none of {EXPECTED_CODECS[line.kind]}")
    return codecs


def _codecs(line: MediaLine) -> tuple[Codec, ...]:
    """The first usable format of each supported codec, in the offer's order."""
    found: dict[str, Codec] = {}
    for codec in line.codecs:
        if CLOCK_RATES[line.kind].get(codec.name) == codec.clock_rate and _is_usable(codec):
            found.setdefault(codec.name, codec)
    return tuple(found.values())


def _is_usable(codec: Codec) -> bool:
    """Whether every receiver of the codec can decode it. Of H.264 that is constrained baseline in packetization mode
    1."""
    if codec.name != "h264":
        return True
    level = codec.parameters.get("profile-level-id", "")
    if len(level) != 6:
        return False
    try:
        profile, constraints, _level = bytes.fromhex(level)
    except ValueError:
        return False
    mask, value = CONSTRAINED_BASELINE.get(profile, (0, -1))
    return constraints & mask == value and codec.parameters.get("packetization-mode") == "1"


def _rtx_types(line: MediaLine, codecs: tuple[Codec, ...]) -> dict[int, int]:
    """Audio has no RTX stream: its packets are retransmitted unchanged."""
    with_nack = (codec for codec in codecs if line.kind == "video" and "nack" in codec.feedback)
    return {codec.payload_type: rtx.payload_type for codec in with_nack if (rtx := line.rtx_for(codec))}


def _rids(line: MediaLine) -> tuple[str, ...]:
    """Two or three layers or none: this product's own if offered, else the first, a middle one and the last.

    Without the RID header extension a packet would not say which layer it belongs to.
    """
    offered = line.rids
    if len(offered) < 2 or not _extensions(line, [RID], excluded="recvonly"):
        return ()
    if {PAGE_RIDS[0], PAGE_RIDS[-1]} <= set(offered):
        return tuple(rid for rid in PAGE_RIDS if rid in offered)
    return (offered[0], *offered[len(offered) // 2 : -1][:1], offered[-1])


def _extensions(line: MediaLine, uris: Sequence[str], *, excluded: str) -> dict[str, int]:
    """Those of `uris` that are offered, and not for the `excluded` direction alone."""
    return {
        uri: line.extensions[uri].id
        for uri in uris
        if uri in line.extensions and line.extensions[uri].direction not in (excluded, "inactive")
    }
