"""One page's session, from hello to its end. PROTOCOL.md defines the messages."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from typing import Final

import structlog

from bridge.engine import OfferError, PeerSpec, TooManyPeers
from config.times import Instant
from signaling.access.linkchecker import LinkChecker
from signaling.access.links import Link, LinkError
from signaling.access.turn import TurnServer
from signaling.admission.admissions import Notify
from signaling.admission.contributor import Contributor
from signaling.admission.openpages import OpenPages
from signaling.audience import LinkDestination
from signaling.clock import machine_now
from signaling.http.authenticator import Authenticator
from signaling.http.limits import RateLimit
from signaling.http.pagesocket import (
    TOO_SLOW,
    TRY_AGAIN_LATER,
    UNAUTHORIZED,
    PageSocket,
    SessionEnd,
    too_slow,
)
from signaling.listener.frames import CLOSE_TOO_MANY
from signaling.listener.table import ConnectionTable
from signaling.pages.choices import talk_source
from signaling.pages.feeding import check_source, previews_of, sources_of
from signaling.publisher import SharedMessage, Subscription
from signaling.reading import NotWanted
from signaling.receivers import input_peer
from signaling.runtime import Runtime
from signaling.show.permissions import MESSAGES, check_message, may_talk
from signaling.show.policy import hears_levels, is_watcher, marks_speakers
from signaling.show.reasons import ProblemError
from signaling.show.wire.commands import Applied, Command, Problem, problem
from signaling.show.wire.socket import (
    Admission,
    Answer,
    Clock,
    ClockProbe,
    Condition,
    Hello,
    Here,
    Leave,
    Listen,
    Offer,
    Pictures,
    Reply,
    Talkback,
    Welcome,
)

log = structlog.get_logger()

HELLO_TIMEOUT_S: Final = 10.0
"""Seconds from the connection to its hello."""
OFFERS_PER_S, OFFERS_BURST = 1.0, 10.0
"""Offers of one page on average, and at once. Each costs a certificate, a handshake, and milliseconds."""
REPORTS_PER_S, REPORTS_BURST = 1.0, 5.0
"""Reports of one page (its devices, who sits at a desk) that are published at once, on average and in a row. Each costs
a publishing, so others, and those of watchers, wait for the next refresh: a second at most."""

CHOICES_PER_S, CHOICES_BURST = 2.0, 20.0
"""Changes of the channel and of what pictures it can decode, and beginnings of talkback, of one page on average and in
a row. Each costs a routing. The end of talkback is never refused."""


class Session:
    """A connected page."""

    def __init__(
        self,
        socket: PageSocket,
        runtime: Runtime,
        link_checker: LinkChecker,
        authenticator: Authenticator,
        connections: ConnectionTable,
        turn_of: Callable[[Link], AbstractAsyncContextManager[None]],
        turn: TurnServer | None,
        pages: OpenPages[Session],
    ) -> None:
        """`turn_of` returns the context in which an offer of a link is answered. `pages` are those of all sessions."""
        self.id = secrets.token_hex(4)
        """Names this session in every line of the log that belongs to it, and on the page."""
        self.socket = socket
        self._runtime = runtime
        self._link_checker = link_checker
        self._authenticator = authenticator
        self._connections = connections
        self._turn_of = turn_of
        self._turn = turn
        self._pages = pages
        self._loop = asyncio.get_running_loop()
        self._offers = RateLimit(OFFERS_PER_S, OFFERS_BURST, self._loop.time())
        self._reports = RateLimit(REPORTS_PER_S, REPORTS_BURST, self._loop.time())
        self._choices = RateLimit(CHOICES_PER_S, CHOICES_BURST, self._loop.time())
        self._end: asyncio.Future[None] = self._loop.create_future()
        self.link: Link | None = None
        """None before hello, as `peer` is empty."""
        self.peer = ""
        """In the media plane."""
        self._peers: set[str] = set()
        """Those whose admission notices the page is sent: its own, and those of its further inputs."""
        self._notify: Notify = _ignore
        """Sends the page an admission notice."""
        self.since = Instant(0)
        """By the machine's clock: since hello."""

    async def run(self) -> None:
        """Serve the page until it disconnects or its session ends."""
        try:
            hello = await self._hello()
            if hello is not None:
                await self._serve(*hello)
        except SessionEnd as end:
            await self.socket.close(end)
        except ConnectionResetError:
            log.debug("page did not answer a message", address=self.socket.address)

    async def end(self, end: SessionEnd) -> None:
        """End the session, whether or not the page has said hello."""
        if self.link is None:
            await self.socket.close(end)
        elif not self._end.done():
            self._end.set_exception(end)

    def check_link(self) -> None:
        """End the session if its link is not valid any more."""
        if self.link is not None and not self._end.done():
            try:
                self._link_checker.check(self.link, self._runtime.show.event)
            except LinkError as fault:
                self._end.set_exception(_unauthorized(fault))

    async def _hello(self) -> tuple[Hello, Link] | None:
        """The hello and its link; None if the page disconnects before."""
        try:
            async with asyncio.timeout(HELLO_TIMEOUT_S):
                while (message := await self.socket.receive()) is not None:
                    if isinstance(message, Hello):
                        return message, await self._admit(message.token)
                    await self.socket.send_fault(
                        None, "unauthorized", "Say hello first: {type: hello, token: …}."
                    )
                return None
        except TimeoutError:
            raise SessionEnd(TOO_SLOW, "no hello") from None

    async def _admit(self, token: str) -> Link:
        address = self.socket.address
        try:
            grant = await self._authenticator.identify(self.socket.connection, address, token)
        except LinkError as fault:
            raise _unauthorized(fault) from fault
        except ProblemError as fault:
            raise SessionEnd(CLOSE_TOO_MANY, "too many wrong links", fault) from fault
        try:
            check_message(grant.holder, "hello")
        except ProblemError as fault:
            raise SessionEnd(UNAUTHORIZED, "no page has this role", fault) from fault
        assert isinstance(grant, Link), grant.role  # the table has no page for another
        self.socket.permit(grant.role)
        return grant

    async def _serve(self, hello: Hello, link: Link) -> None:
        runtime = self._runtime
        began = self._loop.time()
        place = link.id if link.role in ("venue", "guest") else link.who
        destination = LinkDestination(place, link.role, link.name, link)
        # It keeps its peer if only the WebSocket was lost.
        keeps = hello.peer is not None and runtime.receivers.may_resume(hello.peer, destination)
        peer = hello.peer if hello.peer and keeps else secrets.token_urlsafe(12)
        self._make_room(link, peer, hello.peer)
        self.link, self.since, self.peer = link, machine_now(), peer
        # Another page can only give the same browser id if it knows it.
        contributor = Contributor(peer, hello.browser or f"page {peer}", place, self.socket.address)
        page = {
            "role": link.role,
            "id": link.id,
            "link": link.number,
            "address": self.socket.address,
            "peer": peer,
        }
        log.info("page connected", **page)
        why = "the connection was lost"
        if runtime.receivers.feeds(peer):
            self._connections.protect(self.socket.connection)
        try:
            await self.socket.send(self._welcome(link, peer))
            await self._exchange(hello, link, peer, contributor, destination)
            why = self.socket.end_reason
        except SessionEnd as end:
            why = str(end)
            raise
        finally:
            self._pages.remove(self, link)
            log.info("page disconnected", **page, why=why, duration_s=round(self._loop.time() - began, 1))

    def _make_room(self, link: Link, peer: str, before: str | None) -> None:
        """Take a place among the pages of a link.

        Raises:
            SessionEnd: there is none.
        """
        try:
            leaving = self._pages.add(self, link, peer, before)
        except ProblemError as fault:
            self._connections.counts["too many pages of a link"] += 1
            raise SessionEnd(TRY_AGAIN_LATER, "too many pages of this link", fault) from fault
        if leaving is not None and not leaving._end.done():
            self._connections.counts["too many pages of a link"] += 1
            why = ProblemError("pages-full")
            leaving._end.set_exception(SessionEnd(TRY_AGAIN_LATER, "too many pages of this link", why))

    def _welcome(self, link: Link, peer: str) -> Welcome:
        runtime = self._runtime
        return Welcome(
            boot=runtime.publisher.boot(link.role, link.id),
            session=self.id,
            peer=peer,
            address=self.socket.address,
            rehearsal=runtime.clock.is_rehearsal,
            now_ms=runtime.clock.now(),
            speed=runtime.clock.speed,
            role=link.role,
            id=link.id,
            name=link.name,
            read_only=link.read_only,
            sources=sources_of(link, runtime.show.event),
            views=previews_of(link, runtime.show.event),
            ice_servers=[self._turn.credentials(link, time.time())] if self._turn else [],
        )

    async def _exchange(
        self, hello: Hello, link: Link, peer: str, contributor: Contributor, destination: LinkDestination
    ) -> None:
        """Exchange messages with the page until it disconnects or its session ends."""
        runtime = self._runtime
        connection = secrets.token_hex(8)
        runtime.receivers.connect(connection, peer, destination)
        if link.role == "moderator":
            runtime.presence.connect(self.id, peer, read_only=link.read_only, now=runtime.clock.now())
        subscription = runtime.publisher.subscribe(
            runtime.now_iso(),
            hello.boot,
            hello.rev,
            role=link.role,
            id=link.id,
            hears_levels=hears_levels(link.role),
            marks_speakers=marks_speakers(link.role),
            write_now=self.socket.write_now,
        )

        def notify(admission: Admission) -> None:
            subscription.put(SharedMessage(admission.model_dump_json()))

        self._notify = notify
        self._hear_admissions(peer)
        # Of inputs that wait or were replaced, too: the page offers those again after seconds, or not at all.
        for source in sources_of(link, runtime.show.event):
            self._hear_admissions(input_peer(peer, source))
        # The page's messages and the state's patches are independent streams; the first to end ends both.
        reading = asyncio.create_task(self._read(link, connection, contributor, destination))
        writing = asyncio.create_task(self._write(subscription))
        try:
            done, _ = await asyncio.wait({reading, writing, self._end}, return_when=asyncio.FIRST_COMPLETED)
            for ended in done:
                if ended.cancelled():
                    # Both wait for the page to read by one future of aiohttp's: a timeout of one cancels the other.
                    raise too_slow()
                ended.result()
        finally:
            # At once: closing the WebSocket may take seconds.
            for task in (reading, writing):
                task.cancel()
            if not self._end.cancel():
                self._end.exception()  # retrieved, whether or not it was raised above
            await asyncio.gather(reading, writing, return_exceptions=True)
            runtime.publisher.unsubscribe(subscription)
            for each in self._peers:
                runtime.admissions.disconnect(each, notify)
            runtime.receivers.disconnect(connection)
            runtime.presence.disconnect(self.id)

    async def _write(self, subscription: Subscription) -> None:
        while True:
            await self.socket.send_text(await subscription.get())
            if subscription.is_lagging:
                raise too_slow()

    async def _read(
        self, link: Link, connection: str, contributor: Contributor, destination: LinkDestination
    ) -> None:
        while (message := await self.socket.receive()) is not None:
            self.check_link()  # it may have been revoked a moment ago
            if self._end.done():
                return
            if isinstance(message, Hello):
                await self.socket.send_fault(None, "invalid", "This connection has said hello already.")
                continue
            if message.type in MESSAGES:  # commands are checked where they are decided
                try:
                    check_message(link.holder, message.type)
                except ProblemError as fault:
                    await self.socket.send_refusal(getattr(message, "id", None), fault)
                    continue
            match message:
                case ClockProbe(sent=sent):
                    clock = self._runtime.clock
                    await self.socket.send(Clock(sent=sent, now_ms=clock.now(), speed=clock.speed))
                case Leave(input=source, withdraw=withdraw):
                    leaving = self.peer if source is None else input_peer(self.peer, source)
                    await self._runtime.receivers.close(leaving, withdraw=withdraw)
                case Condition():
                    at_once = not is_watcher(link.role) and self._reports.take(self._loop.time())
                    self._runtime.receivers.note_condition(connection, message, at_once=at_once)
                case Here(name=name, editing=editing):
                    at_once = self._reports.take(self._loop.time())
                    self._runtime.presence.say(self.id, name, editing, at_once=at_once)
                case Listen() | Pictures() | Talkback():
                    await self._choose(message, connection, contributor.peer, destination)
                case Offer():
                    await self._join(message, link, contributor, destination)
                case _:
                    await self._command(message, link)

    async def _choose(
        self, message: Listen | Pictures | Talkback, connection: str, peer: str, destination: LinkDestination
    ) -> None:
        try:
            if isinstance(message, Talkback) and not message.on:
                self._runtime.receivers.end_talk(connection)
                return
            if not self._choices.take(self._loop.time()):
                raise ProblemError("choices-often")
            match message:
                case Talkback():
                    self._runtime.choices.talk(connection, destination, message.to)
                case Listen():
                    self._runtime.choices.listen(peer, message.channel)
                case Pictures():
                    self._runtime.choices.decode(peer, previews=message.previews, small=message.small)
        except ProblemError as fault:
            await self.socket.send_refusal(message.id, fault)

    async def _join(
        self, offer: Offer, link: Link, contributor: Contributor, destination: LinkDestination
    ) -> None:
        source = offer.input or offer.source
        spec = self._spec(offer, link, destination)
        try:
            if source is not None:
                check_source(link, self._runtime.show.event, source, is_further=offer.input is not None)
                place = source if link.role == "interpreter" else contributor.place
                contributor = replace(contributor, peer=spec.peer, place=place)
                self._hear_admissions(spec.peer)
            if not self._offers.take(self._loop.time()):
                raise ProblemError("offers-often")
            turn = self._turn_of(link)
            joined = await self._runtime.join(contributor, destination, spec, offer.sdp, turn, page=self.peer)
        except OfferError as fault:
            await self.socket.send_fault(offer.id, "offer", str(fault))
        except TooManyPeers:
            sheds = is_watcher(link.role) and self._runtime.refuses_viewers
            why = ProblemError("overloaded" if sheds else "offers-waiting")
            await self.socket.send_refusal(offer.id, why)
        except ProblemError as fault:
            await self.socket.send_refusal(offer.id, fault)
        else:
            if source is not None:
                self._connections.protect(self.socket.connection)
            slots, padded = dict(joined.slots), joined.is_padded
            await self.socket.send(Answer(id=offer.id, sdp=joined.sdp, slots=slots, padded=padded))

    def _spec(self, offer: Offer, link: Link, destination: LinkDestination) -> PeerSpec:
        """The peer that an offer is for: the page's, or that of a further input, which only sends."""
        place, is_screen = destination.id, offer.content == "screen"
        if offer.input is not None:
            peer = input_peer(self.peer, offer.input)
            return PeerSpec(peer, offer.input, link=place, is_screen=is_screen)
        views, is_expendable = previews_of(link, self._runtime.show.event), is_watcher(link.role)
        talk = talk_source(self.peer) if may_talk(link.holder) else None
        return PeerSpec(self.peer, offer.source, views, place, is_expendable, talk, is_screen)

    def _hear_admissions(self, peer: str) -> None:
        """Have the page sent the notices for one of its peers, until it disconnects."""
        if peer not in self._peers:
            self._peers.add(peer)
            self._runtime.admissions.connect(peer, self._notify)

    async def _command(self, command: Command, link: Link) -> None:
        result: Applied | Problem
        try:
            result = await self._runtime.submit(
                command,
                link.who,
                self._runtime.presence.author(self.id, link.author),
                sender=f"{link.who} {self.socket.address}",
                is_wanted=self._is_wanted,
            )
        except NotWanted:
            return
        except ProblemError as fault:
            result = problem(fault, self._runtime.publisher.rev)
        await self.socket.send(Reply(id=command.id, result=result))

    def _is_wanted(self) -> bool:
        """Whether the page is still there and its link counts: reading an event file takes time."""
        self.check_link()
        return not (self.socket.is_closed or self._end.done())


def _ignore(admission: Admission) -> None:
    pass


def _unauthorized(fault: LinkError) -> SessionEnd:
    return SessionEnd(UNAUTHORIZED, "unauthorized", fault)
