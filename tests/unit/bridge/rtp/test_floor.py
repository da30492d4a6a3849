"""How many microphones of the floor a listener of a channel is sent on a narrow path."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.rtp.adaptation import FALLING_ESTIMATE_S, MIN_HOLD_S
from bridge.rtp.floor import SOUND_SETTLES_S, FloorAdaptation

CHECK_S = 0.1


class NarrowPath:
    """A path for so many streams of sound, of which one is the channel's; without pictures."""

    def __init__(self, microphones: int, capacity: float) -> None:
        self.floor, self.microphones, self.capacity = FloorAdaptation(), microphones, capacity
        self.now = 100.0
        self.sent: list[int] = [microphones]

    def run(self, seconds: float) -> int:
        """Time passes; how many microphones are sent in the end."""
        for _ in range(round(seconds / CHECK_S)):
            self.now += CHECK_S
            excess = max(0.0, 1 + self.sent[-1] - self.capacity)
            limit = self.floor.decide(self.microphones, excess, self.now)
            self.sent.append(self.microphones if limit is None else min(limit, self.microphones))
        return self.sent[-1]


def test_a_short_fall_of_the_estimate_changes_nothing() -> None:
    path = NarrowPath(6, 3)
    path.run(FALLING_ESTIMATE_S - 2 * CHECK_S)
    path.capacity = 7
    assert path.run(20) == 6
    assert set(path.sent) == {6}


@pytest.mark.parametrize(("capacity", "left"), [(6.5, 5), (3.0, 2), (1.2, 0), (0.0, 0)])
def test_as_many_are_dropped_at_once_as_the_estimate_demands(capacity: float, left: int) -> None:
    path = NarrowPath(6, capacity)
    assert path.run(FALLING_ESTIMATE_S + 2 * CHECK_S) == left
    assert set(path.sent) == {6, left}


def test_they_come_back_one_by_one_and_then_a_picture_may() -> None:
    path = NarrowPath(3, 1)
    path.run(2)
    path.capacity = 9
    path.run(1 + 3 * (MIN_HOLD_S + CHECK_S))
    steps = [later for earlier, later in pairwise(path.sent) if earlier != later]
    assert steps == [0, 1, 2, 3]
    assert not path.floor.may_pictures_grow(path.now)
    path.run(MIN_HOLD_S)
    assert path.floor.may_pictures_grow(path.now)


def test_each_failed_trial_doubles_the_time_until_the_next() -> None:
    path = NarrowPath(2, 1.5)
    path.run(200)
    tries = [n for n in range(1, len(path.sent)) if path.sent[n] > path.sent[n - 1]]
    pauses = [round((later - earlier) * CHECK_S) for earlier, later in pairwise(tries)]
    assert pauses[:3] == [round(SOUND_SETTLES_S + MIN_HOLD_S * factor) for factor in (2, 4, 8)]


def test_without_a_channel_the_floor_is_complete_at_once() -> None:
    path = NarrowPath(6, 0)
    assert path.run(3) == 0
    path.floor.release()
    assert path.floor.decide(6, 0.0, path.now) is None


@given(st.integers(0, 6), st.floats(0, 8), st.floats(0, 8))
def test_a_narrower_path_never_gets_more_microphones(microphones: int, one: float, other: float) -> None:
    """As it steps down. When trials begin depends on the past."""
    narrow, wide = (NarrowPath(microphones, capacity) for capacity in sorted((one, other)))
    assert narrow.run(MIN_HOLD_S) <= wide.run(MIN_HOLD_S)
    assert all(less <= more for less, more in zip(narrow.sent, wide.sent, strict=True))
