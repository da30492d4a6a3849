"""What happens by itself, at its instant: items end and begin, hard starts cut, others stand in for the lost.

Nothing here waits. `due` says when something happens next, `tick` says what has happened since. However late
it is called, each fact bears the instant at which it was due, and never one before the fact it follows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from config.times import Instant
from signaling.show.evolve import Show, replay
from signaling.show.facts import Fact, SourceChanged
from signaling.show.messages import SourceState
from signaling.show.rundown import next_by_itself, next_row, own_end, rows
from signaling.show.steps import end_item, end_show, put_on_air, with_cut


def due(show: Show) -> Instant | None:
    """When something happens by itself next; None if nothing does. May have passed."""
    if show.phase != "running" or show.held:
        return None
    moment = next_by_itself(show)
    return None if moment is None else show.clock(moment)


def tick(show: Show, now: Instant) -> tuple[Fact, ...]:
    """Everything that was due until `now`, in order; nothing is due until then afterwards.

    Each round begins an item further down, or ends one or the show: at most two for each item.
    """
    facts: list[Fact] = []
    while (at := due(show)) is not None and at <= now:
        happened = with_cut(show, _happen(show, at), at)
        show = replay(show, *happened)
        facts += happened
    return tuple(facts)


def _happen(show: Show, at: Instant) -> Iterator[Fact]:
    """The one thing that is due at `at`: an item's time is up, a gap is over, or a hard start has come."""
    found = rows(show, at)
    coming = next_row(found)
    end = own_end(show)
    is_over = show.item is not None and show.item.advance == "auto" and end is not None and end <= at
    if coming is None:
        yield from end_show(show, at, "auto")
    elif coming.expected is not None and coming.expected.start <= at:
        if show.item is None:
            yield from put_on_air(show, found, coming.item, at, "auto", "time")
        elif is_over:
            yield from put_on_air(show, found, coming.item, at, "auto", "auto")
        else:
            yield from put_on_air(show, found, coming.item, at, "hard", "hard")
    else:
        yield from end_item(show, at, "auto")


def report(show: Show, states: Mapping[str, SourceState], now: Instant) -> tuple[Fact, ...]:
    """What the media plane says has become of sources. However many change at once, they bring about one cut.

    Raises:
        KeyError: the event has no such source.
    """
    at = show.clock(now)
    changes = [
        SourceChanged(source=source, state=state, at=at)
        for source, state in states.items()
        if show.sources[source] != state
    ]
    return with_cut(show, changes, at)
