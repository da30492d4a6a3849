"""One running show: joins its parts, and runs the one task that decides, writes, applies and publishes.

Commands and source reports go to `writer`, connected pages and peers to `receivers`; `output` carries what follows
from them to the pages and to the media plane.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from functools import partial
from typing import Final

from bridge.engine import Callbacks, Engine, Joined, MediaHealth, PeerSpec, SourceState, SourceWhy
from config.model import place_of, source_name
from config.times import Instant, iso
from signaling.admission.admissions import Admissions
from signaling.admission.contributor import Contributor
from signaling.audience import LinkDestination
from signaling.clock import ShowClock
from signaling.eventfiles import EventFiles
from signaling.health.conditions import MAX_SHED_LEVEL, ServerCondition, ServerWarnings
from signaling.http.limits import LoopShare, RateLimits
from signaling.output import Output
from signaling.pages.pagechoices import PageChoices
from signaling.pages.presence import ConnectedDesks
from signaling.publisher import Publisher
from signaling.reading import NotWanted
from signaling.receivers import Receivers
from signaling.show import core
from signaling.show.core import Show
from signaling.show.door import let_in
from signaling.show.echo import EchoDetector
from signaling.show.facts import Fact
from signaling.show.loudness import MomentaryLoudness, PacketLevels
from signaling.show.permissions import check_command
from signaling.show.reasons import ProblemError, ProblemReason
from signaling.show.silence import SilenceDetector
from signaling.show.terms import BY_DESK, Author
from signaling.show.wire.commands import Admit, Applied, Command, Edit, Handover, Interpret, Reload
from signaling.show.wire.preview import Preview
from signaling.showlog.interface import ShowLog
from signaling.showlog.logthread import LogThread
from signaling.showlog.replaying import ReplayedLog
from signaling.writer import Writer

REFRESH_INTERVAL_S: Final = 1.0
"""Seconds between publishing what changes without a command: statistics, expected times during an overrun."""
CREW_COMMANDS_PER_S, CREW_COMMANDS_BURST = 2.0, 30.0
"""Commands of one link other than a moderator's, on average and at once. Each is an entry of the log, and a copied link
must not fill the disk. Two interpreters who switch, cue and hand over need fewer."""
MAX_COUNTED_LINKS: Final = 256
"""Links whose commands are counted; an event has 64 sources and 32 booths at most."""
PREVIEWS_SHARE: Final = 0.25
"""Share of a core for previews of all links together: a hovering mouse must not delay cuts. One of a day of 100 items
takes 5 ms, of 1000 items 60 ms."""
MAX_WAITING_PREVIEWS: Final = 4
"""Previews that wait. The last one is answered within 0.1 s for 100 items; a page asks for one at a time."""
PUBLISH_PAGES_WITHIN_S: Final = 0.1
"""Seconds until connected and disconnected pages are published: hundreds at once must not cost a publishing each."""
_NOT_GRANTED: Final[dict[str, ProblemReason]] = {
    "waiting": "fed-elsewhere",
    "replaced": "fed-now",
    "crowded": "many-wait",
}
"""Why a page may not send a source now, by the result of its claim."""


class Runtime:
    """One running show."""

    def __init__(self, replayed: ReplayedLog, show_log: ShowLog, clock: ShowClock, media: Engine) -> None:
        self.first_event = replayed.first_event
        self.clock = clock
        self._media = media
        self._wake = asyncio.Event()
        self._timer: asyncio.TimerHandle | None = None
        self._refresh_at = 0.0
        self._crew_commands = RateLimits(CREW_COMMANDS_PER_S, CREW_COMMANDS_BURST, MAX_COUNTED_LINKS)
        self._previews = LoopShare(PREVIEWS_SHARE, MAX_WAITING_PREVIEWS, "previews-often")
        self.show_log = show_log
        self.publisher = Publisher(replayed.rev)
        self.admissions = Admissions(media.state_of, clock.now, self._publish_at_once)
        self.receivers = Receivers(media.leave, self.admissions, self._publish_soon, self._on_talk)
        self.presence = ConnectedDesks(self._publish_soon)
        self.silence = SilenceDetector()
        self._loudness = MomentaryLoudness()
        self.echo = EchoDetector()
        self._output = Output(
            media,
            self.publisher,
            self.receivers,
            self.admissions,
            clock,
            self.silence,
            self.echo,
            self.presence,
        )
        self._output.event_rev = replayed.event_rev
        self.log = LogThread(show_log, replayed.count)
        self._writer = Writer(replayed.show, replayed.answered, self.log, clock, self._output)
        self.choices = PageChoices(lambda: self.show, self.receivers, self._route, self._publish_soon)
        self.files = EventFiles(self._writer, self._output, clock)
        media.listen(Callbacks(self.on_source, self.receivers.on_left, self.on_levels, self.on_packet_levels))
        self._output.publish(replayed.show)
        self._runs = False
        self._warnings = ServerWarnings()
        self.conditions: tuple[ServerCondition, ...] = ()
        """What is wrong with the server itself."""

    @property
    def show(self) -> Show:
        """The show as it is now."""
        return self._writer.show

    # Commands --------------------------------------------------------------------------------------------------------

    async def submit(
        self,
        command: Command,
        by: str,
        asked_by: Author | None = None,
        *,
        sender: str | None = None,
        is_wanted: Callable[[], bool] | None = None,
    ) -> Applied:
        """Have a command decided, written and applied; returns once it is on disk.

        Args:
            asked_by: the link it came with; None for the server's own commands.
            sender: the link or connection that has one event file read at a time; `by` may be several of them.
            is_wanted: whether anybody still waits for an event file to be read.

        Raises:
            CommandRefused: the show does not permit it now; nothing has changed.
            ProblemError: the link does not permit it, sends too many, or too many commands wait; nothing has changed.
            NotWritten, NotWanted: see there; nothing has changed.
        """
        if asked_by is not None:
            try:
                self._check(command, asked_by)
            except ProblemError as fault:
                self._writer.note_refusal(command.type, by, fault)
                raise
        decide = await self._decision(command, asked_by or BY_DESK, sender, is_wanted)
        return await self._ask(command.type, lambda: decide(self.show, self.clock.now()), by, command.id)

    async def preview(
        self,
        command: Command,
        by: str,
        asked_by: Author,
        *,
        is_wanted: Callable[[], bool] | None = None,
    ) -> Preview:
        """The state right after a command, if it came now. Nothing changes, and nothing is logged. Arguments as for
        `submit`.

        Raises:
            CommandRefused, NotWanted: as `submit`.
            ProblemError: the link does not permit the command, or too many previews wait.
        """
        self._check(command, asked_by)
        async with self._previews:
            if is_wanted is not None and not is_wanted():  # a page asks for another one and leaves this
                raise NotWanted("Nobody waits for this preview any more, so it was not made.")
            # Without a sender: a preview that nobody waits for must not refuse the command that follows it.
            decide = await self._decision(command, asked_by, None, is_wanted)
            is_done = self._writer.answer_to_repeated(command.type, by, command.id) is not None
            work = partial(
                core.preview, self.show, (lambda show, now: ()) if is_done else decide, self.clock.now()
            )
            # Only the event loop knows who waits to be admitted.
            return work() if isinstance(command, Admit) else await asyncio.to_thread(work)

    def _check(self, command: Command, by: Author) -> None:
        """Check that a link may send a command now. Each check counts against its rate."""
        booth = command.booth if isinstance(command, Interpret | Handover) else None
        check_command(by, command.type, booth)
        now = asyncio.get_running_loop().time()
        if by.role != "moderator" and not self._crew_commands.take(by, now):
            raise ProblemError("commands-often")

    async def _decision(
        self, command: Command, asked_by: Author, sender: str | None, is_wanted: Callable[[], bool] | None
    ) -> core.Decide:
        """How a command is decided on its turn."""
        if isinstance(command, Admit):
            place = command.place
            return lambda show, now: let_in(show, place, now) or self.admissions.decide(show.event, place)
        if isinstance(command, Reload | Edit):
            return await self.files.decision(command, asked_by, sender, is_wanted)
        return lambda show, now: core.apply(show, command, now, asked_by)

    async def move(self, start: Instant) -> Applied:
        """Shift the whole plan so that the first item starts at `start`. Raises as `submit`."""
        return await self._ask("move", lambda: core.move(self.show, start), "clock", None)

    async def _ask(
        self, type_: str, decide: Callable[[], Sequence[Fact]], by: str, id_: str | None
    ) -> Applied:
        answer = self._writer.enqueue(type_, decide, by, id_)
        self._wake.set()
        return await answer

    async def settle(self) -> None:
        """Wait until every command that is queued now has been answered.

        Raises:
            ProblemError: there are too many.
        """
        await self._ask("settle", lambda: (), "server", None)

    # Media plane -----------------------------------------------------------------------------------------------------

    async def join(
        self,
        contributor: Contributor,
        destination: LinkDestination,
        spec: PeerSpec,
        offer: str,
        turn: AbstractAsyncContextManager[None],
        *,
        page: str,
    ) -> Joined:
        """Answer the offer (SDP) of a page, which receives the programme of `destination` from then on. If `page`, the
        page's own peer, is another one than that of `spec`, it is for a further input, which only sends.

        `turn` is entered for the media plane's work: one offer of a link at a time, and only so often.

        Raises:
            ProblemError: the page may not send the source now, or too many watch or wait.
            OfferError, TooManyPeers: see there.
        """
        if spec.source is not None:
            if (booth := self.show.event.booths.get(place_of(spec.source))) is not None:
                self.admissions.check_seats(booth, spec.source)
            result = self.admissions.claim(contributor, spec.source)
            if result != "granted":
                raise ProblemError(_NOT_GRANTED[result], place=source_name(self.show.event, spec.source))
        try:
            async with turn:
                # In the turn, which ends after `add`: offers that arrive at once would all find the same room.
                if spec.peer == page:
                    await self.receivers.make_room(spec.peer, destination)
                else:
                    self.receivers.check_inputs(spec.peer, destination)
                joined = await self._media.join(spec, offer)
        except BaseException:
            if spec.source is not None:
                self.admissions.on_join_failed(contributor)
            raise
        if spec.source is None:
            self.admissions.on_left(spec.peer)  # it may have sent a source before
        else:
            self.admissions.on_joined(contributor)
        if spec.peer == page:
            self.receivers.add(spec.peer, destination, spec.source)
        else:
            self.receivers.add_input(spec.peer, page, destination)
        self._route()
        return joined

    def on_source(self, source: str, state: SourceState, why: SourceWhy) -> None:
        """A source has changed its state."""
        self._writer.on_source(source, state, why)
        self.admissions.update()
        self._wake.set()

    def on_levels(self, levels: Mapping[str, float]) -> None:
        """The levels of the microphones (dBov), ten times a second. Only a new speaker wakes the writer."""
        self.publisher.levels(levels, self._loudness.loudness())
        self.silence.hear(self.show, levels, self.clock.now())
        if self._writer.on_levels(levels):
            self._wake.set()

    def on_packet_levels(self, levels: Mapping[str, PacketLevels]) -> None:
        """The levels of the microphones' packets, ten times a second."""
        self._loudness.hear(levels)
        self.echo.hear(levels, self._output.return_paths, asyncio.get_running_loop().time())

    # The server itself -----------------------------------------------------------------------------------------------

    @property
    def writer_runs(self) -> bool:
        """Whether the single writer runs."""
        return self._runs

    @property
    def log_fails(self) -> bool:
        """Whether the last entry could not be written."""
        return self.log.fails

    def media_health(self) -> MediaHealth:
        """The condition of the media plane."""
        return self._media.health()

    @property
    def refuses_viewers(self) -> bool:
        """Whether the server is so overloaded that it accepts no more viewers."""
        return self._warnings.document.sheds == MAX_SHED_LEVEL

    def note_conditions(self, conditions: Sequence[ServerCondition]) -> None:
        """This is what is wrong with the server now. The desk is sent what has changed."""
        self.conditions = tuple(conditions)
        if self._warnings.update(conditions, self.now_iso()):
            self._output.server = self._warnings.document
            self._publish_at_once()

    # The one task ----------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Decide, write, apply and publish until cancelled."""
        loop = asyncio.get_running_loop()
        self._runs = True
        try:
            while True:
                self._set_timer(loop)
                await self._wake.wait()
                self._wake.clear()
                await self._work(loop)
        finally:
            self._runs = False
            if self._timer is not None:
                self._timer.cancel()
            self.choices.close()
            self.admissions.close()
            self._writer.close()

    def _set_timer(self, loop: asyncio.AbstractEventLoop) -> None:
        """Set the only timer: for the next thing that the show does by itself, the end of a cue or message, or the next
        refresh, whichever is first.

        Loop time stops while the machine is suspended, show time does not. A refresh is at most `REFRESH_INTERVAL_S` of
        loop time away, so what was due during the suspension happens that soon after it.
        """
        wait = self._refresh_at - loop.time()
        for due in (core.due(self.show), self._output.notes_end):
            if due is not None:
                wait = min(wait, self.clock.seconds_until(due))
        if self._timer is not None:
            self._timer.cancel()
        self._timer = loop.call_later(max(0.0, wait), self._wake.set)

    async def _work(self, loop: asyncio.AbstractEventLoop) -> None:
        await self._writer.work()
        await self.admissions.close_replaced(self.receivers.close)
        if loop.time() >= self._refresh_at:
            self._refresh_at = loop.time() + REFRESH_INTERVAL_S
            self._output.refresh()
            self.admissions.update()
            self.log.write_refusals()
            await self.receivers.close_orphans()
        end = self._output.notes_end
        if self._output.is_stale or (end is not None and end <= self.clock.now()):
            self._output.publish(self.show)

    def _route(self) -> None:
        self._output.route(self.show)

    def _on_talk(self) -> None:
        self._route()
        self._publish_soon()

    def _publish_at_once(self) -> None:
        self._output.is_stale = True
        self._wake.set()

    def _publish_soon(self) -> None:
        loop = asyncio.get_running_loop()
        self._refresh_at = min(self._refresh_at, loop.time() + PUBLISH_PAGES_WITHIN_S)
        self._wake.set()

    def now_iso(self) -> str:
        """The show's clock in the event's zone."""
        return iso(self.clock.now(), self.show.event.timezone)
