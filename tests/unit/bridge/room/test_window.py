"""The programme on a screen: a program in the place of mpv writes what it is given into a file."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import av
import pytest

from bridge.room.output import OutputError
from bridge.room.player import VIDEO_TIME_BASE
from bridge.room.window import SIZE, ProgrammeWindow

PLAYER = """\
#!/bin/sh
echo "$$ $@" >> "{folder}/started"
exec cat >> "{folder}/shown.$(wc -l < "{folder}/started")"
"""
WHITE, BLACK = 235, 16


@pytest.fixture
def screen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with `started`, a line for each player, and what each was given, `shown.1` and so on."""
    (tmp_path / "bin").mkdir()
    player = tmp_path / "bin/mpv"
    player.write_text(PLAYER.format(folder=tmp_path))
    player.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    return tmp_path


def white(width: int, height: int) -> av.VideoFrame:
    picture = av.VideoFrame(width, height, "yuv420p")
    for plane, value in zip(picture.planes, (WHITE, 128, 128), strict=True):
        plane.update(bytes([value]) * plane.buffer_size)
    picture.pts, picture.time_base = 0, VIDEO_TIME_BASE
    return picture


def wait(condition: Callable[[], bool], window: ProgrammeWindow, picture: av.VideoFrame) -> None:
    """Show `picture` until `condition` holds."""
    until = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < until
        window.show(picture)
        time.sleep(0.05)


def shown(path: Path) -> list[av.VideoFrame]:
    with av.open(str(path), format="yuv4mpegpipe") as container:
        return list(container.decode(video=0))


def test_pictures_of_every_size_fill_the_screen_with_black_at_the_edges(screen: Path) -> None:
    window = ProgrammeWindow()
    path = screen / "shown.1"
    frame_bytes = SIZE[0] * SIZE[1] * 3 // 2
    wait(lambda: path.exists() and path.stat().st_size > 2 * frame_bytes, window, white(640, 360))
    before = path.stat().st_size
    wait(lambda: path.stat().st_size > before + 3 * frame_bytes, window, white(360, 640))
    window.close()
    pictures = shown(path)
    first, last = pictures[0], pictures[-1]
    assert {(one.width, one.height) for one in pictures} == {SIZE}
    row = 360 * first.planes[0].line_size
    assert set(bytes(first.planes[0])[row : row + 1280]) == {WHITE}
    upright = bytes(last.planes[0])[row : row + 1280]
    assert (upright[0], upright[640], upright[1279]) == (BLACK, WHITE, BLACK)
    assert sum(value == WHITE for value in upright) == pytest.approx(405, abs=2)
    assert "--fs" in (screen / "started").read_text()


def test_a_player_that_ends_is_started_again(screen: Path) -> None:
    window = ProgrammeWindow()
    started, picture = screen / "started", white(640, 360)
    wait(lambda: window.status == "works", window, picture)
    os.kill(int(started.read_text().split()[0]), 9)
    wait(lambda: window.status == "failed", window, picture)
    wait(lambda: window.status == "works", window, picture)
    window.close()
    assert len(started.read_text().splitlines()) == 2
    assert shown(screen / "shown.2")


def test_a_player_that_ends_at_once_is_replaced_by_the_next(screen: Path) -> None:
    player = screen / "bin/mpv"
    good = player.read_text()
    player.write_text(good.replace("exec cat", 'case "$*" in *--vo=x11*) exec cat') + ";; esac\n")
    window = ProgrammeWindow()
    wait(lambda: window.status == "failed", window, white(640, 360))
    wait(lambda: window.status == "works", window, white(640, 360))
    window.close()
    assert ["--vo=x11" in line for line in (screen / "started").read_text().splitlines()] == [False, True]


def test_without_a_player_the_error_names_the_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert shutil.which("mpv") is None
    with pytest.raises(OutputError, match="install mpv"):
        ProgrammeWindow()
