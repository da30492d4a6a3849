"""The programme matrix: what is on air, and who sees and hears what of it.

Everybody sees the programme, but for the places that are on screen themselves: they see the others on screen,
or, where they are alone, the return picture. Everybody hears all open microphones but his own (mix-minus).
Nobody is ever sent his own picture as the programme, or his own microphone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from config.model import SLATE, Item, Layout, place_of
from signaling.show import failover
from signaling.show.evolve import Programme, Show
from signaling.show.messages import Reason, Role, Tally


@dataclass(frozen=True, slots=True)
class Sight:
    """What one destination is sent."""

    program: str
    """A source id or `slate`."""
    second: str | None = None
    mics: tuple[str, ...] = ()
    """Sources whose microphones it hears, never its own."""
    is_return: bool = False
    """It is on screen itself, so this is not what everybody sees."""


def programme(show: Show) -> Programme:
    """What should be on air: what a moderator took, else the agenda's source, else what stands in for it.

    Outside the items that is the slate. Microphones are open whether or not their sources are there: `matrix`
    leaves out those that are not.
    """
    item, taken = show.item, show.taken
    wanted = taken or (SLATE if item is None else item.source)
    source = failover.shown(wanted, () if item is None else item.fallback, show.sources)
    # Nothing stands beside the slate: it tells everybody what comes next and fills the screen.
    beside = () if item is None or taken or source == SLATE else item.beside
    company = tuple(s for s in beside if s != source and failover.is_live(s, show.sources))
    layout = item.layout if item is not None and company else Layout.SOLO
    reason: Reason = "fallback" if source != wanted else "take" if taken else "agenda"
    return Programme(source, company, layout, _open_mics(show, wanted, source), reason)


def _open_mics(show: Show, wanted: str, source: str) -> tuple[str, ...]:
    """The item's microphones, that of a taken source besides, and whatever was opened or closed by hand.

    What stands in for a source speaks for it as well. A moderator who takes the slate wants silence.
    """
    mics = () if show.item is None or show.taken == SLATE else show.item.mics
    if show.taken is not None or (source != wanted and wanted in mics):
        mics = (*mics, source)
    by_hand = (s for s, is_open in show.mics.items() if is_open)
    return tuple(s for s in dict.fromkeys((*mics, *by_hand)) if s != SLATE and show.mics.get(s, True))


def matrix(show: Show, destinations: Mapping[str, Role]) -> dict[str, Sight]:
    """What each destination is sent. A venue's or guest's destination is its place; others go by any name."""
    found = programme(show)
    mics = tuple(source for source in found.mics if show.sources.get(source, "absent") != "absent")
    everybody = Sight(found.source, found.beside[0] if found.beside else None, mics)
    on_screen = {place_of(source) for source in (found.source, *found.beside)} - {SLATE}
    return {
        destination: _sight_of_place(show, found, everybody, destination, destination in on_screen)
        if role in ("venue", "guest")
        else everybody
        for destination, role in destinations.items()
    }


def _sight_of_place(show: Show, found: Programme, everybody: Sight, place: str, on_screen: bool) -> Sight:
    mics = tuple(source for source in everybody.mics if place_of(source) != place)
    if not on_screen:
        return Sight(everybody.program, everybody.second, mics)
    others = [source for source in (found.source, *found.beside) if place_of(source) != place]
    program = others[0] if others else return_picture(show, place)
    return Sight(program, others[1] if len(others) > 1 else None, mics, is_return=True)


def return_picture(show: Show, place: str) -> str:
    """What a place alone on screen sees: the first live one of all that may be meant, never its own."""
    others = (source for source in _returns(show) if place_of(source) != place)
    return next((source for source in others if failover.is_live(source, show.sources)), SLATE)


def _returns(show: Show) -> Iterator[str]:
    """Candidates for the return picture, the best first."""
    if show.item is not None and show.item.return_source is not None:
        yield show.item.return_source
    if show.event.host is not None:
        yield show.event.host
    yield from show.recent
    yield from show.sources


def tally(show: Show, coming: Item | None) -> dict[str, Tally]:
    """The light of every source: `on-air` in the programme picture, `next` in that of the item to come."""
    lights: dict[str, Tally] = dict.fromkeys(show.sources, "off")
    if coming is not None:
        lights.update({s: "next" for s in (coming.source, *coming.beside) if s in lights})
    found = programme(show)
    lights.update({s: "on-air" for s in (found.source, *found.beside) if s in lights})
    return lights
