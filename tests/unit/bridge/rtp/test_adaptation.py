"""Which simulcast layers a receiver gets, by its reports and estimates."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bridge.rtp.adaptation import (
    ESTIMATE_TTL_S,
    FALLING_ESTIMATE_S,
    LOW_ESTIMATE_S,
    MAX_HOLD_S,
    MIN_HOLD_S,
    STEADY_S,
    LayerAdaptation,
)

NEEDED_BPS = 1_500_000.0
"""Bits a second of the large layer."""
SMALL_BPS = 150_000
SOLO = ((int(NEEDED_BPS), SMALL_BPS),)
"""One picture with two layers."""


def reduces(adaptation: LayerAdaptation, now: float) -> bool:
    """Decide for one picture; whether it is reduced."""
    adaptation.decide(SOLO, 0.0, now)
    return adaptation.is_reduced


class FakeReceiver:
    """A receiver that reports each second, and decides its layer ten times a second."""

    def __init__(self) -> None:
        self.now = 100.0
        self.adaptation = LayerAdaptation(self.now)
        self.loss = 0.0
        self.estimate: Callable[[], int] | None = None
        self.changes: list[tuple[float, bool]] = []

    def run(self, seconds: float) -> bool:
        """Time passes."""
        for _ in range(round(seconds * 10)):
            self.now = round(self.now + 0.1, 1)
            if self.now == int(self.now):
                self.adaptation.on_report(self.loss, 150)
                if self.estimate is not None:
                    self.adaptation.on_estimate(self.estimate(), self.now)
            before = self.adaptation.is_reduced
            if reduces(self.adaptation, self.now) != before:
                self.changes.append((self.now, not before))
        return self.adaptation.is_reduced


class FakePath:
    """A path of that capacity: its loss, and an estimate as browsers make it (libwebrtc `AimdRateControl`)."""

    def __init__(self, receiver: FakeReceiver, capacity: float) -> None:
        self.receiver, self.capacity, self.reported = receiver, capacity, 1.5 * NEEDED_BPS

    def __call__(self) -> int:
        received = SMALL_BPS if self.receiver.adaptation.is_reduced else NEEDED_BPS
        self.receiver.loss = max(0.0, 1 - self.capacity / received)
        if received > self.capacity:
            self.reported = min(self.reported, 0.85 * self.capacity)
        else:
            self.reported = max(self.reported, min(self.reported * 1.08, 1.5 * received + 10_000))
        return int(self.reported)


def test_lasting_loss_brings_the_small_layer() -> None:
    """One lossy report may be chance."""
    receiver = FakeReceiver()
    receiver.loss = 0.2
    assert not receiver.run(1.9)
    assert receiver.run(1.2)
    assert receiver.adaptation.reductions == 1


@pytest.mark.parametrize("loss", [0.0, 0.05, 0.1])
def test_loss_that_retransmission_can_repair_changes_nothing(loss: float) -> None:
    """5 % is an ordinary Wi-Fi."""
    receiver = FakeReceiver()
    receiver.loss = loss
    assert not receiver.run(60)


def test_loss_of_a_few_packets_is_chance() -> None:
    """A still picture needs hardly any packets."""
    adaptation = LayerAdaptation(0.0)
    for second in range(1, 20):
        adaptation.on_report(0.5, 2 if second % 10 else 1)
        assert not reduces(adaptation, second) or second > 15


def test_a_falling_estimate_below_the_need_brings_the_small_layer() -> None:
    """It falls only when packets queue up."""
    receiver = FakeReceiver()
    receiver.estimate = lambda: 2_200_000 if receiver.now < 110 else 800_000
    assert not receiver.run(10 + FALLING_ESTIMATE_S - 0.1)
    assert receiver.run(0.1)


def test_the_wait_starts_at_the_first_step_down() -> None:
    """An estimate may keep falling."""
    adaptation = LayerAdaptation(0.0)
    for step in range(1, 10):
        adaptation.on_estimate(1_000_000 - 10_000 * step, step / 4)
        assert reduces(adaptation, step / 4) == (step / 4 >= 2 / 4 + FALLING_ESTIMATE_S)


def test_a_low_estimate_that_grows_is_trusted() -> None:
    """After a still picture or a small layer, it starts from their bit rate."""
    receiver = FakeReceiver()
    reported = [200_000.0]

    def grow() -> int:
        reported[0] = min(1.08 * reported[0], 1.5 * NEEDED_BPS)
        return int(reported[0])

    receiver.estimate = grow
    assert not receiver.run(60)


def test_a_low_estimate_that_stops_growing_brings_the_small_layer() -> None:
    """One that is slightly low does not: after a false alarm it is 0.85 of the received rate."""
    receiver = FakeReceiver()
    receiver.estimate = lambda: 700_000
    assert not receiver.run(LOW_ESTIMATE_S)
    assert receiver.run(2)
    receiver = FakeReceiver()
    receiver.estimate = lambda: int(0.85 * NEEDED_BPS)
    assert not receiver.run(60)


def test_an_old_estimate_is_ignored() -> None:
    """A browser may stop sending REMB."""
    adaptation = LayerAdaptation(0.0)
    adaptation.on_estimate(1000, 0.0)
    assert not reduces(adaptation, ESTIMATE_TTL_S)
    adaptation.on_estimate(1000, 10.0)
    assert reduces(adaptation, 10.0 + LOW_ESTIMATE_S)


def test_a_path_that_recovers_gets_the_large_layer_back_after_a_hold() -> None:
    """The duration is reported."""
    receiver = FakeReceiver()
    receiver.loss = 0.5
    receiver.run(5)
    down, small = receiver.changes[0]
    assert small
    assert receiver.adaptation.last_reduction_s(receiver.now) == pytest.approx(receiver.now - down)
    receiver.loss = 0.0
    receiver.run(MIN_HOLD_S + 2)
    up, small = receiver.changes[1]
    assert not small
    assert MIN_HOLD_S <= up - down <= MIN_HOLD_S + 1.5
    assert receiver.adaptation.last_reduction_s(receiver.now) == pytest.approx(up - down)


def test_no_trial_while_packets_are_lost() -> None:
    """The small layer is too much already."""
    receiver = FakeReceiver()
    receiver.loss = 0.5
    assert receiver.run(300)
    assert receiver.adaptation.reductions == 1


def test_trials_on_a_narrow_path_become_rare() -> None:
    """Each trial costs a second or two of a bad picture."""
    receiver = FakeReceiver()
    receiver.estimate = FakePath(receiver, 700_000)
    receiver.run(600)
    downs = [at for at, small in receiver.changes if small]
    ups = [at for at, small in receiver.changes if not small]
    holds = [up - down for down, up in zip(downs, ups, strict=False)]
    assert holds[:5] == pytest.approx([5, 10, 20, 40, 60], abs=0.15)
    assert holds[-1] == pytest.approx(MAX_HOLD_S, abs=0.15)
    assert max(down - up for up, down in zip(ups, downs[1:], strict=False)) < 3.5


def test_a_wide_path_keeps_the_large_layer_although_the_estimate_starts_low() -> None:
    """It takes 20 s to grow from the small layer's rate."""
    receiver = FakeReceiver()
    path = FakePath(receiver, 700_000)
    receiver.estimate = path
    receiver.run(5)
    assert receiver.adaptation.is_reduced
    path.capacity, path.reported = 3_000_000, 1.5 * SMALL_BPS
    receiver.run(120)
    assert [small for _, small in receiver.changes] == [True, False]


