"""A running show that finds a silent channel from the levels of the media plane."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from signaling.runtime import Runtime
from signaling.show.wire.commands import Interpret, Start
from tests.events import BOOTH
from tests.unit.signaling.show.test_voice import Trace, quiet, speech
from tests.unit.signaling.test_runtime import running


@pytest.mark.parametrize("speed", [1.0, 20.0])
async def test_a_channel_that_is_silent_while_the_floor_speaks_is_in_the_published_state(
    tmp_path: Path, speed: float
) -> None:
    """The levels of half a minute come at once: what counts is how many, not when, so not the speed of a rehearsal."""
    async with running(tmp_path, BOOTH, speed) as (runtime, _):
        for source in ("krefeld", "kabine/1"):
            runtime.on_source(source, "live", "flows")
        await runtime.submit(Start(id="a", type="start"), "moderator:moderator")
        opened = Interpret(id="b", type="interpret", booth="kabine", seat="1", open=True)
        await runtime.submit(opened, "interpreter:kabine")
        hear(runtime, krefeld=speech(8), seat=quiet(8))
        hear(runtime, krefeld=quiet(30), seat=quiet(30))
        assert runtime.silence.alarms() == {}
        hear(runtime, krefeld=speech(8), seat=quiet(8))
        await published(runtime, silent=True)
        hear(runtime, krefeld=speech(2), seat=speech(2, seed=1))
        await published(runtime, silent=False)


def hear(runtime: Runtime, **traces: Trace) -> None:
    for floor, seat in zip(traces["krefeld"], traces["seat"], strict=True):
        runtime.on_levels({"krefeld": floor, "kabine/1": seat})


async def published(runtime: Runtime, *, silent: bool) -> None:
    """Returns when the state says so."""
    async with asyncio.timeout(60):
        while True:
            state = runtime.publisher.state(runtime.now_iso(), "moderator", "moderator")
            if (state["languages"]["ja"]["silent_since"] is not None) == silent:
                return
            await asyncio.sleep(0.05)
