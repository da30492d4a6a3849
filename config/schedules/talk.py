"""Reads one talk of an imported schedule: start, length, speakers and texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from config.faults import KeyPath, shown
from config.model import ItemType
from config.names import id_fault
from config.schedules.talklength import choose_length, writes_seconds
from config.schedules.talks import FoundTalk
from config.schedules.text import ScheduleText, printable_only
from config.times import SECOND, WEEK, Duration, Instant, between, from_iso, seconds

PERSON_KEYS = ("persons", "participants", "speakers")
"""Keys under which programs list the speakers."""
NOTE_KEYS = ("subtitle", "abstract", "description")
TALK_KEYS = {
    *PERSON_KEYS,
    *NOTE_KEYS,
    *("title", "date", "start", "end", "duration", "room", "type", "language", "slug"),
}
"""Keys of a talk that are imported."""
RECORD_KEYS = {"id", "guid", "code", "url", "origin_url", "feedback_url"}
"""Keys that refer to the schedule's own system. They mean nothing here and are dropped silently."""
CONFIRMED_STATES = ("confirmed", "accepted")
"""States of a talk that takes place."""
CANCELLED_STATES = ("canceled", "cancelled", "withdrawn", "rejected", "deleted")
TYPES = {
    **{str(kind): kind for kind in ItemType},
    "lecture": ItemType.TALK,
    "podium": ItemType.PANEL,
    "discussion": ItemType.PANEL,
    "pause": ItemType.BREAK,
}
MAX_TITLE_CHARS, MAX_NOTES_CHARS = 300, 10_000
"""As in the schema."""


@dataclass(frozen=True, slots=True)
class Talk:
    """The imported parts of a talk."""

    path: KeyPath
    room: str | None
    """None: a break for all rooms."""
    start: Instant
    length: Duration
    title: str
    language: str | None
    rest: dict[str, Any]
    """The other keys of the item, as in the event file."""


def read_talks(
    text: ScheduleText, found: Sequence[FoundTalk], zone: ZoneInfo, exact: Mapping[str, Any]
) -> list[Talk]:
    """The talks that have a time and a length, ordered by start. Everything left out or guessed is added to `text`.

    Args:
        zone: of times without an offset.
        exact: by `guid`, the length in seconds, which Schalte's own schedules have besides the minutes.
    """
    reader = _TalkReader(text, zone, exact, writes_seconds(talk.talk.get("duration") for talk in found))
    starts = [reader.start(talk) for talk in found]
    by_room: dict[str | None, list[Instant]] = {}
    for talk, start in zip(found, starts, strict=True):
        if start is not None:
            by_room.setdefault(talk.room, []).append(start)
    read: list[Talk] = []
    for talk, start in zip(found, starts, strict=True):
        if start is not None:
            following = min((other for other in by_room[talk.room] if other > start), default=None)
            made = reader.talk(talk, start, None if following is None else between(start, following))
            read += [] if made is None else [made]
    return sorted(read, key=lambda talk: talk.start)


def is_break(talk: Mapping[str, Any]) -> bool:
    """Whether a talk is a break."""
    return TYPES.get(str(talk.get("type")).strip().casefold()) is ItemType.BREAK


