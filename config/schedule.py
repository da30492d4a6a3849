"""An event file from a frab/pretalx `schedule.json`, to start an agenda from.

Rooms become venues, talks become items in the order in which they begin, whatever room they are in. Only what an
event file has a word for is carried over; all else is told, with its place.
"""

from __future__ import annotations

import json
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter, ValidationError

from config import schema
from config.faults import EventFileError, Fault, Path, shown, unknown
from config.jsonmarks import marks
from config.model import ItemType
from config.names import RESERVED, id_fault, slug
from config.times import (
    MINUTE,
    SECOND,
    WEEK,
    Duration,
    Instant,
    from_datetime,
    iso,
    local_date,
    plus,
    readings,
    say_duration,
    say_time,
    say_wall,
    seconds,
    wall_time,
)
from config.written import written

TALK_KEYS = {
    *("title", "subtitle", "abstract", "description", "date", "start", "duration"),
    *("room", "type", "language", "persons", "slug"),
}
"""What is carried over of a talk."""
RECORD_KEYS = {"id", "guid", "code", "url", "origin_url", "feedback_url"}
"""What ties a talk or a person to the system it comes from, and means nothing here."""
TYPES = {
    **{str(kind): kind for kind in ItemType},
    "lecture": ItemType.TALK,
    "podium": ItemType.PANEL,
    "discussion": ItemType.PANEL,
    "pause": ItemType.BREAK,
}
MOST_TITLE, MOST_NAME, MOST_NOTES = 300, 100, 10_000
"""Characters that an event file takes of each."""

_LANGUAGE: TypeAdapter[str] = TypeAdapter(schema.Language)
_ZONE: TypeAdapter[ZoneInfo] = TypeAdapter(schema.Zone)


@dataclass(frozen=True, slots=True)
class Begun:
    """The event file that a schedule makes."""

    yaml: str
    lost: tuple[Fault, ...]
    """What could not be carried over, in the schedule's order."""


@dataclass(frozen=True, slots=True)
class _Talk:
    path: Path
    room: str
    start: Instant
    length: Duration
    title: str
    language: str | None
    rest: dict[str, Any]
    """The other keys of the item, as they are written."""


def begin_event(text: str, name: str, rooms: Sequence[str] = (), zone: ZoneInfo | None = None) -> Begun:
    """The event file that the schedule in `text` makes; of `rooms` only, where any are named.

    `name` stands for the schedule's file in what is told. `zone` is the event's, whatever the schedule says.

    Raises:
        EventFileError: if this is no schedule, or nothing of it can be carried over.
    """
    reader = _Reader(name, text)
    return Begun(written(reader.event(rooms, zone)), reader.lost)


