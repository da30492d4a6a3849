"""The room agent: a headless room that joins like a hall's browser, sends a source, and reports what it receives.

It replaces halls in the demo and in tests, and serves a venue without a browser. It uses aiortc's `RTCPeerConnection`
and knows nothing of signaling: `negotiate` takes the offer and returns the answer. A failed connection is replaced by a
new one as long as `run` runs.
"""

from __future__ import annotations

import asyncio
import random
import time
from array import array
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime

import av
import structlog
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack

from bridge.engine import INTERPRETATION, MICS, PICTURES, PROGRAM, TALKBACK
from bridge.room.call import Call
from bridge.room.devices.microphone import CHANNELS
from bridge.room.inputs import Input
from bridge.room.output import Playback
from bridge.room.turn import IceServers
from bridge.room.watch import PictureWatch, SoundWatch
from bridge.room.window import ProgrammeWindow

Negotiate = Callable[[str], Awaitable[str]]
"""Takes an SDP offer and returns the SDP answer."""
Report = Callable[[dict[str, object]], None]
Devices = Callable[[float], Mapping[str, str | None]]

REPORT_INTERVAL_S = 1.0
"""Seconds between two reports of what the room sees and hears."""
CHECK_INTERVAL_S = 0.2
"""How soon a frozen picture or an ended tone is noticed."""
MIN_RETRY_S, MAX_RETRY_S = 0.5, 8.0
"""Seconds between two attempts to connect, at first and at most; each failure doubles them."""
STABLE_AFTER_S = 10.0
"""After a connection of this duration the next retry comes after `MIN_RETRY_S` again."""

log = structlog.get_logger(__name__)


class NegotiationError(Exception):
    """Raised by `negotiate`: there is no answer, but a later attempt may succeed. The text says why."""


