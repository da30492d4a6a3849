"""Reads event files in a thread: one at a time, one or a few per sender, and none that nobody waits for.

Reading takes up to 0.4 s of processor time, and a thread that computes slows down the event loop.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import TypedDict, TypeVar

from signaling.show.reasons import ProblemError

_T = TypeVar("_T")

MAX_TEXTS = 32
"""Texts of all senders that wait or are being read. The last one waits about 10 s at worst."""


class NotWanted(Exception):
    """The sender of a text, or of a preview's command, has disconnected, so nothing was done."""


class Sender(TypedDict):
    """The sender of a text, as `TextReader.run` takes it."""

    sender: str
    is_wanted: Callable[[], bool]


class TextReader:
    """Reads texts in the order in which they come."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()
        self._texts = 0
        """The number that wait or are being read."""
        self._senders = Counter[str]()
        """How many each sender has here, as far as they have one."""

    async def run(
        self,
        work: Callable[[], _T],
        *,
        sender: str | None = None,
        most: int = 1,
        is_wanted: Callable[[], bool] | None = None,
    ) -> _T:
        """Run `work` in a thread when its turn comes.

        If cancelled before its turn, it does not run. A thread cannot be stopped: work that has begun keeps the turn
        and its sender's place until it ends.

        Args:
            work: reads a text. Exceptions are raised here.
            sender: the link or connection that sent the text; None for the server's own.
            most: texts that the sender may have here, this one included.
            is_wanted: whether anybody still waits for it; called on the event loop right before the turn.

        Raises:
            ProblemError: the sender, or all senders together, have too many texts here; raised at once.
            NotWanted: `is_wanted` returned False.
        """
        self._enter(sender, most)
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
                done.exception()  # retrieved, as nobody may await it any more

        done.add_done_callback(finish)
        # Not awaited directly: a cancellation of this task would then free the turn while the thread goes on.
        await asyncio.wait([done])
        return done.result()

    def _enter(self, sender: str | None, most: int) -> None:
        if sender is not None and self._senders[sender] >= most:
            raise ProblemError("file-under-way")
        if self._texts >= MAX_TEXTS:
            raise ProblemError("files-waiting")
        self._texts += 1
        if sender is not None:
            self._senders[sender] += 1

    def _leave(self, sender: str | None) -> None:
        self._texts -= 1
        if sender is not None:
            self._senders[sender] -= 1
            self._senders += Counter()  # forgets those who have none
