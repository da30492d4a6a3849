"""`schalte report` on the log of a show, during it and after it."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from pathlib import Path

import aiohttp
import pytest

from signaling.client import Client, RequestRefused
from signaling.http.reporting import REPORT_TTL_S
from signaling.showlog.filelog import FileLog
from signaling.showlog.interface import ShowLogError
from tests.events import SHORT, write
from tests.server.process import ServerProcess, run, server

CJK = SHORT.replace("title: One", "title: 開会の挨拶").replace("title: Two", "title: Zwei")


async def test_a_show_is_reported_while_it_runs_and_after_it_has_ended(tmp_path: Path) -> None:
    event, data = write(tmp_path, CJK), tmp_path / "data"
    async with server(event, data, "--at", "10:04", "--speed", "60") as running:
        await running.command(id="1", type="start")
        code, out, err = await run("report", str(data), "--format", "json")
        assert (code, err) == (0, "")
        assert json.loads(out)["show"]["end"] is None
        for sender in ("a", "b"):
            status, _ = await running.command(id=f"again-{sender}", type="start")
            assert status == 422
        async with await Client.open(running.link("venue", "berlin")) as hall:
            with pytest.raises(RequestRefused, match="does not permit"):
                await hall.command("start")
        for n, item in enumerate(("one", "two", "three", "four")):
            status, _ = await running.command(id=f"n{n}", type="next", **{"from": item})
            assert status == 200
    # The report is of the event that ran, whatever became of its file.
    event.write_text("nothing", "utf-8")

    code, out, err = await run("report", str(data), "--format", "json")
    assert (code, err) == (0, "")
    made = json.loads(out)
    assert [item["item"] for item in made["items"]] == ["one", "two", "three", "four"]
    assert [item["times_on_air"] for item in made["items"]] == [1, 1, 1, 1]
    assert made["items"][0]["started"].endswith(" late")
    assert made["show"]["end"] is not None
    assert sum(seen["on_air_s"] for seen in made["on_air"]["sources"].values()) == made["show"]["length_s"]
    assert made["commands"] == {"moderator:moderator": {"start": 1, "next": 4}}

    assert [(r["by"], r["command"], r["code"]) for r in made["refused"]] == [
        ("moderator:moderator", "start", "invalid"),
        ("moderator:moderator", "start", "invalid"),
        ("venue:berlin", "start", "forbidden"),
    ]

    code, out, _ = await run("report", str(data))
    assert code == 0
    lines = out.splitlines()
    refused = lines[lines.index("Refused commands") + 2 :]
    assert [line.split()[0] for line in refused] == [*["moderator:moderator"] * 2, "venue:berlin"]
    assert all("running already" in line for line in refused[:2])
    assert "does not permit" in refused[2]
    assert lines[0] == "Probe, 2026-03-14, times in Europe/Berlin"
    (one,) = [line for line in lines if "開会の挨拶" in line and "10:00–" in line]
    (two,) = [line for line in lines if "Zwei" in line and "10:10–" in line]
    # The wide title is five letters in ten columns.
    assert one.index("10:00–10:10") + 5 == two.index("10:10–10:20")

    code, out, _ = await run("report", str(data), "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert (code, [row["title"] for row in rows]) == (0, ["開会の挨拶", "Zwei", "Three", "Four"])


async def get(running: ServerProcess, path: str, headers: dict[str, str]) -> tuple[int, str, str]:
    """Status, type and body."""
    async with aiohttp.ClientSession() as http:
        async with http.get(running.url + path, headers=headers) as answer:
            return answer.status, answer.content_type, await answer.text()


async def test_a_moderator_reads_the_report_of_the_running_show(tmp_path: Path) -> None:
    data = tmp_path / "data"
    async with server(write(tmp_path, CJK), data, "--at", "10:04", "--speed", "60") as running:
        headers = running.headers()
        status, kind, text = await get(running, "/api/v1/report", headers)
        assert (status, kind) == (200, "application/json")
        assert json.loads(text)["show"]["start"] is None
        await running.command(id="1", type="start")
        await asyncio.sleep(REPORT_TTL_S)
        _, _, text = await get(running, "/api/v1/report", headers)
        first = json.loads(text)["show"]
        await asyncio.sleep(REPORT_TTL_S)
        _, _, text = await get(running, "/api/v1/report", headers)
        # Reading the log has not lost the server its hold on it.
        with pytest.raises(ShowLogError, match="another Schalte is running this event"):
            FileLog.open(data, "")
        # Nothing was written to it since, but the item is on air still.
        assert json.loads(text)["show"]["length_s"] > first["length_s"] >= 0
        for n, item in enumerate(("one", "two", "three", "four")):
            await running.command(id=f"n{n}", type="next", **{"from": item})
        await asyncio.sleep(REPORT_TTL_S)
        _, _, text = await get(running, "/api/v1/report", headers)
        _, out, _ = await run("report", str(data), "--format", "json")
        assert json.loads(text) == json.loads(out)
        status, kind, table = await get(running, "/api/v1/report.csv", headers)
        _, out, _ = await run("report", str(data), "--format", "csv")
        assert (status, kind, list(csv.DictReader(io.StringIO(table)))) == (
            200,
            "text/csv",
            list(csv.DictReader(io.StringIO(out))),
        )
        for language, separator in (("de", ";"), ("ja", ",")):
            asked = f"/api/v1/report.csv?spreadsheet={language}"
            status, _, table = await get(running, asked, headers)
            assert (status, table[:6]) == (200, f"\ufeffitem{separator}")
            code, out, _ = await run("report", str(data), "--format", "csv", "--spreadsheet", language)
            assert (code, out.replace("\r\n", "\n")) == (0, table.replace("\r\n", "\n"))
        status, _, text = await get(running, "/api/v1/report.csv?spreadsheet=fr", headers)
        assert (status, json.loads(text)["message"]) == (
            400,
            "There is no spreadsheet “fr”; there are de, en, ja.",
        )
    code, out, err = await run("report", str(data), "--spreadsheet", "de")
    assert (code, out) == (2, "")
    assert "--format csv" in err


async def test_only_moderators_may_read_the_report(tmp_path: Path) -> None:
    async with server(write(tmp_path), tmp_path / "data") as running:
        token = running.link("moderator").partition("#")[2]
        for path in ("/api/v1/report", "/api/v1/report.csv"):
            for role, id_ in (("viewer", None), ("stage", None), ("venue", "tokio"), ("guest", "uchida")):
                status, _, text = await get(running, path, running.headers(role, id_))
                assert (status, json.loads(text)["code"]) == (403, "forbidden")
            for asked, headers in (
                (path, {}),
                (f"{path}?token={token}", {}),
                (path, {"Authorization": "Bearer x"}),
            ):
                status, _, text = await get(running, asked, headers)
                assert (status, json.loads(text)["code"]) == (401, "unauthorized")


async def test_many_requests_at_once_get_one_report_and_the_show_goes_on(tmp_path: Path) -> None:
    async with server(write(tmp_path), tmp_path / "data") as running:
        headers = running.headers()
        asking = asyncio.gather(*(get(running, "/api/v1/report", headers) for _ in range(10)))
        status, _ = await running.command(id="1", type="start")
        assert status == 200
        answers = await asking
        assert {status for status, _, _ in answers} == {200}
        assert len({text for _, _, text in answers}) == 1


async def test_a_log_with_an_unreadable_event_asks_for_a_file(tmp_path: Path) -> None:
    event, data = write(tmp_path), tmp_path / "data"
    FileLog.open(data, "event: {}").close()
    code, out, err = await run("report", str(data))
    assert (code, out) == (1, "")
    assert err.endswith("Give a correct file with --event FILE.\n")
    code, out, _ = await run("report", str(data), "--event", str(event))
    assert code == 0
    assert "One" in out


async def test_a_folder_or_file_without_a_log_gives_one_sentence(tmp_path: Path) -> None:
    code, out, err = await run("report", str(tmp_path / "nowhere"))
    assert (code, out) == (1, "")
    assert "there is no show log here" in err
    assert not (tmp_path / "nowhere").exists()

    (tmp_path / "show.jsonl").write_bytes(b"not a log" * 1000)
    code, out, err = await run("report", str(tmp_path))
    assert (code, out) == (1, "")
    assert "is damaged or not a show log" in err
    assert err.count("\n") == 1

    assert (await run("report", str(tmp_path), "--format", "pdf"))[0] == 2