class Agent:
    """A headless room.

    Args:
        negotiate: sends an offer to the bridge. After a `NegotiationError` or `OSError` it is called again; any other
            exception ends `run`.
        report: called on the event loop with what the room receives, once a second and at every change:
            `at` (ISO 8601, UTC), `connection` (connecting, connected, waiting), `fault` (why the last attempt or
            connection ended, or null), `connections` (their number so far), `path` (udp, tcp, relay or null), `seen`
            and `second` (the programme and the second picture: `place`, `frame_age_ms`, `fps`, `width`, `height`),
            `pictures` (the places that are seen, the programme's first), `heard`, `interpretation` and `talkback` (the
            places and seats whose tones are heard in these slots), `program_frames`, `missed_frames`, `unread_frames`
            and `cuts` of the programme since the start, and what `devices` returns.
        places: source ids in the event's order, then the seats of its booths; the index is the code.
        source: the input that it sends; None for a room that only receives.
        receive: False for a room that only sends.
        has_camera: False for a seat in a booth, which sends sound alone.
        playback: plays the interpretation; None: it is only reported.
        speakers: the same for the programme's sound.
        window: the same for the programme's picture.
        devices: called with monotonic seconds: the present status of each device, to be reported.
        ice_servers: called before each connection: the TURN servers that it may use.
    """

    def __init__(
        self,
        negotiate: Negotiate,
        report: Report,
        *,
        places: Sequence[str],
        source: Input | None = None,
        receive: bool = True,
        has_camera: bool = True,
        playback: Playback | None = None,
        speakers: Playback | None = None,
        window: ProgrammeWindow | None = None,
        devices: Devices = lambda now: {},
        ice_servers: IceServers = lambda: (),
    ) -> None:
        if source is None and not receive:
            raise ValueError("a room that neither sends nor receives has nothing to connect for")
        self._negotiate = negotiate
        self._report = report
        self._source = source
        self._receive = receive
        self._has_camera = has_camera
        self._playback = playback
        self._speakers = speakers
        self._window = window
        self._devices = devices
        self._ice_servers = ice_servers
        self._pictures = {slot: PictureWatch(places) for slot in PICTURES}
        self._sounds = {group: SoundWatch(places) for group in ("heard", "interpretation", TALKBACK)}
        self._changed = asyncio.Event()
        self._retry = asyncio.Event()
        """Set to end the wait before the next attempt."""
        self._call: Call | None = None
        self._connection = "connecting"
        self._fault: str | None = None
        self._connections = 0

    async def run(self) -> None:
        """Stay in the room until cancelled.

        Raises:
            InputError: the input cannot be opened.
            Exception: any other exception of `negotiate` or `report`.
        """
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._report_changes())
                tasks.create_task(self._stay_connected())
        except BaseExceptionGroup as group:
            raise _cause(group) from None

    @property
    def is_connected(self) -> bool:
        """Whether media can flow."""
        return self._connection == "connected"

    def reconnect(self) -> None:
        """End the present connection, if any, and make a new one at once: for example after a restart of the bridge."""
        self._retry.set()
        if self._call is not None:
            self._call.end("asked to reconnect")

    # Connecting ---------------------------------------------------------------------------------

    async def _stay_connected(self) -> None:
        wait = MIN_RETRY_S
        while True:
            started = time.monotonic()
            self._retry.clear()
            self._set_connection("connecting")
            try:
                await self._connect_once()
            except (NegotiationError, OSError) as exc:
                self._fault = str(exc) or type(exc).__name__
            if time.monotonic() - started > STABLE_AFTER_S:
                wait = MIN_RETRY_S
            self._set_connection("waiting")
            log.warning("the room is not connected", fault=self._fault, again_in_s=wait)
            # At random, so that the rooms of one server do not all reconnect at the same time.
            with suppress(TimeoutError):
                async with asyncio.timeout(wait * random.uniform(0.8, 1.2)):
                    await self._retry.wait()
            wait = min(2 * wait, MAX_RETRY_S)

    async def _connect_once(self) -> None:
        """Connect and stay until the connection ends."""
        tracks = await self._source.open() if self._source is not None else None
        self._call = call = Call(
            tracks, receive=self._receive, has_camera=self._has_camera, ice_servers=self._ice_servers()
        )
        try:
            await call.connect(self._negotiate)
            self._connections += 1
            self._fault = None
            self._set_connection("connected")
            log.info("the room is connected", path=call.path)
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

    def _set_connection(self, connection: str) -> None:
        self._connection = connection
        self._changed.set()

    # Receiving ----------------------------------------------------------------------------------

    async def _watch(self, slot: str, track: MediaStreamTrack) -> None:
        """Read the track to its end: aiortc's queues have no limit."""
        try:
            while True:
                frame = await track.recv()
                if isinstance(frame, av.VideoFrame):
                    self._on_picture(slot, frame)
                elif isinstance(frame, av.AudioFrame):
                    self._on_sound(slot, frame)
        except MediaStreamError:
            return

    def _on_picture(self, slot: str, frame: av.VideoFrame) -> None:
        if self._window is not None and slot == PROGRAM:
            self._window.show(frame)
        plane = frame.planes[0]
        has_changed = self._pictures[slot].on_frame(
            memoryview(plane), plane.line_size, frame.width, frame.height, time.monotonic()
        )
        if has_changed:
            self._changed.set()

    def _on_sound(self, slot: str, frame: av.AudioFrame) -> None:
        channels = len(frame.layout.channels)
        samples = memoryview(frame.planes[0]).cast("B").cast("h")[: frame.samples * channels]
        playback = self._playback if slot in INTERPRETATION else self._speakers if slot in MICS else None
        if playback is not None and channels == CHANNELS:
            playback.play(slot, array("h", samples))
        group = "interpretation" if slot in INTERPRETATION else slot if slot == TALKBACK else "heard"
        if self._sounds[group].on_samples(slot, samples, channels, time.monotonic()):
            self._changed.set()

    # Reporting ----------------------------------------------------------------------------------

    async def _report_changes(self) -> None:
        reported: object = None
        due = float("-inf")
        while True:
            self._changed.clear()
            now = time.monotonic()
            state = self._observed(now)
            if state != reported or now >= due:
                reported, due = state, now + REPORT_INTERVAL_S
                self._report(self._full_report(now))
            try:
                async with asyncio.timeout(min(CHECK_INTERVAL_S, max(0.0, due - now))):
                    await self._changed.wait()
            except TimeoutError:
                continue

    def _observed(self, now: float) -> object:
        """The part of a report whose change is reported at once."""
        return (
            self._connection,
            *(picture.place(now) for picture in self._pictures.values()),
            *(sounds.heard(now) for sounds in self._sounds.values()),
            *self._devices(now).values(),
        )

    def _full_report(self, now: float) -> dict[str, object]:
        program, second = self._pictures[PROGRAM], self._pictures[PICTURES[1]]
        return {
            "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "connection": self._connection,
            "fault": self._fault,
            "connections": self._connections,
            "path": self._call.path if self._call is not None else None,
            "seen": program.state(now),
            "second": second.state(now),
            "pictures": [place for one in self._pictures.values() if (place := one.place(now)) is not None],
            **{group: list(sounds.heard(now)) for group, sounds in self._sounds.items()},
            "program_frames": program.frames,
            "missed_frames": program.missed,
            "unread_frames": program.unread,
            "cuts": program.cuts,
            **self._devices(now),
        }


def _cause(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """The exception that ended a task group."""
    fault = group.exceptions[0]
    return _cause(fault) if isinstance(fault, BaseExceptionGroup) else fault
