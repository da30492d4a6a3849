"""A camera is read as long as it is there, and again when it is back. A pipe stands for it."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import time
from collections.abc import AsyncIterator
from pathlib import Path
from zoneinfo import ZoneInfo

import av
import pytest

from bridge.room.devices import camera as module
from bridge.room.devices.camera import CameraTrack, RoomCamera
from bridge.room.devices.feed import HUNG_AFTER_S, DeviceHealth, Newest, status_of
from bridge.room.devices.input import DeviceInput
from bridge.room.devices.listing import DeviceFault
from bridge.room.testcard import TestCard
from tests.cables import CameraCable

CARD = TestCard("Tokio", code=3, zone=ZoneInfo("Asia/Tokyo"))


@contextlib.asynccontextmanager
async def running(camera: RoomCamera) -> AsyncIterator[RoomCamera]:
    task = asyncio.create_task(camera.run())
    try:
        yield camera
    finally:
        task.cancel()
        await asyncio.wait([task])


async def becomes(camera: RoomCamera, status: str) -> None:
    async with asyncio.timeout(60):
        while camera.status(time.monotonic()) != status:  # noqa: ASYNC110 - a thread reports nothing
            await asyncio.sleep(0.02)


async def test_a_camera_that_is_unplugged_is_lost_and_works_again_when_it_is_back(tmp_path: Path) -> None:
    cable = CameraCable(tmp_path / "camera", CARD)
    async with running(RoomCamera(str(tmp_path / "camera"))) as camera:
        track = CameraTrack(camera, time.monotonic())
        with cable:
            first = await track.recv()
            assert (first.width, first.height, first.format.name) == (640, 360, "yuv420p")
            await becomes(camera, "works")
        await becomes(camera, "lost")
        with cable:
            await becomes(camera, "works")
            again = await track.recv()
        assert first.pts is not None
        assert again.pts is not None
        assert again.pts > first.pts


async def test_a_camera_that_is_missing_at_the_start_is_used_when_it_comes(tmp_path: Path) -> None:
    path = tmp_path / "camera"
    async with running(RoomCamera(str(path))) as camera:
        await becomes(camera, "missing")
        with CameraCable(path, CARD):
            await becomes(camera, "works")


async def test_a_late_track_gets_the_newest_frame_alone() -> None:
    feed: Newest[str] = Newest(2)
    for item in "abcd":
        feed.put(item)
    assert await feed.after(0) == (3, "c")
    assert await feed.after(3) == (4, "d")
    waiting = asyncio.create_task(feed.after(4))
    await asyncio.sleep(0)
    feed.put("e")
    assert await waiting == (5, "e")


def test_a_fault_is_named_and_one_after_work_is_a_loss() -> None:
    health = DeviceHealth("camera", "BRIO")
    now = time.monotonic()
    assert health.status(now) == "opening"
    health.failed(DeviceFault(status_of(errno.ENOENT), "no such file"))
    assert health.status(now) == "missing"
    health.failed(DeviceFault(status_of(errno.EBUSY), "busy"))
    assert health.status(now) == "busy"
    health.works(now)
    assert health.status(now) == "works"
    assert health.status(now + HUNG_AFTER_S + 1) == "hung"
    health.failed(DeviceFault(status_of(errno.ENODEV), "gone"))
    assert health.status(now + HUNG_AFTER_S + 1) == "lost"


def test_a_v4l2_device_is_asked_for_mjpeg_first_and_for_less_if_it_refuses(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[dict[str, str]] = []

    def refuse(path: str, format: str, options: dict[str, str] | None = None) -> str:
        asked.append(options or {})
        if options:
            raise av.ArgumentError(errno.EINVAL, "no such format")
        return "opened"

    monkeypatch.setattr(av, "open", refuse)
    assert str(module._opened("/dev/video99")) == "opened"
    size = {"video_size": "1280x720", "framerate": "30"}
    assert asked == [{**size, "input_format": "mjpeg"}, size, {}]


def test_a_busy_v4l2_device_is_not_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise av.OSError(errno.EBUSY, "busy")

    monkeypatch.setattr(av, "open", refuse)
    with pytest.raises(av.OSError):
        module._opened("/dev/video99")


def test_a_large_picture_is_fitted_into_720p_and_loses_its_keyframe_mark() -> None:
    frame = av.VideoFrame(1920, 1200, "yuvj422p")
    frame.pict_type = av.video.frame.PictureType.I
    fitted = module._fitted(frame)
    assert (fitted.width, fitted.height, fitted.format.name) == (1152, 720, "yuv420p")
    assert fitted.pict_type == av.video.frame.PictureType.NONE


def test_an_input_has_a_device() -> None:
    with pytest.raises(ValueError, match="a camera or a microphone"):
        DeviceInput(None, None)
