"""A server in the test's own process, around a media plane that answers every offer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bridge.engine import Callbacks, Feed, Joined, PeerSpec, SourceState
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


class FakeEngine(NoMedia):
    """Answers every offer. Peers begin as `connecting`; the test sets their states."""

    def __init__(self) -> None:
        self.states: dict[str, SourceState] = {}
        self.routed: Mapping[str, Feed] = {}
        """What each peer is sent now."""
        self._rerouted = asyncio.Event()
        self.specs: dict[str, PeerSpec] = {}
        """Of each peer that has joined."""
        self.left = asyncio.Queue[str]()
        """Peers that the server has closed."""
        self._sources: dict[str, str] = {}

    def listen(self, callbacks: Callbacks) -> None:
        self._on_source, self._on_left = callbacks.on_source, callbacks.on_left

    async def join(self, spec: PeerSpec, offer: str) -> Joined:
        self.states[spec.peer] = "connecting"
        self.specs[spec.peer] = spec
        if spec.source is not None:
            self._sources[spec.peer] = spec.source
        return Joined("v=0", {})

    async def leave(self, peer: str) -> None:
        if self.states.pop(peer, None) is not None:
            self.left.put_nowait(peer)

    def route(self, feeds: Mapping[str, Feed]) -> None:
        self.routed = feeds
        self._rerouted.set()

    async def until_routed(self, peer: str, wanted: Callable[[Feed], bool]) -> Feed:
        """What a peer is sent, once it is as wanted."""
        async with asyncio.timeout(60):
            while not (peer in self.routed and wanted(self.routed[peer])):
                self._rerouted.clear()
                await self._rerouted.wait()
        return self.routed[peer]

    def state_of(self, peer: str) -> SourceState | None:
        return self.states.get(peer)

    def set_state(self, peer: str, state: SourceState) -> None:
        self.states[peer] = state
        self._on_source(self._sources[peer], state, "unreachable" if state == "absent" else "flows")

    def disconnect(self, peer: str) -> None:
        """A peer closes its connection."""
        del self.states[peer]
        self._on_source(self._sources[peer], "absent", "left")
        self._on_left(peer)


class ContributorPage:
    """A page of a venue or guest, and its notices."""

    def __init__(self, client: Client, media: FakeEngine, source: str = "tokio") -> None:
        self.client = client
        self.source = source
        self.peer = str(client.welcome["peer"])
        self._media = media
        self._notices: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        client.on_admission = self._notices.put_nowait

    async def offer(self) -> None:
        await self.client.offer("v=0\r\n", self.source)

    async def offer_to_watch(self) -> None:
        await self.client.offer("v=0\r\n", None)

    async def send_live(self) -> None:
        await self.offer()
        self._media.set_state(self.peer, "live")

    async def expect_waiting(self) -> None:
        with pytest.raises(RequestRefused, match="The desk has been asked") as refusal:
            await self.offer()
        assert refusal.value.code == "waiting"
        assert await self.next_notice() == ("waiting", "machine")
        await self.offer_to_watch()

    async def next_notice(self) -> tuple[str, str | None]:
        """Status and `by` of the next notice."""
        async with asyncio.timeout(60):
            message = await self._notices.get()
        assert message["source"] == self.source
        return message["status"], message["by"]


@dataclass
class LocalServer:
    data: Path
    media: FakeEngine
    show_log: FileLog
    link_checker: LinkChecker
    runtime: Runtime
    url: str
    server: Server

    def link(self, role: Role, id_: str | None = None, lifetime: float | None = None) -> str:
        return url(self.url, self.link_checker.issue(Link(role, id_ or role, ""), lifetime))

    @asynccontextmanager
    async def hall(self, browser: str | None, place: str = "tokio") -> AsyncIterator[ContributorPage]:
        """A page with the hall's link in this browser."""
        async with await Client.open(self.link("venue", place), browser=browser) as client:
            yield ContributorPage(client, self.media)

    @asynccontextmanager
    async def guest(self, browser: str) -> AsyncIterator[ContributorPage]:
        """A page with the guest's link in this browser."""
        async with await Client.open(self.link("guest", "uchida"), browser=browser) as client:
            yield ContributorPage(client, self.media, "uchida")

    @asynccontextmanager
    async def seat(self, seat: str, browser: str | None = None) -> AsyncIterator[ContributorPage]:
        """An interpreter's page in a seat of the booth, for an event that has one."""
        async with await Client.open(self.link("interpreter", "kabine"), browser=browser or seat) as client:
            yield ContributorPage(client, self.media, f"kabine/{seat}")

    @asynccontextmanager
    async def desk(self) -> AsyncIterator[Client]:
        async with await Client.open(self.link("moderator")) as client:
            yield client


@asynccontextmanager
async def local_server(
    data: Path,
    timeouts: HeartbeatTimeouts = HEARTBEAT_TIMEOUTS,
    text: str = SHORT,
    clock: ShowClock | None = None,
) -> AsyncIterator[LocalServer]:
    event, show_log, media = parse(text, "event.yaml"), FileLog.open(data, text), FakeEngine()
    clock = clock or ShowClock()
    replayed = replay_log(show_log, event, text, clock.now())
    runtime, link_checker = Runtime(replayed, show_log, clock, media), LinkChecker(data)
    writer = asyncio.create_task(runtime.run())
    try:
        server = Server(runtime, link_checker, timeouts=timeouts)
        async with listening(server, "127.0.0.1", 0) as port:
            yield LocalServer(
                data, media, show_log, link_checker, runtime, f"http://127.0.0.1:{port}", server
            )
    finally:
        writer.cancel()
        await asyncio.gather(writer, return_exceptions=True)
        show_log.close()
