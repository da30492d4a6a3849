"""Whether a source can be shown, by what comes of it: the only place that decides it. The peer's own silence is apart.

Once there has been a picture, sound does not count: a camera that another program took would stand frozen on air. Who
publishes only a microphone is judged by its sound: where there is no video line, or one that has sent nothing within
`CAMERA` of the first sound. That holds until a first picture comes after all.
"""

from __future__ import annotations

from collections.abc import Collection

from bridge.engine import SourceState, SourceWhy
from bridge.source.intake import AudioIntake
from bridge.source.video import VideoIntake

CAMERA = 3.0
"""Seconds that a picture may begin after the sound. A video line that has sent nothing by then has no camera behind it:
pages and rooms offer the line whether there is one or not."""
PAUSE = 1.0
"""Seconds without a packet after which sound stands still. In a pause of speech a sender that saves them (DTX) sends
one every 0.4 s, and one of these may be lost."""


def judge(
    layers: Collection[VideoIntake], audio: AudioIntake | None, now: float
) -> tuple[SourceState, SourceWhy]:
    """The health of a source with these streams, and what made it so."""
    begun = [layer for layer in layers if layer.keyframes]
    if begun:
        return _of_picture(begun, now)
    if any(layer.is_barren(now) for layer in layers):
        return "stalled", "no-keyframe"
    if audio is not None and audio.began is not None and _has_no_camera(layers, audio.began, now):
        return ("stalled", "silent") if now - audio.heard > PAUSE else ("live", "flows")
    return "connecting", "joined"


def _of_picture(layers: Collection[VideoIntake], now: float) -> tuple[SourceState, SourceWhy]:
    coming = [layer for layer in layers if not layer.is_silent(now)]
    if not coming:
        return "stalled", "silent"
    if all(layer.is_barren(now) for layer in coming):
        return "stalled", "no-keyframe"
    return "live", "flows"


def _has_no_camera(layers: Collection[VideoIntake], sound: float, now: float) -> bool:
    """Or had none when it began: `sound` is when its first sound came."""
    began = [layer.began for layer in layers if layer.began is not None]
    return not layers or min(began, default=now) - sound > CAMERA


class Stalls:
    """How often a source stood still, and for how long."""

    def __init__(self) -> None:
        self.count = 0
        self._since: float | None = None
        """When the last packet before the stall came that goes on; None: none does."""
        self._last: float | None = None

    def look(self, silent: bool, heard: float, now: float) -> None:
        """Whether it stands still at this moment, and when its last packet came. Call it at every tick."""
        if silent and self._since is None:
            self.count += 1
            self._since = heard
        elif not silent and self._since is not None:
            self._last = max(heard - self._since, 0.0)
            self._since = None

    def last(self, now: float) -> float | None:
        """Seconds that the last one lasted, or the one that goes on has; None: there was none."""
        return self._last if self._since is None else now - self._since
