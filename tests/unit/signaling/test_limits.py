"""The token bucket."""

from __future__ import annotations

from signaling.limits import Bucket


def test_it_permits_a_burst_and_then_the_rate() -> None:
    bucket = Bucket(rate=2, burst=3, now=0.0)
    assert [bucket.take(0.0) for _ in range(4)] == [True, True, True, False]
    assert not bucket.take(0.4)
    assert bucket.take(0.5)
    assert not bucket.take(0.5)


def test_it_never_saves_up_more_than_a_burst() -> None:
    bucket = Bucket(rate=10, burst=2, now=0.0)
    assert [bucket.take(1000.0) for _ in range(3)] == [True, True, False]
