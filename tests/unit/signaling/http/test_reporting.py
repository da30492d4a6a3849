"""The report of a running show."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from config.times import Instant
from signaling.http.reporting import Reporter
from signaling.show.facts import to_json
from signaling.showlog.logreader import PAGE, Unreadable
from signaling.showlog.store import Record, StoreError
from tests.unit.signaling.show.build import Desk, clock, event

DAY = ("a start: 10:00, duration: 10m", "b duration: 10m")


class Log:
    """A show log, and what was read of it."""

    def __init__(self, desk: Desk) -> None:
        self.records = [Record(n, n, 0, "clock", None, [to_json(f)]) for n, f in enumerate(desk.facts, 1)]
        self.read: list[int] = []

    def __call__(self, after: int, limit: int) -> Sequence[Record]:
        found = self.records[after : after + limit]
        self.read += [record.seq for record in found]
        return found


def reporter(log: Log, now: str = "10:05") -> Reporter:
    at: Instant = clock(now)
    return Reporter(event(*DAY), log, list, lambda: at)


def test_what_was_read_is_not_read_again() -> None:
    desk = Desk(*DAY)
    desk.do("10:00", "start")
    log = Log(desk)
    made = reporter(log)
    assert json.loads(made.as_json())["show"]["length_s"] == 300
    before = list(log.read)
    desk.do("10:04", "next")
    log.records = Log(desk).records
    assert [len(item["airings"]) for item in json.loads(made.as_json())["items"]] == [1, 1]
    assert before
    assert log.read == [record.seq for record in log.records]


def test_a_long_log_is_read_a_page_at_a_time() -> None:
    desk = Desk(*DAY)
    desk.do("10:00", "start")
    log = Log(desk)
    last = log.records[-1]
    log.records += [
        Record(n, n, last.at, "clock", None, []) for n in range(last.seq + 1, last.seq + 2 * PAGE + 1)
    ]
    assert reporter(log).as_csv().startswith(b"item,title,")
    assert len(log.read) == len(log.records) > 2 * PAGE


def test_a_log_that_cannot_be_read_is_a_sentence_each_time_that_somebody_asks() -> None:
    log = Log(Desk(*DAY))
    log.records.append(Record(len(log.records) + 1, 1, 1, "clock", None, [{"kind": "from-the-future"}]))
    made = reporter(log)
    for _ in range(2):
        with pytest.raises(Unreadable, match=r"^The show log cannot be read: "):
            made.as_json()


def test_a_log_whose_disk_fails_is_a_sentence() -> None:
    def fail(after: int, limit: int) -> Sequence[Record]:
        raise StoreError("show.sqlite3: disk I/O error")

    with pytest.raises(Unreadable, match="disk I/O error"):
        Reporter(event(*DAY), fail, list, lambda: Instant(0)).as_csv()
