"""The show's clock."""

from __future__ import annotations

from config.times import Instant
from signaling.clock import ShowClock


class Monotonic:
    """A steady clock that the test turns."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


def test_it_runs_from_where_it_begins() -> None:
    steady = Monotonic()
    clock = ShowClock(Instant(1_000_000), monotonic=steady)
    steady.seconds += 1.5
    assert clock.now() == 1_001_500


def test_it_runs_as_fast_as_it_is_told() -> None:
    steady = Monotonic()
    clock = ShowClock(Instant(0), speed=60, monotonic=steady)
    steady.seconds += 1
    assert clock.now() == 60_000
    assert clock.seconds_until(Instant(120_000)) == 1.0


def test_only_the_worlds_clock_at_its_own_pace_is_no_rehearsal() -> None:
    assert not ShowClock().is_rehearsal
    assert ShowClock(Instant(0)).is_rehearsal
    assert ShowClock(speed=2).is_rehearsal


def test_what_is_past_is_not_waited_for() -> None:
    clock = ShowClock(Instant(5_000), monotonic=Monotonic())
    assert clock.seconds_until(Instant(0)) == 0.0
