"""`schalte agenda`: the agenda of an event file as iCalendar or as `schedule.json`, without a server."""

from __future__ import annotations

import argparse
import json
import sys

from signaling.cli.errors import InvalidInput
from signaling.cli.event import load_event
from signaling.clock import ShowClock
from signaling.show.core import begin
from signaling.show.export.ical import calendar
from signaling.show.export.programme import UnknownPlace, published_items, zone_of
from signaling.show.export.schedule import schedule


def run(options: argparse.Namespace) -> int:
    event = load_event(options.event)
    try:
        zone = zone_of(event, options.zone)
    except UnknownPlace as fault:
        raise InvalidInput(f"--zone: {fault}") from fault
    # The expected times before the show begins, on any day.
    found = list(published_items(begin(event), event.agenda[0].planned.start))
    if options.form == "ics":
        # There is no log with the time of the last change; the time of export lets a later file replace an earlier one.
        document = calendar(event, found, zone, ShowClock().now())
    else:
        made = schedule(event, found, version="plan")
        document = (json.dumps(made, indent=2, ensure_ascii=False) + "\n").encode()
    # Bytes: the lines of a calendar end in CR LF on every system.
    sys.stdout.buffer.write(document)
    return 0
