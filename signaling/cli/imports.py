"""`schalte import`: an event file from a frab or pretalx `schedule.json`. Standard error lists what is lost."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from config.schedules.schedule import import_event
from config.yamlfile import EventFileError, parse
from signaling.cli.errors import InvalidInput, reported


def run(options: argparse.Namespace) -> int:
    name = str(options.schedule)
    with reported(EventFileError):
        begun = import_event(_text(options.schedule), name, options.room or (), options.timezone)
    for fault in begun.left_out:
        sys.stderr.write(f"{fault}\n")
    try:
        parse(begun.yaml, name)
    except EventFileError as error:
        # The faults are in the event file that was made, not in the schedule.
        why = "\n".join(f"{fault.where}: {fault.what}" for fault in error.faults)
        raise InvalidInput(
            f"{name}: this is too much for one event; choose rooms with --room.\n{why}"
        ) from error
    # Bytes, because the file is UTF-8 in every terminal encoding.
    sys.stdout.buffer.write(begun.yaml.encode())
    return 0


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise InvalidInput(f"{path}: this file cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{path}: this file is not UTF-8; save it as UTF-8") from error
