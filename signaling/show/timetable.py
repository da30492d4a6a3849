"""A rehearsal as a table for people: the clocks of every city, what happens, who is on air."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from config.model import SLATE, Event, source_name
from config.times import Instant, from_datetime, local_date, say_time
from signaling.show.columns import columns, fit

CLOCK = 11
"""Columns of a clock: `HH:MM:SS +1`."""
END = "End of the show"
WIDEST = 56
"""Columns of the widest title; longer ones are cut."""


def as_text(lines: Iterable[Mapping[str, Any]], event: Event) -> Iterator[str]:
    """The table of a rehearsal's lines (see `rehearsal`), row by row as they come."""
    zones = list(dict.fromkeys([event.timezone, *(venue.timezone for venue in event.venues.values())]))
    width = min(WIDEST, max(columns(text) for text in (*(item.title for item in event.agenda), END)))
    yield f"{event.title}, {local_date(event.agenda[0].planned.start, event.timezone).isoformat()}"
    yield ""
    yield _row([_city(zone) for zone in zones], "", width, "On air")
    latest: dict[str, Mapping[str, Any]] = {}
    ended = False
    for at, together in groupby(lines, key=lambda line: str(line["at"])):
        happened = {str(line["event"]): line for line in together}
        latest |= happened
        ended = "show-ended" in happened
        if (what := _what(event, happened)) is not None:
            moment = from_datetime(datetime.fromisoformat(at))
            clocks = [_clock(moment, zone, event.timezone) for zone in zones]
            yield _row(clocks, what, width, _on_air(event, latest))
    if not ended:
        yield "Nothing more happens by itself, and the show has not ended."


def _what(event: Event, happened: Mapping[str, Mapping[str, Any]]) -> str | None:
    """What people would say of this instant; None if it is not worth a row."""
    match happened:
        case {"item-started": {"item": item}}:
            found = event.item(item)
            return str(item) if found is None else found.title
        case {"show-ended": _}:
            return END
        case {"item-ended": _}:
            return "–"
        case {"refused": {"type": command, "message": message}}:
            return f"{command} refused: {message}"
        case {"command": {"type": command}}:
            return f"({command})"
        case {"source-lost": {"source": source}}:
            return f"({_name(event, source)} is lost)"
        case {"source-back": {"source": source}}:
            return f"({_name(event, source)} is back)"
        case {"program": _}:
            return ""
        case _:
            return None


def _on_air(event: Event, latest: Mapping[str, Mapping[str, Any]]) -> str:
    """Who is on air, by the latest lines of each kind."""
    if "program" not in latest:
        return _name(event, SLATE)
    source, reason = str(latest["program"]["source"]), latest["program"]["reason"]
    if reason != "agenda":
        return f"{_name(event, source)} ({reason})"
    item = event.item(str(latest["item-started"]["item"])) if "item-started" in latest else None
    beside = item.beside if item is not None and item.source == source else ()
    return " + ".join(_name(event, s) for s in (source, *beside))


def _name(event: Event, source: str) -> str:
    return "–" if source == SLATE else source_name(event, source)


def _city(zone: ZoneInfo) -> str:
    return zone.key.rpartition("/")[2].replace("_", " ")


def _clock(t: Instant, zone: ZoneInfo, event_zone: ZoneInfo) -> str:
    """The time in a zone, with a mark where its calendar is a day ahead of the event's, or behind."""
    days = (local_date(t, zone) - local_date(t, event_zone)).days
    return say_time(t, zone) + (f" {days:+d}" if days else "")


def _row(clocks: Sequence[str], what: str, width: int, on_air: str) -> str:
    cells = (*(fit(clock, CLOCK) for clock in clocks), fit(what, width), on_air)
    return "  ".join(cells).rstrip()
