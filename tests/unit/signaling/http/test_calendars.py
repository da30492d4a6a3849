"""The calendar of a running show follows its log, and is the same after a restart."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import icalendar
import pytest

from config.times import to_datetime
from signaling.http.calendars import Calendars
from signaling.show.facts import to_json
from signaling.showlog.filelog import NAME, FileLog
from signaling.showlog.interface import LogEntry
from signaling.showlog.logreader import UnreadableLog
from tests.unit.signaling.show.build import BERLIN, Desk, clock


class Running:
    """A show with its log and its clock."""

    def __init__(self, data: Path) -> None:
        self.desk = Desk("a start: 10:00, duration: 10m", "b start: 10:20, duration: 10m")
        self.event = self.desk.show.event
        self.log = FileLog.open(data, "")
        self.now = clock("08:00")

    def calendars(self) -> Calendars:
        return Calendars(self.event, self.log, lambda: self.now)

    def do(self, at: str, command: str, **fields: object) -> None:
        known = len(self.desk.facts)
        self.desk.do(at, command, **fields)
        facts = [to_json(fact) for fact in self.desk.facts[known if self.log.count else 0 :]]
        number = self.log.count + 1
        self.log.append(LogEntry(clock(at), "moderator:m", None, number, facts), number)
        self.now = clock(at)


@pytest.fixture
def show(tmp_path: Path) -> Iterator[Running]:
    show = Running(tmp_path)
    yield show
    show.log.close()


def modified(calendars: Calendars) -> list[datetime]:
    """When each item last changed."""
    made: Any = icalendar.Calendar.from_ical(calendars.document(BERLIN))
    return [found["last-modified"].dt for found in made.events]


def berlin(time: str) -> datetime:
    return to_datetime(clock(time), BERLIN)


def test_a_plan_dates_from_the_servers_start_until_the_log_has_an_entry(show: Running) -> None:
    calendars = show.calendars()
    show.now = clock("08:30")
    assert modified(calendars) == [berlin("08:00")] * 2


def test_a_restarted_server_makes_the_same_calendar(show: Running) -> None:
    calendars = show.calendars()
    assert modified(calendars) == [berlin("08:00")] * 2
    show.do("10:00", "start")
    show.do("10:05", "extend", seconds=60)
    assert modified(calendars) == [berlin("10:05"), berlin("10:00")]
    show.now = clock("10:09")
    assert modified(show.calendars()) == modified(calendars) == [berlin("10:05"), berlin("10:00")]


def test_an_unreadable_log_is_an_error(show: Running, tmp_path: Path) -> None:
    show.do("10:00", "start")
    (tmp_path / NAME).unlink()
    with pytest.raises(UnreadableLog, match="No such file"):
        show.calendars().document(BERLIN)
