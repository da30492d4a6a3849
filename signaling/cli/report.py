"""`schalte report`: what ran, against the plan."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from config.model import Event
from config.yamlfile import EventFileError, parse
from signaling.cli.event import load_event
from signaling.cli.options import Invalid
from signaling.cli.output import print_json
from signaling.cli.reach import Contradiction
from signaling.cli.report_text import as_text
from signaling.http.reporting import entry, refusal
from signaling.show.facts import UnknownFact
from signaling.show.report.report import DecodedEntry, ShowReport, report
from signaling.show.report.report_data import as_csv, as_json
from signaling.showlog.snapshot import snapshot
from signaling.showlog.store import Store, StoreError, unreadable


def run(options: argparse.Namespace) -> int:
    if options.spreadsheet is not None and options.format != "csv":
        raise Contradiction("--spreadsheet says how --format csv is written. Give both.")
    made = _report(options.data, options.event)
    match options.format:
        case "json":
            print_json(as_json(made), indent=2)
        case "csv":
            # Bytes: it is a file in UTF-8, whatever the terminal's encoding is.
            sys.stdout.buffer.write(as_csv(made, options.spreadsheet).encode())
        case _:
            for line in as_text(made):
                print(line)
    return 0


def _report(data: Path, event_file: Path | None) -> ShowReport:
    try:
        with snapshot(data) as store:
            event = _kept(store) if event_file is None else load_event(event_file)
            return report(event, _entries(store), refusals=[refusal(refused) for refused in store.refusals()])
    except StoreError as fault:
        raise Invalid(str(fault)) from fault
    except EventFileError as fault:
        raise Invalid(unreadable(data, f"an event file that was loaded has faults: {fault}")) from fault


def _kept(store: Store) -> Event:
    """The event as the log holds it."""
    text = store.event()
    if text is None:
        raise Invalid(
            f"{store.path}: does not hold the event, since an older Schalte wrote it. Give --event FILE."
        )
    try:
        return parse(text, f"{store.path} (the event in it)")
    except EventFileError as error:
        faults = "\n".join(str(fault) for fault in error.faults)
        raise Invalid(f"{faults}\nGive a file that is right with --event FILE.") from error


def _entries(store: Store) -> list[DecodedEntry]:
    try:
        return [entry(record) for record in store.records()]
    except UnknownFact as fault:
        raise Invalid(unreadable(store.path, fault.why)) from fault
