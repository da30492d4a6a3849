"""Editing the agenda at the desk, over the API."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import aiohttp

from tests.events import SHORT
from tests.server.process import ServerProcess, server
from tests.server.test_preview import opened

COMMENTED = SHORT.replace("agenda:\n", "agenda:  # all\n  # The first.\n").replace("\n", "\r\n")
RENAME = {"do": "set", "item": "two", "fields": {"title": "Zwei", "duration": "20m"}}
LAST = {"do": "move", "item": "two", "before": None}


def edit(base: int, *changes: dict[str, Any]) -> dict[str, Any]:
    return {"type": "edit", "base": base, "changes": list(changes)}


async def file_of(running: ServerProcess) -> tuple[str, str, str]:
    """The present event file, its name and its tag."""
    async with aiohttp.ClientSession(headers=running.headers()) as http:
        async with http.get(f"{running.url}/api/v1/event.yaml") as answer:
            assert answer.status == 200
            return (
                (await answer.read()).decode(),
                answer.headers["Content-Disposition"],
                answer.headers["ETag"],
            )


async def document_of(running: ServerProcess) -> Any:
    async with aiohttp.ClientSession(headers=running.headers()) as http:
        async with http.get(f"{running.url}/api/v1/event.json") as answer:
            return await answer.json()


async def test_an_edited_file_is_downloaded_with_its_comments_undone_and_there_after_a_kill(
    tmp_path: Path,
) -> None:
    event, data = tmp_path / "event.yaml", tmp_path / "data"
    event.write_bytes(COMMENTED.encode())
    async with server(event, data) as first:
        assert (await file_of(first))[0] == COMMENTED
        base = (await document_of(first))["rev"]
        status, applied = await first.command(id="1", **edit(base, RENAME, LAST))
        assert status == 200
        line = "  - {id: two, title: Two, duration: 10m, source: berlin}\r\n"
        moved = COMMENTED.replace(line, "") + line.replace("Two, duration: 10m", "Zwei, duration: 20m")
        tag = f'"{applied["rev"]}"'
        assert await file_of(first) == (moved, 'attachment; filename="probe.yaml"', tag)
        document, state = await document_of(first), await first.state()
        assert [item["id"] for item in document["items"]] == ["one", "three", "four", "two"]
        assert document["items"][3]["fields"]["duration"] == "20m"
        assert (await first.command(id="2", type="undo"))[0] == 200
        assert (await file_of(first))[0] == COMMENTED
        assert (await first.command(id="3", **edit(applied["rev"], LAST)))[0] == 409
        assert (await first.command(id="4", **edit((await first.state())["rev"], RENAME, LAST)))[0] == 200
        await first.kill()
    async with server(event, data) as second:
        assert (await file_of(second))[0] == moved
        assert (await document_of(second))["items"] == document["items"]
        items = (await second.state())["items"]
        assert [item["planned"] for item in items] == [item["planned"] for item in state["items"]]
        rev = (await second.state())["event"]["rev"]
        assert (await second.command(id="5", **edit(rev, {"do": "remove", "item": "two"})))[0] == 200


async def test_of_two_who_edit_at_once_one_is_refused_and_nothing_is_lost(tmp_path: Path) -> None:
    async with opened(tmp_path) as desk:
        seen = (await desk.state())["rev"]
        edits = [{"id": str(n), **edit(seen, {**RENAME, "fields": {"title": f"By {n}"}})} for n in range(2)]
        answers = dict(
            zip("01", await asyncio.gather(*(desk.post("commands", one) for one in edits)), strict=True)
        )
        ((first, _),) = [(n, answer) for n, answer in answers.items() if answer[0] == 200]
        ((second, (status, problem)),) = [(n, answer) for n, answer in answers.items() if n != first]
        assert (status, problem["code"], problem["reason"]) == (409, "stale", "file-outdated")
        assert (await desk.state())["items"][1]["title"] == f"By {first}"
        again = {"id": "again", **edit(problem["rev"], {**RENAME, "fields": {"title": f"By {second}"}})}
        assert (await desk.post("preview", again))[0] == 200
        assert (await desk.post("commands", again))[0] == 200
        assert (await desk.state())["items"][1]["title"] == f"By {second}"


async def test_an_abandoned_preview_does_not_refuse_the_edit_that_follows(tmp_path: Path) -> None:
    async with opened(tmp_path) as desk:
        base = (await desk.state())["rev"]
        asked = [
            asyncio.create_task(desk.post("preview", {"id": f"p{n}", **edit(base, LAST)})) for n in range(2)
        ]
        assert (await desk.post("commands", {"id": "1", **edit(base, LAST)}))[0] == 200
        await asyncio.gather(*asked)


async def test_each_fault_has_its_item_and_field(tmp_path: Path) -> None:
    new = {"do": "add", "before": None, "fields": {"title": "New", "source": "osaka", "duration": "5m"}}
    wrong = {"do": "set", "item": "two", "fields": {"duration": "soon"}}
    async with opened(tmp_path) as desk:
        faulty = {"id": "1", **edit((await desk.state())["rev"], wrong, new)}
        for path in ("preview", "commands"):
            status, problem = await desk.post(path, faulty)
            assert (status, problem["reason"]) == (422, "event-file")
            found = [
                (fault["item"], fault["change"], fault["field"], fault["code"], fault["details"])
                for fault in problem["faults"]
            ]
            assert found == [
                ("two", None, "duration", "not-a-length", {"value": "soon"}),
                (None, 1, "source", "unknown-source", {"value": "osaka"}),
            ]
        reloaded = {
            "id": "2",
            "type": "reload",
            "yaml": SHORT.replace("10m, source: tokio", "x, source: tokio"),
        }
        _, problem = await desk.post("commands", reloaded)
        assert [(fault["field"], fault["line"]) for fault in problem["faults"]] == [("duration", 12)]


async def test_a_long_edit_is_taken_and_a_longer_one_is_not(tmp_path: Path) -> None:
    async with opened(tmp_path) as desk:
        base = (await desk.state())["rev"]
        notes = {"do": "set", "item": "two", "fields": {"notes": "ページ。" * 2_000}}
        assert (await desk.post("commands", {"id": "1", **edit(base, notes)}))[0] == 200
        status, problem = await desk.post("commands", {"id": "2", **edit(base, *[notes] * 9)})
        assert (status, problem["code"]) == (422, "invalid")
        kept = {"do": "set", "item": "two", "fields": {"id": "zwei"}}
        status, problem = await desk.post("commands", {"id": "3", **edit(base, kept)})
        assert (status, "keeps its id" in problem["message"]) == (422, True)
