"""Finds the talks in an imported schedule: by days and rooms, or in one list.

- frab, pretalx and version 1 of the c3voc schema: `schedule.conference.days[].rooms`, a mapping from a room's name to
  its talks. Some programs write a list of rooms there, each with its name and its talks.
- Version 2 of that schema: `schedule.events[]`, each of which names its room.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from config.faults import KeyPath, shown

TALK_LIST_KEYS = ("events", "talks", "sessions")
"""Keys under which programs list the talks of a room, a day or the whole schedule."""
DAY_KEYS = {"index", "date", "day_start", "day_end", "start", "end", "rooms", *TALK_LIST_KEYS}

LeaveOut = Callable[[KeyPath, str], None]
"""Takes the place of something that is left out, and the reason."""


@dataclass(frozen=True, slots=True)
class FoundTalk:
    """One talk, as in the schedule."""

    path: KeyPath
    room: str | None
    """The room's name; None if the schedule has none."""
    talk: dict[str, Any]


def find_talks(
    schedule: Mapping[str, Any], conference: Mapping[str, Any], leave_out: LeaveOut
) -> tuple[list[FoundTalk], list[str]]:
    """All talks in the schedule's order, and the names of all rooms. Anything else goes to `leave_out`."""
    walk = _Walk(_room_names(conference), leave_out)
    at_conference: KeyPath = ("schedule", "conference")
    for at, within in ((at_conference, conference), (at_conference[:1], schedule)):
        walk.days((*at, "days"), within.get("days"), is_flat=any(key in schedule for key in TALK_LIST_KEYS))
        walk.lists(at, within)
    return walk.found, list(walk.rooms)


def _room_names(conference: Mapping[str, Any]) -> dict[str, str]:
    """Names of rooms, by their slug, GUID and id."""
    listed = conference.get("rooms")
    rooms = [room for room in (listed if isinstance(listed, list) else []) if isinstance(room, dict)]
    return {
        str(room[key]): str(room["name"])
        for room in rooms
        for key in ("slug", "guid", "id")
        if room.get(key) and room.get("name")
    }


class _Walk:
    """One pass through a schedule."""

    def __init__(self, names: Mapping[str, str], leave_out: LeaveOut) -> None:
        self.found: list[FoundTalk] = []
        self.rooms: dict[str, None] = {}
        self._names = names
        self._leave_out = leave_out

    def days(self, at: KeyPath, days: object, *, is_flat: bool) -> None:
        """`is_flat`: the talks are in a list of their own, so days need no rooms."""
        if days is None or isinstance(days, int):  # in some schedules the number of days
            return
        if not isinstance(days, list):
            self._leave_out(at, "this is no list of days; left out")
            return
        for n, day in enumerate(days):
            if not isinstance(day, dict):
                self._leave_out((*at, n), "this is no day; left out")
                continue
            self._day((*at, n), day, is_flat=is_flat)

    def lists(self, at: KeyPath, within: Mapping[str, Any]) -> None:
        """Lists of talks that name their rooms themselves."""
        for key in TALK_LIST_KEYS:
            if key in within:
                self._talks((*at, key), within[key], None)

    def _day(self, at: KeyPath, day: dict[str, Any], *, is_flat: bool) -> None:
        self.lists(at, day)
        if unused := [key for key, value in day.items() if value and key not in DAY_KEYS]:
            self._leave_out(at, f"a day has no {', '.join(f'`{shown(key)}`' for key in unused)}; left out")
        match day.get("rooms"):
            case dict() as rooms:
                for name, talks in rooms.items():
                    self._talks((*at, "rooms", name), talks, name)
            case list() as rooms:
                for n, room in enumerate(rooms):
                    self._room((*at, "rooms", n), room)
            case None if is_flat or any(key in day for key in TALK_LIST_KEYS):
                pass
            case None:
                self._leave_out(at, "this day has no `rooms`; left out")
            case _:
                self._leave_out((*at, "rooms"), "these are no rooms with talks; left out")

    def _room(self, at: KeyPath, room: object) -> None:
        """A room in a list: with keys for its name and its talks, or with its name as the key of its talks."""
        if not isinstance(room, dict):
            self._leave_out(at, "this is no room with talks; left out")
            return
        key = next((key for key in TALK_LIST_KEYS if key in room), None)
        if key is not None:
            self._talks((*at, key), room[key], self._name(room))
        elif room and all(isinstance(talks, list) for talks in room.values()):
            for name, talks in room.items():
                self._talks((*at, name), talks, name)
        else:
            self._leave_out(
                at, f"this room has no list of talks (`{'` or `'.join(TALK_LIST_KEYS)}`); left out"
            )

    def _talks(self, at: KeyPath, talks: object, room: str | None) -> None:
        if room is not None:
            self.rooms[room] = None
        if not isinstance(talks, list):
            self._leave_out(at, "this is no list of talks; left out")
            return
        for n, talk in enumerate(talks):
            if isinstance(talk, dict):
                name = room if room is not None else self._name(talk.get("room"))
                if name is not None:
                    self.rooms[name] = None
                self.found.append(FoundTalk((*at, n), name, talk))
            else:
                self._leave_out((*at, n), "this is no talk; left out")

    def _name(self, room: object) -> str | None:
        """A room's name, from a text or a reference."""
        if isinstance(room, dict):
            named = room.get("name") or next(
                (
                    self._names[str(room[key])]
                    for key in ("guid", "slug", "id")
                    if str(room.get(key)) in self._names
                ),
                room.get("slug"),
            )
            return str(named) if named else None
        return self._names.get(room, room) if isinstance(room, str) and room else None
