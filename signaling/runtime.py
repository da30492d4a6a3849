"""The single writer: everything that changes the show passes here, one thing at a time.

Commands, source reports, voices and the timer meet in one task. Each is decided by the pure core, written to the log,
and only then acted upon: published to the pages and routed in the media plane. So what anybody was told is on disk, and
what is on disk is the whole truth.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import structlog

from bridge.engine import Callbacks, Card, Engine, MediaStats, SourceState, SourceWhy
from config.model import Event
from config.times import Instant, iso
from signaling.admission.admissions import Admissions
from signaling.audience import Destination, audience
from signaling.clock import ShowClock
from signaling.publisher import Publisher
from signaling.reading import NotWanted, TextReader
from signaling.show import core
from signaling.show.arming import armed
from signaling.show.card import card
from signaling.show.core import Refused, Report, Show
from signaling.show.eventtext import EventText
from signaling.show.facts import Admitted, Fact, from_json, to_json
from signaling.show.marking import comes_next
from signaling.show.policy import is_watcher, may
from signaling.show.reasons import Reasoned
from signaling.show.routing import matrix
from signaling.show.rundown import Row, next_row, rows
from signaling.show.terms import Role
from signaling.show.view import view
from signaling.show.wire.commands import Admit, Applied, Command, Reload
from signaling.show.wire.difference import Difference
from signaling.show.wire.socket import Condition
from signaling.show.wire.state import DevicesDoc
from signaling.showlog.refusals import Refusals
from signaling.showlog.store import Record, Refusal, Store, StoreError
from signaling.voicefollower import VoiceFollower

log = structlog.get_logger()
_T = TypeVar("_T")

QUEUE = 256
"""Commands that may wait. A person cannot send that many; a script that does is told `busy`."""
ALONE = 60.0
"""Seconds that picture and sound go on without their page: long enough for a lost network or a restarted proxy."""
REFRESH = 1.0
"""Seconds between looks at what changes without a command: link figures, expected times during an overrun."""
SOON = 0.1
"""Seconds until pages that have come or gone are counted in the state."""
NOBODY: Report = ("absent", None)
"""Nobody has fed this server yet. That its sources are not there is no fault of theirs."""


class Busy(Reasoned):
    """More commands wait than the queue holds; this one was not taken."""


class Forbidden(Reasoned):
    """The link that sent the command does not permit it; nothing has changed."""


class NotWritten(Reasoned):
    """The log could not be written, so the command was not applied."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    """Something that somebody asked for and waits to hear of."""

    what: str
    decide: Callable[[], Sequence[Fact]]
    by: str
    command: str | None
    """Its id, by which a repeated command is known."""
    answer: asyncio.Future[Applied]

    def refuse(self, why: Exception) -> None:
        """Answer that it was not done, unless whoever asked has gone."""
        if not self.answer.done():
            self.answer.set_exception(why)


class Runtime:
    """One running show."""

    def __init__(
        self, event: Event, store: Store, clock: ShowClock, media: Engine, *, auto_start: bool = False
    ) -> None:
        """`auto_start`: the show begins by itself when its first item's time has come."""
        self.first = event
        """What the log begins with. It says no more than that: the event of now is the show's."""
        self.clock = clock
        self.media = media
        self._store = store
        self._applied: dict[str, tuple[Applied, str | None]] = {}
        """By id: the answer to a command, and its type where the log tells."""
        self._show, rev = self._replay(core.begin(event, auto_start=auto_start))
        self.publisher = Publisher(rev)
        self._connected: dict[str, tuple[str, Destination]] = {}
        self._conditions: dict[str, Condition] = {}
        """By connection: what its page said last of its devices."""
        self._receiving: dict[str, Destination] = {}
        """Peers of the media plane, and where each belongs. They outlive a page that lost its WebSocket."""
        self._alone: dict[str, float] = {}
        """Of those, the ones without a page, and since when."""
        self._waiting: deque[_Waiting] = deque()
        self._reader = TextReader()
        self._refusals = Refusals()
        self._stopped = False
        self._reports: dict[str, Report] = {}
        """The media plane's last word on each source that somebody has fed, be it in the event or not."""
        self._ears = VoiceFollower()
        self._spoke: str | None = None
        self._armed: frozenset[str] = frozenset()
        """As the media plane was told last."""
        self._card: Card | None = None
        """Likewise."""
        self._stats: tuple[Mapping[str, MediaStats], Mapping[str, MediaStats]] = ({}, {})
        """By source and by peer, as of the last refresh: counting packets is no reason for a patch to everybody."""
        self._is_stale = True
        """Something has changed that the published state may show."""
        self._wake = asyncio.Event()
        self.admissions = Admissions(media.state_of, clock.now, self._refresh)
        """Who feeds which source, and who waits to."""
        self._timer: asyncio.TimerHandle | None = None
        self._refresh_at = 0.0
        self._disk = ThreadPoolExecutor(1, thread_name_prefix="show-log")
        media.listen(Callbacks(self.report, self.peer_left, self.hear))
        self.publish()

    def _replay(self, show: Show) -> tuple[Show, int]:
        rev = 0
        for record in self._store.records():
            facts = [from_json(fact) for fact in record.facts]
            show = core.replay(show, *facts)
            rev = record.rev
            if record.command is not None:
                self._applied[record.command] = Applied(rev=rev), core.command_of(facts)
        return show, rev

    @property
    def show(self) -> Show:
        """The show as it is now."""
        return self._show

    # What comes in ---------------------------------------------------------------------------------------------------

    async def submit(
        self,
        command: Command,
        by: str,
        role: Role | None = None,
        *,
        sender: str | None = None,
        is_wanted: Callable[[], bool] | None = None,
    ) -> Applied:
        """Have a command decided, written and acted upon; returns once it is on disk.

        Args:
            role: that of the link it came with; None for those of the server itself.
            sender: the link or connection that has one event file read at a time; `by` may be several of them.
            is_wanted: whether anybody still waits for an event file to be read.

        Raises:
            Forbidden: the role does not permit it; nothing has changed.
            Refused: the show does not permit it now; nothing has changed.
            Busy, NotWritten, TooManyTexts, NotWanted: see there; nothing has changed.
        """
        if role is not None and not may(role, command.type):
            fault = Forbidden("role", role=role, command=command.type)
            self._note_refusal(command.type, by, fault)
            raise fault
        if isinstance(command, Reload):
            # In a thread: parsing would delay cuts. Its faults are refused in the queue, as everything else.
            yaml = command.yaml
            read = await self._reader.run(lambda: _read(yaml), sender=sender, is_wanted=is_wanted)
            if is_wanted is not None and not is_wanted():  # its link may have been withdrawn meanwhile
                raise NotWanted("Nobody waits for this event file any more, so nothing was done.")
            return await self._ask(command.type, lambda: self._reload(read), by, command.id)
        return await self._ask(command.type, lambda: self._apply(command), by, command.id)

    def _reload(self, read: EventText | Refused) -> Sequence[Fact]:
        if isinstance(read, Refused):
            raise read
        return core.reload(self._show, read, self.clock.now())

    def _apply(self, command: Command) -> Sequence[Fact]:
        if isinstance(command, Admit):
            return self.admissions.decide(self._show.event, command.place)
        return core.apply(self._show, command, self.clock.now())

    async def move(self, start: Instant) -> Applied:
        """Shift the whole plan so that the first item starts at `start`.

        Raises:
            Refused: the show has begun.
            Busy, NotWritten: see there; nothing has changed.
        """
        return await self._ask("move", lambda: core.move(self._show, start), "clock", None)

    async def difference(
        self, yaml: str, *, sender: str | None = None, is_wanted: Callable[[], bool] | None = None
    ) -> Difference:
        """What a reload of this event file would change now. `sender` and `is_wanted` as for `submit`.

        Raises:
            Refused: it would be refused, for this reason.
            TooManyTexts, NotWanted: see there.
        """

        def compare() -> Difference:
            file = core.read_event(yaml)  # first, since the show and the clock go on meanwhile
            return core.difference(self._show, file, self.clock.now())

        return await self._reader.run(compare, sender=sender, is_wanted=is_wanted)

    async def _ask(
        self, what: str, decide: Callable[[], Sequence[Fact]], by: str, command: str | None
    ) -> Applied:
        if self._stopped:
            raise NotWritten("stops")
        if len(self._waiting) >= QUEUE:
            raise Busy("commands-waiting")
        answer: asyncio.Future[Applied] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(what, decide, by, command, answer))
        self._wake.set()
        return await answer

    def report(self, source: str, health: SourceState, why: SourceWhy) -> None:
        """Take note of what became of a source. Only the last word on each source is kept, so none can pile up."""
        self._reports[source] = (health, why)
        self.admissions.update()
        self._wake.set()

    def hear(self, levels: Mapping[str, float]) -> None:
        """Take note of how loud the microphones are (dBov), ten times a second. Only a new speaker wakes the writer."""
        self.publisher.levels(levels)
        speaker = self._ears.hear(self._show, levels, asyncio.get_running_loop().time())
        if speaker is not None:
            self._spoke = speaker
            self._wake.set()

    def connect(self, connection: str, peer: str, destination: Destination) -> None:
        """A page has come; `peer` is its name in the media plane, where it may have been before."""
        self._connected[connection] = (peer, destination)
        self._refresh_soon()

    def disconnect(self, connection: str) -> None:
        """A page has gone; its picture and sound go when the media plane says so."""
        self._connected.pop(connection, None)
        self._conditions.pop(connection, None)
        self._refresh_soon()

    def note_condition(self, connection: str, condition: Condition, *, soon: bool) -> None:
        """A connected page says how its devices stand. It decides nothing; the desk and the place itself see it,
        `soon` or with the next look at the figures."""
        if connection in self._connected and self._conditions.get(connection) != condition:
            self._conditions[connection] = condition
            if soon:
                self._refresh_soon()

    def _refresh_soon(self) -> None:
        """Have the state published anew, together with what else happens in this moment: hundreds of pages that come
        and go at once would each cost a publishing."""
        self._refresh_at = min(self._refresh_at, asyncio.get_running_loop().time() + SOON)
        self._wake.set()

    def _refresh(self) -> None:
        """Have the state published anew."""
        self._is_stale = True
        self._wake.set()

    def receive(self, peer: str, destination: Destination) -> None:
        """A peer of the media plane wants what `destination` gets."""
        self._receiving[peer] = destination
        self.route()

    def receives(self, peer: str) -> Destination | None:
        """The destination whose programme a peer of the media plane receives."""
        return self._receiving.get(peer)

    @property
    def receivers(self) -> Mapping[str, Destination]:
        """Every peer of the media plane that receives, and where it belongs."""
        return self._receiving

    async def make_room(self, peer: str, destination: Destination, most: int) -> None:
        """See to it that of `destination` no more than `most` peers receive when `peer` has joined.

        Those go whose page has gone, and of a place that its link is for alone the oldest. Those that feed it go last:
        whoever has a copy of the link must not end its picture by opening more pages.

        Raises:
            Busy: it is one of those that many share, and all its places are taken.
        """
        here = [p for p, place in self._receiving.items() if place == destination and p != peer]
        here.sort(key=lambda p: (self.admissions.is_contributor(p), p not in self._alone))
        for leaving in here[: max(0, len(here) + 1 - most)]:
            if leaving not in self._alone and is_watcher(destination.role):
                raise Busy("watchers-full")
            log.info("more pages of one link than it may have: the oldest ends", place=destination.id)
            await self.dismiss(leaving)

    def peer_left(self, peer: str) -> None:
        """A peer of the media plane has gone."""
        self._receiving.pop(peer, None)
        self.admissions.on_left(peer)

    async def dismiss(self, peer: str) -> None:
        """End the picture and sound of a peer of the media plane."""
        self.peer_left(peer)
        await self.media.leave(peer)

    # The one writer --------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Decide, write and act until cancelled."""
        loop = asyncio.get_running_loop()
        try:
            while True:
                self._set_timer(loop)
                await self._wake.wait()
                self._wake.clear()
                await self._work()
        finally:
            if self._timer is not None:
                self._timer.cancel()
            self.admissions.close()
            self._stopped = True
            for waiting in self._waiting:
                waiting.refuse(NotWritten("stops"))
            self._keep_refusals(self._refusals.take(loop.time(), all_=True))
            self._disk.shutdown(wait=True)

    def _set_timer(self, loop: asyncio.AbstractEventLoop) -> None:
        """The only timer: for what the show does by itself next, or the next refresh, whichever comes first.

        The loop's time stands still while the machine is suspended, the show's does not. A refresh is never more than
        `REFRESH` of the loop's time away, so what was due meanwhile happens that soon after waking.
        """
        due = core.due(self._show)
        wait = self._refresh_at - loop.time()
        if due is not None:
            wait = min(wait, self.clock.seconds_until(due))
        if self._timer is not None:
            self._timer.cancel()
        self._timer = loop.call_later(max(0.0, wait), self._wake.set)

    async def _work(self) -> None:
        # What was due comes first: it happened at its own instant, whatever is heard of only now.
        await self._tick()
        await self._take_reports()
        await self._take_voice()
        while self._waiting:
            await self._answer(self._waiting.popleft())
            await self._tick()
        await self._take_reports()  # what it said of sources that a command has brought into the event
        await self.admissions.close_replaced(self.dismiss)
        loop = asyncio.get_running_loop()
        if loop.time() >= self._refresh_at:
            self._refresh_at = loop.time() + REFRESH
            self._stats = self.media.stats()
            self._is_stale = True
            self.admissions.update()
            # Whoever was refused has had the answer; the entry may wait for a moment, and the next one with it.
            self._keep_refusals(self._refusals.take(loop.time()))
            await self._let_go(loop.time())
        if self._is_stale:
            self.publish()

    async def _tick(self) -> None:
        due = core.due(self._show)
        if due is not None and due <= self.clock.now():
            await self._decide(core.tick(self._show, self.clock.now()), "clock")

    async def _take_reports(self) -> None:
        """Several sources that changed at once make one cut, not one each.

        The media plane tells only changes. What could not be written of them, or came while the event was without that
        source, is told by the difference to what the show knows.
        """
        changed = {
            source: report
            for source, known in self._show.sources.items()
            if (report := self._reports.get(source, NOBODY)) != (known.state, known.why)
        }
        if changed:
            await self._decide(core.report(self._show, changed, self.clock.now()), "media")

    async def _take_voice(self) -> None:
        """Should this not be written, it is heard again a tenth of a second later."""
        if self._spoke is not None:
            speaker, self._spoke = self._spoke, None
            await self._decide(core.speak(self._show, speaker, self.clock.now()), "media")

    async def _decide(self, facts: Sequence[Fact], by: str) -> None:
        """Carry out what nobody is waiting for an answer to. What could not be written is decided on anew."""
        try:
            await self._carry_out(facts, by, None)
        except NotWritten as fault:
            log.error(
                "The show log cannot be written: nothing happens by itself until it can.", fault=str(fault)
            )
            await asyncio.sleep(REFRESH)

    async def _answer(self, waiting: _Waiting) -> None:
        try:
            applied = self._answered(waiting)
            if applied is None:
                applied = Applied(rev=await self._carry_out(waiting.decide(), waiting.by, waiting.command))
                if waiting.command is not None:
                    self._applied[waiting.command] = applied, waiting.what
                log.info("command", type=waiting.what, by=waiting.by, rev=applied.rev)
        except (Refused, NotWritten) as refusal:
            waiting.refuse(refusal)
            if isinstance(refusal, Refused):
                self._note_refusal(waiting.what, waiting.by, refusal)
            else:
                log.info("command not done", type=waiting.what, by=waiting.by, why=str(refusal))
        except asyncio.CancelledError:
            waiting.refuse(NotWritten("stops-unsure"))
            raise
        else:
            if not waiting.answer.done():
                waiting.answer.set_result(applied)

    def _answered(self, waiting: _Waiting) -> Applied | None:
        """The answer that a repeated command got before; None for a new one.

        Raises:
            Refused: its id was another command's. It would be answered as applied and never be.
        """
        applied, what = self._applied.get(waiting.command or "", (None, None))
        if what not in (None, waiting.what):
            raise Refused("id-used", id=waiting.command or "", command=what or "")
        return applied

    def _note_refusal(self, what: str, by: str, why: Reasoned) -> None:
        log.info("command refused", type=what, by=by, why=str(why))
        entry = Refusal(self.clock.now(), by, what, why.code, str(why))
        self._refusals.note(entry, asyncio.get_running_loop().time())

    def _keep_refusals(self, refusals: list[Refusal]) -> None:
        """Have refused commands written, once a second at most; nobody waits for it but the next write."""
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

        loop = asyncio.get_running_loop()
        self._disk.submit(self._store.keep_refusals, refusals).add_done_callback(written)

    async def _let_go(self, now: float) -> None:
        """Peers whose page has been away for long go: nobody could withdraw their link any more."""
        here = {peer for peer, _ in self._connected.values()}
        self._alone = {peer: self._alone.get(peer, now) for peer in self._receiving if peer not in here}
        for peer, since in list(self._alone.items()):
            if now - since >= ALONE:
                log.info("a page did not come back; its picture and sound end", peer=peer)
                await self.dismiss(peer)

    async def _carry_out(self, facts: Sequence[Fact], by: str, command: str | None) -> int:
        """Write facts, make them true, and let everybody know. Returns the revision that shows them."""
        if not facts and command is None:
            return self.publisher.rev
        written = [to_json(fact) for fact in facts]
        try:
            await asyncio.get_running_loop().run_in_executor(
                self._disk, self._store.append, self.publisher.rev + 1, self.clock.now(), by, command, written
            )
        except StoreError as fault:
            raise NotWritten("log-fails", fault=str(fault)) from fault
        for fact in facts:
            self._show = core.evolve(self._show, fact)
            if isinstance(fact, Admitted):
                self.admissions.act(fact)
        self.route()
        return self.publish(always=True)

    def logged(self, after: int, limit: int) -> list[Record]:
        """The entries of the log after one, at most `limit`. It blocks: call it in a thread.

        The log is read where it is written, since no other connection gets past its lock, and a copy of the file would
        lose that lock: POSIX takes all of a process's locks on a file away when it closes any handle to it. Commands
        wait meanwhile, so ask for little at a time.

        Raises:
            StoreError: an entry is damaged, or the server stops.
        """
        return self._look_up(lambda: list(self._store.records(after, limit)))

    def refused(self) -> list[Refusal]:
        """Every command that was refused, as far as that is on disk. Otherwise as `logged`."""
        return self._look_up(self._store.refusals)

    def _look_up(self, what: Callable[[], list[_T]]) -> list[_T]:
        try:
            return self._disk.submit(what).result()
        except RuntimeError as fault:  # the executor is shut down
            raise StoreError("The server stops.") from fault

    # What goes out ---------------------------------------------------------------------------------------------------

    def route(self) -> None:
        """Have the media plane send what the programme matrix says."""
        feeds = matrix(self._show, {place.id: place.role for place in self._receiving.values()})
        self.media.route({peer: feeds[place.id] for peer, place in self._receiving.items()})

    def publish(self, *, always: bool = False) -> int:
        """Bring up to date what is seen of the show: what the media plane has ready, and the published state."""
        self._is_stale = False
        now = self.clock.now()
        found = rows(self._show, now)
        self._prepare(found, now)
        sources, peers = self._stats
        who = audience((place, peers.get(peer)) for peer, place in self._connected.values())
        zone = self._show.event.timezone
        waiting, takeovers = self.admissions.waiting(zone), self.admissions.takeovers(zone)
        seen = view(self._show, found, now, who, sources, waiting, takeovers, self._devices())
        return self.publisher.publish(seen, always=always)

    def _devices(self) -> dict[str, DevicesDoc]:
        """By source: how the devices stand at the page that feeds it, where that is connected and has said."""
        feeding = {peer: source for source, peer in self.admissions.current.items()}
        return {
            feeding[peer]: DevicesDoc(camera=said.camera, microphone=said.microphone, muted=said.muted)
            for connection, said in self._conditions.items()
            if (peer := self._connected[connection][0]) in feeding
        }

    def _prepare(self, found: tuple[Row, ...], now: Instant) -> None:
        """Have the media plane ready for what may come: keyframes of the sources that are near, the slate's words."""
        near = frozenset(armed(self._show, next_row(found), now))
        if near != self._armed:
            self._armed = near
            self.media.arm(near)
        words = card(self._show, comes_next(self._show, found), now)
        if words != self._card:
            self._card = words
            self.media.slate(words)

    def now_iso(self) -> str:
        """The show's clock in the event's zone."""
        return iso(self.clock.now(), self._show.event.timezone)


def _read(yaml: str) -> EventText | Refused:
    try:
        return core.read_event(yaml)
    except Refused as refusal:
        return refusal
