"""One source: the streams of one peer that feeds picture and sound.

SIGNATURES FIRST; the bodies follow.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bridge.engine import Health, LinkStats
from bridge.rtp.rtcp import Message


class Uplink(Protocol):
    """The way back to the peer that feeds a source."""

    def send_rtcp(self, data: bytes) -> None:
        """Send one plain RTCP compound; never raises, never blocks."""


@dataclass(frozen=True, slots=True)
class Stream:
    """What was negotiated for one stream that the peer sends."""

    payload_type: int
    clock_rate: int
    ssrc: int | None = None
    """From `a=ssrc` of the offer where there is one; else learned from the first packet."""
    nack: bool = True
    """`a=rtcp-fb:<pt> nack` was negotiated. Pass False for audio without it."""


class Source:
    """Everything known of one source. Make a new one for each peer that takes the source over."""

    name: str
    dropped: Counter[str]
    """Packets not used, by reason."""
    rtt: float | None
    """Round trip to the peer in seconds. Set it from the same peer's `Destination.rtt` at each tick."""

    def __init__(
        self,
        name: str,
        uplink: Uplink,
        *,
        video: Stream | None,
        audio: Stream | None,
        ssrc: int,
        cname: str,
        now: float,
        bitrate: int = 4_000_000,
    ) -> None:
        """`ssrc` and `cname` are ours, as the sender of reports to this peer."""
        raise NotImplementedError

    def on_rtp(self, data: bytes, now: float) -> None:
        """One plain RTP packet; whatever is wrong with it is counted in `dropped`. Never raises on bad input."""
        raise NotImplementedError

    def on_rtcp(self, messages: Sequence[Message], now: float) -> None:
        """The messages of one compound, as `bridge.rtp.rtcp.parse(data).messages` gives them."""
        raise NotImplementedError

    def tick(self, now: float) -> None:
        """Call every 20 to 50 ms: NACKs, keyframe requests, receiver reports, REMB."""
        raise NotImplementedError

    def request_keyframe(self, now: float) -> None:
        """Ask for a keyframe, at once or when the throttle allows, again until one comes."""
        raise NotImplementedError

    def health(self, now: float) -> Health:
        raise NotImplementedError

    def stats(self, now: float) -> LinkStats:
        raise NotImplementedError

    def close(self) -> None:
        """Let go of every slot; each keeps its place in its own timeline for the source that comes next."""
        raise NotImplementedError
