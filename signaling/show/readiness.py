"""Go or no-go: what is checked of an item before it goes on air. It informs, and never blocks.

Each check is decided as elsewhere: sources as for failover, channels as `languages` would feed them with the item on
air, sound as the desk's alarms judge it (`web/src/show/soundfaults.ts`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bridge.engine import NO_STATS, MediaStats, SourceWhy
from config.languages import same_language
from config.model import SLATE, Item, ItemType, place_of
from config.times import Instant
from signaling.show import languages
from signaling.show.actions import Asked
from signaling.show.checks import Check, Checked, CheckId, CheckReason
from signaling.show.evolve import evolve
from signaling.show.facts import Ended, Fact, Skipped, Started
from signaling.show.marking import next_goes_to
from signaling.show.routing import item_sources, programme
from signaling.show.rundown import Row
from signaling.show.show import Show
from signaling.show.terms import DeviceStatus, SoundStatus
from signaling.show.wire.checks import CheckDoc, ChecksDoc
from signaling.show.wire.state import DevicesDoc

MAX_LOSS = 0.1
"""The fraction of lost packets above which speech breaks up, even with retransmission."""
MAX_ROUND_TRIP_MS = 800
"""Milliseconds of round trip above which people cannot converse."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What is known besides the show, and is not in the log."""

    links: Mapping[str, MediaStats] = field(default_factory=dict)
    """Stats of the sources that somebody feeds."""
    devices: Mapping[str, DevicesDoc] = field(default_factory=dict)
    """By source, also of seats: what their pages report."""
    silences: Mapping[str, Instant] = field(default_factory=dict)
    """The channels that are silent although the floor speaks."""


NOTHING_MEASURED = Measured()


def checks(show: Show, item: Item, measured: Measured = NOTHING_MEASURED) -> tuple[Check, ...]:
    """The checks of `item` as if it went on air now; none of the slate."""
    pictures = tuple(dict.fromkeys(source for source in item_sources(item) if source != SLATE))
    mics = tuple(_mics(item, measured))
    sources = tuple(dict.fromkeys((*pictures, *mics)))
    return (
        *(_connected(show, source) for source in sources),
        *(_picture(show, source, measured) for source in pictures),
        *(_sound(show, source, measured) for source in mics),
        *(_line(show, source, measured) for source in sources),
        *(_microphone(show, source, measured) for source in mics),
        *_language(show, item),
        *_interpreters(show, item, measured),
        *_ready(show, sources),
    )


def _mics(item: Item, measured: Measured) -> Iterator[str]:
    """The item's microphones, without inputs that have none on purpose, as slides: their place has another."""
    for source in dict.fromkeys(item.mics):
        devices, place = measured.devices.get(source), place_of(source)
        has_none = devices is not None and devices.microphone == "none"
        if not has_none or [other for other in item.mics if place_of(other) == place] == [source]:
            yield source


def checks_doc(show: Show, rows: tuple[Row, ...], measured: Measured) -> ChecksDoc:
    """The checks of the item that Next, or Start, puts on air."""
    coming = None if show.phase == "ended" else next_goes_to(show, rows)
    found = () if coming is None else checks(show, coming.item, measured)
    return ChecksDoc(
        item=None if coming is None else coming.item.id, checks=[check_doc(check) for check in found]
    )


def check_doc(check: Check) -> CheckDoc:
    return CheckDoc(
        id=check.id, of=check.of, result=check.result, reason=check.reason, details=dict(check.details)
    )


def with_checks(show: Show, facts: Sequence[Fact], measured: Measured) -> Iterator[Fact]:
    """The facts, with the checks of each item right before it goes on air. `show` is the one before them.

    The item before has ended by then in the facts, but nobody has seen the show without it: with an open microphone
    closed, and another language on the floor.
    """
    last_seen = show
    for fact in facts:
        if isinstance(fact, Started) and (item := last_seen.event.item(fact.item)) is not None:
            yield Checked(item=item.id, checks=checks(last_seen, item, measured), at=fact.at)
        yield fact
        show = evolve(show, fact)
        if not isinstance(fact, Asked | Ended | Skipped):
            last_seen = show


# Sources --------------------------------------------------------------------------------------------------------------


def _connected(show: Show, source: str) -> Check:
    status = show.sources.get(source)
    if status is None or status.state == "absent":
        why = None if status is None else _as_reason(status.why)
        return _failed("connected", source, why or "never-fed")
    if status.why == "unreachable":
        return _failed("connected", source, "unreachable")
    if show.waits(source):
        return _failed("connected", source, "waits")
    return Check(id="connected", of=source, result="ok")


def _picture(show: Show, source: str, measured: Measured) -> Check:
    if not _is_there(show, source):
        return _unknown("picture", source, "not-connected")
    status, devices = show.sources[source], measured.devices.get(source)
    if status.state == "connecting":
        return _unknown("picture", source, "joined")
    if status.state == "stalled":
        return _failed("picture", source, _as_reason(status.why) or "silent")
    if status.failed is not None:
        return _failed("picture", source, "recovering")
    if devices is not None and (fault := device_fault(devices.camera)) is not None:
        return _failed("picture", source, fault)
    if source not in measured.links:
        return _unknown("picture", source, "not-measured")
    if measured.links[source].codec is None:
        return _failed("picture", source, "no-picture")
    return Check(id="picture", of=source, result="ok")


