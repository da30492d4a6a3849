"""The thread of the show log: every write of a running show's log happens in it, in order."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import structlog

from config.times import Instant
from signaling.show.facts import Fact, to_json
from signaling.show.reasons import ProblemError
from signaling.show.report.report import RefusedCommand
from signaling.showlog.interface import LogEntry, ShowLog, ShowLogError
from signaling.showlog.refusals import RefusalBuffer

log = structlog.get_logger()


class NotWritten(ProblemError):
    """The log could not be written, so nothing was applied."""


class LogThread:
    """Writes the open log of one running show."""

    def __init__(self, show_log: ShowLog, count: int) -> None:
        """`count` is how many entries the log has."""
        self._log = show_log
        self._count = count
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="show-log")
        self._refusals = RefusalBuffer()
        self.fails = False
        """The last entry could not be written."""

    async def append(
        self, rev: int, at: Instant, by: str, command: str | None, facts: Sequence[Fact]
    ) -> None:
        """Write an entry; returns once it is on disk.

        Raises:
            NotWritten: see there.
        """
        entry = LogEntry(at, by, command, rev, [to_json(fact) for fact in facts])
        try:
            await asyncio.get_running_loop().run_in_executor(
                self._thread, self._log.append, entry, self._count + 1
            )
        except ShowLogError as fault:
            self.fails = True
            raise NotWritten("log-fails", fault=str(fault)) from fault
        self._count += 1
        self.fails = False

    def note_refusal(self, at: Instant, by: str, command: str, why: ProblemError) -> None:
        """Keep a refused command for the next `write_refusals`."""
        log.info("command refused", type=command, by=by, why=str(why))
        entry = RefusedCommand(at, by, command, why.code, str(why))
        self._refusals.add(entry, asyncio.get_running_loop().time())

    def write_refusals(self, *, all_: bool = False) -> None:
        """Start writing the refusals that are due, or all of them. Only the next write waits for it."""
        loop = asyncio.get_running_loop()
        refusals = self._refusals.take(loop.time(), all_=all_)
        if not refusals:
            return

        def written(attempt: Future[None]) -> None:
            match attempt.exception():
                case ShowLogError() as fault:
                    log.error("Refused commands cannot be written to the show log yet.", fault=str(fault))
                    loop.call_soon_threadsafe(self._refusals.put_back, refusals)
                case None:
                    pass
                case bug:
                    log.critical("refused commands were not written", exc_info=bug)

        self._thread.submit(self._log.refused, refusals).add_done_callback(written)

    def close(self) -> None:
        """Write the last refusals and end the thread. The log stays open."""
        self.write_refusals(all_=True)
        self._thread.shutdown(wait=True)
