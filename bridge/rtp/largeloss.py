"""Recognises a path that loses every large packet and no others: its MTU is small, and it drops fragments.

The picture then stays broken, however often it is requested, and only its sender can help: by smaller packets.
"""

from __future__ import annotations

LARGE_PACKET_BYTES = 1216
"""Of a plain packet: the largest that the smallest path of IPv6 carries (1280), without 48 bytes for IP and UDP and 16
for the SRTP tag. Browsers send at most 1200."""
LARGE_LOSS_WINDOW_S = 5.0
"""Seconds over which sent and lost packets are compared."""
MIN_LARGE_PACKETS = 20
"""Sent in a window, or nothing is concluded from it."""
MAX_DEVIATION = 0.2
"""Of the lost packets from the large ones that were sent. A report covers other packets than those sent meanwhile."""
MAX_SMALL_SHARE = 0.1
"""Of small packets among the NACKed ones. Where the network is merely overloaded, it is that of the sent ones."""


class LargePacketLoss:
    """Of one peer. Times in monotonic seconds."""

    def __init__(self, now: float) -> None:
        self.is_found = False
        """As the last window has shown."""
        self._since = now
        self._sent_before = 0
        self._lost = 0.0
        self._nacked_large = self._nacked_small = 0

    def on_nack(self, size: int) -> None:
        """A packet of `size` bytes was NACKed, and is sent again."""
        if size > LARGE_PACKET_BYTES:
            self._nacked_large += 1
        else:
            self._nacked_small += 1

    def on_report(self, lost: float, large_sent: int, now: float) -> None:
        """`lost` packets were lost since the last report; `large_sent` large ones have been sent in all."""
        self._lost += lost
        if now - self._since < LARGE_LOSS_WINDOW_S:
            return
        large = large_sent - self._sent_before
        if large >= MIN_LARGE_PACKETS:
            is_all_large = self._nacked_small <= MAX_SMALL_SHARE * self._nacked_large
            is_as_many = abs(self._lost - large) <= MAX_DEVIATION * large
            self.is_found = is_as_many and is_all_large and self._nacked_large > 0
        elif large == 0:
            self.is_found = False
        self._since, self._sent_before, self._lost = now, large_sent, 0.0
        self._nacked_large = self._nacked_small = 0
