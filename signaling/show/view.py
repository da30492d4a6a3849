"""The show as pages and scripts see it: a `Show`, the time and measured figures become a `State`."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from bridge.engine import NO_STATS, Feed, MediaStats
from config.model import Event, Guest, Item, Span, Venue, source_name
from config.times import Instant, in_seconds, iso
from signaling.show.arming import armed
from signaling.show.evolve import Run, Show, recipients
from signaling.show.marking import comes_next, with_mark
from signaling.show.routing import matrix, programme, tally, with_return
from signaling.show.rundown import Row, next_row, offset, start_due
from signaling.show.terms import Phase, Role
from signaling.show.wire.base import Wire
from signaling.show.wire.state import (
    ArmedDoc,
    DestinationDoc,
    DevicesDoc,
    EventDoc,
    ItemDoc,
    LinkDoc,
    MessageDoc,
    Period,
    PlaceDoc,
    ProgramDoc,
    ShowDoc,
    SourceDoc,
    TakeoverDoc,
    WaitingDoc,
)

LARGE_LAYER, SMALL_LAYER = "h", "l"
"""The rids of a simulcast picture's layers."""


@dataclass(frozen=True, slots=True)
class Connected:
    """Who shows a destination, and how well it gets there."""

    role: Role
    name: str
    connected: int
    """How many connections there are."""
    link: MediaStats | None = None
    """Of the worst of them; None while none has picture and sound."""
    cannot_decode: tuple[str, ...] = ()
    """Codecs that one of them was sent and cannot show."""


class Items:
    """The items as they stand, row by row. Their documents are made only when somebody needs them whole: that takes
    milliseconds for 500, and whoever is told of a command is told what it changed."""

    def __init__(
        self,
        rows: tuple[Row, ...],
        zone: ZoneInfo,
        hidden: Mapping[str, object] = MappingProxyType({}),
        whole: Items | None = None,
    ) -> None:
        """`hidden`: fields of each item that are not told, with what stands in their place. None that `as_it_stands`
        tells, so that what happens to the items is the same for everybody. `whole`: the items with nothing hidden."""
        self.rows = rows
        self.zone = zone
        self._hidden = hidden
        self._whole = whole

    @property
    def whole(self) -> Items:
        """The same items with nothing hidden."""
        return self._whole or self

    @cached_property
    def documents(self) -> list[dict[str, Any]]:
        """The dumps of their `ItemDoc`s; not to be changed by anybody."""
        return [
            {**_fixed(row.item, self.zone), **as_it_stands(row, self.zone), **self._hidden}
            for row in self.rows
        ]

    def without(self, hidden: Mapping[str, object]) -> Items:
        """The same items with these fields hidden."""
        return Items(self.rows, self.zone, hidden, self.whole)


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """A `State` as plain JSON, but for the `rev` and `now` that each publishing adds."""

    rest: dict[str, Any]
    """All but its `items`; not to be changed by anybody."""
    items: Items

    def document(self) -> dict[str, Any]:
        return {**self.rest, "items": self.items.documents}


def view(
    show: Show,
    found: tuple[Row, ...],
    now: Instant,
    destinations: Mapping[str, Connected],
    links: Mapping[str, MediaStats],
    waiting: Mapping[str, WaitingDoc] = MappingProxyType({}),
    takeovers: Mapping[str, TakeoverDoc] = MappingProxyType({}),
    devices: Mapping[str, DevicesDoc] = MappingProxyType({}),
) -> View:
    """The show at `now`, when its rows are those `found`.

    `destinations` are those connected, by id: places by their own, others by any name that is no place's.
    Every venue and guest is in the state whether connected or not. `links` are the figures of the uplinks of
    those sources that somebody feeds.
    """
    coming = comes_next(show, found)
    at_hand = armed(show, next_row(found), now)
    everybody = _everybody(show, destinations)
    roles = {destination: who.role for destination, who in everybody.items()}
    feeds, on_screen = matrix(show, roles), with_return(show, roles)
    returns = {place: feeds[place].program for place in feeds if place in on_screen}
    parts: dict[str, Wire | Mapping[str, Wire]] = {
        "event": event_doc(show.event),
        "show": _show_doc(show, found, coming),
        "program": _program_doc(show),
        "sources": _source_docs(
            show, coming, at_hand, links, devices, _returned_to(show, everybody, returns)
        ),
        "destinations": _destination_docs(everybody, feeds, returns, links),
        "messages": _message_docs(show),
        "waiting": waiting,
        "takeovers": takeovers,
    }
    return View(
        {name: _dump(part) for name, part in parts.items()},
        Items(with_mark(show, found), show.event.timezone),
    )


