"""Repairs to a receiver (RFC 4588): a packet sent again in a stream of its own.

The repair stream has its own SSRC, payload types and numbers, so that a packet sent twice is two packets to whoever
counts them, and no bytes are ever encrypted anew under an old number.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping

from bridge.rtp.header import HEADER
from bridge.rtp.payload import EXTENDED, TIMED
from bridge.rtp.segment import SENT_UNIT

ONE_WORD = 0xBEDE_0001
"""One-byte header extensions (RFC 8285 section 4.2), one word of them."""
HEAD = struct.Struct("!HHLLLL")
"""RTP header with it."""


class RepairStream:
    """The repair stream of one slot."""

    __slots__ = ("_extension", "_payload_types", "_seq", "_ssrc")

    def __init__(
        self, ssrc: int, payload_types: Mapping[int, int], first_seq: int, sent: int | None = None
    ) -> None:
        """`payload_types`: of the original to that of its repair. `first_seq` as for `Rewriter`; `sent` is the id of
        abs-send-time where it was agreed on."""
        if not 0 <= first_seq < 0x8000:
            raise ValueError(f"a stream begins at a sequence number below 32768, not at {first_seq}")
        self._ssrc = ssrc
        self._payload_types = payload_types
        self._seq = first_seq
        self._extension = None if sent is None else sent << 28 | 2 << 24

    def wrap(self, data: bytes, now: float) -> bytes | None:
        """The next packet of the stream, with `data` in it, which was sent before; None where nothing repairs its
        payload type. Every call gives another packet."""
        lead, seq, timestamp, _ = HEADER.unpack_from(data)
        payload_type = self._payload_types.get(lead & 0x7F)
        if payload_type is None:
            return None
        payload: bytes = data[TIMED.size if lead & EXTENDED else HEADER.size :]
        lead = 0x8000 | lead & 0x80 | payload_type
        own = self._seq
        self._seq = (own + 1) & 0xFFFF
        if self._extension is None:
            head = HEADER.pack(lead, own, timestamp, self._ssrc)
        else:
            extension = self._extension | int(now * SENT_UNIT) & 0xFF_FFFF
            head = HEAD.pack(lead | EXTENDED, own, timestamp, self._ssrc, ONE_WORD, extension)
        return b"".join((head, struct.pack("!H", seq), payload))
