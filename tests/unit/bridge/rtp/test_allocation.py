"""Which pictures a receiver gets in which layer."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from bridge.rtp.adaptation import (
    FALLING_ESTIMATE_S,
    LOW_ESTIMATE_S,
    MAX_HOLD_S,
    MIN_ESTIMATE_RATIO,
    MIN_HOLD_S,
    STOPPING_ESTIMATE_S,
    LayerAdaptation,
)
from bridge.rtp.allocation import allocate, ladder, rung_within

H, M, L = 2_500_000, 600_000, 150_000
SOUND = 80_000
"""Bits a second of two voices."""


def random_rates(rng: random.Random) -> list[list[int]]:
    """Up to nine pictures of none to three layers, in any order of size: a still picture needs little."""
    return [[rng.randrange(3_000_000) for _ in range(rng.randrange(4))] for _ in range(rng.randrange(10))]


def needed(rates: list[list[int]], levels: tuple[int, ...]) -> int:
    """What the layers of these levels send; no smaller layer counts more than a larger one."""
    return sum(
        min(layers[: level + 1]) for layers, level in zip(rates, levels, strict=True) if level < len(layers)
    )


@pytest.mark.parametrize("seed", range(200))
def test_a_ladder_falls_to_nothing_and_more_bit_rate_is_never_less_for_any_picture(seed: int) -> None:
    rng = random.Random(seed)
    rates = random_rates(rng)
    needs = ladder(rates)
    assert needs == sorted(needs, reverse=True)
    assert needs[-1] == 0
    rungs = [allocate(rates, rung) for rung in range(len(needs))]
    assert [needed(rates, levels) for levels in rungs] == needs
    budgets = sorted(rng.randrange(12_000_000) for _ in range(40))
    given = [rungs[rung_within(needs, budget)] for budget in budgets]
    for budget, levels in zip(budgets, given, strict=True):
        assert needed(rates, levels) <= budget
    for less, more in pairwise(given):
        assert all(a >= b for a, b in zip(less, more, strict=True))


@pytest.mark.parametrize("seed", range(200))
def test_pictures_get_smaller_before_one_stops_and_the_main_one_stops_last(seed: int) -> None:
    rates = random_rates(random.Random(seed))
    for rung in range(len(ladder(rates))):
        left = [
            len(layers) - level for layers, level in zip(rates, allocate(rates, rung), strict=True) if layers
        ]
        """Layers up from nothing."""
        if 0 in left:
            assert max(left) <= 1
            stopped = left.index(0)
            assert not any(left[stopped:])


def test_of_equal_pictures_the_main_one_is_the_last_to_get_smaller() -> None:
    rates = [[H, M, L]] * 3
    assert [allocate(rates, rung) for rung in range(10)] == [
        *((0, 0, 0), (0, 0, 1), (0, 1, 1), (1, 1, 1)),
        *((1, 1, 2), (1, 2, 2), (2, 2, 2)),
        *((2, 2, 3), (2, 3, 3), (3, 3, 3)),
    ]


class GridReceiver:
    """A receiver of such pictures behind a path of that capacity, with an estimate as browsers make it."""

    def __init__(self, capacity: float, rates: list[list[int]]) -> None:
        self.now, self.capacity, self.rates = 100.0, capacity, rates
        self.adaptation = LayerAdaptation(self.now)
        self.levels: tuple[int, ...] = ()
        self.estimate = 30e6
        self.overloaded_s = self.worst_s = 0.0
        """How long it has been sent more than the path takes: now, and at most."""
        self.estimates, self.losses = True, True

    def run(self, seconds: float) -> tuple[int, ...]:
        """Time passes."""
        for _ in range(round(seconds * 10)):
            self.now = round(self.now + 0.1, 1)
            self.levels = self.adaptation.decide(self.rates, SOUND, self.now)
            sent = needed(self.rates, self.levels) + SOUND
            self.overloaded_s = self.overloaded_s + 0.1 if sent > self.capacity else 0.0
            self.worst_s = max(self.worst_s, self.overloaded_s)
            if self.now != int(self.now):
                continue
            if sent > self.capacity:
                self.estimate = min(self.estimate, 0.85 * self.capacity)
            else:
                self.estimate = max(self.estimate, min(1.08 * self.estimate, 1.5 * sent + 10_000))
            self.adaptation.on_received(min(sent, self.capacity) - SOUND, self.now)
            if self.losses:
                self.adaptation.on_report(max(0.0, 1 - self.capacity / sent), 300)
            if self.estimates:
                self.adaptation.on_estimate(int(self.estimate), self.now)
        return self.levels

    @property
    def shown(self) -> int:
        """How many pictures it is sent."""
        return sum(level < len(layers) for level, layers in zip(self.levels, self.rates, strict=True))


def grid(count: int) -> list[list[int]]:
    """The layers that tiles of a grid of so many may have."""
    return [[M, L] for _ in range(count)]


def test_a_wide_path_gets_all_nine_pictures_at_once() -> None:
    receiver = GridReceiver(8e6, grid(9))
    assert receiver.run(0.1) == receiver.run(60) == (0,) * 9


def test_300_kbps_are_one_picture_and_its_sound() -> None:
    """A trial of two ends soon, and such trials become rare."""
    receiver = GridReceiver(300_000, grid(9))
    receiver.run(60)
    receiver.worst_s = 0.0
    shown = []
    for _ in range(600):
        receiver.run(1)
        shown.append(receiver.shown)
    assert set(shown) <= {1, 2}
    assert shown.count(1) > 0.9 * len(shown)
    assert receiver.worst_s < LOW_ESTIMATE_S + FALLING_ESTIMATE_S


@pytest.mark.parametrize("capacity", [300_000, 700_000, 1_500_000, 3_000_000, 4_000_000])
def test_a_narrow_path_carries_what_fits_nearly_all_the_time(capacity: int) -> None:
    """Each trial that fails makes the next one later."""
    receiver = GridReceiver(capacity, grid(9))
    receiver.run(120)
    fits = overloads = 0
    for _ in range(3000):
        receiver.run(0.1)
        sent = needed(receiver.rates, receiver.levels) + SOUND
        overloads += sent > capacity
        fits += 0.4 * capacity <= sent <= capacity
    assert overloads < 0.15 * 3000
    assert fits > 0.8 * 3000


def test_a_path_that_widens_gets_all_pictures_back() -> None:
    receiver = GridReceiver(300_000, grid(9))
    receiver.run(60)
    assert receiver.shown < 3
    receiver.capacity = 8e6
    assert receiver.run(MAX_HOLD_S + 7 * MIN_HOLD_S) == (0,) * 9
    assert receiver.adaptation.last_reduction_s(receiver.now) is not None


@pytest.mark.parametrize("capacity", [400_000, 1_500_000])
def test_loss_alone_brings_what_fits_too(capacity: int) -> None:
    """A path that drops what is too much has no queue from which a receiver could estimate."""
    receiver = GridReceiver(capacity, grid(9))
    receiver.estimates = False
    receiver.run(40)
    assert needed(receiver.rates, receiver.levels) <= 1.15 * capacity
    assert receiver.levels[0] < 2


def test_the_main_picture_stops_after_long_and_comes_back() -> None:
    """Sound has priority: its bit rate is not the pictures'."""
    receiver = GridReceiver(120_000, [[L]])
    receiver.run(LOW_ESTIMATE_S)
    assert receiver.levels == (0,)
    assert receiver.run(STOPPING_ESTIMATE_S + LOW_ESTIMATE_S) == (1,)
    receiver.capacity, receiver.estimate = 1e6, 20_000
    assert receiver.run(MAX_HOLD_S + 2 * STOPPING_ESTIMATE_S) == (0,)


