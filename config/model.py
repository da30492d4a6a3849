"""The resolved event, which is all that the rest of the product knows of the file.

Wall times are instants, defaults are filled in, names are checked. Nothing here changes: a changed file is a new
`Event`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from zoneinfo import ZoneInfo

from config.times import Duration, Instant

SLATE = "slate"
"""The source of the holding picture, which is always there."""

HOST = "host"
"""In a fallback chain: the event's host venue, if there is one."""


DEFAULT_INPUT = "main"
"""The input of a venue or guest whose file names none."""

MAX_PICTURES = 9
"""Pictures of one item: its `source` and those beside it."""
MAX_SEATS = 4
"""Interpreters of one booth. They take turns of 20 to 30 minutes, most often two of them."""


class Layout(StrEnum):
    SOLO = "solo"
    SIDE_BY_SIDE = "side-by-side"
    PIP = "pip"
    GRID = "grid"


def default_layout(pictures: int) -> Layout:
    """The layout of this many pictures, where nobody has chosen one."""
    if pictures == 1:
        return Layout.SOLO
    return Layout.SIDE_BY_SIDE if pictures == 2 else Layout.GRID


class ItemType(StrEnum):
    TALK = "talk"
    PANEL = "panel"
    QA = "qa"
    BREAK = "break"
    OPEN = "open"
    """Everybody sees and hears everybody."""


class Advance(StrEnum):
    MANUAL = "manual"
    """The item overruns until a person advances."""
    AUTO = "auto"
    """The next item begins at this one's end."""


class Follow(StrEnum):
    AGENDA = "agenda"
    VOICE = "voice"
    """The picture follows the speaker among the microphones."""


@dataclass(frozen=True, slots=True)
class Venue:
    id: str
    name: str
    place: str
    """Part of the city, address or room, for people; may be empty."""
    timezone: ZoneInfo
    language: str
    inputs: tuple[str, ...]
    """At least one. The first is the source `venue`, the others are `venue/input`."""
    listen: str | None = None
    """The channel that its interpretation output carries by default; None: none."""
    contact: str = ""
    """For the desk."""

    @property
    def sources(self) -> tuple[str, ...]:
        """Source ids of this venue. The first is the main one, which is the venue's id."""
        return sources_of(self.id, self.inputs)


@dataclass(frozen=True, slots=True)
class Guest:
    id: str
    name: str
    note: str
    timezone: ZoneInfo
    language: str
    contact: str = ""
    """For the desk."""
    admission: bool = False
    """It waits until a moderator lets it in."""
    inputs: tuple[str, ...] = (DEFAULT_INPUT,)
    """As of a venue: a guest may share a screen beside the camera."""

    @property
    def sources(self) -> tuple[str, ...]:
        """Source ids of this guest. The first is the main one, which is the guest's id."""
        return sources_of(self.id, self.inputs)


@dataclass(frozen=True, slots=True)
class Booth:
    """An interpreters' booth."""

    id: str
    name: str
    languages: tuple[str, str]
    """It interprets either way."""
    seats: int
    """How many interpreters work in it, in turns."""


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
    """None: the item follows the one before."""
    duration: Duration
    """Positive."""
    planned: Span
    """As the file plans it. Delays are measured against this."""
    hard: bool
    source: str
    """The main source on air: a source id, or `slate`."""
    beside: tuple[str, ...]
    """Further sources on screen (`with` in the file)."""
    layout: Layout
    mics: tuple[str, ...]
    """Sources whose microphones are open."""
    return_source: str | None
    """What a place on air sees. None: the host, or for the host itself the last other source on air."""
    speaker: str
    language: str
    type: ItemType
    follow: Follow
    advance: Advance
    fallback: tuple[str, ...]
    """Source ids in the order of failover; the last is `slate`. The item's own source may be among them."""
    skip: bool
    notes: str
    warn: Duration
    """Time left at which the clocks show a warning."""
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
    languages: tuple[str, ...] = ()
    """The channels that listeners may choose besides the floor."""
    booths: Mapping[str, Booth] = field(default_factory=dict)
    presets: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Texts for messages and cues: by id, and by language."""
    contact: str = ""
    """Of the desk, for halls, guests and booths."""

    @property
    def places(self) -> tuple[Venue | Guest, ...]:
        """Every venue and guest, in the file's order."""
        return (*self.venues.values(), *self.guests.values())

    @property
    def sources(self) -> tuple[str, ...]:
        """Every source but the slate, in the file's order."""
        return tuple(source for place in self.places for source in place.sources)

    def canonical(self, source: str) -> str:
        """The id of a source that can be written in two ways: `tokio/main` is `tokio`."""
        place = self.place(place_of(source))
        return place.id if place is not None and source == f"{place.id}/{place.inputs[0]}" else source

    def place(self, id: str) -> Venue | Guest | None:
        """The venue or guest of this id."""
        return self.venues.get(id) or self.guests.get(id)

    def item(self, item_id: str) -> Item | None:
        return next((item for item in self.agenda if item.id == item_id), None)


def source_name(event: Event, source: str) -> str:
    """The name of a source for people: the venue's or guest's name, and the input unless it is the main one."""
    id, _, part = source.partition("/")
    place = event.place(id)
    if place is None:
        return source
    return f"{place.name} · {part}" if part else place.name


def sources_of(place: str, inputs: Sequence[str]) -> tuple[str, ...]:
    """The source ids of a place with these inputs. That of the first is the place's own."""
    return (place, *(f"{place}/{name}" for name in inputs[1:]))


def place_of(source: str) -> str:
    """The venue or guest of a source."""
    return source.partition("/")[0]
