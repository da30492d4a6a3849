"""A headless room: joins as a hall's browser would, publishes a picture and a tone, and tells what it sees and hears.

It stands in for halls in the demo and in tests, and serves a venue that has no browser. It speaks to the bridge through
aiortc's `RTCPeerConnection` and knows nothing of signaling: the offer goes out through `negotiate`, the answer comes
back from it. A connection that fails or dies is made anew, for as long as `run` runs.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime

import av
import structlog
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack

from bridge.engine import PROGRAM, SECOND
from bridge.room.call import Call
from bridge.room.inputs import Input
from bridge.room.watch import PictureWatch, SoundWatch

Negotiate = Callable[[str], Awaitable[str]]
"""Takes an SDP offer, gives the SDP answer."""
Report = Callable[[dict[str, object]], None]

REPORT_EVERY_S = 1.0
LOOK_EVERY_S = 0.2
"""How soon a picture that stands still or a tone that has gone is noticed."""
FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 8.0
"""Between one attempt to connect and the next; doubles with each that fails."""
SETTLED_S = 10.0
"""A connection that held this long was a good one: the next wait is the first again."""

log = structlog.get_logger(__name__)


class NegotiationError(Exception):
    """Raised by `negotiate`: there is no answer now, but there may be later. The text says why."""


class Agent:
    """A headless room.

    Args:
        negotiate: carries an offer to the bridge. A `NegotiationError` or `OSError` from it is tried again, any other
            exception ends `run`.
        report: called on the event loop with what the room sees, once a second and at every change:
            `at` (ISO 8601, UTC), `connection` (connecting, connected, waiting), `fault` (why the last attempt or
            connection ended, or null), `connections` (how many there have been), `seen` and `second` (the programme
            and the second picture: `place`, `frame_age_ms`, `fps`, `width`, `height`), `heard` (whose tones),
            `program_frames`, `missed_frames`, `unread_frames` and `cuts` of the programme since the start.
        places: source ids in the event's order: what place codes and pitches stand for.
        source: what it publishes; None for a room that only receives.
        receive: False for a room that only publishes.
    """

    def __init__(
        self,
        negotiate: Negotiate,
        report: Report,
        *,
        places: Sequence[str],
        source: Input | None = None,
        receive: bool = True,
    ) -> None:
        if source is None and not receive:
            raise ValueError("a room that neither publishes nor receives has nothing to connect for")
        self._negotiate = negotiate
        self._report = report
        self._source = source
        self._receive = receive
        self._pictures = {PROGRAM: PictureWatch(places), SECOND: PictureWatch(places)}
        self._sounds = SoundWatch(places)
        self._changed = asyncio.Event()
        self._retry = asyncio.Event()
        """Set to negotiate anew at once, whatever the wait between attempts."""
        self._call: Call | None = None
        self._connection = "connecting"
        self._fault: str | None = None
        self._connections = 0

    async def run(self) -> None:
        """Be in the room until cancelled.

        Raises:
            InputError: there is nothing to publish.
            Exception: what `negotiate` or `report` raised, unless it is worth another try.
        """
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._report_on())
                tasks.create_task(self._stay_connected())
        except BaseExceptionGroup as group:
            raise _first(group) from None

    @property
    def is_connected(self) -> bool:
        """It has picture and sound with the bridge."""
        return self._connection == "connected"

    def reconnect(self) -> None:
        """Give up the present connection, if there is one, and negotiate anew: the bridge has been restarted, say."""
        self._retry.set()
        if self._call is not None:
            self._call.end("asked to reconnect")

    # Connecting

    async def _stay_connected(self) -> None:
        wait = FIRST_WAIT_S
        while True:
            began = time.monotonic()
            self._retry.clear()
            self._state("connecting")
            try:
                await self._connect_once()
            except (NegotiationError, OSError) as exc:
                self._fault = str(exc) or type(exc).__name__
            if time.monotonic() - began > SETTLED_S:
                wait = FIRST_WAIT_S
            self._state("waiting")
            log.warning("the room is not connected", fault=self._fault, again_in_s=wait)
            # Rooms that lost the same server must not come back in step.
            with suppress(TimeoutError):
                async with asyncio.timeout(wait * random.uniform(0.8, 1.2)):
                    await self._retry.wait()
            wait = min(2 * wait, LONGEST_WAIT_S)

    async def _connect_once(self) -> None:
        """Connect and stay until the connection ends."""
        tracks = await self._source.open() if self._source is not None else None
        self._call = call = Call(tracks, receive=self._receive)
        try:
            await call.connect(self._negotiate)
            self._connections += 1
            self._fault = None
            self._state("connected")
            async with asyncio.TaskGroup() as tasks:
                watches = [
                    tasks.create_task(self._watch(slot, track)) for slot, track in call.received().items()
                ]
                watches.append(tasks.create_task(call.watchdog()))
                self._fault = await call.ended()
                for watch in watches:
                    watch.cancel()
        finally:
            self._call = None
            await call.close()

    def _state(self, connection: str) -> None:
        self._connection = connection
        self._changed.set()

    # Watching. Every track is read as fast as it comes: what is left lying in aiortc's queues stays there for ever.

    async def _watch(self, slot: str, track: MediaStreamTrack) -> None:
        try:
            while True:
                frame = await track.recv()
                if isinstance(frame, av.VideoFrame):
                    self._see(slot, frame)
                elif isinstance(frame, av.AudioFrame):
                    self._listen(slot, frame)
        except MediaStreamError:
            return

    def _see(self, slot: str, frame: av.VideoFrame) -> None:
        plane = frame.planes[0]
        seen = self._pictures[slot].see(
            memoryview(plane), plane.line_size, frame.width, frame.height, time.monotonic()
        )
        if seen:
            self._changed.set()

    def _listen(self, slot: str, frame: av.AudioFrame) -> None:
        channels = len(frame.layout.channels)
        samples = memoryview(frame.planes[0]).cast("B").cast("h")[: frame.samples * channels]
        if self._sounds.listen(slot, samples, channels, time.monotonic()):
            self._changed.set()

    # Reporting

    async def _report_on(self) -> None:
        told: object = None
        due = float("-inf")
        while True:
            self._changed.clear()
            now = time.monotonic()
            news = self._news(now)
            if news != told or now >= due:
                told, due = news, now + REPORT_EVERY_S
                self._report(self._state_at(now))
            try:
                async with asyncio.timeout(min(LOOK_EVERY_S, max(0.0, due - now))):
                    await self._changed.wait()
            except TimeoutError:
                continue

    def _news(self, now: float) -> object:
        """What is reported as soon as it changes."""
        return (
            self._connection,
            self._pictures[PROGRAM].place(now),
            self._pictures[SECOND].place(now),
            self._sounds.heard(now),
        )

    def _state_at(self, now: float) -> dict[str, object]:
        program, second = self._pictures[PROGRAM], self._pictures[SECOND]
        return {
            "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "connection": self._connection,
            "fault": self._fault,
            "connections": self._connections,
            "seen": program.state(now),
            "second": second.state(now),
            "heard": list(self._sounds.heard(now)),
            "program_frames": program.frames,
            "missed_frames": program.missed,
            "unread_frames": program.unread,
            "cuts": program.cuts,
        }


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """The exception that made a task group end."""
    fault = group.exceptions[0]
    return _first(fault) if isinstance(fault, BaseExceptionGroup) else fault
