"""Decides changes of the plan: a changed event file, or a shift of the whole plan. `merge` merges the events."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from config.faults import EventFileError
from config.model import SLATE, source_name
from config.times import Instant
from signaling.show.actions import Asked
from signaling.show.eventtext import EventText
from signaling.show.evolve import evolve
from signaling.show.facts import Fact, Moved, Reloaded
from signaling.show.filefaults import file_refusal
from signaling.show.reasons import CommandRefused
from signaling.show.routing import wanted
from signaling.show.show import Show
from signaling.show.steps import command_facts, settle
from signaling.show.terms import BY_DESK, Author


def move(show: Show, to: Instant) -> tuple[Fact, ...]:
    """Shift the whole plan so that the first item starts at `to`.

    Raises:
        CommandRefused: the show has begun.
    """
    if show.phase != "before":
        raise CommandRefused("plan-fixed")
    return (Moved(to=to),)


def read_event(yaml: str) -> EventText:
    """Parse the text of an event file. 1000 items take 0.4 s.

    Raises:
        CommandRefused: the event cannot run; names every fault.
    """
    file = EventText(yaml)
    try:
        _ = file.event
    except EventFileError as error:
        raise file_refusal(error) from error
    return file


def check_base(base: int | None, changed: int, rev: int) -> None:
    """Check that an event file was made from the event as it is now.

    `base` is the revision of the state that its author saw, None where they do not say; `changed` the one with which
    the event last changed, `rev` the present one. A later `base` is that of another run of the server, whose revisions
    between two entries of the log are counted anew.

    Raises:
        CommandRefused: somebody has changed the event since. The file would take that back.
    """
    if base is not None and not changed <= base <= rev:
        raise CommandRefused("file-outdated")


def reload(show: Show, file: EventText, now: Instant, by: Author = BY_DESK) -> tuple[Fact, ...]:
    """The facts of the command `reload`, with its file already parsed.

    Raises:
        CommandRefused: it cannot be done now.
    """
    at = show.clock(now)
    asked = Asked(command="reload", at=at, name=by.name, desk=by.desk)
    return command_facts(show, asked, tuple(reload_facts(show, file, at)), at)


def restart(show: Show, yaml: str, now: Instant) -> tuple[Fact, ...]:
    """The facts of a server start with a changed file. As a reload, but `undo` does not take it back.

    Raises:
        CommandRefused: as for the command.
    """
    at = show.clock(now)
    file = read_event(yaml)
    _check_reload(show, file)
    return settle(show, (Reloaded(yaml=file, at=at, by_start=True),), at)


def reload_facts(show: Show, file: EventText, at: Instant) -> Iterator[Fact]:
    _check_reload(show, file)
    reloaded = Reloaded(yaml=file, at=at)
    if replace(evolve(show, reloaded), latest=show.latest) != show:
        yield reloaded


def _check_reload(show: Show, file: EventText) -> None:
    there = file.event.sources
    on_air = (*show.programme.on_screen, *show.programme.mics, wanted(show))
    gone = next((source for source in on_air if source != SLATE and source not in there), None)
    if gone is not None:
        raise CommandRefused("source-needed", source=source_name(show.event, gone), id=gone)
