"""A rehearsal as a table for people: the clocks of every city, what happens, who is on air."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from config.model import SLATE, Event, source_name
from config.times import Instant, from_datetime, local_date, say_time
from signaling.show.export.columns import columns, fit

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
        happened = list(together)
        latest |= {str(line["event"]): line for line in happened}
        kinds = {line["event"] for line in happened}
        # A script may let things happen after the show, or begin it once more.
        ended = "show-ended" in kinds or (ended and "item-started" not in kinds)
        moment = from_datetime(datetime.fromisoformat(at))
        clocks = [_clock(moment, zone, event.timezone) for zone in zones]
        for what in _what(event, happened):
            yield _row(clocks, what, width, _on_air(event, latest))
    if not ended:
        yield "Nothing more happens by itself, and the show has not ended."


MOVES = ("start", "next", "previous", "goto")
"""Commands that need no row where an item begins or ends: it is what they asked for."""


def _what(event: Event, happened: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """What people would say of this instant, a row each: every mishap, and what came on air; most often nothing."""
    came = _came(event, happened)
    mishaps = [text for line in happened if (text := _mishap(event, line, came is not None)) is not None]
    yield from mishaps
    if came is not None:
        yield came
    elif not mishaps and any(line["event"] == "program" for line in happened):
        yield ""


def _came(event: Event, happened: Sequence[Mapping[str, Any]]) -> str | None:
    """What begins or ends, in a word; None if nothing does."""
    match {str(line["event"]): line for line in happened}:
        case {"item-started": {"item": item}}:
            found = event.item(item)
            return str(item) if found is None else found.title
        case {"show-ended": _}:
            return END
        case {"item-ended": _}:
            return "–"
        case _:
            return None


def _mishap(event: Event, line: Mapping[str, Any], moved: bool) -> str | None:
    """What a script let happen; None if the line is of something else, or says what is seen anyhow."""
    match line:
        case {"event": "refused", "type": command, "message": message}:
            return f"{command} refused: {message}"
        case {"event": "command", "type": command}:
            return None if moved and command in MOVES else f"({command})"
        case {"event": "source-lost", "source": source}:
            return f"({_name(event, source)} is lost)"
        case {"event": "source-back", "source": source}:
            return f"({_name(event, source)} is back)"
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
