"""Go or no-go on a real server: it informs, and never blocks."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

from signaling.client import Client
from signaling.showlog.filelog import FileLog
from tests.events import write
from tests.server.localserver import LocalServer
from tests.server.process import run, server
from tests.server.test_socket import until


def results(state: dict[str, Any]) -> dict[str, str]:
    """What each check says: `connected tokio` to `failed never-fed`."""
    return {
        f"{check['id']} {check['of']}": f"{check['result']} {check['reason'] or ''}".strip()
        for check in state["checks"]["checks"]
    }


async def test_a_failed_check_does_not_block_next_and_stands_in_the_log_and_the_report(
    tmp_path: Path,
) -> None:
    data = tmp_path / "data"
    async with server(write(tmp_path), data) as running:
        before = (await running.state())["checks"]
        assert before["item"] == "one"
        assert (await running.command(id="1", type="start"))[0] == 200
        state = await running.state()
        assert (state["checks"]["item"], results(state)["connected berlin"]) == ("two", "failed never-fed")
        assert (await running.command(id="2", type="next", **{"from": "one"}))[0] == 200
        assert (await running.state())["checks"]["item"] == "three"
        async with await Client.open(running.link("viewer")) as viewer:
            assert viewer.state["checks"] == {"item": None, "checks": []}
        await running.kill()
    facts = [fact for entry in FileLog.view(data).read_from(1) for fact in entry.facts]
    written = [fact for fact in facts if fact["kind"] in ("checked", "started")]
    assert [(fact["kind"], fact["item"]) for fact in written] == [
        *(("checked", "one"), ("started", "one")),
        *(("checked", "two"), ("started", "two")),
    ]
    assert written[2]["checks"] == state["checks"]["checks"]
    assert written[0]["checks"] == before["checks"]

    _, out, _ = await run("report", str(data), "--format", "json")
    one, two, three, _ = json.loads(out)["items"]
    assert [airing["checks"] for airing in two["airings"]] == [state["checks"]["checks"]]
    assert (one["checks_failed"], two["checks_failed"], three["checks_failed"]) == (1, 1, None)
    _, out, _ = await run("report", str(data), "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert [row["failed_checks"] for row in rows] == [
        *("connected krefeld: never-fed", "connected berlin: never-fed", "", "")
    ]
    assert [row["checks_ok"] for row in rows] == ["0", "0", "", ""]
    _, out, _ = await run("report", str(data))
    (line,) = (line for line in out.splitlines() if "connection Berlin: not connected" in line)
    assert line.split()[0] == "Two"


async def test_what_the_desk_sees_follows_the_place_and_its_page(local: LocalServer) -> None:
    async with local.desk() as desk, local.hall("browser", "krefeld") as hall:
        hall.source = "krefeld"
        assert results(desk.state)["connected krefeld"] == "failed never-fed"
        await hall.send_live()
        state = await until(desk, lambda state: results(state)["connected krefeld"] == "ok")
        assert results(state)["microphone krefeld"] == "unknown not-reported"
        await hall.client.report_devices("works", "lost")
        await until(desk, lambda state: results(state)["microphone krefeld"] == "failed lost")
        await desk.command("start")
        assert desk.state["checks"]["item"] == "two"
