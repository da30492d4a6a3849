"""How much a peer may send of its picture that does not judge its way by itself, in bits a second: told to it by REMB.

Browsers judge for themselves, by what `bridge.rtp.arrivals` tells them of every packet. For the others, headless rooms
among them, only the loss speaks: more than a tenth lost lowers it by half of what was lost, as senders do it by
themselves (draft-ietf-rmcat-gcc-02 section 6), up to a fiftieth is no sign, and between the two it stays.

A browser was tried with both, 1280x720 over 60 ms round trip. By REMB, from aiortc's delay filter and the loss, it gave
up its high layer within 3 s at 5 % loss and stayed there; by the feedback it held 2.5 Mb/s at 30 frames a second. With
no loss at all REMB cost it the layer twice in 20 s on a busy machine, and after 1.5 s of darkness it had a third of the
bit rate back after 15 s, where feedback had all of it.
"""

from __future__ import annotations

MOST = 4_000_000
"""With less a browser stays below 720p."""
LEAST = 300_000
"""A small picture goes through less than that; below there is none to be had."""
INCREASE = 0.08
"""A second."""
TOLERATED, HEAVY = 0.02, 0.1
"""Fractions lost."""
SMOOTH = 1 / 3
"""Of a report's loss counts at once. A second of a small picture is 50 packets, of which chance loses 10 % where it
loses 5."""


class Bitrate:
    """The estimate for one peer."""

    def __init__(self, most: int, now: float) -> None:
        self.allowed = float(most)
        """Bits a second."""
        self._most = most
        self._loss = 0.0
        self._told = now

    def lost(self, fraction: float, now: float) -> None:
        """This is what was lost since the last time, 0 to 1."""
        passed, self._told = now - self._told, now
        self._loss += (fraction - self._loss) * SMOOTH
        if self._loss > HEAVY:
            self.allowed = max(self.allowed * (1 - self._loss / 2), LEAST)
        elif self._loss <= TOLERATED:
            self.allowed = min(self.allowed * (1 + INCREASE * passed), self._most)
