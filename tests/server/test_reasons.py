"""Refusals carry their reason, over HTTP and over the WebSocket."""

from __future__ import annotations

import json
from pathlib import Path

from websockets.asyncio.client import connect

from tests.events import write
from tests.server.process import server


async def test_a_refusal_has_a_reason_with_details(tmp_path: Path) -> None:
    async with server(write(tmp_path), tmp_path / "data") as running:
        status, problem = await running.command(type="goto", item="zero", id="1")
        assert (status, problem["reason"]) == (422, "unknown-item")
        assert problem["details"] == {"name": "zero", "sentence": problem["message"]}
        async with connect(f"{running.url.replace('http', 'ws')}/api/v1/ws") as page:
            await page.send(json.dumps({"type": "hello", "token": "not one of ours"}))
            fault = json.loads(await page.recv())
        assert (fault["code"], fault["reason"]) == ("unauthorized", "link-damaged")
        assert fault["details"] == {}
