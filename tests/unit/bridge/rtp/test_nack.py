"""What has not come, and when to ask for it."""

from __future__ import annotations

import pytest

from bridge.rtp.nack import ECHO, MOST, PATIENCE, QUICKEST, RETRY, TRIES, Missing


def test_a_missing_packet_is_asked_for_at_once_and_a_moment_later() -> None:
    """The first request may be lost like the packet itself."""
    missing = Missing()
    missing.gap(10, 12, 5.0)
    assert missing.due(5.0, 0.25) == [10, 11]
    assert missing.due(5.0 + ECHO / 2, 0.25) == []
    assert missing.due(5.0 + ECHO, 0.25) == [10, 11]


def test_it_is_asked_for_again_after_a_round_trip() -> None:
    """Not sooner: the answer may be on its way."""
    missing = asked_twice(1.0, 0.25)
    assert missing.due(1.2, 0.25) == []
    assert missing.due(1.25, 0.25) == [10]


def test_an_unknown_or_tiny_round_trip_has_a_floor() -> None:
    """Two ticks in a row must not ask twice."""
    missing = asked_twice(1.0, None)
    assert missing.due(1.0 + RETRY * 0.9, None) == []
    assert missing.due(1.0 + RETRY, 0.001) == [10]
    assert missing.due(1.0 + RETRY + QUICKEST / 2, 0.001) == []
    assert missing.due(1.0 + RETRY + QUICKEST, 0.001) == [10]


def asked_twice(now: float, rtt: float | None) -> Missing:
    """One packet is missing, and was asked for the second time at `now`."""
    missing = Missing()
    missing.gap(10, 11, now - ECHO)
    assert missing.due(now - ECHO, rtt) == [10]
    assert missing.due(now, rtt) == [10]
    return missing


def test_what_came_is_not_asked_for() -> None:
    """It counts as repaired only if it had been asked for."""
    missing = Missing()
    missing.gap(10, 12, 0.0)
    missing.came(10)
    assert missing.repaired == 0
    assert missing.due(1.0, None) == [11]
    missing.came(11)
    missing.came(11)
    assert missing.repaired == 1
    assert missing.due(9.0, None) == []


@pytest.mark.parametrize(("rtt", "requests"), [(0.01, 30), (0.06, 11), (0.25, TRIES), (2.0, TRIES)])
def test_it_is_given_up_after_a_while_but_not_before_some_requests_could_be_answered(
    rtt: float, requests: int
) -> None:
    """Whoever shows the pictures then needs a keyframe from beyond it. To a far sender, the answers take longer."""
    missing = Missing()
    missing.gap(10, 11, 0.0)
    asked, now = 0, 0.0
    while len(missing):
        assert missing.hopeless == -1
        now += 0.01
        asked += len(missing.due(now, rtt))
    assert missing.hopeless == 10
    assert asked == pytest.approx(requests, abs=1)
    assert now >= max(PATIENCE, (TRIES - 1) * rtt)
    assert now < max(PATIENCE, (TRIES - 1) * rtt) + rtt + 0.1


def test_a_gap_beyond_repair_is_given_up_at_once() -> None:
    """So many packets are dearer than a keyframe."""
    missing = Missing()
    missing.gap(10, 20, 0.0)
    missing.gap(100, 100 + MOST, 0.0)
    assert missing.hopeless == 99 + MOST
    assert missing.due(1.0, None) == []


def test_requests_are_in_rising_order() -> None:
    """They share masks on the wire."""
    missing = Missing()
    missing.gap(20, 22, 0.0)
    missing.gap(10, 12, 0.0)
    assert missing.due(1.0, None) == [10, 11, 20, 21]