def _sound(show: Show, source: str, measured: Measured) -> Check:
    """A hall's microphone that is off air carries what is said beside the stage, or is closed at the mixer. A guest's
    is judged while there is time; but headsets close themselves while nobody speaks."""
    if not _is_there(show, source):
        return _unknown("sound", source, "not-connected")
    devices = measured.devices.get(source)
    heard = None if devices is None else devices.sound
    if heard is None:
        return _unknown("sound", source, "not-measured")
    fault = sound_fault(heard)
    if fault is None:
        return Check(id="sound", of=source, result="ok")
    is_open, is_guest = source in programme(show).mics, place_of(source) in show.event.guests
    if is_open or (is_guest and fault != "no-sound"):
        return _failed("sound", source, fault)
    return _unknown("sound", source, "off-air")


def _line(show: Show, source: str, measured: Measured) -> Check:
    if not _is_there(show, source):
        return _unknown("line", source, "not-connected")
    stats = measured.links.get(source, NO_STATS)
    if stats.loss is not None and stats.loss > MAX_LOSS:
        return _failed("line", source, "loss", loss=f"{stats.loss:.2f}")
    if stats.rtt_ms is not None and stats.rtt_ms > MAX_ROUND_TRIP_MS:
        return _failed("line", source, "delay", rtt_ms=f"{round(stats.rtt_ms, -1):.0f}")
    if stats.loss is None and stats.rtt_ms is None:
        return _unknown("line", source, "not-measured")
    return Check(id="line", of=source, result="ok")


def _microphone(show: Show, source: str, measured: Measured) -> Check:
    if not _is_there(show, source):
        return _unknown("microphone", source, "not-connected")
    devices = measured.devices.get(source)
    if devices is None:
        return _unknown("microphone", source, "not-reported")
    if devices.microphone == "none":
        return _failed("microphone", source, "none")
    if devices.microphone == "opening":
        return _unknown("microphone", source, "opening")
    if (fault := device_fault(devices.microphone)) is not None:
        return _failed("microphone", source, fault)
    return (
        _failed("microphone", source, "muted")
        if devices.muted
        else Check(id="microphone", of=source, result="ok")
    )


def _failed(id: CheckId, of: str, reason: CheckReason, **details: str) -> Check:
    return Check(id=id, of=of, result="failed", reason=reason, details=details)


def _unknown(id: CheckId, of: str, reason: CheckReason) -> Check:
    return Check(id=id, of=of, result="unknown", reason=reason)


def _is_there(show: Show, source: str) -> bool:
    return _connected(show, source).reason not in ("never-fed", "left", "unreachable")


def _as_reason(why: SourceWhy | None) -> CheckReason | None:
    return None if why is None or why == "flows" else why


def device_fault(status: DeviceStatus) -> CheckReason | None:
    """What is wrong with a device; None: nothing, or there is none on purpose."""
    match status:
        case "works" | "none" | "opening":
            return None
        case fault:
            return fault


def sound_fault(status: SoundStatus) -> CheckReason | None:
    return None if status == "good" else status


# Languages ------------------------------------------------------------------------------------------------------------


def _language(show: Show, item: Item) -> Iterator[Check]:
    """Of events with channels. What somebody said of the floor ends with the item on air, also where the same people
    go on."""
    if not _is_interpreted(show, item):
        return
    spoken, floor, on_air = item.language, show.floor, programme(show).source
    spoken_in_booths = {language for booth in show.event.booths.values() for language in booth.languages}
    others = [language for language in show.event.languages if not same_language(language, spoken)]
    if others and not any(same_language(language, spoken) for language in spoken_in_booths):
        yield _failed("language", spoken, "not-interpreted")
    elif floor is not None and not same_language(floor, spoken) and place_of(on_air) == place_of(item.source):
        yield _failed("language", spoken, "floor-differs", floor=floor)
    else:
        yield Check(id="language", of=spoken, result="ok")


def _is_interpreted(show: Show, item: Item) -> bool:
    """Whether something is said in the item, and there are channels for it."""
    return bool(show.event.languages and item.mics) and item.type is not ItemType.BREAK


def _interpreters(show: Show, item: Item, measured: Measured) -> Iterator[Check]:
    """The channels that the item needs, fed as they would be with the item on air."""
    if not _is_interpreted(show, item):
        return
    with_item = evolve(show, Started(item=item.id, why="next", at=show.latest or item.planned.start))
    for language in show.event.languages:
        if languages.is_needed(with_item, language):
            yield _interpreter(show, with_item, language, measured)


def _interpreter(show: Show, with_item: Show, language: str, measured: Measured) -> Check:
    feed = languages.channel_feed(with_item, language)
    if feed.booth is None:
        is_there = any(
            seat.status.state == "live" and not seat.open
            for source, seat in show.seats.items()
            if any(
                same_language(spoken, language) for spoken in show.event.booths[place_of(source)].languages
            )
        )
        if is_there:
            return _unknown("interpreter", language, "closed")
        return _failed("interpreter", language, "nobody")
    is_silent = language in measured.silences and languages.is_needed(show, language)
    if is_silent and languages.channel_feed(show, language).booth == feed.booth:
        return _failed("interpreter", language, "silent")
    devices = measured.devices.get(feed.seats[-1])
    heard = None if devices is None or devices.sound is None else sound_fault(devices.sound)
    if heard is not None:
        return _failed("interpreter", language, heard)
    return Check(id="interpreter", of=language, result="ok")


# People ---------------------------------------------------------------------------------------------------------------


def _ready(show: Show, sources: Sequence[str]) -> Iterator[Check]:
    """Of every guest, and of any place that calls the desk."""
    for place in dict.fromkeys(place_of(source) for source in sources):
        if (flag := show.flags.get(place)) is not None:
            yield _failed("ready", place, "flag", text=flag.text or "")
        elif place in show.event.guests and place in show.approved:
            yield Check(id="ready", of=place, result="ok")
        elif place in show.event.guests:
            yield _unknown("ready", place, "not-approved")
