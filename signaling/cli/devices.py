"""`schalte devices`: the cameras, microphones and loudspeakers of this machine, by the names for `schalte room`."""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

from bridge.room.devices.listing import DEFAULT_SOUND, ListedDevice, listed
from signaling.cli.output import print_json

ROOT = Path("/")
_LABEL_OF_DEFAULT = "what the system has chosen"


def run(options: argparse.Namespace) -> int:
    found = listed(ROOT)
    has_sound_programs = shutil.which("arecord") is not None and shutil.which("aplay") is not None
    if has_sound_programs:
        found += [
            ListedDevice("microphone", DEFAULT_SOUND, _LABEL_OF_DEFAULT, "capture", DEFAULT_SOUND),
            ListedDevice("loudspeaker", DEFAULT_SOUND, _LABEL_OF_DEFAULT, "playback", DEFAULT_SOUND),
        ]
    if options.json:
        for one in found:
            print_json(
                {"kind": one.kind, "name": one.name, "label": one.label, "can": one.can, "path": one.path}
            )
    else:
        width = max((len(one.name) for one in found), default=0)
        for one in found:
            print(f"{one.kind:<12} {one.name:<{width}}  {one.label} ({one.can})")
    if not any(one.kind == "camera" for one in found):
        print("There is no camera, or the kernel has no driver for it.", file=sys.stderr)
    if not has_sound_programs:
        print("Sound needs arecord and aplay: install alsa-utils.", file=sys.stderr)
    return 0
