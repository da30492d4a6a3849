"""Three rooms and a guest in real browsers, linked by a real server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from signaling.client import Client
from tests.e2e.rooms import Room, browsers, room
from tests.events import write
from tests.server.process import ServerProcess, server
from tests.server.test_socket import until

PLACES = {"krefeld": 0, "berlin": 1, "tokio": 2, "uchida": 3}
"""Place codes, in the order of the event's sources."""


@dataclass
class Stage:
    """A running event with everybody in."""

    server: ServerProcess
    moderator: Client
    rooms: dict[str, Room]

    async def on_air(self, item: str) -> None:
        await until(self.moderator, lambda state: state["show"]["item"] == item)


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """All four are live, the show has not begun."""
    async with AsyncExitStack() as stack:
        running = await stack.enter_async_context(server(write(tmp_path), tmp_path / "data"))
        playwright = await stack.enter_async_context(browsers())
        rooms = {}
        for place, code in PLACES.items():
            role = "guest" if place == "uchida" else "venue"
            link = running.link(role, place)
            rooms[place] = await stack.enter_async_context(room(playwright, tmp_path, link, place, code))
            begin = "join-button" if role == "guest" else "start-button"
            await rooms[place].page.get_by_test_id(begin).click()
        moderator = await stack.enter_async_context(await Client.open(running.link("moderator")))
        await until(moderator, lambda state: all(state["sources"][p]["state"] == "live" for p in PLACES))
        yield Stage(running, moderator, rooms)
