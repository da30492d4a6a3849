"""Who sits at which desk, as all desks see it: real pages of a real server."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any, Final

import aiohttp
import pytest

from config.names import MAX_NAME_CHARS
from signaling.access.links import Link, url
from signaling.client import Client, RequestRefused
from tests.events import write
from tests.server.localserver import LocalServer
from tests.server.process import ServerProcess, server
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


def actions(state: dict[str, Any]) -> list[tuple[object, ...]]:
    """Command, item, seconds, undo, name and desk of each action."""
    keys = ("command", "item", "seconds", "undo", "name", "desk")
    return [tuple(action[key] for key in keys) for action in state["show"]["actions"]]


async def test_who_did_what_and_what_undo_takes_back_outlast_a_killed_server(tmp_path: Path) -> None:
    done = [
        ("start", "one", None, False, "Anna", 1),
        ("skip", "three", None, False, "", None),
        ("extend", None, 300.0, False, "", 2),
        ("extend", None, 300.0, True, "Anna", 1),
    ]
    async with server(write(tmp_path), tmp_path / "data") as running:
        link = running.link("moderator")
        async with await Client.open(link) as anna, await Client.open(link) as second:
            await anna.here("Anna")
            await anna.command("start")
            body = {"id": "1", "type": "skip", "item": "three"}
            async with aiohttp.ClientSession(headers=running.headers()) as script:
                await script.post(f"{running.url}/api/v1/commands", json=body, raise_for_status=True)
            await second.command("extend", seconds=300)
            state = await until(second, lambda s: s["show"]["undo"]["command"] == "extend")
            assert (state["show"]["undo"]["name"], state["show"]["undo"]["desk"]) == ("", 2)
            await anna.command("undo")
            for desk in (anna, second):
                await until(desk, lambda s: actions(s) == done)
        await running.kill()
    async with server(write(tmp_path), tmp_path / "data") as running:
        state = await running.state()
        assert actions(state) == done
        assert state["show"]["undo"]["command"] == "skip"


async def test_of_two_who_press_next_at_once_one_is_told_that_the_other_was_faster(
    local: LocalServer,
) -> None:
    async with local.desk() as anna, local.desk() as ben:
        await anna.here("Anna")
        await ben.here("Ben")
        await anna.command("start")
        presses = {"Anna": anna, "Ben": ben}
        done = await asyncio.gather(
            *(desk.command("next", **{"from": "one"}) for desk in presses.values()), return_exceptions=True
        )
        (refused,) = (answer for answer in done if isinstance(answer, RequestRefused))
        faster = next(name for name, answer in zip(presses, done, strict=True) if answer is not refused)
        assert refused.code == "stale"
        state = await until(ben, lambda s: s["show"]["item"] == "two")
        assert actions(state)[-1] == ("next", "two", None, False, faster, 1 if faster == "Anna" else 2)
