"""The report of a running show."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.times import Instant
from signaling.http.reporting import Reporter
from signaling.show.facts import to_json
from signaling.showlog.filelog import NAME, FileLog
from signaling.showlog.interface import LogEntry
from signaling.showlog.lines import LineFile
from signaling.showlog.logreader import UnreadableLog
from tests.unit.signaling.show.build import Desk, clock, event

DAY = ("a start: 10:00, duration: 10m", "b duration: 10m")


class Log(FileLog):
    """A show log that records from which entry on it was read."""

    def __init__(self, lines: LineFile) -> None:
        self.asked: list[int] = []
        super().__init__(lines)

    def follow(self, desk: Desk) -> None:
        """Append what has happened at a desk since."""
        for fact in desk.facts[self.count :]:
            self.add(to_json(fact))

    def add(self, fact: dict[str, object]) -> None:
        self.append(LogEntry(Instant(0), "clock", None, 1, [fact]), self.count + 1)

    def read_from(self, number: int) -> Iterator[LogEntry]:
        self.asked.append(number)
        return super().read_from(number)


@pytest.fixture
def desk() -> Desk:
    return Desk(*DAY)


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    log = Log.open(tmp_path, "")
    log.asked.clear()
    yield log
    log.close()


def reporter(log: Log) -> Reporter:
    return Reporter(event(*DAY), log, lambda: clock("10:05"))


def test_entries_are_read_once(log: Log, desk: Desk) -> None:
    desk.do("10:00", "start")
    log.follow(desk)
    made, read = reporter(log), log.count
    assert json.loads(made.as_json())["show"]["length_s"] == 300
    desk.do("10:04", "next")
    log.follow(desk)
    assert [len(item["airings"]) for item in json.loads(made.as_json())["items"]] == [1, 1]
    assert log.asked == [1, read + 1]


def test_an_unreadable_log_gives_the_same_error_each_time(log: Log) -> None:
    log.add({"kind": "from-the-future"})
    made = reporter(log)
    for _ in range(2):
        with pytest.raises(UnreadableLog, match=r"^The show log cannot be read: .*from-the-future"):
            made.as_json()


def test_a_failing_disk_gives_an_error(log: Log, desk: Desk, tmp_path: Path) -> None:
    desk.do("10:00", "start")
    log.follow(desk)
    (tmp_path / NAME).unlink()
    with pytest.raises(UnreadableLog, match="No such file or directory"):
        reporter(log).as_csv()
