"""Pages with real peers that send tones and tell them apart. Run as a program, it is one page, which a test may kill:

python -m tests.server.tones LINK SOURCE CODE
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiortc import RTCSessionDescription
from aiortc.mediastreams import MediaStreamTrack

from bridge.engine import INTERPRETATION, MICS
from signaling.client import Client
from tests.media.rooms import Camera, Microphone, Receiver, peer_connection

SOUNDS = len(MICS) + len(INTERPRETATION) + 2
"""Received sounds: microphones, interpretation, talkback, partner."""
BROWSER = "a browser of the tests"


@dataclass
class TonePage:
    """A connected page."""

    client: Client
    slots: dict[str, Receiver]

    def heard(self, *but: str) -> set[int]:
        """The codes of every tone that it has heard, in all slots but these."""
        slots = [receiver for slot, receiver in self.slots.items() if slot not in but]
        return {code for receiver in slots for sound in receiver.sounds for code in sound}


@asynccontextmanager
async def tone_page(
    link: str,
    source: str | None = None,
    code: int | None = None,
    *,
    camera: bool = False,
    talk: int | None = None,
) -> AsyncIterator[TonePage]:
    """A page that sends `source` with the tone `code`, with a picture if it has a `camera`, and talks back with
    the tone `talk`."""
    tracks: list[MediaStreamTrack] = []
    if code is not None:
        tracks += [Camera(code)] if camera else []
        tracks += [Microphone(code)]
    if talk is not None:
        tracks += [Microphone(talk)]
    pc = peer_connection(tracks, 1, SOUNDS)
    slots: dict[str, Receiver] = {}
    try:
        async with await Client.open(link, browser=BROWSER) as client:
            await pc.setLocalDescription()
            answer = await client.offer(pc.localDescription.sdp, source)
            await pc.setRemoteDescription(RTCSessionDescription(answer["sdp"], "answer"))
            lines = {line.mid: line for line in pc.getTransceivers()}
            for mid, slot in answer["slots"].items():
                slots[slot] = Receiver(lines[mid].receiver.track)
            yield TonePage(client, slots)
    finally:
        for receiver in slots.values():
            await receiver.stop()
        await pc.close()


@asynccontextmanager
async def tone_process(link: str, source: str, code: int) -> AsyncIterator[asyncio.subprocess.Process]:
    """Such a page in a process of its own."""
    arguments = ("-m", "tests.server.tones", link, source, str(code))
    process = await asyncio.create_subprocess_exec(sys.executable, *arguments)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _main(link: str, source: str, code: str) -> None:
    async with tone_page(link, source, int(code)):
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_main(*sys.argv[1:]))
