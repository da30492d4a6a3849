"""The files of the links, where they cannot be looked at."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from config.times import Instant
from signaling.access.store import LinkStore
from signaling.access.table import change

PROGRAM = """
import asyncio, pathlib, sys, threading
from signaling.access.store import LinkStore

async def main():
    store, began = LinkStore(pathlib.Path(sys.argv[1])), []

    def hang():
        began.append(True)
        threading.Event().wait()

    store.refresh = hang
    tasks = [asyncio.create_task(work) for work in (store.follow(), store.in_turn(hang))]
    while len(began) < 2:
        await asyncio.sleep(0.01)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)

asyncio.run(main())
"""


def test_a_server_ends_while_the_disk_hangs(tmp_path: Path) -> None:
    """A look at the files and a change that hang there kept the process from ending, and so from being restarted."""
    done = subprocess.run([sys.executable, "-c", PROGRAM, str(tmp_path)], timeout=60, check=False)
    assert done.returncode == 0


async def test_looks_go_on_after_one_that_could_not_be_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a machine without threads to spare the server ended, and with it the show."""
    store, start, refused = LinkStore(tmp_path), threading.Thread.start, list[threading.Thread]()

    def start_later(thread: threading.Thread, *arguments: Any) -> None:
        if len(refused) < 2:
            refused.append(thread)
            raise RuntimeError("can't start new thread")
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", start_later)
    following = asyncio.create_task(store.follow())
    change(tmp_path, lambda table: table.without_id("tokio", Instant(1_000)), Instant(1_000))
    async with asyncio.timeout(60):
        while not store.snapshot.table.generations:
            await store.looked()
            assert not following.done()
    assert len(refused) == 2
    following.cancel()
