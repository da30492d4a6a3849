"""A real server and real peers, told apart by their tones: who hears a booth, and who hears talkback."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from signaling.access.linkchecker import LinkChecker
from signaling.client import Client
from tests.events import BOOTH, write
from tests.media.rooms import TIMEOUT_S
from tests.server.process import ServerProcess, server
from tests.server.test_socket import until
from tests.server.tones import TonePage, tone_page, tone_process

KREFELD, KABINE, DESK, TOKIO = 1, 2, 3, 4
"""Codes of the tones: the hall on air, the booth, and the talkback microphones."""


@pytest.fixture
async def booth(tmp_path: Path) -> AsyncIterator[ServerProcess]:
    """A server whose event has a booth."""
    async with server(write(tmp_path, BOOTH), tmp_path / "data") as running:
        yield running


async def on_air(desk: Client) -> None:
    """Krefeld is live, and the first item begins."""
    await until(desk, lambda s: s["sources"]["krefeld"]["state"] == "live")
    await desk.command("start")


async def fed_by(desk: Client, booth: str | None) -> None:
    """Until the Japanese channel is fed by this booth, or by none."""
    await until(desk, lambda s: s["languages"]["ja"]["booth"] == booth)


async def test_the_listeners_of_a_killed_booth_are_on_the_floor_until_it_is_back(
    booth: ServerProcess,
) -> None:
    seat = booth.link("interpreter", "kabine")
    async with (
        await Client.open(booth.link("moderator")) as desk,
        tone_page(booth.link("venue", "krefeld"), "krefeld", KREFELD),
        tone_page(booth.link("venue", "tokio")) as tokio,
    ):
        await on_air(desk)
        async with tone_process(seat, "kabine/1", KABINE) as interpreter:
            await desk.command("interpret", booth="kabine", seat="1", open=True)
            await tokio.client.listen("ja")
            await tokio.slots["interpretation"].plays(KABINE)
            await tokio.slots["mic1"].plays(KREFELD)
            interpreter.kill()
            state = await until(tokio.client, lambda s: s["languages"]["ja"]["booth"] is None)
            assert state["languages"]["ja"]["needed"]
        async with tone_process(seat, "kabine/1", KABINE):
            await fed_by(desk, "kabine")
            tokio.slots["interpretation"].sounds.clear()
            await tokio.slots["interpretation"].plays(KABINE)
        assert tokio.heard("interpretation") <= {KREFELD}, "in its own slot and nowhere else"


async def test_a_booth_is_heard_by_its_listeners_alone_and_not_by_itself(booth: ServerProcess) -> None:
    async with (
        await Client.open(booth.link("moderator")) as desk,
        tone_page(booth.link("venue", "krefeld"), "krefeld", KREFELD) as krefeld,
        tone_page(booth.link("interpreter", "kabine"), "kabine/1", KABINE) as kabine,
        tone_page(booth.link("venue", "tokio")) as tokio,
        tone_page(booth.link("viewer")) as viewer,
    ):
        await on_air(desk)
        await kabine.client.command("interpret", booth="kabine", seat="1", open=True)
        for listener in (tokio, kabine):
            await listener.client.listen("ja")
        await tokio.slots["interpretation"].plays(KABINE)
        for page in (viewer, kabine):
            page.slots["mic1"].sounds.clear()
            await page.slots["mic1"].plays(KREFELD)
        assert KABINE not in viewer.heard() | kabine.heard() | krefeld.heard()
        LinkChecker(booth.data).revoke("kabine")
        await fed_by(desk, None)
        state = await until(
            desk,
            lambda s: (
                not s["booths"]["kabine"]["seats"] or s["booths"]["kabine"]["seats"]["1"]["state"] == "absent"
            ),
        )
        assert state["show"]["item"] == "one"


async def silent(page: TonePage, slot: str) -> None:
    """Until nothing comes in a slot for a second of the programme. Packets that wait to be decoded come first."""
    programme, heard = page.slots["mic1"], page.slots[slot]
    async with asyncio.timeout(TIMEOUT_S):
        before = -1
        while before != len(heard.sounds):
            before, wanted = len(heard.sounds), len(programme.sounds) + 50
            await programme.until(lambda r, wanted=wanted: len(r.sounds) >= wanted)  # type: ignore[misc]


def talkback_of(page: TonePage) -> set[int]:
    return {code for sound in page.slots["talkback"].sounds for code in sound}


async def test_talk_to_one_hall_is_in_its_talkback_slot_and_nowhere_else(booth: ServerProcess) -> None:
    async with (
        tone_page(booth.link("moderator"), talk=DESK) as desk,
        tone_page(booth.link("venue", "krefeld"), "krefeld", KREFELD) as krefeld,
        tone_page(booth.link("venue", "tokio"), "tokio", 0, talk=TOKIO) as tokio,
        tone_page(booth.link("venue", "berlin")) as berlin,
    ):
        await on_air(desk.client)
        await berlin.slots["mic1"].plays(KREFELD)
        await desk.client.talk(["tokio"])
        await tokio.slots["talkback"].plays(DESK)
        await tokio.client.talk()
        await desk.slots["talkback"].plays(TOKIO)
        await desk.client.talk(on=False)
        await silent(tokio, "talkback")
        berlin.slots["mic1"].sounds.clear()
        await berlin.slots["mic1"].plays(KREFELD)
        assert (talkback_of(berlin), talkback_of(krefeld)) == (set(), set())
        for page in (desk, krefeld, tokio, berlin):
            assert not page.heard("talkback") & {DESK, TOKIO}, "in no other slot"
