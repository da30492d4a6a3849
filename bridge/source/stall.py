"""Whether a stream has stalled: no packets come, although its sender has something to show. And how often it did."""

from __future__ import annotations

import math

STALL_S = 0.3
"""Seconds without a packet after which a stream has stalled."""
STALL_FRAMES = 2.5
"""Or that many frames, if they take longer: a dim camera sends five a second, and one may be late."""
SCREEN_STALL_S = 2.5
"""Seconds without a packet after which a shared screen has stalled. Chromium repeats the frame of a screen that stands
once a second (measured: 0.95 to 1.1 s), from one frame to the next. An unreachable peer is detected as soon."""
MAX_FRAME_INTERVAL_S = 1.0
"""Longer intervals count as this in the mean. The camera may have paused."""
SPARSE_INTERVAL_S = 0.4
"""Mean interval from which on the stream is a shared screen or a slide, which sends frames when it changes. Then a
sender report decides whether anything was sent. A stopped camera is detected without one, and sooner."""
SENDER_REPORT_TTL_S = 6.0
"""Browsers send one a second, others every 5 s (RFC 3550 section 6.2)."""


class StallDetector:
    """The recent activity of one stream. All times are monotonic seconds."""

    __slots__ = ("_all_received_at", "_frame_interval", "_undelivered", "is_screen", "last_packet_at")

    def __init__(self, now: float) -> None:
        self.is_screen = False
        """Whether it is a shared screen, which may stand still at any time."""
        self.last_packet_at = now
        """When the last packet with a payload came; before the first, when the stream was set up."""
        self._frame_interval = 0.0
        self._undelivered = 0
        """Packets sent but not received, by the last sender report."""
        self._all_received_at = -math.inf
        """When a sender report confirmed that all packets sent since the report before have arrived."""

    def on_frame(self, interval: float) -> None:
        """A frame came `interval` seconds after the one before, by the sender's clock, which excludes jitter."""
        interval = min(interval, MAX_FRAME_INTERVAL_S)
        mean = self._frame_interval
        self._frame_interval = mean + (interval - mean) / 8 if mean else interval

    def on_sender_report(self, sent: int, received: int, now: float) -> None:
        """A sender report came: `sent` packets in all, of which `received` have arrived."""
        undelivered = (sent - received) & 0xFFFF_FFFF
        self._all_received_at = now if undelivered == self._undelivered else -math.inf
        self._undelivered = undelivered

    @property
    def timeout(self) -> float:
        """Seconds without a packet after which the stream has stalled, by its frame rate."""
        return max(SCREEN_STALL_S if self.is_screen else STALL_S, STALL_FRAMES * self._frame_interval)

    def is_stalled(self, now: float) -> bool:
        """Whether no packets come although there should be some."""
        return now - self.last_packet_at > self.timeout and not self._is_idle(now)

    def is_still(self, now: float) -> bool:
        """Whether the last picture stays on since its sender has sent no change for a while."""
        return now - self.last_packet_at > MAX_FRAME_INTERVAL_S and not self.is_stalled(now)

    def _is_idle(self, now: float) -> bool:
        is_sparse = (
            self.is_screen or self._frame_interval >= SPARSE_INTERVAL_S or not self._frame_interval
        )  # or only one frame came
        is_confirmed = self._all_received_at >= self.last_packet_at
        return is_sparse and is_confirmed and now - self._all_received_at <= SENDER_REPORT_TTL_S


class StallCounter:
    """How often a source stalled, and for how long."""

    def __init__(self) -> None:
        self.count = 0
        self._since: float | None = None
        """Of the current stall: when the last packet before it came."""
        self._last_duration: float | None = None

    def update(self, is_stalled: bool, last_packet_at: float) -> None:
        """Call it at every tick."""
        if is_stalled and self._since is None:
            self.count += 1
            self._since = last_packet_at
        elif not is_stalled and self._since is not None:
            self._last_duration = max(last_packet_at - self._since, 0.0)
            self._since = None

    def last_duration_s(self, now: float) -> float | None:
        """Seconds of the last stall, or of the current one so far; None: there was none."""
        return self._last_duration if self._since is None else now - self._since
