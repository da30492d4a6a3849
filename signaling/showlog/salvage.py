"""Salvage of a damaged show log: keep the file, and go on with every line of it that can be read.

Losing an entry does not spoil its neighbours. Each says what became true, so the item that went on air last is on air
again even where something before it is lost.
"""

from __future__ import annotations

from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from signaling.private import replace_file
from signaling.show.facts import UnknownFact, from_json
from signaling.showlog.filelog import NAME, entry_fields, entry_of, event_fields, event_of, unusable
from signaling.showlog.interface import LogEntry, ShowLogError
from signaling.showlog.lines import LineFile, decode, encode


@dataclass(frozen=True, slots=True)
class Salvaged:
    """What became of a damaged log."""

    why: str
    """The first fault."""
    damaged_file: Path
    """The damaged file, as it was."""
    entries: int
    """In the log now."""
    lost: int
    """Entries missing before the last of them. How many came after it cannot be known."""
    skipped: tuple[int, ...]
    """Lines of the damaged file that are not in the new one, from 1."""


def salvage(data: Path, stamp: str, event: str) -> Salvaged | None:
    """Rewrite the log of a data folder with the lines that can be read; None if all of them can.

    The damaged file is kept under a name with `stamp`. A salvage that is cut short leaves the log damaged, and perhaps
    a copy beside it.

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
    with closing(lines):  # it stays locked until the new file is in its place
        first, entries, faults = _readable(lines)
        last = next(reversed(entries), 0)
        if first is None and (len(lines) or lines.is_torn):
            faults.setdefault(0, "its first line is missing")
        if lines.is_end_damaged:
            faults[len(lines) + 1] = f"line {len(lines) + 1}: its newline is damaged"
        if last > len(entries):
            faults.setdefault(0, "lines are missing")
        if not faults:
            return None
        kept = path.with_name(f"{NAME}.damaged-{stamp}")
        new = [event_fields(event if first is None else first), *map(entry_fields, entries.values())]
        try:
            replace_file(kept, path.read_bytes())
            replace_file(path, b"".join(encode(number, fields) for number, fields in enumerate(new)))
        except OSError as fault:
            # Also after the new file is in place, if only the folder cannot be synced.
            with suppress(OSError):
                kept.replace(path)
            raise ShowLogError(
                f"{path}: is damaged, and no new log can be made beside it ({fault.strerror}). Nothing was changed. "
                "Free some space on that disk, or give --data another folder."
            ) from fault
    skipped = tuple(line for line in faults if line)
    return Salvaged(next(iter(faults.values())), kept, len(entries), last - len(entries), skipped)


def _readable(lines: LineFile) -> tuple[str | None, dict[int, LogEntry], dict[int, str]]:
    """The event and the entries, by number, of the lines that can be read; and what is wrong with each other line.

    Raises:
        ShowLogError: another version wrote the log.
    """
    first: str | None = None
    entries: dict[int, LogEntry] = {}
    faults: dict[int, str] = {}
    for place, line in enumerate(lines.read(), start=1):
        try:
            fields = decode(line)
            number, last = fields["number"], next(reversed(entries), 0)
            if number == 0 and first is None:
                first = event_of(str(lines.path), fields)
                continue
            if number <= last:
                raise ValueError(f"it is number {number} after number {last}")
            entry = entry_of(fields)
            for fact in entry.facts:
                from_json(fact)
            entries[number] = entry
        except ValueError as fault:
            faults[place] = f"line {place}: {fault.why if isinstance(fault, UnknownFact) else fault}"
    return first, entries, faults
