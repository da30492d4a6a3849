"""The simulcast layers that one slot can show: those of its source that are no larger than its tile needs."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from bridge.destination.slots import VideoSlot
from bridge.engine import multiview
from bridge.source.audio import AudioIntake
from bridge.source.video import VideoIntake

VIEW_PREFIX = multiview("")
MAX_LARGE_TILES = 2
"""With more pictures a tile is at most a quarter of the screen, and a middle layer is enough for it."""
MAX_LARGE_TILES_OF_TWO_LAYERS = 4
"""With more pictures a tile is at most a ninth of the screen. Of a source without a middle layer it gets the small one.
Nine large ones would be 22 Mb/s."""


class Showable(Protocol):
    """A source or the slate, which a slot can be routed to."""

    @property
    def audio(self) -> AudioIntake | None:
        """Its sound."""

    @property
    def codec(self) -> str | None:
        """The codec of its picture; None without one."""

    def showable_layers(self, codecs: Collection[str], now: float) -> Sequence[VideoIntake]:
        """The layers in one of `codecs`, the best first."""


class LayerSelector:
    """The layers for one slot. A multiview slot always gets the smallest."""

    __slots__ = ("_layers", "_level", "_resumes", "_showable", "is_multiview", "slot")

    def __init__(self, slot: VideoSlot) -> None:
        self.slot = slot
        self.is_multiview = slot.name.startswith(VIEW_PREFIX)
        self._showable: Sequence[VideoIntake] = ()
        """Of the source, the best first."""
        self._layers: Sequence[VideoIntake] = ()
        """Those of them that the slot may show."""
        self._level = 0
        self._resumes = False
        """It was stopped, and is to begin again."""

    @property
    def is_stopped(self) -> bool:
        """Whether its picture is stopped for lack of bit rate."""
        return 0 < len(self._layers) <= self._level

    def update(self, source: Showable | None, pictures: int, now: float) -> None:
        """Find the layers of `source`, which is routed to the slot as one of that many pictures."""
        self._showable = source.showable_layers(self.slot.payload_types, now) if source else ()
        if self.is_multiview:
            self._layers = self._showable[-1:]
        else:
            fitting = [layer for layer in self._showable if fits(layer, pictures)]
            self._layers = fitting or self._showable[-1:]

    def rates(self, now: float) -> list[int]:
        """Bits a second of each layer that the slot may show, the best first."""
        return [layer.bitrate(now) for layer in self._layers]

    def show(self, level: int, now: float) -> None:
        """Show the layer of that index in `rates`, or nothing if there is none.

        The other layers of a picture, and a picture that was stopped, begin without a burst.
        """
        current = self.slot.current
        self._level = level
        self._resumes = self.is_stopped or (self._resumes and current is None)
        target = self._layers[level] if level < len(self._layers) else None
        is_layer_change = current is not None and current in self._showable
        self.slot.show(target, now, is_layer_change=is_layer_change or self._resumes)


def fits(layer: VideoIntake, pictures: int) -> bool:
    """Whether a layer is no larger than a tile needs, of that many equal tiles."""
    has_middle = layer.larger + layer.smaller >= 2
    return layer.larger > 0 or pictures <= (MAX_LARGE_TILES if has_middle else MAX_LARGE_TILES_OF_TWO_LAYERS)
