"""Which m-line of an offer carries what: decided once, when a peer joins, and true until it leaves.

The first video and the first audio line in which the peer would send are its source's. The lines in which it
would receive are its slots, each kind in its own order: programme, second picture, then the small ones; the
microphones, then talkback. A peer may bring fewer lines than there are slots, or none. Lines beyond are
answered inactive.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from bridge.engine import MICS, PROGRAM, SECOND, TALKBACK, OfferError, PeerSpec, multiview
from bridge.sdp import Codec, MediaLine, Offer

CODECS = {"video": ("vp8", 90_000), "audio": ("opus", 48_000)}
"""What the house speaks: every browser has it, and a cut need not change it."""


class Use(Enum):
    """What becomes of an m-line."""

    REFUSED = auto()
    """It is stopped, or neither sound nor picture."""
    IDLE = auto()
    FEEDS = auto()
    """The peer sends its source in it."""
    SHOWS = auto()
    """The peer receives a slot in it."""


@dataclass(frozen=True, slots=True)
class Lane:
    """One m-line and its use."""

    line: MediaLine
    use: Use
    codec: Codec | None = None
    slot: str = ""
    """The slot it shows."""
    ssrc: int = 0
    """Ours, of the stream it shows."""


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
            (lane.line.mid, lane.line.kind, lane.use, lane.slot, lane.codec and lane.codec.payload_type)
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
    taken = {ssrc for line in offer.lines for ssrc in line.ssrcs} | {0}
    lanes: list[Lane] = []
    for line in offer.lines:
        if line.stopped or line.kind not in CODECS:
            lanes.append(Lane(line, Use.REFUSED))
        elif line.sends and line.kind in unfed:
            unfed.remove(line.kind)
            lanes.append(Lane(line, Use.FEEDS, _codec(line)))
        elif line.receives and waiting[line.kind]:
            while (ssrc := new_ssrc()) in taken:
                pass
            taken.add(ssrc)
            lanes.append(Lane(line, Use.SHOWS, _codec(line), waiting[line.kind].pop(0), ssrc))
        else:
            lanes.append(Lane(line, Use.IDLE, line.codec(*CODECS[line.kind])))
    if len(unfed) == len(CODECS):
        raise OfferError(
            f"the offer sends nothing, but is to feed source {spec.source}; expected an m-line with a=sendonly"
        )
    return Layout(tuple(lanes))


def _codec(line: MediaLine) -> Codec:
    name, rate = CODECS[line.kind]
    codec = line.codec(name, rate)
    if codec is None:
        raise OfferError(
            f"the m-line with mid {line.mid} offers no {name}/{rate}, which every browser can do"
        )
    return codec