class _Reader:
    """Reads one schedule, and notes what is lost on the way."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        try:
            self.document = json.loads(text)
        except json.JSONDecodeError as fault:
            raise EventFileError(
                [Fault(file, fault.lineno, fault.colno, "file", f"this is not JSON: {fault.msg}")]
            ) from None
        except (RecursionError, ValueError):
            raise EventFileError(
                [Fault(file, 1, 1, "file", "this is no schedule; it nests too deep")]
            ) from None
        self.marks = marks(text)
        self.told: list[Fault] = []

    @property
    def lost(self) -> tuple[Fault, ...]:
        return tuple(sorted(self.told, key=lambda fault: (fault.line, fault.column)))

    # Telling --------------------------------------------------------------------------------------------------

    def fault(self, path: Path, what: str) -> Fault:
        near = path
        while near not in self.marks and near:
            near = near[:-1]
        return Fault(self.file, *self.marks.get(near, (1, 1)), _where(path), what)

    def lose(self, path: Path, what: str) -> None:
        self.told.append(self.fault(path, what))

    def fail(self, path: Path, what: str) -> EventFileError:
        return EventFileError([self.fault(path, what)])

    # The whole ------------------------------------------------------------------------------------------------

    def event(self, rooms: Sequence[str], given: ZoneInfo | None) -> dict[str, Any]:
        """The event file as plain data."""
        at: Path = ("schedule", "conference")
        conference = self._conference(at)
        zone = given or self._zone((*at, "time_zone_name"), conference.get("time_zone_name"))
        raw_meta = conference.get("meta")
        meta = raw_meta if isinstance(raw_meta, dict) else {}
        talks = self._talks(at, conference, zone, meta, rooms)
        languages = Counter(talk.language for talk in talks if talk.language)
        language = self._language((*at, "meta", "language"), meta.get("language"))
        language = language or (languages.most_common(1)[0][0] if languages else "en")
        ids = self._ids(at, conference, talks)
        return {
            "event": {
                "title": self._line((*at, "title"), conference.get("title"), MOST_TITLE)
                or self._line((*at, "acronym"), conference.get("acronym"), MOST_TITLE)
                or "Event",
                "date": local_date(talks[0].start, zone).isoformat(),
                "timezone": zone.key,
                "language": language,
            },
            "venues": {id: self._venue(at, conference, meta, room, zone) for room, id in ids.items()},
            "agenda": self._agenda(talks, zone, language, ids),
        }

    def _conference(self, at: Path) -> dict[str, Any]:
        found = self.document
        for n, key in enumerate(at):
            if not isinstance(found, dict) or not isinstance(found.get(str(key)), dict):
                raise self.fail(
                    at[:n], f"this is no frab or pretalx schedule: it has no `{key}` with keys in it"
                )
            found = found[str(key)]
        return dict(found)

    def _zone(self, path: Path, value: object) -> ZoneInfo:
        if value is not None:
            try:
                return _ZONE.validate_python(value)
            except ValidationError as fault:
                why = fault.errors()[0]["msg"].removeprefix("Value error, ")
                raise self.fail(path, why) from None
        # Offsets of talks name no zone: Berlin's in winter are Lagos' too.
        raise self.fail(
            path, "the schedule names no time zone; name it with --timezone, for example Europe/Berlin"
        )

    def _talks(
        self, at: Path, conference: dict[str, Any], zone: ZoneInfo, meta: dict[str, Any], rooms: Sequence[str]
    ) -> list[_Talk]:
        """Every talk of the wanted rooms that has a time and a length, by its start."""
        found: list[_Talk] = []
        there: dict[str, None] = {}
        for d, day in enumerate(_list(conference.get("days"))):
            of_day = day.get("rooms") if isinstance(day, dict) else None
            for room, talks in (of_day if isinstance(of_day, dict) else {}).items():
                there[room] = None
                for n, talk in enumerate(_list(talks) if not rooms or room in rooms else []):
                    path: Path = (*at, "days", d, "rooms", room, n)
                    if isinstance(talk, dict):
                        read = self._talk(path, talk, room, zone, meta)
                        found += [read] if read is not None else []
                    else:
                        self.lose(path, "this is no talk; left out")
        for room in rooms:
            if room not in there:
                raise self.fail((*at, "rooms"), unknown("room", room, {name: name for name in there}))
        if not found:
            raise self.fail(
                (*at, "days"), "there is no talk with a time and a length; an event has at least one item"
            )
        return sorted(found, key=lambda talk: talk.start)

    # One talk -------------------------------------------------------------------------------------------------

    def _talk(
        self, at: Path, talk: dict[str, Any], room: str, zone: ZoneInfo, meta: dict[str, Any]
    ) -> _Talk | None:
        start = self._start((*at, "date"), talk.get("date"), zone)
        length = self._length((*at, "duration"), talk.get("duration"))
        lengths = meta.get("lengths_s")
        exact = lengths.get(str(talk.get("guid"))) if isinstance(lengths, dict) else None
        if isinstance(exact, int | float) and 1 <= exact <= WEEK / SECOND:
            length = Duration(seconds(exact) // SECOND * SECOND)
        if start is None or length is None:
            return None
        title = self._line((*at, "title"), talk.get("title"), MOST_TITLE)
        rest = {
            "id": self._id((*at, "slug"), talk.get("slug")),
            "speaker": self._speaker((*at, "persons"), talk.get("persons")),
            "type": self._type((*at, "type"), talk.get("type")),
            "notes": self._notes(at, talk),
        }
        unused = [key for key, value in talk.items() if value and key not in TALK_KEYS | RECORD_KEYS]
        if unused:
            self.lose(at, f"an item has no {', '.join(f'`{shown(key)}`' for key in unused)}; left out")
        language = self._language((*at, "language"), talk.get("language"))
        if not title:
            self.lose((*at, "title"), "this talk has no title; it is called “Untitled”")
        return _Talk(at, room, start, length, title or "Untitled", language, rest)

    def _start(self, path: Path, value: object, zone: ZoneInfo) -> Instant | None:
        try:
            moment = datetime.fromisoformat(str(value))
            if moment.tzinfo is None:
                moment = moment.replace(tzinfo=zone)
                if len(readings(moment.date(), wall_time(from_datetime(moment), zone), zone)) != 1:
                    raise ValueError
            t = from_datetime(moment)
            if not 1970 < local_date(t, zone).year < 2200:
                raise ValueError
        except (ValueError, OverflowError):
            self.lose(
                path,
                f"`{shown(str(value))}` names no instant (2018-09-15T10:00:00+02:00 would); the talk is left out",
            )
            return None
        return Instant(t // SECOND * SECOND)

    def _length(self, path: Path, value: object) -> Duration | None:
        """`HH:MM`, with the `D:HH:MM` and plain minutes of other programs."""
        parts = str(value).split(":")
        if all(part.isdecimal() and part.isascii() and len(part) <= 6 for part in parts) and len(parts) <= 3:
            days, hours, minutes = [0, 0, 0, *map(int, parts)][-3:]
            length = Duration(((days * 24 + hours) * 60 + minutes) * MINUTE)
            if 0 < length <= WEEK:
                return length
        self.lose(path, f"`{shown(str(value))}` is no length (00:30 would be); the talk is left out")
        return None

    def _id(self, path: Path, value: object) -> str | None:
        return value if isinstance(value, str) and id_fault(value) is None else None

    def _speaker(self, at: Path, persons: object) -> str:
        names: list[str] = []
        for n, person in enumerate(_list(persons)):
            if isinstance(person, dict):
                names.append(str(person.get("public_name") or person.get("name") or ""))
                known = RECORD_KEYS | {"name", "public_name"}
                if unused := [key for key, value in person.items() if value and key not in known]:
                    keys = ", ".join(f"`{shown(key)}`" for key in unused)
                    self.lose((*at, n), f"a speaker has a name and no {keys}; left out")
        return self._line(at, ", ".join(name for name in names if name.strip()), MOST_TITLE)

    def _type(self, path: Path, value: object) -> ItemType:
        if not value:
            return ItemType.TALK
        kind = TYPES.get(str(value).strip().casefold())
        if kind is None:
            self.lose(path, f"there is no type `{shown(str(value))}`; the item is a talk")
        return kind or ItemType.TALK

    def _notes(self, at: Path, talk: dict[str, Any]) -> str:
        texts = [str(talk[key]) for key in ("subtitle", "abstract", "description") if talk.get(key)]
        text = "\n\n".join(dict.fromkeys(text.strip() for text in texts))
        plain = "\n".join(_shown_only(line).rstrip() for line in text.splitlines()).strip()
        if len(plain) > MOST_NOTES:
            self.lose((*at, "abstract"), f"notes have at most {MOST_NOTES} characters; the rest is left out")
        return plain[:MOST_NOTES].rstrip()

    def _language(self, path: Path, value: object) -> str | None:
        if not value:
            return None
        try:
            return _LANGUAGE.validate_python(value)
        except ValidationError:
            self.lose(
                path, f"`{shown(str(value))}` is no language tag such as de, ja or en; the event's is taken"
            )
            return None

    def _line(self, path: Path, value: object, most: int) -> str:
        """A text on one line, of at most so many characters; empty for anything else."""
        text = " ".join(_shown_only(" ".join(value.split())).split()) if isinstance(value, str) else ""
        if len(text) > most:
            self.lose(path, f"this has more than {most} characters; the rest is left out")
        return text[:most].rstrip()

    # Rooms ----------------------------------------------------------------------------------------------------

    def _ids(self, at: Path, conference: dict[str, Any], talks: Sequence[_Talk]) -> dict[str, str]:
        """The venue's id for every room that has a talk, in the order in which the schedule lists its rooms."""
        listed = [str(room.get("name")) for room in _list(conference.get("rooms")) if isinstance(room, dict)]
        used = {talk.room for talk in talks}
        ordered = [room for room in dict.fromkeys([*listed, *(talk.room for talk in talks)]) if room in used]
        ids: dict[str, str] = {}
        for n, room in enumerate(ordered, start=1):
            stem = slug(room) or f"room-{n}"
            stem = f"room-{stem}" if stem in RESERVED else stem
            again = 2
            id = stem
            while id in ids.values():
                id, again = f"{stem}-{again}", again + 1
            ids[room] = id
        return ids

    def _venue(
        self, at: Path, conference: dict[str, Any], meta: dict[str, Any], room: str, zone: ZoneInfo
    ) -> dict[str, Any]:
        venue: dict[str, Any] = {"name": self._line(at, room, MOST_NAME) or "Room"}
        for n, told in enumerate(_list(conference.get("rooms"))):
            if isinstance(told, dict) and told.get("name") == room:
                path: Path = (*at, "rooms", n)
                if place := self._line((*path, "description"), told.get("description"), MOST_NAME):
                    venue["place"] = place
                if told.get("capacity"):
                    self.lose((*path, "capacity"), "a venue has no capacity; left out")
        zones = meta.get("time_zones")
        if isinstance(zones, dict) and room in zones:
            own = self._zone((*at, "meta", "time_zones", room), zones[room])
            venue |= {"timezone": own.key} if own != zone else {}
        return venue

    # The agenda -----------------------------------------------------------------------------------------------

    def _agenda(
        self, talks: Sequence[_Talk], zone: ZoneInfo, language: str, ids: Mapping[str, str]
    ) -> list[dict[str, str]]:
        agenda: list[dict[str, str]] = []
        above: Instant | None = None
        busy: tuple[Instant, str] | None = None
        """Until when the talk above runs, and its title."""
        taken: set[str] = set()
        for talk in talks:
            if busy is not None and talk.start < busy[0]:
                self.lose(
                    talk.path,
                    f"“{shown(talk.title)}” begins at {say_time(talk.start, zone)}, while “{shown(busy[1])}” runs; an "
                    "agenda has one item at a time, so it will be late: choose among the rooms with --room, or correct "
                    "the file",
                )
            id = talk.rest["id"]
            item = {
                "id": id if id not in taken else None,
                "title": talk.title,
                "start": _clock(talk.start, above, zone),
                "duration": say_duration(talk.length),
                # A break without a source has the slate on air, which says what comes.
                "source": None if talk.rest["type"] is ItemType.BREAK else ids[talk.room],
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
    """A start as `HH:MM` where the day rule of the agenda makes the same instant of it, else with day and offset."""
    day, wall = local_date(t, zone), wall_time(t, zone)
    same_day = above is None or (local_date(above, zone) == day and wall_time(above, zone) <= wall)
    return say_wall(wall) if same_day and len(readings(day, wall, zone)) == 1 else iso(t, zone)


def _where(path: Path) -> str:
    """`schedule.conference.days[0].rooms["Saal 1"][2]`, as one would reach for it in a program."""
    parts = (
        f"[{p}]" if isinstance(p, int) else f".{p}" if p.isidentifier() else f'["{shown(p)}"]' for p in path
    )
    return "".join(parts).lstrip(".") or "file"


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _shown_only(text: str) -> str:
    """A text without what an event file refuses: control characters and halves of surrogate pairs."""
    return "".join(c if c.isprintable() or unicodedata.category(c) not in ("Cc", "Cs") else " " for c in text)
