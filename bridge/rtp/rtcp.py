"""RTCP, leniently in and plainly out (RFC 3550, 4585, 5104, and draft-alvestrand-rmcat-remb for REMB).

A compound comes from a stranger: a packet in it that is broken is counted and passed over by its length,
unknown ones are passed over, and what has been read before and can be read after is kept. Only a length that
points beyond the end ends the reading.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from typing import NamedTuple

from bridge.rtp.header import MalformedPacket

SR, RR, SDES, BYE, RTPFB, PSFB = 200, 201, 202, 203, 205, 206
NACK = 1
PLI, FIR, AFB = 1, 4, 15
MAX_LOST = 1024
"""Sequence numbers taken from one NACK. What is beyond is no repair any more."""


class ReportBlock(NamedTuple):
    """What a receiver says of one stream (RFC 3550 section 6.4.1)."""

    ssrc: int
    fraction_lost: float
    """0 to 1, since the last report."""
    lost: int
    """In all; duplicates can make it negative."""
    highest: int
    """The highest sequence number seen, 32 bits with wraps."""
    jitter: int
    """Ticks of the stream's clock."""
    last_report: int
    """Middle 32 bits of the NTP time of the last sender report it has; 0 for none."""
    delay: int
    """Since that report, in 1/65536 s."""


class SenderReport(NamedTuple):
    ssrc: int
    ntp: int
    """64 bits, units of 2^-32 s since 1900."""
    timestamp: int
    packets: int
    octets: int
    reports: tuple[ReportBlock, ...] = ()


class ReceiverReport(NamedTuple):
    ssrc: int
    reports: tuple[ReportBlock, ...]


class SourceDescription(NamedTuple):
    """Who is who: SSRC and canonical name; other items are not kept."""

    names: tuple[tuple[int, str], ...]


class Bye(NamedTuple):
    ssrcs: tuple[int, ...]


class GenericNack(NamedTuple):
    """These packets of stream `media` have not come (RFC 4585 section 6.2.1)."""

    media: int
    lost: tuple[int, ...]


class PictureLoss(NamedTuple):
    """A receiver of `media` cannot go on without a keyframe (RFC 4585 section 6.3.1)."""

    media: int


class FullIntra(NamedTuple):
    """The same as a command, by stream (RFC 5104 section 4.3.1)."""

    medias: tuple[int, ...]


class ReceiverEstimate(NamedTuple):
    """REMB: what the receiver can take of these streams together, in bit/s."""

    bitrate: int
    medias: tuple[int, ...]


Message = (
    SenderReport
    | ReceiverReport
    | SourceDescription
    | Bye
    | GenericNack
    | PictureLoss
    | FullIntra
    | ReceiverEstimate
)


class Parsed(NamedTuple):
    """What a compound held."""

    messages: tuple[Message, ...]
    broken: int
    """Packets in it that could not be read."""


def parse(data: bytes) -> Parsed:
    """Read a plain RTCP compound. Any bytes have an answer; no bytes raise."""
    messages: list[Message] = []
    broken = 0
    at = 0
    while at < len(data):
        if at + 4 > len(data) or data[at] & 0xC0 != 0x80:
            broken += 1
            break
        count, kind = data[at] & 0x1F, data[at + 1]
        end = at + 4 + 4 * ((data[at + 2] << 8) | data[at + 3])
        if end > len(data):
            broken += 1
            break
        try:
            message = _read(kind, count, _without_padding(data, at, end))
        except MalformedPacket:
            broken += 1
        else:
            if message is not None:
                messages.append(message)
        at = end
    return Parsed(tuple(messages), broken)


def _without_padding(data: bytes, at: int, end: int) -> bytes:
    """The body of the packet at `at`, its common header and padding left out."""
    if not data[at] & 0x20:
        return data[at + 4 : end]
    if end == at + 4 or not 0 < data[end - 1] <= end - at - 4:
        raise MalformedPacket("RTCP padding longer than its packet")
    return data[at + 4 : end - data[end - 1]]


def _read(kind: int, count: int, body: bytes) -> Message | None:
    if kind in _FEEDBACK:
        reader = _FEEDBACK[kind].get(count)
        return reader(_at_least(body, 8)) if reader else None
    reader_of_reports = _REPORTS.get(kind)
    return reader_of_reports(count, body) if reader_of_reports else None


def _at_least(body: bytes, size: int) -> bytes:
    if len(body) < size:
        raise MalformedPacket(f"an RTCP packet with {len(body)} bytes where {size} are needed")
    return body


def _sender_report(count: int, body: bytes) -> SenderReport:
    ssrc, ntp, timestamp, packets, octets = struct.unpack_from("!LQLLL", _at_least(body, 24))
    return SenderReport(ssrc, ntp, timestamp, packets, octets, _blocks(count, body, 24))


def _receiver_report(count: int, body: bytes) -> ReceiverReport:
    return ReceiverReport(int.from_bytes(_at_least(body, 4)[:4], "big"), _blocks(count, body, 4))


def _blocks(count: int, body: bytes, at: int) -> tuple[ReportBlock, ...]:
    _at_least(body, at + 24 * count)  # what follows them is a profile's extension and nothing to us
    return tuple(_block(body, at + 24 * i) for i in range(count))


def _block(body: bytes, at: int) -> ReportBlock:
    ssrc, loss, highest, jitter, last_report, delay = struct.unpack_from("!LLLLLL", body, at)
    lost = loss & 0xFF_FFFF
    return ReportBlock(
        ssrc,
        (loss >> 24) / 256,
        lost - 0x100_0000 if lost & 0x80_0000 else lost,
        highest,
        jitter,
        last_report,
        delay,
    )


