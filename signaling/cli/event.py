"""The files and folders that commands read: event file, rehearsal script, data folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from config.model import Event
from config.yamlfile import EventFileError, parse, read
from signaling.cli.errors import reported

if TYPE_CHECKING:
    from signaling.show.rehearsal import ScriptEntry


def load_event(path: Path) -> Event:
    """The event.

    Raises:
        InvalidInput: with every fault of the file, one a line.
    """
    return read_event(path)[0]


def read_event(path: Path) -> tuple[Event, str]:
    """The event and the text of its file; raises as `load_event`."""
    with reported(EventFileError):
        text = read(path)
        return parse(text, str(path)), text


def load_script(path: Path, event: Event) -> list[ScriptEntry]:
    """The entries of a rehearsal script for an event; raises as `load_event`."""
    from signaling.cli import script  # it loads the types of all commands, which an event file does not need

    with reported(EventFileError):
        return script.load(path, event)


def data_folder(given: Path | None, event_file: Path) -> Path:
    """The folder of the event's show log and key: `--data`, else `./data/<event>`."""
    return given if given is not None else Path("data") / event_file.stem
