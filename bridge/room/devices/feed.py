"""What the cameras and microphones of a room have in common: their health, and the newest of what they give."""

from __future__ import annotations

import asyncio
import errno
import time
from collections import deque
from typing import Generic, TypeVar

import structlog

from bridge.room.devices.listing import DeviceFault, Kind

REOPEN_S = 1.0
"""Seconds between two attempts to open a device. One that is plugged in again must work within 2 s."""
HUNG_AFTER_S = 3.0
"""Seconds without picture or sound from an open device after which it counts as hung: a slow camera takes 2 s."""

_STATUS_BY_ERROR = {
    errno.EBUSY: "busy",
    errno.EACCES: "denied",
    errno.EPERM: "denied",
}

T = TypeVar("T")

log = structlog.get_logger(__name__)


def status_of(error: int | None) -> str:
    """The wire's `DeviceStatus` of an error number of the system: what is gone is `missing`."""
    return _STATUS_BY_ERROR.get(error or 0, "missing")


class DeviceHealth:
    """The status of one device. A fault is logged once, until the device works again or has another fault."""

    def __init__(self, kind: Kind, name: str) -> None:
        self._kind, self._name = kind, name
        self._status = "opening"
        self._has_worked = False
        self._seen_at = time.monotonic()

    def status(self, now: float) -> str:
        """One of the wire's `DeviceStatus`."""
        silent = now - self._seen_at > HUNG_AFTER_S
        return "hung" if silent and self._status in ("works", "opening") else self._status

    @property
    def last(self) -> str:
        """The same for a device that may rest: it is not hung when it has nothing to do."""
        return self._status

    def works(self, now: float) -> None:
        """Picture or sound has come."""
        self._seen_at = now
        if self._status != "works":
            self._status, self._has_worked = "works", True
            log.info("a device works", device=self._kind, name=self._name)

    def failed(self, fault: DeviceFault) -> None:
        """It could not be opened, or has ended."""
        status = "lost" if fault.status == "missing" and self._has_worked else fault.status
        if status != self._status:
            self._status = status
            log.warning(
                "a device fails; it is opened again as soon as it can be",
                device=self._kind,
                name=self._name,
                status=status,
                fault=str(fault),
            )


class Newest(Generic[T]):
    """The newest items of a device, for the tracks of any connection. A track that is late misses the oldest.

    Use it on the event loop.
    """

    def __init__(self, kept: int) -> None:
        self._items: deque[T] = deque(maxlen=kept)
        self._arrived = asyncio.Event()
        self.count = 0
        """Items so far."""

    def put(self, item: T) -> None:
        """Add an item; the oldest is discarded."""
        self._items.append(item)
        self.count += 1
        self._arrived.set()
        self._arrived = asyncio.Event()

    async def after(self, number: int) -> tuple[int, T]:
        """The first kept item after the `number`th, and its own number."""
        while self.count <= number:
            await self._arrived.wait()
        number = max(number + 1, self.count - len(self._items) + 1)
        return number, self._items[number - self.count - 1]
