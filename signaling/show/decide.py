"""Decides commands: a command becomes facts, or is refused with a reason and a remedy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import assert_never

from config.model import SLATE, Item, Layout, default_layout, source_name
from config.times import HOUR, SECOND, ZERO, Duration, Instant, between, plus, seconds, total
from signaling.show import approvals, messages
from signaling.show.actions import Asked, Undone, undone
from signaling.show.asking import asked
from signaling.show.edit import edit_facts, edited
from signaling.show.evolve import replay
from signaling.show.facts import (
    Admitted,
    Approved,
    Armed,
    Cued,
    Delayed,
    Extended,
    Fact,
    Flagged,
    FloorSet,
    HandoverAsked,
    Held,
    MicSet,
    OutputSet,
    Recovered,
    Released,
    Resumed,
    SeatSet,
    Seen,
    Skipped,
    Taken,
    Unskipped,
)
from signaling.show.languages import made_room
from signaling.show.lookup import (
    find_booth,
    find_item,
    find_language,
    find_output,
    find_source,
    find_to_come,
)
from signaling.show.marking import next_goes_to
from signaling.show.reasons import CommandRefused
from signaling.show.reload import read_event, reload_facts
from signaling.show.rundown import next_row, nominal_end, rows_at
from signaling.show.seats import CLOSED, seat_source
from signaling.show.show import Show
from signaling.show.steps import command_facts, end_item, end_show, put_on_air
from signaling.show.terms import BY_DESK, Author
from signaling.show.wire.commands import (
    Acknowledge,
    Admit,
    Approve,
    Arm,
    Command,
    Cue,
    Delay,
    Edit,
    Extend,
    Flag,
    Goto,
    Handover,
    Hold,
    Interpret,
    Mic,
    Next,
    Previous,
    Release,
    Reload,
    Resume,
    SendMessage,
    SetFloor,
    Skip,
    Start,
    Take,
    Undo,
    Unskip,
)

MAX_SHIFT = Duration(24 * HOUR)
"""Limit of all extensions of one item together, and of all its delays. More is a typing mistake."""

SAME_PRESS = Duration(2 * SECOND)
"""A second `previous` within this time of an item's return is taken for the same wish of another moderator."""


def apply(show: Show, command: Command, now: Instant, by: Author = BY_DESK) -> tuple[Fact, ...]:
    """The facts that `command` causes; none if the show is already as asked.

    `by` is its sender, whom `policy` permits it.

    Raises:
        CommandRefused: it cannot be done now.
    """
    at = show.clock(now)
    facts = tuple(_facts(show, command, by, at))
    return command_facts(show, asked(command, facts, by, at) if _is_step(command, by) else None, facts, at)


def _is_step(command: Command, by: Author) -> bool:
    """Whether `undo` can take a command back. It takes back what moderators decide of the programme and their messages,
    and neither what interpreters do nor their microphones. Cues, flags and confirmations have had their effect, and an
    approval is taken back by itself."""
    match command:
        case Undo() | Interpret() | Handover() | Cue() | Flag() | Acknowledge() | Approve():
            return False
        case _:
            return by.role == "moderator"


def command_of(facts: Sequence[Fact]) -> str | None:
    """The type of the command that caused these facts; None if no command did, or it changed nothing."""
    match facts:
        case [Asked(command=command), *_]:
            return command
        case [Undone(), *_]:
            return "undo"
        case [Admitted(), *_]:
            return "admit"
        case [Approved(), *_]:
            return "approve"
        case [FloorSet(), *_]:
            return "floor"
        case [SeatSet() | OutputSet(), *_]:
            return "interpret"
        case [HandoverAsked(), *_]:
            return "handover"
        case [Cued(), *_]:
            return "cue"
        case [Flagged(), *_]:
            return "flag"
        case [Seen(), *_]:
            return "seen"
        case _:
            return None


def _facts(show: Show, command: Command, by: Author, at: Instant) -> Iterator[Fact]:
    match command:
        case Start():
            yield from _start(show, at)
        case Next(from_=seen):
            yield from _next(show, seen, at)
        case Previous(from_=seen):
            yield from _previous(show, seen, at)
        case Goto(item=item):
            yield from _goto(show, item, at)
        case Arm():
            yield from _arm(show, command, at)
        case Hold():
            if not show.held:
                yield Held(at=at)
        case Resume():
            if show.held:
                yield Resumed(at=at)
        case Extend(seconds=n):
            yield from _extend(show, seconds(n), at)
        case Delay(item=item, seconds=n):
            yield from _delay(show, item, seconds(n), at)
        case Skip(item=item):
            yield from _skip(show, item, at)
        case Unskip(item=item):
            yield from _unskip(show, item, at)
        case Take():
            yield from _take(show, command, at)
        case Release():
            if show.taken is not None:
                yield Released(at=at)
        case Mic(source=source, open=is_open):
            yield from _set_mic(show, source, is_open, at)
        case SendMessage():
            yield from messages.say(show, command, at)
        case Cue():
            yield from messages.cue(show, command, by, at)
        case Flag():
            yield from messages.flag(show, command, by, at)
        case Acknowledge():
            yield from messages.acknowledge(show, command, by, at)
        case Admit(place=place):
            # The runtime decides this, as it knows who waits. A show alone, as in a rehearsal, has no pages.
            raise CommandRefused("nobody-waits", place=f"“{place}”")
        case Approve(place=place, ok=ok):
            yield from approvals.approve(show, place, ok, at)
        case SetFloor(language=language):
            yield from _set_floor(show, language, at)
        case Interpret():
            yield from _interpret(show, command, at)
        case Handover():
            yield from _hand_over(show, command, at)
        case Undo():
            yield _undo(show, by, at)
        case Reload(yaml=yaml):
            yield from reload_facts(show, read_event(yaml), at)
        case Edit():
            yield from edit_facts(show, edited(show, command), command, at)
        case _:
            assert_never(command)


