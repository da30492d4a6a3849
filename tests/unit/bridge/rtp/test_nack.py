"""Which packets are missing, and when to NACK them."""

from __future__ import annotations

import pytest

from bridge.rtp.nack import (
    MAX_MISSING,
    MIN_NACKS,
    MIN_RETRY_INTERVAL_S,
    NACK_GIVE_UP_S,
    RETRY_INTERVAL_S,
    SECOND_NACK_S,
    NackGenerator,
)


def test_a_missing_packet_is_nacked_at_once_and_20_ms_later() -> None:
    """The first NACK may be lost like the packet itself."""
    nacks = NackGenerator()
    nacks.on_gap(10, 12, 5.0)
    assert nacks.take_due(5.0, 0.25) == [10, 11]
    assert nacks.take_due(5.0 + SECOND_NACK_S / 2, 0.25) == []
    assert nacks.take_due(5.0 + SECOND_NACK_S, 0.25) == [10, 11]


def test_it_is_nacked_again_after_a_round_trip() -> None:
    """Not sooner: the retransmission may be on its way."""
    nacks = nacked_twice(1.0, 0.25)
    assert nacks.take_due(1.2, 0.25) == []
    assert nacks.take_due(1.25, 0.25) == [10]


def test_the_interval_has_a_minimum() -> None:
    """For an unknown or tiny round trip: two ticks in a row must not both NACK."""
    nacks = nacked_twice(1.0, None)
    assert nacks.take_due(1.0 + RETRY_INTERVAL_S * 0.9, None) == []
    assert nacks.take_due(1.0 + RETRY_INTERVAL_S, 0.001) == [10]
    assert nacks.take_due(1.0 + RETRY_INTERVAL_S + MIN_RETRY_INTERVAL_S / 2, 0.001) == []
    assert nacks.take_due(1.0 + RETRY_INTERVAL_S + MIN_RETRY_INTERVAL_S, 0.001) == [10]


def nacked_twice(now: float, rtt: float | None) -> NackGenerator:
    """One packet is missing, and its second NACK was sent at `now`."""
    nacks = NackGenerator()
    nacks.on_gap(10, 11, now - SECOND_NACK_S)
    assert nacks.take_due(now - SECOND_NACK_S, rtt) == [10]
    assert nacks.take_due(now, rtt) == [10]
    return nacks


def test_a_received_packet_is_not_nacked() -> None:
    """It counts as recovered only after a NACK."""
    nacks = NackGenerator()
    nacks.on_gap(10, 12, 0.0)
    nacks.on_late_packet(10)
    assert nacks.recovered == 0
    assert nacks.take_due(1.0, None) == [11]
    nacks.on_late_packet(11)
    nacks.on_late_packet(11)
    assert nacks.recovered == 1
    assert nacks.take_due(9.0, None) == []


@pytest.mark.parametrize(("rtt", "requests"), [(0.01, 30), (0.06, 11), (0.25, MIN_NACKS), (2.0, MIN_NACKS)])
def test_a_packet_is_given_up_after_a_while_but_not_before_some_nacks_could_be_answered(
    rtt: float, requests: int
) -> None:
    """Then a keyframe from beyond it is needed. Answers of a far sender take longer."""
    nacks = NackGenerator()
    nacks.on_gap(10, 11, 0.0)
    sent, now = 0, 0.0
    while len(nacks):
        assert nacks.last_given_up == -1
        now += 0.01
        sent += len(nacks.take_due(now, rtt))
    assert nacks.last_given_up == 10
    assert sent == pytest.approx(requests, abs=1)
    assert now >= max(NACK_GIVE_UP_S, (MIN_NACKS - 1) * rtt)
    assert now < max(NACK_GIVE_UP_S, (MIN_NACKS - 1) * rtt) + rtt + 0.1


def test_a_large_gap_is_given_up_at_once() -> None:
    """So many packets cost more than a keyframe."""
    nacks = NackGenerator()
    nacks.on_gap(10, 20, 0.0)
    nacks.on_gap(100, 100 + MAX_MISSING, 0.0)
    assert nacks.last_given_up == 99 + MAX_MISSING
    assert nacks.take_due(1.0, None) == []


def test_nacks_are_in_rising_order() -> None:
    """They share masks in the packet."""
    nacks = NackGenerator()
    nacks.on_gap(20, 22, 0.0)
    nacks.on_gap(10, 12, 0.0)
    assert nacks.take_due(1.0, None) == [10, 11, 20, 21]
