"""A real server and real pages around a scripted media plane."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest
from websockets.asyncio.client import connect

from bridge.engine import Callbacks, MediaStats, SourceState, SourceWhy
from config.yamlfile import parse
from signaling.access.linkchecker import LinkChecker
from signaling.access.links import Link, url
from signaling.client import Client, RequestRefused, endpoint
from signaling.clock import ShowClock
from signaling.http.server import Server, listening
from signaling.runtime import Runtime
from signaling.show.terms import Role
from signaling.showlog.filelog import FileLog
from signaling.showlog.replaying import replay_log
from tests.events import SHORT
from tests.nomedia import NoMedia
from tests.server.test_socket import until


class ScriptedEngine(NoMedia):
    """Reports the source states and levels that the test gives."""

    on_source: Callable[[str, SourceState, SourceWhy], None]
    on_levels: Callable[[Mapping[str, float]], None]

    def listen(self, callbacks: Callbacks) -> None:
        self.on_source, self.on_levels = callbacks.on_source, callbacks.on_levels

    def stats(self) -> tuple[Mapping[str, MediaStats], Mapping[str, MediaStats]]:
        return {"tokio": MediaStats(rtt_ms=230.0, layer="h", stalls=2)}, {}


@dataclass
class ScriptedServer:
    media: ScriptedEngine
    link_checker: LinkChecker
    url: str

    def link(self, role: Role) -> str:
        return url(self.url, self.link_checker.issue(Link(role, role, "")))


@pytest.fixture
async def scripted(tmp_path: Path) -> AsyncIterator[ScriptedServer]:
    event, show_log, media = parse(SHORT, "event.yaml"), FileLog.open(tmp_path, SHORT), ScriptedEngine()
    clock = ShowClock()
    replayed = replay_log(show_log, event, SHORT, clock.now())
    runtime, link_checker = Runtime(replayed, show_log, clock, media), LinkChecker(tmp_path)
    writer = asyncio.create_task(runtime.run())
    try:
        async with listening(Server(runtime, link_checker), "127.0.0.1", 0) as port:
            for source in event.sources:
                media.on_source(source, "live", "flows")
            yield ScriptedServer(media, link_checker, f"http://127.0.0.1:{port}")
    finally:
        writer.cancel()
        await asyncio.gather(writer, return_exceptions=True)
        show_log.close()


async def test_a_page_sees_the_stall_of_a_source_its_fallback_and_its_return(
    scripted: ScriptedServer,
) -> None:
    async with await Client.open(scripted.link("moderator")) as page:
        await page.command("start")
        await page.command("next", **{"from": "one"})
        await until(page, lambda s: s["program"]["source"] == "berlin")
        scripted.media.on_source("berlin", "stalled", "silent")
        state = await until(page, lambda s: s["sources"]["berlin"]["state"] == "stalled")
        assert state["sources"]["berlin"]["why"] == "silent"
        state = await until(page, lambda s: s["program"]["source"] == "krefeld")
        assert state["program"]["reason"] == "fallback"
        scripted.media.on_source("berlin", "live", "flows")
        state = await until(page, lambda s: s["program"]["source"] == "berlin")
        assert state["program"]["reason"] == "agenda"


async def test_levels_reach_only_moderators(scripted: ScriptedServer) -> None:
    async with (
        connect(endpoint(scripted.link("moderator"))[0]) as desk,
        connect(endpoint(scripted.link("viewer"))[0]) as viewer,
    ):
        roles: tuple[Role, Role] = ("moderator", "viewer")
        for page, role in zip((desk, viewer), roles, strict=True):
            token = endpoint(scripted.link(role))[1]
            await page.send(json.dumps({"type": "hello", "token": token}))
            while json.loads(await page.recv())["type"] != "snapshot":
                pass
        scripted.media.on_levels({"tokio": -22.6, "krefeld": -80.0})
        async with asyncio.timeout(60):
            while (message := json.loads(await desk.recv()))["type"] != "levels":
                pass
            assert message == {"type": "levels", "levels": {"tokio": -23.0}, "loudness": {}}
            await viewer.send(json.dumps({"type": "clock", "sent": 1.0}))
            types = set()
            while "clock" not in types:
                types.add(json.loads(await viewer.recv())["type"])
        assert "levels" not in types


async def test_a_mark_reaches_all_moderators_and_its_tally_reaches_everybody(
    scripted: ScriptedServer,
) -> None:
    async with (
        await Client.open(scripted.link("moderator")) as desk,
        await Client.open(scripted.link("moderator")) as other,
        await Client.open(scripted.link("stage")) as stage,
    ):
        await desk.command("arm", source="tokio")
        state = await until(other, lambda s: s["show"]["armed"] == {"kind": "source", "id": "tokio"})
        assert (state["sources"]["tokio"]["tally"], state["sources"]["tokio"]["armed"]) == ("preview", True)
        state = await until(stage, lambda s: s["sources"]["tokio"]["tally"] == "preview")
        assert (state["show"]["armed"], state["sources"]["tokio"]["armed"]) == (None, None)
        with pytest.raises(RequestRefused, match="not both") as refusal:
            await desk.command("arm", source="tokio", item="two")
        assert refusal.value.code == "invalid"
        with pytest.raises(RequestRefused) as refusal:
            await stage.command("arm", source="tokio")
        assert refusal.value.code == "forbidden"


async def test_media_statistics_are_in_the_state_and_in_the_metrics(scripted: ScriptedServer) -> None:
    async with await Client.open(scripted.link("moderator")) as page:
        state = await until(page, lambda s: s["sources"]["tokio"]["link"] is not None)
        assert state["sources"]["tokio"]["link"]["stalls"] == 2
    token = endpoint(scripted.link("moderator"))[1]
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {token}"}) as http:
        async with http.get(f"{scripted.url}/metrics") as answer:
            text = await answer.text()
    assert 'schalte_source_round_trip_seconds{source="tokio"} 0.23' in text
    assert 'schalte_source_stalls_total{source="tokio"} 2.0' in text
