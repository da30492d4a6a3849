"""The bit rate a peer may send its picture at, if it makes no estimate of its own. The peer receives it by REMB.

Browsers estimate their path by transport-wide feedback (`bridge.rtp.twcc`). For other peers, headless rooms among them,
the loss decides: above a tenth the rate falls by half of the fraction lost, as senders do it themselves
(draft-ietf-rmcat-gcc-02 section 6); up to a fiftieth it grows; in between it stays.

Both were measured with a browser, 1280x720 over 60 ms round trip. By REMB, from aiortc's delay filter and the loss, it
gave up its high layer within 3 s at 5 % loss, for good; by the feedback it held 2.5 Mb/s at 30 frames a second. Without
loss REMB cost it the layer twice in 20 s on a busy machine. 15 s after an interruption of 1.5 s it had a third of the
bit rate back, with feedback all of it.
"""

from __future__ import annotations

MAX_BITRATE_BPS = 4_000_000
"""With less a browser stays below 720p."""
MIN_BITRATE_BPS = 300_000
"""A small picture needs less; below that no picture gets through."""
INCREASE_PER_S = 0.08
LOW_LOSS, HIGH_LOSS = 0.02, 0.1
"""Fractions lost."""
LOSS_SMOOTHING = 1 / 3
"""Weight of the last report. A second of a small picture is 50 packets: at 5 % loss it may well show 10 %."""


class RembEstimate:
    """The estimate for one peer."""

    def __init__(self, max_bitrate: int, now: float) -> None:
        self.bitrate = float(max_bitrate)
        """Bits a second."""
        self._max_bitrate = max_bitrate
        self._loss = 0.0
        self._updated_at = now

    def on_loss(self, fraction_lost: float, now: float) -> None:
        """Update the estimate by the fraction lost since the last call, 0 to 1."""
        passed, self._updated_at = now - self._updated_at, now
        self._loss += (fraction_lost - self._loss) * LOSS_SMOOTHING
        if self._loss > HIGH_LOSS:
            self.bitrate = max(self.bitrate * (1 - self._loss / 2), MIN_BITRATE_BPS)
        elif self._loss <= LOW_LOSS:
            self.bitrate = min(self.bitrate * (1 + INCREASE_PER_S * passed), self._max_bitrate)
