"""Every way in which schedules write a length, and which one is meant where two are."""

from __future__ import annotations

import pytest

from config.schedules.talklength import choose_length, possible_lengths, writes_seconds
from config.times import DAY, HOUR, MINUTE, SECOND, Duration


@pytest.mark.parametrize(
    ("written", "length"),
    [
        ("00:45", 45 * MINUTE),
        ("0:45", 45 * MINUTE),
        (" 1:30 ", 90 * MINUTE),
        ("23:59", 23 * HOUR + 59 * MINUTE),
        ("00:45:00", 45 * MINUTE),
        ("0:30:15", 30 * MINUTE + 15 * SECOND),
        ("1:02:30:00", DAY + 2 * HOUR + 30 * MINUTE),
        ("PT45M", 45 * MINUTE),
        ("PT1H30M", 90 * MINUTE),
        ("PT90S", 90 * SECOND),
        ("PT7.5S", 7 * SECOND),
        ("P1DT2H", 26 * HOUR),
        ("P1W", 7 * DAY),
        ("25", 25 * MINUTE),
        (25, 25 * MINUTE),
        (25.0, 25 * MINUTE),
        ("25.5", 25 * MINUTE + 30 * SECOND),
        ("1h30m", 90 * MINUTE),
    ],
)
def test_a_length_with_one_reading_has_no_note(written: object, length: int) -> None:
    found = choose_length(written)
    assert found is not None
    assert (found.length, found.note) == (length, "")


@pytest.mark.parametrize(
    ("written", "readings"),
    [
        ("1:00:00", (DAY, HOUR)),
        ("01:00:00", (HOUR, DAY)),
        ("00:20:00", (20 * MINUTE, 20 * HOUR)),
        ("00:00:30", (30 * MINUTE, 30 * SECOND)),
        ("45:00", (45 * HOUR, 45 * MINUTE)),
        (2700, (45 * MINUTE, 45 * HOUR)),
    ],
)
def test_a_length_with_two_readings_has_a_note_and_the_likely_one_first(
    written: object, readings: tuple[int, ...]
) -> None:
    assert possible_lengths(written) == readings
    found = choose_length(written)
    assert found is not None
    assert found.length == readings[0]
    assert "taken as" in found.note


@pytest.mark.parametrize(
    "written",
    [
        *(
            "135.0:00",
            "x",
            "",
            None,
            "00:00",
            "0",
            0,
            -5,
            "1:60",
            "1:2:60",
            "P",
            "PT",
            "9:9:9:9:9",
            True,
            [],
            {"h": 1},
        ),
        *(float("nan"), float("inf"), 1e308, 10**400, "P999999W"),
    ],
    ids=lambda written: str(written)[:20],
)
def test_an_unreadable_length_has_no_reading(written: object) -> None:
    assert choose_length(written) is None


def test_the_end_of_the_talk_comes_before_everything_else() -> None:
    found = choose_length("1:00:00", Duration(HOUR))
    assert found is not None
    assert (found.length, found.note) == (HOUR, "")
    found = choose_length("00:45", Duration(HOUR))
    assert found is not None
    assert (found.length, found.note) == (HOUR, "and the end of the talk disagree; it lasts 1h")


def test_the_next_talk_in_the_room_rules_out_a_reading_that_is_too_long() -> None:
    found = choose_length("1:00:00", until_next=Duration(90 * MINUTE))
    assert found is not None
    assert found.length == HOUR
    assert "leaves time for 1h" in found.note
    found = choose_length("1:00:00", until_next=Duration(10 * MINUTE))  # neither fits, so that says nothing
    assert found is not None
    assert found.length == DAY


def test_a_schedule_that_writes_seconds_once_does_so_always() -> None:
    assert writes_seconds(["00:45:00", "1:00:00"])
    assert not writes_seconds(["1:00:00", "00:45", "1:23:00", None, 5, "x:99:y"])
    found = choose_length("1:00:00", has_seconds=True)
    assert found is not None
    assert (found.length, found.note) == (HOUR, "")
