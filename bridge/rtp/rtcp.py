"""RTCP, parsed leniently and written strictly (RFC 3550, 4585, 5104, and draft-alvestrand-rmcat-remb for REMB).

A compound is untrusted input. A malformed packet in it is counted and skipped by its length; unknown packets are
skipped. Only a length that points beyond the end stops the parser.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from typing import NamedTuple

from bridge.rtp.header import MalformedPacket

SR, RR, SDES, BYE, RTPFB, PSFB = 200, 201, 202, 203, 205, 206
NACK = 1
PLI, FIR, AFB = 1, 4, 15
MAX_NACKED = 1024
"""Sequence numbers read from one NACK. A receiver that lost more needs a keyframe."""


class ReportBlock(NamedTuple):
    """A receiver's report on one stream (RFC 3550 section 6.4.1)."""

    ssrc: int
    fraction_lost: float
    """0 to 1, since the last report."""
    cumulative_lost: int
    """Duplicates can make it negative."""
    highest_seq: int
    """The highest sequence number received, 32 bits with wraps."""
    jitter: int
    """Ticks of the stream's clock."""
    last_sr: int
    """Middle 32 bits of the NTP time of the last sender report; 0 for none."""
    delay_since_last_sr: int
    """In 1/65536 s."""


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
    """SSRC and canonical name; other items are ignored."""

    cnames: tuple[tuple[int, str], ...]


class Bye(NamedTuple):
    ssrcs: tuple[int, ...]


class GenericNack(NamedTuple):
    """These packets of a stream are missing (RFC 4585 section 6.2.1)."""

    media_ssrc: int
    lost: tuple[int, ...]


class PictureLossIndication(NamedTuple):
    """PLI: a receiver needs a keyframe (RFC 4585 section 6.3.1)."""

    media_ssrc: int


class FullIntraRequest(NamedTuple):
    """FIR: the same as a command, for several streams (RFC 5104 section 4.3.1)."""

    media_ssrcs: tuple[int, ...]


class Remb(NamedTuple):
    """The bit rate that the receiver can take for these streams together, in bits a second."""

    bitrate: int
    media_ssrcs: tuple[int, ...]


RtcpMessage = (
    SenderReport
    | ReceiverReport
    | SourceDescription
    | Bye
    | GenericNack
    | PictureLossIndication
    | FullIntraRequest
    | Remb
)


class Compound(NamedTuple):
    messages: tuple[RtcpMessage, ...]
    malformed: int
    """Packets in it that could not be parsed."""


def parse(data: bytes) -> Compound:
    """Parse a plain RTCP compound. No input makes it raise."""
    messages: list[RtcpMessage] = []
    malformed = 0
    at = 0
    while at < len(data):
        if at + 4 > len(data) or data[at] & 0xC0 != 0x80:
            malformed += 1
            break
        count, kind = data[at] & 0x1F, data[at + 1]
        end = at + 4 + 4 * ((data[at + 2] << 8) | data[at + 3])
        if end > len(data):
            malformed += 1
            break
        try:
            message = _read(kind, count, _without_padding(data, at, end))
        except MalformedPacket:
            malformed += 1
        else:
            if message is not None:
                messages.append(message)
        at = end
    return Compound(tuple(messages), malformed)


def _without_padding(data: bytes, at: int, end: int) -> bytes:
    """The body of the packet at `at`, without its common header and padding."""
    if not data[at] & 0x20:
        return data[at + 4 : end]
    if end == at + 4 or not 0 < data[end - 1] <= end - at - 4:
        raise MalformedPacket("RTCP padding longer than its packet")
    return data[at + 4 : end - data[end - 1]]


def _read(kind: int, count: int, body: bytes) -> RtcpMessage | None:
    if kind in _FEEDBACK_PARSERS:
        parse_feedback = _FEEDBACK_PARSERS[kind].get(count)
        return parse_feedback(_at_least(body, 8)) if parse_feedback else None
    parse_report = _REPORT_PARSERS.get(kind)
    return parse_report(count, body) if parse_report else None


def _at_least(body: bytes, size: int) -> bytes:
    if len(body) < size:
        raise MalformedPacket(f"an RTCP packet of {len(body)} bytes, expected at least {size}")
    return body


def _sender_report(count: int, body: bytes) -> SenderReport:
    ssrc, ntp, timestamp, packets, octets = struct.unpack_from("!LQLLL", _at_least(body, 24))
    return SenderReport(ssrc, ntp, timestamp, packets, octets, _blocks(count, body, 24))


def _receiver_report(count: int, body: bytes) -> ReceiverReport:
    return ReceiverReport(int.from_bytes(_at_least(body, 4)[:4], "big"), _blocks(count, body, 4))


def _blocks(count: int, body: bytes, at: int) -> tuple[ReportBlock, ...]:
    _at_least(body, at + 24 * count)  # a profile-specific extension may follow
    return tuple(_block(body, at + 24 * i) for i in range(count))


def _block(body: bytes, at: int) -> ReportBlock:
    ssrc, loss, highest_seq, jitter, last_sr, delay = struct.unpack_from("!LLLLLL", body, at)
    lost = loss & 0xFF_FFFF
    return ReportBlock(
        ssrc,
        (loss >> 24) / 256,
        lost - 0x100_0000 if lost & 0x80_0000 else lost,
        highest_seq,
        jitter,
        last_sr,
        delay,
    )


