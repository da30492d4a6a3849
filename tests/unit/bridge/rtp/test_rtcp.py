"""RTCP, parsed and written."""

from __future__ import annotations

import struct

import pytest
from aiortc.rtp import (
    RtcpByePacket,
    RtcpPacket,
    RtcpPsfbPacket,
    RtcpRrPacket,
    RtcpRtpfbPacket,
    RtcpSdesPacket,
    unpack_remb_fci,
)
from aiortc.rtp import RtcpSrPacket as AiortcSenderReport
from hypothesis import example, given
from hypothesis import strategies as st

from bridge.rtp import rtcp
from bridge.rtp.rtcp import (
    Bye,
    FullIntraRequest,
    GenericNack,
    PictureLossIndication,
    ReceiverReport,
    Remb,
    ReportBlock,
    SenderReport,
    SourceDescription,
    parse,
)

BLOCK = ReportBlock(7, 0.25, -2, 0x1_0005, 33, 0xAABBCCDD, 65_536)


def test_a_sender_report_with_its_cname_is_parsed_as_written() -> None:
    """SR and SDES in one compound."""
    data = rtcp.sender_report(7, 0x0123456789ABCDEF, 90_000, 5, 4321, "schalte")
    assert parse(data) == (
        (SenderReport(7, 0x0123456789ABCDEF, 90_000, 5, 4321), SourceDescription(((7, "schalte"),))),
        0,
    )


def test_aiortc_parses_our_reports() -> None:
    """An independent parser of the same RFC."""
    data = rtcp.sender_report(7, 1 << 40, 90_000, 5, 4321, "schalte") + rtcp.receiver_report(8, [BLOCK])
    sender, names, receiver = RtcpPacket.parse(data)
    assert isinstance(sender, AiortcSenderReport)
    assert (sender.ssrc, sender.sender_info.ntp_timestamp, sender.sender_info.packet_count) == (7, 1 << 40, 5)
    assert isinstance(names, RtcpSdesPacket)
    assert names.chunks[0].items == [(1, b"schalte")]
    assert isinstance(receiver, RtcpRrPacket)
    block = receiver.reports[0]
    assert (block.ssrc, block.fraction_lost, block.packets_lost, block.jitter) == (7, 64, -2, 33)
    assert (block.highest_sequence, block.lsr, block.dlsr) == (0x1_0005, 0xAABBCCDD, 65_536)


def test_aiortc_parses_our_feedback() -> None:
    """NACK, PLI, REMB."""
    data = rtcp.nack(1, 7, [10, 12, 30]) + rtcp.pli(1, 7) + rtcp.remb(1, 4_000_000, [7, 8])
    nack, loss, estimate = RtcpPacket.parse(data)
    assert isinstance(nack, RtcpRtpfbPacket)
    assert (nack.media_ssrc, nack.lost) == (7, [10, 12, 30])
    assert isinstance(loss, RtcpPsfbPacket)
    assert (loss.fmt, loss.media_ssrc) == (1, 7)
    assert isinstance(estimate, RtcpPsfbPacket)
    bitrate, ssrcs = unpack_remb_fci(estimate.fci)
    assert (bitrate, ssrcs) == (4_000_000 & ~0xF, [7, 8])


def test_aiortcs_feedback_is_parsed() -> None:
    """Its BYE too."""
    data = (
        bytes(RtcpRtpfbPacket(fmt=1, ssrc=1, media_ssrc=7, lost=[10, 12, 30]))
        + bytes(RtcpPsfbPacket(fmt=1, ssrc=1, media_ssrc=7))
        + bytes(RtcpByePacket(sources=[5, 6]))
    )
    assert parse(data) == ((GenericNack(7, (10, 12, 30)), PictureLossIndication(7), Bye((5, 6))), 0)


@pytest.mark.parametrize(
    "lost", [[5], [5, 6, 21], [5, 22], [65_530, 65_535, 0, 9], list(range(100, 200)), []], ids=str
)
def test_a_nack_is_parsed_with_every_number(lost: list[int]) -> None:
    """Also across the wrap, and if one mask is not enough."""
    assert parse(rtcp.nack(1, 7, lost)).messages == (GenericNack(7, tuple(lost)),)


def test_neighbours_share_a_mask() -> None:
    """Seventeen numbers in a row need one word of four bytes."""
    assert len(rtcp.nack(1, 7, list(range(17)))) == 16
    assert len(rtcp.nack(1, 7, list(range(18)))) == 20


def test_a_full_intra_request_names_its_streams() -> None:
    """RFC 5104 section 4.3.1.1: the media SSRC in the header is unused."""
    data = struct.pack("!BBHLLLBxxx", 0x84, 206, 4, 1, 0, 7, 9)
    assert parse(data).messages == (FullIntraRequest((7,)),)


@pytest.mark.parametrize("bitrate", [0, 1, 262_143, 262_144, 4_000_000, 10**12])
def test_an_estimate_is_rounded_down_by_less_than_a_hundred_thousandth(bitrate: int) -> None:
    """18 bits of mantissa."""
    (message,) = parse(rtcp.remb(1, bitrate, [7])).messages
    assert isinstance(message, Remb)
    assert bitrate * (1 - 2**-17) <= message.bitrate <= bitrate


