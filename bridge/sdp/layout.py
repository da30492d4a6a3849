"""Which m-line of an offer carries what: decided once, when a peer joins, and true until it leaves.

The first video and the first audio line in which the peer would send are its source's. The lines in which it
would receive are its slots, each kind in its own order: programme, second picture, then the small ones; the
microphones, then talkback. A peer may bring fewer lines than there are slots, or none. Lines beyond are
answered inactive.

In a line all codecs of the house are agreed on that it offers, so that a slot can go from a VP8 source to an
H.264 one without a word; what a peer sends is its own first choice among them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

from bridge.engine import MICS, PROGRAM, SECOND, TALKBACK, OfferError, PeerSpec, multiview
from bridge.sdp.mline import Codec, MediaLine
from bridge.sdp.offer import Offer

CODECS = {"video": {"vp8": 90_000, "h264": 90_000}, "audio": {"opus": 48_000}}
"""What the house speaks, and its clock rates. Every browser has all three."""
EXPECTED = {
    "video": "VP8 and H.264 (constrained baseline, packetization-mode=1); every browser can do one of them",
    "audio": "opus/48000, which every browser can do",
}
CONSTRAINED_BASELINE = {0x42: (0x4F, 0x40), 0x4D: (0x8F, 0x80), 0x58: (0xCF, 0xC0)}
"""profile_idc to (mask, value) of profile-iop, of every way to write it (RFC 6184 table 5)."""

MID = "urn:ietf:params:rtp-hdrext:sdes:mid"
RID = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"
REPAIRED_RID = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id"
LEVEL = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"
ABS_SEND_TIME = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"
"""Browsers send and follow REMB only with it."""
PLAYOUT_DELAY = "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay"
"""By it a picture says how long it may be kept back before it is shown."""
NUMBER = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"
"""A number for each packet of the connection, by which the bridge tells when it came."""

BEST, SMALL = "h", "l"
"""The rids of the house: 1280x720 and 320x180."""


class Use(Enum):
    """What becomes of an m-line."""

    REFUSED = auto()
    """It is stopped, or neither sound nor picture."""
    IDLE = auto()
    FEEDS = auto()
    """The peer sends its source in it."""
    SHOWS = auto()
    """The peer receives a slot in it."""


# Never agreed to: video-orientation, or the sender would leave its pictures lying on their side and trust in the
# extension, which a slot does not pass on; transport-wide numbers where the peer receives: it would send no REMB then.
EXTENSIONS: Mapping[tuple[Use, str], tuple[str, ...]] = {
    (Use.FEEDS, "video"): (MID, ABS_SEND_TIME, NUMBER),
    (Use.FEEDS, "audio"): (MID, ABS_SEND_TIME, NUMBER, LEVEL),
    (Use.SHOWS, "video"): (ABS_SEND_TIME, PLAYOUT_DELAY),
}
"""Header extensions that are agreed to where they are offered; layers need their own besides."""


@dataclass(frozen=True, slots=True)
class Lane:
    """One m-line and its use."""

    line: MediaLine
    use: Use
    codecs: tuple[Codec, ...] = ()
    """Agreed on, the peer's first choice first; none only in a line that carries nothing."""
    repairs: Mapping[int, int] = field(default_factory=dict)
    """Payload type to that of its repair stream (RFC 4588)."""
    layers: tuple[str, ...] = ()
    """Rids agreed on, best first; none where a single encoding is sent."""
    extensions: Mapping[str, int] = field(default_factory=dict)
    """Header extensions agreed on: URI to id."""
    slot: str = ""
    """The slot it shows."""
    ssrc: int = 0
    """Ours, of the stream it shows."""
    repair_ssrc: int = 0
    """Ours, of its repair stream; 0 where nothing is repaired."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Every m-line of an offer, in its order."""

    lanes: tuple[Lane, ...]

    def feed(self, kind: str) -> Lane | None:
        """The line in which the peer sends its picture or its sound."""
        return next((lane for lane in self.lanes if lane.use is Use.FEEDS and lane.line.kind == kind), None)

    @property
    def shown(self) -> tuple[Lane, ...]:
        """The lines with slots."""
        return tuple(lane for lane in self.lanes if lane.use is Use.SHOWS)

    @property
    def shape(self) -> tuple[tuple[object, ...], ...]:
        """What must not change while the peer stays."""
        return tuple(
            (
                *(lane.line.mid, lane.line.kind, lane.use, lane.slot, lane.layers),
                *({c.payload_type: c.name for c in lane.codecs}, lane.repairs, lane.extensions),
            )
            for lane in self.lanes
        )


