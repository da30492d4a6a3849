"""Reading the event file, and the script of a rehearsal, on behalf of a command."""

from __future__ import annotations

from pathlib import Path

from config.model import Event
from config.yamlfile import EventFileError, parse, read
from signaling.cli import script
from signaling.cli.options import Invalid
from signaling.show.rehearsal import ScriptEntry


def load_event(path: Path) -> Event:
    """The event, or `Invalid` with every fault of the file, a line each."""
    return read_event(path)[0]


def read_event(path: Path) -> tuple[Event, str]:
    """The event and the text of its file, or `Invalid` as above."""
    try:
        text = read(path)
        return parse(text, str(path)), text
    except EventFileError as error:
        raise Invalid("\n".join(str(fault) for fault in error.faults)) from error


def load_script(path: Path, event: Event) -> list[ScriptEntry]:
    """What a script lets happen on the day of `event`, or `Invalid` with every fault of the file, a line each."""
    try:
        return script.load(path, event)
    except EventFileError as error:
        raise Invalid("\n".join(str(fault) for fault in error.faults)) from error


def data_folder(given: Path | None, event_file: Path) -> Path:
    """Where the event's show log and key live: `--data`, else `./data/<event>`."""
    return given if given is not None else Path("data") / event_file.stem
