"""The faults of an event file, each with its place. All are reported, so that people can correct them at once."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

KeyPath = tuple[str | int, ...]
"""The keys of mappings and indices of lists that lead to a value."""

Mark = tuple[int, int]
"""Line and column, both from 1; columns count characters."""

FaultCode = Literal["missing", "empty", "not-a-length", "not-a-time", "unknown-source"]
"""Stable, so that pages can say the commonest faults in their reader's language."""

MAX_FAULTS = 100
"""Faults that are reported at once. A file with more is not an event, and each one takes time to explain."""

MAX_COMPARED_CHARS = 100
"""Characters of a word that are compared with known words. The longest name has as many."""


class CodedFault(ValueError):
    """A fault of a single value that has a code. The text says what is wrong and what to do."""

    def __init__(self, what: str, code: FaultCode) -> None:
        super().__init__(what)
        self.code: FaultCode = code


@dataclass(frozen=True, slots=True)
class Fault:
    file: str
    line: int
    column: int
    where: str
    """The place for people: `agenda item 3 "Begrüßung": source`."""
    what: str
    """The fault and the remedy."""
    path: KeyPath = ()
    """The keys and indices that lead to the faulty value or key."""
    code: FaultCode | None = None
    """What kind of fault it is, of the commonest ones."""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.where}: {self.what}"


class EventFileError(ValueError):
    """The event cannot run. `faults` has at least one, in the file's order; the text has one a line."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))


class TooManyFaults(Exception):
    """`Faults` is full, so reading stops."""


@dataclass
class Faults:
    """The faults found so far in one file.

    A place has at most one. A faulty value has none inside it: they would only follow from its own.
    """

    file: str
    values: Mapping[KeyPath, Mark] = field(default_factory=dict)
    """Where each value begins."""
    keys: Mapping[KeyPath, Mark] = field(default_factory=dict)
    """Where each key begins."""
    titles: Mapping[int, str] = field(default_factory=dict)
    """Titles of the agenda's items, by index; part of `Fault.where`."""
    found: list[Fault] = field(default_factory=list)
    _faulty: set[KeyPath] = field(default_factory=set)

    def add(self, path: KeyPath, what: str, *, at_key: bool = False, code: FaultCode | None = None) -> None:
        """Add a fault of the value at `path`, or of its key. A missing value is reported at the key above it."""
        if self.is_faulty(path):
            return
        self._faulty.add(path)
        mark = self.keys.get(path) if at_key else None
        self.add_at(mark or self._nearest_mark(path), self.where(path), what, path, code)

    def unknown_key(self, path: KeyPath, known: Iterable[str]) -> None:
        """Add the fault of a key that is not known there."""
        self._faulty.add(path)
        what = unknown("key", str(path[-1]), {key: key for key in known})
        self.add_at(self.keys.get(path, (1, 1)), self.where(path[:-1]), what, path)

    def missing_key(self, path: KeyPath) -> None:
        """Add the fault of a required key that is missing, or has no value."""
        if not self.is_faulty(path):
            self._faulty.add(path)
            self.add_at(
                self.keys.get(path) or self._nearest_mark(path),
                self.where(path[:-1]),
                f"`{path[-1]}` is missing",
                path,
                "missing",
            )

    def add_at(
        self, mark: Mark, where: str, what: str, path: KeyPath = (), code: FaultCode | None = None
    ) -> None:
        if len(self.found) == MAX_FAULTS:
            last = f"this file has more faults than the {MAX_FAULTS} shown here; correct these first"
            self.found.append(Fault(self.file, 1, 1, "file", last))
            raise TooManyFaults
        self.found.append(Fault(self.file, *mark, where, what, path, code))

    def mark_faulty(self, path: KeyPath) -> None:
        """Report nothing more of the value at `path`."""
        self._faulty.add(path)

    def is_faulty(self, path: KeyPath) -> bool:
        """Whether the value at `path`, or one around it, has been reported."""
        return any(path[:n] in self._faulty for n in range(1, len(path) + 1))

    def error(self) -> EventFileError:
        return EventFileError(sorted(self.found, key=lambda f: (f.line, f.column)))

    def _nearest_mark(self, path: KeyPath) -> Mark:
        if path in self.values:
            return self.values[path]
        while path:
            path = path[:-1]
            if mark := self.keys.get(path) or self.values.get(path):
                return mark
        return (1, 1)

    def where(self, path: KeyPath) -> str:
        match path:
            case ():
                return "file"
            case ("agenda", int(n), *rest):
                title = f' "{shown(self.titles[n])}"' if n in self.titles else ""
                parts = [f"agenda item {n + 1}{title}", *rest]
            case ("venues" | "guests" as kind, str(place), *rest):
                parts = [f"{kind[:-1]} {shown(place)}", *rest]
            case ("interpreters", str(booth), *rest):
                parts = [f"booth {shown(booth)}", *rest]
            case (int(n), *rest):
                parts = [f"entry {n + 1}", *rest]
            case _:
                parts = [*path]
        return ": ".join(shown(part) if i else part for i, part in enumerate(parts) if isinstance(part, str))


def shown(text: str) -> str:
    """A text of the file, made safe for a message: at most 40 characters, none that moves a cursor."""
    short = text if len(text) <= 40 else text[:39] + "…"
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in short)


def nearest(word: str, choices: Mapping[str, str]) -> str | None:
    """The most likely choice for a misspelt `word`, or None. `choices`: by spelling, what it stands for."""
    folded: dict[str, str] = {}
    for spelling, meant in choices.items():
        folded.setdefault(spelling.casefold(), meant)
    written = word.casefold()
    begun = (spelling for spelling in folded if len(word) > 2 and spelling.startswith(written))
    if (close := next(begun, None)) is None:
        close = next(
            iter(difflib.get_close_matches(written[:MAX_COMPARED_CHARS], folded, n=1, cutoff=0.6)), None
        )
    return None if close is None else folded[close]


def unknown(kind: str, word: str, choices: Mapping[str, str]) -> str:
    """`unknown source `tokyo`; did you mean `tokio`?`, or a list of all choices if none is near."""
    if near := nearest(word, choices):
        return f"unknown {kind} `{shown(word)}`; did you mean `{near}`?"
    every = list(dict.fromkeys(choices.values()))
    listed = ", ".join(f"`{shown(c)}`" for c in every[:20]) + (", …" if len(every) > 20 else "")
    return f"unknown {kind} `{shown(word)}`; " + (f"there are {listed}" if every else "there are none")
