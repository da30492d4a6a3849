"""The show log rebuilds the show after SIGKILL."""

from __future__ import annotations

from pathlib import Path

from tests.events import write
from tests.server.process import server


async def test_a_killed_server_comes_back_with_the_same_show(tmp_path: Path) -> None:
    event, data = write(tmp_path), tmp_path / "data"
    async with server(event, data) as first:
        await first.command(id="1", type="start")
        await first.command(id="2", type="next", **{"from": "one"})
        await first.command(id="3", type="extend", seconds=120)
        status, answer = await first.command(id="4", type="hold")
        assert status == 200
        before = await first.state()
        await first.kill()
    async with server(event, data) as second:
        after = await second.state()
        (serving,) = [line for line in second.lines if line["event"] == "serving"]
        assert serving["entries"] == 4
        assert serving["last"] <= after["now"]
        assert after["rev"] >= before["rev"]
        assert [item["actual"] for item in after["items"]] == [item["actual"] for item in before["items"]]
        assert [item["length_s"] for item in after["items"]] == [item["length_s"] for item in before["items"]]
        assert after["show"]["phase"] == "held"
        assert after["show"]["item"] == "two"
        assert await second.command(id="4", type="hold") == (200, answer), "applied once, before the kill"
