"""`schalte import`: an event file from a frab or pretalx `schedule.json`; what is lost goes to standard error."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from config.schedules.schedule import import_event
from config.yamlfile import EventFileError, parse
from signaling.cli.options import Invalid


def run(options: argparse.Namespace) -> int:
    name = str(options.schedule)
    try:
        begun = import_event(_text(options.schedule), name, options.room or (), options.timezone)
    except EventFileError as error:
        raise Invalid(str(error)) from error
    for fault in begun.left_out:
        sys.stderr.write(f"{fault}\n")
    try:
        parse(begun.yaml, name)
    except EventFileError as error:
        # What is wrong with so long or so large an agenda stands in the file that was made, not in the schedule.
        why = "\n".join(f"{fault.where}: {fault.what}" for fault in error.faults)
        raise Invalid(
            f"{name}: no event can be made of all this; choose rooms with --room.\n{why}"
        ) from error
    # Texts of the schedule may be in any script, and the terminal's encoding is not the file's.
    sys.stdout.buffer.write(begun.yaml.encode())
    return 0


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise Invalid(f"{path}: this file cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise Invalid(f"{path}: this file is not UTF-8; save it as UTF-8") from error
