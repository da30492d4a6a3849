"""A rehearsal as a table for people: the time in every city, what happens, what is on air."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from config.model import SLATE, Event, source_name
from config.times import Instant, format_time, from_datetime, local_date
from signaling.show.export.columns import columns, fit

CLOCK = 11
"""Columns of a time: `HH:MM:SS +1`."""
END = "End of the show"
MAX_TITLE_COLUMNS = 56
"""Longer titles are cut."""
ON_AIR_COLUMNS = 32
"""Columns of what is on air, if interpreted channels follow."""


def as_text(lines: Iterable[Mapping[str, Any]], event: Event) -> Iterator[str]:
    """The table of a rehearsal's lines (see `rehearsal`), row by row."""
    zones = list(dict.fromkeys([event.timezone, *(venue.timezone for venue in event.venues.values())]))
    width = min(
        MAX_TITLE_COLUMNS, max(columns(text) for text in (*(item.title for item in event.agenda), END))
    )
    yield f"{event.title}, {local_date(event.agenda[0].planned.start, event.timezone).isoformat()}"
    yield ""
    yield _row([_city(zone) for zone in zones], "", width, "On air", "Interpreted" if event.booths else "")
    latest: dict[str, Mapping[str, Any]] = {}
    booths: dict[str, str | None] = {}
    ended = False
    for at, together in groupby(lines, key=lambda line: str(line["at"])):
        happened = list(together)
        latest |= {str(line["event"]): line for line in happened}
        booths |= {line["language"]: line["booth"] for line in happened if line["event"] == "channel"}
        kinds = {line["event"] for line in happened}
        # A script may continue after the show, or put an item on air again.
        ended = "show-ended" in kinds or (ended and "item-started" not in kinds)
        moment = from_datetime(datetime.fromisoformat(at))
        clocks = [_clock(moment, zone, event.timezone) for zone in zones]
        for what in _events(event, happened):
            yield _row(clocks, what, width, _on_air(event, latest), _interpreted(event, booths))
    if not ended:
        yield "Nothing more happens by itself, and the show has not ended."


MOVES = ("start", "next", "previous", "goto")
"""Commands that need no row if an item begins or ends, since that row shows their effect."""


def _events(event: Event, happened: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """The rows of this instant: every mishap, and what came on air. Often none."""
    came = _item_change(event, happened)
    mishaps = [text for line in happened if (text := _mishap(event, line, came is not None)) is not None]
    yield from mishaps
    if came is not None:
        yield came
    elif not mishaps and any(line["event"] == "program" for line in happened):
        yield ""


def _item_change(event: Event, happened: Sequence[Mapping[str, Any]]) -> str | None:
    """The item that begins, or the end of one; None if neither."""
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
    """The text for a line from the script; None for other lines, and for commands whose effect has a row."""
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
    """The sources on air, by the latest line of each kind."""
    if "program" not in latest:
        return _name(event, SLATE)
    source, reason = str(latest["program"]["source"]), latest["program"]["reason"]
    if reason != "agenda":
        return f"{_name(event, source)} ({reason})"
    item = event.item(str(latest["item-started"]["item"])) if "item-started" in latest else None
    beside = item.beside if item is not None and item.source == source else ()
    return " + ".join(_name(event, s) for s in (source, *beside))


def _interpreted(event: Event, booths: Mapping[str, str | None]) -> str:
    """The channels that a booth feeds, each with that booth."""
    fed = ((language, booth) for language, booth in booths.items() if booth is not None)
    return ", ".join(f"{language}: {_name(event, booth)}" for language, booth in fed)


def _name(event: Event, source: str) -> str:
    """The name of a source or booth. A reload may have brought it."""
    if source in event.booths:
        return event.booths[source].name
    return "–" if source == SLATE else source_name(event, source)


def _city(zone: ZoneInfo) -> str:
    return zone.key.rpartition("/")[2].replace("_", " ")


def _clock(t: Instant, zone: ZoneInfo, event_zone: ZoneInfo) -> str:
    """The time in a zone, with `+1` or `-1` if its date is a day ahead of the event's or behind."""
    days = (local_date(t, zone) - local_date(t, event_zone)).days
    return format_time(t, zone) + (f" {days:+d}" if days else "")


def _row(clocks: Sequence[str], what: str, width: int, on_air: str, interpreted: str) -> str:
    if interpreted:
        on_air = fit(on_air, ON_AIR_COLUMNS)
    cells = (*(fit(clock, CLOCK) for clock in clocks), fit(what, width), on_air, interpreted)
    return "  ".join(cells).rstrip()