class _TalkReader:
    """Reads the talks of one schedule."""

    def __init__(
        self, text: ScheduleText, zone: ZoneInfo, exact: Mapping[str, Any], has_seconds: bool
    ) -> None:
        """`has_seconds`: the schedule writes lengths as `HH:MM:SS`."""
        self._text = text
        self._zone = zone
        self._exact_lengths = exact
        self._has_seconds = has_seconds

    def talk(self, found: FoundTalk, start: Instant, until_next: Duration | None) -> Talk | None:
        """The talk that begins at `start`; None if it has no length. `until_next`: to the next one in the room."""
        at, talk = found.path, found.talk
        length = self._exact(talk) or self._length(at, talk, start, until_next)
        if length is None:
            return None
        language = self._text.language((*at, "language"), talk.get("language"))
        title = self._text.line((*at, "title"), talk.get("title"), MAX_TITLE_CHARS, language)
        rest = {
            "id": self._id((*at, "slug"), talk.get("slug")),
            "skip": "true" if self._is_called_off(at, talk.get("state")) else None,
            "speaker": self._speaker(at, talk),
            "type": self._type((*at, "type"), talk.get("type")),
            "notes": self._notes(at, talk, language),
        }
        self._text.unused(at, "an item has", talk, TALK_KEYS | RECORD_KEYS | {"state"})
        if not title:
            self._text.leave_out((*at, "title"), "this talk has no title; it is called “Untitled”")
        return Talk(at, found.room, start, length, title or "Untitled", language, rest)

    def start(self, found: FoundTalk) -> Instant | None:
        """The start of a talk: its `date`, or `start` in version 2 of the schema; None if it has neither."""
        talk, key = found.talk, "date"
        if talk.get("date") is None and len(str(talk.get("start"))) > len("HH:MM:SS"):
            key = "start"
        start = _instant(talk.get(key), self._zone)
        if start is None:
            said = shown(str(talk.get(key)))
            self._text.leave_out(
                (*found.path, key),
                f"`{said}` names no instant (2018-09-15T10:00:00+02:00 would); the talk is left out",
            )
        return start

    def _exact(self, talk: dict[str, Any]) -> Duration | None:
        exact = self._exact_lengths.get(str(talk.get("guid")))
        if isinstance(exact, int | float) and 1 <= exact <= WEEK / SECOND:
            return Duration(seconds(exact) // SECOND * SECOND)
        return None

    def _length(
        self, at: KeyPath, talk: dict[str, Any], start: Instant, until_next: Duration | None
    ) -> Duration | None:
        written = talk.get("duration")
        path: KeyPath = (*at, "duration")
        end = _instant(talk.get("end"), self._zone)
        by_end = None if end is None or not 0 < between(start, end) <= WEEK else between(start, end)
        if talk.get("end") and by_end is None:
            self._text.leave_out(
                (*at, "end"), f"`{shown(str(talk['end']))}` is no end of this talk; the duration counts"
            )
        chosen = choose_length(written, by_end, until_next, has_seconds=self._has_seconds)
        if chosen is None:
            self._text.leave_out(
                path, f"`{shown(str(written))}` is no length (00:30 would be); the talk is left out"
            )
            return None
        if chosen.note:
            self._text.leave_out(path, f"`{shown(str(written))}` {chosen.note}")
        return chosen.length

    def _id(self, path: KeyPath, value: object) -> str | None:
        return value if isinstance(value, str) and id_fault(value) is None else None

    def _speaker(self, at: KeyPath, talk: dict[str, Any]) -> str:
        """All speakers on one line. A person is a mapping with a name; some programs write only the name."""
        names: list[str] = []
        key = next((key for key in PERSON_KEYS if talk.get(key)), PERSON_KEYS[0])
        given = talk.get(key) or []
        if isinstance(given, str):
            given = [given]
        if not isinstance(given, list):
            self._text.leave_out((*at, key), "this is no list of persons; left out")
            given = []
        for n, person in enumerate(given):
            name = self._name((*at, key, n), person)
            if not name:
                self._text.leave_out((*at, key, n), "this person has no name; left out")
            names.append(name)
        for other in PERSON_KEYS:
            if other != key and talk.get(other):
                self._text.leave_out((*at, other), f"the speakers are those of `{key}`; left out")
        return self._text.line((*at, key), ", ".join(name for name in names if name), MAX_TITLE_CHARS)

    def _name(self, at: KeyPath, person: object) -> str:
        if isinstance(person, dict):
            name = person.get("public_name") or person.get("name")
            plain = {"role"} if person.get("role") == "SPEAKER" else set()
            known = RECORD_KEYS | {"name", "public_name"} | plain
            self._text.unused(at, "a speaker has a name and", person, known)
            return name.strip() if isinstance(name, str) else ""
        return person.strip() if isinstance(person, str) else ""

    def _is_called_off(self, at: KeyPath, state: object) -> bool:
        said = str(state or CONFIRMED_STATES[0]).casefold()
        if said in CANCELLED_STATES:
            self._text.leave_out((*at, "state"), "this talk is called off; its item is skipped")
        elif said not in CONFIRMED_STATES:
            self._text.leave_out((*at, "state"), f"an item has no `{shown(str(state))}`; it is to come")
        return said in CANCELLED_STATES

    def _type(self, path: KeyPath, value: object) -> ItemType:
        if not value:
            return ItemType.TALK
        kind = TYPES.get(str(value).strip().casefold())
        if kind is None:
            self._text.leave_out(path, f"there is no type `{shown(str(value))}`; the item is a talk")
        return kind or ItemType.TALK

    def _notes(self, at: KeyPath, talk: dict[str, Any], language: str | None) -> str:
        texts = [self._text.text((*at, key), talk.get(key), language) for key in NOTE_KEYS]
        text = "\n\n".join(text for text in dict.fromkeys(text.strip() for text in texts) if text)
        plain = "\n".join(printable_only(line).rstrip() for line in text.splitlines()).strip()
        if len(plain) > MAX_NOTES_CHARS:
            self._text.leave_out(
                (*at, "abstract"), f"notes have at most {MAX_NOTES_CHARS} characters; the rest is left out"
            )
        return plain[:MAX_NOTES_CHARS].rstrip()


def _instant(value: object, zone: ZoneInfo) -> Instant | None:
    """The instant in a text, in whole seconds; without an offset it is in `zone`."""
    try:
        return from_iso(str(value), zone)
    except ValueError:
        return None
