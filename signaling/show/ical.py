"""The agenda as iCalendar (RFC 5545), for whoever wants it in a calendar of their own."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Timezone, TimezoneDaylight, TimezoneStandard
from icalendar import Event as Entered
from icalendar.prop import vDuration

from config.model import Event, Guest, Item, Venue, place_of, source_name
from config.times import (
    HOUR,
    SECOND,
    Duration,
    Instant,
    changes,
    iso,
    local_date,
    offset_of,
    plus,
    readings,
    say_time,
    to_datetime,
    wall_time,
)
from signaling.show.programme import Entry

DAY = Duration(24 * HOUR)
REFRESH = timedelta(minutes=5)
"""How often a calendar should ask again. Most take longer, whatever is written here."""


def calendar(event: Event, found: Iterable[Entry], zone: ZoneInfo, now: Instant) -> bytes:
    """The calendar with one VEVENT an item, its times in `zone`; a skipped item is cancelled. Made at `now`.

    The instants are the same in every zone. Only calendars that show a time by the zone it was written in differ.
    """
    document = Calendar()
    document.add("prodid", "-//Schalte//Agenda//EN")
    document.add("version", "2.0")
    document.add("method", "PUBLISH")
    document.add("name", event.title)
    document.add("x-wr-calname", event.title)
    document.add("x-wr-timezone", zone.key)
    document.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    document.add("x-published-ttl", vDuration(REFRESH))
    listed = list(found)
    first, last = min(entry.span.start for entry in listed), max(entry.span.end for entry in listed)
    document.add_component(_timezone(zone, first, last))
    for entry in listed:
        document.add_component(_entered(event, entry, zone, now))
    return bytes(document.to_ical())


def _entered(event: Event, entry: Entry, zone: ZoneInfo, now: Instant) -> Entered:
    entered = Entered()
    entered.add("uid", str(entry.id))
    entered.add("dtstamp", _stamp(now, ZoneInfo("UTC")))
    start, end = _stamp(entry.span.start, zone), _stamp(entry.span.end, zone)
    entered.add("dtstart", start)
    if end.astimezone(UTC) > start.astimezone(UTC):
        # DTEND has to be later (RFC 5545, 3.8.2.2); without one the event ends as it begins.
        entered.add("dtend", end)
    entered.add("summary", entry.item.title)
    entered.add("description", _description(event, entry))
    if location := _location(event, entry.item):
        entered.add("location", location)
    entered.add("status", "CANCELLED" if entry.skipped else "CONFIRMED")
    entered.add("transp", "TRANSPARENT" if entry.skipped else "OPAQUE")
    return entered


def _stamp(t: Instant, zone: ZoneInfo) -> datetime:
    """An instant in `zone`, cut to the second; in UTC where the clocks of the zone show its time twice.

    A local time that DST repeats means the first one (RFC 5545, 3.3.5), so there is no other way to write the second.
    """
    whole = Instant(t // SECOND * SECOND)
    twice = len(readings(local_date(whole, zone), wall_time(whole, zone), zone)) > 1
    return (
        to_datetime(whole, zone).astimezone(UTC) if twice or zone.key == "UTC" else to_datetime(whole, zone)
    )


def _description(event: Event, entry: Entry) -> str:
    """Who speaks, in which language, and when that is in the other cities."""
    item, start = entry.item, entry.span.start
    who = f"{item.speaker} ({item.language})" if item.speaker else f"({item.language})"
    places: list[Venue | Guest] = [*event.venues.values(), *event.guests.values()]
    zones = list(dict.fromkeys([event.timezone, *(place.timezone for place in places)]))
    day = local_date(start, event.timezone)
    clocks = [f"{zone.key} {say_time(start, zone, day)}" for zone in zones]
    return "\n".join([who, " · ".join(clocks)] if len(zones) > 1 else [who])


def _location(event: Event, item: Item) -> str:
    """Everybody on screen, the one on air first: `Krefeld (Fichtenhain) + Miki Uchida (01Booster)`."""
    names = []
    for source in (item.source, *item.beside):
        place = event.venues.get(place_of(source)) or event.guests.get(place_of(source))
        if place is not None:
            more = place.place if isinstance(place, Venue) else place.note
            names.append(source_name(event, source) + (f" ({more})" if more else ""))
    return " + ".join(names)


def _timezone(zone: ZoneInfo, first: Instant, last: Instant) -> Timezone:
    """The zone's offsets from a day before `first` to a day after `last`.

    Not by the library's own `Timezone.from_tzinfo`: where DST begins it names the first moment after the gap, by the
    clocks of before it, an hour late (icalendar 7.3.0).
    """
    begin, end = plus(first, Duration(-DAY)), plus(last, DAY)
    component = Timezone()
    component.add("tzid", zone.key)
    offset = offset_of(begin, zone)
    component.add_component(_observance(zone, begin, offset, offset))
    for change in changes(zone, begin, end):
        component.add_component(_observance(zone, change.at, change.before, change.after))
    return component


def _observance(
    zone: ZoneInfo, at: Instant, before: Duration, after: Duration
) -> TimezoneStandard | TimezoneDaylight:
    moment = to_datetime(at, zone)
    found = TimezoneDaylight() if moment.dst() else TimezoneStandard()
    # Its onset is told by the clocks as they ran until then (RFC 5545, 3.6.5).
    onset = to_datetime(plus(at, before), ZoneInfo("UTC")).replace(tzinfo=None, microsecond=0)
    found.add("dtstart", onset)
    found.add("tzoffsetfrom", timedelta(milliseconds=before))
    found.add("tzoffsetto", timedelta(milliseconds=after))
    found.add("tzname", moment.tzname() or iso(at, zone)[-6:])
    return found
