"""Where the two halves meet: all that a control plane needs to know of the media plane.

A *peer* is one connection of one browser or headless room. It may feed one *source* and it receives in *slots*, which
are laid out when it joins and stay as they are until it leaves: the programme, a second picture, four microphones,
talkback, and for a moderator one small picture a source. `route` says which source each slot shows; how a slot gets
from one source to the next without a seam is the engine's affair.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

PROGRAM = "program"
SECOND = "second"
MICS = ("mic1", "mic2", "mic3", "mic4")
TALKBACK = "talkback"


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
    """Its peer is there, but its packets have stopped."""


@dataclass(frozen=True, slots=True)
class PeerSpec:
    """Who joins. `peer` is unique a connection; a second peer for one `source` takes it over when it is live, and the
    first has it again when the second goes."""

    peer: str
    source: str | None
    """The source it feeds, if any."""
    multiview: Sequence[str] = ()
    """Sources it wants in small, in the order of its m-lines."""


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
    """None: no picture; the page shows its own holding card."""
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


class OfferError(ValueError):
    """An offer that cannot be answered. The text says what is wrong with it."""


class Engine(Protocol):
    """The media plane."""

    on_health: Callable[[str, Health], None] | None
    """Called with (source, health) on the event loop at each change."""
    on_left: Callable[[str], None] | None
    """Called with a peer's name when it has gone by itself."""

    async def join(self, spec: PeerSpec, offer: str) -> Joined:
        """Answer `offer` (SDP). The same peer may offer again: an ICE restart, its slots stay.

        Raises:
            OfferError: the offer is not one this engine can answer; nothing has changed.
        """
        ...

    async def leave(self, peer: str) -> None:
        """Let go of a peer; unknown names are ignored."""
        ...

    def route(self, feeds: Mapping[str, Feed]) -> None:
        """Say for every peer what it is to receive from now on. Peers not named receive nothing.

        Pictures change when the new source's keyframe is there and not before; sound changes at once.
        """
        ...

    def stats(self) -> tuple[Mapping[str, LinkStats], Mapping[str, LinkStats]]:
        """Figures by source and by peer."""
        ...

    async def close(self) -> None:
        """Let go of every peer and the port."""
        ...