def _source_description(count: int, body: bytes) -> SourceDescription:
    names: list[tuple[int, str]] = []
    at = 0
    for _ in range(count):
        ssrc = int.from_bytes(_at_least(body, at + 5)[at : at + 4], "big")
        at += 4
        while True:
            kind = _at_least(body, at + 1)[at]
            if kind == 0:
                break
            length = _at_least(body, at + 2)[at + 1]
            text = _at_least(body, at + 2 + length)[at + 2 : at + 2 + length]
            if kind == 1:
                names.append((ssrc, text.decode("utf-8", "replace")))
            at += 2 + length
        at += 4 - at % 4  # at least one zero byte, up to the next word (RFC 3550 section 6.5)
    return SourceDescription(tuple(names))


def _bye(count: int, body: bytes) -> Bye:
    return Bye(struct.unpack_from(f"!{count}L", _at_least(body, 4 * count)))


def _nack(body: bytes) -> GenericNack:
    media = int.from_bytes(body[4:8], "big")
    lost: list[int] = []
    for at in range(8, len(body) - 3, 4):
        first, mask = struct.unpack_from("!HH", body, at)
        lost.append(first)
        lost += [(first + bit + 1) & 0xFFFF for bit in range(16) if mask >> bit & 1]
        if len(lost) >= MAX_LOST:
            break
    return GenericNack(media, tuple(lost[:MAX_LOST]))


def _picture_loss(body: bytes) -> PictureLoss:
    return PictureLoss(int.from_bytes(body[4:8], "big"))


def _full_intra(body: bytes) -> FullIntra:
    return FullIntra(tuple(int.from_bytes(body[at : at + 4], "big") for at in range(8, len(body) - 7, 8)))


def _application(body: bytes) -> ReceiverEstimate | None:
    if body[8:12] != b"REMB":
        return None
    _at_least(body, 16)
    count, exponent, mantissa = body[12], body[13] >> 2, (body[13] & 3) << 16 | body[14] << 8 | body[15]
    _at_least(body, 16 + 4 * count)
    return ReceiverEstimate(mantissa << exponent, struct.unpack_from(f"!{count}L", body, 16))


_REPORTS: dict[int, Callable[[int, bytes], Message]] = {
    SR: _sender_report,
    RR: _receiver_report,
    SDES: _source_description,
    BYE: _bye,
}
_FEEDBACK: dict[int, dict[int, Callable[[bytes], Message | None]]] = {
    RTPFB: {NACK: _nack},
    PSFB: {PLI: _picture_loss, FIR: _full_intra, AFB: _application},
}


# Out ----------------------------------------------------------------------------------------------


def _packet(kind: int, count: int, body: bytes) -> bytes:
    """A packet with its common header; `body` is padded with zeros to whole words."""
    body += bytes(-len(body) % 4)
    return struct.pack("!BBH", 0x80 | count, kind, len(body) // 4) + body


def source_description(ssrc: int, cname: str) -> bytes:
    """SDES with the canonical name; a name is cut to the 255 bytes there is room for."""
    name = cname.encode()[:255]
    # The list of items ends with a zero byte even where it fills its word.
    return _packet(SDES, 1, struct.pack("!LBB", ssrc, 1, len(name)) + name + b"\0")


def sender_report(ssrc: int, ntp: int, timestamp: int, packets: int, octets: int, cname: str) -> bytes:
    """SR and SDES in one compound, for a stream that we send."""
    body = struct.pack("!LQLLL", ssrc, ntp, timestamp, packets & 0xFFFF_FFFF, octets & 0xFFFF_FFFF)
    return _packet(SR, 0, body) + source_description(ssrc, cname)


def receiver_report(ssrc: int, reports: Sequence[ReportBlock]) -> bytes:
    """RR; `ssrc` is ours. At most 31 reports fit."""
    blocks = b"".join(
        struct.pack(
            "!LLLLLL",
            report.ssrc,
            min(255, int(report.fraction_lost * 256)) << 24
            | max(-0x80_0000, min(0x7F_FFFF, report.lost)) & 0xFF_FFFF,
            report.highest & 0xFFFF_FFFF,
            report.jitter & 0xFFFF_FFFF,
            report.last_report,
            report.delay & 0xFFFF_FFFF,
        )
        for report in reports[:31]
    )
    return _packet(RR, len(reports[:31]), struct.pack("!L", ssrc) + blocks)


def nack(ssrc: int, media: int, lost: Sequence[int]) -> bytes:
    """Generic NACK for sequence numbers in rising order (wraps allowed); neighbours share a mask."""
    pairs: list[list[int]] = []
    for seq in lost:
        ahead = (seq - pairs[-1][0]) & 0xFFFF if pairs else 0
        if pairs and 1 <= ahead <= 16:
            pairs[-1][1] |= 1 << (ahead - 1)
        else:
            pairs.append([seq & 0xFFFF, 0])
    body = b"".join(struct.pack("!HH", first, mask) for first, mask in pairs)
    return _packet(RTPFB, NACK, struct.pack("!LL", ssrc, media) + body)


def picture_loss(ssrc: int, media: int) -> bytes:
    """PLI: please send a keyframe of stream `media`."""
    return _packet(PSFB, PLI, struct.pack("!LL", ssrc, media))


def receiver_estimate(ssrc: int, bitrate: int, medias: Sequence[int]) -> bytes:
    """REMB: 18 bits of mantissa, 6 of exponent, rounded down."""
    exponent = max(0, bitrate.bit_length() - 18)
    mantissa = bitrate >> exponent
    head = struct.pack(
        "!LL4sBBH", ssrc, 0, b"REMB", len(medias), exponent << 2 | mantissa >> 16, mantissa & 0xFFFF
    )
    return _packet(PSFB, AFB, head + struct.pack(f"!{len(medias)}L", *medias))
