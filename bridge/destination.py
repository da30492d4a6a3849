"""One destination: the slots of one peer, and what is routed to them.

SIGNATURES FIRST; the bodies follow.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from bridge.engine import Feed, LinkStats
from bridge.rtp.clock import ProgramClock
from bridge.rtp.rtcp import Message
from bridge.source import Source


class Downlink(Protocol):
    """The way to the peer. Both calls take plain packets, never raise and never block."""

    def send_rtp(self, data: bytes) -> None: ...
    def send_rtcp(self, data: bytes) -> None: ...


class VideoSlot:
    """A receiving m-line with pictures. `name` is `program`, `second` or `view:<source>`."""

    def __init__(self, name: str, ssrc: int, payload_type: int, first_seq: int, clock_rate: int = 90_000) -> None:
        """`first_seq`: a random number below 32768."""


class AudioSlot:
    """A receiving m-line with sound. `name` is `mic1` to `mic4` or `talkback`."""

    def __init__(self, name: str, ssrc: int, payload_type: int, first_seq: int, clock_rate: int = 48_000) -> None:
        """`first_seq`: a random number below 32768."""


class Destination:
    """What one peer receives. Its slots are given once and stay."""

    rtt: float | None
    """Round trip in seconds by its last receiver report."""
    remb: int | None
    """What the peer says it can receive, in bit/s."""

    def __init__(
        self,
        peer: str,
        downlink: Downlink,
        clock: ProgramClock,
        slots: Sequence[VideoSlot | AudioSlot],
        *,
        cname: str,
        source: str | None = None,
    ) -> None:
        """`source` is the peer's own, which it never receives. `clock` may be one for all destinations."""
        raise NotImplementedError

    def apply(self, feed: Feed | None, sources: Mapping[str, Source], now: float) -> None:
        """Route the slots as `feed` says; None stops all. View slots show the source in their name.

        Call it at each `Engine.route` and whenever `sources` has changed: a name that is missing stops its slots,
        a new `Source` object under a known name takes them over on its first keyframe.

        Raises:
            RuntimeError: the feed holds the peer's own source, a fault of the routing; nothing has changed.
        """
        raise NotImplementedError

    def on_rtcp(self, messages: Sequence[Message], now: float) -> None:
        """The messages of one compound: NACK, PLI, FIR, receiver reports, REMB."""
        raise NotImplementedError

    def tick(self, now: float) -> None:
        """Call every 20 to 50 ms: sender reports, waiting takes."""
        raise NotImplementedError

    def stats(self, now: float) -> LinkStats:
        raise NotImplementedError

    def close(self) -> None:
        """Let go of every source."""
        raise NotImplementedError
