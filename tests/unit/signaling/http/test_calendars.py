"""The calendar of a running show follows its log, and says the same whoever makes it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import icalendar
import pytest

from config.times import Instant, to_datetime
from signaling.http.calendars import Calendars
from signaling.show.facts import to_json
from signaling.showlog.logreader import Unreadable
from signaling.showlog.store import Record, StoreError
from tests.unit.signaling.show.build import BERLIN, Desk, clock


class Log:
    """The entries of a log, and the clock of its show."""

    def __init__(self) -> None:
        self.desk = Desk("a start: 10:00, duration: 10m", "b start: 10:20, duration: 10m")
        self.event = self.desk.show.event
        self.records: list[Record] = []
        self.now = clock("08:00")

    def read(self, after: int, limit: int) -> Sequence[Record]:
        return self.records[after : after + limit]

    def calendars(self) -> Calendars:
        return Calendars(self.event, self.read, lambda: self.now)

    def do(self, at: str, command: str, **fields: object) -> None:
        known = len(self.desk.facts)
        self.desk.do(at, command, **fields)
        facts = [to_json(fact) for fact in self.desk.facts[known if self.records else 0 :]]
        seq = len(self.records) + 1
        self.records.append(Record(seq, seq, clock(at), "moderator:m", None, facts))
        self.now = clock(at)


def modified(calendars: Calendars) -> list[datetime]:
    """When each item last changed."""
    made: Any = icalendar.Calendar.from_ical(calendars.document(BERLIN))
    return [found["last-modified"].dt for found in made.events]


def berlin(time: str) -> datetime:
    return to_datetime(clock(time), BERLIN)


def test_a_plan_is_as_of_the_servers_start_until_the_log_has_an_entry() -> None:
    log = Log()
    calendars = log.calendars()
    log.now = clock("08:30")
    assert modified(calendars) == [berlin("08:00")] * 2


def test_what_the_log_says_counts_for_a_server_that_was_started_again_too() -> None:
    log = Log()
    calendars = log.calendars()
    assert modified(calendars) == [berlin("08:00")] * 2
    log.do("10:00", "start")
    log.do("10:05", "extend", seconds=60)
    assert modified(calendars) == [berlin("10:05"), berlin("10:00")]
    log.now = clock("10:09")
    assert modified(log.calendars()) == modified(calendars) == [berlin("10:05"), berlin("10:00")]


def test_a_log_that_cannot_be_read_is_told() -> None:
    def broken(_after: int, _limit: int) -> Sequence[Record]:
        raise StoreError("disk I/O error")

    with pytest.raises(Unreadable, match="disk I/O error"):
        Calendars(Log().event, broken, lambda: Instant(0)).document(BERLIN)
