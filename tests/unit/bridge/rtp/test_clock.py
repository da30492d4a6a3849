"""The program clock, and the estimate of a sender's clock."""

from __future__ import annotations

from random import Random

import pytest

from bridge.rtp.clock import MAX_LATE_S, MEDIAN_REPORTS, ProgramClock, SourceClock

RATE = 90_000
SSRC = 7
SENDER_AHEAD = 3_900_000_000.0
"""The sender's NTP seconds when our clock shows 0."""


def ntp(seconds: float) -> int:
    """A 64-bit NTP timestamp."""
    return int(seconds * (1 << 32))


def test_program_timestamps_are_linear_at_every_rate() -> None:
    """Picture and sound share one clock, which keeps lips in sync."""
    clock = ProgramClock(100.0, 3_900_000_000.0, 5000)
    assert clock.timestamp(100.0, RATE) == 5000
    assert clock.timestamp(102.5, RATE) == 5000 + 225_000
    assert clock.timestamp(102.5, 48_000) == 5000 + 120_000


def test_program_timestamps_wrap() -> None:
    """At 32 bits, also before the epoch."""
    clock = ProgramClock(100.0, 3_900_000_000.0, 0xFFFF_FFFF)
    assert clock.timestamp(101.0, RATE) == RATE - 1
    assert clock.timestamp(99.0, RATE) == 0xFFFF_FFFF - RATE


def test_ntp_is_linear_too() -> None:
    """A second is 2^32; report blocks return the middle 32 bits."""
    clock = ProgramClock(100.0, 3_900_000_000.0)
    assert clock.ntp(100.5) - clock.ntp(100.0) == 1 << 31
    assert clock.ntp_middle(100.5) == (clock.ntp(100.5) >> 16) & 0xFFFF_FFFF


def reported(count: int, *, delays: list[float] | None = None) -> SourceClock:
    """A clock after `count` reports, a second apart, each with its transit time (default 50 ms)."""
    clock = SourceClock()
    for second in range(count):
        delay = delays[second] if delays else 0.05
        clock.on_sender_report(SSRC, ntp(SENDER_AHEAD + second), 1000 + second * RATE, second + delay)
    return clock


def test_there_is_no_estimate_before_three_reports() -> None:
    """One or two may have been late."""
    assert reported(2).expected_arrival(SSRC, 1000 + 2 * RATE, RATE, 2.2) is None
    assert reported(3).expected_arrival(SSRC, 1000 + 3 * RATE, RATE, 3.2) == pytest.approx(3.05)


def test_a_stream_without_reports_of_its_own_has_no_estimate() -> None:
    """Its timestamps have another origin."""
    assert reported(5).expected_arrival(8, 1000, RATE, 4.2) is None


def test_late_reports_do_not_move_the_median() -> None:
    """Three of seven may be late by any jitter."""
    delays = [0.05, 0.05, 0.3, 0.05, 0.4, 0.05, 0.35]
    clock = reported(MEDIAN_REPORTS, delays=delays)
    assert clock.expected_arrival(SSRC, 1000 + 7 * RATE, RATE, 7.2) == pytest.approx(7.05)


def test_picture_and_sound_share_the_offset_and_a_compound_counts_once() -> None:
    """Both reports travelled in one datagram."""
    clock = SourceClock()
    for second in range(3):
        clock.on_sender_report(SSRC, ntp(SENDER_AHEAD + second), 1000 + second * RATE, second + 0.05)
        clock.on_sender_report(8, ntp(SENDER_AHEAD + second), 40 + second * 48_000, second + 0.05)
    assert clock.expected_arrival(8, 40 + 3 * 48_000, 48_000, 3.2) == pytest.approx(3.05)
    once = SourceClock()
    for _ in range(3):
        once.on_sender_report(SSRC, ntp(SENDER_AHEAD), 1000, 0.05)
    assert once.expected_arrival(SSRC, 1000, RATE, 0.1) is None


def test_a_sender_that_sets_its_clock_is_followed() -> None:
    """The window restarts: a median of old and new offsets would be neither."""
    clock = reported(5)
    for second in range(5, 8):
        clock.on_sender_report(SSRC, ntp(SENDER_AHEAD + 3600 + second), 1000 + second * RATE, second + 0.05)
        expected = clock.expected_arrival(SSRC, 1000 + second * RATE, RATE, second + 0.2)
        assert expected == (pytest.approx(second + 0.05) if second == 7 else None)


def test_a_report_without_a_wall_clock_is_ignored() -> None:
    """NTP 0 (RFC 3550 section 6.4.1)."""
    clock = reported(3)
    clock.on_sender_report(SSRC, 0, 999_999, 3.0)
    assert clock.expected_arrival(SSRC, 1000 + 3 * RATE, RATE, 3.2) == pytest.approx(3.05)


@pytest.mark.parametrize("ticks", [-int((MAX_LATE_S + 1) * RATE), RATE, 1 << 31])
def test_an_implausible_timestamp_has_no_estimate(ticks: int) -> None:
    """Longer ago than any packet is stored, or in the future."""
    clock = reported(3)
    assert clock.expected_arrival(SSRC, (1000 + 3 * RATE + ticks) & 0xFFFF_FFFF, RATE, 3.05) is None


def test_timestamps_wrap_between_report_and_packet() -> None:
    """32 bits last 13 hours at 90 kHz."""
    clock = SourceClock()
    for second in range(3):
        clock.on_sender_report(
            SSRC, ntp(SENDER_AHEAD + second), (0xFFFF_FFFF + second * RATE) & 0xFFFF_FFFF, second + 0.05
        )
    assert clock.expected_arrival(SSRC, 3 * RATE - 1, RATE, 3.2) == pytest.approx(3.05)


def test_a_forgotten_stream_has_no_estimate_any_more() -> None:
    """Another stream with its SSRC starts anew."""
    clock = reported(5)
    clock.forget(SSRC)
    clock.forget(SSRC)
    assert clock.expected_arrival(SSRC, 1000 + 5 * RATE, RATE, 5.1) is None


def test_any_reports_give_a_time_near_the_arrival() -> None:
    """Whatever a sender reports, a packet is stamped near its arrival."""
    rng = Random(1)
    clock = SourceClock()
    for step in range(2000):
        clock.on_sender_report(rng.randrange(3), rng.randrange(1 << 64), rng.randrange(1 << 32), step * 0.1)
        expected = clock.expected_arrival(rng.randrange(3), rng.randrange(1 << 32), RATE, step * 0.1)
        assert expected is None or -MAX_LATE_S <= expected - step * 0.1 <= 0.1
