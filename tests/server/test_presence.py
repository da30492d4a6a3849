"""Who sits at which desk, as all desks see it: real pages of a real server."""

from __future__ import annotations

import asyncio
import sys
from typing import Any, Final

import pytest

from config.names import MAX_NAME_CHARS
from signaling.access.links import Link, url
from signaling.client import Client, RequestRefused
from tests.server.localserver import LocalServer
from tests.server.process import ServerProcess
from tests.server.test_socket import until

SIT: Final = """
import asyncio, sys
from signaling.client import Client

async def sit(link):
    async with await Client.open(link) as desk:
        await desk.here("Ben", "two")
        async for _ in desk:
            pass

asyncio.run(sit(sys.argv[1]))
"""
"""A program that sits at a desk until it is killed."""


def names(state: dict[str, Any]) -> list[tuple[str, str | None]]:
    """Name and edited item of each desk."""
    return [(desk["name"], desk["editing"]) for desk in state["desks"].values()]


async def test_a_desk_is_there_until_its_process_is_killed(serving: ServerProcess) -> None:
    async with await Client.open(serving.link("moderator")) as desk:
        other = await asyncio.create_subprocess_exec(sys.executable, "-c", SIT, serving.link("moderator"))
        try:
            await until(desk, lambda s: names(s) == [("", None), ("Ben", "two")])
        finally:
            other.kill()
            await other.wait()
        await until(desk, lambda s: names(s) == [("", None)])


async def test_every_desk_sees_all_desks_and_finds_itself_by_its_session(local: LocalServer) -> None:
    async with local.desk() as anna, local.desk() as ben:
        await anna.here("Anna")
        await ben.here("山田 太郎", "two")
        for desk in (anna, ben):
            await until(desk, lambda s: names(s) == [("Anna", None), ("山田 太郎", "two")])
        assert anna.state["desks"][anna.welcome["session"]]["name"] == "Anna"
        assert [desk["number"] for desk in ben.state["desks"].values()] == [1, 2]
        await ben.here("山田 太郎")
        await until(anna, lambda s: names(s) == [("Anna", None), ("山田 太郎", None)])
    async with local.desk() as anna:
        await until(anna, lambda s: names(s) == [("", None)])


async def test_an_onlooker_is_there_and_says_nothing(local: LocalServer) -> None:
    link = Link("moderator", "moderator", "", read_only=True)
    async with await Client.open(url(local.url, local.link_checker.issue(link))) as onlooker:
        with pytest.raises(RequestRefused) as refused:
            await onlooker.here("Eve")
        assert refused.value.code == "forbidden"
        (desk,) = (await until(onlooker, lambda s: s["desks"]))["desks"].values()
        assert (desk["read_only"], desk["number"], desk["name"]) == (True, None, "")


@pytest.mark.parametrize(("role", "id_"), [("venue", "tokio"), ("viewer", None)])
async def test_other_roles_see_no_desk_and_are_none(local: LocalServer, role: Any, id_: str | None) -> None:
    async with local.desk() as desk, await Client.open(local.link(role, id_)) as page:
        with pytest.raises(RequestRefused) as refused:
            await page.here("Eve")
        assert refused.value.code == "forbidden"
        assert page.state["desks"] == {}
        await desk.here("Anna")
        await until(desk, lambda s: names(s) == [("Anna", None)])


@pytest.mark.parametrize("name", ["x" * (MAX_NAME_CHARS + 1), "An\u202ena", " Anna", "Jose\u0301", "\u200b"])
async def test_a_name_that_is_too_long_or_not_seen_as_it_is_changes_nothing(
    local: LocalServer, name: str
) -> None:
    async with local.desk() as desk:
        await desk.here("Anna")
        with pytest.raises(RequestRefused) as refused:
            await desk.here(name)
        assert refused.value.code == "invalid"
        await desk.here("Anna", "two")
        await until(desk, lambda s: names(s) == [("Anna", "two")])
