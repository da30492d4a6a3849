"""Work in a daemon thread, when it succeeds, fails, or hangs while the process ends."""

from __future__ import annotations

import subprocess
import sys

import pytest

from signaling.daemonthread import in_daemon_thread


async def test_it_gives_the_result_or_raises_the_fault() -> None:
    assert await in_daemon_thread(lambda: 7, "test") == 7
    with pytest.raises(ValueError, match="no number"):
        await in_daemon_thread(lambda: int("no number"), "test")


def test_a_process_ends_while_work_hangs() -> None:
    program = (
        "import asyncio, threading\n"
        "from signaling.daemonthread import in_daemon_thread\n"
        "async def main():\n"
        "    begun = threading.Event()\n"
        "    def hang():\n"
        "        begun.set()\n"
        "        threading.Event().wait()\n"
        "    task = asyncio.create_task(in_daemon_thread(hang, 'test'))\n"
        "    await asyncio.sleep(0)\n"
        "    begun.wait()\n"
        "asyncio.run(main())\n"
    )
    assert subprocess.run([sys.executable, "-c", program], timeout=60, check=False).returncode == 0
