"""`schalte rehearse`: the whole day on a virtual clock, in seconds."""

from __future__ import annotations

import argparse

from signaling.cli.event import load_event, load_script
from signaling.cli.output import print_json
from signaling.show.rehearsal import as_text, rehearse


def run(options: argparse.Namespace) -> int:
    event = load_event(options.event)
    script = [] if options.script is None else load_script(options.script, event)
    lines = rehearse(event, script)
    if options.json:
        for line in lines:
            print_json(line)
    else:
        for text in as_text(lines, event):
            print(text)
    return 0
