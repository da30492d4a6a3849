"""The codec that all receivers can decode, and for how long senders are asked for it.

A slot can carry what its receiver has agreed on and nothing else. Every browser must have VP8 and H.264 (RFC 7742), but
a Firefox without its plug-in has no H.264, so VP8 is what senders are asked for as long as anybody needs it.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable

COMMON = "vp8"
HELD = 60.0
"""Seconds for which it is still asked for when nobody needs it any more. A change of codec begins with a keyframe, and
a page that is reloaded again and again must not have every hall make one each time."""
NAMES = {"vp8": "VP8", "h264": "H264"}
"""As SDP spells them (RFC 8866)."""


def name_of(codec: str | None) -> str | None:
    """Its name in SDP."""
    return None if codec is None else NAMES.get(codec, codec)


class CommonCodec:
    """Whether senders are asked for the common codec."""

    def __init__(self) -> None:
        self._needed_at = -math.inf

    def look(self, receivers: Iterable[Collection[str]], now: float) -> None:
        """See what each picture that is received may come in."""
        if any(COMMON in codecs and len(codecs) < len(NAMES) for codecs in receivers):
            self._needed_at = now

    def wanted_of(self, sender: Collection[str], now: float) -> str | None:
        """What is wanted of a sender that may send in these codecs; None: its own choice, or it has none."""
        has_choice = COMMON in sender and len(sender) > 1
        return COMMON if has_choice and now - self._needed_at < HELD else None
