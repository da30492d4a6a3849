"""The show's clock."""

from __future__ import annotations

import time

import pytest

from config.times import Instant
from signaling.clock import ShowClock


class Monotonic:
    """A monotonic clock that the test advances."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


def test_it_starts_at_begin() -> None:
    steady = Monotonic()
    clock = ShowClock(Instant(1_000_000), monotonic=steady)
    steady.seconds += 1.5
    assert clock.now() == 1_001_500


def test_it_runs_at_the_given_speed() -> None:
    steady = Monotonic()
    clock = ShowClock(Instant(0), speed=60, monotonic=steady)
    steady.seconds += 1
    assert clock.now() == 60_000
    assert clock.seconds_until(Instant(120_000)) == 1.0


def test_any_clock_but_real_time_is_a_rehearsal() -> None:
    assert not ShowClock().is_rehearsal
    assert ShowClock(Instant(0)).is_rehearsal
    assert ShowClock(speed=2).is_rehearsal


def test_an_instant_in_the_past_is_0_s_away() -> None:
    clock = ShowClock(Instant(5_000), monotonic=Monotonic())
    assert clock.seconds_until(Instant(0)) == 0.0


def test_a_stepped_wall_clock_does_not_move_the_show(monkeypatch: pytest.MonkeyPatch) -> None:
    steady = Monotonic()
    clock = ShowClock(monotonic=steady)
    began = clock.now()
    for step in (3_600, -7_200):
        stepped = time.time_ns() + step * 1_000_000_000
        monkeypatch.setattr(time, "time_ns", lambda at=stepped: at)
        steady.seconds += 1
    assert clock.now() == began + 2_000
    assert clock.seconds_until(Instant(began + 5_000)) == 3.0


def test_it_does_not_begin_before_the_last_log_entry() -> None:
    steady = Monotonic()
    clock = ShowClock(Instant(1_000), monotonic=steady, not_before=Instant(5_000))
    assert (clock.now(), clock.ahead) == (5_000, 4_000)
    steady.seconds += 1
    assert clock.now() == 6_000
    late = ShowClock(Instant(9_000), monotonic=steady, not_before=Instant(5_000))
    assert (late.now(), late.ahead) == (9_000, 0)
