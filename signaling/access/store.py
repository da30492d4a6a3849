"""The files of the keys and links: what is in force of them, and how they are followed and changed."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final, TypeVar

import structlog

from config.times import Instant
from signaling.access.changing import LOCK_FILE_NAME, LOCK_TIMEOUT_S, LinksLocked
from signaling.access.keys import Keyring, followed_keys
from signaling.access.snapshot import LinkSnapshot
from signaling.access.table import LinkRow, LinkTable, change, followed_table
from signaling.daemonthread import in_daemon_thread

log = structlog.get_logger()

LOOK_INTERVAL_S: Final = 0.25
"""Seconds between looks at the files. With the check of sessions every 0.5 s, a revoked link ends within a second."""
LOOK_SPACING_S: Final = 0.02
"""Seconds between looks that are asked for. A look takes 0.4 ms at most, so wrong codes cost 2 % of a processor."""
LOOK_TIMEOUT_S: Final = 1.0
"""For a look that is asked for: on a disk that hangs, a wrong code is refused without it."""
MAX_WAITING_CHANGES: Final = 8
"""Changes that wait for their turn. They come from moderators' hands, so more of them means that none goes on."""

T = TypeVar("T")


class LinkStore:
    """The keys and links in a data folder.

    `snapshot` is what is in force. Requests and messages are decided by it alone, so that none of them waits for the
    disk, for a lock, or for the table to be built. All other methods may wait: on the event loop only for as long as
    no server runs there.
    """

    def __init__(self, data: Path) -> None:
        """Read the files.

        Raises:
            KeyFileError: one of them cannot be read.
        """
        self._data = data
        self._keys = followed_keys(data)
        self._table = followed_table(data)
        self._reading = threading.Lock()
        """The desk's changes are written in another thread than the looks. A file read earlier must not replace one
        read later."""
        self.snapshot = LinkSnapshot.of(self._table.contents, self._keys.contents)
        self._turn = asyncio.Lock()
        self._waiting = 0
        self._wanted = asyncio.Event()
        self._next = asyncio.Event()
        """Set at the end of the look that begins next."""

    def refresh(self) -> None:
        """Bring into force what other processes have changed."""
        with self._reading:
            self._keys.refresh()
            self._table.refresh()
            self._publish()

    def change(
        self,
        decide: Callable[[LinkTable, Keyring], LinkTable],
        now: Instant,
        is_over: Callable[[LinkRow], bool] = lambda row: False,
    ) -> None:
        """Change the table. It is on disk and in force when this returns. `is_over`: see `table.change`.

        Raises:
            KeyFileError: it cannot be changed; it is unchanged.
        """

        def decide_in_lock(table: LinkTable) -> LinkTable:
            self.refresh()  # another process may have changed the keys while this one waited for the lock
            return decide(table, self.snapshot.keys)

        after = change(self._data, decide_in_lock, now, self.snapshot.table, is_over)
        with self._reading:
            self._table.adopt(after)
            self._publish()

    def _publish(self) -> None:
        table, keys = self._table.contents, self._keys.contents
        if self.snapshot.table is not table or self.snapshot.keys is not keys:
            self.snapshot = LinkSnapshot.of(table, keys, self.snapshot)

    # A running server ------------------------------------------------------------------------------------------------

    async def follow(self) -> None:
        """Look at the files until cancelled."""
        fails = False
        while True:
            self._wanted.clear()
            done, self._next = self._next, asyncio.Event()
            try:
                # A thread of its own: those of the event loop also resolve names and read files for strangers.
                await in_daemon_thread(self.refresh, "links are read")
                fails = False
            except Exception:
                # Any fault, also that no thread can be started now: the links in force stay, and the show goes on.
                if not fails:
                    log.exception("the files of links cannot be looked at")
                fails = True
            done.set()
            await asyncio.sleep(LOOK_SPACING_S)
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_INTERVAL_S - LOOK_SPACING_S):
                    await self._wanted.wait()

    async def looked(self) -> None:
        """Wait for a look at the files that begins after this call, for `LOOK_TIMEOUT_S` at most."""
        self._wanted.set()
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOK_TIMEOUT_S):
                await self._next.wait()

    async def in_turn(self, work: Callable[[], T]) -> T:
        """Do `work`, which changes the links, in a thread: one after the other.

        Raises:
            LinksLocked: too many wait, or those before it took too long.
        """
        if self._waiting >= MAX_WAITING_CHANGES:
            raise self._locked(f"{self._waiting} changes wait already")
        came = time.monotonic()
        self._waiting += 1
        try:
            async with self._turn:
                if time.monotonic() - came > LOCK_TIMEOUT_S:  # the client has given up, or asks again
                    raise self._locked("the changes before this one took too long")
                return await in_daemon_thread(work, "links are changed")
        finally:
            self._waiting -= 1

    def _locked(self, why: str) -> LinksLocked:
        return LinksLocked(
            self._data / LOCK_FILE_NAME, f"{why}, so nothing was changed", "Try again in a moment."
        )
