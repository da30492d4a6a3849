"""Rebuilds the show from its log, with the event file that the server was started with.

The log begins with the file of the first start. A changed file is a reload like any other, so that the log alone
rebuilds the show. A file that is the same as at the last start changes nothing: what moderators reloaded since stays.
"""

from __future__ import annotations

from dataclasses import dataclass

from config.model import Event
from config.times import Instant
from signaling.show import core
from signaling.show.core import Show
from signaling.show.eventtext import EventText
from signaling.show.facts import from_json, to_json
from signaling.showlog.answered import AnsweredCommands, AppliedCommand
from signaling.showlog.interface import LogEntry, ShowLog

BY_FILE = "file"
"""`LogEntry.by` of a reload because the server was started with another file."""


@dataclass(frozen=True, slots=True)
class ReplayedLog:
    """The show that a log rebuilds."""

    first_event: Event
    """The event that the log begins with."""
    show: Show
    rev: int
    """Of the last entry."""
    event_rev: int
    """Of the last entry that changed the event; 0: none did."""
    count: int
    """Number of entries."""
    answered: AnsweredCommands


def replay_log(
    show_log: ShowLog, event: Event, text: str, now: Instant, *, auto_start: bool = False
) -> ReplayedLog:
    """Rebuild the show of a log. If `text`, the file of `event`, is another one than at the last start, reload it.

    `auto_start`: the show begins by itself at its first item's time.

    Raises:
        CommandRefused: what is on air does not permit that file.
        EventFileError: the file that the log begins with, or one reloaded since, can no longer be read.
        ShowLogError, UnknownFact: the log cannot be read or written.
    """
    first_file = EventText(show_log.event)
    first_event = event if show_log.event == text else first_file.event
    show, rev, event_rev, count = core.begin(first_event, first_file, auto_start=auto_start), 0, 0, 0
    answered, followed = AnsweredCommands(), show_log.event
    for entry in show_log.read_from(1):
        facts = [from_json(fact) for fact in entry.facts]
        event, show = show.event, core.replay(show, *facts)
        rev, count = entry.rev, count + 1
        if show.event is not event:
            event_rev = rev
        if entry.command is not None:
            answered.add(entry.by, entry.command, AppliedCommand(rev, core.command_of(facts)))
        if entry.by == BY_FILE:
            followed = entry.facts[0]["yaml"]
    if text != followed:
        reload = core.restart(show, text, now)
        rev, event_rev, count = rev + 1, rev + 1, count + 1
        show_log.append(LogEntry(now, BY_FILE, None, rev, [to_json(fact) for fact in reload]), count)
        show = core.replay(show, *reload)
    return ReplayedLog(first_event, show, rev, event_rev, count, answered)
