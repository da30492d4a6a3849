"""A Firefox at a site of a network of namespaces: it gathers no candidates on loopback."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from tests.e2e.bidi import Page, page
from tests.network.namespaces import Site

FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")
START_WITHIN_S = 120.0
"""For the browser's first start with a new profile, on a busy machine."""

PULSEAUDIO = shutil.which("pulseaudio")
"""Without an output device Firefox runs no AudioContext, and so plays and measures no sound."""

_READ = (Path(__file__).parent / "read.js").read_text("utf-8")


def preferences(host: str) -> dict[str, bool | int | str]:
    """Those of the profile. `host`: a page of it is given devices without TLS."""
    return {
        "media.navigator.streams.fake": True,
        "media.navigator.permission.disabled": True,
        "permissions.default.camera": 1,
        "permissions.default.microphone": 1,
        "media.autoplay.default": 0,
        "media.autoplay.blocking_policy": 0,
        "dom.securecontext.allowlist": host,
        "media.gmp-manager.updateEnabled": False,
        "browser.shell.checkDefaultBrowser": False,
        "browser.startup.homepage_override.mstone": "ignore",
        "app.update.enabled": False,
        "app.normandy.enabled": False,
        "datareporting.policy.dataSubmissionEnabled": False,
        "toolkit.telemetry.enabled": False,
        "network.captive-portal-service.enabled": False,
        "network.connectivity-service.enabled": False,
        "intl.accept_languages": "en-GB",
    }


@asynccontextmanager
async def firefox(
    folder: Path, site: Site, host: str, changed: Mapping[str, bool | int | str] | None = None
) -> AsyncIterator[Page]:
    """A browser with a new profile in `folder`, and its tab. `host` serves the pages; `changed` are preferences."""
    assert FIREFOX is not None
    profile = folder / f"firefox-{site.name}"
    profile.mkdir()
    lines = [
        f"user_pref({name!r}, {str(value).lower() if isinstance(value, bool) else repr(value)});"
        for name, value in (preferences(host) | dict(changed or {})).items()
    ]
    (profile / "user.js").write_text("\n".join(lines).replace("'", '"'))
    async with AsyncExitStack() as stack:
        sound = await stack.enter_async_context(_sound(profile)) if PULSEAUDIO else {}
        environment = {**os.environ, "HOME": str(profile), **sound}
        address = await stack.enter_async_context(_started(site, profile, environment))
        with site.entered():  # a socket stays on the machine where it was made
            sock = socket.create_connection(("127.0.0.1", int(address.rpartition(":")[2])))
        yield await stack.enter_async_context(page(address, sock, _READ))


@asynccontextmanager
async def _started(site: Site, profile: Path, environment: dict[str, str]) -> AsyncIterator[str]:
    """The address at which a browser with this profile listens for BiDi."""
    assert FIREFOX is not None
    process = await asyncio.create_subprocess_exec(
        *(*site.enter, FIREFOX, "--headless", "--no-remote", "--profile", str(profile)),
        *("--remote-debugging-port", "0", "about:blank"),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        env=environment,
    )
    said: list[str] = []
    listening = asyncio.Event()
    reading = asyncio.create_task(_read(process, said, listening))
    try:
        try:
            async with asyncio.timeout(START_WITHIN_S):
                await listening.wait()
        except TimeoutError:
            raise AssertionError("Firefox did not start:\n" + "\n".join(said)) from None
        yield said[-1].rpartition(" ")[2]
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        await reading


@asynccontextmanager
async def _sound(profile: Path) -> AsyncIterator[dict[str, str]]:
    """An output device that plays into nothing; the environment in which Firefox finds it."""
    assert PULSEAUDIO is not None
    path = profile / "sound.socket"
    modules = ("module-null-sink", f"module-native-protocol-unix auth-anonymous=1 socket={path}")
    process = await asyncio.create_subprocess_exec(
        *(
            PULSEAUDIO,
            "-n",
            "--daemonize=no",
            "--exit-idle-time=-1",
            "--use-pid-file=no",
            "--disable-shm=yes",
        ),
        *(word for module in modules for word in ("-L", module)),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        env={**os.environ, "HOME": str(profile), "XDG_RUNTIME_DIR": str(profile)},
    )
    try:
        async with asyncio.timeout(START_WITHIN_S):
            while not path.exists():
                assert process.returncode is None, "pulseaudio has ended"
                await asyncio.sleep(0.05)
        yield {"PULSE_SERVER": f"unix:{path}"}
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _read(process: asyncio.subprocess.Process, said: list[str], listening: asyncio.Event) -> None:
    assert process.stderr is not None
    while line := await process.stderr.readline():
        if not listening.is_set():
            said.append(line.decode(errors="replace").strip())
            if said[-1].startswith("WebDriver BiDi listening on"):
                listening.set()
