"""Which event file a show follows when its server is started again.

The log begins with the file of the first start. A changed file is a reload like any other, so that the log alone
rebuilds the show. A file that is the same as at the last start changes nothing: what moderators reloaded since stays.
"""

from __future__ import annotations

from config.model import Event
from config.times import Instant
from signaling.show import core
from signaling.show.eventtext import EventText
from signaling.show.facts import from_json, to_json
from signaling.showlog.interface import LogEntry, ShowLog

BY = "file"
"""`LogEntry.by` of such a reload."""


def follow(show_log: ShowLog, event: Event, text: str, now: Instant) -> Event:
    """Have the show of a log follow `event`, whose file says `text`. Returns the event that the log begins with.

    Raises:
        CommandRefused: what is on air does not permit it.
        EventFileError: the file that the log begins with, or one reloaded since, can no longer be read.
        ShowLogError, UnknownFact: the log cannot be read or written.
    """
    begun_with = event if show_log.event == text else EventText(show_log.event).event
    followed = show_log.event
    for entry in show_log.read_from(1):
        if entry.by == BY:
            followed = entry.facts[0]["yaml"]
    if text != followed:
        show, rev, number = core.begin(begun_with), 0, 0
        for entry in show_log.read_from(1):
            show = core.replay(show, *map(from_json, entry.facts))
            rev, number = entry.rev, number + 1
        facts = [to_json(fact) for fact in core.restart(show, text, now)]
        show_log.append(LogEntry(now, BY, None, rev + 1, facts), number + 1)
    return begun_with
