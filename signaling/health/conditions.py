"""What is wrong with the server itself: for `/readyz`, and for the desk. Pure: readings in, conditions out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from bridge.engine import ShedLevel
from signaling.show.wire.state import ServerDoc, WarningCode, WarningDoc

MIN_FREE_BYTES: Final = 16 * 1024 * 1024
"""Free bytes of the disk below which a show should not begin. A day's log has 5 to 20 MB."""
LOW_FREE_BYTES: Final = 512 * 1024 * 1024
"""Free bytes below which the desk is warned: somebody else fills this disk."""
MAX_CLOCK_DIFFERENCE_S: Final = 2.0
"""Seconds by which this machine's clock and the show's may differ. NTP steps by 0.5 s and more at the start alone."""
EXPIRES_SOON_DAYS: Final = 7
"""Days before its end from which a certificate is reported. Let's Encrypt's are renewed 30 days before."""

MAX_SHED_LEVEL: Final[ShedLevel] = 3
"""The level at which no more viewers are accepted."""
UNKNOWN: Final[Mapping[WarningCode, str]] = {
    "disk-unknown": "The disk of the show log cannot be checked: it does not answer.",
    "certificate-unknown": "The TLS certificate's files cannot be checked.",
    "overload-unknown": "The check for overload fails, so nothing is withheld from viewers.",
}
"""Checks that fail or do not end."""


@dataclass(frozen=True, slots=True)
class Readings:
    """The server as measured. The defaults are those of a server without faults."""

    free_bytes: int | None = None
    """Of the disk with the show log; None: not known."""
    writer_runs: bool = True
    log_fails: bool = False
    """The last entry could not be written."""
    media_is_open: bool = True
    certificate_ends: datetime | None = None
    """When the certificate in use ends; None without one."""
    certificate_fault: str | None = None
    """Why the changed files are not used."""
    clock_difference_s: float = 0.0
    """The show's clock minus this machine's, unless it is a rehearsal."""
    shed_level: ShedLevel = 0
    unknown: frozenset[WarningCode] = frozenset()
    """The checks that fail or do not end, of those in `UNKNOWN`."""


@dataclass(frozen=True, slots=True)
class ServerCondition:
    """One thing that is wrong."""

    code: WarningCode
    text: str
    """A sentence that may be read by strangers."""
    prevents_show: bool
    """Whether a show could not run. The others only need attention."""
    figures: Mapping[str, float] = field(default_factory=dict)
    """Rounded, so that they change rarely: each change is sent to every desk."""
    sheds: ShedLevel = 0
    """What is withheld from viewers because of it."""


def examine(found: Readings, now: datetime) -> list[ServerCondition]:
    """What is wrong at `now`, the worst first."""
    conditions = [*_of_log(found), *_of_media(found), *_of_certificate(found, now), *_of_clock(found)]
    conditions += (ServerCondition(code, UNKNOWN[code], False) for code in sorted(found.unknown))
    return sorted(conditions, key=lambda condition: not condition.prevents_show)


def _of_log(found: Readings) -> Iterator[ServerCondition]:
    if not found.writer_runs:
        yield ServerCondition("writer", "The show does not run: its single writer has ended.", True)
    if found.log_fails:
        yield ServerCondition("log-fails", "The show log cannot be written.", True)
    if found.free_bytes is not None and found.free_bytes < LOW_FREE_BYTES:
        is_full = found.free_bytes < MIN_FREE_BYTES
        figures = {
            "free_mb": float(found.free_bytes // (1 << 20) // (1 if is_full else 10) * (1 if is_full else 10))
        }
        text = "The disk of the show log is full." if is_full else "The disk of the show log is nearly full."
        yield ServerCondition("disk", text, is_full, figures)


def _of_media(found: Readings) -> Iterator[ServerCondition]:
    if not found.media_is_open:
        yield ServerCondition("media", "The media port is closed.", True)
    if found.shed_level:
        text = "The machine is overloaded, so viewers are sent less."
        figures = {"level": float(found.shed_level)}
        yield ServerCondition("overload", text, False, figures, found.shed_level)


def _of_certificate(found: Readings, now: datetime) -> Iterator[ServerCondition]:
    if found.certificate_ends is not None:
        days = (found.certificate_ends - now).days
        if found.certificate_ends <= now:
            yield ServerCondition("certificate-expired", "The TLS certificate has expired.", True)
        elif days < EXPIRES_SOON_DAYS:
            yield ServerCondition(
                "certificate-expires", "The TLS certificate expires soon.", False, {"days": float(days)}
            )
    if found.certificate_fault is not None:
        text = "The new TLS certificate cannot be used, so the old one stays."
        yield ServerCondition("certificate-unreadable", text, False)


def _of_clock(found: Readings) -> Iterator[ServerCondition]:
    if abs(found.clock_difference_s) > MAX_CLOCK_DIFFERENCE_S:
        figures = {"ahead_s": float(round(found.clock_difference_s))}
        yield ServerCondition("clock", "This machine's clock is not the show's.", True, figures)


class ServerWarnings:
    """The conditions as the desk sees them, each with the time since when it is so."""

    def __init__(self) -> None:
        self.document = ServerDoc(warnings=[], sheds=0)

    def update(self, conditions: Sequence[ServerCondition], now: str) -> bool:
        """Take in what is wrong at `now` (ISO 8601). Returns whether the document has changed."""
        since = {warning.code: warning.since for warning in self.document.warnings}
        before = self.document
        self.document = ServerDoc(
            warnings=[
                WarningDoc(code=one.code, since=since.get(one.code, now), figures=dict(one.figures))
                for one in conditions
            ],
            sheds=next((one.sheds for one in conditions if one.sheds), 0),
        )
        return self.document != before
