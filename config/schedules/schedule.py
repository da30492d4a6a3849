"""Makes an event file of a frab/pretalx `schedule.json` (c3voc schema, version 1 or 2), as the start of an agenda.

Rooms become venues. The talks of all rooms become items, ordered by their start. Everything that an event file has no
key for is left out and reported with its place.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter, ValidationError

from config import schema
from config.faults import EventFileError, Fault, KeyPath, shown, unknown
from config.model import ItemType
from config.names import RESERVED_IDS, slug
from config.schedules.talk import MAX_TITLE_CHARS, RECORD_KEYS, Talk, is_break, read_talks
from config.schedules.talks import TALK_LIST_KEYS, FoundTalk, find_talks
from config.schedules.text import ScheduleText
from config.times import (
    Instant,
    format_duration,
    format_time,
    format_wall_time,
    instants_showing,
    iso,
    local_date,
    plus,
    wall_time,
)
from config.yamltext.dump import dump

CONFERENCE_KEYS = {
    *RECORD_KEYS,
    *TALK_LIST_KEYS,
    *("acronym", "title", "start", "end", "days", "daysCount", "timeslot_duration", "time_zone_name"),
    *("rooms", "meta", "base_url", "languages", "defaults"),
}
"""Keys of a conference that are imported, or follow from its talks."""
ROOM_KEYS = RECORD_KEYS | {"name", "slug", "description"}
DEFAULT_ROOM = "Room"
"""The room of talks without one, in a schedule that lists no rooms."""
MAX_NAME_CHARS = 100
"""Of a venue's name and place, as in the schema."""

_ZONE: TypeAdapter[ZoneInfo] = TypeAdapter(schema.Zone)


@dataclass(frozen=True, slots=True)
class ImportedEvent:
    """The event file made of a schedule."""

    yaml: str
    left_out: tuple[Fault, ...]
    """Everything left out or guessed, in the schedule's order."""


def import_event(
    text: str, name: str, rooms: Sequence[str] = (), zone: ZoneInfo | None = None
) -> ImportedEvent:
    """The event file of the schedule in `text`.

    Args:
        name: the schedule's file, for faults.
        rooms: only these, if there are any.
        zone: the event's time zone; None: that of the schedule.

    Raises:
        EventFileError: this is no schedule, or it has no talk with a time and a length.
    """
    schedule = ScheduleText(name, text)
    return ImportedEvent(dump(_EventMaker(schedule).event(rooms, zone)), schedule.left_out)


