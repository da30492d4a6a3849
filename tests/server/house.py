"""A real server around a media plane that takes every offer: who is let in, who is told what, who is ended."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bridge.engine import Callbacks, Joined, PeerSpec, SourceState
from config.yamlfile import parse
from signaling.access.linkchecker import LinkChecker
from signaling.access.links import Link, url
from signaling.client import Client, RequestRefused
from signaling.clock import ShowClock
from signaling.http.heartbeat import HEARTBEAT_TIMEOUTS, HeartbeatTimeouts
from signaling.http.server import Server, listening
from signaling.runtime import Runtime
from signaling.show.terms import Role
from signaling.showlog.filelog import FileLog
from signaling.showlog.replaying import replay_log
from tests.events import SHORT
from tests.nomedia import NoMedia


class Peers(NoMedia):
    """Takes every offer. What comes from a peer is what the test says; at first it connects."""

    def __init__(self) -> None:
        self.states: dict[str, SourceState] = {}
        self.left = asyncio.Queue[str]()
        """Peers that the server has ended."""
        self._feeds: dict[str, str] = {}

    def listen(self, callbacks: Callbacks) -> None:
        self._on_source, self._on_left = callbacks.on_source, callbacks.on_left

    async def join(self, spec: PeerSpec, offer: str) -> Joined:
        self.states[spec.peer] = "connecting"
        if spec.source is not None:
            self._feeds[spec.peer] = spec.source
        return Joined("v=0", {})

    async def leave(self, peer: str) -> None:
        if self.states.pop(peer, None) is not None:
            self.left.put_nowait(peer)

    def state_of(self, peer: str) -> SourceState | None:
        return self.states.get(peer)

    def say(self, peer: str, state: SourceState) -> None:
        self.states[peer] = state
        self._on_source(self._feeds[peer], state, "unreachable" if state == "absent" else "flows")

    def goes(self, peer: str) -> None:
        """Its page has closed its connection."""
        del self.states[peer]
        self._on_source(self._feeds[peer], "absent", "left")
        self._on_left(peer)


class Hall:
    """A page of a hall, and what it is told."""

    def __init__(self, client: Client, media: Peers, source: str = "tokio") -> None:
        self.client = client
        self.source = source
        self.peer = str(client.welcome["peer"])
        self._media = media
        self._told: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        client.on_admission = self._told.put_nowait

    async def offers(self) -> None:
        await self.client.offer("v=0\r\n", self.source)

    async def looks_on(self) -> None:
        await self.client.offer("v=0\r\n", None)

    async def on_air(self) -> None:
        await self.offers()
        self._media.say(self.peer, "live")

    async def waits(self) -> None:
        with pytest.raises(RequestRefused, match="The desk has been asked") as refusal:
            await self.offers()
        assert refusal.value.code == "waiting"
        assert await self.told() == ("waiting", "machine")
        await self.looks_on()

    async def told(self) -> tuple[str, str | None]:
        """Status and `by` of the next message."""
        async with asyncio.timeout(20):
            message = await self._told.get()
        assert message["source"] == self.source
        return message["status"], message["by"]


@dataclass
class House:
    data: Path
    media: Peers
    show_log: FileLog
    link_checker: LinkChecker
    runtime: Runtime
    url: str

    def link(self, role: Role, id_: str | None = None, lifetime: float | None = None) -> str:
        return url(self.url, self.link_checker.issue(Link(role, id_ or role, ""), lifetime))

    @asynccontextmanager
    async def hall(self, browser: str | None, place: str = "tokio") -> AsyncIterator[Hall]:
        """A page by the hall's link in a browser."""
        async with await Client.open(self.link("venue", place), browser=browser) as client:
            yield Hall(client, self.media)

    @asynccontextmanager
    async def guest(self, browser: str) -> AsyncIterator[Hall]:
        """A page by the guest's link in a browser."""
        async with await Client.open(self.link("guest", "uchida"), browser=browser) as client:
            yield Hall(client, self.media, "uchida")

    @asynccontextmanager
    async def desk(self) -> AsyncIterator[Client]:
        async with await Client.open(self.link("moderator")) as client:
            yield client


@asynccontextmanager
async def housed(data: Path, timeouts: HeartbeatTimeouts = HEARTBEAT_TIMEOUTS) -> AsyncIterator[House]:
    event, show_log, media = parse(SHORT, "event.yaml"), FileLog.open(data, SHORT), Peers()
    clock = ShowClock()
    replayed = replay_log(show_log, event, SHORT, clock.now())
    runtime, link_checker = Runtime(replayed, show_log, clock, media), LinkChecker(data)
    writer = asyncio.create_task(runtime.run())
    try:
        async with listening(Server(runtime, link_checker, timeouts=timeouts), "127.0.0.1", 0) as port:
            yield House(data, media, show_log, link_checker, runtime, f"http://127.0.0.1:{port}")
    finally:
        writer.cancel()
        await asyncio.gather(writer, return_exceptions=True)
        show_log.close()
