"""Editing the agenda at the desk, over the API."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.server.test_preview import Crew, opened

RENAME: dict[str, Any] = {
    "type": "edit",
    "base": 0,
    "changes": [{"do": "set", "item": "two", "fields": {"title": "Second", "duration": "20m"}}],
}


async def get(desk: Crew, path: str) -> Any:
    async with desk.http.get(f"{desk.running.url}/api/v1/{path}") as answer:
        assert answer.status == 200, await answer.text()
        return await answer.json()


async def test_an_edit_changes_the_file_and_the_show(tmp_path: Path) -> None:
    async with opened(tmp_path) as desk:
        before = await get(desk, "event.json")
        assert (before["rev"], before["items"][1]["fields"]["title"]) == (0, "Two")
        status, told = await desk.post("preview", {"id": "1", **RENAME})
        assert (status, await get(desk, "event.json")) == (200, before)
        status, applied = await desk.post("commands", {"id": "1", **RENAME})
        assert status == 200
        after = await desk.state()
        assert [item["title"] for item in after["items"]][:2] == ["One", "Second"]
        assert told["items"]["three"]["expected"] == after["items"][2]["expected"]
        edited = await get(desk, "event.json")
        assert (edited["rev"], edited["items"][1]["id"]) == (applied["rev"], "two")
        assert edited["items"][1]["fields"]["duration"] == "20m"


async def test_the_second_of_two_who_edit_at_once_loses_nothing(tmp_path: Path) -> None:
    async with opened(tmp_path) as desk:
        assert (await desk.post("commands", {"id": "1", **RENAME}))[0] == 200
        status, problem = await desk.post("commands", {"id": "2", **RENAME})
        assert (status, problem["code"], problem["reason"]) == (409, "stale", "file-outdated")
        assert (await desk.post("commands", {"id": "3", **RENAME, "base": problem["rev"]}))[0] == 200


async def test_each_fault_has_its_field(tmp_path: Path) -> None:
    faulty = {
        "id": "1",
        "type": "edit",
        "base": 0,
        "changes": [
            {"do": "set", "item": "two", "fields": {"duration": "soon"}},
            {"do": "add", "before": None, "fields": {"title": "New", "source": "osaka", "duration": "5m"}},
        ],
    }
    async with opened(tmp_path) as desk:
        status, problem = await desk.post("commands", faulty)
        assert (status, problem["reason"]) == (422, "event-file")
        found = [(fault["item"], fault["change"], fault["field"]) for fault in problem["faults"]]
        assert found == [("two", None, "duration"), (None, 1, "source")]
