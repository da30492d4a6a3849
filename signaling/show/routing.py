"""The programme matrix: what is on air, and what each destination is sent of it.

Every destination is sent the programme, except the places on screen. Those are sent the others on screen or, if they
are alone, the return picture. Every place is sent all open microphones but its own (mix-minus). No place is ever sent
its own picture as the programme, nor its own microphone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from itertools import takewhile
from types import MappingProxyType

from bridge.engine import Feed
from config.model import SLATE, Follow, Item, ItemType, Layout, default_layout, place_of
from signaling.show import failover
from signaling.show.failover import NEVER_FED
from signaling.show.show import Programme, Show
from signaling.show.terms import Reason, Role, Tally


def programme(show: Show) -> Programme:
    """What should be on air: the first usable one of `_candidates`.

    Microphones are open even if their sources are absent: `matrix` omits those.
    """
    source, reason = next((source, reason) for source, reason in _candidates(show) if _is_fit(show, source))
    beside = tuple(s for s in _beside(show, source) if _is_fit(show, s))
    return Programme(source, beside, _layout(show, 1 + len(beside)), _open_mics(show, source), reason)


def _layout(show: Show, pictures: int) -> Layout:
    """The layout of the taken pictures, or of the item's. In an open item it has room for everybody on screen."""
    if pictures == 1:
        return Layout.SOLO
    if show.taken is not None:
        return show.taken.layout
    if show.item is None:
        return Layout.SOLO
    layout = show.item.layout
    is_too_small = pictures > (1 if layout is Layout.SOLO else 2) and layout is not Layout.GRID
    return default_layout(pictures) if show.item.type is ItemType.OPEN and is_too_small else layout


def _candidates(show: Show) -> Iterator[tuple[str, Reason]]:
    """The sources that may be on air, by priority: the taken source, or the active speaker (if the item follows the
    voice) and the agenda's source; then the item's fallbacks, then the slate."""
    if show.taken is not None:
        yield show.taken.source, "take"
    else:
        if (speaker := show.speaker) is not None and speaker in _followed_mics(show):
            yield speaker, "voice"
        yield wanted(show), "agenda"
    for source in () if show.item is None else show.item.fallback:
        yield source, "fallback"
    yield SLATE, "fallback"


def wanted(show: Show) -> str:
    """The source that should be on air if it is usable: the taken one, else the agenda's."""
    if show.taken is not None:
        return show.taken.source
    return SLATE if show.item is None else show.item.source


def _beside(show: Show, source: str) -> Iterator[str]:
    """The sources that may be on screen beside `source`, each once. An active speaker changes places with the item's
    source, and so does a fallback that is beside it.

    Nothing is beside the slate: its text fills the screen.
    """
    main = wanted(show)
    pictures = show.taken or show.item
    if pictures is not None and source != SLATE:
        others = (main if s == source else s for s in pictures.beside)
        yield from (s for s in others if s != SLATE)


def _is_fit(show: Show, source: str) -> bool:
    return not show.waits(source) and failover.is_fit(source, show.sources, show.programme.on_screen)


def stalled_at_turn(show: Show) -> Iterator[str]:
    """The sources that are due on air but silent, so that another one replaces them."""
    source = programme(show).source
    ahead = takewhile(lambda s: s != source, (candidate for candidate, _ in _candidates(show)))
    for s in dict.fromkeys((*ahead, *_beside(show, source))):
        if s in show.sources and failover.is_silent(show.sources[s]) and not _is_fit(show, s):
            yield s


def _open_mics(show: Show, source: str) -> tuple[str, ...]:
    """The item's microphones, those of the taken pictures, and those that a moderator opened; without those closed by
    hand.

    A fallback's microphone is open if that of the source it replaces is. Taking the slate closes all microphones.
    """
    asked = wanted(show)
    mics = () if show.item is None or (show.taken is not None and asked == SLATE) else show.item.mics
    if show.taken is not None or (source != asked and asked in mics):
        mics = (*mics, source)
    if show.taken is not None:
        mics = (*mics, *show.taken.beside)
    by_hand = (s for s, is_open in show.mics.items() if is_open)
    return tuple(s for s in dict.fromkeys((*mics, *by_hand)) if s != SLATE and show.mics.get(s, True))


