"""A full disk and a read-only one: real ones, mounted for the server alone."""

from __future__ import annotations

import asyncio
import os
import subprocess
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest

from signaling.client import Client
from signaling.showlog.filelog import NAME, FileLog
from signaling.showlog.lines import encode
from tests.events import SHORT, write
from tests.server.process import ServerProcess, run, server

AUTO = """\
event: {title: Auto, date: 2026-03-14, timezone: Europe/Berlin}
venues: {krefeld: {}, berlin: {}}
agenda:
  - {id: one, title: One, start: 10:00, duration: 3s, source: krefeld, advance: auto}
  - {id: two, title: Two, duration: 10m, source: berlin}
  - {id: three, title: Three, duration: 10m, source: krefeld}
"""


def mounting(how: str) -> tuple[str, ...]:
    """The words before a command that mount a folder with `how`, for that command alone."""
    return ("unshare", "-rm", "sh", "-c", f'{how} && exec "$@"', "sh")


def _may_mount() -> bool:
    try:
        return subprocess.run((*mounting("mount -t tmpfs none /mnt"), "true"), check=False).returncode == 0
    except OSError:
        return False


pytestmark = pytest.mark.skipif(not _may_mount(), reason="this system does not permit mounts in a namespace")


def inside(running: ServerProcess) -> ServerProcess:
    """The same server, with its data folder as it is in its own namespace."""
    return replace(running, data=Path(f"/proc/{running.process.pid}/root{running.data}"))


def fill(data: Path) -> Path:
    """Write until the disk is full. Returns the file."""
    path = data / "film.mp4"
    with path.open("wb", buffering=0) as file:
        for size in (65_536, 4096, 512, 1):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError:
                pass
    return path


async def reasons(url: str) -> set[str]:
    """Why a show could not run, by `/readyz`."""
    async with aiohttp.ClientSession() as http, http.get(f"{url}/readyz") as answer:
        document = await answer.json()
        assert answer.status == (200 if document["ready"] else 503)
        return {reason["code"] for reason in document["reasons"]}


async def test_on_a_full_disk_commands_fail_and_the_server_goes_on_until_there_is_space(
    tmp_path: Path,
) -> None:
    event, data = write(tmp_path, AUTO), tmp_path / "data"
    data.mkdir()
    disk = mounting(f"mount -t tmpfs -o size=2m none {data}")
    async with server(event, data, "--at", "10:00", before=disk) as outside:
        running = inside(outside)
        assert (await running.command(id="1", type="start"))[0] == 200
        film = fill(running.data)
        # The last page of the log has room for a few entries more, and then for some that change nothing.
        for n in range(200):
            status, _ = await running.command(id=f"m{n}", type="message", to="all", text="x" * 100)
            if status != 200:
                break
        for n in range(200):
            status, _ = await running.command(id=f"r{n}", type="release")
            if status != 200:
                break
        for n in range(3):
            status, answer = await running.command(id=f"e{n}", type="extend", seconds=60)
            assert (status, answer["code"]) == (503, "failed")
            assert "nothing was done" in answer["message"]
            assert "Free some space on that disk." in answer["message"]
        assert (await running.command(id="1", type="start"))[0] == 200, "this was done, before"
        assert (await running.command(id="2", type="start"))[1]["code"] == "invalid", "refused, not failed"
        # The first item's end passes meanwhile, and nothing can come of it.
        await asyncio.sleep(4)
        full = await running.state()
        assert full["show"]["item"] == "one"
        assert full["items"][0]["length_s"] == 3
        async with aiohttp.ClientSession() as http, http.get(f"{running.url}/healthz") as health:
            assert health.status == 200
        assert await reasons(running.url) == {"disk", "log-fails"}
        told = {warning["code"]: warning["figures"] for warning in full["server"]["warnings"]}
        assert told == {"disk": {"free_mb": 0.0}, "log-fails": {}}
        await asyncio.sleep(0.2)
        assert (await running.state())["now"] > full["now"], "the clock goes on"

        film.unlink()
        async with asyncio.timeout(60), await Client.open(running.link("moderator")) as moderator:
            async for state in moderator:
                if state["show"]["item"] == "two":
                    break
        one, two, _ = state["items"]
        assert one["actual"]["end"] == two["actual"]["start"], "at the instant for which it was planned"
        assert state["items"][0]["length_s"] == 3
        status, _ = await running.command(id="e0", type="extend", seconds=60)
        assert status == 200, "the same command, tried again"
        status, _ = await running.command(id="n", type="next", **{"from": "two"})
        assert status == 200
        assert (await running.state())["show"]["item"] == "three"
        async with asyncio.timeout(60):
            while "log-fails" in await reasons(running.url):  # noqa: ASYNC110 - it is examined once a second
                await asyncio.sleep(0.2)


async def test_a_disk_that_is_full_at_the_start_gives_one_sentence(tmp_path: Path) -> None:
    event, data = write(tmp_path, SHORT), tmp_path / "data"
    data.mkdir()
    disk = mounting(
        f"mount -t tmpfs -o size=8k none {data}; head -c 9000 /dev/zero 2>&- > {data}/film.mp4; true"
    )
    code, out, err = await run("serve", str(event), "--data", str(data), before=disk)
    assert (code, out) == (1, "")
    assert err.startswith(f"{data / NAME}: cannot be used (")
    assert err.count("\n") == 1


async def test_without_space_to_salvage_it_a_damaged_log_stays_as_it_is(tmp_path: Path) -> None:
    event, data, was = write(tmp_path, SHORT), tmp_path / "data", tmp_path / "was"
    data.mkdir()
    FileLog.open(was, SHORT).close()
    log = was / NAME
    entry: dict[str, object] = {
        "at": "2026-03-14T09:00:00+00:00",
        "by": "clock",
        "command": None,
        "rev": 1,
        "facts": [],
    }
    whole = log.read_bytes() + b"".join(encode(n, entry) for n in range(1, 3_000))
    log.write_bytes(whole[:10_000] + b"?" * 50 + whole[10_050:])
    disk = f"mount -t tmpfs -o size={len(whole) * 3 // 2} none {data} && cp {log} {data}"
    afterwards = f"code=$?; cmp {log} {data}/{NAME} >&2; ls -A {data} >&2; exit $code"
    code, out, err = await run(
        *("serve", str(event), "--data", str(data), "--salvage"),
        before=("unshare", "-rm", "sh", "-c", f'{disk} && "$@"; {afterwards}', "sh"),
    )
    assert (code, out) == (1, "")
    said, *files = err.splitlines()
    assert said.startswith(f"{data / NAME}: is damaged, and no new log can be made beside it (")
    assert "Nothing was changed. Free some space on that disk" in said
    assert files == [NAME], "nothing else is left"


@pytest.mark.parametrize("is_new", [True, False])
async def test_a_read_only_folder_gives_one_sentence(tmp_path: Path, is_new: bool) -> None:
    event, data = write(tmp_path, SHORT), tmp_path / "data"
    data.mkdir()
    if not is_new:
        async with server(event, data) as running:
            await running.command(id="1", type="start")
    before = {name: (data / name).read_bytes() for name in os.listdir(data)}
    disk = mounting(f"mount --bind {data} {data} && mount -o remount,bind,ro {data}")
    code, out, err = await run("serve", str(event), "--data", str(data), before=disk)
    assert (code, out) == (1, "")
    (said,) = err.splitlines()
    assert said.startswith(f"{data / NAME}: cannot be used (")
    assert said.endswith("Give --data a folder that you may write to.")
    assert {name: (data / name).read_bytes() for name in os.listdir(data)} == before
