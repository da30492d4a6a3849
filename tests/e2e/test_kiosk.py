"""A hall's computer that nobody operates: a plain Chromium with the flags of docs/kiosk.md, and `?auto=1`.

Without Playwright, whose every look at a page counts as a press of the person there.
"""

from __future__ import annotations

import asyncio
import itertools
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.e2e.conftest import PLACES, Stage, staged
from tests.e2e.rooms import CHROMIUM, LEAN, SMALL, WITHIN, device_files
from tests.server.test_socket import until

ACCEPT = "--auto-accept-camera-and-microphone-capture"
SOUND = "--autoplay-policy=no-user-gesture-required"
ANSWER_WITHIN_S = 10.0
"""For a question to the browser; asked again after that."""
GUIDE = (Path(__file__).parents[2] / "docs" / "kiosk.md").read_text("utf-8")
HERE = [LEAN, "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--mute-audio"]
"""What a machine for tests needs besides."""
NOTES = "[...document.querySelectorAll('[data-testid^=unattended]')].map((note) => note.innerText).join()"
PLAYS = "[...document.querySelectorAll('audio')].some((sound) => !sound.paused && !sound.muted)"


class Kiosk:
    """Its page, over the DevTools protocol: nothing here is a press."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)

    async def read(self, expression: str) -> Any:
        """The value of an expression; None if the page was loaded meanwhile."""
        asked = {"expression": expression, "returnByValue": True, "userGesture": False}
        number = next(self._numbers)
        await self._socket.send_json({"id": number, "method": "Runtime.evaluate", "params": asked})
        # A question that a page has taken along when it was left may be answered late, or never.
        while (answer := await self._socket.receive_json()).get("id") != number:
            pass
        return answer["result"]["result"].get("value") if "result" in answer else None

    async def until(self, expression: str) -> None:
        """Wait until it is true."""
        async with asyncio.timeout(WITHIN / 1000):
            while not await self._is_true(expression):  # noqa: ASYNC110
                await asyncio.sleep(0.2)

    async def _is_true(self, expression: str) -> bool:
        """Whether it is true now; also false if there is no answer, as from a page that is just being left."""
        try:
            async with asyncio.timeout(ANSWER_WITHIN_S):
                return bool(await self.read(expression))
        except TimeoutError:
            return False


@asynccontextmanager
async def _kiosk(folder: Path, link: str, *flags: str) -> AsyncIterator[Kiosk]:
    video, audio = await asyncio.to_thread(device_files, folder, PLACES["krefeld"], "krefeld", SMALL)
    devices = [
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={video}",
        f"--use-file-for-fake-audio-capture={audio}",
    ]
    assert CHROMIUM is not None
    process = await asyncio.create_subprocess_exec(
        CHROMIUM,
        *(*HERE, *devices, *flags),
        *(
            "--allow-loopback-in-peer-connection",
            f"--user-data-dir={folder / 'profile'}",
            "--remote-debugging-port=0",
            link,
        ),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stderr is not None
    try:
        async with aiohttp.ClientSession() as http:
            async with asyncio.timeout(2 * WITHIN / 1000):
                page = await _page(http, process.stderr)
            async with asyncio.TaskGroup() as tasks, http.ws_connect(page) as socket:
                tasks.create_task(_drain(process.stderr))
                yield Kiosk(socket)
                process.terminate()
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _page(http: aiohttp.ClientSession, said: asyncio.StreamReader) -> str:
    """The DevTools address of the only page."""
    port = None
    while port is None:
        port = re.search(rb"DevTools listening on ws://127.0.0.1:(\d+)/", await said.readline())
    while True:
        async with http.get(f"http://127.0.0.1:{int(port[1])}/json") as answer:
            found = [page["webSocketDebuggerUrl"] for page in await answer.json() if page["type"] == "page"]
        if found:
            return str(found[0])


async def _drain(said: asyncio.StreamReader) -> None:
    """Read what nobody needs: a browser whose pipe is full stands still."""
    while await said.readline():
        pass


def _auto(stage: Stage, auto: str = "1") -> str:
    return stage.link("krefeld").replace("/j#", f"/j?auto={auto}&lang=en#")


async def _is_live(stage: Stage) -> None:
    await until(stage.moderator, lambda state: state["sources"]["krefeld"]["state"] == "live")


async def _is_stored(folder: Path) -> None:
    """Wait until the browser has written on disk that the hall has joined: some seconds after the page did."""
    files = folder / "profile" / "Default" / "Local Storage" / "leveldb"
    async with asyncio.timeout(WITHIN / 1000):
        while not any(b'"started":true' in file.read_bytes() for file in files.glob("*.log")):  # noqa: ASYNC110
            await asyncio.sleep(0.2)


async def test_a_kiosk_joins_and_plays_without_a_press(tmp_path: Path) -> None:
    assert ACCEPT in GUIDE
    assert SOUND in GUIDE
    async with staged(tmp_path, []) as stage:
        async with _kiosk(tmp_path, _auto(stage, "audience"), ACCEPT, SOUND, "--kiosk") as kiosk:
            await _is_live(stage)
            await kiosk.until(PLAYS)
            assert await kiosk.read("document.querySelectorAll('[data-testid=audience-cover]').length") == 1
            # It fills its display, so it does not say how to.
            assert await kiosk.read("document.querySelectorAll('[data-testid=audience-hint]').length") == 0
            assert await kiosk.read("navigator.userActivation.hasBeenActive") is False
            await _is_stored(tmp_path)
        # After a power cut the plain link is enough: the devices are remembered.
        async with _kiosk(tmp_path, stage.link("krefeld"), ACCEPT, SOUND, "--kiosk"):
            await _is_live(stage)


@pytest.mark.parametrize(("flags", "missing"), [((SOUND,), ACCEPT), ((ACCEPT,), SOUND)])
async def test_a_kiosk_without_a_setting_names_it(
    tmp_path: Path, flags: tuple[str, ...], missing: str
) -> None:
    async with staged(tmp_path, []) as stage, _kiosk(tmp_path, _auto(stage), *flags) as kiosk:
        await kiosk.until(NOTES)
        assert missing in await kiosk.read(NOTES)
