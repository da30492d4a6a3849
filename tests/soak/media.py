"""Cameras and viewers of a soak, on loopback: joined by the event loop, then played in a process of their own."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection

from websockets.asyncio.client import ClientConnection

from tests.bench.load import READ_INTERVAL_S, Camera, KeepAlive, Traffic, Viewer
from tests.bench.peer import VIDEO, Peer

ADDRESS = "127.0.0.1"
TRAFFIC = Traffic(rate=150, size=1250, bursts=True)
"""1.5 Mb/s, 30 frames a second."""
FREEZE_S = 1 / 30 + 0.15
"""Seconds between two frames that Chromium counts as a freeze (freezeCount of webrtc-stats)."""
SILENT_S = 3.0
"""A viewer without a packet for so long at the end has lost its connection. A cut to a source waits a second for its
keyframe at most, as these cameras send one a second and ignore requests."""
_KEEP_UP_INTERVAL_S = 0.1
_ANCILLARY_BYTES = 64


class Watcher(Viewer):
    """Notes when packets arrive, by the kernel's clock. It decrypts nothing."""

    def __init__(self, peer: Peer) -> None:
        super().__init__(peer)
        self.packets: Counter[int] = Counter()
        """By SSRC."""
        self.gaps: dict[int, list[float]] = {}
        """Seconds without a packet that are a freeze, by SSRC."""
        self.last: dict[int, float] = {}
        """When the last packet arrived: seconds since the epoch, by SSRC."""

    def read(self, delays: list[float]) -> None:
        """Read all packets since the last call. `delays` stays as it is."""
        while True:
            try:
                data, notes, _, _ = self.peer.socket.recvmsg(1500, _ANCILLARY_BYTES)
            except (BlockingIOError, ConnectionRefusedError):
                return
            if len(data) < 12 or data[1] & 0x7F != VIDEO or not 127 < data[0] < 192:
                continue
            ssrc = int.from_bytes(data[8:12], "big")
            seconds = int.from_bytes(notes[0][2][:8], "little")
            at = seconds + int.from_bytes(notes[0][2][8:16], "little") / 1e9
            gap = at - self.last.get(ssrc, at)
            if gap > FREEZE_S:
                self.gaps.setdefault(ssrc, []).append(gap)
            self.last[ssrc] = at
            self.packets[ssrc] += 1
            self.received += 1
            self._ssrc, self._highest = ssrc, data[2] << 8 | data[3]

    @property
    def programme(self) -> int | None:
        """The SSRC with most packets."""
        return max(self.packets, key=self.packets.__getitem__, default=None)


@dataclass(frozen=True)
class Watched:
    """What viewers saw."""

    received: int
    silent: int
    """Viewers without packets at the end."""
    freezes: int
    """Gaps of all viewers in their programme, longer than `FREEZE_S`."""
    longest_gap_s: float
    camera_freezes: int
    """Gaps of the same kind in what the cameras sent, because the machine was busy."""


class Cast:
    """Cameras and viewers, and their checks and reports while others join."""

    def __init__(self) -> None:
        self.cameras: list[Camera] = []
        self.watchers: list[Watcher] = []
        self.keep_alive = KeepAlive()

    async def join(self, page: ClientConnection, source: str | None) -> None:
        """Join a page as a camera of `source`, or as a viewer."""
        peer = Peer(ADDRESS)
        watcher = None
        if source is None:
            watcher = Watcher(peer)
            self.watchers.append(watcher)
        else:
            self.cameras.append(Camera(peer))
        offer = {"type": "offer", "id": "join", "sdp": peer.offer(sends=source is not None), "source": source}
        await page.send(json.dumps(offer))
        while (answer := json.loads(await page.recv())).get("id") != "join":
            pass
        if "sdp" not in answer:
            raise RuntimeError(f"the offer was refused: {answer}")
        await peer.connect(answer["sdp"])
        self.keep_alive.add(peer, watcher)

    @asynccontextmanager
    async def kept(self) -> AsyncIterator[None]:
        """Send checks and reports while the context lasts."""
        keeping = asyncio.create_task(self._keep_up())
        try:
            yield
        finally:
            keeping.cancel()

    async def _keep_up(self) -> None:
        while True:
            self.keep_alive.do(time.monotonic())
            await asyncio.sleep(_KEEP_UP_INTERVAL_S)

    @asynccontextmanager
    async def playing(self, seconds: float) -> AsyncIterator[Connection]:
        """Play in a fork for this long. The connection then gives `Watched`."""
        forking = multiprocessing.get_context("fork")
        ours, theirs = forking.Pipe()
        process = forking.Process(target=self._play, args=(seconds, theirs))
        process.start()
        theirs.close()
        try:
            yield ours
        finally:
            process.kill()
            process.join()

    def close(self) -> None:
        """Close every peer."""
        for peer in [each.peer for each in self.cameras] + [each.peer for each in self.watchers]:
            peer.close()

    def _play(self, seconds: float, result: Connection) -> None:
        result.send(_run(self.cameras, self.watchers, self.keep_alive, seconds))


async def watched(playing: Connection) -> Watched:
    """The result of a `Cast.playing`."""
    found = await asyncio.to_thread(playing.recv)
    assert isinstance(found, Watched)
    return found


def _run(
    cameras: Sequence[Camera], watchers: Sequence[Watcher], keep_alive: KeepAlive, seconds: float
) -> Watched:
    for camera in cameras:
        camera.start(TRAFFIC)
    sent = [time.monotonic()] * len(cameras)
    camera_freezes = 0
    ended = time.monotonic() + seconds
    while (now := time.monotonic()) < ended:
        for n, camera in enumerate(cameras):
            if camera.due <= now:
                camera_freezes += time.monotonic() - sent[n] > FREEZE_S
                while camera.due <= now:
                    camera.send()
                sent[n] = time.monotonic()
        for watcher in watchers:
            watcher.read([])
        keep_alive.do(now)
        time.sleep(max(0.0, READ_INTERVAL_S - (time.monotonic() - now)))
    at = time.time()
    seen = [(watcher, watcher.programme) for watcher in watchers]
    gaps = [gap for watcher, ssrc in seen if ssrc is not None for gap in watcher.gaps.get(ssrc, ())]
    return Watched(
        sum(watcher.received for watcher in watchers),
        sum(ssrc is None or at - watcher.last[ssrc] > SILENT_S for watcher, ssrc in seen),
        len(gaps),
        max(gaps, default=0.0),
        camera_freezes,
    )
