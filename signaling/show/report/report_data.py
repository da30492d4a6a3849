"""A show's report as JSON and CSV. Keys and columns are stable.

Instants are ISO 8601 in the event's zone, lengths are seconds.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Mapping
from typing import Any

from config.times import ZERO, Duration, Instant, in_seconds, iso
from signaling.show.checks import Check
from signaling.show.report.asrun import Outage, Stretch
from signaling.show.report.channels import ChannelTimes
from signaling.show.report.report import ItemReport, OnAir, ShowReport, lasted_in_words, started_in_words
from signaling.show.report.spreadsheets import SPREADSHEETS

COLUMNS = (
    "item",
    "title",
    "speaker",
    "language",
    "source",
    "planned_start",
    "planned_end",
    "planned_s",
    "actual_start",
    "actual_end",
    "on_air_s",
    "times_on_air",
    "late_s",
    "over_s",
    "started",
    "lasted",
    "began_by",
    "ended_by",
    "skipped",
    "checks_ok",
    "checks_failed",
    "checks_unknown",
    "failed_checks",
)

FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")
"""Beginnings of cells that spreadsheets compute as a formula. Japanese ones accept the full-width signs too, and some
remove blanks before the sign."""


BYTE_ORDER_MARK = "\ufeff"
"""Without it Excel reads the file in the system's legacy code page, and Münch becomes MÃ¼nch."""


def as_json(report: ShowReport) -> dict[str, Any]:
    """The whole report as one document."""
    zone = report.event.timezone

    def at(t: Instant | None) -> str | None:
        return None if t is None else iso(t, zone)

    return {
        "event": {"title": report.event.title, "timezone": zone.key},
        "show": {
            "start": at(report.begin),
            "end": at(report.end),
            "until": at(report.until),
            "length_s": in_seconds(report.length),
        },
        "items": [
            _item(report, item)
            | {
                "languages": _languages(item.channels),
                "airings": [
                    {
                        "start": at(a.start),
                        "began_by": a.began,
                        "end": at(a.end),
                        "ended_by": a.ended,
                        "checks": None if a.checks is None else [_check(check) for check in a.checks],
                    }
                    for a in item.airings
                ],
            }
            for item in report.items
        ],
        "programme": [_stretch(report, stretch) for stretch in report.stretches],
        "on_air": {
            "sources": _seen(report.sources),
            "places": _seen(report.places),
            "speakers": {who: in_seconds(length) for who, length in report.speakers.items()},
            "languages": {who: in_seconds(length) for who, length in report.languages.items()},
        },
        "languages": _languages(report.channels),
        "cuts": {"by_reason": dict(report.cuts), "fallback_because": dict(report.fallbacks)},
        "faults": [_outage(report, outage) for outage in report.outages],
        "rooms": {
            source: [{"start": at(presence.start), "end": at(presence.end)} for presence in presences]
            for source, presences in report.rooms.items()
        },
        "commands": {who: dict(types) for who, types in report.commands.items()},
        "refused": [
            {
                "at": at(refusal.at),
                "by": refusal.by,
                "command": refusal.type,
                "code": refusal.code,
                "message": refusal.message,
                "left_out": refusal.left_out,
            }
            for refusal in report.refused
        ],
    }


def as_csv(report: ShowReport, spreadsheet: str | None = None) -> str:
    """One row per item below a header row, as in RFC 4180.

    For each channel of the event, three columns follow `COLUMNS`: how long it was needed while the item was on air,
    how long it was interpreted then, and how long the floor spoke its language. The default dialect is for scripts.
    `spreadsheet` is a language of `SPREADSHEETS`.
    """
    dialect = None if spreadsheet is None else SPREADSHEETS[spreadsheet]
    out = io.StringIO()
    if dialect is not None:
        out.write(BYTE_ORDER_MARK)
    columns = (*COLUMNS, *(column for channel in report.channels for column in _channel_columns(channel)))
    writer = csv.DictWriter(out, columns, delimiter="," if dialect is None else dialect.separator)
    writer.writeheader()
    for item in report.items:
        row = {column: _cell(value) for column, value in _item(report, item).items()}
        for channel in report.channels:
            times = item.channels.get(channel, ChannelTimes())
            floor = item.spoken.get(channel, ZERO)
            lengths = map(in_seconds, (times.needed, times.interpreted, floor))
            row |= dict(zip(_channel_columns(channel), lengths, strict=True))
        writer.writerow(
            row if dialect is None else {column: dialect.cell(value) for column, value in row.items()}
        )
    return out.getvalue()


