"""Shows the programme on a screen: raw pictures through a pipe to mpv or ffplay, which fill the screen.

Nothing is encoded again, and a player that cannot keep up misses pictures, so the delay stays limited. One that ends is
started again.
"""

from __future__ import annotations

import contextlib
import queue
import shutil
import subprocess
import threading
import time
from collections import deque
from collections.abc import Iterator
from itertools import pairwise

import av
import av.filter
import structlog

from bridge.room.output import OutputError

SIZE = (1280, 720)
"""Of the pipe's pictures: its size cannot change with the programme's. Others are scaled, with black at the edges."""
RESTART_S = 1.0
"""Seconds before a player that has ended is started again."""
WORKS_AFTER_S = 2.0
"""Seconds after which a player that has not ended has a window: mpv looks for a graphics card first."""
CLOSE_TIMEOUT_S = 1.0
"""Seconds for a player to end by itself."""
MAX_FPS = 30
"""Of the pipe's header. The players show each picture when it comes, whatever it says."""

_MPV = (
    "mpv --no-config --fs --force-window=immediate --no-audio --no-terminal --no-osc --no-input-default-bindings "
    "--cursor-autohide=always --profile=low-latency --untimed --demuxer-lavf-format=yuv4mpegpipe"
)
PLAYERS = (
    f"{_MPV} -",
    f"{_MPV} --vo=x11 -",
    "ffplay -loglevel error -fs -an -fflags nobuffer -flags low_delay -framedrop -f yuv4mpegpipe -i -",
)
"""The first that is installed and does not end at once is used. mpv 0.35 does in a desktop session without a graphics
card, when it has tried the console; drawn by X11, it works there."""

log = structlog.get_logger(__name__)


class ProgrammeWindow:
    """The programme on a screen. `show` never waits."""

    def __init__(self) -> None:
        """Start the thread that shows pictures.

        Raises:
            OutputError: no player is installed.
        """
        self._commands = deque(command.split() for command in PLAYERS if shutil.which(command.split()[0]))
        """The first one is used, and becomes the last when it ends at once."""
        if not self._commands:
            raise OutputError("there is no player for a window; install mpv, or ffplay of FFmpeg")
        self._pictures: queue.Queue[av.VideoFrame | None] = queue.Queue(1)
        """The newest picture alone."""
        self._fitted: _Fitted | None = None
        self.status = "opening"
        """One of the wire's `DeviceStatus`."""
        self._thread = threading.Thread(target=self._show_all, name="window", daemon=True)
        self._thread.start()

    def show(self, picture: av.VideoFrame) -> None:
        """Show a picture; one that waits still is discarded."""
        self._put(picture)

    def close(self) -> None:
        """Close the window. It waits for `CLOSE_TIMEOUT_S` at most."""
        self._put(None)
        self._thread.join(2 * CLOSE_TIMEOUT_S)

    def _put(self, item: av.VideoFrame | None) -> None:
        while True:
            try:
                self._pictures.put_nowait(item)
                return
            except queue.Full:
                with contextlib.suppress(queue.Empty):  # the thread was quicker
                    self._pictures.get_nowait()

    # In the thread ------------------------------------------------------------------------------

    def _show_all(self) -> None:
        while True:
            try:
                self._play()
                return
            except (OSError, av.FFmpegError) as fault:
                if self.status != "failed":
                    log.warning("the window has ended; it is opened again", fault=str(fault))
                    self.status = "failed"
            until = time.monotonic() + RESTART_S
            while (left := until - time.monotonic()) > 0:
                with contextlib.suppress(queue.Empty):
                    if self._pictures.get(timeout=left) is None:
                        return

    def _play(self) -> None:
        """Show pictures until the window is closed.

        Raises:
            OSError: the player cannot be started, or has ended.
        """
        player = subprocess.Popen(self._commands[0], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
        assert player.stdin is not None
        started = time.monotonic()
        try:
            player.stdin.write(b"YUV4MPEG2 W%d H%d F%d:1 Ip A1:1 C420jpeg\n" % (*SIZE, MAX_FPS))
            while (picture := self._pictures.get()) is not None:
                for plane in _planes(self._fit(picture)):
                    player.stdin.write(plane)
                player.stdin.flush()
                if time.monotonic() - started > WORKS_AFTER_S:
                    self.status = "works"  # one that cannot open a window ends at once
        except OSError:
            if self.status != "works":
                self._commands.rotate(-1)
            raise
        finally:
            with contextlib.suppress(OSError):
                player.stdin.close()
            try:
                player.wait(CLOSE_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                player.kill()
                player.wait()

    def _fit(self, picture: av.VideoFrame) -> av.VideoFrame:
        if self._fitted is None or self._fitted.of != (picture.width, picture.height, picture.format.name):
            self._fitted = _Fitted(picture)
        return self._fitted.fit(picture)


class _Fitted:
    """Scales pictures of one size to `SIZE`, with black at the edges."""

    def __init__(self, like: av.VideoFrame) -> None:
        self.of = (like.width, like.height, like.format.name)
        width, height = SIZE
        self._graph = graph = av.filter.Graph()
        parts = [
            graph.add_buffer(
                width=like.width, height=like.height, format=like.format, time_base=like.time_base
            ),
            graph.add("scale", f"{width}:{height}:force_original_aspect_ratio=decrease"),
            graph.add("pad", f"{width}:{height}:(ow-iw)/2:(oh-ih)/2"),
            graph.add("format", "yuv420p"),
            graph.add("buffersink"),
        ]
        for one, next_one in pairwise(parts):
            one.link_to(next_one)
        graph.configure()

    def fit(self, picture: av.VideoFrame) -> av.VideoFrame:
        self._graph.push(picture)
        fitted = self._graph.pull()
        assert isinstance(fitted, av.VideoFrame)
        return fitted


def _planes(picture: av.VideoFrame) -> Iterator[bytes | memoryview]:
    """A picture as YUV4MPEG2 has it: without the padding of its rows."""
    yield b"FRAME\n"
    for plane in picture.planes:
        view, row = memoryview(plane), plane.line_size
        if row == plane.width:
            yield view[: row * plane.height]
        else:
            yield b"".join(view[start : start + plane.width] for start in range(0, row * plane.height, row))
