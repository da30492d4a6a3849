"""Event files that moderators send or edit: read in a thread before their turn, as that would delay cuts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from config.times import Instant
from signaling.clock import ShowClock
from signaling.output import Output
from signaling.reading import NotWanted, TextReader
from signaling.show import core
from signaling.show.core import CommandRefused, Decide, Show
from signaling.show.eventtext import EventText
from signaling.show.facts import Fact
from signaling.show.reasons import ProblemError
from signaling.show.terms import Author
from signaling.show.wire.commands import Edit, Reload
from signaling.show.wire.difference import Difference
from signaling.show.wire.edit import EventFileDoc
from signaling.writer import Writer

MAX_EDITS: Final = 4
"""Edits of one sender that wait. Moderators with one link behind one address are one sender, and one of them must be
told who was first, not to wait."""


class EventFiles:
    """Reads the files of `reload`, makes those of `edit`, and compares others with the event."""

    def __init__(self, writer: Writer, output: Output, clock: ShowClock) -> None:
        self._writer = writer
        self._output = output
        self._clock = clock
        self._reader = TextReader()

    async def decision(
        self,
        command: Reload | Edit,
        by: Author,
        sender: str | None,
        is_wanted: Callable[[], bool] | None,
    ) -> Decide:
        """How a `reload` or an `edit` by somebody is decided on its turn. Faults of the file are refused then, as
        everything else.

        Raises:
            ProblemError, NotWanted: see `TextReader`.
        """
        show = self._writer.show  # the file that an `edit` changes, and the event that it belongs to

        def read() -> EventText | CommandRefused:
            try:
                return (
                    core.edited(show, command) if isinstance(command, Edit) else core.read_event(command.yaml)
                )
            except CommandRefused as refusal:
                return refusal

        most = MAX_EDITS if isinstance(command, Edit) else 1
        file = await self._reader.run(read, sender=sender, most=most, is_wanted=is_wanted)
        if is_wanted is not None and not is_wanted():  # its link may have been revoked meanwhile
            raise NotWanted("Nobody waits for this event file any more, so nothing was done.")

        def decide(now_show: Show, now: Instant) -> Sequence[Fact]:
            core.check_base(command.base, self._output.event_rev, self._output.rev)
            if isinstance(command, Edit) and now_show.file != show.file:
                raise CommandRefused("file-outdated")
            if isinstance(file, CommandRefused):
                raise file
            if isinstance(command, Edit):
                return core.edit(now_show, file, command, now, by)
            return core.reload(now_show, file, now, by)

        return decide

    async def difference(
        self, yaml: str, *, sender: str | None = None, is_wanted: Callable[[], bool] | None = None
    ) -> Difference:
        """What a reload of this event file would change now. `sender` and `is_wanted` as for `Runtime.submit`.

        Raises:
            CommandRefused: it would be refused, for this reason.
            ProblemError, NotWanted: see `TextReader`.
        """

        def compare() -> Difference:
            file = core.read_event(yaml)  # first, since the show and the clock go on meanwhile
            return core.difference(self._writer.show, file, self._clock.now())

        return await self._reader.run(compare, sender=sender, is_wanted=is_wanted)

    def text(self) -> tuple[int, str, str]:
        """The event file as it is now: the revision with which the event last changed, its text and the event's title.

        Raises:
            ProblemError: the server has no text.
        """
        show, rev = self._writer.show, self._output.event_rev
        if show.file is None:
            raise ProblemError("no-file")
        return rev, show.file.text, show.event.title

    async def document(self) -> EventFileDoc:
        """The agenda of the event file as it is written now.

        Raises:
            ProblemError: see `text`, and `TextReader`.
        """
        show, rev = self._writer.show, self._output.event_rev
        return await self._reader.run(lambda: core.file_document(show, rev))
