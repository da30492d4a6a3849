"""The show as pages and scripts see it: a `Show`, the time and measured figures become a `State`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from bridge.engine import MediaStats
from config.model import Booth, Event, Guest, Venue
from config.times import Instant, in_seconds, iso
from signaling.show.action_docs import action_doc
from signaling.show.arming import armed
from signaling.show.item_docs import ItemDocs
from signaling.show.language_docs import booth_docs, channel_docs
from signaling.show.languages import floor_language
from signaling.show.marking import comes_next, with_mark
from signaling.show.media_docs import Connected, destination_docs, source_docs
from signaling.show.messages import cue_docs, flag_docs, message_docs
from signaling.show.readiness import Measured, checks_doc
from signaling.show.routing import matrix, on_screen_destinations, programme
from signaling.show.rundown import Row, last_end, next_row, offset, start_due
from signaling.show.show import Show
from signaling.show.terms import PagePath, Phase
from signaling.show.wire.base import WireModel
from signaling.show.wire.pages import DeskDoc, TakeoverDoc, TalkDoc, WaitingDoc
from signaling.show.wire.state import (
    ArmedDoc,
    BoothPlanDoc,
    DevicesDoc,
    EventDoc,
    PlaceDoc,
    ProgramDoc,
    ServerDoc,
    ShowDoc,
)

NO_WARNINGS = ServerDoc(warnings=[], sheds=0)


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """A `State` as plain JSON, without the `rev` and `now` that each publication adds. Not to be changed."""

    rest: dict[str, Any]
    """All parts except `items`."""
    items: ItemDocs

    def document(self) -> dict[str, Any]:
        return {**self.rest, "items": self.items.documents}


def view(
    show: Show,
    rows: tuple[Row, ...],
    now: Instant,
    destinations: Mapping[str, Connected],
    links: Mapping[str, MediaStats],
    waiting: Mapping[str, WaitingDoc] = MappingProxyType({}),
    takeovers: Mapping[str, TakeoverDoc] = MappingProxyType({}),
    devices: Mapping[str, DevicesDoc] = MappingProxyType({}),
    paths: Mapping[str, PagePath] = MappingProxyType({}),
    listeners: Mapping[str, Sequence[str]] = MappingProxyType({}),
    talks: Mapping[str, TalkDoc] = MappingProxyType({}),
    desks: Mapping[str, DeskDoc] = MappingProxyType({}),
    silences: Mapping[str, Instant] = MappingProxyType({}),
    echoes: Mapping[str, str] = MappingProxyType({}),
    server: ServerDoc = NO_WARNINGS,
    event_rev: int = 0,
) -> View:
    """The state of the show at `now`, whose rows are `rows`.

    `destinations` are the connected ones: places by their ids, others by any other name. The state has every venue,
    guest and booth, connected or not. `links` are the stats of the sources that somebody feeds, `listeners` the
    connected pages that listen to each channel, `silences` the silent channels and since when they are, `echoes` the
    sources whose microphones return another's sound, `event_rev` the revision with which the event last changed.
    """
    coming = comes_next(show, rows)
    armed_sources = armed(show, next_row(rows), now)
    all_destinations = _all_destinations(show, destinations)
    roles = {destination: who.role for destination, who in all_destinations.items()}
    feeds, on_screen = matrix(show, roles), on_screen_destinations(show, roles)
    returns = {place: feeds[place].program for place in feeds if place in on_screen}
    parts: dict[str, WireModel | Mapping[str, WireModel]] = {
        "event": event_doc(show.event, event_rev),
        "show": _show_doc(show, rows, coming),
        "program": _program_doc(show),
        "sources": source_docs(
            show,
            coming,
            armed_sources,
            links,
            devices,
            paths,
            _returned_to(show, all_destinations, returns),
            echoes,
        ),
        "destinations": destination_docs(all_destinations, feeds, returns, links),
        "languages": channel_docs(show, listeners, silences),
        "booths": booth_docs(show, devices),
        "checks": checks_doc(show, rows, Measured(links, devices, silences)),
        "messages": message_docs(show, now),
        "cues": cue_docs(show, now),
        "flags": flag_docs(show, now),
        "talks": talks,
        "desks": desks,
        "waiting": waiting,
        "takeovers": takeovers,
        "server": server,
    }
    return View(
        {name: _dump(part) for name, part in parts.items()},
        ItemDocs(with_mark(show, rows), show.event.timezone),
    )


def _dump(part: WireModel | Mapping[str, WireModel]) -> dict[str, Any]:
    if isinstance(part, WireModel):
        return part.document()
    return {name: _dump(document) for name, document in part.items()}


def event_doc(event: Event, rev: int) -> EventDoc:
    """The part that only a changed event file changes, last with the revision `rev`."""
    return EventDoc(
        rev=rev,
        title=event.title,
        timezone=event.timezone.key,
        language=event.language,
        languages=list(event.languages),
        host=event.host,
        places=[_place_doc(place) for place in event.places],
        booths=[_booth_plan_doc(booth) for booth in event.booths.values()],
        presets={id: dict(texts) for id, texts in event.presets.items()},
        contact=event.contact,
    )


def _place_doc(place: Venue | Guest) -> PlaceDoc:
    return PlaceDoc(
        id=place.id,
        kind="venue" if isinstance(place, Venue) else "guest",
        name=place.name,
        note=place.place if isinstance(place, Venue) else place.note,
        timezone=place.timezone.key,
        language=place.language,
        listen=place.listen if isinstance(place, Venue) else None,
        contact=place.contact,
        sources=list(place.sources),
    )


def _booth_plan_doc(booth: Booth) -> BoothPlanDoc:
    return BoothPlanDoc(id=booth.id, name=booth.name, languages=list(booth.languages), seats=booth.seats)


def _show_doc(show: Show, rows: tuple[Row, ...], coming: Row | None) -> ShowDoc:
    zone = show.event.timezone
    phase: Phase = "held" if show.phase == "running" and show.held else show.phase
    return ShowDoc(
        phase=phase,
        held=show.held,
        item=show.on_air,
        last=show.last,
        next=None if coming is None else coming.item.id,
        next_at=_iso_or_none(
            None if coming is None or coming.expected is None else coming.expected.start, zone
        ),
        due_at=_iso_or_none(start_due(show), zone),
        floor=floor_language(show),
        armed=_armed_doc(show),
        taken=None if show.taken is None else show.taken.source,
        undo=action_doc(show.undo[-1].asked, zone) if show.undo else None,
        actions=[action_doc(action, zone) for action in show.actions],
        offset_s=in_seconds(offset(show, rows)),
        ends=_iso_or_none(last_end(rows), zone),
    )


def _iso_or_none(at: Instant | None, zone: ZoneInfo) -> str | None:
    return None if at is None else iso(at, zone)


def _armed_doc(show: Show) -> ArmedDoc | None:
    if show.armed_item is not None:
        return ArmedDoc(kind="item", id=show.armed_item)
    return None if show.armed_source is None else ArmedDoc(kind="source", id=show.armed_source)


def _program_doc(show: Show) -> ProgramDoc:
    found = programme(show)
    return ProgramDoc(
        source=found.source,
        with_=list(found.beside),
        layout=found.layout.value,
        mics=list(found.mics),
        reason=found.reason,
        since=None if show.since is None else iso(show.since, show.event.timezone),
    )


def interpreter_destination(booth: str) -> str:
    """The destination of a booth's pages, as its links name it."""
    return f"interpreter:{booth}"


def _returned_to(
    show: Show, all_destinations: Mapping[str, Connected], returns: Mapping[str, str]
) -> dict[str, list[str]]:
    """By off-air source, the places on screen that see it as their return picture."""
    on_screen = programme(show).on_screen
    found: dict[str, list[str]] = {}
    for place, source in returns.items():
        if source not in on_screen and all_destinations[place].connected:
            found.setdefault(source, []).append(place)
    return found


def _all_destinations(show: Show, connected: Mapping[str, Connected]) -> dict[str, Connected]:
    venues = {v.id: Connected("venue", v.name, 0) for v in show.event.venues.values()}
    guests = {g.id: Connected("guest", g.name, 0) for g in show.event.guests.values()}
    booths = {
        interpreter_destination(b.id): Connected("interpreter", b.name, 0) for b in show.event.booths.values()
    }
    return {**venues, **guests, **booths, **connected}
