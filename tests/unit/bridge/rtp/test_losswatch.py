"""When a way counts as one that loses packets."""

from __future__ import annotations

from bridge.rtp.losswatch import TIMES, WITHIN, LossWatch


def test_a_way_is_rough_once_packets_were_missing_often_and_for_a_while_after() -> None:
    way = LossWatch()
    assert not way.is_rough(0.0)
    for number in range(TIMES):
        assert not way.is_rough(number)
        way.note(number)
    assert way.is_rough(TIMES)
    assert way.is_rough(WITHIN)
    assert not way.is_rough(WITHIN + 0.1)


def test_mishaps_that_lie_far_apart_make_no_rough_way() -> None:
    way = LossWatch()
    for number in range(10):
        way.note(number * WITHIN)
        assert not way.is_rough(number * WITHIN)
