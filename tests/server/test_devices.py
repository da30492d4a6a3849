"""A room with a camera and a microphone: the desk sees its devices, and one that is lost and works again."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bridge.room.testcard import TestCard
from bridge.room.tone import SAMPLE_RATE, pitch, sine
from signaling.client import Client
from tests.cables import CameraCable, install_arecord
from tests.events import write
from tests.server.process import server
from tests.server.test_rooms import room, says
from tests.server.test_socket import until

KREFELD = 0
"""Code of the place in the test card's strip and tone."""


def devices(state: dict[str, Any]) -> tuple[str, str] | None:
    found = state["sources"]["krefeld"]["devices"]
    return found and (found["camera"], found["microphone"])


def tone() -> bytes:
    """A second of the place's tone, in stereo."""
    return b"".join(
        2 * sample.to_bytes(2, "little", signed=True) for sample in sine(pitch(KREFELD), SAMPLE_RATE)
    )


async def test_the_desk_sees_a_lost_camera_and_that_it_works_again_while_the_sound_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plug = tmp_path / "plug"
    plug.write_bytes(tone())
    install_arecord(tmp_path / "bin", plug)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
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
