"""Searches everything that a real server sends to each role for texts that the role must not see."""

from __future__ import annotations

import asyncio
import json
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from websockets.asyncio.client import ClientConnection, connect

from signaling.client import Client, endpoint
from tests.events import SHORT, write
from tests.server.process import ServerProcess, server

NOTE, LATER_NOTE = "Nobody but the desk reads this", "Nor this, after a reload"
CONTACT, PRESET = "Extension 31, for the desk alone", "Applause, in everybody's language"
NOTED = (
    SHORT.replace("source: krefeld}", f"source: krefeld, notes: {NOTE}}}")
    .replace("name: Tokio,", f'name: Tokio, contact: "{CONTACT}",')
    .replace("Europe/Berlin}", f'Europe/Berlin, presets: {{applause: {{en: "{PRESET}"}}}}}}')
)
RENOTED = NOTED.replace(NOTE, f'"{LATER_NOTE}"')
MESSAGES = {to: f"Only to {to}" for to in ("krefeld", "tokio", "uchida", "all")}
READS = {
    ("moderator", None): {*MESSAGES.values(), NOTE, LATER_NOTE, CONTACT, PRESET},
    ("venue", "krefeld"): {MESSAGES["krefeld"], MESSAGES["all"], PRESET},
    ("venue", "tokio"): {MESSAGES["tokio"], MESSAGES["all"], PRESET},
    ("venue", "berlin"): {MESSAGES["all"], PRESET},
    ("guest", "uchida"): {MESSAGES["uchida"], MESSAGES["all"], PRESET},
    ("viewer", None): {PRESET},
    ("stage", None): {MESSAGES["all"], PRESET},
}
"""Of the texts that are not for everybody: those that a link may read."""


async def page(running: ServerProcess, role: str, id_: str | None) -> tuple[ClientConnection, list[str]]:
    """A page, and its first messages: a welcome and a snapshot."""
    address, token = endpoint(running.link(role, id_))
    opened = await connect(address, max_size=None)
    await opened.send(json.dumps({"type": "hello", "token": token}))
    return opened, [str(await opened.recv()) for _ in range(2)]


async def patches(opened: ClientConnection, rev: int) -> list[str]:
    """The messages to a page up to this revision."""
    said: list[str] = []
    async with asyncio.timeout(60):
        while True:
            said.append(str(await opened.recv()))
            message: dict[str, Any] = json.loads(said[-1])
            if message["type"] == "patch" and message["rev"] >= rev:
                return said


def read(said: str) -> set[str]:
    return {text for text in READS["moderator", None] if text in said}


async def test_each_page_is_sent_only_its_part_and_reaches_the_revision_of_each_command(
    tmp_path: Path,
) -> None:
    async with server(write(tmp_path, NOTED), tmp_path / "data") as running, AsyncExitStack() as stack:
        pages = {link: await page(running, *link) for link in READS}
        for opened, _ in pages.values():
            stack.push_async_callback(opened.close)
        async with await Client.open(running.link("moderator")) as desk:
            for to, text in MESSAGES.items():
                await desk.command("message", to=to, text=text)
            await desk.command("start")
            rev = await desk.command("reload", yaml=RENOTED)
        for link, (opened, first) in pages.items():
            said = [*first, *await patches(opened, rev)]
            assert read("\n".join(said)) == READS[link], link
            # A page that connects now has it in its snapshot, and so does a script.
            async with await Client.open(running.link(*link)) as late:
                assert read(json.dumps(late.state)) == READS[link] - {NOTE}, link
            state = await running.state(*link)
            assert read(json.dumps(state)) == READS[link] - {NOTE}, link
            assert state["rev"] >= rev


@pytest.mark.parametrize("path", ["/api/v1/agenda.ics", "/api/v1/schedule.json"])
async def test_documents_for_the_public_contain_nothing_of_the_desk(tmp_path: Path, path: str) -> None:
    async with server(write(tmp_path, NOTED), tmp_path / "data") as running:
        for to, text in MESSAGES.items():
            await running.command(id=to, type="message", to=to, text=text)
        token = endpoint(running.link("viewer"))[1]
        async with aiohttp.ClientSession() as http:
            async with http.get(f"{running.url}{path}?token={token}") as answer:
                body = await answer.text()
        body = body.replace("\r\n ", "")  # a calendar folds its lines
        assert "One" in body
        assert read(body) == set()


async def test_a_page_that_changed_its_link_gets_a_snapshot(tmp_path: Path) -> None:
    async with server(write(tmp_path, NOTED), tmp_path / "data") as running:
        async with await Client.open(running.link("moderator")) as desk:
            boot, rev = desk.welcome["boot"], desk.state["rev"]
            await desk.command("start")
        address, token = endpoint(running.link("viewer"))
        async with connect(address) as opened:
            await opened.send(json.dumps({"type": "hello", "token": token, "boot": boot, "rev": rev}))
            types = [json.loads(await opened.recv())["type"] for _ in range(2)]
        assert types == ["welcome", "snapshot"]
