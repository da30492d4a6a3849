"""`schalte check`: every fault of an event file, or one line that says it is good."""

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
        f"{len(event.agenda)} items, {len(event.venues)} venues, {len(event.guests)} guests. No faults."
    )
    return 0
