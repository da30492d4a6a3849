"""A restart as people see it: SIGTERM at the server, which a supervisor starts again as soon as it has ended.

The pages behave as the browser's: closed with 1012 they connect again after its delays, until they have their state.
Two rooms are real (`schalte room`): one feeds the programme, and the other one sees it.

Seconds since SIGTERM: `drained_s`, the process has ended; `serving_s`, the next one says that it serves. Seconds after
that: `first_s`, `all_s`, the first and the last page has its state; `picture_s`, the other room sees the programme's
picture again. Pages come back at random, at most 2 s apart.
"""

from __future__ import annotations

import asyncio
import json
import random
import signal
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from signaling.client import Client, endpoint
from tests.events import write
from tests.server.process import server
from tests.server.test_rooms import room, says
from tests.server.test_socket import until

RESTARTS = 5
PAGES = 40
PORT, UDP_PORT = 18_091, 18_092
"""Fixed, so that everybody can come back."""
MIN_RETRY_DELAY_S, MAX_RETRY_DELAY_S = 0.25, 2.0
"""As in web/src/link/socket.ts."""
GIVE_UP_S = 60.0
"""Seconds after which the run ends with an error."""


def run() -> Iterator[dict[str, object]]:
    yield asyncio.run(_measure())


async def _measure() -> dict[str, object]:
    runs: list[dict[str, float]] = []
    options = ("--port", str(PORT), "--udp-port", str(UDP_PORT))
    with tempfile.TemporaryDirectory() as folder:
        event, data = write(Path(folder)), Path(folder) / "data"
        async with server(event, data, *options) as first:
            links = [first.link(*who) for who in (("moderator",), ("venue", "krefeld"), ("venue", "berlin"))]
            viewer = first.link("viewer")
        serving = server(event, data, *options)
        running = await serving.__aenter__()
        try:
            async with room(links[1]), room(links[2]) as sees, await Client.open(links[0]) as desk:
                await until(desk, lambda s: s["sources"]["krefeld"]["state"] == "live", GIVE_UP_S)
                await desk.command("start")
                await says(sees, lambda r: "krefeld" in r["pictures"])
                pages = [await _state(endpoint(viewer)) for _ in range(PAGES)]
                for n in range(RESTARTS):
                    back = [asyncio.create_task(_comes_back(page, endpoint(viewer))) for page in pages]
                    picture = asyncio.create_task(_picture(sees, n + 2))
                    began = time.perf_counter()
                    running.process.send_signal(signal.SIGTERM)
                    await running.process.wait()
                    drained = time.perf_counter()
                    await serving.__aexit__(None, None, None)
                    serving = server(event, data, *options)
                    running = await serving.__aenter__()
                    served = time.perf_counter()
                    async with asyncio.timeout(GIVE_UP_S):
                        returned = await asyncio.gather(*back)
                        seen = await picture
                    pages = [page for page, _ in returned]
                    times = [at for _, at in returned]
                    runs.append(
                        {
                            "drained_s": drained - began,
                            "serving_s": served - began,
                            "first_s": min(times) - served,
                            "all_s": max(times) - served,
                            "picture_s": seen - served,
                        }
                    )
                for page in pages:
                    await page.close()
        finally:
            await serving.__aexit__(None, None, None)
    figures: dict[str, object] = {
        name: [
            round(statistics.median(one[name] for one in runs), 2),
            round(max(one[name] for one in runs), 2),
        ]
        for name in runs[0]
    }
    return {"bench": "comeback", "pages": PAGES, "restarts": RESTARTS, "median_and_max": figures}


async def _state(where: tuple[str, str]) -> ClientConnection:
    """Connect, and return with the state."""
    page = await connect(where[0], max_size=None, compression=None)
    await page.send(json.dumps({"type": "hello", "token": where[1], "protocol": 1}))
    while json.loads(await page.recv())["type"] != "snapshot":
        pass
    return page


async def _comes_back(page: ClientConnection, where: tuple[str, str]) -> tuple[ClientConnection, float]:
    """Wait for the close, and connect again as a page does. Returns when it has the state."""
    try:
        while True:
            await page.recv()
    except WebSocketException:
        assert page.close_code == 1012, page.close_code
    attempt = 0
    while True:
        delay = min(MAX_RETRY_DELAY_S, MIN_RETRY_DELAY_S * 2**attempt)
        await asyncio.sleep(delay * random.uniform(0.5, 1))
        attempt += 1
        try:
            return await _state(where), time.perf_counter()
        except (OSError, WebSocketException):
            continue


async def _picture(sees: asyncio.subprocess.Process, connections: int) -> float:
    """When the room sees the programme in its connection of this number."""
    await says(sees, lambda r: r["connections"] == connections and "krefeld" in r["pictures"])
    return time.perf_counter()
