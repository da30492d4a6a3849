"""Encrypting what goes out: libsrtp by way of pylibsrtp's binding, without what its `Session.protect` does around it.

Every packet passes here once for each receiver. `Session.protect` takes 3.0 µs for one of 1100 bytes, this 1.9 µs, of
which libsrtp has 1.4.
"""

from __future__ import annotations

from collections.abc import Callable

import pylibsrtp
from pylibsrtp import Error, Session
from pylibsrtp._binding import ffi, lib  # type: ignore[import-not-found]

LONGEST = 1536
"""Bytes of a plain packet at most: the largest payload that is taken in (1488), and up to 28 for the header of its
copy, a picture ID of 15 bits and the sequence number that a repair begins with."""
TRAILER = pylibsrtp.SRTP_MAX_TRAILER_LEN
ROOM = LONGEST + TRAILER
"""Bytes of a protected packet at most."""

_room = ffi.new("char[]", ROOM)
_bytes = ffi.buffer(_room)
_length = ffi.new("int *")
# One room for all sessions: a packet is in it only within one call, and the bridge lives in one thread.


def protector(session: Session) -> Callable[[bytes], bytes]:
    """What `session.protect` is, but quicker. Not for more than one thread.

    Of what it returns:
        ValueError: the packet has more than `LONGEST` bytes.
        Error: libsrtp refuses it.
    """
    srtp, protect = session._srtp[0], lib.srtp_protect
    room, content, length = _room, _bytes, _length
    longest = LONGEST

    def protected(packet: bytes) -> bytes:
        size = length[0] = len(packet)
        if size > longest:
            raise ValueError("packet is too long")
        content[:size] = packet
        refused = protect(srtp, room, length)
        if refused:
            raise Error(pylibsrtp.ERRORS[refused])
        encrypted: bytes = content[: length[0]]
        return encrypted

    protected.session = session  # type: ignore[attr-defined]  # which frees `srtp` when it goes
    return protected
