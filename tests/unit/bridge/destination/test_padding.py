"""Padding for a peer that measures its line: how much, how it falls, and that it ends."""

from __future__ import annotations

import struct

from bridge.destination.destination import Destination
from bridge.destination.padding import (
    AT_MAX_S,
    FIRST_BPS,
    GROWTH_INTERVAL_S,
    HOLD_S,
    MAX_BPS,
    MAX_BURST_S,
    MAX_PADDING_S,
    MIN_BPS,
    Padding,
)
from bridge.destination.slots import VideoSlot
from bridge.engine import Feed
from bridge.rtp.clock import ProgramClock
from bridge.rtp.rtcp import ReceiverReport, Remb, ReportBlock
from bridge.rtp.rtx import PADDING_PACKET_BYTES, RtxStream
from tests.unit.bridge.peers import NOW, NTP, FakePeer, FakeVenue, destination

TICK_S = 0.02
PROGRAM = 1
"""SSRC of the slot."""


class Line:
    """The padding of one peer, second by second."""

    def __init__(self) -> None:
        self.now, self.octets = 0.0, 0
        self.padding = Padding(0, self.now)

    def pass_time(self, seconds: float, media_bps: float = 0.0) -> float:
        """Let time pass, in which so much else is sent. Returns the bits a second of both."""
        bits = 0.0
        ticks = round(seconds / TICK_S)
        for _ in range(ticks):
            self.now += TICK_S
            self.octets += int(media_bps * TICK_S / 8)
            bits += media_bps * TICK_S
            bits += 8 * PADDING_PACKET_BYTES * self.padding.packets_due(self.octets, self.now)
        return bits / (ticks * TICK_S)


def with_rtx(peer: FakePeer) -> Destination:
    """A destination of one picture."""
    slot = VideoSlot("program", PROGRAM, {"vp8": 101}, 500, rtx=RtxStream(900, {101: 97}, 500))
    return Destination("peer", peer, ProgramClock(NOW, NTP), [slot], cname="bridge", now=NOW)


def is_near(value: float, wanted: float) -> bool:
    return abs(value - wanted) < 0.02 * wanted


def test_it_grows_to_the_maximum_within_a_second_and_is_over_two_seconds_later() -> None:
    line = Line()
    assert FIRST_BPS <= line.pass_time(0.5) < 2 * FIRST_BPS
    line.pass_time(0.5)
    assert is_near(line.pass_time(1.0), MAX_BPS)
    assert not line.padding.is_over(line.now)
    line.pass_time(AT_MAX_S - 1.0)
    assert line.padding.is_over(line.now)


def test_it_fills_what_else_is_sent() -> None:
    line = Line()
    line.pass_time(1.0)
    assert is_near(line.pass_time(2.0, media_bps=2_000_000), MAX_BPS)
    line.pass_time(1.0, media_bps=2 * MAX_BPS)
    assert line.padding.packets_due(line.octets, line.now) == 0
    # What was too much is not made up for by a pause.
    line.pass_time(2 * MAX_BURST_S)
    assert is_near(line.pass_time(2.0), MAX_BPS)


def test_a_busy_loop_is_not_made_up_for_by_a_burst() -> None:
    line = Line()
    line.pass_time(2.0)
    line.now += 2.0
    burst = 8 * PADDING_PACKET_BYTES * line.padding.packets_due(0, line.now)
    assert 0 < burst <= MAX_BURST_S * MAX_BPS + 8 * PADDING_PACKET_BYTES


def test_a_falling_estimate_and_loss_lower_it_and_after_the_second_it_is_over() -> None:
    line = Line()
    line.pass_time(2.0)
    line.padding.on_estimate(1_000_000, line.now)
    line.padding.on_estimate(850_000, line.now)
    assert is_near(line.pass_time(HOLD_S - TICK_S), 850_000)
    line.pass_time(2 * TICK_S + GROWTH_INTERVAL_S)
    grown = line.padding.bitrate
    assert grown > 1_250_000
    # The estimate grows more slowly than the padding, and is no sign while it grows.
    line.padding.on_estimate(1_000_000, line.now)
    # A bad line that is not full loses as much, and three packets say nothing.
    line.padding.on_loss(0.2, 100, line.now)
    line.padding.on_loss(0.9, 3, line.now)
    assert (line.padding.bitrate, line.padding.is_over(line.now)) == (grown, False)
    line.padding.on_loss(0.5, 100, line.now)
    assert line.padding.is_over(line.now)


def test_a_report_about_what_was_sent_before_the_fall_is_no_second_sign() -> None:
    line = Line()
    line.pass_time(2.0)
    line.padding.on_loss(0.5, 100, line.now)
    line.padding.on_loss(0.5, 100, line.now + HOLD_S / 2)
    line.padding.on_congestion(line.now + HOLD_S / 2)
    assert (line.padding.bitrate, line.padding.is_over(line.now)) == (MAX_BPS / 2, False)
    line.padding.on_congestion(line.now + HOLD_S)
    assert (line.padding.bitrate, line.padding.is_over(line.now + HOLD_S)) == (MIN_BPS, True)


def test_an_estimate_of_nearly_all_of_it_is_no_sign_of_a_full_line() -> None:
    line = Line()
    line.pass_time(2.0)
    line.padding.on_estimate(int(0.95 * MAX_BPS), line.now)
    assert line.padding.bitrate == MAX_BPS


def test_a_destination_is_sent_packets_without_a_payload_until_it_is_over() -> None:
    """By the feedback on their own stream, and of the estimate for all. Its slots go on."""
    peer, venue = FakePeer(), FakeVenue("krefeld", 10)
    measuring = with_rtx(peer)
    measuring.apply(Feed("krefeld"), {"krefeld": venue.source}, 0.0)
    assert measuring.can_pad
    now, packets = 0.0, measuring.packets
    while measuring.pad(now):
        now += TICK_S
    assert AT_MAX_S < now < AT_MAX_S + 1.0 < MAX_PADDING_S
    padding = [data for data in peer.rtp if struct.unpack_from("!L", data, 8)[0] == 900]
    assert padding == peer.rtp
    assert {(data[0] & 0x20, data[1], data[-1], len(data)) for data in padding} == {(0x20, 97, 255, 12 + 255)}
    seqs = [struct.unpack_from("!H", data, 2)[0] for data in padding]
    assert seqs == list(range(500, 500 + len(seqs)))
    assert measuring.packets == packets, "figures of the programme are without it"


def test_a_destination_whose_line_is_full_is_sent_less() -> None:
    def sent(*, reports_loss: bool, estimate: int) -> int:
        peer = FakePeer()
        measuring = with_rtx(peer)
        now = 0.0
        for tick in range(250):
            now = tick * TICK_S
            measuring.pad(now)
            if tick % 20 == 19:
                if estimate:
                    measuring.on_rtcp([Remb(estimate - tick, (PROGRAM,))], now)
                if reports_loss:
                    report = ReportBlock(900, 0.6, 0, 500 + len(peer.rtp), 0, 0, 0)
                    measuring.on_rtcp([ReceiverReport(8, (report,))], now)
        return len(peer.rtp)

    free = sent(reports_loss=False, estimate=0)
    assert sent(reports_loss=False, estimate=600_000) < free / 2
    assert sent(reports_loss=True, estimate=0) < free / 2


def test_a_destination_without_rtx_is_sent_none() -> None:
    peer = FakePeer()
    measuring, _ = destination(peer)
    assert not measuring.can_pad
    assert not measuring.pad(0.0)
