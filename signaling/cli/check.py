"""`schalte check`: every fault of an event file, or one line without faults."""

from __future__ import annotations

import argparse

from config.times import to_datetime
from signaling.cli.event import load_event


def run(options: argparse.Namespace) -> int:
    event = load_event(options.event)
    first, last = event.agenda[0].planned.start, max(item.planned.end for item in event.agenda)
    begins, ends = (to_datetime(t, event.timezone) for t in (first, last))
    until = f"{ends:%H:%M}" if ends.date() == begins.date() else f"{ends:%Y-%m-%d %H:%M}"
    print(
        f"{options.event}: “{event.title}”, {begins:%Y-%m-%d %H:%M}–{until} {event.timezone.key}: "
        f"{_count(len(event.agenda), 'item')}, {_count(len(event.venues), 'venue')}, "
        f"{_count(len(event.guests), 'guest')}. No faults."
    )
    return 0


def _count(n: int, what: str) -> str:
    return f"{n} {what}" if n == 1 else f"{n or 'no'} {what}s"
