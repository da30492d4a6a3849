"""The table of links while others write it, hold its lock, fill its disk, or are killed: real processes."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import random
import resource
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from config.yamlfile import parse
from signaling import private
from signaling.access import changing, followed, store, table
from signaling.access.changing import LOCK_FILE_NAME, LinksLocked
from signaling.access.linkchecker import LinkChecker
from signaling.access.links import Link, LinkError
from signaling.access.snapshot import LinkSnapshot
from signaling.client import Client
from signaling.clock import machine_now
from tests.events import SHORT, write
from tests.server.localserver import LocalServer, local_server
from tests.server.process import ServerProcess
from tests.server.test_links import ask, rows

EVENT = parse(SHORT, "event.yaml")
HOLDER = """
import fcntl, sys
lock = open(sys.argv[1], "r+b")
fcntl.flock(lock, fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.readline()
"""


@asynccontextmanager
async def holding(lock: Path) -> AsyncIterator[None]:
    """Another process holds the lock."""
    holder = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", HOLDER, str(lock)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert holder.stdout is not None
    assert await holder.stdout.readline() == b"held\n"
    try:
        yield
    finally:
        holder.kill()
        await holder.wait()


# The lock --------------------------------------------------------------------------------------------------------


async def test_a_lock_that_another_program_holds_holds_up_no_request_and_is_given_up(
    local: LocalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (changing, store):
        monkeypatch.setattr(module, "LOCK_TIMEOUT_S", 0.3)
    local.link("venue", "tokio")
    before = await rows(local)
    number = next(row["number"] for row in before if row["id"] == "tokio")
    async with holding(local.data / LOCK_FILE_NAME):
        asking = [
            asyncio.create_task(ask(local, method, path, body))
            for method, path, body in [
                *[("DELETE", f"links/{number}", None)] * 6,
                *[("POST", "links", {"role": "venue", "id": "tokio"})] * 6,
                ("POST", "links/revoke", {"id": "tokio"}),
            ]
        ]
        # Its threads are free, and so is the loop.
        assert await asyncio.to_thread(lambda: "free") == "free"
        assert (await ask(local, "GET", "state"))[0] == 200
        for status, problem in await asyncio.gather(*asking):
            assert (status, problem["code"], problem["reason"]) == (503, "busy", "links-busy")
    after = await rows(local)
    assert [(row["number"], row["status"]) for row in after] == [(r["number"], r["status"]) for r in before]
    assert (await ask(local, "DELETE", f"links/{number}"))[0] == 200


async def test_a_command_gives_a_held_lock_up_with_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changing, "LOCK_TIMEOUT_S", 0.1)
    checker = LinkChecker(tmp_path)
    code = checker.issue(Link("venue", "tokio", ""))
    async with holding(tmp_path / LOCK_FILE_NAME):
        assert checker.issue(Link("venue", "tokio", "")) == code, "nothing is to be changed"
        with pytest.raises(LinksLocked, match=r"another program has held this lock .* fuser .*links\.lock"):
            checker.revoke("tokio")
    checker.revoke("tokio")


async def test_a_moderator_who_is_revoked_while_a_request_waits_makes_no_link(local: LocalServer) -> None:
    """A stolen link that made another one so would have outlived its revocation."""
    _, made = await ask(local, "POST", "links", {"role": "moderator", "id": "moderator"})
    stolen = made["url"].partition("#")[2]
    with (local.data / LOCK_FILE_NAME).open("r+b") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        asking = [
            asyncio.create_task(ask(local, *one, token=stolen))
            for one in (
                ("POST", "links", {"role": "moderator", "id": "moderator"}),
                ("POST", "links/revoke", {"id": "tokio"}),
            )
        ]
        async with asyncio.timeout(60):
            while local.link_checker._store._waiting < 2:  # noqa: ASYNC110 - it has no event of its own
                await asyncio.sleep(0.01)
        revoked = table.load(local.data).without_id("moderator", machine_now())
        private.replace_file(local.data / table.FILE_NAME, table._as_json(revoked))
    for status, problem in await asyncio.gather(*asking):
        assert (status, problem["reason"]) == (401, "link-revoked")
    found = table.load(local.data)
    assert found.by_number.keys() == revoked.by_number.keys()
    assert "tokio" not in found.generations


# The event loop --------------------------------------------------------------------------------------------------


async def test_no_request_or_message_waits_for_the_disk_or_a_lock(
    local: LocalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of it happens in threads."""
    moderator = local.link_checker.issue(Link("moderator", "moderator", ""))
    seen = set[str]()

    def note(what: str, call: Any) -> Any:
        def noted(*arguments: Any, **named: Any) -> Any:
            seen.add(f"{what} {threading.current_thread() is threading.main_thread()}")
            return call(*arguments, **named)

        return noted

    monkeypatch.setattr(followed.FollowedFile, "_stat", note("stat", followed.FollowedFile._stat))
    monkeypatch.setattr(table, "parse_table", note("parse", table.parse_table))
    monkeypatch.setattr(fcntl, "flock", note("flock", fcntl.flock))
    monkeypatch.setattr(LinkSnapshot, "of", note("build", LinkSnapshot.of))
    hall, desk = local.link("venue", "tokio"), local.link("moderator")
    seen.clear()
    async with await Client.open(hall), await Client.open(desk) as page:
        await page.command("hold")
    assert (await ask(local, "GET", "state", token=moderator))[0] == 200
    assert (await ask(local, "GET", "state", token="7KQ2MX9F4PT3VB"))[0] == 401
    _, made = await ask(local, "POST", "links", {"role": "venue", "id": "tokio"}, token=moderator)
    assert (await ask(local, "DELETE", f"links/{made['number']}", token=moderator))[0] == 200
    assert {"stat False", "flock False", "build False"} <= seen
    assert not any(one.endswith("True") for one in seen)


# The disk --------------------------------------------------------------------------------------------------------


async def test_on_a_disk_that_takes_nothing_the_links_stay_as_they_are(serving: ServerProcess) -> None:
    """The server's process may write files of no more than 16 bytes, as on a full disk."""
    headers = serving.headers()
    path = serving.data / table.FILE_NAME
    number = LinkChecker(serving.data).links_for([Link("venue", "tokio", "")])[0].number
    before = path.read_bytes()
    _, hard = resource.prlimit(serving.process.pid, resource.RLIMIT_FSIZE)
    async with aiohttp.ClientSession(headers=headers) as http:
        api = f"{serving.url}/api/v1"
        resource.prlimit(serving.process.pid, resource.RLIMIT_FSIZE, (16, hard))
        for method, address, body in (
            ("DELETE", f"{api}/links/{number}", None),
            ("POST", f"{api}/links", {"role": "venue", "id": "tokio"}),
            ("POST", f"{api}/links/revoke", {"id": "tokio"}),
        ):
            async with http.request(method, address, json=body) as answer:
                problem = await answer.json()
            assert (answer.status, problem["reason"]) == (503, "links-fail"), problem
            assert problem["details"] == {"fault": "File too large"}
            assert str(serving.data) not in problem["message"]
        assert path.read_bytes() == before
        assert not list(serving.data.glob("*.new"))
        assert (await serving.state("venue", "tokio"))["rev"] is not None
        resource.prlimit(serving.process.pid, resource.RLIMIT_FSIZE, (hard, hard))
        async with http.delete(f"{api}/links/{number}") as answer:
            assert answer.status == 200


# Everything at once ----------------------------------------------------------------------------------------------

COMMANDS = """
import contextlib, io, json, random, sys
from pathlib import Path
from signaling.cli import main
from signaling.cli import links

links.IN_FORCE_AFTER_S = 0.0
chance = random.Random(int(sys.argv[1]))
event, data, mine = sys.argv[2:5]
loaded = links.load_event(Path(event))
links.load_event = lambda path: loaded  # reading it again took most of the time, in which nobody meets
made = []
for _ in range(20):
    which = chance.random()
    if which < 0.6 or not made:
        what, options = "made", ["--id", mine, "--expires", "2h", "--json"]
    elif which < 0.8:
        what, options = "revoked code", ["--revoke", made.pop()]
    elif which < 0.95:
        what, options = "revoked all", ["--revoke", mine]
        made.clear()
    else:
        what, options = "rotated", ["--rotate-key"]
    print(json.dumps(["begins", what, options[-1]]), flush=True)
    with contextlib.redirect_stdout(io.TextIOWrapper(io.BytesIO(), "utf-8")) as out:
        assert main(["links", event, "--data", data, *options]) == 0
    out.seek(0)
    if what == "made":
        made.append(json.load(out)[0]["token"])
    print(json.dumps(["did", what, made[-1] if what == "made" else options[-1]]), flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("seed", [1, 2])
async def test_commands_and_the_desk_at_once_lose_nothing_and_survive_a_kill(
    tmp_path: Path, seed: int
) -> None:
    """Each process changes the links of a place of its own, so it knows which are to be valid. One is killed."""
    chance, event = random.Random(seed), write(tmp_path)
    async with local_server(tmp_path / "data") as local:
        desk = asyncio.create_task(_desk(local))
        watching = asyncio.create_task(_watch(local.data))
        places = ("tokio", "krefeld", "uchida")
        kill_after = chance.randrange(10, 36)
        found = await asyncio.gather(
            *(
                _commands(seed, event, local.data, place, kill_after if place == "uchida" else None)
                for place in places
            )
        )
        made_at_desk, revoked_at_desk = await desk
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        assert watching.cancelled(), watching.exception()
        local.link_checker.refresh()
        for checker in (local.link_checker, LinkChecker(local.data)):
            for valid, revoked in found:
                assert {code: reason_of(checker, code) for code in valid} == dict.fromkeys(valid)
                assert {reason_of(checker, code) for code in revoked} <= {"link-revoked"}
            numbers = {row.number: checker.status(row, EVENT) for row in checker.rows()}
            assert {numbers[n] for n in made_at_desk - revoked_at_desk} == {"valid"}
            assert {numbers[n] for n in revoked_at_desk} == {"revoked"}
        assert len([code for valid, revoked in found for code in (*valid, *revoked)]) > 8
    assert not list(local.data.glob("links.json.*")), "what the killed one left is gone"


def reason_of(checker: LinkChecker, code: str) -> str | None:
    """Why a code is refused; None: it is not."""
    try:
        row, _ = checker._links.find(code)
        return "link-revoked" if checker._links.table.is_revoked(row) else None
    except LinkError as fault:
        return fault.reason


async def _commands(
    seed: int, event: Path, data: Path, place: str, kill_after: int | None
) -> tuple[set[str], set[str]]:
    """Codes that must be valid now, and those that must be revoked. What a killed one had begun may be either."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", COMMANDS, str(seed), str(event), str(data), place),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env=os.environ | {"PYTHONASYNCIODEBUG": ""},
    )
    assert process.stdin is not None
    assert process.stdout is not None
    if kill_after is None:
        process.stdin.close()  # it may end when it is done; the other one waits to be killed
    valid, revoked, count = set[str](), set[str](), 0
    unsure = set[str]()
    while line := await process.stdout.readline():
        step, what, which = json.loads(line)
        ends = valid if what == "revoked all" else {which} if what == "revoked code" else set[str]()
        if step == "begins":
            unsure = set(ends)
        elif what == "made":
            valid.add(which)
        else:
            revoked |= ends
            valid -= ends
        if step == "did":
            unsure = set()
        count += 1
        if count == kill_after:
            process.kill()
    assert await process.wait() == (0 if kill_after is None else -9)
    return valid - unsure, revoked


async def _desk(local: LocalServer) -> tuple[set[int], set[int]]:
    """Numbers of the links that the desk has made, and of those that it has revoked."""
    made, revoked = set[int](), set[int]()
    for n in range(20):
        status, link = await ask(local, "POST", "links", {"role": "venue", "id": "berlin"})
        assert status == 200, link
        made.add(link["number"])
        if n % 3 == 0:
            assert (await ask(local, "DELETE", f"links/{link['number']}"))[0] == 200
            revoked.add(link["number"])
    return made, revoked


async def _watch(data: Path) -> None:
    """The file is whole whenever it is read; no row is lost, and none that was revoked comes back."""
    numbers, revoked = set[int](), set[int]()
    while True:
        found = await asyncio.to_thread(table.load, data)
        assert numbers <= found.by_number.keys()
        numbers = set(found.by_number)
        now = {row.number for row in found.links if found.is_revoked(row)}
        assert revoked <= now
        revoked = now
        await asyncio.sleep(0.02)
