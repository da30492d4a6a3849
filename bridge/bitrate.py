"""How much a peer may send of its picture, in bits a second: told to it by REMB, and decided here alone.

It may send all there is room for until something speaks against it. A browser begins with 0.3 Mb/s and rises by itself
as far as it may; held to what has come so far, as in a call of two, it would never start its high layer. What speaks
against it:

- the way's queue grows: packets come later and later against their times of sending (abs-send-time). aiortc's filter
  and detector tell (`aiortc.rate`, of webrtc.org). Then it is what came through, less 15 %.
- more than a tenth is lost: then less by half of what was lost, as senders do it by themselves (draft-ietf-rmcat-gcc-02
  section 6). A loss of up to a fiftieth is no sign; between the two it stays.

After that it rises by 8 % a second, but not while the queue runs dry.
"""

from __future__ import annotations

from collections.abc import Iterable

from aiortc.rate import BandwidthUsage, RemoteBitrateEstimator

from bridge.rtp.header import extension

MOST = 4_000_000
"""Less, and a browser stays below 720p."""
LEAST = 300_000
"""A small picture goes through less than that; below there is none to be had."""
DECREASE = 0.85
INCREASE = 0.08
PAUSE = 0.3
"""Seconds between two decreases: the sender is to have heard of the first, and the queue to have run dry."""
BURST = 2622
"""Units of 2^-18 s, together 10 ms: what was sent within it counts as one packet. Senders send in bursts, and the
filter is dear: fed with every packet it costs 11 µs for each, with bursts at 400 packets a second 3 µs."""
FORGOTTEN = 2.0
"""Seconds without packets after which nothing said before counts."""
TOLERATED, HEAVY = 0.02, 0.1
"""Fractions lost."""


class Bitrate:
    """The estimate for one peer."""

    def __init__(self, sent: int | None, most: int, now: float) -> None:
        """`sent`: id of the header extension abs-send-time; None if packets do not bear it: then only loss counts."""
        self.allowed = float(most)
        """Bits a second."""
        self._sent = sent
        self._most = most
        self._detector = RemoteBitrateEstimator()
        self._heard = self._looked = self._cut = now
        self._octets = self._first = self._last = 0
        """Of the burst that is being sent, and when its first and last packet were."""
        self._loss = 0.0

    def look(self, arrivals: Iterable[tuple[float, bytes]], now: float) -> bool:
        """Take in what came since the last look: when, and the plain packets.

        Returns:
            Whether less is allowed than before, of which the peer is to hear at once.
        """
        passed, self._looked = now - self._looked, now
        usage = self._feed(arrivals)
        if usage is BandwidthUsage.OVERUSING and now - self._cut >= PAUSE:
            through = self._through(now)
            if through is not None:
                return self._lower(DECREASE * through, now)
        elif usage is BandwidthUsage.NORMAL and self._loss <= TOLERATED:
            self._raise(passed)
        return False

    def lost(self, fraction: float, now: float) -> None:
        """This is what was lost since the last report, 0 to 1."""
        self._loss = fraction
        if fraction > HEAVY:
            through = self._through(now)
            used = self.allowed if through is None else min(self.allowed, 1.5 * through)
            self._lower(used * (1 - fraction / 2), now)

    def _feed(self, arrivals: Iterable[tuple[float, bytes]]) -> BandwidthUsage:
        if self._sent is None:
            return BandwidthUsage.NORMAL
        usage = BandwidthUsage.NORMAL
        for at, data in arrivals:
            value = extension(data, self._sent)
            if value is None or len(value) != 3:
                continue
            sent = int.from_bytes(value, "big")
            if at - self._heard > FORGOTTEN:
                self._detector, self._octets = RemoteBitrateEstimator(), 0
            elif self._octets and (sent - self._first & 0xFF_FFFF) > BURST:
                self._detector.add(int(self._heard * 1000), self._last, self._octets, 0)
                self._octets = 0
                usage = self._detector.detector.state()
            if not self._octets:
                self._first = sent
            self._octets += len(data)
            self._heard, self._last = at, sent
        return usage

    def _through(self, now: float) -> int | None:
        """What came within the last second, in bits; None where nothing tells."""
        if now - self._heard > FORGOTTEN:
            return None
        return self._detector.incoming_bitrate.rate(int(now * 1000))

    def _lower(self, bitrate: float, now: float) -> bool:
        before, self.allowed = self.allowed, max(min(bitrate, self.allowed), LEAST)
        self._cut = now
        return self.allowed < before

    def _raise(self, seconds: float) -> None:
        self.allowed = min(self.allowed * (1 + INCREASE * seconds), self._most)