@pytest.mark.parametrize("name", ["", "a", "ab", "abc", "abcd", "名前", "x" * 300])
def test_a_cname_of_any_length_ends_before_the_next_packet(name: str) -> None:
    """Its item list ends with a zero byte and is padded to a word."""
    data = rtcp.source_description(7, name) + rtcp.pli(1, 7)
    assert parse(data) == ((SourceDescription(((7, name[:255]),)), PictureLossIndication(7)), 0)


def test_reports_are_limited_to_the_range_of_their_fields() -> None:
    """A loss count has 24 bits and a sign; a fraction is at most 255/256."""
    data = rtcp.receiver_report(8, [BLOCK._replace(fraction_lost=1.0, cumulative_lost=1 << 30)])
    (message,) = parse(data).messages
    assert isinstance(message, ReceiverReport)
    assert (message.reports[0].fraction_lost, message.reports[0].cumulative_lost) == (255 / 256, 0x7F_FFFF)


@pytest.mark.parametrize(
    ("broken", "unread"),
    [
        (struct.pack("!BBHL", 0x81, 201, 1, 8), 1),
        (struct.pack("!BBHL", 0x81, 202, 1, 8), 1),
        (struct.pack("!BBHLBB2s", 0x81, 202, 2, 8, 1, 9, b"ab"), 1),
        (struct.pack("!BBHL", 0x85, 203, 1, 8), 1),
        (struct.pack("!BBHL", 0x81, 205, 1, 8), 1),
        (struct.pack("!BBHLL4s", 0x8F, 206, 3, 8, 7, b"REMB"), 1),
        (struct.pack("!BBHLL4sL", 0x8F, 206, 4, 8, 7, b"REMB", 0xFF000000), 1),
        (struct.pack("!BBHL", 0xA0, 201, 1, 200), 1),
        (struct.pack("!BBHL", 0xA0, 201, 1, 0), 1),
        (struct.pack("!BBHL", 0x80, 222, 1, 8), 0),
        (struct.pack("!BBHLL4s", 0x8F, 206, 3, 8, 7, b"ELSE"), 0),
        (struct.pack("!BBHLL", 0x8F, 205, 2, 8, 7), 0),
    ],
)
def test_the_other_packets_of_a_compound_survive_a_malformed_or_unknown_one(
    broken: bytes, unread: int
) -> None:
    before, after = rtcp.pli(1, 7), rtcp.pli(1, 9)
    parsed = parse(before + broken + after)
    assert [message for message in parsed.messages if isinstance(message, PictureLossIndication)] == [
        PictureLossIndication(7),
        PictureLossIndication(9),
    ]
    assert (len(parsed.messages), parsed.malformed) == (2, unread)


def test_a_report_with_a_profile_specific_extension_is_parsed() -> None:
    """RFC 3550 section 6.4.3: it follows the blocks."""
    data = bytearray(rtcp.receiver_report(8, [BLOCK]) + b"more")
    data[3] += 1
    assert parse(bytes(data)) == ((ReceiverReport(8, (BLOCK,)),), 0)


def test_padding_at_the_end_is_not_content() -> None:
    """RFC 3550 section 6.4.1."""
    data = bytearray(rtcp.pli(1, 7) + b"\0\0\0\4")
    data[0] |= 0x20
    data[3] += 1
    assert parse(bytes(data)) == ((PictureLossIndication(7),), 0)


def test_a_length_beyond_the_end_stops_the_parser() -> None:
    """The start of the next packet is then unknown."""
    assert parse(rtcp.pli(1, 7) + b"\x80\xc9\0\7") == ((PictureLossIndication(7),), 1)


def test_a_huge_nack_is_cut_short() -> None:
    """One datagram can name more packets than are stored."""
    body = struct.pack("!LL", 1, 7) + struct.pack("!HH", 0, 0xFFFF) * 300
    (message,) = parse(struct.pack("!BBH", 0x81, 205, len(body) // 4) + body).messages
    assert isinstance(message, GenericNack)
    assert len(message.lost) == rtcp.MAX_NACKED


FRAGMENTS = st.sampled_from(
    [
        rtcp.sender_report(7, 1 << 40, 1, 2, 3, "name"),
        rtcp.receiver_report(8, [BLOCK]),
        rtcp.nack(1, 7, [1, 2, 40]),
        rtcp.remb(1, 4_000_000, [7]),
        bytes(RtcpByePacket(sources=[5])),
    ]
)


@given(st.lists(FRAGMENTS | st.binary(max_size=40), max_size=4), st.randoms(use_true_random=False))
@example([b""], None)
def test_any_bytes_are_parsed(parts: list[bytes], random: object) -> None:
    """Compounds with random errors, truncated anywhere: nothing raises."""
    data = bytearray(b"".join(parts))
    if data and random is not None:
        for _ in range(3):
            data[random.randrange(len(data))] = random.randrange(256)  # type: ignore[attr-defined]
        del data[random.randrange(len(data) + 1) :]  # type: ignore[attr-defined]
    assert parse(bytes(data)).malformed >= 0