def _start(show: Show, at: Instant) -> Iterator[Fact]:
    if show.phase == "running":
        raise CommandRefused("running")
    if show.phase == "ended":
        raise CommandRefused("ended-start")
    rows = rows_at(show, at)
    first = next_row(rows)
    if first is None:
        raise CommandRefused("all-skipped")
    yield from put_on_air(show, rows, first.item, at, "next", "start")


def _next(show: Show, seen: str | None, at: Instant) -> Iterator[Fact]:
    _check_seen(show, seen, "next")
    if show.phase == "ended":
        raise CommandRefused("ended", **_cause(show))
    rows = rows_at(show, at)
    coming = next_goes_to(show, rows)
    if coming is None:
        yield from end_show(show, at, "next")
    else:
        yield from put_on_air(show, rows, coming.item, at, "next", "next")


def _previous(show: Show, seen: str | None, at: Instant) -> Iterator[Fact]:
    last = _check_seen(show, seen, "previous")
    _check_not_just_back(show, at)
    before = last if show.item is None else _above(show)
    if before is None:
        raise CommandRefused("first-item", item=last.title)
    yield from put_on_air(show, rows_at(show, at), before, at, "previous", "previous")


def _check_not_just_back(show: Show, at: Instant) -> None:
    """In a gap `previous` puts the last item back on air, and `from` names that item before and after.

    So `from` cannot tell a second moderator's press for the same step from a wish to go one further back. Time can.
    """
    item = show.item
    if item is not None and show.runs[item.id].again and between(show.runs[item.id].start, at) < SAME_PRESS:
        raise CommandRefused("just-back", item=item.title, **_cause(show))


def _above(show: Show) -> Item | None:
    """The last item above the one on air that is not skipped, or was skipped as `passed`."""
    above = reversed(show.event.agenda[: show.position])
    return next((item for item in above if show.skipped.get(item.id, "passed") == "passed"), None)


def _check_seen(show: Show, seen: str | None, command: str) -> Item:
    """The item on air or last on air, if the sender named it in `from`."""
    if show.last is None:
        raise CommandRefused("not-begun")
    last = show.event.agenda[show.position]
    if seen is None:
        raise CommandRefused("from-missing", item=last.id, command=command)
    if seen != last.id:
        raise CommandRefused("went-off" if show.item is None else "went-on", item=last.title, **_cause(show))
    return last


def _cause(show: Show) -> dict[str, str]:
    """The details of a refusal that say who put the item on air, or ended it; empty ones if it went on by itself."""
    run = None if show.last is None else show.runs[show.last]
    changed = None if run is None else run.start if run.end is None else run.end
    action = next((action for action in reversed(show.actions) if action.at == changed), None)
    if action is None:
        return {"who": "", "desk": ""}
    return {"who": action.name, "desk": "" if action.desk is None else str(action.desk)}


def _goto(show: Show, wanted: str, at: Instant) -> Iterator[Fact]:
    item = find_item(show, wanted)
    if item.id == show.on_air:
        raise CommandRefused("item-on-air", item=item.title)
    yield from put_on_air(show, rows_at(show, at), item, at, "goto", "goto")


def _extend(show: Show, by: Duration, at: Instant) -> Iterator[Fact]:
    item, end = show.item, nominal_end(show)
    if item is None or end is None:
        raise CommandRefused("nothing-to-extend")
    if by < ZERO and plus(end, by) < at:
        yield from _shorten(show, at)
    elif total(show.runs[item.id].extended, by) > MAX_SHIFT:
        raise CommandRefused("too-long", item=item.title)
    elif by != ZERO:
        yield Extended(item=item.id, by=by, at=at)


def _shorten(show: Show, at: Instant) -> Iterator[Fact]:
    """The item is shortened by more than is left: it ends, and the next begins if its time has come.

    Both are one step, or the slate would show for a moment. A hold does not prevent it, since a person asked for it.
    """
    rows = rows_at(replay(show, *end_item(show, at, "shortened")), at)
    coming = next_row(rows)
    if coming is None:
        yield from end_show(show, at, "shortened")
    elif coming.expected is not None and coming.expected.start <= at:
        yield from put_on_air(show, rows, coming.item, at, "shortened", "auto")
    else:
        yield from end_item(show, at, "shortened")


