"""Repairs from a sender (RFC 4588): the packet that was lost, in one of the sender's repair stream."""

from __future__ import annotations

from collections.abc import Mapping

from bridge.rtp.header import HEADER, MalformedPacket, Packet, parse


def restore(data: bytes, repairs: Mapping[int, int], ssrc: int) -> bytes | None:
    """The packet that `data`, a plain packet of the repair stream, repairs in stream `ssrc`.

    `repairs` is payload type of the repair to that of the original. Its header extensions are those of the repair,
    not of the original, and left out.

    Returns:
        None for padding: with it browsers try how much the way can carry.

    Raises:
        MalformedPacket: it is no packet, of no such payload type, or lacks the original sequence number.
    """
    packet = parse(data, Packet)
    payload_type = repairs.get(packet.payload_type)
    if payload_type is None:
        raise MalformedPacket(f"payload type {packet.payload_type} repairs nothing")
    if packet.start == packet.end:
        return None
    if packet.end - packet.start < 2:
        raise MalformedPacket("a repair without its original sequence number")
    seq = data[packet.start] << 8 | data[packet.start + 1]
    lead = 0x8000 | packet.marker << 7 | payload_type
    return HEADER.pack(lead, seq, packet.timestamp, ssrc) + data[packet.start + 2 : packet.end]
