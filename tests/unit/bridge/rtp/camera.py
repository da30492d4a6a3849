"""A fake camera: RTP packets with VP8, whose payload identifies the packet and its camera.

It writes descriptors (RFC 7741 section 4.2) independently of the code under test.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from random import Random

IDENTITY = struct.Struct("!LLL")
"""SSRC, true index and frame number, at the end of every payload."""


@dataclass
class SentPacket:
    """One packet and its true counters."""

    data: bytes
    index: int
    """Its sequence number with all wraps."""
    picture: int
    """Its picture ID with all wraps, -1 for none."""
    frame: int
    is_padding: bool = False


@dataclass
class Camera:
    """A sender. Its counters have no wraps; packets carry their low bits."""

    ssrc: int
    payload_type: int = 96
    index: int = 0
    timestamp: int = 0
    picture: int = 0
    bits: int = 15
    """Of the picture ID: 0, 7 or 15."""
    layered: bool = False
    tl0: int = 0
    key: int = 0
    padding: int = 20
    """Bytes of picture in every packet."""
    extensions: dict[int, bytes] = field(default_factory=dict)
    """Header extensions of every packet, by id."""
    frames: int = field(default=0, init=False)

    def frame(self, packets: int = 1, *, keyframe: bool = False, ticks: int = 3000) -> list[SentPacket]:
        """The packets of the next frame."""
        self.frames += 1
        self.timestamp += ticks
        self.picture += 1
        temporal = 0 if keyframe or not self.layered else self.frames % 2
        self.tl0 += temporal == 0
        self.key += keyframe
        return [self._packet(number, number == packets - 1, keyframe, temporal) for number in range(packets)]

    def padding_only(self, *, size: int = 40) -> SentPacket:
        """A probe: a header and padding, with the timestamp of the frame before."""
        data = self._header(0xA0, False) + bytes(size - 1) + bytes([size])
        self.index += 1
        return SentPacket(data, self.index - 1, -1, self.frames, is_padding=True)

    def _header(self, first: int, marker: bool) -> bytes:
        block = b"".join(bytes([i << 4 | len(value) - 1]) + value for i, value in self.extensions.items())
        block += bytes(-len(block) % 4)
        head = struct.pack(
            "!BBHLL",
            first | 0x10 if block else first,
            self.payload_type | marker << 7,
            self.index & 0xFFFF,
            self.timestamp & 0xFFFF_FFFF,
            self.ssrc,
        )
        return head + struct.pack("!HH", 0xBEDE, len(block) // 4) + block if block else head

    def _packet(self, number: int, last: bool, keyframe: bool, temporal: int) -> SentPacket:
        data = self._header(0x80, last) + self._descriptor(number == 0, temporal)
        if number == 0:
            data += b"\x10\x02\x00\x9d\x01\x2a\x80\x02\x68\x01" if keyframe else b"\x11\x02\x00"
        data += bytes(self.padding) + IDENTITY.pack(self.ssrc, self.index, self.frames)
        self.index += 1
        return SentPacket(data, self.index - 1, self.picture if self.bits else -1, self.frames)

    def _descriptor(self, begins: bool, temporal: int) -> bytes:
        first = 0x10 if begins else 0x00
        if not self.bits:
            return bytes([first])
        flags = 0xF0 if self.layered else 0x80
        if self.bits == 15:
            picture = struct.pack("!H", 0x8000 | self.picture & 0x7FFF)
        else:
            picture = bytes([self.picture & 0x7F])
        layers = bytes([self.tl0 & 0xFF, temporal << 6 | self.key & 0x1F]) if self.layered else b""
        return bytes([first | 0x80, flags]) + picture + layers


PARAMETERS = bytes.fromhex("6742e01f"), bytes.fromhex("68ce3c80")
"""NAL units: the two parameter sets of H.264."""


@dataclass
class H264Camera(Camera):
    """The same in H.264 (RFC 6184), without picture IDs. A keyframe is a STAP-A with its parameter sets, and the IDR
    picture in fragments if there are more packets. Other frames are in fragments or in one packet."""

    payload_type: int = 102
    bits: int = 0

    def _packet(self, number: int, last: bool, keyframe: bool, temporal: int) -> SentPacket:
        data = self._header(0x80, last) + self._nal_unit(number, last, keyframe)
        data += bytes(self.padding) + IDENTITY.pack(self.ssrc, self.index, self.frames)
        self.index += 1
        return SentPacket(data, self.index - 1, -1, self.frames)

    def units(self, *units: bytes) -> list[SentPacket]:
        """The next frame, each NAL unit in a packet of its own."""
        self.frames += 1
        self.timestamp += 3000
        return [self._unit(unit, unit is units[-1]) for unit in units]

    def _unit(self, unit: bytes, last: bool) -> SentPacket:
        data = self._header(0x80, last) + unit
        self.index += 1
        return SentPacket(data, self.index - 1, -1, self.frames)

    def _nal_unit(self, number: int, last: bool, keyframe: bool) -> bytes:
        if keyframe and number == 0:
            return bytes.fromhex("78 0004 6742e01f 0002 68ce") + struct.pack("!H", self.padding + 12)
        kind, first = (5, number == 1) if keyframe else (1, number == 0)
        if first and last:
            return bytes([0x60 | kind])
        return bytes([0x7C, first << 7 | last << 6 | kind])


def rtx_packet(data: bytes, ssrc: int, seq: int, payload_type: int, *, extension: bytes = b"") -> bytes:
    """The RTX packet (RFC 4588) that retransmits `data`, a packet without extensions."""
    first, second, original, timestamp, _ = struct.unpack_from("!BBHLL", data)
    assert first == 0x80, "extensions are not retransmitted"
    block = struct.pack("!HH", 0xBEDE, len(extension) // 4) + extension if extension else b""
    second = second & 0x80 | payload_type
    head = struct.pack("!BBHLL", 0x90 if block else 0x80, second, seq & 0xFFFF, timestamp, ssrc)
    return head + block + struct.pack("!H", original) + data[12:]


def unreliable(sent: list[SentPacket], rng: Random, *, loss: float, reach: int) -> list[SentPacket]:
    """The packets after a bad network: some lost, each overtaken by at most `reach` others."""
    kept = [
        (place + rng.uniform(0, reach), packet) for place, packet in enumerate(sent) if rng.random() >= loss
    ]
    return [packet for _, packet in sorted(kept, key=lambda pair: pair[0])]
