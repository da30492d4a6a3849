"""A bug that repeats itself is logged, and not each time."""

from __future__ import annotations

import structlog

from bridge.faults import FAULT_INTERVAL_S, FaultLogger


def test_a_place_is_logged_once_a_second_with_the_number_of_those_between() -> None:
    now = 100.0
    faults = FaultLogger(lambda: now)
    with structlog.testing.capture_logs() as lines:
        for n in range(101):
            now = 100.0 + n * FAULT_INTERVAL_S / 50
            try:
                raise AssertionError("a broken invariant")
            except AssertionError:
                faults.exception("fault in the bridge", "tick", peer="hall")
    assert [(line["log_level"], line["unlogged"], line["peer"]) for line in lines] == [
        ("error", 0, "hall"),
        ("error", 49, "hall"),
        ("error", 49, "hall"),
    ]
    assert all(line["exc_info"] for line in lines)


def test_places_do_not_hide_each_other() -> None:
    faults = FaultLogger(lambda: 0.0)
    with structlog.testing.capture_logs() as lines:
        for place in ("one", "two", "one"):
            faults.exception("fault in the bridge", place)
    assert [line["place"] for line in lines] == ["one", "two"]
