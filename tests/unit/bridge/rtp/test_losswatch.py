"""When a path counts as lossy."""

from __future__ import annotations

from bridge.rtp.losswatch import LOSSY_COUNT, LOSSY_WINDOW_S, LossWatch


def test_a_path_is_lossy_after_frequent_losses_and_for_a_while() -> None:
    losses = LossWatch()
    assert not losses.is_lossy(0.0)
    for number in range(LOSSY_COUNT):
        assert not losses.is_lossy(number)
        losses.on_loss(number)
    assert losses.is_lossy(LOSSY_COUNT)
    assert losses.is_lossy(LOSSY_WINDOW_S)
    assert not losses.is_lossy(LOSSY_WINDOW_S + 0.1)


def test_rare_losses_make_no_lossy_path() -> None:
    losses = LossWatch()
    for number in range(10):
        losses.on_loss(number * LOSSY_WINDOW_S)
        assert not losses.is_lossy(number * LOSSY_WINDOW_S)