class _EventMaker:
    """Makes the event file of one schedule."""

    def __init__(self, text: ScheduleText) -> None:
        self._text = text

    # The whole ------------------------------------------------------------------------------------------------

    def event(self, rooms: Sequence[str], given: ZoneInfo | None) -> dict[str, Any]:
        """The event file as plain data."""
        at: KeyPath = ("schedule", "conference")
        conference = self._conference(at)
        zone = given or self._zone((*at, "time_zone_name"), conference.get("time_zone_name"))
        raw_meta = conference.get("meta")
        meta = raw_meta if isinstance(raw_meta, dict) else {}
        talks = self._talks(at, conference, zone, meta, rooms)
        self._text.unused(at, "an event has", conference, CONFERENCE_KEYS)
        if not rooms:
            self._empty_rooms(at, conference, talks)
        languages = Counter(talk.language for talk in talks if talk.language)
        language = self._text.language((*at, "meta", "language"), meta.get("language"))
        language = language or (languages.most_common(1)[0][0] if languages else "en")
        ids = self._ids(at, conference, talks)
        return {
            "event": {
                "title": self._text.line((*at, "title"), conference.get("title"), MAX_TITLE_CHARS, language)
                or self._text.line((*at, "acronym"), conference.get("acronym"), MAX_TITLE_CHARS)
                or "Event",
                "date": local_date(talks[0].start, zone).isoformat(),
                "timezone": zone.key,
                "language": language,
            },
            "venues": {id: self._venue(at, conference, meta, room, zone) for room, id in ids.items()},
            "agenda": self._agenda(talks, zone, language, ids),
        }

    def _conference(self, at: KeyPath) -> dict[str, Any]:
        found = self._text.document
        for n, key in enumerate(at):
            if not isinstance(found, dict) or not isinstance(found.get(str(key)), dict):
                raise self._text.fail(
                    at[:n], f"this is no frab or pretalx schedule: it has no `{key}` with keys in it"
                )
            found = found[str(key)]
        return dict(found)

    def _zone(self, path: KeyPath, value: object) -> ZoneInfo:
        if value is not None:
            try:
                return _ZONE.validate_python(value)
            except ValidationError as fault:
                why = fault.errors()[0]["msg"].removeprefix("Value error, ")
                raise self._text.fail(path, why) from None
        # The offsets of talks do not identify a zone: in winter Berlin and Lagos have the same.
        raise self._text.fail(
            path, "the schedule names no time zone; name it with --timezone, for example Europe/Berlin"
        )

    def _talks(
        self,
        at: KeyPath,
        conference: dict[str, Any],
        zone: ZoneInfo,
        meta: dict[str, Any],
        rooms: Sequence[str],
    ) -> list[Talk]:
        """The talks of the wanted rooms that have a time and a length, ordered by start."""
        found, there = find_talks(self._text.document["schedule"], conference, self._text.leave_out)
        for room in rooms:
            if room not in there:
                raise self._text.fail((*at, "rooms"), unknown("room", room, {name: name for name in there}))
        placed = [self._placed(talk, conference) for talk in found]
        wanted = [talk for talk in placed if not rooms or talk.room is None or talk.room in rooms]
        exact = meta.get("lengths_s")
        talks = read_talks(self._text, wanted, zone, exact if isinstance(exact, dict) else {})
        if not talks:
            none = "there is no talk with a time and a length; an event has at least one item"
            raise EventFileError([*self._text.left_out, self._text.fault((*at, "days"), none)])
        return talks

    def _placed(self, found: FoundTalk, conference: dict[str, Any]) -> FoundTalk:
        """The talk with a room. A break may have none: it is for all rooms."""
        if found.room is not None or is_break(found.talk):
            return found
        listed = (room.get("name") for room in _list(conference.get("rooms")) if isinstance(room, dict))
        room = next((str(name) for name in listed if name), DEFAULT_ROOM)
        self._text.leave_out(found.path, f"this talk names no room; it is put into “{shown(room)}”")
        return replace(found, room=room)

    # Rooms ----------------------------------------------------------------------------------------------------

    def _ids(self, at: KeyPath, conference: dict[str, Any], talks: Sequence[Talk]) -> dict[str, str]:
        """By room with a talk, the venue's id; in the schedule's order of rooms."""
        listed = [str(room.get("name")) for room in _list(conference.get("rooms")) if isinstance(room, dict)]
        used = {talk.room: None for talk in talks if talk.room is not None}
        ordered = [room for room in dict.fromkeys([*listed, *used]) if room in used] or [DEFAULT_ROOM]
        ids: dict[str, str] = {}
        for n, room in enumerate(ordered, start=1):
            stem = slug(room) or f"room-{n}"
            stem = f"room-{stem}" if stem in RESERVED_IDS else stem
            again = 2
            id = stem
            while id in ids.values():
                id, again = f"{stem}-{again}", again + 1
            ids[room] = id
        return ids

    def _empty_rooms(self, at: KeyPath, conference: dict[str, Any], talks: Sequence[Talk]) -> None:
        used = {talk.room for talk in talks}
        for n, room in enumerate(_list(conference.get("rooms"))):
            if isinstance(room, dict) and room.get("name") and str(room["name"]) not in used:
                self._text.leave_out((*at, "rooms", n), "no talk is in this room; it becomes no venue")

    def _venue(
        self, at: KeyPath, conference: dict[str, Any], meta: dict[str, Any], room: str, zone: ZoneInfo
    ) -> dict[str, Any]:
        venue: dict[str, Any] = {"name": self._text.line(at, room, MAX_NAME_CHARS) or "Room"}
        for n, entry in enumerate(_list(conference.get("rooms"))):
            if isinstance(entry, dict) and entry.get("name") == room:
                path: KeyPath = (*at, "rooms", n)
                if place := self._text.line((*path, "description"), entry.get("description"), MAX_NAME_CHARS):
                    venue["place"] = place
                self._text.unused(path, "a venue has", entry, ROOM_KEYS)
        zones = meta.get("time_zones")
        if isinstance(zones, dict) and room in zones:
            own = self._zone((*at, "meta", "time_zones", room), zones[room])
            venue |= {"timezone": own.key} if own != zone else {}
        return venue

    # The agenda -----------------------------------------------------------------------------------------------

    def _agenda(
        self, talks: Sequence[Talk], zone: ZoneInfo, language: str, ids: Mapping[str, str]
    ) -> list[dict[str, str]]:
        agenda: list[dict[str, str]] = []
        above: Instant | None = None
        busy: tuple[Instant, str] | None = None
        """The latest end of the talks above, and that talk's title."""
        taken: set[str] = set()
        for talk in talks:
            if busy is not None and talk.start < busy[0]:
                self._text.leave_out(
                    talk.path,
                    f"“{shown(talk.title)}” begins at {format_time(talk.start, zone)}, while “{shown(busy[1])}” runs; "
                    "an agenda has one item at a time, so it will be late: choose among the rooms with --room, or "
                    "correct the file",
                )
            id = talk.rest["id"]
            item = {
                "id": id if id not in taken else None,
                "title": talk.title,
                "start": _clock(talk.start, above, zone),
                "duration": format_duration(talk.length),
                "skip": talk.rest["skip"],
                # A break without a source has the slate on air, which shows the next item.
                "source": None
                if talk.rest["type"] is ItemType.BREAK or talk.room is None
                else ids[talk.room],
                "speaker": talk.rest["speaker"],
                "language": talk.language if talk.language != language else None,
                "type": None if talk.rest["type"] is ItemType.TALK else str(talk.rest["type"]),
                "notes": talk.rest["notes"],
            }
            agenda.append({key: value for key, value in item.items() if value})
            taken |= {id} if id else set()
            above, end = talk.start, plus(talk.start, talk.length)
            busy = (end, talk.title) if busy is None or end > busy[0] else busy
        return agenda


def _clock(t: Instant, above: Instant | None, zone: ZoneInfo) -> str:
    """A start as `HH:MM` if the day rule of the agenda gives the same instant, else with day and offset."""
    day, wall = local_date(t, zone), wall_time(t, zone)
    same_day = above is None or (local_date(above, zone) == day and wall_time(above, zone) <= wall)
    return (
        format_wall_time(wall) if same_day and len(instants_showing(day, wall, zone)) == 1 else iso(t, zone)
    )


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
