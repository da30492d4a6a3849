"""Limits on the size and rate of one WebSocket's messages, checked before they are parsed.

aiohttp has one limit for a whole connection. This module reads the frame headers (RFC 6455 section 5.2), so that the
limit can change after the hello to that of the page's role.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Final

from signaling.http.limits import RateLimit

MAX_FRAMES_PER_READ: Final = 128
"""A page sends 100 messages at once at most."""
CLOSE_TOO_BIG: Final = 1009
"""WebSocket close code: the message is too big (RFC 6455 section 7.4.1)."""
CLOSE_TOO_MANY: Final = 4429
"""WebSocket close code for private use: the page sent too many messages."""
PING_FRAME: Final = bytes((0x89, 0))
"""A ping without a payload (section 5.5.2). Browsers answer it without the page's script."""
_CONTROL: Final = 0x8


class FrameLimit:
    """The limits of one connection, at first those of a stranger."""

    def __init__(self, max_message: int, bytes_per_s: float, burst: float, now: Callable[[], float]) -> None:
        """`max_message` and `burst` are in bytes. `now` gives monotonic seconds."""
        self._now = now
        self.set_limits(max_message, bytes_per_s, burst)
        self.unfinished_since: float | None = None
        """When the unfinished message began; None between messages."""
        self._header = bytearray()
        self._skip = 0
        """Payload bytes of the current frame that have not arrived yet."""
        self._message = 0
        """Bytes of the message so far."""
        self._is_open = False
        """The current message has a further frame."""

    def set_limits(self, max_message: int, bytes_per_s: float, burst: float) -> None:
        """Set the greatest message and the rate for messages from now on."""
        self._max_message = max_message
        self._bucket = RateLimit(bytes_per_s, burst, self._now())

    def check(self, data: bytes) -> tuple[int, str] | None:
        """Check received bytes. Returns the close code and reason if they exceed the limits and must not be parsed."""
        now = self._now()
        if not self._bucket.take(now, len(data)):
            return CLOSE_TOO_MANY, "This page sends too much and is disconnected."
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
                if frames > MAX_FRAMES_PER_READ:
                    return CLOSE_TOO_MANY, "This page sends too many messages and is disconnected."
                if self._begin(size, now):
                    return CLOSE_TOO_BIG, f"A message may have {self._max_message} bytes here."
            if not (self._skip or self._header or self._is_open):
                self._message, self.unfinished_since = 0, None
        if self._header and self.unfinished_since is None:
            self.unfinished_since = now
        return None

    def _begin(self, size: int, now: float) -> bool:
        """A frame header is complete. Returns whether its message is too big."""
        is_final, opcode = bool(self._header[0] & 0x80), self._header[0] & 0x0F
        self._header.clear()
        if self.unfinished_since is None:
            self.unfinished_since = now
        self._skip = size
        if opcode & _CONTROL:  # may be interleaved with the frames of a message (section 5.4)
            return size > 125
        self._message += size
        self._is_open = not is_final
        return self._message > self._max_message


def _payload_size(header: bytearray) -> int | None:
    """Payload bytes of a frame with this header, extended length and mask included; None: the header is incomplete."""
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
    """A server's close frame (section 5.5.1), for a connection whose input is not parsed any more."""
    payload = struct.pack("!H", code) + reason.encode()[:120]
    return bytes((0x88, len(payload))) + payload
