"""A room with a camera and a microphone: the desk sees its devices, and one that is lost and works again."""

from __future__ import annotations

import asyncio
import os
from array import array
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import av
import pytest

from bridge.room.strip import read_strip
from bridge.room.testcard import TestCard
from bridge.room.tone import SAMPLE_RATE, detect_tones, pitch, sine
from bridge.room.window import SIZE
from signaling.client import Client
from tests.cables import CameraCable, install_arecord
from tests.events import write
from tests.server.process import server
from tests.server.test_rooms import room, says
from tests.server.test_socket import until

KREFELD = 0
"""Code of the place in the test card's strip and tone."""

PLAYER = """\
#!/usr/bin/env python3
# Stands for mpv: keeps the luma of the newest picture in "{shown}".
import os, sys
sys.stdin.buffer.readline()
while sys.stdin.buffer.readline():
    picture = sys.stdin.buffer.read({width} * {height} * 3 // 2)
    with open("{shown}.new", "wb") as out:
        out.write(picture[: {width} * {height}])
    os.replace("{shown}.new", "{shown}")
"""


def devices(state: dict[str, Any]) -> tuple[str, str] | None:
    found = state["sources"]["krefeld"]["devices"]
    return found and (found["camera"], found["microphone"])


def tone() -> bytes:
    """A second of the place's tone, in stereo."""
    return b"".join(
        2 * sample.to_bytes(2, "little", signed=True) for sample in sine(pitch(KREFELD), SAMPLE_RATE)
    )


def plugged_in(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A microphone for `arecord`, plugged in for as long as this file exists."""
    plug = folder / "plug"
    plug.write_bytes(tone())
    install_arecord(folder / "bin", plug)
    monkeypatch.setenv("PATH", f"{folder / 'bin'}:{os.environ['PATH']}")
    return plug


async def test_the_desk_sees_a_lost_camera_and_that_it_works_again_while_the_sound_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plug = plugged_in(tmp_path, monkeypatch)
    cable = CameraCable(
        tmp_path / "camera", TestCard("Krefeld", code=KREFELD, zone=ZoneInfo("Europe/Berlin"))
    )
    more = ("--camera", str(tmp_path / "camera"), "--microphone", "mixer")
    async with server(write(tmp_path), tmp_path / "data") as running:
        async with (
            await Client.open(running.link("moderator")) as moderator,
            room(running.link("venue", "krefeld"), more=more) as krefeld,
            room(running.link("venue", "berlin")) as berlin,
        ):
            with cable:
                await until(moderator, lambda s: devices(s) == ("works", "works"))
                await until(moderator, lambda s: s["sources"]["berlin"]["state"] == "live")
                await until(moderator, lambda s: s["sources"]["krefeld"]["state"] == "live")
                await moderator.command("start")
                await says(berlin, lambda r: r["seen"]["place"] == "krefeld" and r["heard"] == ["krefeld"])
            await until(moderator, lambda s: devices(s) == ("lost", "works"))
            lost = await says(krefeld, lambda r: r["camera"] == "lost")
            assert (lost["connection"], lost["microphone"], lost["loudspeaker"]) == (
                "connected",
                "works",
                None,
            )
            await says(berlin, lambda r: r["seen"]["place"] != "krefeld")
            plug.unlink()
            await until(moderator, lambda s: devices(s) == ("lost", "lost"))
            plug.write_bytes(tone())
            with cable:
                await until(moderator, lambda s: devices(s) == ("works", "works"))
                await says(berlin, lambda r: r["seen"]["place"] == "krefeld" and r["heard"] == ["krefeld"])
            back = await says(krefeld, lambda r: (r["camera"], r["microphone"]) == ("works", "works"))
            assert back["connections"] == 1, "the room has stayed joined"


async def test_after_a_restart_of_the_server_the_desk_sees_the_devices_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plugged_in(tmp_path, monkeypatch)
    event, data = write(tmp_path), tmp_path / "data"
    more = ("--camera", str(tmp_path / "missing"), "--microphone", "mixer")
    async with server(event, data) as first, room(first.link("venue", "krefeld"), more=more) as krefeld:
        await says(krefeld, lambda r: (r["camera"], r["microphone"]) == ("missing", "works"))
        await first.kill()
        ports = ("--port", str(first.port), "--udp-port", str(first.udp_port))
        async with (
            server(event, data, *ports) as second,
            await Client.open(second.link("moderator")) as moderator,
        ):
            await until(moderator, lambda s: devices(s) == ("missing", "works"))


async def test_a_room_shows_the_programme_in_a_window_and_plays_its_sound(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown, heard = tmp_path / "shown", tmp_path / "heard.wav"
    (tmp_path / "bin").mkdir()
    player = tmp_path / "bin/mpv"
    width, height = SIZE
    player.write_text(PLAYER.format(shown=shown, width=width, height=height))
    player.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")

    def place_shown() -> int | None:
        read = read_strip(shown.read_bytes(), width, width, height) if shown.exists() else None
        return read[0] if read is not None else None

    more = ("--window", "--sound-device", str(heard))
    async with server(write(tmp_path), tmp_path / "data") as running:
        async with (
            await Client.open(running.link("moderator")) as moderator,
            room(running.link("venue", "krefeld")),
            room(running.link("venue", "berlin"), more=more) as berlin,
        ):
            await until(moderator, lambda s: s["sources"]["krefeld"]["state"] == "live")
            await moderator.command("start")
            seen = await says(berlin, lambda r: r["heard"] == ["krefeld"] and r["window"] == "works")
            assert (seen["loudspeaker"], seen["interpretation_device"], seen["camera"]) == (
                "works",
                None,
                None,
            )
            async with asyncio.timeout(60):
                while place_shown() != KREFELD:  # noqa: ASYNC110 - a file reports nothing
                    await asyncio.sleep(0.2)
            await says(berlin, lambda r: r["heard"] == ["krefeld"])
    with av.open(str(heard)) as recorded:
        packets = [array("h", bytes(frame.planes[0]))[::2] for frame in recorded.decode(audio=0)]
    assert (KREFELD,) in [detect_tones(packet, range(3)) for packet in packets]
