"""The agenda as a frab/pretalx `schedule.json`, for conference apps, players and recording desks.

The format is https://c3voc.de/schedule/schema.json, which permits no other keys. `conference.meta` holds what it has no
keys for (zones of venues, lengths in seconds), so that `config.schedules` can make an agenda of the file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from config.model import Event, Span, Venue
from config.names import slug
from config.times import MINUTE, Duration, between, format_time, in_seconds, iso, local_date
from signaling.show.export.programme import PublishedItem, room

NUMBER_LIMIT = 2**31
"""Apps keep the number of a talk in a signed integer of 32 bits."""


def schedule(event: Event, found: Iterable[PublishedItem], version: str) -> dict[str, Any]:
    """The document, without skipped items, for which the format has no key.

    Days are those of the event's zone. An item is in the room of its source; an item of a guest or the slate is in the
    host's. Lengths are whole minutes, at least one, as the format requires.
    """
    every = list(found)
    # Skipped items have numbers too: they may come back, and must not change the numbers of others then.
    numbers = numbered([*(entry.id for entry in every), *(_person(entry.item.speaker) for entry in every)])
    listed = [entry for entry in every if not entry.skipped]
    days: dict[str, list[PublishedItem]] = {}
    for entry in listed:
        days.setdefault(_date(event, entry.span), []).append(entry)
    whole = _around(listed) if listed else event.agenda[0].planned
    conference = {
        "acronym": f"{slug(event.title).replace('-', '_')[:32]:_<4}",
        "title": event.title,
        "start": _date(event, whole),
        "end": local_date(whole.end, event.timezone).isoformat(),
        "daysCount": len(days),
        "timeslot_duration": "00:05",
        "time_zone_name": event.timezone.key,
        "rooms": [_room(venue) for venue in event.venues.values()],
        "days": [
            _day(event, index, date, of_day, numbers)
            for index, (date, of_day) in enumerate(days.items(), start=1)
        ],
        "meta": _meta(event, listed),
    }
    return {"schedule": {"version": version, "conference": conference}}


def _date(event: Event, span: Span) -> str:
    return local_date(span.start, event.timezone).isoformat()


def _around(listed: Sequence[PublishedItem]) -> Span:
    """From the first start to the last end."""
    return Span(min(entry.span.start for entry in listed), max(entry.span.end for entry in listed))


def _meta(event: Event, listed: Sequence[PublishedItem]) -> dict[str, Any]:
    zones = {v.name: v.timezone.key for v in event.venues.values() if v.timezone != event.timezone}
    lengths = {str(entry.id): between(entry.span.start, entry.span.end) for entry in listed}
    odd = {guid: in_seconds(length) for guid, length in lengths.items() if length % MINUTE}
    return {"language": event.language, "time_zones": zones, "lengths_s": odd}


def _room(venue: Venue) -> dict[str, Any]:
    guid = uuid5(NAMESPACE_URL, f"schalte:venue:{venue.id}")
    return {"name": venue.name, "guid": str(guid), "description": venue.place or None, "capacity": None}


def _person(speaker: str) -> UUID:
    return uuid5(NAMESPACE_URL, f"schalte:speaker:{speaker}")


def numbered(ids: Iterable[UUID]) -> dict[UUID, int]:
    """A unique number from 1 to 2**31 - 1 for each id, by which apps keep people's favourites.

    It is made from the id alone, so that it stays when other items come, go or move. Two of 500 ids collide in one case
    of 17,000; then the greater id gets another number.
    """
    taken: dict[int, UUID] = {}
    for id in sorted(set(ids)):
        number, again = id.int % NUMBER_LIMIT, id
        while number == 0 or number in taken:
            again = uuid5(again, "again")
            number = again.int % NUMBER_LIMIT
        taken[number] = id
    return {id: number for number, id in taken.items()}


def _day(
    event: Event, index: int, date: str, of_day: Sequence[PublishedItem], numbers: Mapping[UUID, int]
) -> dict[str, Any]:
    whole = _around(of_day)
    rooms: dict[str, list[dict[str, Any]]] = {}
    for entry in of_day:
        rooms.setdefault(room(event, entry.item).name, []).append(_talk(event, entry, numbers))
    return {
        "index": index,
        "date": date,
        "day_start": iso(whole.start, event.timezone),
        "day_end": iso(whole.end, event.timezone),
        "rooms": rooms,
    }


def _talk(event: Event, entry: PublishedItem, numbers: Mapping[UUID, int]) -> dict[str, Any]:
    item, zone = entry.item, event.timezone
    return {
        "id": numbers[entry.id],
        "guid": str(entry.id),
        "date": iso(entry.span.start, zone),
        "start": format_time(entry.span.start, zone)[:5],
        "duration": _minutes(between(entry.span.start, entry.span.end)),
        "room": room(event, item).name,
        "slug": item.id,
        "url": entry.id.urn,
        "title": item.title,
        "subtitle": None,
        "track": None,
        "type": item.type.value,
        "language": item.language,
        "abstract": None,
        "description": None,
        # A speaker is free text and may name several people; splitting it would be a guess.
        "persons": [{"id": numbers[_person(item.speaker)], "public_name": item.speaker}]
        if item.speaker
        else [],
        "links": [],
        "attachments": [],
    }


def _minutes(length: Duration) -> str:
    """`HH:MM`, rounded, at least a minute."""
    minutes = max(1, (length + MINUTE // 2) // MINUTE)
    return f"{minutes // 60:02}:{minutes % 60:02}"
