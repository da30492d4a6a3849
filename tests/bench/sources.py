"""Cameras of many places in one process, cheaply: `python -m tests.bench.sources`, with a source and its link
in each line of its input.

Each place sends a test card of 320x180 in VP8, ten frames a second. A loop of a second is encoded once, before joining.
"""

from __future__ import annotations

import asyncio
import struct
import sys
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from fractions import Fraction
from zoneinfo import ZoneInfo

import av
from av.video.codeccontext import VideoCodecContext

from bridge.room.testcard import Picture, TestCard
from signaling.client import Client
from tests.bench.load import READ_INTERVAL_S, KeepAlive
from tests.bench.peer import VIDEO, Peer

WIDTH, HEIGHT, FPS = 320, 180, 10
BIT_RATE = 150_000
MAX_PAYLOAD_BYTES = 1_100
READY_TIMEOUT_S = 120.0
ADDRESS = "127.0.0.1"


@asynccontextmanager
async def sources(links: Mapping[str, str]) -> AsyncIterator[None]:
    """These sources are sent while the context lasts, each by the link of its place."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.sources", stdin=pipe, stdout=pipe
    )
    try:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("".join(f"{source} {link}\n" for source, link in links.items()).encode())
        process.stdin.close()
        async with asyncio.timeout(READY_TIMEOUT_S):
            if await process.stdout.readline() != b"ready\n":
                raise RuntimeError("the sources did not connect; the reason is on standard error")
        yield
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


class _Card:
    """Sends the loop of one test card."""

    def __init__(self, peer: Peer, code: int) -> None:
        self._peer = peer
        self._frames = list(_encoded(code))
        self._sent = self._frame = 0
        self.due = time.monotonic()

    def send(self) -> None:
        """Send the due frame."""
        frame = self._frames[self._frame % len(self._frames)]
        parts = [frame[at : at + MAX_PAYLOAD_BYTES] for at in range(0, len(frame), MAX_PAYLOAD_BYTES)]
        for n, part in enumerate(parts):
            is_last = n == len(parts) - 1
            header = struct.pack(
                "!BBHLLBBH",
                0x80,
                VIDEO | is_last << 7,
                self._sent & 0xFFFF,
                self._frame * 90_000 // FPS & 0xFFFF_FFFF,
                self._peer.ssrc,
                0x80 | (n == 0) << 4,  # RFC 7741 section 4.2: with a picture ID
                0x80,
                0x8000 | self._frame & 0x7FFF,
            )
            self._peer.socket.send(self._peer.outward.protect(header + part))
            self._sent += 1
        self._frame += 1
        self.due += 1 / FPS


def _encoded(code: int) -> Iterator[bytes]:
    """A second of a test card; the first frame is a keyframe."""
    card = TestCard(f"hall-{code}", code=code, zone=ZoneInfo("Europe/Berlin"), width=WIDTH, height=HEIGHT)
    coder = av.CodecContext.create("libvpx", "w")
    assert isinstance(coder, VideoCodecContext)
    coder.width, coder.height, coder.pix_fmt = WIDTH, HEIGHT, "yuv420p"
    coder.time_base, coder.framerate, coder.bit_rate = Fraction(1, FPS), Fraction(FPS), BIT_RATE
    coder.options = {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0", "error-resilient": "1"}
    for n in range(FPS):
        frame = _filled(card.paint(n / FPS, n))
        frame.pts, frame.time_base = n, Fraction(1, FPS)
        for packet in coder.encode(frame):
            yield bytes(packet)


def _filled(picture: Picture) -> av.VideoFrame:
    frame = av.VideoFrame(picture.width, picture.height, "yuv420p")
    for plane, drawn in zip(frame.planes, (picture.y, picture.u, picture.v), strict=True):
        plane.update(bytes(drawn))
    return frame


async def _play(links: Mapping[str, str]) -> None:
    cards: list[_Card] = []
    keep_alive = KeepAlive()
    async with AsyncExitStack() as stack, asyncio.TaskGroup() as tasks:
        # Those that have joined send while the others join: the server gives up on a silent one.
        tasks.create_task(_send(cards, keep_alive))
        for code, (source, link) in enumerate(links.items()):
            page = await stack.enter_async_context(await Client.open(link))
            peer = Peer(ADDRESS)
            answer = await page.offer(peer.offer(sends=True), source)
            await peer.connect(answer["sdp"])
            keep_alive.add(peer)
            cards.append(_Card(peer, code))
        print("ready", flush=True)


async def _send(cards: Sequence[_Card], keep_alive: KeepAlive) -> None:
    while True:
        now = time.monotonic()
        for card in cards:
            while card.due <= now:
                card.send()
        keep_alive.do(now)
        await asyncio.sleep(READ_INTERVAL_S)


if __name__ == "__main__":
    lines = sys.stdin.read().splitlines()
    asyncio.run(_play(dict(line.split() for line in lines)))