def _dump(part: Wire | Mapping[str, Wire]) -> dict[str, Any]:
    if isinstance(part, Wire):
        return part.model_dump(mode="json", by_alias=True)
    return {name: _dump(document) for name, document in part.items()}


def event_doc(event: Event) -> EventDoc:
    """What only a changed event file changes."""
    places: list[Venue | Guest] = [*event.venues.values(), *event.guests.values()]
    return EventDoc(
        title=event.title,
        timezone=event.timezone.key,
        language=event.language,
        host=event.host,
        places=[_place_doc(place) for place in places],
    )


def _place_doc(place: Venue | Guest) -> PlaceDoc:
    return PlaceDoc(
        id=place.id,
        kind="venue" if isinstance(place, Venue) else "guest",
        name=place.name,
        note=place.place if isinstance(place, Venue) else place.note,
        timezone=place.timezone.key,
        language=place.language,
        sources=list(place.sources) if isinstance(place, Venue) else [place.id],
    )


def _show_doc(show: Show, found: tuple[Row, ...], coming: Row | None) -> ShowDoc:
    zone = show.event.timezone
    phase: Phase = "held" if show.phase == "running" and show.held else show.phase
    ends = [row.expected.end for row in found if row.expected is not None]
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
        armed=_armed_doc(show),
        taken=show.taken,
        undo=show.undo[-1].command if show.undo else None,
        offset_s=in_seconds(offset(show, found)),
        ends=iso(ends[-1], zone) if ends else None,
    )


def _iso_or_none(at: Instant | None, zone: ZoneInfo) -> str | None:
    return None if at is None else iso(at, zone)


def _armed_doc(show: Show) -> ArmedDoc | None:
    if show.armed_item is not None:
        return ArmedDoc(kind="item", id=show.armed_item)
    return None if show.armed_source is None else ArmedDoc(kind="source", id=show.armed_source)


@lru_cache(maxsize=4096)
def _fixed(item: Item, zone: ZoneInfo) -> dict[str, Any]:
    """What only a changed event file changes of an item's document."""
    nothing = Row(item, "coming", item.duration)
    return _dump(
        ItemDoc(
            id=item.id,
            title=item.title,
            planned=Period(**_period(item.planned, zone)),
            source=item.source,
            with_=list(item.beside),
            layout=item.layout.value,
            speaker=item.speaker,
            language=item.language,
            type=item.type.value,
            hard=item.hard,
            advance=item.advance.value,
            warn_s=in_seconds(item.warn),
            danger_s=in_seconds(item.danger),
            notes=item.notes,
            **as_it_stands(nothing, zone),
        )
    )


def as_it_stands(row: Row, zone: ZoneInfo) -> dict[str, Any]:
    """What changes of an item's document while the show runs."""
    return {
        "status": row.status,
        "expected": _period(row.expected, zone),
        "actual": _period(row.actual, zone),
        "length_s": in_seconds(row.length),
        "skipped_because": row.skipped,
    }


def _period(span: Span | Run | None, zone: ZoneInfo) -> dict[str, str | None]:
    if span is None:
        return {"start": None, "end": None}
    return {"start": iso(span.start, zone), "end": None if span.end is None else iso(span.end, zone)}


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


def _message_docs(show: Show) -> dict[str, MessageDoc]:
    """Without those to a place that the event has no more: nobody could take them away."""
    zone = show.event.timezone
    there = [said for to in recipients(show.event) if (said := show.messages.get(to))]
    return {said.to: MessageDoc(text=said.text, level=said.level, at=iso(said.at, zone)) for said in there}


