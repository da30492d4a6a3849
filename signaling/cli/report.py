"""`schalte report`: what ran, against the plan."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from config.model import Event
from config.yamlfile import EventFileError, parse
from signaling.cli.errors import InvalidInput, OptionConflict
from signaling.cli.event import load_event
from signaling.cli.output import print_json
from signaling.cli.report_text import as_text
from signaling.http.reporting import entry
from signaling.show.facts import UnknownFact
from signaling.show.report.report import DecodedEntry, ShowReport, report
from signaling.show.report.report_data import as_csv, as_json
from signaling.showlog.filelog import FileLog
from signaling.showlog.interface import ShowLog, ShowLogError, unreadable


def run(options: argparse.Namespace) -> int:
    if options.spreadsheet is not None and options.format != "csv":
        raise OptionConflict("--spreadsheet is an option of --format csv. Give both.")
    made = _report(options.data, options.event)
    match options.format:
        case "json":
            print_json(as_json(made), indent=2)
        case "csv":
            # Bytes, because the file is UTF-8 in every terminal encoding.
            sys.stdout.buffer.write(as_csv(made, options.spreadsheet).encode())
        case _:
            for line in as_text(made):
                print(line)
    return 0


def _report(data: Path, event_file: Path | None) -> ShowReport:
    try:
        show_log = FileLog.view(data)
        event = _logged_event(show_log) if event_file is None else load_event(event_file)
        return report(event, _entries(show_log), refusals=show_log.refusals())
    except ShowLogError as fault:
        raise InvalidInput(str(fault)) from fault
    except EventFileError as fault:
        raise InvalidInput(unreadable(str(data), f"a reloaded event file has faults: {fault}")) from fault


def _logged_event(show_log: ShowLog) -> Event:
    """The event that the log begins with."""
    try:
        return parse(show_log.event, f"{show_log.name} (the event in it)")
    except EventFileError as error:
        raise InvalidInput(f"{error}\nGive a correct file with --event FILE.") from error


def _entries(show_log: ShowLog) -> list[DecodedEntry]:
    try:
        return [entry(logged) for logged in show_log.read_from(1)]
    except UnknownFact as fault:
        raise InvalidInput(unreadable(show_log.name, fault.why)) from fault
