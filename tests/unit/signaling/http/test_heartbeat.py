"""How long the other end of a WebSocket may be silent."""

from __future__ import annotations

import pytest

from signaling.http.heartbeat import Heartbeat, HeartbeatTimeouts

TIMEOUTS = HeartbeatTimeouts(ping_after=4.0, answer_within=9.0)
STEP = 0.5
"""Seconds between looks, as the server takes them."""


def silent_for(
    heartbeat: Heartbeat, seconds: float, reads: int = 0, since: float = 0.0
) -> list[tuple[float, str]]:
    """When, in a silence that begins at `since`, what else is to be done than to wait."""
    times = [since + STEP * n for n in range(1, int(seconds / STEP) + 1)]
    found = [(at, heartbeat.check(reads, at)) for at in times]
    return [(at, what) for at, what in found if what != "alive"]


def test_a_silent_page_is_asked_once_and_lost_when_it_does_not_answer() -> None:
    assert silent_for(Heartbeat(TIMEOUTS, 0.0), 13.0) == [(4.0, "ping"), (13.0, "lost")]


@pytest.mark.parametrize("takes", [3.0, 6.0, 8.5])
def test_a_page_that_takes_its_time_to_answer_stays_and_is_asked_again(takes: float) -> None:
    heartbeat = Heartbeat(TIMEOUTS, 0.0)
    assert silent_for(heartbeat, 4.0 + takes) == [(4.0, "ping")]
    answered = 4.0 + takes + STEP
    assert heartbeat.check(1, answered) == "alive"
    assert silent_for(heartbeat, 4.0 + takes, reads=1, since=answered) == [(answered + 4.0, "ping")]


def test_a_page_that_speaks_is_never_asked() -> None:
    heartbeat = Heartbeat(TIMEOUTS, 0.0)
    assert {heartbeat.check(n, 3.5 * n) for n in range(1, 20)} == {"alive"}


def test_time_for_which_the_server_itself_stood_still_is_not_the_pages() -> None:
    heartbeat = Heartbeat(TIMEOUTS, 0.0)
    assert heartbeat.check(0, 60.0) == "alive"
    assert heartbeat.check(0, 60.5) == "alive"
    assert heartbeat.check(1, 61.0) == "alive"


def test_nobody_waits_longer_than_a_quarter_of_a_minute_for_a_page_that_went() -> None:
    real = HeartbeatTimeouts()
    assert real.answer_within >= 9.0
    assert real.ping_after + real.answer_within + 2 * STEP <= 15.0
