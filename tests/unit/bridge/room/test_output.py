"""Sound that a room plays on a device: by the real `aplay`, on a plug-in of ALSA that writes a file."""

from __future__ import annotations

import shutil
import threading
import time
from array import array
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from bridge.room.output import MAX_QUEUED_FRAMES, TRIM_INTERVAL_FRAMES, Playback, _Device
from bridge.room.tone import PACKET_SAMPLES

needs_aplay = pytest.mark.skipif(
    shutil.which("aplay") is None, reason="needs aplay; on Debian: apt-get install alsa-utils"
)

FRAME = array("h", [1000, -1000] * PACKET_SAMPLES)


class SoundCard:
    """A loudspeaker that can be unplugged: `hall` of an ALSA configuration of its own."""

    def __init__(self, folder: Path) -> None:
        self._configuration = folder / "asound.conf"
        self.heard = folder / "heard.raw"
        self.unplug()

    def plug_in(self) -> None:
        self._write(
            "pcm.nothing { type null }\n"
            f"pcm.hall {{ type file slave.pcm nothing file {self.heard} format raw }}\n"
        )

    def unplug(self) -> None:
        self._write("")

    def _write(self, text: str) -> None:
        self._configuration.write_text(f"</usr/share/alsa/alsa.conf>\n{text}")


@pytest.fixture
def card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SoundCard:
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(tmp_path / "asound.conf"))
    return SoundCard(tmp_path)


def wait(condition: Callable[[], bool], playback: Playback) -> None:
    """Play until `condition` holds."""
    until = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < until
        playback.play("mic", FRAME)
        time.sleep(0.02)


@needs_aplay
def test_a_loudspeaker_that_comes_later_is_played_and_one_that_is_back_is_played_again(
    card: SoundCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[_Device] = []
    open_device = _Device.__init__

    def note(self: _Device, device: str) -> None:
        opened.append(self)
        open_device(self, device)

    monkeypatch.setattr(_Device, "__init__", note)
    playback = Playback.open("hall")
    try:
        wait(lambda: playback.status == "missing", playback)
        card.plug_in()
        wait(lambda: playback.status == "works", playback)
        wait(lambda: card.heard.exists() and FRAME.tobytes() in card.heard.read_bytes(), playback)
        card.unplug()
        opened[-1]._process.kill()  # its device is gone
        wait(lambda: playback.status == "lost", playback)
        card.heard.unlink()
        card.plug_in()
        wait(lambda: playback.status == "works", playback)
        wait(lambda: card.heard.exists() and FRAME.tobytes() in card.heard.read_bytes(), playback)
    finally:
        playback.close()
    assert not playback._thread.is_alive()
    assert opened[-1]._process.returncode is not None


@needs_aplay
def test_the_last_sound_is_played_before_the_output_closes(card: SoundCard) -> None:
    card.plug_in()
    playback = Playback.open("hall")
    wait(lambda: playback.status == "works", playback)
    last = array("h", [7, 7] * PACKET_SAMPLES)
    playback.play("mic", last)
    playback.close()
    assert last.tobytes() in card.heard.read_bytes()


@needs_aplay
def test_a_missing_loudspeaker_never_blocks_the_room(card: SoundCard) -> None:
    playback = Playback.open("hall")

    def play() -> None:
        for _ in range(1000):
            playback.play("mic", FRAME)

    thread = threading.Thread(target=play, daemon=True)
    thread.start()
    thread.join(60)
    assert not thread.is_alive()
    playback.close()
    assert not playback._thread.is_alive()


class SlowSink:
    """A device with a steady backlog: for each frame that it plays, another one comes."""

    def __init__(self) -> None:
        self.playback: Playback | None = None
        self.backlog: list[int] = []
        self.ended = threading.Event()

    def check(self) -> bool:
        return True

    def write(self, samples: array[int]) -> None:
        assert self.playback is not None
        self.backlog.append(self.playback._queued.qsize())
        if len(self.backlog) < 12 * TRIM_INTERVAL_FRAMES:
            self.playback.play("mic", FRAME)
        elif len(self.backlog) == 12 * TRIM_INTERVAL_FRAMES:
            self.ended.set()

    def close(self) -> None:
        return None


def test_sound_that_has_piled_up_is_shortened_until_nothing_waits() -> None:
    sink = SlowSink()
    released = threading.Event()
    first_check = sink.check
    sink.check = lambda: released.wait(60) and first_check()  # type: ignore[method-assign]
    sink.playback = playback = Playback("nowhere.wav", sink)
    for _ in range(MAX_QUEUED_FRAMES):
        playback.play("mic", FRAME)
    released.set()
    assert sink.ended.wait(60)
    playback.close()
    assert sink.backlog[0] == MAX_QUEUED_FRAMES - 1
    assert sink.backlog[-1] == 0
    shrinks = [n for n in range(1, len(sink.backlog)) if sink.backlog[n] < sink.backlog[n - 1]]
    assert all(b - a >= TRIM_INTERVAL_FRAMES - 1 for a, b in pairwise(shrinks)), "20 ms a second at most"
