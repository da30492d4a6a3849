"""Event files are read in a thread, on somebody's behalf: one at a time, and none that nobody waits for.

Reading takes up to 0.4 s of processor time, and a thread that computes slows the event loop down. So no two texts are
read at once, each sender has one at most, and a text whose sender has gone is dropped before its turn.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypedDict, TypeVar

from signaling.show.reasons import Reasoned

_T = TypeVar("_T")

MAX_TEXTS = 32
"""Texts that wait or are being read, of all senders together. The last of them waits about 10 s at worst."""


class TooManyTexts(Reasoned):
    """The sender has a text here already, or all senders together have too many. This one was not taken."""


class NotWanted(Exception):
    """Whoever sent the text has gone, so it was not read."""


class Sender(TypedDict):
    """On whose behalf a text is read."""

    sender: str
    is_wanted: Callable[[], bool]


class TextReader:
    """Gives each text its turn in a thread, in the order in which they come."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()
        self._texts = 0
        """Those that wait or are being read."""
        self._senders: set[str] = set()
        """Whose they are, as far as they have a sender."""

    async def run(
        self,
        work: Callable[[], _T],
        *,
        sender: str | None = None,
        is_wanted: Callable[[], bool] | None = None,
    ) -> _T:
        """Have `work` done in a thread when its turn comes.

        Cancelled before its turn, it is not done. Begun work cannot be stopped: it keeps the turn and its sender's
        place to its end.

        Args:
            work: reads a text. Runs in a thread, and what it raises is raised here.
            sender: the link or connection whose text it is; None for the server's own.
            is_wanted: whether anybody still waits for it. Asked on the event loop right before the turn.

        Raises:
            TooManyTexts: see there; raised at once.
            NotWanted: `is_wanted` said no.
        """
        self._enter(sender)
        try:
            await self._turn.acquire()
        except asyncio.CancelledError:
            self._leave(sender)
            raise
        try:
            if is_wanted is not None and not is_wanted():
                raise NotWanted("Nobody waits for this event file any more, so it was not read.")
            done = asyncio.get_running_loop().run_in_executor(None, work)
        except BaseException:  # the executor may be shut down
            self._turn.release()
            self._leave(sender)
            raise

        def finish(done: asyncio.Future[_T]) -> None:
            self._turn.release()
            self._leave(sender)
            if not done.cancelled():
                done.exception()  # nobody may be left to hear of it

        done.add_done_callback(finish)
        # Awaited directly, it would be cancelled with its asker, and free the turn while the thread reads on.
        await asyncio.wait([done])
        return done.result()

    def _enter(self, sender: str | None) -> None:
        if sender in self._senders:
            raise TooManyTexts("file-under-way")
        if self._texts >= MAX_TEXTS:
            raise TooManyTexts("files-waiting")
        self._texts += 1
        if sender is not None:
            self._senders.add(sender)

    def _leave(self, sender: str | None) -> None:
        self._texts -= 1
        if sender is not None:
            self._senders.discard(sender)
