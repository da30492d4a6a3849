"""The agenda as iCalendar (RFC 5545), for people's calendars."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar
from icalendar import Event as Entered
from icalendar.prop import vDuration

from config.model import Event, Guest, Item, Venue, place_of, source_name
from config.times import SECOND, Instant, format_time, instants_showing, local_date, to_datetime, wall_time
from signaling.show.export.icalzone import timezone
from signaling.show.export.programme import PublishedItem

REFRESH = timedelta(minutes=5)
"""How often a calendar should fetch it again. Most wait longer."""
SEQUENCE_ZERO = datetime(2018, 1, 1, tzinfo=UTC)
"""SEQUENCE counts the seconds since then. So it grows with each change, also over restarts and new logs, and fits into
32 bits until 2086."""
MAX_SEQUENCE = 2**31 - 1
"""The largest INTEGER of RFC 5545, 3.3.8."""


def calendar(event: Event, found: Iterable[PublishedItem], zone: ZoneInfo, begun: Instant) -> bytes:
    """The calendar with one VEVENT for each item, times in `zone`. A skipped item is cancelled.

    `begun` is when the plan was first published; it is the revision of items without a later one. There is no METHOD:
    this is a snapshot (RFC 5545, 3.7.2), so DTSTAMP is the time of an item's last change (3.8.7.2).

    The instants are the same in every zone. Only calendars that show times in the zone of the file differ.
    """
    document = Calendar()
    document.add("prodid", "-//Schalte//Agenda//EN")
    document.add("version", "2.0")
    document.add("name", event.title)
    document.add("x-wr-calname", event.title)
    document.add("x-wr-timezone", zone.key)
    document.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    document.add("x-published-ttl", vDuration(REFRESH))
    listed = list(found)
    first, last = min(entry.span.start for entry in listed), max(entry.span.end for entry in listed)
    document.add_component(timezone(zone, first, last))
    for entry in listed:
        document.add_component(
            _entered(event, entry, zone, begun if entry.revised is None else entry.revised)
        )
    return bytes(document.to_ical())


def _entered(event: Event, entry: PublishedItem, zone: ZoneInfo, revised: Instant) -> Entered:
    entered = Entered()
    entered.add("uid", str(entry.id))
    changed = _stamp(revised, ZoneInfo("UTC"))
    entered.add("dtstamp", changed)
    entered.add("last-modified", changed)
    entered.add("sequence", max(0, min(MAX_SEQUENCE, (changed - SEQUENCE_ZERO) // timedelta(seconds=1))))
    start, end = _stamp(entry.span.start, zone), _stamp(entry.span.end, zone)
    entered.add("dtstart", start)
    if end.astimezone(UTC) > start.astimezone(UTC):
        # DTEND must be later than DTSTART (RFC 5545, 3.8.2.2). Without it the event ends at its start.
        entered.add("dtend", end)
    entered.add("summary", entry.item.title)
    entered.add("description", _description(event, entry))
    if location := _location(event, entry.item):
        entered.add("location", location)
    entered.add("status", "CANCELLED" if entry.skipped else "CONFIRMED")
    entered.add("transp", "TRANSPARENT" if entry.skipped else "OPAQUE")
    return entered


def _stamp(t: Instant, zone: ZoneInfo) -> datetime:
    """An instant in `zone`, cut to the second; in UTC if its local time occurs twice.

    A local time that DST repeats means the first one (RFC 5545, 3.3.5), so the second can only be written in UTC.
    """
    whole = Instant(t // SECOND * SECOND)
    twice = len(instants_showing(local_date(whole, zone), wall_time(whole, zone), zone)) > 1
    return (
        to_datetime(whole, zone).astimezone(UTC) if twice or zone.key == "UTC" else to_datetime(whole, zone)
    )


def _description(event: Event, entry: PublishedItem) -> str:
    """The speaker, the language, and the time in the other zones."""
    item, start = entry.item, entry.span.start
    who = f"{item.speaker} ({item.language})" if item.speaker else f"({item.language})"
    places: list[Venue | Guest] = [*event.venues.values(), *event.guests.values()]
    zones = list(dict.fromkeys([event.timezone, *(place.timezone for place in places)]))
    day = local_date(start, event.timezone)
    clocks = [f"{zone.key} {format_time(start, zone, day)}" for zone in zones]
    return "\n".join([who, " · ".join(clocks)] if len(zones) > 1 else [who])


def _location(event: Event, item: Item) -> str:
    """All sources on screen, the main one first: `Krefeld (Fichtenhain) + Miki Uchida (01Booster)`."""
    names = []
    for source in (item.source, *item.beside):
        place = event.place(place_of(source))
        if place is not None:
            more = place.place if isinstance(place, Venue) else place.note
            names.append(source_name(event, source) + (f" ({more})" if more else ""))
    return " + ".join(names)
