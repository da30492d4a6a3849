"""Venues and guests: their ids, their sources, and the sources that the agenda names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from zoneinfo import ZoneInfo

from config.faults import Faults, KeyPath, unknown
from config.languages import Channels, channel_of
from config.model import DEFAULT_INPUT, SLATE, Guest, Venue, place_of
from config.names import id_fault, reserved_fault, source_names, spoken_name
from config.schema import EventFile, GuestPart, VenuePart

MAX_SOURCES = 64


@dataclass(frozen=True)
class Places:
    """The venues and guests. Made of a faulty file too, so that the agenda can be checked against them."""

    venues: Mapping[str, Venue]
    guests: Mapping[str, Guest]
    host: str | None
    faults: Faults
    names: Mapping[str, str]
    """By every way to write a source but `slate`, its id."""
    hints: Mapping[str, str]
    """Choices for a misspelt source: by spelling, what it stands for."""

    def source(self, path: KeyPath, written: str) -> str:
        """The id of the source written at `path`. An unknown source is added to the faults."""
        if written == SLATE:
            return SLATE
        if written not in self.names and not self._may_be_faulty(written) and not self.faults.is_faulty(path):
            self.faults.add(path, unknown("source", written, self.hints), code="unknown-source")
        return self.names.get(written, written)

    @property
    def kinds(self) -> Mapping[str, str]:
        """By id of a venue or guest, which of the two it is."""
        return {**dict.fromkeys(self.guests, "guest"), **dict.fromkeys(self.venues, "venue")}

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages of the venues and guests."""
        places: list[Venue | Guest] = [*self.venues.values(), *self.guests.values()]
        return tuple(place.language for place in places)

    @cached_property
    def sources(self) -> tuple[str, ...]:
        """Every source once, in the file's order."""
        return tuple(dict.fromkeys(self.names.values()))

    def _may_be_faulty(self, written: str) -> bool:
        """Whether a name may be unknown only because the part that defines it is faulty."""
        place = place_of(written)
        lists: tuple[KeyPath, ...] = (
            ("venues",),
            ("guests",),
            ("venues", place, "inputs"),
            ("guests", place, "inputs"),
        )
        return any(self.faults.is_faulty(path) for path in lists)


def read_places(file: EventFile, zone: ZoneInfo, language: str, channels: Channels, faults: Faults) -> Places:
    venues = {
        id: _venue(id, part or VenuePart(), zone, language, channels)
        for id, part in (file.venues or {}).items()
    }
    guests = {id: _guest(id, part or GuestPart(), zone, language) for id, part in (file.guests or {}).items()}
    _check_ids(venues, guests, faults)
    for id, part in (file.venues or {}).items():
        _check_inputs(("venues", id, "inputs"), part.inputs if part else None, faults)
    for id, guest in (file.guests or {}).items():
        _check_inputs(("guests", id, "inputs"), guest.inputs if guest else None, faults)
    places: list[Venue | Guest] = [*venues.values(), *guests.values()]
    names = source_names((place.id, place.inputs) for place in places)
    if len(set(names.values())) > MAX_SOURCES:
        faults.add(("venues",), f"venues and guests have more than {MAX_SOURCES} sources together")
    spoken = {guest.name: id for id, guest in guests.items()} | {
        venue.name: id for id, venue in venues.items()
    }
    host = _host(file.host, venues, guests, faults)
    return Places(venues, guests, host, faults, names, {**names, SLATE: SLATE, **spoken})


def _venue(id: str, part: VenuePart, zone: ZoneInfo, language: str, channels: Channels) -> Venue:
    language = part.language or language
    if part.listen is None:
        listen = channel_of(channels.ids, language)
    else:
        listen = channels.channel(("venues", id, "listen"), part.listen)
    return Venue(
        id=id,
        name=part.name or spoken_name(id),
        place=part.place or "",
        timezone=part.timezone or zone,
        language=language,
        inputs=part.inputs or (DEFAULT_INPUT,),
        listen=listen,
        contact=part.contact or "",
    )


def _guest(id: str, part: GuestPart, zone: ZoneInfo, language: str) -> Guest:
    return Guest(
        id=id,
        name=part.name or spoken_name(id),
        note=part.note or "",
        timezone=part.timezone or zone,
        language=part.language or language,
        contact=part.contact or "",
        admission=part.admission is True,
        inputs=part.inputs or (DEFAULT_INPUT,),
    )


def _check_ids(venues: Mapping[str, Venue], guests: Mapping[str, Guest], faults: Faults) -> None:
    for kind, ids in (("venues", venues), ("guests", guests)):
        for id in ids:
            if what := id_fault(id) or reserved_fault(id):
                faults.add((kind, id), what, at_key=True)
            elif kind == "guests" and id in venues:
                faults.add((kind, id), f"there is a venue `{id}` already; choose another id", at_key=True)


def _check_inputs(path: KeyPath, inputs: tuple[str, ...] | None, faults: Faults) -> None:
    if inputs == ():
        faults.add(path, "a place has at least one input; name one, or leave `inputs` out")
    check_duplicates(path, inputs or (), faults)


def check_duplicates(path: KeyPath, names: tuple[str, ...], faults: Faults) -> None:
    """Add a fault for every name that a list repeats."""
    seen: set[str] = set()
    for i, name in enumerate(names):
        if name in seen:
            faults.add((*path, i), f"`{name}` is named twice; keep one of them")
        seen.add(name)


def _host(
    host: str | None, venues: Mapping[str, Venue], guests: Mapping[str, Guest], faults: Faults
) -> str | None:
    if host is None or host in venues or faults.is_faulty(("venues",)):
        return host
    if host in guests:
        faults.add(("host",), f"`{host}` is a guest; the host is a venue")
        return None
    by_name = {venue.name: id for id, venue in venues.items()}
    faults.add(("host",), unknown("venue", host, {**{id: id for id in venues}, **by_name}))
    return None
