"""Momentary loudness of the sources for the desk's meters, estimated from the levels of their packets (RFC 6464).

Levels say nothing of pitch, so this is no measurement by EBU R128. For speech it is within 2 LU of it (by the mean
spectrum of speech 0.3 LU too much); hum and hiss count as much as speech. It covers sources of all kinds, headless
rooms among them, and costs their pages no message.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from math import log10

MOMENTARY_S = 0.4
"""Seconds of one value (EBU Tech 3341)."""
HALF_PACKET_S = 0.01
"""Of 20 ms: the times of packets vary a little."""
OFFSET_LU = 3.0
"""Loudness of a tone of 1 kHz against its level in dBov: a mono microphone is played on both channels."""

PacketLevels = Sequence[tuple[float, float]]
"""Of the packets of one source: when each was due by its sender's clock (monotonic seconds), and its level in dBov."""


class MomentaryLoudness:
    """The loudness of every source that sends levels."""

    def __init__(self) -> None:
        self._packets: dict[str, deque[tuple[float, float]]] = {}
        """By source: when each packet of the last 400 ms was due, and its power; full scale is 1."""

    def hear(self, levels: Mapping[str, PacketLevels]) -> None:
        """Take in the levels of a tenth of a second. A source without packets is silent."""
        self._packets = {source: self._packets.get(source) or deque() for source in levels}
        for source, packets in levels.items():
            kept = self._packets[source]
            kept.extend((at, 10.0 ** (level / 10.0)) for at, level in packets)
            oldest = packets[-1][0] - MOMENTARY_S + HALF_PACKET_S
            while kept and kept[0][0] < oldest:
                kept.popleft()

    def loudness(self) -> dict[str, float]:
        """In LUFS by source."""
        return {
            source: OFFSET_LU + 10.0 * log10(sum(power for _, power in packets) / len(packets) + 1e-13)
            for source, packets in self._packets.items()
            if packets
        }
