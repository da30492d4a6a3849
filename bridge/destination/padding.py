"""Padding for a peer that measures its line before it joins: how much of it is sent, and when.

What the peer receives besides is too little to say what its line carries. So padding fills that up to a bit rate which
grows, until the peer shows that its line is full or the maximum is reached. The peer counts what arrives. After a sign
of a full line the bit rate falls, so that the queue in front of the line drains, and then grows once more: the sign may
have come from a busy machine. It is over soon, since a full line also delays the feedback on what the peer sends.

The padding is packets of an RTX stream without a payload, as browsers send them to each other to find what a path
carries. No receiver decodes them.
"""

from __future__ import annotations

import math

from bridge.rtp.adaptation import MIN_WINDOW_PACKETS
from bridge.rtp.rtx import PADDING_PACKET_BYTES

MAX_PADDING_S = 6.0
"""Seconds for which one peer is sent padding at most. It has mostly ended after three or four."""
AT_MAX_S = 2.0
"""Seconds at the maximum, after which it ends: a page that reads what has arrived once a second has one whole second of
it, whenever it reads."""
MAX_FALLS = 2
"""Signs of a full line, after which it ends."""
MAX_BPS = 3_200_000.0
"""Of all that the peer is sent, encrypted and without the headers of UDP and IP. A programme's large picture takes up
to 2.5 Mb/s."""
FIRST_BPS = 800_000.0
MIN_BPS = 200_000.0
GROWTH = 1.5
GROWTH_INTERVAL_S = 0.2
"""Seconds between two steps of growth. The maximum is reached after 0.8 s."""
HOLD_S = 1.0
"""Seconds after a fall before the bit rate grows again: the queue drains, and the peer reports about once a second."""
MIN_OVERLOAD_RATIO = 0.9
"""Estimate (REMB) over the bit rate, below which a falling estimate means that the line is full. Receivers report 0.85
of what arrives on a full line."""
OVERLOAD_LOSS = 0.25
"""Fraction lost above which the line is full. A bad line that is not full loses less, and the page shows that loss."""
MAX_BURST_S = 0.1
"""Seconds of padding that are sent at once at most, after a moment in which the event loop was busy."""


class Padding:
    """The padding of one peer, from when it is connected."""

    __slots__ = (
        *("_at_max_s", "_bits", "_ends_at", "_estimate", "_falls"),
        *("_grows_at", "_held_until", "_octets", "_tick_at", "bitrate"),
    )

    def __init__(self, octets: int, now: float) -> None:
        """`octets`: sent to the peer so far, of everything else."""
        self.bitrate = FIRST_BPS
        """Bits a second of all that the peer is sent."""
        self._ends_at = now + MAX_PADDING_S
        self._grows_at = now + GROWTH_INTERVAL_S
        self._tick_at = self._held_until = now
        self._octets = octets
        self._bits = 0.0
        """That may be sent now."""
        self._estimate = math.inf
        self._at_max_s = 0.0
        self._falls = 0

    def is_over(self, now: float) -> bool:
        """Whether no more is sent, ever."""
        return now >= self._ends_at or self._at_max_s >= AT_MAX_S or self._falls >= MAX_FALLS

    def packets_due(self, octets: int, now: float) -> int:
        """How many packets to send now. `octets`: sent to the peer so far, of everything else."""
        if now >= self._grows_at:
            self._grows_at = now + GROWTH_INTERVAL_S
            self.bitrate = min(MAX_BPS, self.bitrate * GROWTH)
        passed, self._tick_at = min(MAX_BURST_S, now - self._tick_at), now
        if self.bitrate == MAX_BPS:
            self._at_max_s += passed
        self._bits += passed * self.bitrate - 8 * (octets - self._octets)
        self._octets = octets
        # A large keyframe is not made up for longer than that either.
        self._bits = max(-MAX_BURST_S * self.bitrate, self._bits)
        packets = max(0, int(self._bits // (8 * PADDING_PACKET_BYTES)))
        self._bits -= packets * 8 * PADDING_PACKET_BYTES
        return packets

    def on_estimate(self, bitrate: int, now: float) -> None:
        """The peer estimates that it can take `bitrate` bits a second."""
        if bitrate < self._estimate and bitrate < MIN_OVERLOAD_RATIO * self.bitrate:
            self._fall(bitrate, now)
        self._estimate = bitrate

    def on_loss(self, fraction_lost: float, expected: int, now: float) -> None:
        """A report came about the `expected` packets of padding since the report before."""
        if now < self._held_until:
            return  # they were sent before the bit rate fell
        if fraction_lost > OVERLOAD_LOSS and expected >= MIN_WINDOW_PACKETS:
            self._fall(self.bitrate * (1 - fraction_lost), now)

    def on_congestion(self, now: float) -> None:
        """The path is too slow, and has dropped packets: it is TCP, where nothing is lost."""
        if now >= self._held_until:
            self._fall(MIN_BPS, now)

    def _fall(self, bitrate: float, now: float) -> None:
        if now >= self._held_until:
            self._falls += 1
        self.bitrate = max(MIN_BPS, min(self.bitrate, bitrate))
        self._held_until = self._grows_at = now + HOLD_S
        self._at_max_s = 0.0
