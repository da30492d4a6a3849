"""A slot for pictures with the choice it has: the best layer of what is routed to it, or the small one."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from bridge.destination.slots import VideoSlot
from bridge.engine import multiview
from bridge.rtp.reception import Meter
from bridge.source.intake import AudioIntake
from bridge.source.video import VideoIntake

VIEW = multiview("")


class Showable(Protocol):
    """What a slot can be routed to: a source, or the slate."""

    @property
    def audio(self) -> AudioIntake | None:
        """Its sound."""

    @property
    def codec(self) -> str | None:
        """What its picture comes in; None while it has none."""

    def picture(self, small: bool, codecs: Collection[str], now: float) -> VideoIntake | None:
        """The layer to show, the best or the smallest, among those in one of `codecs`."""


class LayerSelector:
    """Which layers there are for one slot. Slots in which a moderator sees a source in small have no choice."""

    __slots__ = ("_before", "_best", "_is_view", "_meter", "_small", "slot")

    def __init__(self, slot: VideoSlot, now: float) -> None:
        self.slot = slot
        self._is_view = slot.name.startswith(VIEW)
        self._best: VideoIntake | None = None
        self._small: VideoIntake | None = None
        self._meter = Meter(now)
        self._before = 0

    @property
    def has_choice(self) -> bool:
        """Whether there is a smaller layer than the best."""
        return self._small is not self._best

    def look(self, shown: Showable | None, now: float) -> None:
        """See what there is of `shown`, which is routed to it."""
        codecs = self.slot.payload_types
        small = shown.picture(True, codecs, now) if shown else None
        best = small if self._is_view or shown is None else shown.picture(False, codecs, now)
        if best is not self._best:
            self._meter, self._before = Meter(now), best.octets if best else 0
        self._best, self._small = best, small

    def bitrate(self, now: float) -> float:
        """Bits a second that the best layer takes, over the last second; 0 until it is measured."""
        return self._meter.read(self._best.octets - self._before, now) * 1000 if self._best else 0.0

    def show(self, small: bool, now: float) -> None:
        """Show the best layer, or the small one.

        While both flow, a change from one to the other is in no hurry.
        """
        current = self.slot.current
        unhurried = current is not None and current in (self._small, self._best)
        self.slot.show(self._small if small else self._best, now, unhurried=unhurried)