def _channel_columns(channel: str) -> tuple[str, str, str]:
    return f"needed_{channel}_s", f"interpreted_{channel}_s", f"floor_{channel}_s"


def _languages(channels: Mapping[str, ChannelTimes]) -> dict[str, dict[str, float]]:
    return {
        channel: {"needed_s": in_seconds(times.needed), "interpreted_s": in_seconds(times.interpreted)}
        for channel, times in channels.items()
    }


def _cell(value: Any) -> Any:
    """Quote a text that a spreadsheet would compute as a formula; numbers stay numbers.

    Titles and speakers come from the agenda's authors, and a spreadsheet runs `=HYPERLINK(…)` when the file is opened
    (https://owasp.org/www-community/attacks/CSV_Injection).
    """
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def _item(report: ShowReport, row: ItemReport) -> dict[str, Any]:
    zone, item = report.event.timezone, row.item
    first = row.airings[0] if row.airings else None
    last = row.airings[-1] if row.airings else None
    return {
        "item": item.id,
        "title": item.title,
        "speaker": item.speaker,
        "language": item.language,
        "source": item.source,
        "planned_start": iso(item.planned.start, zone),
        "planned_end": iso(item.planned.end, zone),
        "planned_s": in_seconds(item.duration),
        "actual_start": None if first is None else iso(first.start, zone),
        "actual_end": None if last is None or last.end is None else iso(last.end, zone),
        "on_air_s": in_seconds(row.on_air),
        "times_on_air": len(row.airings),
        "late_s": _seconds(row.late),
        "over_s": _seconds(row.over),
        "started": started_in_words(row),
        "lasted": lasted_in_words(row),
        "began_by": None if first is None else first.began,
        "ended_by": None if last is None else last.ended,
        "skipped": row.skipped,
        **_checks(None if first is None else first.checks),
    }


def _checks(found: tuple[Check, ...] | None) -> dict[str, Any]:
    """What was checked before an item began the first time."""
    if found is None:
        return dict.fromkeys(("checks_ok", "checks_failed", "checks_unknown", "failed_checks"))
    counts = Counter(check.result for check in found)
    failed = (f"{check.id} {check.of}: {check.reason}" for check in found if check.result == "failed")
    return {
        "checks_ok": counts["ok"],
        "checks_failed": counts["failed"],
        "checks_unknown": counts["unknown"],
        "failed_checks": "; ".join(failed),
    }


def _check(check: Check) -> dict[str, Any]:
    return {
        "id": check.id,
        "of": check.of,
        "result": check.result,
        "reason": check.reason,
        "details": dict(check.details),
    }


def _stretch(report: ShowReport, stretch: Stretch) -> dict[str, Any]:
    zone, programme = report.event.timezone, stretch.programme
    return {
        "start": iso(stretch.start, zone),
        "end": iso(stretch.end, zone),
        "item": stretch.item,
        "source": programme.source,
        "with": list(programme.beside),
        "reason": programme.reason,
    }


def _seconds(length: Duration | None) -> float | None:
    return None if length is None else in_seconds(length)


def _seen(found: Mapping[str, OnAir]) -> dict[str, dict[str, float]]:
    return {
        who: {"on_air_s": in_seconds(seen.main), "beside_s": in_seconds(seen.beside)}
        for who, seen in found.items()
    }


def _outage(report: ShowReport, outage: Outage) -> dict[str, Any]:
    zone = report.event.timezone
    return {
        "source": outage.source,
        "state": outage.state,
        "why": outage.why,
        "start": iso(outage.start, zone),
        "end": None if outage.end is None else iso(outage.end, zone),
        "length_s": _seconds(outage.lasted),
        "failed": None if outage.failed is None else iso(outage.failed, zone),
        "recovered": None if outage.recovered is None else iso(outage.recovered, zone),
    }
