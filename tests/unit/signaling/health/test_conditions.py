"""What counts as wrong with the server."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest

from signaling.health.conditions import Readings, ServerWarnings, examine
from signaling.show.wire.state import WarningCode

NOW = datetime(2026, 3, 14, 10, tzinfo=UTC)
MIB = 1 << 20

TABLE: tuple[tuple[Readings, list[tuple[str, bool, dict[str, float]]]], ...] = (
    (Readings(), []),
    (
        Readings(free_bytes=10_000 * MIB, certificate_ends=NOW + timedelta(days=30), clock_difference_s=-1.9),
        [],
    ),
    (Readings(free_bytes=218 * MIB), [("disk", False, {"free_mb": 210.0})]),
    (Readings(free_bytes=15 * MIB), [("disk", True, {"free_mb": 15.0})]),
    (Readings(log_fails=True), [("log-fails", True, {})]),
    (Readings(writer_runs=False), [("writer", True, {})]),
    (Readings(media_is_open=False), [("media", True, {})]),
    (Readings(shed_level=2), [("overload", False, {"level": 2.0})]),
    (Readings(certificate_ends=NOW + timedelta(days=6.5)), [("certificate-expires", False, {"days": 6.0})]),
    (Readings(certificate_ends=NOW), [("certificate-expired", True, {})]),
    (Readings(certificate_fault="no PEM"), [("certificate-unreadable", False, {})]),
    (
        Readings(unknown=frozenset({"overload-unknown", "disk-unknown", "certificate-unknown"})),
        [(code, False, {}) for code in ("certificate-unknown", "disk-unknown", "overload-unknown")],
    ),
    (Readings(clock_difference_s=7200.4), [("clock", True, {"ahead_s": 7200.0})]),
    (Readings(clock_difference_s=-3), [("clock", True, {"ahead_s": -3.0})]),
)


@pytest.mark.parametrize(("found", "expected"), TABLE)
def test_a_reading_out_of_bounds_is_a_condition(
    found: Readings, expected: list[tuple[str, bool, dict[str, float]]]
) -> None:
    assert [(one.code, one.prevents_show, dict(one.figures)) for one in examine(found, NOW)] == expected


def test_the_table_has_every_code() -> None:
    assert {code for _, expected in TABLE for code, *_ in expected} == set(get_args(WarningCode))


def test_what_prevents_a_show_comes_first_and_no_sentence_helps_a_stranger() -> None:
    found = Readings(shed_level=1, log_fails=True, certificate_fault="/etc/secret/key.pem")
    conditions = examine(found, NOW)
    assert [one.code for one in conditions] == ["log-fails", "overload", "certificate-unreadable"]
    assert not any("/" in one.text for one in conditions)


def test_a_warning_keeps_the_time_since_when_it_is_so() -> None:
    warnings = ServerWarnings()
    assert not warnings.update([], "10:00")
    assert warnings.update(examine(Readings(shed_level=1), NOW), "10:01")
    assert not warnings.update(examine(Readings(shed_level=1), NOW), "10:02")
    assert warnings.update(examine(Readings(shed_level=2), NOW), "10:03")
    (warning,) = warnings.document.warnings
    assert (warning.since, warning.figures) == ("10:01", {"level": 2.0})
    assert warnings.update([], "10:04")
    assert warnings.document.warnings == []
