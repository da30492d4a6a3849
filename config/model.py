"""The event, resolved: what the rest of the product knows of the file.

Every wall time has become an instant, every default has been filled in, every name has been checked. Nothing here
can be changed; a changed file is a new `Event`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from zoneinfo import ZoneInfo

from config.times import Duration, Instant

SLATE = "slate"
"""The source that is always there: the holding picture."""

HOST = "host"
"""In a fallback chain: the event's host venue, if it names one."""


class Layout(StrEnum):
    SOLO = "solo"
    SIDE_BY_SIDE = "side-by-side"
    PIP = "pip"
    GRID = "grid"


class ItemType(StrEnum):
    TALK = "talk"
    PANEL = "panel"
    QA = "qa"
    BREAK = "break"
    OPEN = "open"
    """Everybody sees and hears everybody."""


class Advance(StrEnum):
    MANUAL = "manual"
    """Overruns until someone advances."""
    AUTO = "auto"
    """Goes on at its end."""


class Follow(StrEnum):
    AGENDA = "agenda"
    VOICE = "voice"
    """The picture follows whoever of the microphones speaks."""


@dataclass(frozen=True, slots=True)
class Venue:
    id: str
    name: str
    place: str
    """Where in the city, for people; may be empty."""
    timezone: ZoneInfo
    language: str
    inputs: tuple[str, ...]
    """At least one; the first is the venue's own source, the others are `venue/input`."""

    @property
    def sources(self) -> tuple[str, ...]:
        """Source ids of this venue, the main one (which is the venue's id) first."""
        return (self.id, *(f"{self.id}/{name}" for name in self.inputs[1:]))


@dataclass(frozen=True, slots=True)
class Guest:
    id: str
    name: str
    note: str
    timezone: ZoneInfo
    language: str


@dataclass(frozen=True, slots=True)
class Span:
    """From `start` up to but not including `end`."""

    start: Instant
    end: Instant


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the agenda."""

    id: str
    title: str
    start: Instant | None
    """When the file names a start; otherwise the item follows the one before."""
    duration: Duration
    """Positive."""
    planned: Span
    """Where the file alone puts it: the plan that delays are measured against."""
    hard: bool
    source: str
    """Who is on air: a source id, or `slate`."""
    beside: tuple[str, ...]
    """Further sources on screen (`with` in the file)."""
    layout: Layout
    mics: tuple[str, ...]
    """Sources whose microphones are open."""
    return_source: str | None
    """What a place on air sees. None where the file is silent: then the host, or for the host itself the last other
    source that was on air."""
    speaker: str
    language: str
    type: ItemType
    follow: Follow
    advance: Advance
    fallback: tuple[str, ...]
    """Source ids in the order in which they stand in; ends in `slate`. May hold the item's own source."""
    skip: bool
    notes: str
    warn: Duration
    """With this much left, the clocks turn to warning."""
    danger: Duration


@dataclass(frozen=True, slots=True)
class Event:
    title: str
    timezone: ZoneInfo
    language: str
    host: str | None
    venues: Mapping[str, Venue]
    guests: Mapping[str, Guest]
    agenda: tuple[Item, ...]
    """At least one."""

    @property
    def sources(self) -> tuple[str, ...]:
        """Every source that can be put on air but the slate, in the file's order."""
        return (*(s for v in self.venues.values() for s in v.sources), *self.guests)

    def canonical(self, source: str) -> str:
        """The one id of a source that may be written in two ways: `tokio/main` is `tokio`. Others stay as they are."""
        venue = self.venues.get(place_of(source))
        return venue.id if venue is not None and source == f"{venue.id}/{venue.inputs[0]}" else source

    def item(self, item_id: str) -> Item | None:
        return next((item for item in self.agenda if item.id == item_id), None)


def source_name(event: Event, source: str) -> str:
    """What people call a source: the venue's or guest's name, with the input where it is not the main one."""
    place, _, part = source.partition("/")
    if place in event.venues:
        return f"{event.venues[place].name} · {part}" if part else event.venues[place].name
    return event.guests[place].name if place in event.guests else source


def place_of(source: str) -> str:
    """The venue or guest that a source belongs to."""
    return source.partition("/")[0]
