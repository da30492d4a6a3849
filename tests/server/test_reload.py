"""A changed event file, on a real server."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from signaling.client import Client, RequestRefused
from tests.events import SHORT, write
from tests.server.process import ServerProcess, run, server

LONGER = SHORT.replace("title: One, start: 10:00, duration: 10m", "title: One, start: 10:00, duration: 20m")
WITHOUT_TOKIO = SHORT.replace("  tokio: {name: Tokio, timezone: Asia/Tokyo}\n", "").replace(
    "  - {id: three, title: Three, duration: 10m, source: tokio}\n", ""
)


async def difference(running: ServerProcess, yaml: str, role: str = "moderator") -> tuple[int, Any]:
    async with aiohttp.ClientSession() as http:
        address = f"{running.url}/api/v1/difference"
        async with http.post(address, json={"yaml": yaml}, headers=running.headers(role)) as answer:
            return answer.status, await answer.json()


async def agenda(running: ServerProcess) -> list[tuple[str, float]]:
    return [(item["id"], item["length_s"]) for item in (await running.state())["items"]]


async def test_a_reload_is_previewed_then_applied_and_survives_a_kill(tmp_path: Path) -> None:
    event, data = write(tmp_path), tmp_path / "data"
    async with server(event, data) as first:
        await first.command(id="1", type="start")
        status, found = await difference(first, LONGER)
        assert status == 200
        assert found["changed"] == [{"id": "one", "title": "One", "fields": ["duration"]}]
        assert [item["id"] for item in found["moved"]] == ["two", "three", "four"]
        assert (found["new"], found["gone"], found["too_late"], found["places_gone"]) == ([], [], [], [])
        assert (await agenda(first))[0] == ("one", 600)

        status, applied = await first.command(id="2", type="reload", yaml=LONGER)
        assert status == 200
        assert (await agenda(first))[0] == ("one", 1200)
        await first.kill()
    # Started again as a supervisor does, with the file as it was: what a moderator reloaded since is not lost.
    async with server(event, data) as second:
        assert (await agenda(second))[0] == ("one", 1200)
        assert await second.command(id="2", type="reload", yaml=LONGER) == (200, applied)
        assert (await second.state())["show"]["undo"]["command"] == "reload"
        assert (await second.command(id="3", type="undo"))[0] == 200
        assert (await agenda(second))[0] == ("one", 600)


async def test_faults_are_answered_as_the_check_command_prints_them(tmp_path: Path) -> None:
    faulty = SHORT.replace("source: tokio}", "source: tokyo}").replace("id: four, title", "id: four, titel")
    path = write(tmp_path, faulty, "event.yaml")
    _, _, printed = await run("check", str(path))
    async with server(write(tmp_path, name="right.yaml"), tmp_path / "data") as running:
        status, problem = await running.command(id="1", type="reload", yaml=faulty)
        assert (status, problem["code"]) == (422, "invalid")
        assert problem["message"].splitlines() == printed.replace(f"{tmp_path}/", "").splitlines()
        assert await difference(running, faulty) == (422, problem)


async def test_of_two_moderators_who_edit_at_once_neither_loses_a_word(tmp_path: Path) -> None:
    event, data = write(tmp_path), tmp_path / "data"
    renamed, both = SHORT.replace("Three", "Drei"), LONGER.replace("Three", "Drei")
    async with server(event, data) as first:
        seen = (await first.state())["rev"]
        assert (await first.command(id="1", type="start"))[0] == 200
        assert (await first.command(id="2", type="extend", seconds=60))[0] == 200
        # The start and the extension are not in the file, so they are no reason to refuse it.
        status, applied = await first.command(id="3", type="reload", yaml=LONGER, base=seen)
        assert (status, (await first.state())["event"]["rev"]) == (200, applied["rev"])
        status, problem = await first.command(id="4", type="reload", yaml=renamed, base=seen)
        assert (status, problem["code"], problem["reason"]) == (409, "stale", "file-outdated")
        assert (await agenda(first))[0] == ("one", 1260)
        assert [item["title"] for item in (await first.state())["items"]] == ["One", "Two", "Three", "Four"]
        refused = {"id": "4", "type": "reload", "yaml": renamed, "base": seen}
        async with aiohttp.ClientSession(headers=first.headers()) as http:
            async with http.post(f"{first.url}/api/v1/preview", json=refused) as answer:
                assert (answer.status, await answer.json()) == (409, problem)
        await first.kill()
    async with server(event, data) as second:
        base = (await second.state())["event"]["rev"]
        assert base == applied["rev"]
        later = {"id": "5", "type": "reload", "yaml": both, "base": 1_000_000}
        assert (await second.command(**later))[1]["reason"] == "file-outdated"
        assert (await second.command(id="6", type="reload", yaml=both, base=base))[0] == 200
        assert (await second.command(id="7", type="undo"))[0] == 200
        assert (await second.command(id="8", type="reload", yaml=both, base=base))[0] == 409
        assert (await second.command(id="9", type="reload", yaml=both))[0] == 200
        assert [item["title"] for item in (await second.state())["items"]] == ["One", "Two", "Drei", "Four"]


async def test_only_a_moderator_may_ask_for_a_difference(tmp_path: Path) -> None:
    async with server(write(tmp_path), tmp_path / "data") as running:
        status, problem = await difference(running, SHORT, "viewer")
        assert (status, problem["code"]) == (403, "forbidden")


async def test_the_pages_of_a_removed_venue_are_closed(tmp_path: Path) -> None:
    async with server(write(tmp_path), tmp_path / "data") as running, aiohttp.ClientSession() as http:
        token = running.headers("venue", "tokio")["Authorization"].removeprefix("Bearer ")
        async with http.ws_connect(f"{running.url}/api/v1/ws") as page:
            await page.send_json({"type": "hello", "token": token})
            assert (await page.receive_json())["type"] == "welcome"
            assert (await running.command(id="1", type="reload", yaml=WITHOUT_TOKIO))[0] == 200
            said = []
            async for message in page:
                said.append(json.loads(message.data))
            assert page.close_code == 4401
            assert "no venue “tokio” any more" in said[-1]["message"]
        # And who is in the file from now on is let in at once.
        assert (await running.command(id="2", type="reload", yaml=SHORT))[0] == 200
        async with http.ws_connect(f"{running.url}/api/v1/ws") as page:
            await page.send_json({"type": "hello", "token": token})
            assert (await page.receive_json())["sources"] == ["tokio"]


async def test_a_hall_may_send_an_input_that_a_reload_has_added(tmp_path: Path) -> None:
    given = SHORT.replace("tokio: {name: Tokio,", "tokio: {name: Tokio, inputs: [main, lectern],")
    async with (
        server(write(tmp_path), tmp_path / "data") as running,
        await Client.open(running.link("venue", "tokio")) as hall,
    ):
        for code in ("forbidden", "offer"):  # then only the offer itself is wrong
            with pytest.raises(RequestRefused) as refusal:
                await hall.offer("v=0\r\n", "tokio/lectern")
            assert refusal.value.code == code
            assert (await running.command(id="1", type="reload", yaml=given))[0] == 200


async def test_a_server_restarted_with_another_file_follows_it_and_the_report_knows_both(
    tmp_path: Path,
) -> None:
    event, data = write(tmp_path), tmp_path / "data"
    async with server(event, data) as first:
        await first.command(id="1", type="start")
        await first.command(id="2", type="next", **{"from": "one"})
        await first.kill()
    write(tmp_path, SHORT.replace("id: one, title: One", "id: zero, title: Zero").replace("Four", "Vier"))
    async with server(event, data) as second:
        assert [item["title"] for item in (await second.state())["items"]] == ["One", "Two", "Three", "Vier"]
        assert (await second.state())["show"]["item"] == "two"
        await second.kill()
    code, out, err = await run("report", str(data), "--format", "json")
    assert (code, err) == (0, "")
    items = {item["item"]: item["times_on_air"] for item in json.loads(out)["items"]}
    assert items == {"one": 1, "two": 1, "three": 0, "four": 0}


async def test_a_server_does_not_start_with_a_file_without_the_source_on_air(tmp_path: Path) -> None:
    event, data = write(tmp_path), tmp_path / "data"
    async with server(event, data) as first:
        await first.command(id="1", type="goto", item="three")
        await first.kill()
    write(tmp_path, WITHOUT_TOKIO)
    code, out, err = await run("serve", str(event), "--data", str(data), "--port", "0", "--udp-port", "0")
    assert (code, out) == (1, "")
    assert "Tokio is on air and not in the new file. Leave `tokio` in the file until it is off air." in err
    assert "Or give --data an empty folder to start a new show." in err


async def test_each_address_has_one_file_read_at_a_time_and_others_get_their_turn(
    serving: ServerProcess,
) -> None:
    """Twelve files at once from one address delayed another address by a minute."""
    slow = json.dumps({"yaml": "venues: {" + ", ".join(f"k{n}: v" for n in range(25_000)) + "}"})
    good = json.dumps({"yaml": LONGER})
    headers = serving.headers()
    elsewhere = aiohttp.TCPConnector(local_addr=("127.0.0.2", 0))
    async with aiohttp.ClientSession() as flood, aiohttp.ClientSession(connector=elsewhere) as desk:

        async def ask(http: aiohttp.ClientSession, body: str) -> int:
            address = f"{serving.url}/api/v1/difference"
            async with http.post(address, data=body, headers=headers) as answer:
                return answer.status

        *refused, fine = await asyncio.gather(*(ask(flood, slow) for _ in range(12)), ask(desk, good))
    assert fine == 200
    assert set(refused) == {422, 429}
