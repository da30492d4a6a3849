"""The files of the links on a disk that hangs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

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
