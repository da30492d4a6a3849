"""A camera by V4L2, or any other live picture that FFmpeg can open: the address of an IP camera, or a pipe.

A thread reads, since a driver blocks until it has a frame. It opens the camera again after each fault, by its name: the
number of its node may be another one by then.
"""

from __future__ import annotations

import asyncio
import contextlib
import stat
import threading
import time
from collections.abc import Mapping
from pathlib import Path

import av
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack
from av.container import InputContainer
from av.video.frame import PictureType

from bridge.room.devices.feed import REOPEN_S, DeviceHealth, Newest, status_of
from bridge.room.devices.listing import DeviceFault, camera_path
from bridge.room.player import MAX_SIZE, VIDEO_CLOCK_RATE, VIDEO_TIME_BASE

MAX_FPS = 30
"""Frames a second; of a faster camera the others are discarded."""
MAX_BAD_FRAMES = 30
"""Frames in a row that cannot be decoded, after which the camera is opened again. The first one often is broken."""
CLOSE_TIMEOUT_S = 1.0
"""Seconds for the camera's last frame at the end; a driver that hangs is abandoned."""
_OPEN_TIMEOUT_S, _READ_TIMEOUT_S = 5.0, 3.0

_SIZE = {"video_size": f"{MAX_SIZE[0]}x{MAX_SIZE[1]}", "framerate": str(MAX_FPS)}
_V4L2_OPTIONS: tuple[Mapping[str, str], ...] = (
    # USB carries 720p at 30 frames a second only as MJPEG; raw, most cameras fall to 10.
    {**_SIZE, "input_format": "mjpeg"},
    _SIZE,
    {},
)
_STREAM_OPTIONS = {"fflags": "nobuffer", "flags": "low_delay", "probesize": "500000"}


class RoomCamera:
    """A camera that is opened again as long as `run` runs."""

    def __init__(self, name: str) -> None:
        self.frames: Newest[tuple[float, av.VideoFrame]] = Newest(1)
        """The newest frame alone, with its arrival in monotonic seconds."""
        self._name = name
        self._health = DeviceHealth("camera", name)
        self._stopped = threading.Event()
        self._handed_over: tuple[float, av.VideoFrame] | None = None
        """The frame that waits for the event loop; a newer one replaces it."""
        self._lock = threading.Lock()

    def status(self, now: float) -> str:
        """One of the wire's `DeviceStatus`."""
        return self._health.status(now)

    async def run(self) -> None:
        """Read until cancelled."""
        thread = threading.Thread(
            target=self._read_all, args=(asyncio.get_running_loop(),), name="camera", daemon=True
        )
        thread.start()
        try:
            await asyncio.Event().wait()
        finally:
            self._stopped.set()
            await asyncio.to_thread(thread.join, CLOSE_TIMEOUT_S)

    # In the thread ------------------------------------------------------------------------------

    def _read_all(self, loop: asyncio.AbstractEventLoop) -> None:
        while not self._stopped.is_set():
            try:
                self._read(loop)
            except DeviceFault as fault:
                self._health.failed(fault)
            except (OSError, av.FFmpegError, ValueError) as fault:
                reason = getattr(fault, "strerror", None) or fault
                self._health.failed(
                    DeviceFault(
                        status_of(getattr(fault, "errno", None)), f"cannot read {self._name}: {reason}"
                    )
                )
            self._stopped.wait(REOPEN_S)

    def _read(self, loop: asyncio.AbstractEventLoop) -> None:
        """Read until the camera ends."""
        path = camera_path(self._name)
        with _opened(path) as container:
            if not container.streams.video:
                raise DeviceFault("failed", f"{path} has no picture")
            stream = container.streams.video[0]
            bad, due = 0, 0.0
            for packet in container.demux(stream):
                try:
                    frames = packet.decode()
                except av.InvalidDataError:
                    bad += 1
                    if bad > MAX_BAD_FRAMES:
                        raise
                    continue
                bad = 0
                for frame in frames:
                    if self._stopped.is_set():
                        return
                    now = time.monotonic()
                    self._health.works(now)
                    if now >= due:
                        due = now + 0.8 / MAX_FPS  # a frame that comes a little early is not discarded
                        self._hand_over(loop, now, _fitted(frame))
        raise DeviceFault("missing", f"{path} has ended")

    def _hand_over(self, loop: asyncio.AbstractEventLoop, now: float, frame: av.VideoFrame) -> None:
        with self._lock:
            waits, self._handed_over = self._handed_over is not None, (now, frame)
        if not waits:
            # The loop may have ended while the driver was waiting for this frame.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(self._take_over)

    # On the event loop --------------------------------------------------------------------------

    def _take_over(self) -> None:
        with self._lock:
            item, self._handed_over = self._handed_over, None
        if item is not None:
            self.frames.put(item)


class CameraTrack(MediaStreamTrack):
    """The picture of a camera. While there is none, nothing is sent, so that the show's fallback takes over.

    Args:
        origin: monotonic seconds of timestamp 0, equal for the tracks of one connection.
    """

    kind = "video"

    def __init__(self, camera: RoomCamera, origin: float) -> None:
        super().__init__()
        self._camera, self._origin = camera, origin
        self._number = camera.frames.count
        self._next = 0

    async def recv(self) -> av.VideoFrame:
        if self.readyState != "live":
            raise MediaStreamError
        self._number, (at, frame) = await self._camera.frames.after(self._number)
        frame.pts = max(self._next, int((at - self._origin) * VIDEO_CLOCK_RATE))
        frame.time_base = VIDEO_TIME_BASE
        self._next = frame.pts + 1
        return frame


def _opened(path: str) -> InputContainer:
    """Open a V4L2 device in the best of its formats, or a stream."""
    if not _is_device(path):
        return av.open(path, options=_STREAM_OPTIONS, timeout=(_OPEN_TIMEOUT_S, _READ_TIMEOUT_S))
    for options in _V4L2_OPTIONS[:-1]:
        # It has no such format. Another error comes again with the last options, and is raised.
        with contextlib.suppress(av.ArgumentError):
            return av.open(path, format="v4l2", options=dict(options))
    return av.open(path, format="v4l2")


def _is_device(path: str) -> bool:
    try:
        return "://" not in path and stat.S_ISCHR(Path(path).stat().st_mode)
    except OSError:
        return path.startswith("/dev/")


def _fitted(frame: av.VideoFrame) -> av.VideoFrame:
    """The frame as the encoder takes it, in 720p at most."""
    scale = min(1.0, MAX_SIZE[0] / frame.width, MAX_SIZE[1] / frame.height)
    width, height = (int(side * scale) // 2 * 2 for side in (frame.width, frame.height))
    if (frame.width, frame.height, frame.format.name) != (width, height, "yuv420p"):
        frame = frame.reformat(width, height, "yuv420p")
    # Otherwise the encoder makes a decoded keyframe one again: with MJPEG, every frame.
    frame.pict_type = PictureType.NONE
    return frame
