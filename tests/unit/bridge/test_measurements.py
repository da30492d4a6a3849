"""How many peers may measure their lines at once, and how often by one link."""

from __future__ import annotations

from bridge.measurements import (
    MAX_MEASURING,
    MAX_MEASURING_PER_LINK,
    MEASUREMENTS_IN_A_ROW,
    MEASUREMENTS_PER_S,
    Measurements,
)


def test_a_link_measures_a_few_times_in_a_row_and_then_at_long_intervals() -> None:
    measurements = Measurements()
    begun = [measurements.begin("krefeld", [], 0.0) for _ in range(10)]
    assert begun.count(True) == MEASUREMENTS_IN_A_ROW
    assert measurements.begin("berlin", [], 0.0), "another link has its own limit"
    later = 1 / MEASUREMENTS_PER_S
    assert [measurements.begin("krefeld", [], later) for _ in range(2)] == [True, False]


def test_peers_that_measure_at_once_are_limited_by_link_and_in_all() -> None:
    measurements = Measurements()
    assert not measurements.begin("krefeld", ["krefeld"] * MAX_MEASURING_PER_LINK, 0.0)
    others = [f"hall {n}" for n in range(MAX_MEASURING)]
    assert not measurements.begin("krefeld", others, 0.0)
    assert measurements.begin("krefeld", others[1:], 0.0)


def test_links_that_measure_no_more_are_forgotten() -> None:
    measurements = Measurements()
    for n in range(1000):
        measurements.begin(f"hall {n}", [], 0.0)
    measurements.begin("krefeld", [], MEASUREMENTS_IN_A_ROW / MEASUREMENTS_PER_S)
    assert len(measurements._links) == 1
