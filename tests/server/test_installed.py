"""The wheel, installed beside nothing but its dependencies, without a checkout."""

from __future__ import annotations

import asyncio
import os
import signal
import site
import sys
import venv
import zipfile
from pathlib import Path

import aiohttp
import pytest

CHECKOUT = Path(__file__).parent.parent.parent
SECRETS = ("requirements", "tests/", "node_modules", ".key")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout. The pages must be built, as `make setup` does."""
    folder = tmp_path_factory.mktemp("wheel")
    # setuptools would build in the checkout, where other tests run.
    source = folder / "source"
    source.mkdir()
    for name in (
        "pyproject.toml",
        "README.md",
        "LICENSE",
        "requirements.in",
        "bridge",
        "config",
        "signaling",
    ):
        (source / name).symlink_to(CHECKOUT / name)
    asyncio.run(
        _run(
            *(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-index"),
            *("--no-build-isolation", "--wheel-dir", str(folder), str(source)),
        )
    )
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def schalte(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The installed command, in an environment of its own."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder, with_pip=False, symlinks=True)
    python = folder / "bin" / "python"
    packages = next(folder.glob("lib/python*/site-packages"))
    # The dependencies, without what .pth files add there: the checkout itself.
    (packages / "dependencies.pth").write_text(site.getsitepackages()[0] + "\n")
    asyncio.run(
        _run(
            *(sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet"),
            *("--no-deps", "--no-index", "--ignore-installed", str(wheel)),
        )
    )
    return folder / "bin" / "schalte"


async def _run(*command: str, folder: Path | None = None) -> str:
    """Run a command to its end; returns what it prints."""
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, cwd=folder
    )
    printed, _ = await process.communicate()
    assert process.returncode == 0, printed.decode()
    return printed.decode()


def test_the_wheel_carries_pages_sample_events_and_licence_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {"signaling/static/index.html", "config/demo.yaml", "config/event.schema.json"} <= set(names)
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert "signaling/static/licenses.md" in names  # of the libraries in the pages
    assert "signaling/static/licence-of-font.txt" in names
    assert not [name for name in names if any(secret in name for secret in SECRETS)]


async def test_the_installed_command_knows_its_version(schalte: Path, tmp_path: Path) -> None:
    assert (await _run(str(schalte), "--version", folder=tmp_path)).startswith("schalte 0.")


async def test_the_installed_demo_runs_in_an_empty_folder(schalte: Path, tmp_path: Path) -> None:
    demo = await asyncio.create_subprocess_exec(
        *(str(schalte), "demo", "--port", "0", "--udp-port", "0"),
        cwd=tmp_path,
        env={k: v for k, v in os.environ.items() if k != "PYTHONPATH"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert demo.stdout is not None
    try:
        async with asyncio.timeout(60):
            while b"the desk" not in (line := await demo.stdout.readline()):
                assert line, "the demo has ended"
            desk = line.decode().split()[-1]
            async with aiohttp.ClientSession() as http, http.get(desk) as page:
                assert page.status == 200
                assert "<script" in await page.text()
            demo.send_signal(signal.SIGINT)
            assert await demo.wait() == 0
    finally:
        if demo.returncode is None:
            demo.kill()
            await demo.wait()
    assert os.listdir(tmp_path) == []
