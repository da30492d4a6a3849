"""What happens without a command: items end and begin, hard starts cut, fallbacks replace failed sources, a seat that
has handed over closes.

The agenda advances only while a show runs and is not held. The others happen at any time.

Nothing here waits. `due` returns when something happens next, `tick` returns what has happened since. However late
`tick` is called, each fact has the instant at which it was due, and never one before the fact that precedes it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bridge.engine import SourceState, SourceWhy
from config.model import place_of
from config.times import MINUTE, Instant, between
from signaling.show.evolve import replay
from signaling.show.facts import Fact, SourceChanged, Spoke
from signaling.show.failover import next_verdict
from signaling.show.languages import next_closing
from signaling.show.routing import voice_candidates
from signaling.show.rundown import agenda_due, next_row, nominal_end, rows_at
from signaling.show.seats import is_seat
from signaling.show.show import Show
from signaling.show.steps import end_item, end_show, put_on_air, settle

MAX_LATE_START = MINUTE
"""If an automatic start is later than this (the server was down), the first item begins now, with its whole length."""

MAX_KNOWN_SEATS = 16
"""Seats of a booth that send sound or are open, by names that its interpreters choose. At most 8 pages of one link send
sound at a time."""

SourceReport = tuple[SourceState, SourceWhy | None]
"""A source's state and its reason. No reason: nobody has fed it since the server started."""
NOT_SENT: SourceReport = ("absent", None)
"""The report on a source that no peer has sent since the server started."""


def due(show: Show) -> Instant | None:
    """When something happens next without a command; None if nothing does. May lie in the past."""
    moments = (_agenda_due(show), next_verdict(show.sources), next_closing(show))
    moment = min((t for t in moments if t is not None), default=None)
    return None if moment is None else show.clock(moment)


def _agenda_due(show: Show) -> Instant | None:
    """When the agenda next advances or starts automatically."""
    advances = show.phase == "running" or (show.phase == "before" and show.auto_start)
    return agenda_due(show) if advances and not show.held else None


def tick(show: Show, now: Instant) -> tuple[Fact, ...]:
    """Everything that was due until `now`, in order.

    Each round begins a later item, ends an item or the show, decides on a source, or closes a seat. So there are at
    most two rounds for each item and one for each source and seat.
    """
    facts: list[Fact] = []
    while (at := due(show)) is not None and at <= now:
        agenda_at = _agenda_due(show)
        if show.phase == "before" and agenda_at == at and between(at, now) > MAX_LATE_START:
            at = now
        agenda = _agenda_step(show, at) if agenda_at is not None and agenda_at <= at else ()
        settled = settle(show, agenda, at)
        show = replay(show, *settled)
        facts += settled
    return tuple(facts)


def _agenda_step(show: Show, at: Instant) -> Iterator[Fact]:
    """The one step that is due at `at`: an item's time is up, a gap is over, or a hard start has come."""
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
    """The media plane reports new states of sources and seats. All changes of one report cause at most one cut.

    A further seat of a booth is ignored while `MAX_KNOWN_SEATS` of it are known.

    Raises:
        KeyError: the event has no such source or booth.
    """
    at = show.clock(now)
    changes: list[Fact] = []
    after = show
    for source, (state, why) in sources.items():
        if _is_news(after, source, (state, why)):
            changes.append(SourceChanged(source=source, state=state, why=why, at=at))
            after = replay(after, changes[-1])
    return settle(show, changes, at)


def unreported(show: Show, reports: Mapping[str, SourceReport]) -> dict[str, SourceReport]:
    """What `report` is to be called with: the sources and seats that are not as the media plane last reported them.

    `reports` are its last ones on everything that a peer has sent, whether or not the event has it. Nobody has fed
    other sources since the server started.
    """
    seats = (source for source in reports if is_seat(show.event, source))
    last = {source: reports.get(source, NOT_SENT) for source in (*show.sources, *show.seats, *seats)}
    return {source: report for source, report in last.items() if _is_news(show, source, report)}


def _is_news(show: Show, source: str, report: SourceReport) -> bool:
    """Whether a source or seat is not as in this report. A seat that is not known is absent."""
    if not is_seat(show.event, source):
        status = show.sources[source]
    elif source in show.seats:
        status = show.seats[source].status
    else:
        known = sum(place_of(other) == place_of(source) for other in show.seats)
        return report[0] != "absent" and known < MAX_KNOWN_SEATS
    return (status.state, status.why) != report


def follow_voice(show: Show, source: str, now: Instant) -> tuple[Fact, ...]:
    """`voice` found a new active speaker. No facts if the item on air does not follow this source's voice."""
    if source == show.speaker or source not in voice_candidates(show):
        return ()
    at = show.clock(now)
    return settle(show, [Spoke(source=source, at=at)], at)
