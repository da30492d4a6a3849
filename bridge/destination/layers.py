"""The simulcast layers that one slot can show: those of its source that are no larger than its tile needs.

`tile_sizes` follows `rectangles` in `web/src/show/layout.ts`, which draws the tiles; a table in the tests holds them
together.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Literal, Protocol

from bridge.destination.slots import VideoSlot
from bridge.engine import LayoutName, multiview
from bridge.source.audio import AudioIntake
from bridge.source.video import VideoIntake

VIEW_PREFIX = multiview("")
MAX_INSETS = 3
"""With more pictures beside the main one, pages draw `pip` as a grid."""
TileSize = Literal[
    "large",  # at least half as wide as the area, and one of two at most: the best layer
    "medium",  # half as wide, of three or four: the middle layer, or else the best, which is 10 Mb/s for four
    "small",  # a third of the width or less: the middle layer, or else the smallest. Nine of the best would be 22 Mb/s
]

PictureLimit = Literal[
    "best",  # as good as the tile needs
    "smallest",
    "none",
]
"""What pictures a peer may be sent, since the machine is overloaded."""


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

    __slots__ = ("_is_withheld", "_layers", "_level", "_resumes", "_showable", "is_multiview", "slot")

    def __init__(self, slot: VideoSlot) -> None:
        self.slot = slot
        self.is_multiview = slot.name.startswith(VIEW_PREFIX)
        self._showable: Sequence[VideoIntake] = ()
        """Of the source, the best first."""
        self._layers: Sequence[VideoIntake] = ()
        """Those of them that the slot may show."""
        self._level = 0
        self._is_withheld = False
        self._resumes = False
        """It was stopped, and is to begin again."""

    @property
    def is_stopped(self) -> bool:
        """Whether its picture is stopped for lack of bit rate, or withheld."""
        return self._is_withheld or 0 < len(self._layers) <= self._level

    def update(
        self, source: Showable | None, size: TileSize, now: float, limit: PictureLimit = "best"
    ) -> None:
        """Find the layers of `source`, which is routed to the slot and drawn in a tile of this size."""
        self._showable = source.showable_layers(self.slot.payload_types, now) if source else ()
        self._is_withheld = limit == "none"
        if self._is_withheld:
            self._layers = ()
        elif self.is_multiview or limit == "smallest":
            self._layers = self._showable[-1:]
        else:
            fitting = [layer for layer in self._showable if fits(layer, size)]
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


def tile_sizes(pictures: int, layout: LayoutName) -> list[TileSize]:
    """The sizes of that many pictures in an area of 16:9, the main one first. A picture that is not drawn is small."""
    if layout == "solo" or (layout == "pip" and pictures <= 1 + MAX_INSETS):
        return ["large", *_equal("small", pictures - 1)]
    if pictures <= 2:
        return _equal("large", pictures)
    if pictures <= 4:
        return _equal("medium", pictures)
    # Three columns. The main one of five or six has two of them, except in `side-by-side`.
    return [
        "large" if pictures <= 6 and layout != "side-by-side" else "small",
        *_equal("small", pictures - 1),
    ]


def _equal(size: TileSize, count: int) -> list[TileSize]:
    return [size] * count


def fits(layer: VideoIntake, size: TileSize) -> bool:
    """Whether a layer is no larger than a tile of this size needs."""
    has_middle = layer.larger + layer.smaller >= 2
    return size == "large" or layer.larger > 0 or (size == "medium" and not has_middle)
