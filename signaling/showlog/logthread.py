"""The thread of the show log: every write and read of a running show's log happens in it, in order."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

import structlog

from config.times import Instant
from signaling.show.facts import Fact, to_json
from signaling.show.reasons import ProblemError
from signaling.showlog.refusals import Refusals
from signaling.showlog.store import Record, Refusal, Store, StoreError

log = structlog.get_logger()
_T = TypeVar("_T")


class NotWritten(ProblemError):
    """The log could not be written, so nothing was applied."""


class LogThread:
    """The open log of one running show."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="show-log")
        self._refusals = Refusals()

    async def append(
        self, rev: int, at: Instant, by: str, command: str | None, facts: Sequence[Fact]
    ) -> None:
        """Write an entry; returns once it is on disk.

        Raises:
            NotWritten: see there.
        """
        written = [to_json(fact) for fact in facts]
        try:
            await asyncio.get_running_loop().run_in_executor(
                self._thread, self._store.append, rev, at, by, command, written
            )
        except StoreError as fault:
            raise NotWritten("log-fails", fault=str(fault)) from fault

    def note_refusal(self, at: Instant, by: str, command: str, why: ProblemError) -> None:
        """Keep a refused command for the next `write_refusals`."""
        log.info("command refused", type=command, by=by, why=str(why))
        entry = Refusal(at, by, command, why.code, str(why))
        self._refusals.note(entry, asyncio.get_running_loop().time())

    def write_refusals(self, *, all_: bool = False) -> None:
        """Start writing the refusals that are due, or all of them. Only the next write waits for it."""
        loop = asyncio.get_running_loop()
        refusals = self._refusals.take(loop.time(), all_=all_)
        if not refusals:
            return

        def written(attempt: Future[None]) -> None:
            match attempt.exception():
                case StoreError() as fault:
                    log.error("Refused commands cannot be written to the show log yet.", fault=str(fault))
                    loop.call_soon_threadsafe(self._refusals.give_back, refusals)
                case None:
                    pass
                case bug:
                    log.critical("refused commands were not written", exc_info=bug)

        self._thread.submit(self._store.keep_refusals, refusals).add_done_callback(written)

    def records(self, after: int, limit: int) -> list[Record]:
        """At most `limit` entries after the entry `after`. Blocks, so call it in a thread.

        Commands wait meanwhile, so ask for few at a time. No other connection gets past the log's lock, and a copy
        would lose the lock: POSIX drops all of a process's locks on a file when it closes any handle to it.

        Raises:
            StoreError: an entry is damaged, or the server stops.
        """
        return self._read(lambda: list(self._store.records(after, limit)))

    def refusals(self) -> list[Refusal]:
        """Every refused command that is on disk. Blocks and raises as `records`."""
        return self._read(self._store.refusals)

    def _read(self, read: Callable[[], list[_T]]) -> list[_T]:
        try:
            return self._thread.submit(read).result()
        except RuntimeError as fault:  # the executor is shut down
            raise StoreError("The server stops.") from fault

    def close(self) -> None:
        """Write the last refusals and end the thread. The store stays open."""
        self.write_refusals(all_=True)
        self._thread.shutdown(wait=True)
