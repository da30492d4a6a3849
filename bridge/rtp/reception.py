"""What a receiver tells about a stream (RFC 3550 sections 6.4.1, A.3, A.8), and bit rates."""

from __future__ import annotations

from bridge.rtp.rtcp import ReportBlock


class Reception:
    """Loss and jitter of one run of a stream."""

    __slots__ = (
        "_base",
        "_expected_before",
        "_highest",
        "_jitter",
        "_rate",
        "_received_before",
        "_report",
        "_reported",
        "_transit",
        "expected",
        "fraction_lost",
        "received",
    )

    def __init__(self, rate: int) -> None:
        """`rate` in ticks a second."""
        self._rate = rate
        self._base: int | None = None
        self._highest = 0
        self.received = 0
        """Packets, duplicates not counted."""
        self.fraction_lost: float | None = None
        """0 to 1, between the last two reports; None before the first."""
        self.expected = 0
        """Packets that were to come between them."""
        self._expected_before = self._received_before = 0
        self._transit: float | None = None
        self._jitter = 0.0
        self._report = 0
        self._reported = 0.0

    @property
    def lost(self) -> int:
        """Packets lost since the run began."""
        return self._expected() - self.received

    @property
    def jitter(self) -> float:
        """Interarrival jitter in seconds."""
        return self._jitter / self._rate

    def came(self, index: int, timestamp: int, now: float) -> None:
        """A packet has come that had not come before."""
        if self._base is None:
            self._base = self._highest = index
        elif index > self._highest:
            self._highest = index
        elif index < self._base:
            self._base = index
        self.received += 1
        transit = now * self._rate - timestamp
        if self._transit is not None:
            moved = abs(transit - self._transit)
            if moved < 0x4000_0000:  # else the timestamp has wrapped
                self._jitter += (moved - self._jitter) / 16
        self._transit = transit

    def sender_report(self, middle: int, now: float) -> None:
        """A sender report came; `middle` are the middle 32 bits of its NTP time."""
        self._report, self._reported = middle, now

    def report(self, ssrc: int, now: float) -> ReportBlock:
        """The block for stream `ssrc`, which closes the interval that `fraction_lost` tells of."""
        expected = self._expected()
        self.expected = interval = expected - self._expected_before
        missed = interval - (self.received - self._received_before)
        self._expected_before, self._received_before = expected, self.received
        self.fraction_lost = max(0, missed) / interval if interval > 0 else 0.0
        delay = round((now - self._reported) * 65536) if self._report else 0
        return ReportBlock(
            ssrc,
            self.fraction_lost,
            self.lost,
            self._highest & 0xFFFF_FFFF,
            round(self._jitter),
            self._report,
            delay,
        )

    def _expected(self) -> int:
        return 0 if self._base is None else self._highest - self._base + 1


class Meter:
    """The bit rate of something counted in bytes, over the last whole second."""

    __slots__ = ("_bytes", "_since", "kbps")

    def __init__(self, now: float) -> None:
        self._since = now
        self._bytes = 0
        self.kbps = 0.0

    def read(self, total: int, now: float) -> float:
        """Kilobits a second; `total` is the count of bytes so far. Call it at least once a second."""
        passed = now - self._since
        if passed >= 1.0:
            self.kbps = (total - self._bytes) * 8 / passed / 1000
            self._since, self._bytes = now, total
        return self.kbps
