"""Receiver statistics."""

from __future__ import annotations

import pytest

from bridge.rtp.reception import Meter, Reception

RATE = 90_000


def test_loss_is_told_for_the_interval_and_in_all() -> None:
    """RFC 3550 section A.3."""
    reception = Reception(RATE)
    for index in (10, 11, 13, 14):
        reception.came(index, 0, 0.0)
    first = reception.report(7, 1.0)
    assert (first.fraction_lost, first.lost, first.highest) == (0.2, 1, 14)
    for index in (15, 16):
        reception.came(index, 0, 1.0)
    second = reception.report(7, 2.0)
    assert (second.fraction_lost, second.lost) == (0.0, 1)
    assert reception.fraction_lost == 0.0


def test_a_repair_takes_a_loss_back_without_a_negative_fraction() -> None:
    """It may come in the interval after the loss."""
    reception = Reception(RATE)
    for index in (10, 12):
        reception.came(index, 0, 0.0)
    assert reception.report(7, 1.0).lost == 1
    reception.came(11, 0, 1.0)
    report = reception.report(7, 2.0)
    assert (report.fraction_lost, report.lost) == (0.0, 0)


def test_a_packet_from_before_the_first_moves_the_beginning() -> None:
    """It was overtaken by the first; else losses would be negative."""
    reception = Reception(RATE)
    reception.came(10, 0, 0.0)
    reception.came(9, 0, 0.0)
    assert reception.lost == 0


def test_an_interval_without_packets_has_lost_none() -> None:
    """Nothing was expected."""
    reception = Reception(RATE)
    reception.came(10, 0, 0.0)
    reception.report(7, 1.0)
    assert reception.report(7, 2.0).fraction_lost == 0.0


def test_jitter_is_zero_for_a_steady_stream_and_rises_with_delay() -> None:
    """RFC 3550 section A.8: a sixteenth of each deviation."""
    reception = Reception(RATE)
    for number in range(20):
        reception.came(number, number * 3000, number / 30)
    assert reception.jitter == pytest.approx(0.0, abs=1e-9)
    reception.came(20, 60_000, 20 / 30 + 0.016)
    assert reception.jitter == pytest.approx(0.001)
    assert reception.report(7, 1.0).jitter == 90


def test_a_wrapped_timestamp_is_no_jitter() -> None:
    """It happens every 13 hours."""
    reception = Reception(RATE)
    reception.came(0, 0xFFFF_FFFF, 0.0)
    reception.came(1, 2999, 1 / 30)
    assert reception.jitter == 0.0


def test_the_last_sender_report_is_echoed_with_its_age() -> None:
    """So that the sender can tell the round trip."""
    reception = Reception(RATE)
    reception.came(0, 0, 0.0)
    assert (reception.report(7, 1.0).last_report, reception.report(7, 1.0).delay) == (0, 0)
    reception.sender_report(0xAABBCCDD, 1.0)
    report = reception.report(7, 1.5)
    assert (report.last_report, report.delay) == (0xAABBCCDD, 32_768)


def test_a_meter_shows_the_last_whole_second() -> None:
    """Between, the figure stands."""
    meter = Meter(0.0)
    assert meter.read(10_000, 0.5) == 0.0
    assert meter.read(125_000, 1.0) == 1000.0
    assert meter.read(130_000, 1.5) == 1000.0
    assert meter.read(125_000, 2.0) == 0.0
