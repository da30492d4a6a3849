"""Two clocks: the one that everything sent is stamped by, and what is known of a sender's.

`ProgramClock` is linear in the bridge's own monotonic time and knows nothing of sources, so sender reports
made from it stay linear across every cut, and picture and sound of one destination share it: lips stay in
sync by construction.

`SourceClock` says when a packet of a source was *due* here: its capture instant by the source's sender
reports, plus the median way to us. A keyframe that took long on the wire is therefore not stamped late.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from statistics import median

from bridge.rtp.serial import distance32

NTP_UNIX = 2_208_988_800
"""Seconds from 1900 (NTP's era) to 1970: add it to Unix time for `ProgramClock`."""

WINDOW = 7
"""Sender reports whose median is taken: three may be late without moving it."""
ENOUGH = 3
"""Below this many reports the arrival of a packet is the better guess."""
STEP = 1.0
"""Seconds. A report off by more than this tells of a clock that was set, not of a late packet."""
LATE = 2.0
"""Seconds. A packet said to be older than this when it arrives has a wrong report, or a wrong timestamp."""
EARLY = 0.1
"""Seconds. Likewise for one from the future: beyond what jitter explains."""


class ProgramClock:
    """The bridge's clock as the wire shows it: RTP timestamps of any rate, and NTP."""

    __slots__ = ("_epoch", "_ntp", "_offset")

    def __init__(self, now: float, ntp: float, offset: int = 0) -> None:
        """`now` is monotonic seconds, `ntp` seconds since 1900 at that instant, `offset` 32 random bits."""
        self._epoch = now
        self._ntp = ntp
        self._offset = offset

    def timestamp(self, t: float, rate: int) -> int:
        """The RTP timestamp of instant `t` at `rate` ticks a second, 32 bits."""
        return (self._offset + round((t - self._epoch) * rate)) & 0xFFFF_FFFF

    def ntp(self, t: float) -> int:
        """Instant `t` as a 64-bit NTP timestamp: seconds since 1900 in units of 2^-32."""
        return int((self._ntp + (t - self._epoch)) * 0x1_0000_0000) & 0xFFFF_FFFF_FFFF_FFFF

    def middle(self, t: float) -> int:
        """The middle 32 bits of `ntp`: what reports echo (RFC 3550 section 4), units of 1/65536 s."""
        return (self.ntp(t) >> 16) & 0xFFFF_FFFF


@dataclass(slots=True)
class _Mapping:
    """The last sender report of one stream."""

    ntp: float
    timestamp: int


class SourceClock:
    """What the sender reports of one source (one CNAME) tell; picture and sound share it."""

    __slots__ = ("_mappings", "_offset", "_offsets", "_reported")

    def __init__(self) -> None:
        self._mappings: dict[int, _Mapping] = {}
        self._offsets: deque[float] = deque(maxlen=WINDOW)
        self._offset: float | None = None
        self._reported: float | None = None

    def report(self, ssrc: int, ntp: int, timestamp: int, now: float) -> None:
        """A sender report of stream `ssrc` came at `now`, with NTP (64 bits) and RTP timestamp."""
        sent = ntp / 0x1_0000_0000
        if sent <= 0:
            return  # "no wall clock" (RFC 3550 section 6.4.1); aiortc sends it before its first packet
        self._mappings[ssrc] = _Mapping(sent, timestamp)
        if now == self._reported:
            return  # one sample a compound: picture and sound in one datagram travelled together
        self._reported = now
        sample = now - sent
        if self._offset is not None and abs(sample - self._offset) > STEP:
            self._offsets.clear()
        self._offsets.append(sample)
        self._offset = median(self._offsets) if len(self._offsets) >= ENOUGH else None

    def forget(self, ssrc: int) -> None:
        """Stream `ssrc` is gone; a later one of that number starts anew."""
        self._mappings.pop(ssrc, None)

    def due(self, ssrc: int, timestamp: int, rate: int, arrival: float) -> float:
        """When the packet stamped `timestamp` was due here, in our monotonic seconds.

        `arrival` where reports say nothing yet, or nothing believable.
        """
        believed = self.believed(ssrc, timestamp, rate, arrival)
        return arrival if believed is None else believed

    def believed(self, ssrc: int, timestamp: int, rate: int, arrival: float) -> float | None:
        """Like `due`, but None where reports say nothing."""
        mapping = self._mappings.get(ssrc)
        if mapping is None or self._offset is None:
            return None
        due = mapping.ntp + distance32(timestamp, mapping.timestamp) / rate + self._offset
        return due if arrival - LATE <= due <= arrival + EARLY else None
