"""The show as pages and scripts see it: a `Show`, the time and measured figures become `messages.State`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from config.model import Event, Guest, Span, Venue, source_name
from config.times import Instant, in_seconds, iso
from signaling.show.evolve import Run, Show
from signaling.show.messages import (
    DestinationDoc,
    EventDoc,
    ItemDoc,
    Period,
    Phase,
    PlaceDoc,
    ProgramDoc,
    Role,
    ShowDoc,
    SourceDoc,
    State,
)
from signaling.show.routing import matrix, programme, tally
from signaling.show.rundown import Row, next_row, offset, rows


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured on one link; None where nothing was yet."""

    rtt_ms: float | None = None
    loss: float | None = None
    """Fraction, 0 to 1."""
    kbps: float = 0.0


@dataclass(frozen=True, slots=True)
class Connected:
    """Who shows a destination, and how well it gets there."""

    role: Role
    name: str
    connected: int
    """How many connections there are."""
    rtt_ms: float | None = None
    loss: float | None = None
    kbps: float = 0.0


def state_doc(
    show: Show, now: Instant, rev: int, destinations: Mapping[str, Connected], links: Mapping[str, Figures]
) -> State:
    """The whole state at `now`.

    `destinations` are those connected, by id: places by their own, others by any name that is no place's.
    Every venue and guest is in the state whether connected or not. `links` are the figures of the sources'
    uplinks.
    """
    zone = show.event.timezone
    found = rows(show, now)
    coming = next_row(found)
    return State(
        rev=rev,
        now=iso(now, zone),
        event=event_doc(show.event),
        show=_show_doc(show, found, coming),
        items=[_item_doc(row, zone) for row in found],
        program=_program_doc(show),
        sources=_source_docs(show, coming, links),
        destinations=_destination_docs(show, destinations),
    )


def event_doc(event: Event) -> EventDoc:
    """What does not change while a show runs."""
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
        next_at=None if coming is None or coming.expected is None else iso(coming.expected.start, zone),
        offset_s=in_seconds(offset(show, found)),
        ends=iso(ends[-1], zone) if ends else None,
    )


def _item_doc(row: Row, zone: ZoneInfo) -> ItemDoc:
    item = row.item
    return ItemDoc(
        id=item.id,
        title=item.title,
        status=row.status,
        planned=_period(item.planned, zone),
        expected=_period(row.expected, zone),
        actual=_period(row.actual, zone),
        length_s=in_seconds(row.length),
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
        skipped_because=row.skipped,
    )


def _period(span: Span | Run | None, zone: ZoneInfo) -> Period:
    if span is None:
        return Period(start=None, end=None)
    return Period(start=iso(span.start, zone), end=None if span.end is None else iso(span.end, zone))


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


def _source_docs(show: Show, coming: Row | None, links: Mapping[str, Figures]) -> dict[str, SourceDoc]:
    lights = tally(show, None if coming is None else coming.item)
    open_mics = programme(show).mics
    nothing = Figures()
    return {
        source: SourceDoc(
            name=source_name(show.event, source),
            state=state,
            tally=lights[source],
            mic=source in open_mics,
            rtt_ms=links.get(source, nothing).rtt_ms,
            loss=links.get(source, nothing).loss,
            kbps=links.get(source, nothing).kbps,
        )
        for source, state in show.sources.items()
    }


def _destination_docs(show: Show, connected: Mapping[str, Connected]) -> dict[str, DestinationDoc]:
    venues = {v.id: Connected("venue", v.name, 0) for v in show.event.venues.values()}
    guests = {g.id: Connected("guest", g.name, 0) for g in show.event.guests.values()}
    everybody = {**venues, **guests, **connected}
    sights = matrix(show, {destination: who.role for destination, who in everybody.items()})
    return {
        destination: DestinationDoc(
            role=who.role,
            name=who.name,
            connected=who.connected,
            source=sights[destination].program,
            second=sights[destination].second,
            mics=list(sights[destination].mics),
            is_return=sights[destination].is_return,
            rtt_ms=who.rtt_ms,
            loss=who.loss,
            kbps=who.kbps,
        )
        for destination, who in everybody.items()
    }
