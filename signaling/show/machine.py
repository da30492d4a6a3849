"""What happens by itself, at its instant: items end and begin, hard starts cut, others stand in for the lost.

A hold, or that no show is running, stops the agenda. It does not stop sources from failing and recovering.

Nothing here waits. `due` says when something happens next, `tick` says what has happened since. However late
it is called, each fact bears the instant at which it was due, and never one before the fact it follows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bridge.engine import SourceState, SourceWhy
from config.times import MINUTE, Instant, between
from signaling.show.evolve import replay
from signaling.show.facts import Fact, SourceChanged, Spoke
from signaling.show.failover import next_verdict
from signaling.show.routing import voice_candidates
from signaling.show.rundown import agenda_due, next_row, nominal_end, rows_at
from signaling.show.show import Show
from signaling.show.steps import end_item, end_show, put_on_air, settle

MAX_LATE_START = MINUTE
"""A show that begins by itself so much too late (its server was not up) begins with its first item, not in the middle
of it."""

SourceReport = tuple[SourceState, SourceWhy | None]
"""What has become of a source, and why. No reason: nobody has fed it since the server began."""


def due(show: Show) -> Instant | None:
    """When something happens by itself next; None if nothing does. May have passed."""
    moments = (_agenda_due(show), next_verdict(show.sources))
    moment = min((t for t in moments if t is not None), default=None)
    return None if moment is None else show.clock(moment)


def _agenda_due(show: Show) -> Instant | None:
    """When the agenda goes on by itself, or begins to."""
    goes_on = show.phase == "running" or (show.phase == "before" and show.auto_start)
    return agenda_due(show) if goes_on and not show.held else None


def tick(show: Show, now: Instant) -> tuple[Fact, ...]:
    """Everything that was due until `now`, in order; nothing is due until then afterwards.

    Each round begins an item further down, or ends one or the show, or decides on a source: at most two for each item,
    and one for each source.
    """
    facts: list[Fact] = []
    while (at := due(show)) is not None and at <= now:
        goes_on = _agenda_due(show)
        if show.phase == "before" and goes_on == at and between(at, now) > MAX_LATE_START:
            at = now
        agenda = _agenda_step(show, at) if goes_on is not None and goes_on <= at else ()
        happened = settle(show, agenda, at)
        show = replay(show, *happened)
        facts += happened
    return tuple(facts)


def _agenda_step(show: Show, at: Instant) -> Iterator[Fact]:
    """The one thing that is due at `at`: an item's time is up, a gap is over, or a hard start has come."""
    rows = rows_at(show, at)
    coming = next_row(rows)
    end = nominal_end(show)
    is_over = show.item is not None and show.item.advance == "auto" and end is not None and end <= at
    if coming is None:
        yield from end_show(show, at, "auto")
    elif coming.expected is not None and coming.expected.start <= at:
        if show.item is None:
            yield from put_on_air(show, rows, coming.item, at, "auto", "time")
        elif is_over:
            yield from put_on_air(show, rows, coming.item, at, "auto", "auto")
        else:
            yield from put_on_air(show, rows, coming.item, at, "hard", "hard")
    else:
        yield from end_item(show, at, "auto")


def report(show: Show, sources: Mapping[str, SourceReport], now: Instant) -> tuple[Fact, ...]:
    """What the media plane says has become of sources. However many change at once, they bring about one cut.

    Raises:
        KeyError: the event has no such source.
    """
    at = show.clock(now)
    changes = [
        SourceChanged(source=source, state=state, why=why, at=at)
        for source, (state, why) in sources.items()
        if (show.sources[source].state, show.sources[source].why) != (state, why)
    ]
    return settle(show, changes, at)


def follow_voice(show: Show, source: str, now: Instant) -> tuple[Fact, ...]:
    """Whose voice is the one to follow, as `voice` heard it; nothing where the item on air follows none, or not his."""
    if source == show.speaker or source not in voice_candidates(show):
        return ()
    at = show.clock(now)
    return settle(show, [Spoke(source=source, at=at)], at)
