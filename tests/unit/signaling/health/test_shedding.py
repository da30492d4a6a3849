"""The decision what an overloaded server withholds."""

from __future__ import annotations

import pytest

from signaling.health.shedding import (
    CALM_BUSY,
    CALM_LAG_S,
    MAX_RESTORE_AFTER_S,
    OVERLOAD_BUSY,
    OVERLOAD_LAG_S,
    OWN_BUSY,
    RESTORE_AFTER_S,
    SHED_AFTER_S,
    Shedding,
)

LATE, MIDDLING, CALM = OVERLOAD_LAG_S, (OVERLOAD_LAG_S + CALM_LAG_S) / 2, 0.001


def level(shedding: Shedding) -> int:
    return int(shedding.level)


def levels(*periods: tuple[float, float], busy: float = 0.5) -> list[int]:
    """The level at the end of each period: the lag, and for how many seconds. The loop is so `busy` all the time."""
    shedding, now, found = Shedding(), 1000.0, []
    for lag, seconds in periods:
        for _ in range(round(seconds)):
            now += 1
            shedding.update(lag, busy, now)
        found.append(level(shedding))
    return found


@pytest.mark.parametrize(
    ("periods", "expected"),
    [
        (((CALM, 100),), [0]),
        (((MIDDLING, 100),), [0]),
        (((LATE, SHED_AFTER_S),), [0]),
        (((LATE, SHED_AFTER_S + 1),), [1]),
        (((LATE, 3), (CALM, 1), (LATE, 3)), [0, 0, 0]),  # not sustained
        (((LATE, 4), (LATE, 3), (LATE, 3), (LATE, 60)), [1, 2, 3, 3]),  # one step at a time
        (((LATE, 4), (MIDDLING, 300)), [1, 1]),  # neither better nor worse
        (((LATE, 7), (CALM, RESTORE_AFTER_S), (CALM, 1), (CALM, 19), (CALM, 1)), [2, 2, 1, 1, 0]),
        (((LATE, 4), (CALM, 15), (MIDDLING, 1), (CALM, 15)), [1, 1, 1, 1]),  # calm begins anew
    ],
)
def test_levels_follow_the_sustained_lag(
    periods: tuple[tuple[float, float], ...], expected: list[int]
) -> None:
    assert levels(*periods) == expected


def test_a_saturated_loop_is_overloaded_whatever_its_lag_and_a_busy_one_is_not_calm() -> None:
    assert levels((CALM, 4), (CALM, 3), busy=OVERLOAD_BUSY) == [1, 2]
    assert levels((LATE, 4), (CALM, 300), busy=CALM_BUSY) == [1, 1]


def test_a_loop_that_waits_for_other_programs_sheds_nobody_and_restores() -> None:
    """Viewers of a demo on a laptop saw the slate for as long as their own browsers kept its processors busy."""
    assert levels((LATE, 100), busy=OWN_BUSY - 0.01) == [0]
    shedding, now = Shedding(), 1000.0
    for busy, seconds in ((OWN_BUSY, SHED_AFTER_S + 1), (OWN_BUSY - 0.01, RESTORE_AFTER_S + 1)):
        for _ in range(round(seconds)):
            now += 1
            shedding.update(LATE, busy, now)
    assert level(shedding) == 0


def test_after_each_relapse_the_pictures_come_back_later() -> None:
    """Restoring them had caused the overload again."""
    shedding, now, waits = Shedding(), 1000.0, []
    for _ in range(6):
        while not level(shedding):
            now += 1
            shedding.update(LATE, 0.5, now)
        began = now
        while level(shedding):
            now += 1
            shedding.update(CALM, 0.5, now)
        waits.append(now - began - 1)
    assert waits == [RESTORE_AFTER_S * n for n in (1, 2, 4, 8, 8, 8)]
    assert waits[-1] == MAX_RESTORE_AFTER_S
    for _ in range(round(MAX_RESTORE_AFTER_S) + 60):  # a long calm: the next overload has another cause
        now += 1
        shedding.update(CALM, 0.5, now)
    while not level(shedding):
        now += 1
        shedding.update(LATE, 0.5, now)
    for _ in range(round(RESTORE_AFTER_S) + 1):
        now += 1
        shedding.update(CALM, 0.5, now)
    assert level(shedding) == 0