def _source_description(count: int, body: bytes) -> SourceDescription:
    cnames: list[tuple[int, str]] = []
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
                cnames.append((ssrc, text.decode("utf-8", "replace")))
            at += 2 + length
        at += 4 - at % 4  # at least one zero byte, up to the next word (RFC 3550 section 6.5)
    return SourceDescription(tuple(cnames))


def _bye(count: int, body: bytes) -> Bye:
    return Bye(struct.unpack_from(f"!{count}L", _at_least(body, 4 * count)))


def _nack(body: bytes) -> GenericNack:
    media_ssrc = int.from_bytes(body[4:8], "big")
    lost: list[int] = []
    for at in range(8, len(body) - 3, 4):
        first, mask = struct.unpack_from("!HH", body, at)
        lost.append(first)
        lost += [(first + bit + 1) & 0xFFFF for bit in range(16) if mask >> bit & 1]
        if len(lost) >= MAX_NACKED:
            break
    return GenericNack(media_ssrc, tuple(lost[:MAX_NACKED]))


def _pli(body: bytes) -> PictureLossIndication:
    return PictureLossIndication(int.from_bytes(body[4:8], "big"))


def _fir(body: bytes) -> FullIntraRequest:
    return FullIntraRequest(
        tuple(int.from_bytes(body[at : at + 4], "big") for at in range(8, len(body) - 7, 8))
    )


def _remb(body: bytes) -> Remb | None:
    if body[8:12] != b"REMB":
        return None
    _at_least(body, 16)
    count, exponent, mantissa = body[12], body[13] >> 2, (body[13] & 3) << 16 | body[14] << 8 | body[15]
    _at_least(body, 16 + 4 * count)
    return Remb(mantissa << exponent, struct.unpack_from(f"!{count}L", body, 16))


_REPORT_PARSERS: dict[int, Callable[[int, bytes], RtcpMessage]] = {
    SR: _sender_report,
    RR: _receiver_report,
    SDES: _source_description,
    BYE: _bye,
}
_FEEDBACK_PARSERS: dict[int, dict[int, Callable[[bytes], RtcpMessage | None]]] = {
    RTPFB: {NACK: _nack},
    PSFB: {PLI: _pli, FIR: _fir, AFB: _remb},
}


# Writing ------------------------------------------------------------------------------------------


def _packet(kind: int, count: int, body: bytes) -> bytes:
    """A packet with its common header; `body` is padded with zeros to whole words."""
    body += bytes(-len(body) % 4)
    return struct.pack("!BBH", 0x80 | count, kind, len(body) // 4) + body


def source_description(ssrc: int, cname: str) -> bytes:
    """SDES with the canonical name, cut to the 255 bytes that fit."""
    name = cname.encode()[:255]
    # The list of items ends with a zero byte even where it fills its word.
    return _packet(SDES, 1, struct.pack("!LBB", ssrc, 1, len(name)) + name + b"\0")


def sender_report(ssrc: int, ntp: int, timestamp: int, packets: int, octets: int, cname: str) -> bytes:
    """SR and SDES in one compound."""
    body = struct.pack("!LQLLL", ssrc, ntp, timestamp, packets & 0xFFFF_FFFF, octets & 0xFFFF_FFFF)
    return _packet(SR, 0, body) + source_description(ssrc, cname)


def receiver_report(ssrc: int, reports: Sequence[ReportBlock]) -> bytes:
    """RR; `ssrc` is the bridge's own. At most 31 reports fit."""
    blocks = b"".join(
        struct.pack(
            "!LLLLLL",
            report.ssrc,
            min(255, int(report.fraction_lost * 256)) << 24
            | max(-0x80_0000, min(0x7F_FFFF, report.cumulative_lost)) & 0xFF_FFFF,
            report.highest_seq & 0xFFFF_FFFF,
            report.jitter & 0xFFFF_FFFF,
            report.last_sr,
            report.delay_since_last_sr & 0xFFFF_FFFF,
        )
        for report in reports[:31]
    )
    return _packet(RR, len(reports[:31]), struct.pack("!L", ssrc) + blocks)


def nack(ssrc: int, media_ssrc: int, lost: Sequence[int]) -> bytes:
    """Generic NACK for sequence numbers in rising order, wraps allowed."""
    pairs: list[list[int]] = []
    for seq in lost:
        ahead = (seq - pairs[-1][0]) & 0xFFFF if pairs else 0
        if pairs and 1 <= ahead <= 16:
            pairs[-1][1] |= 1 << (ahead - 1)
        else:
            pairs.append([seq & 0xFFFF, 0])
    body = b"".join(struct.pack("!HH", first, mask) for first, mask in pairs)
    return _packet(RTPFB, NACK, struct.pack("!LL", ssrc, media_ssrc) + body)


def pli(ssrc: int, media_ssrc: int) -> bytes:
    """PLI: request a keyframe of stream `media_ssrc`."""
    return _packet(PSFB, PLI, struct.pack("!LL", ssrc, media_ssrc))


def remb(ssrc: int, bitrate: int, media_ssrcs: Sequence[int]) -> bytes:
    """REMB: 18 bits of mantissa, 6 of exponent, rounded down."""
    exponent = max(0, bitrate.bit_length() - 18)
    mantissa = bitrate >> exponent
    head = struct.pack(
        "!LL4sBBH", ssrc, 0, b"REMB", len(media_ssrcs), exponent << 2 | mantissa >> 16, mantissa & 0xFFFF
    )
    return _packet(PSFB, AFB, head + struct.pack(f"!{len(media_ssrcs)}L", *media_ssrcs))
