"""The facts that commands and the clock have in common: an item goes on air, the show ends, the programme cuts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from config.model import Item
from config.times import Instant
from signaling.show import failover, languages
from signaling.show.actions import Asked
from signaling.show.evolve import replay
from signaling.show.facts import Cut, Ended, Fact, ShowEnded, Skipped, Started
from signaling.show.failover import NEVER_FED
from signaling.show.routing import programme, stalled_at_turn, wanted
from signaling.show.rundown import Row
from signaling.show.show import Show
from signaling.show.terms import EndReason, StartReason


def put_on_air(
    show: Show, rows: tuple[Row, ...], item: Item, at: Instant, ended: EndReason, started: StartReason
) -> Iterator[Fact]:
    """The item on air ends, the items in between are skipped, `item` begins. `rows` are those at `at`."""
    yield from end_item(show, at, ended)
    for row in rows[show.position + 1 : show.index[item.id]]:
        if row.item.id not in show.skipped:
            yield Skipped(item=row.item.id, why=row.skipped or "passed", at=at)
    yield Started(item=item.id, why=started, at=at)


def end_item(show: Show, at: Instant, why: EndReason) -> Iterator[Fact]:
    if show.on_air is not None:
        yield Ended(item=show.on_air, why=why, at=at)


def end_show(show: Show, at: Instant, why: EndReason) -> Iterator[Fact]:
    yield from end_item(show, at, why)
    yield ShowEnded(at=at, by_itself=show.on_air is None and why == "auto")


def settle(show: Show, facts: Iterable[Fact], at: Instant) -> tuple[Fact, ...]:
    """The facts, the sources that fail or recover by `at`, the seats that close by then, and the cut that follows, if
    any. Every change ends here."""
    causes = list(facts)
    after = replay(show, *causes)
    verdicts = list(failover.verdicts(after.sources, at))
    after = replay(after, *verdicts)
    # A source stalled at its turn fails at once, so that it does not cut in a moment later.
    stalled = [failover.failure(source, after.sources[source], at) for source in stalled_at_turn(after)]
    after = replay(after, *stalled)
    closed = list(languages.closings(after, at))
    after = replay(after, *closed)
    settled = (*causes, *verdicts, *stalled, *closed)
    return (*settled, *_cut(after, at)) if settled else ()


def command_facts(show: Show, asked: Asked | None, facts: tuple[Fact, ...], at: Instant) -> tuple[Fact, ...]:
    """The facts of a command, settled; `asked` precedes them. None: it is no step that `undo` can take back."""
    if facts and asked is not None:
        facts = (asked, *facts)
    return settle(show, facts, at)


def _cut(show: Show, at: Instant) -> Iterator[Cut]:
    should = programme(show)
    if should == show.programme:
        return
    missed = show.sources.get(wanted(show), NEVER_FED) if should.reason == "fallback" else NEVER_FED
    yield Cut(
        source=should.source,
        beside=should.beside,
        layout=should.layout,
        mics=should.mics,
        reason=should.reason,
        at=at,
        because=missed.failed or missed.why,
    )
