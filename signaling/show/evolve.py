"""How facts change the show: `begin(event)`, then `evolve(show, fact)` for every fact of the log.

This holds the first invariant: only facts change a `Show`, so replaying the log rebuilds it exactly. This file decides
nothing. `decide` turns commands into facts, `machine` turns time and source reports into facts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import assert_never

from config.model import SLATE, place_of
from config.times import ZERO, Duration, Instant, between, total
from signaling.show import approvals, failover, languages, merge, seats
from signaling.show.actions import Action, Asked, Undone
from signaling.show.checks import Checked
from signaling.show.eventtext import EventText
from signaling.show.facts import (
    Admitted,
    Approved,
    Armed,
    Cued,
    Cut,
    Delayed,
    Ended,
    Extended,
    Fact,
    Failed,
    Flagged,
    FloorSet,
    HandoverAsked,
    Held,
    MicSet,
    Moved,
    OutputSet,
    Recovered,
    Released,
    Reloaded,
    Resumed,
    Said,
    SeatSet,
    Seen,
    ShowEnded,
    Skipped,
    SourceChanged,
    Spoke,
    Started,
    Taken,
    Unskipped,
)
from signaling.show.failover import NEVER_FED, SourceStatus
from signaling.show.recipients import AT_DESK, SPEAKER, places, recipients
from signaling.show.seats import Seat
from signaling.show.show import MAX_ACTIONS, MAX_SEEN_MESSAGES, MAX_UNDO_STEPS, Programme, Run, Show, UndoStep


def evolve(show: Show, fact: Fact) -> Show:
    """The show after `fact`.

    Defined for every fact in every state. A fact that names an unknown item or source changes only the time: the event
    file may have changed between two runs of the server.
    """
    match fact:
        case Moved(to=to):
            return _moved(show, to)
        case Asked():
            before = UndoStep(fact, replace(show, undo=()))
            after = _acted(replace(show, undo=(*show.undo, before)[-MAX_UNDO_STEPS:]), fact)
        case Undone():
            after = _acted(_undone(show), fact)
        case Checked():
            after = show
        case Started():
            after = _started(show, fact)
        case Ended():
            after = _ended(show, fact)
        case Skipped(item=item, why=why):
            after = replace(show, skipped={**show.skipped, item: why}) if item in show.index else show
        case Unskipped(item=item):
            after = replace(show, skipped={i: why for i, why in show.skipped.items() if i != item})
        case Delayed(item=item, by=by):
            after = _delayed(show, item, by)
        case Reloaded(yaml=file):
            after = _reloaded(show, file)
        case ShowEnded():
            after = replace(_cleared(show), phase="ended", on_air=None)
        case Extended(item=item, by=by):
            after = _extended(show, item, by)
        case Held():
            after = replace(show, held=True)
        case Resumed():
            after = replace(show, held=False)
        case Taken():
            after = replace(show, taken=_known_pictures(fact, show.sources) or show.taken)
        case Released():
            after = replace(show, taken=None)
        case MicSet(source=source, open=is_open):
            after = replace(show, mics={**show.mics, source: is_open}) if source in show.sources else show
        case FloorSet(language=language):
            after = replace(show, floor=language) if language in (None, *show.event.languages) else show
        case SeatSet():
            after = _seat_set(show, fact)
        case OutputSet():
            after = _output_set(show, fact)
        case HandoverAsked():
            after = _handover_asked(show, fact)
        case Said():
            after = _said(show, fact)
        case Cued():
            after = _cued(show, fact)
        case Flagged():
            after = _flagged(show, fact)
        case Seen():
            after = _seen(show, fact)
        case Admitted(place=place):
            # Which page feeds a source is not part of the show; whether a guest has been let in is.
            after = replace(show, admitted=show.admitted | {place})
        case Approved():
            after = replace(show, approved=approvals.with_approval(show, fact))
        case Armed():
            after = _armed(show, fact)
        case SourceChanged() | Failed() | Recovered():
            after = _source(show, fact)
        case Spoke(source=source):
            after = replace(show, speaker=source) if source in show.sources else show
        case Cut():
            after = _cut(show, fact)
        case _:
            assert_never(fact)
    if _is_automatic(fact):
        after = replace(after, undo=())
    latest = show.clock(fact.at)
    return replace(after, latest=latest, carried=languages.carried(show, after, latest))


def replay(show: Show, *facts: Fact) -> Show:
    """The show after several facts."""
    for fact in facts:
        show = evolve(show, fact)
    return show


def _is_automatic(fact: Fact) -> bool:
    """The agenda advanced without a command. Undoing an earlier command would undo that as well."""
    match fact:
        case (
            Started(why="time" | "hard")
            | Ended(why="auto" | "hard")
            | ShowEnded(by_itself=True)
            | Reloaded(by_start=True)
        ):
            return True
        case _:
            return False


def _acted(show: Show, action: Action) -> Show:
    return replace(show, actions=(*show.actions, action)[-MAX_ACTIONS:])


def _undone(show: Show) -> Show:
    """As before the last step, except what no step decides: sources, the active speaker, what was on air, the
    interpreters' booths, cues, flags, approvals and who has read what. What an interpreter said of the floor stays
    while the same item is on air."""
    if not show.undo:
        return show
    step = show.undo[-1]
    before = step.show
    floor_stays = show.on_air == before.on_air and step.asked.command not in ("floor", "reload", "edit")
    return replace(
        _with_booths_of(show, before),
        floor=show.floor if floor_stays else before.floor,
        sources={source: show.sources.get(source, old) for source, old in before.sources.items()},
        speaker=show.speaker if show.on_air == before.on_air else before.speaker,
        actions=show.actions,
        seen=show.seen,
        cues=show.cues,
        flags=show.flags,
        answered=show.answered,
        admitted=show.admitted,
        approved=show.approved,
        programme=show.programme,
        since=show.since,
        recent=tuple(source for source in show.recent if source in before.sources),
        undo=show.undo[:-1],
    )


def _with_booths_of(show: Show, plan: Show) -> Show:
    """`plan` with the booths as in `show`. A booth that only one of them has is closed."""
    return replace(
        plan,
        seats={s: seat for s, seat in show.seats.items() if place_of(s) in plan.event.booths},
        outputs={
            booth: to
            for booth, to in show.outputs.items()
            if booth in plan.event.booths and to in plan.event.booths[booth].languages
        },
        asks={booth: seat for booth, seat in show.asks.items() if booth in plan.event.booths},
    )


def _delayed(show: Show, item: str, by: Duration) -> Show:
    if item not in show.index:
        return show
    return replace(show, delays={**show.delays, item: total(show.delays.get(item, ZERO), by)})


def _started(show: Show, fact: Started) -> Show:
    """The item is on air, all below it is to come again, and manual settings end."""
    position = show.index.get(fact.item)
    if position is None:
        return replace(_cleared(show), phase="running", on_air=None)
    above = {item: run for item, run in show.runs.items() if show.index[item] < position}
    skipped = {
        item: why
        for item, why in show.skipped.items()
        if item != fact.item and (why in ("file", "asked") or show.index[item] < position)
    }
    return replace(
        _cleared(show),
        phase="running",
        on_air=fact.item,
        last=fact.item,
        runs={**above, fact.item: Run(fact.at, again=show.on_air is None and fact.item == show.last)},
        skipped=skipped,
    )


def _cleared(show: Show) -> Show:
    """Without everything that lasts until the next item at most."""
    return replace(
        show,
        taken=None,
        speaker=None,
        armed_item=None,
        armed_source=None,
        mics={},
        floor=None,
        messages={to: said for to, said in show.messages.items() if to != SPEAKER},
        cues={to: cued for to, cued in show.cues.items() if to != SPEAKER},
    )


def _seat_set(show: Show, fact: SeatSet) -> Show:
    if fact.booth not in show.event.booths:
        return show
    # A seat that opens has taken over.
    asks = {b: s for b, s in show.asks.items() if b != fact.booth} if fact.open else show.asks
    return _with_seats(replace(show, asks=asks), seats.with_switched(show.seats, fact))


def _with_seats(show: Show, found: Mapping[str, Seat]) -> Show:
    """The show with these seats. A seat that is not known any more does not ask any more."""
    asks = {booth: seat for booth, seat in show.asks.items() if seats.seat_source(booth, seat) in found}
    return replace(show, seats=found, asks=asks)


def _known_pictures(taken: Taken, sources: Mapping[str, SourceStatus]) -> Taken | None:
    """The taken pictures without unknown sources; None if the main one is unknown."""
    if taken.source != SLATE and taken.source not in sources:
        return None
    return replace(taken, beside=tuple(source for source in taken.beside if source in sources))


def _output_set(show: Show, fact: OutputSet) -> Show:
    booth = show.event.booths.get(fact.booth)
    if booth is None or fact.to not in (None, *booth.languages):
        return show
    others = {booth: to for booth, to in show.outputs.items() if booth != fact.booth}
    return replace(show, outputs=others if fact.to is None else {**others, fact.booth: fact.to})


def _handover_asked(show: Show, fact: HandoverAsked) -> Show:
    others = {booth: seat for booth, seat in show.asks.items() if booth != fact.booth}
    if fact.seat is None:
        return replace(show, asks=others)
    is_known = seats.seat_source(fact.booth, fact.seat) in show.seats
    return replace(show, asks={**others, fact.booth: fact.seat}) if is_known else show


def _said(show: Show, said: Said) -> Show:
    if said.to not in recipients(show.event):
        return show
    others = {to: message for to, message in show.messages.items() if to != said.to}
    return replace(show, messages=others if said.text == "" else {**others, said.to: said})


def _cued(show: Show, cued: Cued) -> Show:
    if cued.to not in recipients(show.event):
        return show
    return replace(show, cues={**show.cues, cued.to: cued})


def _flagged(show: Show, flagged: Flagged) -> Show:
    of = flagged.of
    others = {id: flag for id, flag in show.flags.items() if id != of}
    if flagged.text is None or of not in (*places(show.event), AT_DESK):
        raised = show.flags.get(of) if flagged.answered else None
        answered = {} if raised is None else {of: (raised, flagged.at)}
        return replace(show, flags=others, answered={**show.answered, **answered})
    return replace(show, flags={**others, of: flagged})


def _seen(show: Show, seen: Seen) -> Show:
    before = show.seen.get(seen.message, {})
    readers = before if seen.by in before else {**before, seen.by: seen.at}
    others = {id: by for id, by in show.seen.items() if id != seen.message}
    kept = dict([*others.items(), (seen.message, readers)][-MAX_SEEN_MESSAGES:])
    return replace(show, seen=kept)


def _armed(show: Show, fact: Armed) -> Show:
    if fact.item is not None and fact.item not in show.index:
        return show
    if fact.source is not None and fact.source != SLATE and fact.source not in show.sources:
        return show
    return replace(show, armed_item=fact.item, armed_source=fact.source)


def _source(show: Show, fact: SourceChanged | Failed | Recovered) -> Show:
    if isinstance(fact, SourceChanged) and seats.is_seat(show.event, fact.source):
        return _with_seats(show, seats.with_report(show.seats, fact))
    status = show.sources.get(fact.source)
    if status is None:
        return show
    match fact:
        case SourceChanged():
            status = failover.after_report(status, fact)
        case Failed(why=why):
            status = replace(status, failed=why)
        case Recovered():
            status = replace(status, failed=None)
    return replace(show, sources={**show.sources, fact.source: status})


def _ended(show: Show, fact: Ended) -> Show:
    if fact.item != show.on_air:
        return show
    run = replace(show.runs[fact.item], end=fact.at)
    return replace(show, on_air=None, speaker=None, runs={**show.runs, fact.item: run})


def _extended(show: Show, item: str, by: Duration) -> Show:
    if item != show.on_air:
        return show
    run = show.runs[item]
    return replace(show, runs={**show.runs, item: replace(run, extended=total(run.extended, by))})


def _cut(show: Show, cut: Cut) -> Show:
    """Only a changed source or reason counts as a new time on air, not second pictures or microphones."""
    before = show.programme
    programme = Programme(cut.source, cut.beside, cut.layout, cut.mics, cut.reason)
    same = (before.source, before.reason) == (cut.source, cut.reason)
    seen = [source for source in programme.on_screen if source in show.sources]
    return replace(
        show,
        programme=programme,
        since=show.since if same else cut.at,
        armed_source=None if show.armed_source in programme.on_screen else show.armed_source,
        recent=tuple(dict.fromkeys((*seen, *show.recent))),
    )


def _moved(show: Show, to: Instant) -> Show:
    first = next((item for item in show.event.agenda if item.id not in show.skipped), None)
    if first is None:
        return show
    # All above it is skipped, so without a start of its own it begins where the agenda does.
    begins = show.event.agenda[0].planned.start if first.start is None else first.start
    by = between(begins, to)
    # Undoing an earlier command would undo the move as well.
    return replace(show, event=merge.shifted(show.event, by), moved=total(show.moved, by), undo=())


def _reloaded(show: Show, file: EventText) -> Show:
    """The new event with the past of this show. Manual settings stay if their item, source, booth or language still
    exists. Microphone settings always stay, since they last until the next item at most."""
    new = merge.shifted(file.event, show.moved)
    event = merge.merged(show.event, new, show.position, show.runs, show.on_air)
    index = {item.id: n for n, item in enumerate(event.agenda)}
    position = -1 if show.last is None else index.get(show.last, -1)
    sources = {source: show.sources.get(source, NEVER_FED) for source in event.sources}
    skipped = merge.merged_skips(show.event, event, position, show.skipped)
    is_marked = show.armed_item in index and (
        show.armed_item in show.skipped or show.armed_item not in skipped
    )
    return replace(
        _with_booths_of(show, replace(show, event=event)),
        file=file,
        index=index,
        sources=sources,
        skipped=skipped,
        delays={item: by for item, by in show.delays.items() if item in index},
        floor=show.floor if show.floor in event.languages else None,
        taken=None if show.taken is None else _known_pictures(show.taken, sources),
        speaker=show.speaker if show.speaker in sources else None,
        armed_item=show.armed_item if is_marked else None,
        armed_source=show.armed_source
        if show.armed_source == SLATE or show.armed_source in sources
        else None,
        recent=tuple(source for source in show.recent if source in sources),
        approved=approvals.still_there(show.approved, event),
    )
