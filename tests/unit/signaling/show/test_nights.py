"""Shows over changes of DST in Berlin, with Tokio, which has none."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from config.faults import EventFileError
from config.model import Event
from config.times import Instant, iso
from config.yamlfile import parse
from signaling.show import core
from signaling.show.core import Show
from signaling.show.facts import Ended, Started
from signaling.show.rundown import rows_at
from signaling.show.wire.commands import COMMAND
from tests.unit.signaling.show.build import BERLIN, published

TOKYO = ZoneInfo("Asia/Tokyo")


def night(date: str, *agenda: str) -> Event:
    """An event that begins on that date, with these items."""
    head = f"event: {{title: Night, date: {date}, timezone: Europe/Berlin}}\n"
    venues = "venues: {krefeld: {name: Krefeld}, tokio: {name: Tokio, timezone: Asia/Tokyo}}\nagenda:\n"
    items = "".join(f"  - {{title: {item}, source: krefeld}}\n" for item in agenda)
    return parse(head + venues + items, "night.yaml")


SPRING = night(
    "2026-03-28",
    "Evening, start: 23:00, duration: 2h30m",
    "Night, duration: 1h, advance: auto",
    "Morning, start: 04:00, duration: 30m",
)
"""At 02:00 the clocks change to 03:00."""


def at(text: str) -> Instant:
    """The instant of an ISO 8601 text."""
    return night("2026-01-01", f"X, start: {text}, duration: 1m").agenda[0].planned.start


def begun(event: Event) -> Show:
    """A show whose first item has begun at its time."""
    return done(core.begin(event), "start", event.agenda[0].planned.start)


def done(show: Show, command: str, now: Instant, **fields: object) -> Show:
    wanted = COMMAND.validate_python({"id": "1", "type": command, **fields})
    return core.replay(show, *core.apply(show, wanted, now))


def expected(show: Show, now: Instant) -> list[str]:
    """When each item is expected to begin, in Krefeld's local time."""
    return [iso(row.expected.start, BERLIN) for row in rows_at(show, now) if row.expected is not None]


def test_a_talk_through_the_missing_hour_is_as_long_as_it_says() -> None:
    """Every hall sees it in its own local time."""
    planned = SPRING.agenda[1].planned
    assert iso(planned.start, BERLIN) == "2026-03-29T01:30:00+01:00"
    assert iso(planned.end, BERLIN) == "2026-03-29T03:30:00+02:00"
    assert [iso(t, TOKYO) for t in (planned.start, planned.end)] == [
        "2026-03-29T09:30:00+09:00",
        "2026-03-29T10:30:00+09:00",
    ]


def test_an_overrun_through_the_missing_hour_moves_what_follows_and_a_gap_absorbs_it() -> None:
    show = begun(SPRING)
    now = at("2026-03-29T01:40:00+01:00")
    assert expected(show, now) == [
        "2026-03-28T23:00:00+01:00",
        "2026-03-29T01:40:00+01:00",
        "2026-03-29T04:00:00+02:00",
    ]
    show = done(show, "next", now, **{"from": "evening"})
    facts = core.tick(show, at("2026-03-29T04:00:00+02:00"))
    ends = [iso(f.at, BERLIN) for f in facts if isinstance(f, Ended)]
    starts = [iso(f.at, BERLIN) for f in facts if isinstance(f, Started)]
    assert ends == ["2026-03-29T03:40:00+02:00"]
    assert starts == ["2026-03-29T04:00:00+02:00"]


def test_ten_minutes_late_before_the_clocks_are_set_is_ten_minutes_late() -> None:
    show, now = begun(SPRING), at("2026-03-29T01:40:00+01:00")
    told = published(show, now)
    assert told.show.offset_s == 600


def test_a_hard_start_in_the_second_of_two_equal_hours_cuts_then_and_not_an_hour_before() -> None:
    event = night(
        "2026-10-24",
        "Long, start: 2026-10-25T02:00:00+02:00, duration: 3h",
        "Punctual, start: 2026-10-25T02:30:00+01:00, duration: 10m, hard: true",
    )
    show = begun(event)
    assert core.tick(show, at("2026-10-25T02:59:59+02:00")) == ()
    facts = core.tick(show, at("2026-10-25T02:30:00+01:00"))
    (started,) = [f for f in facts if isinstance(f, Started)]
    assert (started.item, started.why, iso(started.at, BERLIN)) == (
        "punctual",
        "hard",
        "2026-10-25T02:30:00+01:00",
    )
    assert iso(started.at, TOKYO) == "2026-10-25T10:30:00+09:00"


@pytest.mark.parametrize(
    ("date", "start", "says"),
    [
        ("2026-03-28", "02:30", "02:30"),  # skipped
        ("2026-10-24", "02:30", "02:30"),  # repeated, and no offset says which is meant
    ],
)
def test_a_wall_time_that_is_never_or_twice_is_an_error_at_its_place(
    date: str, start: str, says: str
) -> None:
    with pytest.raises(EventFileError) as error:
        night(date, "Evening, start: 23:00, duration: 1h", f"Night, start: {start}, duration: 1h")
    (fault,) = error.value.faults
    assert str(fault).startswith("night.yaml:5:")
    assert says in str(fault)


def test_the_day_after_goes_by_the_clocks_of_the_day_after() -> None:
    """Local times across midnight and DST are each read on their own day."""
    event = night(
        "2026-03-28",
        "Evening, start: 22:00, duration: 1h",
        "Breakfast, start: 09:00, duration: 1h",
        "Lunch, start: 12:00, duration: 1h",
    )
    assert [iso(item.planned.start, BERLIN) for item in event.agenda] == [
        "2026-03-28T22:00:00+01:00",
        "2026-03-29T09:00:00+02:00",
        "2026-03-29T12:00:00+02:00",
    ]
