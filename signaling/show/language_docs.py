"""The channels and booths of the state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from config.model import place_of
from config.times import Instant, iso
from signaling.show.languages import channel_feed, handover_ends, is_needed, output, relay
from signaling.show.seats import Seat, seat_name
from signaling.show.show import Show
from signaling.show.wire.state import BoothDoc, ChannelDoc, DevicesDoc, SeatDoc


def channel_docs(
    show: Show, listeners: Mapping[str, Sequence[str]], silences: Mapping[str, Instant]
) -> dict[str, ChannelDoc]:
    """Every channel by its language. `listeners` are the destinations of the pages that listen to each, `silences` the
    channels that are silent, and since when."""
    return {
        language: _channel_doc(show, language, listeners.get(language, ()), silences.get(language))
        for language in show.event.languages
    }


def _channel_doc(
    show: Show, language: str, listening: Sequence[str], silent_since: Instant | None
) -> ChannelDoc:
    found, since = channel_feed(show, language), show.carried.get(language)
    needed = is_needed(show, language)
    is_silent = needed and found.booth is not None  # no level may have arrived since it changed
    return ChannelDoc(
        needed=needed,
        booth=found.booth,
        seat=found.seat,
        since=_iso_or_none(None if since is None else since.since, show.event.timezone),
        silent_since=_iso_or_none(silent_since if is_silent else None, show.event.timezone),
        listeners=len(listening),
        places=[place for place in (*show.event.venues, *show.event.guests) if place in listening],
    )


def booth_docs(show: Show, devices: Mapping[str, DevicesDoc]) -> dict[str, BoothDoc]:
    """Every booth, by its id. `devices` are by source, also of seats."""
    return {booth: _booth_doc(show, booth, devices) for booth in show.event.booths}


def _booth_doc(show: Show, booth: str, devices: Mapping[str, DevicesDoc]) -> BoothDoc:
    zone = show.event.timezone
    seats = {source: seat for source, seat in show.seats.items() if place_of(source) == booth}
    return BoothDoc(
        to=show.outputs.get(booth),
        output=output(show, booth),
        relay=relay(show, booth),
        seats={
            seat_name(source): _seat_doc(seat, zone, devices.get(source)) for source, seat in seats.items()
        },
        asks=show.asks.get(booth),
        handover_ends=_iso_or_none(handover_ends(show, booth), zone),
    )


def _seat_doc(seat: Seat, zone: ZoneInfo, devices: DevicesDoc | None) -> SeatDoc:
    return SeatDoc(
        open=seat.open,
        state=seat.status.state,
        since=_iso_or_none(seat.since, zone),
        sound=None if devices is None else devices.sound,
    )


def _iso_or_none(at: Instant | None, zone: ZoneInfo) -> str | None:
    return None if at is None else iso(at, zone)
