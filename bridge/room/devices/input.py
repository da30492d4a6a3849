"""A camera and a microphone as the input of a room. Both stay open from connection to connection."""

from __future__ import annotations

import asyncio
import time

from bridge.room.devices.camera import CameraTrack, RoomCamera
from bridge.room.devices.microphone import MicrophoneTrack, RoomMicrophone
from bridge.room.encoding import EncoderLoad, SteppedTrack
from bridge.room.inputs import Tracks


class DeviceInput:
    """The devices of a room, one of the two at least. Their timestamps are of one clock.

    A missing device does not keep the room out: the other one sends, and the missing one as soon as it is there.
    """

    def __init__(self, camera: str | None, microphone: str | None) -> None:
        """Names as in `schalte devices`; of a camera also an address such as rtsp://…, or a pipe."""
        if camera is None and microphone is None:
            raise ValueError("an input of devices has a camera or a microphone")
        self._origin = time.monotonic()
        self._camera = RoomCamera(camera) if camera is not None else None
        self._microphone = RoomMicrophone(microphone, self._origin) if microphone is not None else None
        self._load = EncoderLoad()

    async def run(self) -> None:
        """Keep the devices open until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            for device in (self._camera, self._microphone):
                if device is not None:
                    tasks.create_task(device.run())

    async def open(self) -> Tracks:
        """New tracks for a new connection."""
        return Tracks(
            SteppedTrack(CameraTrack(self._camera, self._origin), self._load)
            if self._camera is not None
            else None,
            MicrophoneTrack(self._microphone) if self._microphone is not None else None,
        )

    def status(self, now: float) -> dict[str, str | None]:
        """The wire's `DeviceStatus` of `camera` and `microphone`: `none` for one that was not chosen. As `reduced` its
        `Reduction`: what is sent since the encoder is too slow."""
        return {
            "camera": self._camera.status(now) if self._camera is not None else "none",
            "microphone": self._microphone.status(now) if self._microphone is not None else "none",
            "reduced": self._load.step.name,
        }
