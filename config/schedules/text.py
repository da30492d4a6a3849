"""The JSON text of an imported schedule, and the faults found in it, with their places."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Collection, Mapping
from typing import Any

from pydantic import TypeAdapter, ValidationError

from config import schema
from config.faults import EventFileError, Fault, KeyPath, shown
from config.schedules.jsonmarks import marks

_LANGUAGE: TypeAdapter[str] = TypeAdapter(schema.Language)


class ScheduleText:
    """The document of a schedule, and everything of it that is left out."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        try:
            self.document = json.loads(text)
        except json.JSONDecodeError as fault:
            why = f"this is not JSON: {fault.msg}"
            if text.lstrip().startswith("<"):
                why = "this is XML; take the schedule.json, which frab and pretalx serve beside their schedule.xml"
            raise EventFileError([Fault(file, fault.lineno, fault.colno, "file", why)]) from None
        except (RecursionError, ValueError):
            raise EventFileError(
                [Fault(file, 1, 1, "file", "this is no schedule; it nests too deep")]
            ) from None
        self.marks = marks(text)
        self._left_out: list[Fault] = []

    @property
    def left_out(self) -> tuple[Fault, ...]:
        return tuple(sorted(self._left_out, key=lambda fault: (fault.line, fault.column)))

    # Faults ---------------------------------------------------------------------------------------------------

    def fault(self, path: KeyPath, what: str) -> Fault:
        near = path
        while near not in self.marks and near:
            near = near[:-1]
        return Fault(self.file, *self.marks.get(near, (1, 1)), _where(path), what)

    def leave_out(self, path: KeyPath, what: str) -> None:
        self._left_out.append(self.fault(path, what))

    def fail(self, path: KeyPath, what: str) -> EventFileError:
        return EventFileError([self.fault(path, what)])

    # Texts ----------------------------------------------------------------------------------------------------

    def unused(self, at: KeyPath, what: str, given: Mapping[str, Any], known: Collection[str]) -> None:
        """Report the keys whose values are not imported. `what` begins the sentence: `an item has`."""
        if unused := [key for key, value in given.items() if value and key not in known]:
            self.leave_out(at, f"{what} no {', '.join(f'`{shown(key)}`' for key in unused)}; left out")

    def line(self, path: KeyPath, value: object, most: int, language: str | None = None) -> str:
        """A text on one line, of at most `most` characters; empty for anything else."""
        text = self.text(path, value, language)
        text = " ".join(printable_only(" ".join(text.split())).split())
        if len(text) > most:
            self.leave_out(path, f"this has more than {most} characters; the rest is left out")
        return text[:most].rstrip()

    def text(self, path: KeyPath, value: object, language: str | None) -> str:
        """A text, or the text in `language` of a multilingual one; empty for anything else."""
        if isinstance(value, str):
            return value
        by_tag = value if isinstance(value, dict) else {}
        texts = {str(tag): text for tag, text in by_tag.items() if isinstance(text, str) and text}
        if texts:
            tag = next((tag for tag in (language, "en") if tag in texts), None) or next(iter(texts))
            if left_out := [f"`{shown(other)}`" for other in texts if other != tag]:
                self.leave_out(
                    path, f"this is in `{shown(tag)}` here; its text in {', '.join(left_out)} is left out"
                )
            return texts[tag]
        if value:
            self.leave_out(path, "this is no text; left out")
        return ""

    def language(self, path: KeyPath, value: object) -> str | None:
        if not value:
            return None
        try:
            return _LANGUAGE.validate_python(value)
        except ValidationError:
            self.leave_out(
                path, f"`{shown(str(value))}` is no language tag such as de, ja or en; the event's is taken"
            )
            return None


def _where(path: KeyPath) -> str:
    """A path in the form `schedule.conference.days[0].rooms["Saal 1"][2]`."""
    parts = (
        f"[{p}]" if isinstance(p, int) else f".{p}" if p.isidentifier() else f'["{shown(p)}"]' for p in path
    )
    return "".join(parts).lstrip(".") or "file"


def printable_only(text: str) -> str:
    """A text without control characters and halves of surrogate pairs, which an event file may not have."""
    return "".join(c if c.isprintable() or unicodedata.category(c) not in ("Cc", "Cs") else " " for c in text)
