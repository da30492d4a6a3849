"""The front door of the show core: everything that the rest of the control plane calls.

    show = begin(event)
    facts = apply(show, command, now)         what people want; raises Refused
    facts = report(show, sources, now)        what the media plane saw
    facts = follow_voice(show, source, now)          whose voice it heard
    facts = tick(show, now)                   what happened by itself; due(show) says when to ask
    facts = move(show, to)                    the whole plan shifted, before it begins
    facts = restart(show, yaml, now)          the server was started with another file than the last time
    file = read_event(yaml)                   the text of an event file, parsed: slow, so in a thread
    facts = reload(show, file, now)           as apply of a reload whose file was read before
    difference(show, file, now)               what a reload would change
    command_of(facts)                         the type of the command that brought them about
    show = evolve(show, fact)                 for each fact, once it is in the log

Pure: no clock, no log, no network. A `Show` is a value; asking costs nothing and changes nothing.
"""

from __future__ import annotations

from signaling.show.decide import apply, command_of
from signaling.show.difference import difference
from signaling.show.evolve import evolve, replay
from signaling.show.machine import SourceReport, due, follow_voice, report, tick
from signaling.show.reasons import CommandRefused
from signaling.show.reload import move, read_event, reload, restart
from signaling.show.show import Show, begin

__all__ = [
    "CommandRefused",
    "Show",
    "SourceReport",
    "apply",
    "begin",
    "command_of",
    "difference",
    "due",
    "evolve",
    "follow_voice",
    "move",
    "read_event",
    "reload",
    "replay",
    "report",
    "restart",
    "tick",
]
