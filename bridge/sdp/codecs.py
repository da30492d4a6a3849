"""The codec that all receivers can decode, and how long senders are asked for it.

A slot carries only codecs that its receiver negotiated. Every browser must have VP8 and H.264 (RFC 7742), but a Firefox
without its plug-in has no H.264. So senders are asked for VP8 as long as a receiver has nothing else.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable

COMMON_CODEC = "vp8"
COMMON_CODEC_HOLD_S = 60.0
"""How long it is still asked for after the last receiver that needed it left. A codec change begins with a keyframe; a
page that reloads again and again must not cost every hall one each time."""
SDP_NAMES = {"vp8": "VP8", "h264": "H264"}
"""The spelling of SDP (RFC 8866)."""


def sdp_name(codec: str | None) -> str | None:
    """The codec's name as SDP spells it."""
    return None if codec is None else SDP_NAMES.get(codec, codec)


class CommonCodec:
    """Decides whether senders are asked for the common codec."""

    def __init__(self) -> None:
        self._needed_at = -math.inf

    def update(self, receivers: Iterable[Collection[str]], now: float) -> None:
        """`receivers`: the codecs that each received picture may have."""
        if any(COMMON_CODEC in codecs and len(codecs) < len(SDP_NAMES) for codecs in receivers):
            self._needed_at = now

    def wanted_from(self, sender: Collection[str], now: float) -> str | None:
        """The codec that a sender of these codecs should use. None: any codec, or it has no choice."""
        has_choice = COMMON_CODEC in sender and len(sender) > 1
        return COMMON_CODEC if has_choice and now - self._needed_at < COMMON_CODEC_HOLD_S else None
