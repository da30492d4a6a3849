"""RTCP feedback from one peer, true or not."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.destination.feedback import (
    MAX_NACKED_PER_S,
    MAX_RETRANSMISSION_BURST_BITS,
    MIN_RETRANSMISSION_BPS,
    RETRANSMISSION_SHARE,
)
from bridge.engine import Feed
from bridge.rtp import rtcp
from bridge.rtp.rtcp import (
    FullIntraRequest,
    GenericNack,
    PictureLossIndication,
    ReceiverReport,
    Remb,
    ReportBlock,
    SenderReport,
)
from tests.unit.bridge.peers import NOW, FakePeer, FakeVenue, destination

PROGRAM, SECOND, MIC1 = 1, 2, 3
"""SSRCs of the slots, as `destination` numbers them."""


class FeedbackHarness:
    """A venue in the programme of a peer, and in its first microphone slot."""

    def __init__(self, *, size: int = 20) -> None:
        self.venue = FakeVenue("krefeld", 10)
        self.venue.camera.padding = size
        self.peer = FakePeer()
        self.destination, self.slots = destination(self.peer)
        self.destination.apply(Feed("krefeld", (), ("krefeld",)), {"krefeld": self.venue.source}, NOW)

    def send(self, frames: int, now: float = NOW) -> list[bytes]:
        """That many frames of one packet, the first a keyframe; the packets that were sent for them."""
        for number in range(frames):
            self.venue.frame(now, keyframe=number == 0)
        sent, self.peer.rtp = self.peer.rtp, []
        return sent

    def replies(self, *messages: rtcp.RtcpMessage, now: float = NOW) -> list[bytes]:
        """The packets that the peer gets after these messages."""
        self.destination.on_rtcp(messages, now)
        sent, self.peer.rtp = self.peer.rtp, []
        return sent


def test_a_nacked_packet_is_retransmitted_byte_for_byte() -> None:
    """From the slot of the NACK; a NACK for no slot is counted and ignored."""
    downlink = FeedbackHarness()
    picture = downlink.send(2)
    downlink.venue.speak(NOW)
    voice = downlink.peer.rtp.pop()
    nacks = GenericNack(PROGRAM, (501, 500)), GenericNack(MIC1, (500, 77)), GenericNack(99, (1,))
    assert downlink.replies(*nacks) == [picture[1], picture[0], voice]
    assert downlink.destination.stats(NOW).repairs == 3
    assert downlink.destination.ignored == {"nack: ssrc": 1}


def test_retransmissions_are_limited_to_a_share_of_the_bit_rate() -> None:
    """An overloaded receiver must not get more of the same."""
    downlink = FeedbackHarness(size=1000)
    sent = downlink.send(400)
    everything = GenericNack(PROGRAM, tuple(range(500, 900)))
    at_once = downlink.replies(everything)
    assert 0 <= 8 * sum(map(len, at_once)) - MAX_RETRANSMISSION_BURST_BITS < 8 * len(sent[0])
    assert downlink.destination.ignored["nack: limit"] == len(sent) - len(at_once)
    downlink.destination.tick(NOW + 1)  # a second with 400 packets of 1 kB in it: 3.2 Mb/s
    more = downlink.replies(everything, now=NOW + 1)
    assert 8 * sum(map(len, more)) == pytest.approx(RETRANSMISSION_SHARE * 8 * sum(map(len, sent)), rel=0.02)
    downlink.destination.tick(NOW + 2)
    more = downlink.replies(everything, now=NOW + 2)
    assert 8 * sum(map(len, more)) == pytest.approx(MIN_RETRANSMISSION_BPS, rel=0.05)


def test_nacked_numbers_are_limited_per_second() -> None:
    """Each costs a lookup, whether the packet is stored or not."""
    downlink = FeedbackHarness()
    downlink.send(2)
    nowhere = GenericNack(PROGRAM, tuple(range(30_000, 31_000)))
    for _ in range(10):
        assert downlink.replies(nowhere) == []
    assert downlink.destination.ignored["nack: limit"] == 10_000 - MAX_NACKED_PER_S
    assert downlink.replies(GenericNack(PROGRAM, (500,))) == []
    assert len(downlink.replies(GenericNack(PROGRAM, (500,)), now=NOW + 0.1)) == 1


@pytest.mark.parametrize("message", [PictureLossIndication(PROGRAM), FullIntraRequest((PROGRAM,))])
def test_a_pli_or_fir_requests_a_keyframe_of_the_source(
    message: PictureLossIndication | FullIntraRequest,
) -> None:
    """And stops retransmissions until it comes."""
    downlink = FeedbackHarness()
    downlink.send(1)
    downlink.venue.peer.rtcp.clear()
    assert downlink.replies(message, GenericNack(PROGRAM, (500,)), now=NOW + 1) == []
    assert len(downlink.venue.peer.take_rtcp(PictureLossIndication)) == 1
    downlink.send(1, NOW + 1)
    assert len(downlink.replies(GenericNack(PROGRAM, (500,)), now=NOW + 1)) == 1
    assert downlink.destination.stats(NOW).keyframe_requests == 1


def test_keyframe_requests_are_passed_on_every_half_second_at_most() -> None:
    """All are counted."""
    downlink = FeedbackHarness()
    downlink.send(1)
    downlink.venue.peer.rtcp.clear()
    for step in range(100):
        downlink.replies(*[PictureLossIndication(PROGRAM)] * 50, now=NOW + step / 100)
        downlink.send(1, NOW + step / 100)
    assert len(downlink.venue.peer.take_rtcp(PictureLossIndication)) == 2
    assert downlink.destination.stats(NOW).keyframe_requests == 5000


def test_a_keyframe_request_for_no_slot_is_ignored() -> None:
    """One for a slot without a picture or with sound does nothing."""
    downlink = FeedbackHarness()
    downlink.replies(PictureLossIndication(99), FullIntraRequest((98, SECOND)), PictureLossIndication(MIC1))
    assert downlink.destination.stats(NOW).keyframe_requests == 2
    assert downlink.destination.ignored == {"keyframe request: ssrc": 2}


def test_the_round_trip_is_computed_from_the_receiver_report() -> None:
    """Now, less the time of our report, less how long the peer has had it."""
    downlink = FeedbackHarness()
    downlink.send(1)
    downlink.destination.tick(NOW)
    sent = downlink.peer.take_rtcp(SenderReport)[0]
    block = ReportBlock(PROGRAM, 0.25, 4, 500, 900, sent.ntp >> 16 & 0xFFFF_FFFF, 65_536 // 2)
    downlink.replies(ReceiverReport(1, (block, block._replace(ssrc=77))), now=NOW + 0.75)
    assert downlink.destination.rtt == pytest.approx(0.25, abs=0.001)
    stats = downlink.destination.stats(NOW + 1)
    assert stats.rtt_ms == pytest.approx(250, abs=1)
    assert (stats.loss, stats.lost, stats.jitter_ms) == (0.25, 4, 10.0)
    assert downlink.destination.ignored == {"report: ssrc": 1}


def test_a_report_block_without_our_sender_report_gives_no_round_trip() -> None:
    """Nor does a false one."""
    downlink = FeedbackHarness()
    for last_report in (0, 1, 0xFFFF_FFFF):
        block = ReportBlock(PROGRAM, 0.0, 0, 0, 0, last_report, 0)
        downlink.replies(SenderReport(1, 0, 0, 0, 0, (block,)))
    assert downlink.destination.rtt is None


def test_contradictory_reports_do_no_harm() -> None:
    """Numbers jump back and forth."""
    downlink = FeedbackHarness()
    downlink.send(10)
    for highest in (0xFFFF_FFFF, 0, 1 << 31, 7, 0xFFFF_FFFF):
        block = ReportBlock(PROGRAM, 255 / 256, -(1 << 23), highest, 0xFFFF_FFFF, 0, 0xFFFF_FFFF)
        downlink.replies(ReceiverReport(1, (block,) * 31), Remb(1 << 63, (PROGRAM, 77)))
        downlink.destination.tick(NOW)
    stats = downlink.destination.stats(NOW)
    assert (stats.loss, stats.lost) == (255 / 256, 0)


@given(st.lists(st.sampled_from([1, 2, 3, 99]), min_size=1, max_size=4), st.binary(max_size=64))
def test_any_feedback_is_accepted(medias: list[int], tail: bytes) -> None:
    """Nothing raises, and the streams go on."""
    downlink = FeedbackHarness()
    for media in medias:
        for kind in (0x81CD, 0x81CE, 0x84CE, 0x8FCE, 0x81C9, 0x81C8):
            body = struct.pack("!LL", 1, media) + tail[: len(tail) // 4 * 4]
            message = rtcp.parse(struct.pack("!HH", kind, len(body) // 4) + body)
            downlink.destination.on_rtcp(message.messages, NOW)
        estimate = rtcp.remb(1, int.from_bytes(tail[:7]), [media])
        downlink.destination.on_rtcp(rtcp.parse(estimate).messages, NOW)
    downlink.peer.rtp.clear()
    assert len(downlink.send(2, NOW + 1)) == 2
