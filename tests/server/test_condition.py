"""A page's report of its devices and path reaches the desk and the place itself while the page is connected."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

import pytest

from signaling.client import Client, RequestRefused
from signaling.http.incoming import Malformed, read_message
from signaling.http.session import REPORTS_BURST, REPORTS_PER_S
from signaling.runtime import REFRESH_INTERVAL_S
from signaling.show.wire.socket import Condition
from tests.server.localserver import LocalServer
from tests.server.test_socket import until


async def report(page: Client, **changed: object) -> None:
    usual = {"camera": "works", "microphone": "works", "muted": False}
    await page._send({"type": "condition", **usual, **changed})


def devices_of_tokio(state: dict[str, Any]) -> object:
    return state["sources"]["tokio"]["devices"]


def path_of_tokio(state: dict[str, Any]) -> object:
    return state["destinations"]["tokio"]["path"]


async def test_only_the_desk_and_the_place_see_the_report_of_the_sending_page(local: LocalServer) -> None:
    async with local.desk() as desk, local.hall("hall") as hall:
        await hall.send_live()
        await report(hall.client, microphone="lost", muted=True, sound="hum", limit="cpu", reduced="720p15")
        said = {
            "camera": "works",
            "microphone": "lost",
            "muted": True,
            "sound": "hum",
            "limit": "cpu",
            "reduced": "720p15",
        }
        for page in (desk, hall.client):
            await until(page, lambda s: devices_of_tokio(s) == said)
        async with await Client.open(local.link("stage")) as stage:
            assert devices_of_tokio(stage.state) is None


async def test_a_report_is_removed_when_its_page_disconnects(local: LocalServer) -> None:
    async with local.desk() as desk:
        async with local.hall("hall") as hall:
            await hall.send_live()
            await report(hall.client)
            await until(desk, lambda s: devices_of_tokio(s) is not None)
        await until(desk, lambda s: devices_of_tokio(s) is None)


async def test_the_report_of_a_page_that_sends_nothing_is_not_shown(local: LocalServer) -> None:
    async with local.desk() as desk, local.hall("hall") as hall, local.hall("copy") as copy:
        await hall.send_live()
        await report(hall.client)
        await copy.expect_waiting()
        await report(copy.client, camera="denied")
        with pytest.raises(RequestRefused):
            await copy.client.command("start")  # the server has read what came before
        await report(hall.client, muted=True)
        expected = {
            "camera": "works",
            "microphone": "works",
            "muted": True,
            "sound": None,
            "limit": None,
            "reduced": None,
        }
        await until(desk, lambda s: devices_of_tokio(s) == expected)


async def test_flapping_devices_do_not_cause_a_patch_each(local: LocalServer) -> None:
    async with local.desk() as desk, local.hall("hall") as hall:
        await hall.send_live()
        await report(hall.client)
        before = (await until(desk, lambda s: devices_of_tokio(s) is not None))["rev"]
        began = time.monotonic()
        for n in range(100):
            await report(hall.client, muted=n % 2 == 0)
            await asyncio.sleep(0.03)
        await report(hall.client, microphone="lost")
        last = {
            "camera": "works",
            "microphone": "lost",
            "muted": False,
            "sound": None,
            "limit": None,
            "reduced": None,
        }
        state = await until(desk, lambda s: devices_of_tokio(s) == last)
        seconds = time.monotonic() - began
    assert state["rev"] - before <= REPORTS_BURST + seconds * (REPORTS_PER_S + 1 / REFRESH_INTERVAL_S + 1)


async def test_the_desk_sees_a_relay_and_that_nothing_gets_through(local: LocalServer) -> None:
    """The server takes a relay for the page. A page for which nothing gets through sends no source."""
    async with local.desk() as desk, local.hall("hall") as hall, local.hall("copy") as copy:
        await hall.send_live()
        await report(hall.client, path="relay")
        await until(desk, lambda s: (path_of_tokio(s), s["sources"]["tokio"]["path"]) == ("relay", "relay"))
        await report(copy.client, path="blocked")
        found = await until(desk, lambda s: path_of_tokio(s) == "blocked")
        assert found["sources"]["tokio"]["path"] == "relay"
        await copy.client.close()
        await until(desk, lambda s: path_of_tokio(s) == "relay")


def test_a_condition_without_a_path_is_read() -> None:
    message = {"type": "condition", "camera": "works", "microphone": "works", "muted": False}
    read = read_message(json.dumps(message), "venue")
    assert isinstance(read, Condition)
    assert read.path is None


def test_an_unknown_device_status_is_refused_with_its_field() -> None:
    message = {"type": "condition", "camera": "fine", "microphone": "works", "muted": False}
    with pytest.raises(Malformed, match="camera"):
        read_message(json.dumps(message), "venue")
