"""Salvage of a damaged show log: keep the file, and go on with every line of it that can be read.

Losing an entry does not spoil its neighbours. Each says what became true, so the item that went on air last is on air
again even where something before it is lost.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from signaling.private import replace_file
from signaling.show.facts import UnknownFact, from_json
from signaling.showlog.filelog import NAME, entry_fields, entry_of, event_fields, event_of, unusable
from signaling.showlog.interface import LogEntry, ShowLogError
from signaling.showlog.lines import LineFile, decode, encode


@dataclass(frozen=True, slots=True)
class Salvaged:
    """What became of a damaged log."""

    why: str
    """What was wrong with the first bad line."""
    kept: Path
    """The damaged file, as it was."""
    entries: int
    """In the log now."""
    lost: int
    """Before the last of them, by their numbers. How many came after it cannot be known."""
    skipped: tuple[int, ...]
    """Lines of the damaged file that are not in the new one, from 1."""


def salvage(data: Path, stamp: str, event: str) -> Salvaged | None:
    """Rewrite the log of a data folder with the lines that can be read; None if all of them can.

    The damaged file is kept under a name with `stamp`. If this is cut short, the log is still damaged, and a copy of it
    may lie beside it.

    Args:
        event: the text of the event file that the log begins with if its own is lost.

    Raises:
        ShowLogError: the log cannot be used for another reason, or there is no room for a new one; nothing was changed.
    """
    path = data / NAME
    if not path.exists():
        return None
    try:
        lines = LineFile.open(path)
    except OSError as fault:
        raise unusable(path, fault) from fault
    with closing(lines):  # it is locked until the new file is in its place
        found = _find(lines)
        if found.why is None:
            return None
        kept = path.with_name(f"{NAME}.damaged-{stamp}")
        try:
            replace_file(kept, path.read_bytes())
            replace_file(path, found.rewritten(event))
        except OSError as fault:
            kept.unlink(missing_ok=True)
            raise ShowLogError(
                f"{path}: is damaged, and no new log can be made beside it ({fault.strerror}). Nothing was changed. "
                "Free some space on that disk, or give --data another folder."
            ) from fault
    count = len(found.entries)
    return Salvaged(found.why, kept, count, found.last - count, tuple(found.skipped))


@dataclass(slots=True)
class _Found:
    """What a damaged log holds."""

    why: str | None = None
    """The first fault."""
    event: str | None = None
    entries: list[LogEntry] = field(default_factory=list)
    last: int = 0
    """The number of the last of them."""
    skipped: list[int] = field(default_factory=list)

    def rewritten(self, event: str) -> bytes:
        """The lines of a new log. They are numbered anew, so that none is missing."""
        first = event_fields(event if self.event is None else self.event)
        return b"".join(encode(*line) for line in enumerate([first, *map(entry_fields, self.entries)]))


def _find(lines: LineFile) -> _Found:
    """Read every line by itself.

    Raises:
        ShowLogError: another version wrote the log.
    """
    found = _Found()
    for place, line in enumerate(lines.read(), start=1):
        try:
            _add(found, str(lines.path), decode(line))
        except ValueError as fault:
            why = fault.why if isinstance(fault, UnknownFact) else fault
            found.why = found.why or f"line {place}: {why}"
            found.skipped.append(place)
    if len(lines) or lines.is_torn:
        if found.event is None:
            found.why = found.why or "its first line is missing"
        elif found.last > len(found.entries):
            found.why = found.why or "lines are missing"
    return found


def _add(found: _Found, name: str, fields: dict[str, Any]) -> None:
    number = fields["number"]
    if number == 0 and found.event is None:
        found.event = event_of(name, fields)
        return
    if number <= found.last:
        raise ValueError(f"it is number {number} after number {found.last}")
    entry = entry_of(fields)
    for fact in entry.facts:
        from_json(fact)
    found.entries.append(entry)
    found.last = number
