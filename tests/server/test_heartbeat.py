"""How long the server waits for a page that does not answer. In these tests time is four times as short."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import aiohttp
from aiohttp import WSMsgType

from signaling.client import endpoint
from signaling.http.heartbeat import HeartbeatTimeouts
from signaling.show.wire.socket import ANSWER_WITHIN_S, ASK_AFTER_S
from tests.server.house import House, housed

FASTER = 4
TIMEOUTS = HeartbeatTimeouts(ASK_AFTER_S / FASTER, ANSWER_WITHIN_S / FASTER)
GONE_WITHIN = 15 / FASTER


async def pinged(http: aiohttp.ClientSession, house: House, answers_after: float | None) -> tuple[int, float]:
    """How often a page is pinged that answers so late, or never, until it is cut off or 3 pings were answered; and how
    long after its last word it was cut off, 0 where it was not."""
    loop = asyncio.get_running_loop()
    address, token = endpoint(house.link("viewer"))
    async with http.ws_connect(address, autoping=False, compress=0) as page:
        await page.send_str(json.dumps({"type": "hello", "token": token}))
        spoke, pings = loop.time(), 0
        while pings < 3:
            message = await page.receive()
            if message.type in (WSMsgType.CLOSED, WSMsgType.CLOSE, WSMsgType.ERROR):
                return pings, loop.time() - spoke
            if message.type == WSMsgType.PING:
                pings += 1
                if answers_after is not None:
                    await asyncio.sleep(answers_after)
                    await page.pong()
                    spoke = loop.time()
        return pings, 0.0


async def test_a_page_that_answers_late_stays_and_one_that_never_does_is_cut_off(tmp_path: Path) -> None:
    async with housed(tmp_path, TIMEOUTS) as house, aiohttp.ClientSession() as http, asyncio.timeout(30):
        delays = (3 / FASTER, 6 / FASTER, None)
        found = await asyncio.gather(*(pinged(http, house, delay) for delay in delays))
    assert found[:2] == [(3, 0.0), (3, 0.0)]
    pings, silence = found[2]
    assert pings == 1
    assert TIMEOUTS.answer_within <= silence <= GONE_WITHIN + 1
