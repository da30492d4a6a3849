"""Encrypts outgoing packets with libsrtp, through pylibsrtp's binding but without the overhead of `Session.protect`.

Every packet is encrypted once for each receiver. For 1100 bytes `Session.protect` takes 3.0 µs and this 1.9 µs, of
which libsrtp needs 1.4.
"""

from __future__ import annotations

from collections.abc import Callable

import pylibsrtp
from pylibsrtp import Error, Session
from pylibsrtp._binding import ffi, lib  # type: ignore[import-not-found]

MAX_PACKET_BYTES = 1536
"""Of a plain packet: the largest payload that is accepted (1488), and up to 28 for the header of its copy, a 15-bit
picture ID and the sequence number at the start of an RTX payload."""
BUFFER_BYTES = MAX_PACKET_BYTES + pylibsrtp.SRTP_MAX_TRAILER_LEN

# One buffer for all sessions: it holds a packet only within one call, and the bridge runs in one thread.
_buffer = ffi.new("char[]", BUFFER_BYTES)
_bytes = ffi.buffer(_buffer)
_length = ffi.new("int *")


def make_protect(session: Session) -> Callable[[bytes], bytes]:
    """A faster `session.protect`, for one thread only.

    It raises:
        ValueError: the packet has more than `MAX_PACKET_BYTES`.
        Error: libsrtp refuses it.
    """
    srtp, srtp_protect = session._srtp[0], lib.srtp_protect
    buffer, content, length = _buffer, _bytes, _length
    max_bytes = MAX_PACKET_BYTES

    def protect(packet: bytes) -> bytes:
        size = length[0] = len(packet)
        if size > max_bytes:
            raise ValueError("packet is too long")
        content[:size] = packet
        status = srtp_protect(srtp, buffer, length)
        if status:
            raise Error(pylibsrtp.ERRORS[status])
        encrypted: bytes = content[: length[0]]
        return encrypted

    protect.session = session  # type: ignore[attr-defined]  # or it would be collected, and free `srtp`
    return protect
