"""The interface of the show core: everything that the rest of the control plane calls.

    show = begin(event)
    facts = apply(show, command, now, by)     a command; raises CommandRefused
    facts = report(show, sources, now)        a report of the media plane
    unreported(show, reports)                 what of its reports the show does not have yet
    facts = follow_voice(show, source, now)   a new active speaker
    facts = tick(show, now)                   what time brought about; due(show) says when to call it
    facts = move(show, to)                    a shift of the whole plan, before the show begins
    facts = restart(show, yaml, now)          a changed file at the start of the server
    file = read_event(yaml)                   an event file's text, parsed: slow, so call it in a thread
    facts = reload(show, file, now)           the command `reload`, with the file parsed before
    file = edited(show, command)              the event file with the changes of `edit`: slow, as `read_event`
    facts = edit(show, file, command, now)    the command `edit`, with its file made before
    file_document(show, rev)                  the agenda as the event file says it
    check_base(base, changed, now)            the revision that a reload's file was made from, against those of now
    difference(show, file, now)               what a reload would change
    preview(show, decide, now)                the state right after a command
    command_of(facts)                         the type of the command that caused the facts
    show = evolve(show, fact)                 for each fact, once it is in the log

Pure: no clock, no log, no network. A `Show` is an immutable value.
"""

from __future__ import annotations

from signaling.show.decide import apply, command_of
from signaling.show.difference import difference
from signaling.show.edit import edit, edited, file_document
from signaling.show.evolve import evolve, replay
from signaling.show.machine import SourceReport, due, follow_voice, report, tick, unreported
from signaling.show.preview import Decide, preview
from signaling.show.reasons import CommandRefused
from signaling.show.reload import check_base, move, read_event, reload, restart
from signaling.show.show import Show, begin

__all__ = [
    "CommandRefused",
    "Decide",
    "Show",
    "SourceReport",
    "apply",
    "begin",
    "check_base",
    "command_of",
    "difference",
    "due",
    "edit",
    "edited",
    "evolve",
    "file_document",
    "follow_voice",
    "move",
    "preview",
    "read_event",
    "reload",
    "replay",
    "report",
    "restart",
    "tick",
    "unreported",
]
