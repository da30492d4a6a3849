"""A changed event file, or a plan that moves as a whole: decided here, merged in `merge`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from config.faults import EventFileError
from config.model import SLATE, source_name
from config.times import Instant
from signaling.show.eventtext import EventText
from signaling.show.evolve import evolve
from signaling.show.facts import Fact, Moved, Reloaded
from signaling.show.reasons import CommandRefused
from signaling.show.routing import wanted
from signaling.show.show import Show
from signaling.show.steps import command_facts, settle


def move(show: Show, to: Instant) -> tuple[Fact, ...]:
    """The whole plan shifted so that the first item starts at `to`.

    Raises:
        CommandRefused: the show has begun.
    """
    if show.phase != "before":
        raise CommandRefused("plan-fixed")
    return (Moved(to=to),)


def read_event(yaml: str) -> EventText:
    """The text of an event file, parsed. 1000 items take 0.4 s.

    Raises:
        CommandRefused: the event cannot run; names every fault.
    """
    file = EventText(yaml)
    try:
        _ = file.event
    except EventFileError as error:
        raise CommandRefused("event-file", faults=str(error)) from error
    return file


def reload(show: Show, file: EventText, now: Instant) -> tuple[Fact, ...]:
    """As `apply` of a `reload`, whose file has been read already.

    Raises:
        CommandRefused: it cannot be done now.
    """
    at = show.clock(now)
    return command_facts(show, "reload", tuple(reload_facts(show, file, at)), at)


def restart(show: Show, yaml: str, now: Instant) -> tuple[Fact, ...]:
    """The server was started with another file than the last time: as a reload that nobody can take back.

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
