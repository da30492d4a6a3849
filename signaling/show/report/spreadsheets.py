"""How Excel reads comma-separated values, by language. In a file of its own, so that the command line loads quickly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Dialect:
    """The CSV dialect of a language. Excel reads CSV by the system's settings, not by the file's content."""

    separator: str
    decimal_sign: str

    def cell(self, value: Any) -> Any:
        return str(value).replace(".", self.decimal_sign) if isinstance(value, float) else value


SPREADSHEETS = {"de": Dialect(";", ","), "en": Dialect(",", "."), "ja": Dialect(",", ".")}
"""By language. A German Excel shows comma-separated values as one column, and a length of 12.5 as 12 May."""
