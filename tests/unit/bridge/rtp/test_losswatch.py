"""When a way counts as one that loses packets."""

from __future__ import annotations

from bridge.rtp.losswatch import LOSSY_COUNT, LOSSY_WINDOW_S, LossWatch


def test_a_way_is_rough_once_packets_were_missing_often_and_for_a_while_after() -> None:
    losses = LossWatch()
    assert not losses.is_lossy(0.0)
    for number in range(LOSSY_COUNT):
        assert not losses.is_lossy(number)
        losses.on_loss(number)
    assert losses.is_lossy(LOSSY_COUNT)
    assert losses.is_lossy(LOSSY_WINDOW_S)
    assert not losses.is_lossy(LOSSY_WINDOW_S + 0.1)


def test_mishaps_that_lie_far_apart_make_no_rough_way() -> None:
    losses = LossWatch()
    for number in range(10):
        losses.on_loss(number * LOSSY_WINDOW_S)
        assert not losses.is_lossy(number * LOSSY_WINDOW_S)