def test_a_long_time_on_the_large_layer_resets_the_hold() -> None:
    """The next reduction has another cause."""
    receiver = FakeReceiver()
    for _ in range(3):
        receiver.loss = 0.5
        receiver.run(4)
        receiver.loss = 0.0
        receiver.run(MIN_HOLD_S + STEADY_S + 5)
    downs = [at for at, small in receiver.changes if small]
    ups = [at for at, small in receiver.changes if not small]
    assert all(up - down < MIN_HOLD_S + 1.5 for down, up in zip(downs, ups, strict=True))


def test_a_path_that_has_dropped_pictures_gets_the_small_layer_at_once() -> None:
    """Over TCP there is no loss, and the estimate takes a second to fall."""
    receiver = FakeReceiver()
    assert not receiver.run(2)
    receiver.adaptation.on_congestion()
    assert receiver.run(0.1)
    assert receiver.adaptation.reductions == 1
    receiver.run(MIN_HOLD_S + 1)
    assert [small for _, small in receiver.changes] == [True, False], "it tries again, as after loss"


def test_dropped_pictures_never_stop_the_last_picture() -> None:
    receiver = FakeReceiver()
    for _ in range(5):
        receiver.adaptation.on_congestion()
        receiver.run(0.1)
    assert receiver.adaptation.decide(SOLO, 0.0, receiver.now) == (1,)


def test_without_feedback_the_large_layer_stays() -> None:
    adaptation = LayerAdaptation(0.0)
    assert not any(reduces(adaptation, step / 10) for step in range(1000))
    assert (adaptation.reductions, adaptation.last_reduction_s(100.0)) == (0, None)


@pytest.mark.parametrize("estimate", [0, 1 << 63, (1 << 18) - 1 << 63])
def test_any_estimate_is_accepted(estimate: int) -> None:
    """A false one harms only its sender."""
    adaptation = LayerAdaptation(0.0)
    for second in range(20):
        adaptation.on_estimate(estimate, second)
        reduces(adaptation, second)
    assert adaptation.is_reduced == (estimate == 0)
