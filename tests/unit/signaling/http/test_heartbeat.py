"""How long the other end of a WebSocket may be silent."""

from __future__ import annotations

import pytest

from signaling.http.heartbeat import Heartbeat, HeartbeatTimeouts

TIMEOUTS = HeartbeatTimeouts(ping_after=4.0, answer_within=9.0)
STEP = 0.5
"""Seconds between checks, as in the server."""


def silent_for(
    heartbeat: Heartbeat, seconds: float, reads: int = 0, since: float = 0.0
) -> list[tuple[float, str]]:
    """The results other than `alive` in a silence that begins at `since`, with their times."""
    times = [since + STEP * n for n in range(1, int(seconds / STEP) + 1)]
    found = [(at, heartbeat.check(reads, at)) for at in times]
    return [(at, what) for at, what in found if what != "alive"]


def test_a_silent_page_is_pinged_once_and_lost_when_it_does_not_answer() -> None:
    assert silent_for(Heartbeat(TIMEOUTS, 0.0), 13.0) == [(4.0, "ping"), (13.0, "lost")]


@pytest.mark.parametrize("takes", [3.0, 6.0, 8.5])
def test_a_page_that_answers_late_stays_and_is_pinged_again(takes: float) -> None:
    heartbeat = Heartbeat(TIMEOUTS, 0.0)
    assert silent_for(heartbeat, 4.0 + takes) == [(4.0, "ping")]
    answered = 4.0 + takes + STEP
    assert heartbeat.check(1, answered) == "alive"
    assert silent_for(heartbeat, 4.0 + takes, reads=1, since=answered) == [(answered + 4.0, "ping")]


def test_a_page_that_sends_is_never_pinged() -> None:
    heartbeat = Heartbeat(TIMEOUTS, 0.0)
    assert {heartbeat.check(n, 3.5 * n) for n in range(1, 20)} == {"alive"}


def test_time_in_which_the_server_was_stopped_is_no_silence() -> None:
    heartbeat = Heartbeat(TIMEOUTS, 0.0)
    assert heartbeat.check(0, 60.0) == "alive"
    assert heartbeat.check(0, 60.5) == "alive"
    assert heartbeat.check(1, 61.0) == "alive"


def test_a_lost_page_is_found_within_15_s() -> None:
    real = HeartbeatTimeouts()
    assert real.answer_within >= 9.0
    assert real.ping_after + real.answer_within + 2 * STEP <= 15.0
