"""Reception statistics."""

from __future__ import annotations

import pytest

from bridge.rtp.reception import BitrateMeter, ReceptionStats

RATE = 90_000


def test_loss_is_reported_for_the_interval_and_in_all() -> None:
    """RFC 3550 section A.3."""
    reception = ReceptionStats(RATE)
    for index in (10, 11, 13, 14):
        reception.on_packet(index, 0, 0.0)
    first = reception.build_report(7, 1.0)
    assert (first.fraction_lost, first.cumulative_lost, first.highest_seq) == (0.2, 1, 14)
    for index in (15, 16):
        reception.on_packet(index, 0, 1.0)
    second = reception.build_report(7, 2.0)
    assert (second.fraction_lost, second.cumulative_lost) == (0.0, 1)
    assert reception.fraction_lost == 0.0


def test_a_late_packet_makes_no_negative_fraction() -> None:
    """It may come in the interval after its loss."""
    reception = ReceptionStats(RATE)
    for index in (10, 12):
        reception.on_packet(index, 0, 0.0)
    assert reception.build_report(7, 1.0).cumulative_lost == 1
    reception.on_packet(11, 0, 1.0)
    report = reception.build_report(7, 2.0)
    assert (report.fraction_lost, report.cumulative_lost) == (0.0, 0)


def test_a_packet_from_before_the_first_counts() -> None:
    """The first has overtaken it; otherwise losses would be negative."""
    reception = ReceptionStats(RATE)
    reception.on_packet(10, 0, 0.0)
    reception.on_packet(9, 0, 0.0)
    assert reception.lost == 0


def test_an_interval_without_packets_has_no_loss() -> None:
    reception = ReceptionStats(RATE)
    reception.on_packet(10, 0, 0.0)
    reception.build_report(7, 1.0)
    assert reception.build_report(7, 2.0).fraction_lost == 0.0


def test_jitter_is_zero_for_a_steady_stream_and_rises_with_delay() -> None:
    """RFC 3550 section A.8: a sixteenth of each deviation."""
    reception = ReceptionStats(RATE)
    for number in range(20):
        reception.on_packet(number, number * 3000, number / 30)
    assert reception.jitter == pytest.approx(0.0, abs=1e-9)
    reception.on_packet(20, 60_000, 20 / 30 + 0.016)
    assert reception.jitter == pytest.approx(0.001)
    assert reception.build_report(7, 1.0).jitter == 90


def test_a_wrapped_timestamp_is_no_jitter() -> None:
    """It happens every 13 hours."""
    reception = ReceptionStats(RATE)
    reception.on_packet(0, 0xFFFF_FFFF, 0.0)
    reception.on_packet(1, 2999, 1 / 30)
    assert reception.jitter == 0.0


def test_the_last_sender_report_is_returned_with_its_age() -> None:
    """The sender computes the round trip from it."""
    reception = ReceptionStats(RATE)
    reception.on_packet(0, 0, 0.0)
    assert (reception.build_report(7, 1.0).last_sr, reception.build_report(7, 1.0).delay_since_last_sr) == (
        0,
        0,
    )
    reception.on_sender_report(0xAABBCCDD, 1.0)
    report = reception.build_report(7, 1.5)
    assert (report.last_sr, report.delay_since_last_sr) == (0xAABBCCDD, 32_768)


def test_a_meter_shows_the_last_whole_second() -> None:
    """In between the value stays."""
    meter = BitrateMeter(0.0)
    assert meter.read(10_000, 0.5) == 0.0
    assert meter.read(125_000, 1.0) == 1000.0
    assert meter.read(130_000, 1.5) == 1000.0
    assert meter.read(125_000, 2.0) == 0.0
