"""The show log as a file of lines in the data folder, which a person can read with `less`.

The first line has the format and the event file that the log begins with. Every other line is an entry. Refused
commands are in a file of their own, because the show is rebuilt without them.
"""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Any, Self, TypeVar
from zoneinfo import ZoneInfo

from config.times import Instant, iso, read_iso
from signaling.private import make_folder
from signaling.show.report.report import RefusedCommand
from signaling.showlog.interface import DamagedLog, LogEntry, ShowLogError
from signaling.showlog.lines import LineFile, check, decode, split

NAME = "show.jsonl"
"""In the data folder."""
REFUSED_NAME = "refused.jsonl"
SQLITE_NAME = "show.sqlite3"
"""The log in format 1, which this version does not read."""
FORMAT = 2
"""Of this version. The first line has the same form in every format, so that the format can always be read."""
_UTC = ZoneInfo("UTC")
_T = TypeVar("_T")


class FileLog:
    """An open show log in a data folder."""

    def __init__(self, lines: LineFile) -> None:
        """Check every line. Raises as `view`."""
        self._lines = lines
        self._refused: LineFile | None = None
        """Opened for the first refusal."""
        self.name = str(lines.path)
        self.is_torn = lines.is_torn
        """The last line was partial when the log was opened. It was never acknowledged, and is left out."""
        self.event = ""
        self.latest: Instant | None = None
        """When the last entry was made, by the show's clock; None in a new log."""
        if lines.is_torn and not len(lines):
            raise DamagedLog(self.name, "its first line is not whole")
        if lines.is_end_damaged:
            raise DamagedLog(self.name, f"line {len(lines) + 1}: its newline is damaged")
        for fields in islice(self._each(0, decode), 1):
            self.event = event_of(self.name, fields)
        for _ in self._each(1, check):
            pass
        for entry in self.read_from(max(1, self.count)):
            self.latest = entry.at

    @classmethod
    def open(cls, data: Path, event: str) -> Self:
        """Open the log of a data folder for writing.

        A log without entries begins with `event`, the text of an event file.

        Raises:
            DamagedLog: a line is damaged or missing. Nothing was changed.
            ShowLogError: another server holds it, another version wrote it, or the folder cannot be used.
        """
        path = _path(data)
        try:
            make_folder(data)
            lines = LineFile.open(path)
            try:
                log = cls(lines)
                log._begin_with(event)
            except BaseException:
                lines.close()
                raise
        except OSError as fault:
            raise unusable(path, fault) from fault
        return log

    @classmethod
    def view(cls, data: Path) -> Self:
        """The log of a data folder as it is now, for reading. A server may have it open; nothing is changed.

        Raises:
            DamagedLog: a line is damaged or missing.
            ShowLogError: there is no log, another version wrote it, or it cannot be read.
        """
        path = _path(data)
        try:
            # An empty file belongs to a server that is just starting.
            if path.is_file() and path.stat().st_size:
                return cls(LineFile(path))
        except OSError as fault:
            raise _error(path, "read", fault) from fault
        raise ShowLogError(
            f"{path}: there is no show log here. Name the folder that the server was given as --data."
        )

    def _begin_with(self, event: str) -> None:
        if self.is_torn:
            self._lines.cut()
        if (len(self._lines) < 2 and event != self.event) or not len(self._lines):
            self._lines.cut(0)
            self._lines.append([event_fields(event)])
            self.event = event

    @property
    def count(self) -> int:
        """How many entries there are."""
        return len(self._lines) - 1

    def append(self, entry: LogEntry, expected_number: int) -> None:
        number = len(self._lines)
        if number != expected_number:
            raise ShowLogError(
                f"{self.name}: its next entry is number {number}, not {expected_number}. Start the server again."
            )
        try:
            self._lines.append([entry_fields(entry)])
        except OSError as fault:
            raise _error(self._lines.path, "written", fault) from fault
        self.latest = entry.at

    def read_from(self, number: int) -> Iterator[LogEntry]:
        return map(entry_of, self._each(number, decode))

    def _each(self, number: int, read: Callable[[bytes, int], _T]) -> Iterator[_T]:
        """The results of `read` for each line from this number on."""
        try:
            for place, line in enumerate(self._lines.read(number), start=number):
                try:
                    yield read(line, place)
                except ValueError as fault:
                    raise DamagedLog(self.name, f"line {place + 1}: {fault}") from fault
        except OSError as fault:
            raise _error(self._lines.path, "read", fault) from fault

    def refused(self, refusals: Sequence[RefusedCommand]) -> None:
        path = self._lines.path.with_name(REFUSED_NAME)
        try:
            if self._refused is None:
                self._refused = LineFile.open(path)
            self._refused.append([{**asdict(refusal), "at": iso(refusal.at, _UTC)} for refusal in refusals])
        except OSError as fault:
            raise _error(path, "written", fault) from fault

    def refusals(self) -> list[RefusedCommand]:
        path = self._lines.path.with_name(REFUSED_NAME)
        try:
            lines, _ = split(path.read_bytes())
        except FileNotFoundError:
            return []
        except OSError as fault:
            raise _error(path, "read", fault) from fault
        return [refusal for line in lines for refusal in _refusal_of(line)]

    def close(self) -> None:
        self._lines.close()
        if self._refused is not None:
            self._refused.close()


