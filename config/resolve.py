"""Makes the event of the file as written: looks up names and fills in defaults.

A faulty file is checked to its end, so that all faults are found. Only a file without faults makes an event.
"""

from __future__ import annotations

from types import MappingProxyType
from zoneinfo import ZoneInfo

from config.faults import Faults, KeyPath
from config.languages import read_booths, read_channels, read_presets
from config.model import (
    HOST,
    MAX_PICTURES,
    SLATE,
    Advance,
    Event,
    Follow,
    Item,
    ItemType,
    default_layout,
    place_of,
)
from config.names import item_ids
from config.places import Places, check_duplicates, read_places
from config.plan import PlanLine, PlannedItem, plan
from config.schema import DefaultsPart, EventFile, EventPart, ItemPart
from config.times import MINUTE, SECOND, Duration, format_duration

DEFAULT_WARN = Duration(2 * MINUTE)
"""Time left of an item when clocks turn to warning, unless the event file says otherwise."""
DEFAULT_DANGER = Duration(30 * SECOND)
"""Time left of an item when clocks turn to danger, unless the event file says otherwise."""
DEFAULT_FALLBACK = (HOST, SLATE)
DEFAULT_LANGUAGE = "en"

MAX_ITEMS = 1000

Items = tuple[ItemPart, ...]


def resolve(file: EventFile, faults: Faults) -> Event | None:
    """The event, or None if there are faults."""
    _check_required(file, faults)
    head = file.event or EventPart()
    zone = head.timezone or ZoneInfo("UTC")
    language = head.language or DEFAULT_LANGUAGE
    channels = read_channels(file.languages or (), faults)
    places = read_places(file, zone, language, channels, faults)
    booths = read_booths(file.interpreters or {}, channels, places.kinds, faults)
    items = (file.agenda or ())[:MAX_ITEMS]
    ids = _ids(items, faults)

    def report(n: int, key: str, what: str) -> None:
        is_missing = getattr(items[n], key) is None
        faults.add(_at(n, key), what, code="missing" if is_missing else None)

    placed = plan(_lines(items, faults), head.date, head.timezone, report)
    reader = _ItemReader(places, file.defaults or DefaultsPart(), language, faults)
    agenda = [
        reader.read(n, part, id, slot)
        for n, (part, id, slot) in enumerate(zip(items, ids, placed, strict=True))
    ]
    known = (language, *channels.ids, *places.languages, *(part.language for part in items if part.language))
    presets = read_presets(file, known, faults)
    if faults.found:
        return None
    return Event(
        title=head.title or "",
        timezone=zone,
        language=language,
        host=places.host,
        venues=MappingProxyType(dict(places.venues)),
        guests=MappingProxyType(dict(places.guests)),
        agenda=tuple(item for item in agenda if item is not None),
        languages=channels.ids,
        booths=booths,
        presets=presets,
        contact=head.contact or "",
    )


def _at(n: int, *keys: str | int) -> KeyPath:
    return ("agenda", n, *keys)


def _check_required(file: EventFile, faults: Faults) -> None:
    for key in file.required:
        if getattr(file, key) is None:
            faults.missing_key((key,))
    if file.event is not None:
        for key in file.event.required:
            if getattr(file.event, key) is None:
                faults.missing_key(("event", key))
    if file.venues == {}:
        faults.add(
            ("venues",), "there is no venue; name at least one, for example `krefeld: {name: Krefeld}`"
        )
    if file.agenda == ():
        faults.add(("agenda",), "the agenda is empty; an event has at least one item")
    elif file.agenda and all(part.skip for part in file.agenda):
        faults.add(_at(0, "skip"), "every item is skipped; at least one has to run")
    if len(file.agenda or ()) > MAX_ITEMS:
        faults.add(_at(MAX_ITEMS), f"an agenda has at most {MAX_ITEMS} items; split the event")


def _lines(items: Items, faults: Faults) -> list[PlanLine]:
    return [
        PlanLine(
            start=part.start,
            duration=part.duration,
            end=part.end,
            hard=part.hard is True,
            skip=part.skip is True,
            unreadable=frozenset(
                key for key in ("start", "duration", "end") if faults.is_faulty(_at(n, key))
            ),
        )
        for n, part in enumerate(items)
    ]


def _ids(items: Items, faults: Faults) -> list[str]:
    first: dict[str, int] = {}
    for n, part in enumerate(items):
        if part.id is not None and (other := first.setdefault(part.id, n)) != n:
            what = f"item {other + 1} has the id `{part.id}` already; choose another, or leave it out"
            faults.add(_at(n, "id"), what)
    return item_ids([part.title or "" for part in items], [part.id for part in items])


