"""One click at the desk says that a place has been seen and heard: its own pages and the moderators are sent that."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from signaling.client import Client, RequestRefused
from signaling.show.facts import Approved, from_json
from tests.server.localserver import LocalServer, local_server
from tests.server.test_socket import until


@pytest.fixture
async def local(tmp_path: Path) -> AsyncIterator[LocalServer]:
    async with local_server(tmp_path) as running:
        yield running


def approved_at(state: dict[str, Any]) -> str | None:
    at: str | None = state["sources"]["uchida"]["approved_at"]
    return at


async def test_the_guest_is_sent_the_time_and_so_is_every_moderator(local: LocalServer) -> None:
    async with local.desk() as desk, local.desk() as other, local.guest("phone") as guest:
        assert approved_at(guest.client.state) is None
        await desk.command("approve", place="uchida")
        state = await until(guest.client, approved_at)
        at = approved_at(state)
        assert at is not None
        assert datetime.fromisoformat(at) >= datetime.fromisoformat(state["now"]), "of the snapshot before it"
        assert approved_at(await until(other, approved_at)) == at
        await desk.command("approve", place="uchida", ok=False)
        await until(guest.client, lambda s: approved_at(s) is None)


async def test_another_place_and_a_viewer_are_not_sent_it(local: LocalServer) -> None:
    async with (
        local.desk() as desk,
        local.hall("hall") as hall,
        await Client.open(local.link("viewer")) as viewer,
    ):
        await desk.command("approve", place="uchida")
        await desk.command("start")  # a later change, which both are sent
        for other in (hall.client, viewer):
            state = await until(other, lambda s: s["show"]["phase"] == "running")
            assert approved_at(state) is None


async def test_the_log_says_who_and_when(local: LocalServer) -> None:
    async with local.desk() as desk:
        await desk.command("approve", place="uchida")
    facts = [(entry.by, from_json(fact)) for entry in local.show_log.read_from(1) for fact in entry.facts]
    ((by, fact),) = [(by, fact) for by, fact in facts if isinstance(fact, Approved)]
    assert (by, fact.place, fact.ok) == ("moderator:moderator", "uchida", True)


async def test_a_guest_cannot_send_it(local: LocalServer) -> None:
    async with local.guest("phone") as guest:
        with pytest.raises(RequestRefused) as refusal:
            await guest.client.command("approve", place="uchida")
        assert refusal.value.code == "forbidden"


async def test_it_outlasts_a_reconnect_of_the_guest(local: LocalServer) -> None:
    async with local.desk() as desk, local.guest("phone") as guest:
        await guest.send_live()
        await desk.command("approve", place="uchida")
        at = approved_at(await until(guest.client, approved_at))
    async with local.guest("phone") as again:
        async with asyncio.timeout(60):
            await again.send_live()
        assert approved_at(again.client.state) == at
