"""Devices that a test can unplug: this machine's kernel may have none."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path
from typing import Self

from bridge.room.testcard import TestCard

FPS = 15

_ARECORD = """\
#!/usr/bin/env python3
# Stands for `arecord` with a microphone that is there while the file "{plug}" exists.
import pathlib, sys, time
plug = pathlib.Path("{plug}")
if not plug.exists():
    sys.exit("arecord: main:831: audio open error: No such file or directory")
second, began, n = plug.read_bytes(), time.monotonic(), 0
while plug.exists():
    at = n % 50 * 3840
    sys.stdout.buffer.write(second[at : at + 3840])
    sys.stdout.buffer.flush()
    n += 1
    time.sleep(max(0.0, began + n / 50 - time.monotonic()))
sys.exit("arecord: pcm_read:2221: read error: No such device")
"""


def install_arecord(folder: Path, plug: Path) -> None:
    """Put an `arecord` into `folder`, whose microphone hears the second of stereo samples in the file `plug`."""
    folder.mkdir(exist_ok=True)
    program = folder / "arecord"
    program.write_text(_ARECORD.format(plug=plug))
    program.chmod(0o755)


class CameraCable:
    """A test card as YUV4MPEG2 in a pipe, while it is entered. An unplugged camera ends likewise."""

    def __init__(self, pipe: Path, card: TestCard) -> None:
        self._pipe, self._card = pipe, card
        if not pipe.exists():
            os.mkfifo(pipe)
        self._unplugged = threading.Event()

    def __enter__(self) -> Self:
        self._unplugged.clear()
        self._thread = threading.Thread(target=self._feed, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._unplugged.set()
        # A pipe that nobody reads cannot be opened for writing; a reader lets the thread end.
        reader = os.open(self._pipe, os.O_RDONLY | os.O_NONBLOCK)
        self._thread.join(10)
        os.close(reader)

    def _feed(self) -> None:
        card = self._card
        try:
            with self._pipe.open("wb") as out:
                out.write(f"YUV4MPEG2 W{card.width} H{card.height} F{FPS}:1 Ip A1:1 C420jpeg\n".encode())
                n = 0
                while not self._unplugged.is_set():
                    picture = card.paint(time.time(), n)
                    out.write(b"FRAME\n")
                    for plane in (picture.y, picture.u, picture.v):
                        out.write(plane)
                    out.flush()
                    n += 1
                    self._unplugged.wait(1 / FPS)
        except BrokenPipeError:
            return