def voice_candidates(show: Show) -> tuple[str, ...]:
    """The usable sources whose voice the picture may follow now."""
    return tuple(s for s in _followed_mics(show) if _is_fit(show, s))


def _followed_mics(show: Show) -> tuple[str, ...]:
    """The open microphones of an item that follows the voice; none for other items."""
    item = show.item
    if item is None or item.follow is not Follow.VOICE:
        return ()
    return tuple(s for s in show.sources if show.mics.get(s, s in item.mics))


def matrix(show: Show, destinations: Mapping[str, Role]) -> dict[str, Feed]:
    """What each destination is sent. The destination of a venue or guest has its id; others have any name."""
    on_air = programme(show)
    programme_feed = Feed(on_air.source, on_air.beside, _heard_mics(show, on_air), layout=on_air.layout.value)
    on_screen = on_screen_destinations(show, destinations)
    return {
        destination: _place_feed(show, on_air, programme_feed, destination, destination in on_screen)
        if role in ("venue", "guest")
        else programme_feed
        for destination, role in destinations.items()
    }


def _heard_mics(show: Show, on_air: Programme) -> tuple[str, ...]:
    """The open microphones of sources that are there."""
    return tuple(
        source
        for source in on_air.mics
        if show.sources.get(source, NEVER_FED).state != "absent" and not show.waits(source)
    )


def return_paths(
    show: Show, channels: Mapping[str, Collection[str]] = MappingProxyType({})
) -> dict[str, tuple[str, ...]]:
    """By open microphone, the microphones that its place is sent, so that they may come back by it.

    `channels` has the interpreters' seats that each place is sent, by the channel that it listens to.
    """
    mics = _heard_mics(show, programme(show))
    return {
        mic: tuple(
            other for other in (*mics, *channels.get(place_of(mic), ())) if place_of(other) != place_of(mic)
        )
        for mic in mics
    }


def on_screen_destinations(show: Show, destinations: Mapping[str, Role]) -> frozenset[str]:
    """The destinations that are on screen themselves, and so are sent a return picture instead of the programme."""
    on_screen = {place_of(source) for source in programme(show).on_screen} - {SLATE}
    return frozenset(d for d, role in destinations.items() if d in on_screen and role in ("venue", "guest"))


def _place_feed(show: Show, on_air: Programme, programme_feed: Feed, place: str, on_screen: bool) -> Feed:
    mics = tuple(source for source in programme_feed.mics if place_of(source) != place)
    if not on_screen:
        return replace(programme_feed, mics=mics)
    others = [source for source in on_air.on_screen if place_of(source) != place]
    program = others[0] if others else return_picture(show, place)
    return Feed(program, tuple(others[1:]), mics, layout=programme_feed.layout)


def return_picture(show: Show, place: str) -> str:
    """What a place alone on screen is sent: the first usable candidate, never its own picture."""
    others = [s for s in _return_candidates(show) if place_of(s) != place and not show.waits(s)]
    # A short silence is no reason to change the return picture. The current one is not recorded, so allow it for all.
    return next((source for source in others if failover.is_fit(source, show.sources, others)), SLATE)


def _return_candidates(show: Show) -> Iterator[str]:
    """Candidates for the return picture, by priority."""
    if show.item is not None and show.item.return_source is not None:
        yield show.item.return_source
    if show.event.host is not None:
        yield show.event.host
    yield from show.recent
    yield from show.sources


def tally(show: Show, coming: Item | None) -> dict[str, Tally]:
    """The tally of every source: `on-air` in the programme, `next` in the item that comes next, `preview` if only
    marked."""
    lights: dict[str, Tally] = dict.fromkeys(show.sources, "off")
    lights.update({s: "preview" for s in marked_sources(show) if s in lights})
    lights.update({s: "next" for s in item_sources(coming) if s in lights})
    lights.update({s: "on-air" for s in programme(show).on_screen if s in lights})
    return lights


def marked_sources(show: Show) -> tuple[str, ...]:
    """The sources of the marked item, or the marked source."""
    if show.armed_source is not None:
        return (show.armed_source,)
    return item_sources(None if show.armed_item is None else show.event.item(show.armed_item))


def item_sources(item: Item | None) -> tuple[str, ...]:
    """The sources that an item shows."""
    return () if item is None else (item.source, *item.beside)
