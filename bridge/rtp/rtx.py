"""RTX (RFC 4588): retransmissions in a stream of their own, from a sender and to a receiver.

The RTX stream has its own SSRC, payload types and sequence numbers. So a retransmission is a packet of its own for
congestion control, and no bytes are encrypted again under a used number.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping

from bridge.rtp.header import HEADER, MalformedPacket, Packet, parse
from bridge.rtp.rewriters import EXTENDED_HEADER, EXTENSION_BIT
from bridge.rtp.segment import ABS_SEND_TIME_HZ

ONE_WORD_EXTENSION = 0xBEDE_0001
"""One-byte header extensions (RFC 8285 section 4.2), one word of them."""
RTX_EXTENDED_HEADER = struct.Struct("!HHLLLL")
"""RTP header with it."""
PADDING_BIT = 0x2000
MAX_PADDING_BYTES = 255
"""Of one packet: its last byte says how many (RFC 3550 section 5.1)."""
SRTP_TAG_BYTES = 16
"""Of AES-GCM, which browsers and aiortc choose."""
PADDING_PACKET_BYTES = RTX_EXTENDED_HEADER.size + MAX_PADDING_BYTES + SRTP_TAG_BYTES
"""Of a packet of padding on its path."""
_PADDING = bytes(MAX_PADDING_BYTES - 1) + bytes([MAX_PADDING_BYTES])


def unwrap(data: bytes, payload_types: Mapping[int, int], ssrc: int) -> bytes | None:
    """The original packet of stream `ssrc` in `data`, a plain packet of its RTX stream.

    `payload_types` maps the RTX payload type to the original's. Header extensions belong to the RTX packet and are left
    out.

    Returns:
        None for padding: browsers probe the path's capacity with it.

    Raises:
        MalformedPacket: it is no packet, of no such payload type, or lacks the original sequence number.
    """
    packet = parse(data, Packet)
    payload_type = payload_types.get(packet.payload_type)
    if payload_type is None:
        raise MalformedPacket(f"payload type {packet.payload_type} is not RTX")
    if packet.start == packet.end:
        return None
    if packet.end - packet.start < 2:
        raise MalformedPacket("an RTX packet without its original sequence number")
    seq = data[packet.start] << 8 | data[packet.start + 1]
    flags = 0x8000 | packet.marker << 7 | payload_type
    return HEADER.pack(flags, seq, packet.timestamp, ssrc) + data[packet.start + 2 : packet.end]


class RtxStream:
    """The outgoing RTX stream of one slot."""

    __slots__ = ("_extension", "_seq", "payload_types", "ssrc")

    def __init__(
        self,
        ssrc: int,
        payload_types: Mapping[int, int],
        first_seq: int,
        abs_send_time_id: int | None = None,
    ) -> None:
        """`payload_types` maps the original payload type to that of RTX. `first_seq` as for `Rewriter`. The id is that
        of the header extension abs-send-time, 1 to 14, if it was negotiated."""
        if not 0 <= first_seq < 0x8000:
            raise ValueError(f"a stream begins at a sequence number below 32768, not at {first_seq}")
        self.ssrc = ssrc
        self.payload_types = payload_types
        self._seq = first_seq
        self._extension = None if abs_send_time_id is None else abs_send_time_id << 28 | 2 << 24

    def wrap(self, data: bytes, now: float) -> bytes | None:
        """The next RTX packet, with `data`, a packet sent before; None if its payload type has no RTX.

        Every call gives another packet.
        """
        flags, original_seq, timestamp, _ = HEADER.unpack_from(data)
        payload_type = self.payload_types.get(flags & 0x7F)
        if payload_type is None:
            return None
        payload: bytes = data[EXTENDED_HEADER.size if flags & EXTENSION_BIT else HEADER.size :]
        header = self._header(flags & 0x80 | payload_type, timestamp, now)
        return b"".join((header, struct.pack("!H", original_seq), payload))

    def pad(self, now: float) -> bytes:
        """The next RTX packet, without a payload: padding alone, which a receiver counts and discards."""
        payload_type = next(iter(self.payload_types.values()))
        return self._header(PADDING_BIT | payload_type, 0, now) + _PADDING

    def _header(self, flags: int, timestamp: int, now: float) -> bytes:
        seq = self._seq
        self._seq = (seq + 1) & 0xFFFF
        if self._extension is None:
            return HEADER.pack(0x8000 | flags, seq, timestamp, self.ssrc)
        extension = self._extension | int(now * ABS_SEND_TIME_HZ) & 0xFF_FFFF
        return RTX_EXTENDED_HEADER.pack(
            0x8000 | flags | EXTENSION_BIT, seq, timestamp, self.ssrc, ONE_WORD_EXTENSION, extension
        )
