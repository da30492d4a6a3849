"""Where the two halves meet: all that a control plane needs to know of the media plane.

A *peer* is one connection of one browser or headless room. It may feed one *source* and it receives in *slots*, which
are laid out when it joins and stay as they are until it leaves: the programme, a second picture, four microphones,
talkback, and for a moderator one small picture a source. `route` says which source each slot shows; how a slot gets
from one source to the next without a seam is the engine's affair.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

PROGRAM = "program"
SECOND = "second"
MICS = ("mic1", "mic2", "mic3", "mic4")
TALKBACK = "talkback"
SLATE = "slate"
"""What a slot is routed to that is to show the holding picture. With it, and no open microphone, comes silence."""


def multiview(source: str) -> str:
    """The slot in which a moderator sees `source` in small."""
    return f"view:{source}"


class Health(StrEnum):
    """What the media plane knows of a source."""

    ABSENT = "absent"
    """No peer feeds it."""
    CONNECTING = "connecting"
    """A peer has joined, no picture yet."""
    LIVE = "live"
    STALLED = "stalled"
    """It cannot be shown now: its packets have stopped, or no keyframe of it comes."""


class Why(StrEnum):
    """What made a source's health what it is."""

    JOINED = "joined"
    """A peer has offered; nothing is wrong."""
    FLOWS = "flows"
    """Its packets come."""
    SILENT = "silent"
    """No packet of its picture for 300 ms, or 2.5 frames of a slow camera; where it has none, of its sound for 1 s."""
    NO_KEYFRAME = "no-keyframe"
    """Packets come, but none that a picture can begin with, though it was asked for."""
    TOO_LARGE = "too-large"
    """Its packets are larger than can be sent on, so they are dropped."""
    UNREACHABLE = "unreachable"
    """Nothing at all comes from its peer, which may come back."""
    LEFT = "left"
    """No peer feeds it any more."""


@dataclass(frozen=True, slots=True)
class PeerSpec:
    """Who joins. `peer` is unique a connection; a second peer for one `source` takes it over when it is live, and the
    first has it again when the second goes."""

    peer: str
    source: str | None
    """The source it feeds, if any."""
    multiview: Sequence[str] = ()
    """Sources it wants in small, in the order of its m-lines."""
    link: str = ""
    """Names the link by which it came. Peers of one link share a bound on how many may be about to connect."""
    is_expendable: bool = False
    """Whether it goes before others when too many are about to connect: a viewer's or a stage display's, but not a
    hall's, a guest's or a moderator's."""


@dataclass(frozen=True, slots=True)
class Joined:
    """The answer to an offer."""

    sdp: str
    slots: Mapping[str, str]
    """mid to slot name, for every m-line in which this peer receives."""


@dataclass(frozen=True, slots=True)
class Feed:
    """What one peer is to receive."""

    program: str | None
    """A source, or `SLATE`; None: no picture."""
    second: str | None = None
    mics: tuple[str, ...] = ()
    """Open microphones, never the peer's own; what is beyond four is not carried."""


@dataclass(frozen=True, slots=True)
class LinkStats:
    """Figures of one source or one peer's downlink; None where nothing was measured yet."""

    rtt_ms: float | None = None
    loss: float | None = None
    """Fraction lost in the last report, 0 to 1."""
    kbps: float = 0.0
    jitter_ms: float | None = None
    packets: int = 0
    lost: int = 0
    keyframe_requests: int = 0
    repairs: int = 0
    """Packets sent again on request."""
    layer: str | None = None
    """The picture's layer: of a source the best that comes, of a peer the one its programme shows. A rid, "" where
    there is only one; None without a picture."""
    stalls: int = 0
    """How often it stood still for more than 300 ms; of a peer, how often it got a smaller layer for want of room."""
    last_stall_s: float | None = None
    """How long the last of these lasted, in seconds; None: there was none."""
    codec: str | None = None
    """Of a source: what its picture comes in, "VP8" or "H264"; None without a picture."""
    codec_wanted: str | None = None
    """Of a source: the codec that it should send, since a receiver needs it; None: any will do, or it has no choice."""
    is_still: bool = False
    """Of a source: its last picture stands, since nothing came that would change it, and nothing is wrong."""
    cannot_decode: tuple[str, ...] = ()
    """Of a peer: codecs of pictures that are routed to it and that it has not agreed on, so it is not sent them."""


@dataclass(frozen=True, slots=True)
class Card:
    """What stands on the slate."""

    title: str
    lines: tuple[str, ...] = ()
    """Below the title, in smaller letters."""
    note: str = ""
    """At the foot: what is wrong, if something is."""
    language: str = "en"
    """BCP 47: which glyphs are right where languages share a character."""


class OfferError(ValueError):
    """An offer that cannot be answered. The text says what is wrong with it."""


class Crowded(Exception):
    """Too many peers are about to connect. Nothing is wrong with the offer; the same one may be answered in a few
    seconds, and the text says so."""


class Engine(Protocol):
    """The media plane."""

    on_health: Callable[[str, Health, Why], None] | None
    """Called with (source, health, why) on the event loop at each change of health."""
    on_levels: Callable[[Mapping[str, float]], None] | None
    """Called ten times a second with the loudest level of each source's microphone since the last time, in dBov: 0 is
    full scale, -127 silence (RFC 6464). A source whose packets tell no level is left out."""
    on_left: Callable[[str], None] | None
    """Called with a peer's name when it has gone by itself, or had to go because too many were about to connect."""

    async def join(self, spec: PeerSpec, offer: str) -> Joined:
        """Answer `offer` (SDP). The same peer may offer again: an ICE restart, its slots stay.

        Raises:
            OfferError: the offer is not one this engine can answer; nothing has changed.
            Crowded: too many others are about to connect; nothing has changed.
        """
        ...

    async def leave(self, peer: str) -> None:
        """Let go of a peer; unknown names are ignored."""
        ...

    def health_of(self, peer: str) -> Health | None:
        """What comes from one peer, whether or not its source is the one that is shown; None for one that has left."""
        ...

    def route(self, feeds: Mapping[str, Feed]) -> None:
        """Say for every peer what it is to receive from now on. Peers not named receive nothing.

        Pictures change when the new source's keyframe is there and not before; sound changes at once.
        """
        ...

    def arm(self, sources: Collection[str]) -> None:
        """Say which sources may be put on air in a moment; the others are disarmed.

        Of an armed source a keyframe is always at hand, so that a cut to it is on the wire at once.
        """
        ...

    def slate(self, card: Card) -> None:
        """Say what stands on the slate. It is drawn and encoded aside; the picture changes when that is done."""
        ...

    def stats(self) -> tuple[Mapping[str, LinkStats], Mapping[str, LinkStats]]:
        """Figures by source and by peer."""
        ...

    async def close(self) -> None:
        """Let go of every peer and the port."""
        ...