def event_fields(event: str) -> dict[str, object]:
    """The fields of the first line."""
    return {"format": FORMAT, "event": event}


def event_of(name: str, fields: dict[str, Any]) -> str:
    """The event file in the first line.

    Raises:
        ShowLogError: another version wrote the log.
    """
    if fields["format"] != FORMAT:
        raise ShowLogError(
            f"{name}: was written by another version of Schalte (format {fields['format']}, this one knows {FORMAT}). "
            "Nothing was changed. Use that version, or move the file aside to begin anew."
        )
    return str(fields["event"])


def entry_fields(entry: LogEntry) -> dict[str, object]:
    """The fields of an entry's line."""
    fields = {"by": entry.by, "command": entry.command, "rev": entry.rev, "facts": entry.facts}
    return {"at": iso(entry.at, _UTC), **fields}


def entry_of(fields: dict[str, Any]) -> LogEntry:
    """The entry in a line."""
    return LogEntry(read_iso(fields["at"]), fields["by"], fields["command"], fields["rev"], fields["facts"])


def _refusal_of(line: bytes) -> Iterator[RefusedCommand]:
    """The refused command in a line; nothing if the line is damaged, because no decision depends on it."""
    try:
        fields = decode(line)
    except ValueError:
        return
    del fields["number"], fields["crc"]
    yield RefusedCommand(**{**fields, "at": read_iso(fields["at"])})


def _path(data: Path) -> Path:
    path, old = data / NAME, data / SQLITE_NAME
    if old.exists() and not path.exists():
        raise ShowLogError(
            f"{old}: is the show log of an older Schalte, in a form that this version does not read. Nothing was "
            "changed. Use the version that wrote it, or give --data another folder to begin anew."
        )
    return path


def unusable(path: Path, fault: OSError) -> ShowLogError:
    """The error of a file that cannot be opened for writing."""
    if isinstance(fault, BlockingIOError):
        return ShowLogError(
            f"{path}: another Schalte is running this event. Stop it, or give --data another folder."
        )
    return _error(path, "used", fault)


def _error(path: Path, what: str, fault: OSError) -> ShowLogError:
    if fault.errno in (errno.ENOSPC, errno.EDQUOT):
        remedy = "Free some space on that disk."
    elif what == "used":
        remedy = "Give --data a folder that you may write to."
    else:
        remedy = "Check that file, its folder and its disk."
    return ShowLogError(f"{path}: cannot be {what} ({fault.strerror}). {remedy}")
