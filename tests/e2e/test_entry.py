"""The way into a hall's page: permission, devices, test tone, the check of the line, and what the page keeps."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from signaling.client import Client
from tests.e2e.conftest import PLACES, SLATE_ONLY
from tests.e2e.rooms import Room, browsers, room
from tests.events import write
from tests.server.process import server


@asynccontextmanager
async def hall(folder: Path, script: str = "") -> AsyncIterator[tuple[Room, Client]]:
    """Krefeld's page, which has not joined, and a moderator."""
    async with server(write(folder, SLATE_ONLY), folder / "data") as running, browsers() as playwright:
        async with await Client.open(running.link("moderator")) as moderator:
            link, code = running.link("venue", "krefeld"), PLACES["krefeld"]
            async with room(playwright, folder, link, "krefeld", code, script=script) as opened:
                yield opened, moderator


async def test_the_line_is_measured_before_joining_and_the_choice_is_kept(tmp_path: Path) -> None:
    async with hall(tmp_path) as (krefeld, moderator):
        page = krefeld.page
        line = page.get_by_test_id("line-measured")
        await line.and_(page.locator("[data-verdict]")).wait_for()
        text = await line.inner_text()
        for figure in ("round trip", "loss", "up ", "received"):
            assert figure in text
        assert moderator.state["sources"]["krefeld"]["state"] == "absent", "nothing is sent before Start"
