"""The report of a running show, made from the log as it grows."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Final

from config.model import Event
from config.times import Instant
from signaling.show.facts import from_json
from signaling.show.report.report import DecodedEntry, ReportBuilder, ShowReport
from signaling.show.report.report_data import as_csv, as_json
from signaling.showlog.interface import LogEntry, ShowLog, ShowLogError
from signaling.showlog.logreader import LogReader, UnreadableLog

REPORT_TTL_S: Final = 1.0
"""Seconds for which a report is sent again."""
_ENCODER: Final = json.JSONEncoder(ensure_ascii=False)


def entry(logged: LogEntry) -> DecodedEntry:
    """An entry of the log, as the report takes it.

    Raises:
        UnknownFact: another version wrote it.
    """
    return DecodedEntry(
        logged.by, logged.command is not None, tuple(from_json(fact) for fact in logged.facts)
    )


class Reporter:
    """Makes the report of one show, each time from the new entries alone. Blocks; call it in one thread at a time."""

    def __init__(self, event: Event, show_log: ShowLog, now: Callable[[], Instant]) -> None:
        """`event` is the one that the log begins with."""
        self._log = show_log
        self._reader = LogReader(show_log)
        self._now = now
        self._builder = ReportBuilder(event)

    def as_json(self) -> bytes:
        """The whole report, as `schalte report --format json` gives it.

        Raises:
            UnreadableLog: see there.
        """
        # In pieces: `dumps` holds the GIL for 11 ms for a day of 500 items, and a cut may be due.
        return "".join(_ENCODER.iterencode(as_json(self._report()))).encode()

    def as_csv(self, spreadsheet: str | None = None) -> bytes:
        """One row per item, as `schalte report --format csv` gives it, with or without `--spreadsheet`.

        Raises:
            UnreadableLog: see there.
        """
        return as_csv(self._report(), spreadsheet).encode()

    def _report(self) -> ShowReport:
        for logged, facts in self._reader.new():
            self._builder.add(DecodedEntry(logged.by, logged.command is not None, facts))
        try:
            refusals = self._log.refusals()
        except ShowLogError as fault:
            raise UnreadableLog(fault) from fault
        return self._builder.report(self._now(), refusals)
