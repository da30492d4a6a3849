"""The single writer: everything that changes the show passes here, one thing at a time.

Commands, source reports, voices and the clock are decided by the pure core, written to the log, and only then applied.
So everything that anybody was sent is on disk, and the log rebuilds the show.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import structlog

from bridge.engine import SourceState, SourceWhy
from signaling.clock import ShowClock
from signaling.output import Output
from signaling.show import core
from signaling.show.core import CommandRefused, Show, SourceReport
from signaling.show.facts import Fact, Started
from signaling.show.readiness import with_checks
from signaling.show.reasons import ProblemError
from signaling.show.seats import is_seat
from signaling.show.wire.commands import Applied
from signaling.showlog.answered import AnsweredCommands, AppliedCommand
from signaling.showlog.logthread import LogThread, NotWritten
from signaling.voicefollower import VoiceFollower

log = structlog.get_logger()

MAX_QUEUED_COMMANDS: Final = 256
"""Commands that may wait; more are refused. People cannot send as many, scripts can."""
RETRY_WRITE_S: Final = 1.0
"""Seconds until facts that could not be written are decided anew."""


@dataclass(frozen=True, slots=True)
class _Queued:
    """A command that waits to be decided."""

    type: str
    decide: Callable[[], Sequence[Fact]]
    by: str
    id: str | None
    """None for a command of the server itself, which is never repeated."""
    answer: asyncio.Future[Applied]

    def refuse(self, why: Exception) -> None:
        """Answer with an error, unless the sender has cancelled."""
        if not self.answer.done():
            self.answer.set_exception(why)


class Writer:
    """Holds the show, and is the only part that changes it."""

    def __init__(
        self, show: Show, answered: AnsweredCommands, log: LogThread, clock: ShowClock, output: Output
    ) -> None:
        self.show = show
        self.log = log
        self._answered = answered
        self._clock = clock
        self._output = output
        self._queue: deque[_Queued] = deque()
        self._reports: dict[str, SourceReport] = {}
        """The media plane's last report on each source that a peer has sent, whether or not the event has it."""
        self._voice = VoiceFollower()
        self._speaker: str | None = None
        """A new speaker that is not written yet."""
        self._is_closed = False

    # What comes in ---------------------------------------------------------------------------------------------------

    def enqueue(
        self, type_: str, decide: Callable[[], Sequence[Fact]], by: str, id_: str | None
    ) -> asyncio.Future[Applied]:
        """Queue a command. `decide` is called on its turn.

        Raises:
            ProblemError: the queue is full.
            NotWritten: the server stops.
        """
        if self._is_closed:
            raise NotWritten("stops")
        if len(self._queue) >= MAX_QUEUED_COMMANDS:
            raise ProblemError("commands-waiting")
        answer: asyncio.Future[Applied] = asyncio.get_running_loop().create_future()
        self._queue.append(_Queued(type_, decide, by, id_, answer))
        return answer

    def on_source(self, source: str, state: SourceState, why: SourceWhy) -> None:
        """Keep the last report on a source; it overwrites older ones, so none can pile up."""
        self._reports[source] = (state, why)

    def on_levels(self, levels: Mapping[str, float]) -> bool:
        """Take in the levels of the microphones. Returns whether there is a new speaker."""
        speaker = self._voice.on_levels(self.show, levels, asyncio.get_running_loop().time())
        self._speaker = speaker or self._speaker
        return speaker is not None

    def note_refusal(self, type_: str, by: str, why: ProblemError) -> None:
        self.log.note_refusal(self._clock.now(), by, type_, why)

    # Decide, write, apply --------------------------------------------------------------------------------------------

    async def work(self) -> None:
        """Decide everything that has come in or is due."""
        # Due steps first: they count from their own instants, before the reports and commands that arrived since.
        await self._tick()
        await self._decide_reports()
        await self._decide_speaker()
        while self._queue:
            await self._decide_command(self._queue.popleft())
            await self._tick()
        await self._decide_reports()  # on sources that a command has brought into the event

    async def _tick(self) -> None:
        due = core.due(self.show)
        if due is not None and due <= self._clock.now():
            await self._decide(core.tick(self.show, self._clock.now()), "clock")

    async def _decide_reports(self) -> None:
        """Several sources that changed at once make one cut, not one each.

        The media plane reports changes only. The comparison with the show finds those that could not be written, or
        that came while the event was without the source.
        """
        changed = core.unreported(self.show, self._reports)
        if changed:
            await self._decide(core.report(self.show, changed, self._clock.now()), "media")
        self._forget_seats()

    def _forget_seats(self) -> None:
        """Forget seats that nobody feeds and the show does not know: interpreters may choose many names in turn."""
        event, seats = self.show.event, self.show.seats
        for source, (state, _) in list(self._reports.items()):
            if state == "absent" and is_seat(event, source) and source not in seats:
                del self._reports[source]

    async def _decide_speaker(self) -> None:
        """A speaker that cannot be written is not kept: the next levels name it again after 0.1 s."""
        if self._speaker is not None:
            speaker, self._speaker = self._speaker, None
            await self._decide(core.follow_voice(self.show, speaker, self._clock.now()), "media")

    async def _decide(self, facts: Sequence[Fact], by: str) -> None:
        """Write and apply facts that no command asked for."""
        try:
            await self._write(facts, by, None)
        except NotWritten as fault:
            log.error(
                "The show log cannot be written: nothing happens by itself until it can.", fault=str(fault)
            )
            await asyncio.sleep(RETRY_WRITE_S)

    async def _decide_command(self, command: _Queued) -> None:
        try:
            applied = self.answer_to_repeated(command.type, command.by, command.id)
            if applied is None:
                applied = Applied(rev=await self._write(command.decide(), command.by, command.id))
                if command.id is not None:
                    self._answered.add(command.by, command.id, AppliedCommand(applied.rev, command.type))
                log.info("command", type=command.type, by=command.by, rev=applied.rev)
        except CommandRefused as refusal:
            command.refuse(refusal)
            self.note_refusal(command.type, command.by, refusal)
        except NotWritten as fault:
            command.refuse(fault)
            log.info("command not done", type=command.type, by=command.by, why=str(fault))
        except asyncio.CancelledError:
            command.refuse(NotWritten("stops-unsure"))
            raise
        else:
            if not command.answer.done():
                command.answer.set_result(applied)

    def answer_to_repeated(self, type_: str, by: str, id_: str | None) -> Applied | None:
        """The answer that a repeated command got before; None for a new one.

        Raises:
            CommandRefused: another type of command of this sender has had its id. It would be answered as applied, and
                never be.
        """
        if id_ is None or (before := self._answered.get(by, id_)) is None:
            return None
        if before.type not in (None, type_):
            raise CommandRefused("id-used", id=id_, command=before.type or "")
        return Applied(rev=before.rev)

    async def _write(self, facts: Sequence[Fact], by: str, command: str | None) -> int:
        """Write facts, then apply them. Returns the revision that shows them."""
        if not facts and command is None:
            return self._output.rev
        rev, event = self._output.rev + 1, self.show.event
        if any(isinstance(fact, Started) for fact in facts):
            facts = tuple(with_checks(self.show, facts, self._output.measured()))
        await self.log.append(rev, self._clock.now(), by, command, facts)
        self.show = core.replay(self.show, *facts)
        if self.show.event is not event:
            self._output.event_rev = rev
        return self._output.apply(self.show, facts)

    def close(self) -> None:
        """Refuse queued commands, and write the last refusals."""
        self._is_closed = True
        for command in self._queue:
            command.refuse(NotWritten("stops"))
        self.log.close()
