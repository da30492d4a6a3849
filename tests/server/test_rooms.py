"""Headless rooms and the demo, each in its own process."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from signaling.access.linkchecker import LinkChecker
from signaling.client import Client
from tests.events import BOOTH, write
from tests.server.process import run, server
from tests.server.test_socket import until

SHORT_DEMO = """\
event: {title: Short demo, date: 2026-03-14, timezone: Europe/Berlin}
venues:
  krefeld: {name: Krefeld}
  berlin: {name: Berlin}
  tokio: {name: Tokio, timezone: Asia/Tokyo}
guests: {uchida: {name: Miki Uchida}}
defaults: {advance: auto}
agenda:
  - {title: One, start: 10:00, duration: 5s, source: krefeld}
  - {title: Two, duration: 5s, source: berlin}
  - {title: Three, duration: 5s, source: tokio}
  - {title: Four, duration: 5s, source: uchida}
"""


@asynccontextmanager
async def room(
    link: str,
    stderr: int = asyncio.subprocess.DEVNULL,
    *,
    machine: str = "",
    more: Sequence[str] = (),
    before: Sequence[str] = (),
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Rooms of the same `machine` take over from each other. `before` is prepended to its command line."""
    process = await asyncio.create_subprocess_exec(
        *before,
        *(sys.executable, "-m", "signaling", "room", link, *more),
        stdout=asyncio.subprocess.PIPE,
        stderr=stderr,
        env={**os.environ, "SCHALTE_MACHINE": machine},
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        await process.wait()


async def says(process: asyncio.subprocess.Process, condition: Any) -> dict[str, Any]:
    """The first line of the room's output that fulfils `condition`."""
    assert process.stdout is not None
    async with asyncio.timeout(60):
        while line := await process.stdout.readline():
            found: dict[str, Any] = json.loads(line)
            if condition(found):
                return found
    raise AssertionError("the room has ended")


async def test_rooms_receive_the_programme_and_a_killed_room_is_absent(tmp_path: Path) -> None:
    async with server(write(tmp_path), tmp_path / "data") as running:
        async with (
            await Client.open(running.link("moderator")) as moderator,
            room(running.link("venue", "krefeld")) as krefeld,
            room(running.link("venue", "berlin")) as berlin,
        ):
            both = ("krefeld", "berlin")
            await until(moderator, lambda s: all(s["sources"][p]["state"] == "live" for p in both))
            await moderator.command("start")
            await says(berlin, lambda r: r["seen"]["place"] == "krefeld" and r["heard"] == ["krefeld"])
            before = await says(krefeld, lambda r: r["seen"]["place"] == "berlin" and r["heard"] == [])
            await moderator.command("next", **{"from": "one"})
            seen = await says(krefeld, lambda r: r["seen"]["place"] == "berlin" and r["heard"] == ["berlin"])
            assert seen["unread_frames"] == before["unread_frames"], "the slate's alone, before the show"
            berlin.kill()
            state = await until(moderator, lambda s: s["sources"]["berlin"]["state"] == "absent")
            assert state["program"]["source"] == "krefeld", "the item's fallback: the host"
            assert state["program"]["reason"] == "fallback"
            assert state["show"]["item"] == "two", "the show goes on"


async def test_a_room_without_a_browser_hears_the_channel_that_a_simulated_seat_interprets(
    tmp_path: Path,
) -> None:
    """The seat opens by itself, and hears the floor. When it drops, the channel is the floor again."""
    played = tmp_path / "channel.wav"
    more = ("--channel", "ja", "--interpretation-device", str(played))
    async with server(write(tmp_path, BOOTH), tmp_path / "data") as running:
        async with (
            await Client.open(running.link("moderator")) as moderator,
            room(running.link("venue", "krefeld")) as krefeld,
            room(running.link("interpreter", "kabine")) as seat,
            room(running.link("venue", "tokio"), more=more) as tokio,
        ):
            await until(moderator, lambda s: s["sources"]["krefeld"]["state"] == "live")
            await moderator.command("start")
            heard = await says(tokio, lambda r: r["interpretation"] == ["kabine/1"] and bool(r["heard"]))
            assert heard["heard"] == ["krefeld"]
            await says(seat, lambda r: r["heard"] == ["krefeld"] and r["interpretation"] == [])
            state = await until(moderator, lambda s: s["languages"]["ja"]["listeners"] > 0)
            assert (state["languages"]["ja"]["booth"], state["languages"]["ja"]["seat"]) == ("kabine", "1")
            async with asyncio.timeout(60):
                while played.stat().st_size < 100_000:  # noqa: ASYNC110 - half a second; a file reports nothing
                    await asyncio.sleep(0.1)
            seat.kill()
            await says(tokio, lambda r: r["interpretation"] == [] and r["heard"] == ["krefeld"])
            assert krefeld.returncode is None


async def test_a_channel_that_the_event_has_not_and_a_device_that_cannot_be_opened_are_errors(
    tmp_path: Path,
) -> None:
    async with server(write(tmp_path, BOOTH), tmp_path / "data") as running:
        link = running.link("venue", "tokio")
        code, _, err = await run("room", link, "--channel", "fr")
        assert (code, "the event has no channel fr; its channels are: de, ja" in err) == (1, True)
        code, _, err = await run("room", link, "--interpretation-device", "/no/such/folder/x.wav")
        assert (code, "cannot play on /no/such/folder/x.wav" in err) == (1, True)


async def test_a_room_whose_link_is_revoked_goes_off_air_with_the_reason(tmp_path: Path) -> None:
    async with server(write(tmp_path), tmp_path / "data") as running:
        async with (
            await Client.open(running.link("moderator")) as moderator,
            room(running.link("venue", "berlin"), asyncio.subprocess.PIPE) as berlin,
        ):
            await until(moderator, lambda s: s["sources"]["berlin"]["state"] == "live")
            LinkChecker(running.data).revoke("berlin")
            async with asyncio.timeout(60):
                _, err = await berlin.communicate()
            assert berlin.returncode == 1
            assert err.decode().splitlines()[-1].startswith("This link has been revoked.")
            await until(moderator, lambda s: s["sources"]["berlin"]["state"] == "absent")


async def test_a_room_reconnects_by_itself_when_the_server_is_back(tmp_path: Path) -> None:
    event, data = write(tmp_path), tmp_path / "data"
    async with server(event, data) as first:
        async with room(first.link("venue", "berlin")) as berlin:
            await says(berlin, lambda r: r["connection"] == "connected")
            await first.kill()
            ports = ("--port", str(first.port), "--udp-port", str(first.udp_port))
            async with server(event, data, *ports) as second:
                async with await Client.open(second.link("moderator")) as moderator:
                    await until(moderator, lambda s: s["sources"]["berlin"]["state"] == "live")


async def test_a_room_on_another_machine_waits_for_the_desk_and_takes_over_without_a_gap(
    tmp_path: Path,
) -> None:
    async with server(write(tmp_path), tmp_path / "data") as running:
        link = running.link("venue", "krefeld")
        async with (
            await Client.open(running.link("moderator")) as moderator,
            room(link, machine="hall") as hall,
            room(running.link("venue", "berlin")) as berlin,
        ):
            await until(moderator, lambda s: s["sources"]["krefeld"]["state"] == "live")
            await moderator.command("start")
            await says(berlin, lambda r: r["seen"]["place"] == "krefeld")
            async with room(link, machine="spare") as spare:
                await until(moderator, lambda s: "krefeld" in s["waiting"])
                refused = await says(spare, lambda r: r["connection"] == "waiting")
                assert "The desk has been asked" in refused["fault"]
                shown = {"krefeld"}
                watching = asyncio.create_task(_note_programme(running.link("viewer"), shown))
                await moderator.command("admit", place="krefeld")
                await says(spare, lambda r: r["connection"] == "connected")
                state = await until(
                    moderator, lambda s: s["takeovers"] and s["destinations"]["krefeld"]["connected"] == 2
                )
                assert state["waiting"] == {}
                await says(berlin, lambda r: r["seen"]["place"] == "krefeld")
                # The room that was replaced has no picture and sound any more, and does not come back by itself.
                await says(hall, lambda r: r["fault"] == "Another machine sends krefeld now.")
                watching.cancel()
                assert shown == {"krefeld"}
                whole = await running.state()
                assert (whole["sources"]["krefeld"]["state"], whole["waiting"]) == ("live", {})


async def _note_programme(link: str, shown: set[str]) -> None:
    """Record the programme's source until cancelled."""
    async with await Client.open(link) as viewer:
        async for state in viewer:
            shown.add(state["program"]["source"])


async def test_a_spare_machine_takes_over_by_itself_when_the_halls_own_is_dead(tmp_path: Path) -> None:
    async with server(write(tmp_path), tmp_path / "data") as running:
        link = running.link("venue", "krefeld")
        async with (
            await Client.open(running.link("moderator")) as moderator,
            room(link, machine="hall") as hall,
        ):
            await until(moderator, lambda s: s["sources"]["krefeld"]["state"] == "live")
            async with room(link, machine="spare"):
                await until(moderator, lambda s: "krefeld" in s["waiting"])
                hall.kill()
                await until(moderator, lambda s: "krefeld" in s["takeovers"])
                await until(moderator, lambda s: s["sources"]["krefeld"]["state"] == "live")
                # The hall's own machine, started again, takes over without the desk.
                since = moderator.state["takeovers"]["krefeld"]["since"]
                async with room(link, machine="hall") as again:
                    await says(again, lambda r: r["connection"] == "connected")
                    await until(moderator, lambda s: s["takeovers"]["krefeld"]["since"] > since)


async def test_the_newest_room_of_a_machine_sends_and_the_older_one_waits_until_it_ends(
    tmp_path: Path,
) -> None:
    async with server(write(tmp_path), tmp_path / "data") as running:
        link = running.link("venue", "krefeld")
        async with (
            await Client.open(running.link("moderator")) as moderator,
            room(link) as older,
        ):
            await until(moderator, lambda s: s["sources"]["krefeld"]["state"] == "live")
            async with room(link) as newer:
                await says(newer, lambda r: r["connection"] == "connected")
                await says(older, lambda r: r["fault"] == "Another room of this machine sends krefeld now.")
            await says(older, lambda r: r["connection"] == "connected" and r["connections"] == 2)
            await until(moderator, lambda s: s["sources"]["krefeld"]["state"] == "live")


async def test_the_demo_runs_by_itself_in_the_order_of_the_agenda(tmp_path: Path) -> None:
    demo = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "signaling", "demo", "--port", "0", "--udp-port", "0"),
        *("--event", str(write(tmp_path, SHORT_DEMO)), "--data", str(tmp_path / "data")),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        on_air: list[str] = []
        async with asyncio.timeout(60), await Client.open(await desk_of(demo)) as moderator:
            async for state in moderator:
                program = state["program"]
                if program["source"] == "slate" and state["show"]["phase"] == "running":
                    # In between it stands in for a picture that is missing, on a machine that is too slow.
                    planned = next(item for item in state["items"] if item["id"] == state["show"]["item"])
                    assert state["sources"][planned["source"]]["state"] != "live"
                elif program["source"] not in ("slate", *on_air[-1:]):
                    on_air.append(program["source"])
                if state["show"]["phase"] == "ended":
                    break
            assert moderator.state["program"]["source"] == "slate"
        assert on_air == ["krefeld", "berlin", "tokio", "uchida"]
    finally:
        demo.send_signal(signal.SIGINT)
        assert await demo.wait() == 0


async def desk_of(demo: asyncio.subprocess.Process) -> str:
    """The moderator's link in the output."""
    assert demo.stdout is not None
    while line := (await demo.stdout.readline()).decode():
        if (found := re.search(r"Moderator .*(http\S+)", line)) is not None:
            return found[1]
    raise AssertionError("the demo has ended")


async def test_the_desk_sees_the_path_of_every_page_also_of_one_that_reports_none(tmp_path: Path) -> None:
    async with server(write(tmp_path), tmp_path / "data") as running:
        async with (
            await Client.open(running.link("moderator")) as desk,
            room(running.link("viewer")),
            room(running.link("venue", "krefeld")),
        ):
            for one in ("viewer:viewer", "krefeld"):
                state = await until(desk, lambda s, one=one: s["destinations"].get(one, {}).get("path"))
                assert state["destinations"][one]["path"] == "udp"
            await until(desk, lambda s: s["sources"]["krefeld"]["path"] == "udp")