def _source_docs(
    show: Show,
    coming: Row | None,
    at_hand: Collection[str],
    links: Mapping[str, MediaStats],
    devices: Mapping[str, DevicesDoc],
    returned_to: Mapping[str, list[str]],
) -> dict[str, SourceDoc]:
    lights = tally(show, None if coming is None else coming.item)
    open_mics = programme(show).mics
    figures = {source: links.get(source, NO_STATS) for source in show.sources}
    return {
        source: SourceDoc(
            name=source_name(show.event, source),
            state=signal.state,
            why=signal.why,
            armed=source in at_hand,
            tally=lights[source],
            mic=source in open_mics,
            devices=devices.get(source),
            codec=figures[source].codec,
            codec_wanted=figures[source].codec_wanted,
            still=figures[source].is_still,
            returned_to=returned_to.get(source, []),
            rtt_ms=_rounded(figures[source].rtt_ms, MILLISECONDS),
            loss=_rounded(figures[source].loss, LOSS),
            kbps=_two_digits(figures[source].kbps),
            link=_link_doc(links.get(source)),
        )
        for source, signal in show.sources.items()
    }


def _returned_to(
    show: Show, everybody: Mapping[str, Connected], returns: Mapping[str, str]
) -> dict[str, list[str]]:
    """Who sees a source that is off air all the same: the places on screen, as their return picture."""
    on_screen = programme(show).on_screen
    found: dict[str, list[str]] = {}
    for place, source in returns.items():
        if source not in on_screen and everybody[place].connected:
            found.setdefault(source, []).append(place)
    return found


def _everybody(show: Show, connected: Mapping[str, Connected]) -> dict[str, Connected]:
    venues = {v.id: Connected("venue", v.name, 0) for v in show.event.venues.values()}
    guests = {g.id: Connected("guest", g.name, 0) for g in show.event.guests.values()}
    return {**venues, **guests, **connected}


def _destination_docs(
    everybody: Mapping[str, Connected],
    feeds: Mapping[str, Feed],
    returns: Mapping[str, str],
    links: Mapping[str, MediaStats],
) -> dict[str, DestinationDoc]:
    figures = {destination: who.link or NO_STATS for destination, who in everybody.items()}
    return {
        destination: DestinationDoc(
            role=who.role,
            name=who.name,
            connected=who.connected,
            source=feeds[destination].program,
            second=feeds[destination].second,
            mics=list(feeds[destination].mics),
            is_return=destination in returns,
            smaller=_gets_smaller(figures[destination], links.get(feeds[destination].program, NO_STATS)),
            cannot_decode=list(who.cannot_decode),
            rtt_ms=_rounded(figures[destination].rtt_ms, MILLISECONDS),
            loss=_rounded(figures[destination].loss, LOSS),
            kbps=_two_digits(figures[destination].kbps),
            link=_link_doc(who.link),
        )
        for destination, who in everybody.items()
    }


def _gets_smaller(sent: MediaStats, source: MediaStats) -> bool:
    """Whether a destination is sent the small layer of a source that sends a large one."""
    return (sent.layer, source.layer) == (SMALL_LAYER, LARGE_LAYER)


# Figures are rounded to what people read: noise in a last digit would be a patch to every page each second.

MILLISECONDS = 5.0
LOSS = 0.005
SECONDS = 0.1
"""Steps to which round trip and jitter, loss, and the length of a stall are rounded."""


def _link_doc(figures: MediaStats | None) -> LinkDoc | None:
    if figures is None:
        return None
    return LinkDoc(
        jitter_ms=_rounded(figures.jitter_ms, MILLISECONDS),
        layer=figures.layer,
        lost=figures.lost,
        keyframe_requests=figures.keyframe_requests,
        repairs=figures.repairs,
        stalls=figures.stalls,
        last_stall_s=_rounded(figures.last_stall_s, SECONDS),
    )


def _rounded(figure: float | None, step: float) -> float | None:
    return None if figure is None else round(round(figure / step) * step, 3)


def _two_digits(figure: float) -> float:
    """A figure to its two leading digits: 1834 is 1800, 32 stays 32."""
    return float(f"{figure:.1e}")
