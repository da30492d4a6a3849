"""Finds what a command names. An unknown name is refused, with the nearest known one."""

from __future__ import annotations

from collections.abc import Iterable

from config.faults import unknown
from config.languages import CUES, channel_of
from config.model import SLATE, Booth, Guest, Item, Venue, source_name
from signaling.show.reasons import CommandRefused
from signaling.show.recipients import AT_DESK, places, recipients
from signaling.show.show import Show


def find_item(show: Show, wanted: str) -> Item:
    item = show.event.item(wanted)
    if item is None:
        ids = {item.id: item.id for item in show.event.agenda}
        titles = {item.title: item.id for item in show.event.agenda}
        raise CommandRefused(
            "unknown-item", name=wanted, sentence=_sentence(unknown("item", wanted, titles | ids))
        )
    return item


def find_to_come(show: Show, wanted: str) -> Item:
    item = find_item(show, wanted)
    if item.id == show.on_air:
        raise CommandRefused("not-to-come", item=item.title)
    if show.index[item.id] <= show.position:
        raise CommandRefused("over", item=item.title)
    return item


def find_recipient(show: Show, wanted: str) -> str:
    """The recipient of a message or a cue."""
    return _find_recipient(show, wanted, recipients(show.event))


def find_place_or_desk(show: Show, wanted: str) -> str:
    """A venue, guest or booth, or the moderators."""
    return _find_recipient(show, wanted, (*places(show.event), AT_DESK))


def find_venue_or_guest(show: Show, wanted: str) -> str:
    """A place that can be seen and heard."""
    return _find_recipient(show, wanted, (*show.event.venues, *show.event.guests))


def _find_recipient(show: Show, wanted: str, known: Iterable[str]) -> str:
    ids = {to: to for to in known}
    if wanted not in ids:
        event = show.event
        called: list[Venue | Guest | Booth] = [
            *event.venues.values(),
            *event.guests.values(),
            *event.booths.values(),
        ]
        names = {place.name: place.id for place in called}
        raise CommandRefused(
            "unknown-place", name=wanted, sentence=_sentence(unknown("recipient", wanted, names | ids))
        )
    return wanted


def find_cue(show: Show, wanted: str) -> str:
    """What a cue says: one of the three that every page knows, or one of the event's presets."""
    known = {cue: cue for cue in (*CUES, *show.event.presets)}
    if wanted not in known:
        raise CommandRefused("unknown-cue", name=wanted, sentence=_sentence(unknown("cue", wanted, known)))
    return wanted


def find_source(show: Show, wanted: str) -> str:
    source = show.event.canonical(wanted)
    if source != SLATE and source not in show.sources:
        names = {source_name(show.event, s): s for s in show.sources}
        ids = {s: s for s in (*show.sources, SLATE)}
        raise CommandRefused(
            "unknown-source", name=source, sentence=_sentence(unknown("source", source, names | ids))
        )
    return source


def find_language(show: Show, wanted: str) -> str:
    """The channel of a language, however its tag is written."""
    found = channel_of(show.event.languages, wanted)
    if found is None:
        ids = {channel: channel for channel in show.event.languages}
        raise CommandRefused(
            "unknown-language", name=wanted, sentence=_sentence(unknown("language", wanted, ids))
        )
    return found


def find_booth(show: Show, wanted: str) -> Booth:
    booth = show.event.booths.get(wanted)
    if booth is None:
        ids = {id: id for id in show.event.booths}
        names = {booth.name: booth.id for booth in show.event.booths.values()}
        raise CommandRefused(
            "unknown-booth", name=wanted, sentence=_sentence(unknown("booth", wanted, names | ids))
        )
    return booth


def find_output(show: Show, booth: Booth, wanted: str) -> str:
    """The language of the booth with this tag, however it is written."""
    find_language(show, wanted)
    found = channel_of(booth.languages, wanted)
    if found is None:
        one, other = booth.languages
        raise CommandRefused("not-its-language", booth=booth.name, wanted=wanted, one=one, other=other)
    return found


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:] + ("" if text.endswith("?") else ".")
