"""The simulcast layers that one slot can show: the best and the smallest of its source."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from bridge.destination.slots import VideoSlot
from bridge.engine import multiview
from bridge.rtp.reception import BitrateMeter
from bridge.source.audio import AudioIntake
from bridge.source.video import VideoIntake

VIEW_PREFIX = multiview("")


class Showable(Protocol):
    """A source or the slate, which a slot can be routed to."""

    @property
    def audio(self) -> AudioIntake | None:
        """Its sound."""

    @property
    def codec(self) -> str | None:
        """The codec of its picture; None without one."""

    def select_layer(self, smallest: bool, codecs: Collection[str], now: float) -> VideoIntake | None:
        """The best or the smallest layer in one of `codecs`."""


class LayerSelector:
    """The layers for one slot. A multiview slot always gets the smallest."""

    __slots__ = ("_best", "_is_multiview", "_meter", "_smallest", "slot")

    def __init__(self, slot: VideoSlot, now: float) -> None:
        self.slot = slot
        self._is_multiview = slot.name.startswith(VIEW_PREFIX)
        self._best: VideoIntake | None = None
        self._smallest: VideoIntake | None = None
        self._meter = BitrateMeter(now)

    @property
    def has_choice(self) -> bool:
        """Whether there is a smaller layer than the best."""
        return self._smallest is not self._best

    def update(self, source: Showable | None, now: float) -> None:
        """Find the layers of `source`, which is routed to the slot."""
        codecs = self.slot.payload_types
        smallest = source.select_layer(True, codecs, now) if source else None
        best = smallest if self._is_multiview or source is None else source.select_layer(False, codecs, now)
        if best is not self._best:
            self._meter = BitrateMeter(now, best.octets if best else 0)
        self._best, self._smallest = best, smallest

    def best_bitrate(self, now: float) -> float:
        """Bits a second of the best layer over the last second; 0 until it is measured."""
        return self._meter.read(self._best.octets, now) * 1000 if self._best else 0.0

    def show(self, smallest: bool, now: float) -> None:
        """Show the best layer, or the smallest."""
        current = self.slot.current
        is_layer_change = current is not None and current in (self._smallest, self._best)
        self.slot.show(self._smallest if smallest else self._best, now, is_layer_change=is_layer_change)
