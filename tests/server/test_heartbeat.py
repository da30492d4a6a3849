"""How long the server waits for a page that does not answer. These tests shorten all times by `FASTER`."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import aiohttp
from aiohttp import WSMsgType

from signaling.client import endpoint
from signaling.http.heartbeat import HeartbeatTimeouts
from signaling.show.wire.socket import PING_AFTER_S, PONG_WITHIN_S
from tests.server.localserver import LocalServer, local_server

FASTER = 4
TIMEOUTS = HeartbeatTimeouts(PING_AFTER_S / FASTER, PONG_WITHIN_S / FASTER)
MAX_SILENCE_S = 15 / FASTER


async def pinged(
    http: aiohttp.ClientSession, local: LocalServer, answers_after: float | None
) -> tuple[int, float]:
    """The pings that a page gets that answers after this delay, or never (None), up to 3 answers; and the seconds from
    its last message to its disconnection, 0 if it was not disconnected."""
    loop = asyncio.get_running_loop()
    address, token = endpoint(local.link("viewer"))
    async with http.ws_connect(address, autoping=False, compress=0) as page:
        await page.send_str(json.dumps({"type": "hello", "token": token}))
        last_sent, pings = loop.time(), 0
        while pings < 3:
            message = await page.receive()
            if message.type in (WSMsgType.CLOSED, WSMsgType.CLOSE, WSMsgType.ERROR):
                return pings, loop.time() - last_sent
            if message.type == WSMsgType.PING:
                pings += 1
                if answers_after is not None:
                    await asyncio.sleep(answers_after)
                    await page.pong()
                    last_sent = loop.time()
        return pings, 0.0


async def test_a_page_that_answers_late_stays_and_one_that_never_does_is_disconnected(tmp_path: Path) -> None:
    async with (
        local_server(tmp_path, TIMEOUTS) as local,
        aiohttp.ClientSession() as http,
        asyncio.timeout(60),
    ):
        delays = (3 / FASTER, 6 / FASTER, None)
        found = await asyncio.gather(*(pinged(http, local, delay) for delay in delays))
    assert found[:2] == [(3, 0.0), (3, 0.0)]
    pings, silence = found[2]
    assert pings == 1
    assert TIMEOUTS.answer_within <= silence <= MAX_SILENCE_S + 1
