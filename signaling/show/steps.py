"""The moves that people and the machine share: an item goes on air, the show ends, the programme follows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from config.model import Item
from config.times import Instant
from signaling.show.evolve import Show, replay
from signaling.show.facts import Cut, Ended, EndReason, Fact, ShowEnded, Skipped, Started, StartReason
from signaling.show.routing import programme
from signaling.show.rundown import Row


def put_on_air(
    show: Show, found: tuple[Row, ...], item: Item, at: Instant, ended: EndReason, started: StartReason
) -> Iterator[Fact]:
    """Whatever is on air ends, what lies in between is left out, `item` begins. `found`: the rows at `at`."""
    yield from end_item(show, at, ended)
    for row in found[show.position + 1 : show.index[item.id]]:
        if row.item.id not in show.skipped:
            yield Skipped(item=row.item.id, why=row.skipped or "passed", at=at)
    yield Started(item=item.id, why=started, at=at)


def end_item(show: Show, at: Instant, why: EndReason) -> Iterator[Fact]:
    if show.on_air is not None:
        yield Ended(item=show.on_air, why=why, at=at)


def end_show(show: Show, at: Instant, why: EndReason) -> Iterator[Fact]:
    yield from end_item(show, at, why)
    yield ShowEnded(at=at)


def with_cut(show: Show, facts: Iterable[Fact], at: Instant) -> tuple[Fact, ...]:
    """The facts, and the cut that they bring about, if they do. The last step of everything that happens."""
    facts = tuple(facts)
    after = replay(show, *facts)
    wanted = programme(after)
    if not facts or wanted == after.programme:
        return facts
    cut = Cut(
        source=wanted.source,
        beside=wanted.beside,
        layout=wanted.layout,
        mics=wanted.mics,
        reason=wanted.reason,
        at=at,
    )
    return (*facts, cut)