def test_the_sound_now_sent_is_subtracted_from_the_estimate() -> None:
    enough = LayerAdaptation(0.0)
    short = LayerAdaptation(0.0)
    for second in range(6):
        for adaptation, sound in ((enough, 0.0), (short, 100_000.0)):
            adaptation.on_estimate(int(MIN_ESTIMATE_RATIO * M) + 50_000, second)
            adaptation.decide([[M, L]], sound, second)
    assert (enough.is_reduced, short.is_reduced) == (False, True)


def test_an_estimate_far_below_what_is_received_says_nothing() -> None:
    """It dates from a still picture, and a receiver such as aiortc lets it grow slowly or not at all."""
    adaptation = LayerAdaptation(0.0)
    for second in range(60):
        adaptation.on_estimate(4_000, second)
        adaptation.on_received(9 * L, second)
        assert adaptation.decide([[L]] * 9, SOUND, second) == (0,) * 9


def test_a_known_limit_holds_after_a_cut_to_other_pictures() -> None:
    """A grid comes back within what the path has carried, and a known limit is lifted by a trial alone."""
    receiver = GridReceiver(1_500_000, grid(9))
    receiver.run(200)
    receiver.rates = [[20_000]]  # the slate
    receiver.run(2)
    receiver.rates = grid(9)
    receiver.run(0.1)
    assert needed(receiver.rates, receiver.levels) <= 1_500_000


def test_without_a_limit_a_cut_to_more_pictures_shows_them_all_at_once() -> None:
    """The estimate is low after a still picture, although the path is wide."""
    receiver = GridReceiver(8e6, [[20_000]])
    receiver.estimate = 40_000
    receiver.run(20)
    receiver.rates = grid(9)
    assert receiver.run(0.1) == (0,) * 9


@pytest.mark.parametrize("seed", range(100))
def test_an_estimate_that_stays_is_obeyed(seed: int) -> None:
    """Whatever is routed: more is sent only for the hysteresis, and for the short time of a trial."""
    rng = random.Random(seed)
    rates, now = random_rates(rng), 0.0
    adaptation = LayerAdaptation(now)
    for _ in range(6):
        estimate, sound = rng.randrange(6_000_000), float(rng.randrange(200_000))
        if rng.random() < 0.3:
            rates = random_rates(rng)
        too_much_s = longest_s = 0.0
        for _ in range(600):
            now += 0.1
            adaptation.on_estimate(estimate, now)
            levels = adaptation.decide(rates, sound, now)
            is_too_much = MIN_ESTIMATE_RATIO * needed(rates, levels) > max(0.0, estimate - sound)
            too_much_s = too_much_s + 0.1 if is_too_much else 0.0
            longest_s = max(longest_s, too_much_s)
        assert longest_s <= LOW_ESTIMATE_S + STOPPING_ESTIMATE_S + 0.2
