"""A camera or a viewer that joins again after every fault, until it is killed: `python -m tests.soak.participant LINK
[SOURCE]`. It prints `playing` each time that its packets flow: sent by a camera, received by a viewer."""

from __future__ import annotations

import asyncio
import sys
import time

from signaling.client import Client, ClientError, RequestRefused
from tests.bench.load import READ_INTERVAL_S, Camera, KeepAlive, Traffic
from tests.bench.peer import Peer
from tests.soak.media import ADDRESS, Watcher

TRAFFIC = Traffic(rate=30, size=600)
RETRY_S = 0.3
"""Seconds between two attempts to join."""
SILENT_S = 5.0
"""Seconds without a packet after which a viewer joins again."""


async def participate(link: str, source: str | None) -> None:
    """Join, play, and join again.

    A camera is the same machine each time, killed or not, as a hall's browser or `schalte room` is: it takes over from
    itself, and does not wait until the server has missed its last packet.
    """
    machine = None if source is None else f"the machine of {source}"
    while True:
        peer = Peer(ADDRESS)
        try:
            async with await Client.open(link, browser=machine) as page:
                answer = await page.offer(peer.offer(sends=source is not None), source)
                await peer.connect(answer["sdp"])
                await _play(page, peer, is_camera=source is not None)
        except (ClientError, RequestRefused, OSError, TimeoutError) as fault:
            print(fault, file=sys.stderr, flush=True)
        finally:
            peer.close()
        await asyncio.sleep(RETRY_S)


async def _play(page: Client, peer: Peer, *, is_camera: bool) -> None:
    """Until the page is disconnected, or a viewer receives nothing any more."""
    camera, watcher, keep_alive = Camera(peer), Watcher(peer), KeepAlive()
    keep_alive.add(peer, None if is_camera else watcher)
    reading = asyncio.create_task(_read(page))
    heard, before, count = time.monotonic(), 0, 0
    camera.start(TRAFFIC)
    try:
        while not reading.done():
            now = time.monotonic()
            while is_camera and camera.due <= now:
                camera.send()
            watcher.read([])
            keep_alive.do(now)
            count = camera.sent if is_camera else watcher.received
            if count and not before:
                print("playing", flush=True)
            if count > before:
                heard, before = now, count
            if now - heard > SILENT_S:
                return
            await asyncio.sleep(READ_INTERVAL_S)
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)


async def _read(page: Client) -> None:
    async for _ in page:
        pass


if __name__ == "__main__":
    asyncio.run(participate(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None))
