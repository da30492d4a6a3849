"""A short run of each target; `make fuzz` takes a million inputs."""

from __future__ import annotations

import pytest

from tests.fuzz.targets import TARGETS, run

INPUTS = {
    "port": 3_000,
    "stun": 4_000,
    "source": 4_000,
    "receiver": 2_000,
    "frames": 20_000,
    "sdp": 400,
    "message": 2_000,
    "websocket": 1_000,
    "headers": 1_000,
    "turn": 300,
    "code": 300,
    "table": 1_000,
    "event": 40,
    "script": 300,
}


@pytest.mark.parametrize("name", TARGETS)
async def test_bad_input_causes_no_failure(name: str) -> None:
    await run(name, 20180915, INPUTS[name])
