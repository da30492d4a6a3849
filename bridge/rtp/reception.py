"""Reception statistics of a stream (RFC 3550 sections 6.4.1, A.3, A.8), and bit rates."""

from __future__ import annotations

from bridge.rtp.rtcp import ReportBlock


class ReceptionStats:
    """Loss and jitter of one run of a stream."""

    __slots__ = (
        *("_expected_before", "_first", "_highest", "_jitter", "_last_sr", "_last_sr_at", "_rate"),
        *("_received_before", "_transit", "fraction_lost", "interval_expected", "received"),
    )

    def __init__(self, rate: int) -> None:
        """`rate` in ticks a second."""
        self._rate = rate
        self._first: int | None = None
        self._highest = 0
        self.received = 0
        """Packets, without duplicates."""
        self.fraction_lost: float | None = None
        """0 to 1, between the last two reports; None before the first."""
        self.interval_expected = 0
        """Packets expected between the last two reports."""
        self._expected_before = self._received_before = 0
        self._transit: float | None = None
        self._jitter = 0.0
        self._last_sr = 0
        self._last_sr_at = 0.0

    @property
    def lost(self) -> int:
        """Packets lost since the run began."""
        return self._expected() - self.received

    @property
    def jitter(self) -> float:
        """Interarrival jitter in seconds."""
        return self._jitter / self._rate

    def on_packet(self, index: int, timestamp: int, now: float) -> None:
        """A packet that is no duplicate has come."""
        if self._first is None:
            self._first = self._highest = index
        elif index > self._highest:
            self._highest = index
        elif index < self._first:
            self._first = index
        self.received += 1
        transit = now * self._rate - timestamp
        if self._transit is not None:
            change = abs(transit - self._transit)
            if change < 0x4000_0000:  # otherwise the timestamp has wrapped
                self._jitter += (change - self._jitter) / 16
        self._transit = transit

    def on_sender_report(self, ntp_middle: int, now: float) -> None:
        """A sender report came; `ntp_middle` is the middle 32 bits of its NTP time."""
        self._last_sr, self._last_sr_at = ntp_middle, now

    def build_report(self, ssrc: int, now: float) -> ReportBlock:
        """The report block for stream `ssrc`. It ends the interval of `fraction_lost`."""
        expected = self._expected()
        self.interval_expected = interval = expected - self._expected_before
        lost = interval - (self.received - self._received_before)
        self._expected_before, self._received_before = expected, self.received
        self.fraction_lost = max(0, lost) / interval if interval > 0 else 0.0
        return ReportBlock(
            ssrc,
            self.fraction_lost,
            self.lost,
            self._highest & 0xFFFF_FFFF,
            round(self._jitter),
            self._last_sr,
            round((now - self._last_sr_at) * 65536) if self._last_sr else 0,
        )

    def _expected(self) -> int:
        return 0 if self._first is None else self._highest - self._first + 1


class BitrateMeter:
    """The bit rate of a byte counter over the last whole second."""

    __slots__ = ("_bytes", "_since", "kbps")

    def __init__(self, now: float, total: int = 0) -> None:
        """`total` is the counter's value now."""
        self._since = now
        self._bytes = total
        self.kbps = 0.0

    def read(self, total: int, now: float) -> float:
        """Kilobits a second; `total` is the counter's value. Call it at least once a second."""
        passed = now - self._since
        if passed >= 1.0:
            self.kbps = (total - self._bytes) * 8 / passed / 1000
            self._since, self._bytes = now, total
        return self.kbps
