"""Rooms with aiortc on loopback, for benchmarks of sound: told apart by their tones, and timed until a tone is heard.

What is measured includes the sender's packet of 20 ms, and the receiver's jitter buffer and decoder.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from statistics import median

import aioice.ice

from bridge.room.call import _send_audio_level
from bridge.room.inputs import ToneInput, ToneTrack
from bridge.switchboard import Switchboard
from tests.media.rooms import Receiver, Room, room

RUNS = 5


@asynccontextmanager
async def switchboard() -> AsyncIterator[Switchboard]:
    """A switchboard on loopback, which aioice leaves out by itself."""
    aioice.ice.get_host_addresses = lambda use_ipv4, use_ipv6: ["127.0.0.1"]
    board = await Switchboard.open("127.0.0.1", 0, ["127.0.0.1"])
    try:
        yield board
    finally:
        await board.close()


async def speakers(
    stack: AsyncExitStack, board: Switchboard, sources: Sequence[str], *, speak: bool
) -> list[ToneInput]:
    """Rooms that send sound alone, whose codes are their places in `sources`. It is encoded already: ten encoders in
    this process would delay everything."""
    tones = []
    for code, source in enumerate(sources):
        tone = ToneInput(code)
        tone.speaking = speak
        tones.append(tone)
        track = ToneTrack(tone)
        joined = await stack.enter_async_context(
            room(board, source, source=source, code=code, has_camera=False, video=0, microphone=track)
        )
        for line in joined.pc.getTransceivers():
            if line.sender.track is track:
                _send_audio_level(line.sender, track)
    return tones


async def ms_until_heard(listener: Room, slots: Sequence[str], code: int, begin: Callable[[], None]) -> float:
    """Milliseconds from `begin` until the tone is decoded in one of the slots, which all receive something."""

    def is_heard(receiver: Receiver) -> bool:
        return bool(receiver.sounds) and code in receiver.sounds[-1]

    receivers = [listener.slots[slot] for slot in slots]
    began = time.monotonic()
    begin()
    waiting = [asyncio.ensure_future(receiver.until(is_heard)) for receiver in receivers]
    await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    took = time.monotonic() - began
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    return took * 1000


def figures(bench: str, took: Sequence[float], limit_ms: int) -> dict[str, object]:
    """The line of a benchmark."""
    return {
        "bench": bench,
        "runs": len(took),
        "median_ms": round(median(took), 1),
        "worst_ms": round(max(took), 1),
        "limit_ms": limit_ms,
    }
