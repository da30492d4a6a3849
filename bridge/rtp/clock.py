"""Two clocks: the one that stamps everything sent, and the estimate of a sender's clock.

`ProgramClock` is linear in the bridge's own monotonic time and independent of all sources. Sender reports made from it
stay linear across every cut. Picture and sound of one destination share it, which keeps lips in sync.

`SourceClock` estimates when a packet of a source should have arrived: its capture time by the sender reports, plus the
median transit time. So a keyframe that took long on the path is not stamped late.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from statistics import median

from bridge.rtp.serial import distance32

NTP_UNIX_OFFSET_S = 2_208_988_800
"""Seconds from 1900 (NTP's era) to 1970: add it to Unix time for `ProgramClock`."""

MEDIAN_REPORTS = 7
"""Sender reports whose median is taken: three late ones do not move it."""
MIN_REPORTS = 3
"""With fewer reports the arrival of a packet is the better estimate."""
CLOCK_STEP_S = 1.0
"""A report off by more than this means that the sender's clock was set, not that a packet was late."""
MAX_LATE_S = 2.0
"""A packet estimated to be later than this has a wrong report or a wrong timestamp."""
MAX_EARLY_S = 0.1
"""The same for a packet that is early: jitter explains no more."""


class ProgramClock:
    """RTP timestamps of any rate, and NTP, for instants of the bridge's monotonic clock."""

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

    def ntp_middle(self, t: float) -> int:
        """The middle 32 bits of `ntp`, which report blocks return (RFC 3550 section 4): units of 1/65536 s."""
        return (self.ntp(t) >> 16) & 0xFFFF_FFFF


@dataclass(slots=True)
class _Mapping:
    """The last sender report of one stream."""

    ntp: float
    timestamp: int


class SourceClock:
    """The clock of one source (one CNAME) by its sender reports; picture and sound share it."""

    __slots__ = ("_mappings", "_offset", "_offsets", "_sampled_at")

    def __init__(self) -> None:
        self._mappings: dict[int, _Mapping] = {}
        self._offsets: deque[float] = deque(maxlen=MEDIAN_REPORTS)
        self._offset: float | None = None
        self._sampled_at: float | None = None

    def on_sender_report(self, ssrc: int, ntp: int, timestamp: int, now: float) -> None:
        """A sender report of stream `ssrc` came at `now`, with NTP (64 bits) and RTP timestamp."""
        sent = ntp / 0x1_0000_0000
        if sent <= 0:
            return  # "no wall clock" (RFC 3550 section 6.4.1); aiortc sends it before its first packet
        self._mappings[ssrc] = _Mapping(sent, timestamp)
        if now == self._sampled_at:
            return  # one sample per compound: the reports of picture and sound travelled in one datagram
        self._sampled_at = now
        sample = now - sent
        if self._offset is not None and abs(sample - self._offset) > CLOCK_STEP_S:
            self._offsets.clear()
        self._offsets.append(sample)
        self._offset = median(self._offsets) if len(self._offsets) >= MIN_REPORTS else None

    def forget(self, ssrc: int) -> None:
        """Stream `ssrc` has ended; a later one with that SSRC starts anew."""
        self._mappings.pop(ssrc, None)

    def expected_arrival(self, ssrc: int, timestamp: int, rate: int, arrival: float) -> float | None:
        """When the packet stamped `timestamp` should have arrived, in monotonic seconds.

        None if the reports give no estimate, or one that the actual `arrival` makes implausible.
        """
        mapping = self._mappings.get(ssrc)
        if mapping is None or self._offset is None:
            return None
        expected = mapping.ntp + distance32(timestamp, mapping.timestamp) / rate + self._offset
        return expected if arrival - MAX_LATE_S <= expected <= arrival + MAX_EARLY_S else None
