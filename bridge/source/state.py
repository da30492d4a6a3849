"""The state of a source by its packets. This is the only place that decides it; silence of the peer is judged apart.

Once there has been a picture, sound does not count: a camera taken by another program would be frozen on air. A source
without a camera is judged by its sound: it has no video m-line, or one that sent nothing within `CAMERA_START_S` of the
first sound. That holds until a first picture comes.
"""

from __future__ import annotations

from collections.abc import Collection

from bridge.engine import SourceState, SourceWhy
from bridge.source.audio import AudioIntake
from bridge.source.video import VideoIntake

CAMERA_START_S = 3.0
"""Seconds by which a picture may begin after the sound. A video m-line that sent nothing by then has no camera: pages
and rooms offer the m-line in any case."""
MAX_SOUND_GAP_S = 0.6
"""Seconds without a packet after which sound has stalled, thirty packets of 20 ms. The answer asks for sound without
DTX, so a muted microphone sends packets too. The listeners of an interpreter whose line drops must be back on the floor
within 1 s."""
MAX_PAUSING_SOUND_GAP_S = 1.0
"""The same for a sender that uses DTX all the same. In a pause of speech it sends a packet every 0.4 s, and one of
these may be lost."""


def judge(
    layers: Collection[VideoIntake], audio: AudioIntake | None, now: float
) -> tuple[SourceState, SourceWhy]:
    """The state of a source with these streams, and its cause."""
    begun = [layer for layer in layers if layer.keyframes]
    if begun:
        return _judge_picture(begun, now)
    if any(layer.lacks_keyframes(now) for layer in layers):
        return "stalled", "no-keyframe"
    if (
        audio is None
        or audio.first_packet_at is None
        or not _has_no_camera(layers, audio.first_packet_at, now)
    ):
        return "connecting", "joined"
    max_gap = MAX_PAUSING_SOUND_GAP_S if audio.pauses else MAX_SOUND_GAP_S
    return ("stalled", "silent") if now - audio.stall.last_packet_at > max_gap else ("live", "flows")


def _judge_picture(layers: Collection[VideoIntake], now: float) -> tuple[SourceState, SourceWhy]:
    flowing = [layer for layer in layers if not layer.stall.is_stalled(now)]
    if not flowing:
        return "stalled", "silent"
    if all(layer.lacks_keyframes(now) for layer in flowing):
        return "stalled", "no-keyframe"
    return "live", "flows"


def _has_no_camera(layers: Collection[VideoIntake], sound_at: float, now: float) -> bool:
    """Whether no picture came in time after the first sound, at `sound_at`."""
    first_packets = [layer.first_packet_at for layer in layers if layer.first_packet_at is not None]
    return not layers or min(first_packets, default=now) - sound_at > CAMERA_START_S