class _ItemReader:
    """Reads items, with the places and the defaults of the file."""

    def __init__(self, places: Places, defaults: DefaultsPart, language: str, faults: Faults) -> None:
        self.places = places
        self.defaults = defaults
        self.language = language
        self.faults = faults
        self._check_warn_and_danger(("defaults",), defaults)
        default = DEFAULT_FALLBACK if defaults.fallback is None else defaults.fallback
        self._default_chain = self._chain(("defaults", "fallback"), default)

    def read(self, n: int, part: ItemPart, id: str, placed: PlannedItem) -> Item | None:
        """The item, or None if its time is unknown. All of it is checked in either case."""
        at = _at(n)
        for key in part.required:
            if getattr(part, key) is None:
                self.faults.missing_key((*at, key))
        self._check_warn_and_danger(at, part)
        kind = part.type or ItemType.TALK
        source = self._source(at, part, kind)
        beside = self._beside((*at, "with"), part.with_ or (), source)
        if kind is ItemType.OPEN and part.with_ is None:
            beside = self._everybody(at, source)
        mics = self._mics((*at, "mics"), part.mics, kind, (source, *beside))
        return_source = None if part.return_ is None else self.places.source((*at, "return"), part.return_)
        fallback = self._fallback((*at, "fallback"), part.fallback)
        warn, danger = self._warn_and_danger(part)
        if placed.span is None or placed.length is None:
            return None
        return Item(
            id=id,
            title=part.title or "",
            start=placed.start,
            duration=placed.length,
            planned=placed.span,
            hard=part.hard is True,
            source=source,
            beside=beside,
            layout=part.layout or default_layout(1 + len(beside)),
            mics=mics,
            return_source=return_source,
            speaker=part.speaker or "",
            language=part.language or self.language,
            type=kind,
            follow=part.follow or Follow.AGENDA,
            advance=part.advance or self.defaults.advance or Advance.MANUAL,
            fallback=fallback,
            skip=part.skip is True,
            notes=part.notes or "",
            warn=warn,
            danger=danger,
        )

    def _source(self, at: KeyPath, part: ItemPart, kind: ItemType) -> str:
        if part.source is not None:
            return self.places.source((*at, "source"), part.source)
        if kind is not ItemType.BREAK and not self.faults.is_faulty((*at, "type")):
            self.faults.add(
                (*at, "source"),
                "who is on air? Name a venue, a guest or `slate`; only a break can do without",
                code="missing",
            )
        return SLATE

    def _beside(self, path: KeyPath, written: tuple[str, ...], source: str) -> tuple[str, ...]:
        beside = tuple(self.places.source((*path, i), name) for i, name in enumerate(written))
        for i, name in enumerate(beside):
            if name == SLATE:
                self.faults.add((*path, i), "the slate is never beside others; leave it out")
            elif name == source:
                self.faults.add((*path, i), f"`{name}` is on screen already as `source`; leave it out here")
            elif source == SLATE and not self.faults.is_faulty((*path[:-1], "source")):
                self.faults.add((*path, i), f"nothing is beside the slate; make `{name}` the `source`")
        check_duplicates(path, beside, self.faults)
        if 1 + len(beside) > MAX_PICTURES:
            what = f"at most {MAX_PICTURES} pictures fit on screen, `source` and {MAX_PICTURES - 1} beside it"
            self.faults.add((*path, MAX_PICTURES - 1), f"{what}; leave out {1 + len(beside) - MAX_PICTURES}")
        return beside

    def _everybody(self, at: KeyPath, source: str) -> tuple[str, ...]:
        """The other venues, which an open session shows unless `with` says whom."""
        if source == SLATE:
            return ()
        others = tuple(venue for venue in self.places.venues if venue != place_of(source))
        if 1 + len(others) > MAX_PICTURES:
            self.faults.add(
                (*at, "type"),
                f"an open session shows every venue, and at most {MAX_PICTURES} pictures fit on screen; "
                f"write `with` to choose up to {MAX_PICTURES - 1} beside the source",
            )
            return ()
        return others

    def _mics(
        self, path: KeyPath, written: tuple[str, ...] | None, kind: ItemType, on_screen: tuple[str, ...]
    ) -> tuple[str, ...]:
        if written is not None:
            for i, name in enumerate(written):
                if name == SLATE:
                    self.faults.add((*path, i), "the slate has no microphone; leave it out")
            mics = tuple(self.places.source((*path, i), name) for i, name in enumerate(written))
            check_duplicates(path, mics, self.faults)
            return mics
        if kind is ItemType.BREAK:
            return ()
        if kind is ItemType.OPEN:
            return self.places.sources
        return tuple(name for name in on_screen if name != SLATE)

    def _fallback(self, path: KeyPath, written: tuple[str, ...] | None) -> tuple[str, ...]:
        """The chain as written. The item's own source may be in it: it replaces a taken source."""
        if written is None:
            return (*self._default_chain, SLATE)
        return (*self._chain(path, written), SLATE)

    def _chain(self, path: KeyPath, written: tuple[str, ...]) -> tuple[str, ...]:
        """Each source once and in order, up to the slate."""
        chain: dict[str, None] = {}
        reached = False
        for i, name in enumerate(written):
            if name == HOST:
                found = self.places.host
            else:
                found = self.places.source((*path, i), name)
            reached = reached or found == SLATE
            if found is not None and not reached:
                chain[found] = None
        return tuple(chain)

    def _check_warn_and_danger(self, at: KeyPath, part: ItemPart | DefaultsPart) -> None:
        if part.warn is not None and part.danger is not None and part.danger > part.warn:
            warn = format_duration(part.warn)
            self.faults.add(
                (*at, "danger"), f"danger comes after warn; write {warn} or less, or a longer `warn`"
            )

    def _warn_and_danger(self, part: ItemPart) -> tuple[Duration, Duration]:
        """Warn and danger. Warn is not shorter than danger: a default is adapted to the item's own value."""
        warn = _first(part.warn, self.defaults.warn, DEFAULT_WARN)
        danger = _first(part.danger, self.defaults.danger, DEFAULT_DANGER)
        if danger > warn and part.danger is not None:
            return danger, danger
        return warn, min(warn, danger)


def _first(*lengths: Duration | None) -> Duration:
    """The first that is not None. 0 means never."""
    return next((length for length in lengths if length is not None), Duration(0))