def lay_out(offer: Offer, spec: PeerSpec, new_ssrc: Callable[[], int]) -> Layout:
    """Give every m-line its use; `new_ssrc` makes 32-bit numbers at random.

    Raises:
        OfferError: a line that is needed has no codec of the house, or a source is to be fed and nothing is
        sent.
    """
    waiting = {
        "video": [PROGRAM, SECOND, *map(multiview, spec.multiview)],
        "audio": [*MICS, TALKBACK],
    }
    unfed = set(CODECS) if spec.source is not None else set()
    taken = {ssrc for line in offer.lines for ssrc in (*line.ssrcs, *line.repair_ssrcs)} | {0}

    def fresh() -> int:
        while (ssrc := new_ssrc()) in taken:
            pass
        taken.add(ssrc)
        return ssrc

    lanes: list[Lane] = []
    for line in offer.lines:
        if line.stopped or line.kind not in CODECS:
            lanes.append(Lane(line, Use.REFUSED))
        elif line.sends and line.kind in unfed:
            unfed.remove(line.kind)
            lanes.append(_feeding(line))
        elif line.receives and waiting[line.kind]:
            lanes.append(_showing(line, waiting[line.kind].pop(0), fresh))
        else:
            lanes.append(Lane(line, Use.IDLE, _codecs(line)[:1]))
    if len(unfed) == len(CODECS):
        raise OfferError(
            f"the offer sends nothing, but is to feed source {spec.source}; expected an m-line with a=sendonly"
        )
    return Layout(tuple(lanes))


def _feeding(line: MediaLine) -> Lane:
    codecs = _needed(line)
    repairs = _repairs(line, codecs)
    layers = _layers(line)
    uris = EXTENSIONS[Use.FEEDS, line.kind] + ((RID, REPAIRED_RID) if layers else ())
    return Lane(line, Use.FEEDS, codecs, repairs, layers, _extensions(line, uris, not_for="recvonly"))


def _showing(line: MediaLine, slot: str, new_ssrc: Callable[[], int]) -> Lane:
    codecs = _needed(line)
    repairs = _repairs(line, codecs)
    uris = EXTENSIONS.get((Use.SHOWS, line.kind), ())
    return Lane(
        line,
        Use.SHOWS,
        codecs,
        repairs,
        extensions=_extensions(line, uris, not_for="sendonly"),
        slot=slot,
        ssrc=new_ssrc(),
        repair_ssrc=new_ssrc() if repairs else 0,
    )


def _needed(line: MediaLine) -> tuple[Codec, ...]:
    codecs = _codecs(line)
    if not codecs:
        raise OfferError(f"the m-line with mid {line.mid} offers none of {EXPECTED[line.kind]}")
    return codecs


def _codecs(line: MediaLine) -> tuple[Codec, ...]:
    """Of each codec of the house the first that fits, in the offerer's order."""
    found: dict[str, Codec] = {}
    for codec in line.codecs:
        if CODECS[line.kind].get(codec.name) == codec.clock_rate and _fits(codec):
            found.setdefault(codec.name, codec)
    return tuple(found.values())


def _fits(codec: Codec) -> bool:
    """Whether any receiver that offers the codec can show it: of H.264, only what all of them have."""
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


def _repairs(line: MediaLine, codecs: tuple[Codec, ...]) -> dict[int, int]:
    """Sound has no repair stream: what of it is asked for goes out again as it was."""
    asked = (codec for codec in codecs if line.kind == "video" and "nack" in codec.feedback)
    return {codec.payload_type: rtx.payload_type for codec in asked if (rtx := line.repair(codec))}


def _layers(line: MediaLine) -> tuple[str, ...]:
    """Two layers, or none: those of the house if they are there, else the offerer's first and last choice.

    Without its header extension a packet would not say of which layer it is.
    """
    if len(line.layers) < 2 or not _extensions(line, [RID], not_for="recvonly"):
        return ()
    if {BEST, SMALL} <= set(line.layers):
        return BEST, SMALL
    return line.layers[0], line.layers[-1]


def _extensions(line: MediaLine, uris: Sequence[str], *, not_for: str) -> dict[str, int]:
    """Those of `uris` that are offered, but not for the other direction only."""
    return {
        uri: line.extensions[uri].id
        for uri in uris
        if uri in line.extensions and line.extensions[uri].direction not in (not_for, "inactive")
    }
