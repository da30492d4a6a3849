"""Which event file a show follows when its server is started again.

The log begins with the file of the first start. A changed one is a reload like any other, so that the log alone
rebuilds the show. A file that is the same as at the last start changes nothing: what moderators reloaded since stays.
"""

from __future__ import annotations

from config.model import Event
from config.times import Instant
from signaling.show import core
from signaling.show.eventtext import EventText
from signaling.show.facts import from_json, to_json
from signaling.showlog.store import Store

BY = "file"
"""Through whom such a reload came, in the log."""


def follow(store: Store, event: Event, text: str, now: Instant) -> Event:
    """Have the show of a log follow `event`, whose file says `text`. Returns the event that the log begins with.

    Raises:
        CommandRefused: what is on air does not permit it.
        EventFileError: the file that the log begins with, or one reloaded since, can no longer be read.
        StoreError, UnknownFact: the log cannot be read or written.
    """
    first = store.event()
    if first is None or store.latest() is None:
        store.keep_event(text)
        return event
    begun_with = event if first == text else EventText(first).event
    last = store.last_by(BY)
    if text != (first if last is None else last.facts[0]["yaml"]):
        show, rev = core.begin(begun_with), 0
        for record in store.records():
            show = core.replay(show, *map(from_json, record.facts))
            rev = record.rev
        facts = core.restart(show, text, now)
        store.append(rev + 1, now, BY, None, [to_json(fact) for fact in facts])
    return begun_with
