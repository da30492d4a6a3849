"""What the doctor finds: one line a check, with the remedy where something is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["ok", "warning", "fault", "unknown"]


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check."""

    check: str
    """Its name, one word or two."""
    verdict: Verdict
    """`fault`: a show would fail; `warning`: it may; `unknown`: it could not be checked here."""
    text: str
    """What was found, with the remedy."""

    def __str__(self) -> str:
        mark = self.verdict.upper() if self.verdict == "fault" else self.verdict
        return f"{mark:8} {self.check:14} {self.text}"
