"""A running show that finds an echo from the levels of the media plane, and who is told of it."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

from signaling.runtime import Runtime
from signaling.show.loudness import PacketLevels
from signaling.show.routing import return_paths
from signaling.show.terms import Role
from signaling.show.wire.commands import Mic, Start
from tests.events import SHORT
from tests.unit.signaling.show.envelopes import PACKETS_PER_S, Levels, echo, room, talker, together
from tests.unit.signaling.test_runtime import running

SECONDS = 25.0


def tenths(runtime: Runtime, sounds: dict[str, Levels]) -> list[tuple[float, dict[str, PacketLevels]]]:
    """The packets of each tenth of a second, and when it ended."""
    begin = asyncio.get_running_loop().time()
    size = PACKETS_PER_S // 10
    return [
        (
            begin + (first + size) / PACKETS_PER_S,
            {
                source: [(begin + (first + n) / PACKETS_PER_S, levels[first + n]) for n in range(size)]
                for source, levels in sounds.items()
            },
        )
        for first in range(0, int(SECONDS * PACKETS_PER_S), size)
    ]


async def test_the_desk_and_the_hall_whose_microphone_returns_it_are_told_of_an_echo(tmp_path: Path) -> None:
    async with running(tmp_path, SHORT) as (runtime, _):
        for source in ("krefeld", "berlin", "tokio"):
            runtime.on_source(source, "live", "flows")
        await runtime.submit(Start(id="a", type="start"), "moderator:moderator")
        await runtime.submit(Mic(id="b", type="mic", source="berlin", open=True), "moderator:moderator")
        draw = random.Random(1)
        krefeld = talker(draw, SECONDS)
        sounds = {"krefeld": krefeld, "berlin": together(echo(krefeld, -20, 0.4), room(draw, SECONDS))}
        for now, packets in tenths(runtime, sounds):
            runtime.echo.hear(packets, return_paths(runtime.show), now)
        await published(runtime, "moderator", "moderator", "krefeld")
        await published(runtime, "venue", "berlin", "krefeld")
        for role, id_ in (("venue", "krefeld"), ("viewer", "viewer")):
            assert echo_of_berlin(runtime, role, id_) is None  # type: ignore[arg-type]
        # The last sources leave, so no more levels come.
        runtime.on_source("krefeld", "absent", "left")
        runtime.on_source("berlin", "absent", "left")
        await published(runtime, "moderator", "moderator", None)


def echo_of_berlin(runtime: Runtime, role: Role, id_: str) -> str | None:
    found: str | None = runtime.publisher.state(runtime.now_iso(), role, id_)["sources"]["berlin"]["echo_of"]
    return found


async def published(runtime: Runtime, role: Role, id_: str, talker: str | None) -> None:
    """Returns when the state says so."""
    async with asyncio.timeout(60):
        while True:
            if echo_of_berlin(runtime, role, id_) == talker:
                return
            await asyncio.sleep(0.05)
