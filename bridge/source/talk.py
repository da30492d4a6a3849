"""The talkback microphone of a peer, as a slot sees it that is routed to it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from bridge.source.audio import AudioIntake
from bridge.source.video import VideoIntake


class TalkbackMicrophone:
    """Sound without a picture. It has a type of its own, so that it cannot be among the sources."""

    codec = None

    def __init__(self, audio: AudioIntake) -> None:
        self.audio = audio

    def showable_layers(self, codecs: Collection[str], now: float) -> Sequence[VideoIntake]:
        """It has no picture."""
        return ()