def _delay(show: Show, wanted: str, by: Duration, at: Instant) -> Iterator[Fact]:
    item = find_to_come(show, wanted)
    if total(show.delays.get(item.id, ZERO), by) > MAX_SHIFT:
        raise CommandRefused("too-late", item=item.title)
    if by != ZERO:
        yield Delayed(item=item.id, by=by, at=at)


def _skip(show: Show, wanted: str, at: Instant) -> Iterator[Fact]:
    item = find_to_come(show, wanted)
    if item.id not in show.skipped:
        yield Skipped(item=item.id, why="asked", at=at)
    if show.armed_item == item.id:
        yield Armed(at=at)


def _unskip(show: Show, wanted: str, at: Instant) -> Iterator[Fact]:
    item = find_to_come(show, wanted)
    if item.id in show.skipped:
        yield Unskipped(item=item.id, at=at)


def _set_mic(show: Show, wanted: str, is_open: bool, at: Instant) -> Iterator[Fact]:
    source = find_source(show, wanted)
    if source == SLATE:
        raise CommandRefused("slate-silent")
    if show.mics.get(source, source in show.programme.mics) != is_open:
        yield MicSet(source=source, open=is_open, at=at)


def _set_floor(show: Show, wanted: str | None, at: Instant) -> Iterator[Fact]:
    language = None if wanted is None else find_language(show, wanted)
    if language != show.floor:
        yield FloorSet(language=language, at=at)


def _interpret(show: Show, command: Interpret, at: Instant) -> Iterator[Fact]:
    """The channel is as it was if the command leaves `to` out. See `languages` for what a seat that opens closes."""
    booth = find_booth(show, command.booth)
    if "to" in command.model_fields_set:
        to = None if command.to is None else find_output(show, booth, command.to)
        if to != show.outputs.get(booth.id):
            yield OutputSet(booth=booth.id, to=to, at=at)
    seat = show.seats.get(seat_source(booth.id, command.seat), CLOSED)
    if seat.open != command.open:
        if command.open:
            yield from made_room(show, booth, at)
        yield SeatSet(booth=booth.id, seat=command.seat, open=command.open, at=at)


def _hand_over(show: Show, command: Handover, at: Instant) -> Iterator[Fact]:
    """The last seat that asks is the one that asks."""
    booth = find_booth(show, command.booth)
    asks = show.asks.get(booth.id)
    if not command.ask:
        if asks == command.seat:
            yield HandoverAsked(booth=booth.id, seat=None, at=at)
    elif not show.seats.get(seat_source(booth.id, command.seat), CLOSED).open:
        raise CommandRefused("seat-closed", seat=command.seat, booth=booth.name)
    elif asks != command.seat:
        yield HandoverAsked(booth=booth.id, seat=command.seat, at=at)


def _undo(show: Show, by: Author, at: Instant) -> Fact:
    if not show.undo:
        raise CommandRefused("nothing-to-undo")
    return undone(show.undo[-1].asked, by, at)


def _take(show: Show, command: Take, at: Instant) -> Iterator[Fact]:
    """An absent source may be taken: its fallback replaces it until it is live, as in an item.

    A failed source that is live again is on air at once, without the 2 s: the moderator sees that it is live.
    """
    source = find_source(show, command.source)
    beside = tuple(find_source(show, name) for name in command.with_)
    if beside and SLATE in (source, *beside):
        raise CommandRefused("slate-alone")
    twice = next((name for n, name in enumerate(beside) if name in (source, *beside[:n])), None)
    if twice is not None:
        raise CommandRefused("source-twice", source=source_name(show.event, twice))
    layout = default_layout(1 + len(beside)) if command.layout is None else Layout(command.layout)
    taken = Taken(source=source, beside=beside, layout=layout, at=at)
    if show.taken is not None and replace(show.taken, at=at) == taken:
        return
    for name in (source, *beside):
        status = show.sources.get(name)
        if status is not None and status.state == "live" and status.failed is not None:
            yield Recovered(source=name, at=at)
    yield taken


def _arm(show: Show, command: Arm, at: Instant) -> Iterator[Fact]:
    """A mark replaces the one before."""
    if command.item is not None and command.source is not None:
        raise CommandRefused("mark-one")
    item = None if command.item is None else find_item(show, command.item)
    source = None if command.source is None else find_source(show, command.source)
    if item is not None and item.id == show.on_air:
        raise CommandRefused("item-on-air", item=item.title)
    if source is not None and source in show.programme.on_screen:
        raise CommandRefused("source-on-air", source=source_name(show.event, source))
    wanted = (None if item is None else item.id, source)
    if wanted != (show.armed_item, show.armed_source):
        yield Armed(item=wanted[0], source=wanted[1], at=at)
