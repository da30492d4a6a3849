"""A show's report as text: tables whose columns stay aligned with wide characters too."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from config.model import SLATE, source_name
from config.times import Duration, Instant, format_time, local_date, total
from signaling.show.checks import Check, CheckId, CheckReason
from signaling.show.export.columns import columns, fit
from signaling.show.report.asrun import Outage, Presence
from signaling.show.report.report import (
    ItemReport,
    OnAir,
    RefusedCommand,
    ShowReport,
    lasted_in_words,
    length_in_words,
    started_in_words,
)

MAX_CELL_COLUMNS = 48
"""Longer cells are cut."""

SKIP_REASONS = {
    "file": "left out by the event file",
    "asked": "left out by a moderator",
    "no-time": "left out: a hard start left no time",
    "passed": "passed over by a moderator",
}
CUT_REASONS = {
    "agenda": "by the agenda",
    "voice": "to the speaker",
    "take": "taken by hand",
    "fallback": "to a fallback",
}
OUTAGE_REASONS = {
    "joined": "it connected again",
    "flows": "unknown",
    "silent": "no packets arrived",
    "no-keyframe": "no keyframe arrived",
    "too-large": "its packets were too large",
    "unreachable": "its connection was lost",
    "left": "it left",
    None: "the server was restarted",
}


CHECKS: dict[CheckId, str] = {
    "connected": "connection",
    "picture": "picture",
    "sound": "sound",
    "line": "line",
    "microphone": "microphone",
    "language": "language",
    "interpreter": "interpretation",
    "ready": "ready",
}
CHECK_REASONS: dict[CheckReason, str] = {
    "not-connected": "not connected",
    "never-fed": "not connected",
    "left": "left",
    "unreachable": "connection lost",
    "joined": "no picture yet",
    "waits": "not let in",
    "silent": "nothing arrives",
    "no-keyframe": "no keyframe",
    "too-large": "packets too large",
    "recovering": "just came back",
    "no-picture": "none",
    "none": "none",
    "opening": "opening",
    "stand-in": "another device",
    "missing": "not found",
    "lost": "disconnected",
    "busy": "in use by another program",
    "denied": "not permitted",
    "hung": "does not answer",
    "interrupted": "muted by the system",
    "insecure": "page without HTTPS",
    "failed": "failed",
    "muted": "muted",
    "not-reported": "not known",
    "too-low": "too quiet",
    "clipping": "distorted",
    "hum": "hum",
    "no-sound": "silent",
    "off-air": "off air",
    "not-measured": "not measured",
    "loss": "loss",
    "delay": "delay",
    "not-interpreted": "understood by no booth",
    "floor-differs": "another one was spoken",
    "nobody": "nobody",
    "closed": "microphone off",
    "not-approved": "not approved",
    "flag": "called the desk",
}


def as_text(report: ShowReport) -> Iterator[str]:
    """The report, line by line."""
    yield from _head(report)
    yield from _section(
        "Plan and what ran",
        ("Item", "Planned", "On air", "Began", "Lasted", "Against the plan"),
        (_item(report, item) for item in report.items),
    )
    yield from _section("Checks before it began", ("Item", "At", "Ok", "Unknown", "Failed"), _checks(report))
    yield from _section("On air", ("", "On air", "Beside"), _places(report))
    yield from _section("Speakers", ("", "On air"), _lengths(report.speakers))
    yield from _section("Languages", ("", "On air"), _lengths(report.languages))
    yield from _section("Interpretation", ("", "Needed", "Interpreted", "Missing"), _channels(report))
    yield from _section("Cuts", (), [(CUT_REASONS.get(why, why), str(n)) for why, n in report.cuts.items()])
    yield from _section(
        "Lost sources",
        ("Source", "From", "For", "What happened", "Others stood in"),
        (_outage(report, outage) for outage in report.outages),
    )
    rooms = [_room(report, source, presences) for source, presences in report.rooms.items()]
    yield from _section("Connected", (), rooms)
    yield from _section(
        "Commands",
        (),
        [(who, ", ".join(f"{n} {what}" for what, n in did.items())) for who, did in report.commands.items()],
    )
    yield from _section(
        "Refused commands",
        ("Who", "When", "Command", "Why"),
        (_refused(report, refusal) for refusal in report.refused),
    )


def _head(report: ShowReport) -> Iterator[str]:
    day = local_date(report.event.agenda[0].planned.start, report.event.timezone)
    yield f"{report.event.title}, {day.isoformat()}, times in {report.event.timezone.key}"
    if report.begin is None or report.until is None:
        yield "The show has not begun."
        return
    length = length_in_words(report.length)
    if report.end is None:
        yield f"Began at {_at(report, report.begin)}, not over at {_at(report, report.until)}: {length} so far"
    else:
        yield f"{_span(report, report.begin, report.end)}: {length}"


def _item(report: ShowReport, row: ItemReport) -> tuple[str, ...]:
    planned = _span(report, row.item.planned.start, row.item.planned.end)
    if not row.airings:
        why = "not on air" if row.skipped is None else SKIP_REASONS[row.skipped]
        return (row.item.title, planned, "–", "", "", why)
    end = row.airings[-1].end
    times = f" ({len(row.airings)} times)" if len(row.airings) > 1 else ""
    return (
        row.item.title,
        planned,
        _span(report, row.airings[0].start, end) + times,
        started_in_words(row),
        length_in_words(row.on_air),
        lasted_in_words(row) if end is not None else "still on air",
    )


def _checks(report: ShowReport) -> Iterator[tuple[str, ...]]:
    """A row for each time that an item began; none of those in the logs of older versions."""
    for row in report.items:
        for airing in row.airings:
            if airing.checks is not None:
                results = [check.result for check in airing.checks]
                failed = [_check(report, check) for check in airing.checks if check.result == "failed"]
                yield (
                    row.item.title,
                    _at(report, airing.start),
                    str(results.count("ok")),
                    str(results.count("unknown")),
                    ", ".join(failed) or "–",
                )


def _check(report: ShowReport, check: Check) -> str:
    of = check.of if check.id in ("language", "interpreter") else _name(report, check.of)
    return f"{CHECKS[check.id]} {of}: {CHECK_REASONS[check.reason or 'failed']}"


def _places(report: ShowReport) -> Iterator[tuple[str, ...]]:
    """The places, each followed by its sources if it has several."""
    for place, seen in _longest(report.places):
        yield _seen(_name(report, place), seen)
        own = [(s, t) for s, t in _longest(report.sources) if s.partition("/")[0] == place]
        if [source for source, _ in own] != [place]:
            for source, part in own:
                yield _seen("  " + _name(report, source), part)


def _longest(found: Mapping[str, OnAir]) -> list[tuple[str, OnAir]]:
    return sorted(found.items(), key=lambda entry: (-entry[1].main, -entry[1].beside))


def _seen(name: str, seen: OnAir) -> tuple[str, ...]:
    return (
        name,
        length_in_words(seen.main) if seen.main else "–",
        length_in_words(seen.beside) if seen.beside else "",
    )


def _lengths(found: Mapping[str, Duration]) -> list[tuple[str, ...]]:
    ordered = sorted(found.items(), key=lambda entry: -entry[1])
    return [(who, length_in_words(length)) for who, length in ordered]


def _channels(report: ShowReport) -> Iterator[tuple[str, ...]]:
    for channel, times in report.channels.items():
        missing = total(times.needed, Duration(-times.interpreted))
        lengths = (times.needed, times.interpreted, missing)
        yield (channel, *(length_in_words(length) if length else "–" for length in lengths))


def _outage(report: ShowReport, outage: Outage) -> tuple[str, ...]:
    lasted = outage.lasted
    replaced = outage.replaced
    what = OUTAGE_REASONS[outage.why] + (
        ", then it left" if outage.state == "absent" and outage.why not in ("left", None) else ""
    )
    return (
        _name(report, outage.source),
        _at(report, outage.start),
        "never came back" if lasted is None else _moment(lasted),
        what,
        "" if outage.failed is None else "to the end" if replaced is None else _moment(replaced),
    )


def _room(report: ShowReport, source: str, presences: Sequence[Presence]) -> tuple[str, ...]:
    spans = (_span(report, p.start, p.end) for p in presences)
    return (_name(report, source), ", ".join(spans) or "never")


def _refused(report: ShowReport, refusal: RefusedCommand) -> tuple[str, ...]:
    when = _at(report, refusal.at)
    if refusal.left_out:
        return (refusal.by, when, refusal.type, f"and {refusal.left_out} more until then that are not listed")
    return (refusal.by, when, refusal.type, refusal.message)


def _moment(length: Duration) -> str:
    """A length, in ms if it is below a second."""
    return f"{length} ms" if length < 1000 else length_in_words(length)


def _name(report: ShowReport, source: str) -> str:
    return "Slate" if source == SLATE else source_name(report.event, source)


def _at(report: ShowReport, t: Instant) -> str:
    """The time, with its date if that is not the first day."""
    zone = report.event.timezone
    return format_time(t, zone, local_date(report.event.agenda[0].planned.start, zone))


def _span(report: ShowReport, start: Instant, end: Instant | None) -> str:
    """Start and end; without an end if it is not over."""
    zone = report.event.timezone
    return f"{_at(report, start)}–{'' if end is None else format_time(end, zone, local_date(start, zone))}"


def _section(title: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """A table with its title; nothing if it has no rows. The last column may have any width."""
    found = list(rows)
    if not found:
        return
    table = [heads, *found] if heads else found
    widths = [min(MAX_CELL_COLUMNS, max(columns(row[n]) for row in table)) for n in range(len(found[0]) - 1)]
    yield ""
    yield title
    for row in table:
        cells = (*(fit(cell, width) for cell, width in zip(row, widths, strict=False)), row[-1])
        yield "  " + "  ".join(cells).rstrip()
