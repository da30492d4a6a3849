"""The size and pace of one WebSocket's messages, held to before a byte of them is parsed.

aiohttp has one limit for a whole connection. This walks the frame headers (RFC 6455 section 5.2) of
what comes in, so that the limit can follow what the page has shown so far: a hello first, then what its role may send.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Final

from signaling.http.limits import RateLimit

MAX_FRAMES: Final = 128
"""Frames in one read of the socket. A page sends 100 messages at once at most."""
TOO_BIG: Final = 1009
"""WebSocket close code: the message is too big (RFC 6455 section 7.4.1)."""
TOO_MANY: Final = 4429
"""WebSocket close code of ours: the page sent more than it may."""
PING: Final = bytes((0x89, 0))
"""A ping without a payload (section 5.5.2), which the other end answers whatever its script does."""
_CONTROL: Final = 0x8


class FrameLimit:
    """What one connection may send. Made for a stranger; `permit` raises the limit."""

    def __init__(self, max_message: int, bytes_per_s: float, burst: float, now: Callable[[], float]) -> None:
        """`max_message` and `burst` are in bytes. `now` gives monotonic seconds."""
        self._now = now
        self.permit(max_message, bytes_per_s, burst)
        self.unfinished_since: float | None = None
        """When the message began of which the end has not come yet; None between messages."""
        self._header = bytearray()
        self._skip = 0
        """Bytes of payload that are still to come of the frame."""
        self._message = 0
        """Bytes of the message so far."""
        self._is_open = False
        """Of the message that has begun another frame is to come."""

    def permit(self, max_message: int, bytes_per_s: float, burst: float) -> None:
        """From here on messages may have so many bytes, and come at this pace."""
        self._max_message = max_message
        self._bucket = RateLimit(bytes_per_s, burst, self._now())

    def take(self, data: bytes) -> tuple[int, str] | None:
        """Look at what has come. Returns the close code and reason if it must not go on to the parser."""
        now = self._now()
        if not self._bucket.take(now, len(data)):
            return TOO_MANY, "This page sends too much; it is cut off."
        at, frames = 0, 0
        while at < len(data):
            if self._skip:
                step = min(self._skip, len(data) - at)
                self._skip -= step
                at += step
            else:
                self._header.append(data[at])
                at += 1
                if (size := _payload_size(self._header)) is None:
                    continue
                frames += 1
                if frames > MAX_FRAMES:
                    return TOO_MANY, "This page sends too many messages; it is cut off."
                if self._begin(size, now):
                    return TOO_BIG, f"A message may have {self._max_message} bytes here."
            if not (self._skip or self._header or self._is_open):
                self._message, self.unfinished_since = 0, None
        if self._header and self.unfinished_since is None:
            self.unfinished_since = now
        return None

    def _begin(self, size: int, now: float) -> bool:
        """A frame header is complete. Returns whether its message gets too big."""
        is_final, opcode = bool(self._header[0] & 0x80), self._header[0] & 0x0F
        self._header.clear()
        if self.unfinished_since is None:
            self.unfinished_since = now
        self._skip = size
        if (
            opcode & _CONTROL
        ):  # it may stand between the frames of a message, which goes on after it (section 5.4)
            return size > 125
        self._message += size
        self._is_open = not is_final
        return self._message > self._max_message


def _payload_size(header: bytearray) -> int | None:
    """Bytes of payload behind a frame header, extended length and mask included in the header; None: it goes on."""
    if len(header) < 2:
        return None
    length, masked = header[1] & 0x7F, header[1] & 0x80
    extended = {126: 2, 127: 8}.get(length, 0)
    if len(header) < 2 + extended + (4 if masked else 0):
        return None
    if extended == 2:
        return int(struct.unpack_from("!H", header, 2)[0])
    if extended == 8:
        return int(struct.unpack_from("!Q", header, 2)[0])
    return length


def close_frame(code: int, reason: str) -> bytes:
    """A server's close frame (section 5.5.1), for a connection whose parser is not to be reached any more."""
    payload = struct.pack("!H", code) + reason.encode()[:120]
    return bytes((0x88, len(payload))) + payload
