"""One page's WebSocket, from hello to its end. PROTOCOL.md says what travels on it."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from typing import Final, Literal

import structlog
from aiohttp import WSMsgType, web

from bridge.engine import Joined, OfferError, PeerSpec, TooManyPeers
from config.model import source_name
from signaling.access.linkchecker import LinkChecker
from signaling.access.links import Link, LinkError
from signaling.admission.contributor import Contributor
from signaling.audience import Destination
from signaling.http.heartbeat import Heartbeat, Patience
from signaling.http.incoming import Malformed, read_message
from signaling.http.limits import Bucket, Pace, TooManyWaiting
from signaling.listener.connection import Connection
from signaling.listener.frames import PING, TOO_MANY
from signaling.listener.visitors import Visitors
from signaling.publisher import Listener, Message
from signaling.reading import NotWanted, TooManyTexts
from signaling.runtime import Busy, Forbidden, NotWritten, Runtime
from signaling.show.core import Refused
from signaling.show.policy import MAX_RECEIVERS, hears_levels, is_watcher, max_message
from signaling.show.reasons import ErrorCode, ProblemReason, Reasoned
from signaling.show.wire.base import Wire
from signaling.show.wire.commands import Applied, Command, Problem, problem
from signaling.show.wire.socket import (
    Admission,
    Answer,
    ClientMessage,
    Clock,
    ClockProbe,
    Condition,
    Fault,
    Hello,
    Leave,
    Offer,
    Reply,
    Welcome,
)

log = structlog.get_logger()

HELLO_WITHIN = 10.0
"""Seconds a connection may stay silent before its hello."""
PATIENCE = 5.0
"""Seconds that a page may take for a message."""
RATE, BURST = 20.0, 100.0
WATCHERS_RATE, WATCHERS_BURST = 5.0, 30.0
"""Messages a second that a page may send on average, and at once; and one of a viewer or stage display."""
BYTES_PER_S, BURST_BYTES = 32 * 1024.0, 128 * 1024.0
"""Bytes a second that it may send on average, and at once beside its two longest messages."""
OFFER_RATE, OFFER_BURST = 1.0, 10.0
"""Offers a second of one page, and at once. Each costs a certificate, a handshake, and milliseconds."""
CONDITIONS_RATE, CONDITIONS_BURST = 1.0, 5.0
"""Words of a page on its devices that are told everybody at once: a second, and one after the other. Each costs a
publishing, so those beyond, and a watcher's, wait for the next look at the figures, a second at most."""

UNAUTHORIZED = 4401
"""WebSocket close codes of ours: the link does not count (any more)."""
TOO_SLOW = 4408
"""The page does not keep up with the state, or never said hello."""
_NOT_GRANTED: Final[dict[Literal["waiting", "replaced", "crowded"], ProblemReason]] = {
    "waiting": "fed-elsewhere",
    "replaced": "fed-now",
    "crowded": "many-wait",
}
"""Why a page may not feed a source now."""


class _Close(Exception):
    """Ends the session with a close code and a reason for people."""

    def __init__(self, code: int, reason: str, fault: Reasoned | None = None) -> None:
        super().__init__(reason)
        self.code = code
        self.fault = fault
        """What the page is told before."""


class Session:
    """A page, connected."""

    def __init__(
        self,
        socket: web.WebSocketResponse,
        connection: Connection,
        address: str,
        runtime: Runtime,
        link_checker: LinkChecker,
        visitors: Visitors,
        pace_of: Callable[[Link], Pace],
        patience: Patience,
    ) -> None:
        """`address` is the client's, for the log and for shares. `pace_of` says at which pace a link's offers
        are answered."""
        self._socket = socket
        self._connection = connection
        self._address = address
        self._runtime = runtime
        self._link_checker = link_checker
        self._visitors = visitors
        self._pace_of = pace_of
        self._loop = asyncio.get_running_loop()
        self._bucket = Bucket(RATE, BURST, self._loop.time())
        self._joins = Bucket(OFFER_RATE, OFFER_BURST, self._loop.time())
        self._conditions = Bucket(CONDITIONS_RATE, CONDITIONS_BURST, self._loop.time())
        self._heartbeat = Heartbeat(patience, self._loop.time())
        self._ending: asyncio.Future[None] = self._loop.create_future()
        self._link: Link | None = None
        """Whose page it is; None before hello."""
        self._browser: str | None = None
        """As the page says in its hello. Another page can only say the same if it knows it."""

    async def run(self) -> None:
        """Serve the page until it goes or has to."""
        try:
            hello = await self._hello()
            if hello is not None:
                await self._serve(*hello)
        except _Close as end:
            await self._close(end)
        except ConnectionResetError:
            log.debug("page went", address=self._address)

    def check(self) -> None:
        """End the page if its link counts no more."""
        if self._link is not None and not self._ending.done():
            try:
                self._link_checker.check(self._link, self._runtime.show.event)
            except LinkError as fault:
                self._ending.set_exception(_unauthorized(fault))

    def beat(self) -> None:
        """Ask a silent page for a sign of life, and end one that gives none."""
        transport = self._connection.transport
        if transport is None or transport.is_closing():
            return
        match self._heartbeat.look(self._connection.reads, self._loop.time()):
            case "ask":
                transport.write(PING)
            case "lost":
                self._visitors.counts["no sign of life"] += 1
                log.info("page does not answer", address=self._address)
                transport.abort()
            case "alive":
                pass

    async def _close(self, end: _Close) -> None:
        """Say why, and go. Nothing waits for it: a page that does not listen is left alone with it."""
        try:
            async with asyncio.timeout(PATIENCE):
                if end.fault is not None:
                    await self._refuse(None, end.fault)
                await self._socket.close(code=end.code, message=str(end).encode()[:120])
        except (TimeoutError, ConnectionResetError):
            log.debug("page did not listen", address=self._address)

    async def _hello(self) -> tuple[Hello, Link] | None:
        """The first message and who it lets in; None if the page went before."""
        try:
            async with asyncio.timeout(HELLO_WITHIN):
                return await self._first_message()
        except TimeoutError:
            raise _Close(TOO_SLOW, "no hello") from None

    async def _first_message(self) -> tuple[Hello, Link] | None:
        while (text := await self._receive()) is not None:
            message = await self._parse(text)
            if isinstance(message, Hello):
                return message, self._admit(message.token)
            if message is not None:
                await self._fault(None, "unauthorized", "Say hello first: {type: hello, token: …}.")
        return None

    def _admit(self, token: str) -> Link:
        try:
            link = self._link_checker.admit(token, self._runtime.show.event)
        except LinkError as fault:
            self._visitors.counts["link refused"] += 1
            log.info("link refused", address=self._address, why=str(fault))
            raise _unauthorized(fault) from fault
        self._visitors.know(self._connection, link, self._address)
        longest = max_message(link.role)
        if self._connection.frames is not None:
            # In UTF-8 a character may have four bytes, but no message is that long and all of it emoji.
            self._connection.frames.permit(longest, max(BYTES_PER_S, longest / 8), 2 * longest + BURST_BYTES)
        if is_watcher(link.role):
            self._bucket = Bucket(WATCHERS_RATE, WATCHERS_BURST, self._loop.time())
        log.info("page", role=link.role, id=link.id, address=self._address)
        return link

    async def _serve(self, hello: Hello, link: Link) -> None:
        runtime = self._runtime
        self._link = link
        self._browser = hello.browser
        place = link.id if link.role in ("venue", "guest") else link.who
        destination = Destination(place, link.role, link.name, link)
        # A page that lost only its WebSocket finds its picture and sound still running.
        known = hello.peer is not None and runtime.receives(hello.peer) == destination
        peer = hello.peer if known and hello.peer is not None else secrets.token_urlsafe(12)
        if known:  # perhaps by a newer link
            runtime.receive(peer, destination)
        if runtime.admissions.is_contributor(peer):
            self._visitors.keep(self._connection)
        await self._send(
            Welcome(
                boot=runtime.publisher.boot(link.role, link.id),
                peer=peer,
                rehearsal=runtime.clock.is_rehearsal,
                role=link.role,
                id=link.id,
                name=link.name,
                sources=self._sources(link),
                views=self._views(link),
            )
        )
        connection = secrets.token_hex(8)
        runtime.connect(connection, peer, destination)
        listener = runtime.publisher.listen(
            runtime.now_iso(),
            hello.boot,
            hello.rev,
            role=link.role,
            id=link.id,
            hears_levels=hears_levels(link.role),
            straight=self._write_straight,
        )

        def tell(admission: Admission) -> None:
            listener.put(Message(admission.model_dump_json()))

        runtime.admissions.connect(peer, tell)
        # The page's words and the state's patches are independent streams; whichever ends first ends both.
        reading = asyncio.create_task(self._read(link, connection, peer, destination))
        writing = asyncio.create_task(self._write(listener))
        try:
            done, _ = await asyncio.wait(
                {reading, writing, self._ending}, return_when=asyncio.FIRST_COMPLETED
            )
            for ended in done:
                ended.result()
        finally:
            # What the page had a part in ends first; nobody waits for a page to be told so.
            for task in (reading, writing):
                task.cancel()
            if not self._ending.cancel():
                self._ending.exception()  # told, or too late to be
            await asyncio.gather(reading, writing, return_exceptions=True)
            runtime.publisher.forget(listener)
            runtime.admissions.disconnect(peer, tell)
            runtime.disconnect(connection)

    def _sources(self, link: Link) -> list[str]:
        """What a link may feed."""
        if link.role == "venue":
            venue = self._runtime.show.event.venues.get(link.id)
            return [] if venue is None else list(venue.sources)
        return [link.id] if link.role == "guest" else []

    def _views(self, link: Link) -> list[str]:
        """What a link sees in small."""
        return list(self._runtime.show.event.sources) if link.role == "moderator" else []

    # State to the page -----------------------------------------------------------------------------------------------

    async def _write(self, listener: Listener) -> None:
        while True:
            message = await listener.get()
            try:
                async with asyncio.timeout(PATIENCE):
                    await self._socket.send_str(message)
            except TimeoutError:
                raise _Close(TOO_SLOW, "the page does not keep up") from None
            if listener.lagging.is_set():
                raise _Close(TOO_SLOW, "the page does not keep up")

    def _write_straight(self, frame: bytes) -> bool:
        """Past `_write`, which waits and has nothing to write, unless the page is slow or going."""
        transport = self._connection.transport
        if (
            transport is None
            or transport.is_closing()
            or self._socket.closed
            or transport.get_write_buffer_size() > 0
        ):
            return False
        transport.write(frame)
        return True

    # The page's words ------------------------------------------------------------------------------------------------

    async def _read(self, link: Link, connection: str, peer: str, destination: Destination) -> None:
        while (text := await self._receive()) is not None:
            if self._connection.turns is not None:
                await self._connection.turns.turn()
            message = await self._parse(text)
            # A link that was withdrawn a moment ago has no word any more, whatever it is.
            self.check()
            if self._ending.done():
                return
            match message:
                case None:
                    continue
                case Hello():
                    await self._fault(None, "invalid", "This connection has said hello already.")
                case ClockProbe(sent=sent):
                    clock = self._runtime.clock
                    await self._send(Clock(sent=sent, now_ms=clock.now(), speed=clock.speed))
                case Leave():
                    await self._runtime.dismiss(peer)
                case Condition():
                    soon = not is_watcher(link.role) and self._conditions.take(self._loop.time())
                    self._runtime.note_condition(connection, message, soon=soon)
                case Offer():
                    await self._join(message, link, peer, destination)
                case _:
                    await self._command(message, link)

    async def _join(self, offer: Offer, link: Link, peer: str, destination: Destination) -> None:
        # Not what they were when the page said hello: a changed agenda may have brought others since.
        sources = self._sources(link)
        if offer.source is not None and offer.source not in sources:
            may_feed = " or ".join(f"“{s}”" for s in sources) or "nothing"
            await self._refuse(offer.id, Reasoned("not-yours", sources=may_feed, source=offer.source))
            return
        if not self._joins.take(self._loop.time()):
            await self._refuse(offer.id, Reasoned("offers-often"))
            return
        if offer.source is None:
            answered = await self._answer(offer, link, peer, destination)
            if answered is not None:
                self._runtime.admissions.on_left(peer)  # what it may have fed before
        else:
            answered = await self._feed(offer, offer.source, link, peer, destination)
        if answered is not None:
            self._runtime.receive(peer, destination)
            await self._send(Answer(id=offer.id, sdp=answered.sdp, slots=dict(answered.slots)))

    async def _feed(
        self, offer: Offer, source: str, link: Link, peer: str, destination: Destination
    ) -> Joined | None:
        """As `_answer`, if the page may feed the source now."""
        admissions = self._runtime.admissions
        contributor = Contributor(peer, self._browser or f"page {peer}", destination.id, self._address)
        verdict = admissions.claim(contributor, source)
        if verdict != "granted":
            name = source_name(self._runtime.show.event, source)
            await self._refuse(offer.id, Reasoned(_NOT_GRANTED[verdict], place=name))
            return None
        answered = None
        try:
            answered = await self._answer(offer, link, peer, destination)
        finally:
            if answered is None:
                admissions.on_join_failed(contributor)
            else:
                admissions.on_joined(contributor)
                self._visitors.keep(self._connection)
        return answered

    async def _answer(self, offer: Offer, link: Link, peer: str, destination: Destination) -> Joined | None:
        """The media plane's answer to an offer; None after telling the page why there is none."""
        watches = is_watcher(link.role)
        spec = PeerSpec(peer, offer.source, self._views(link), destination.id, watches)
        try:
            await self._runtime.make_room(peer, destination, MAX_RECEIVERS[link.role])
            async with self._pace_of(link):
                return await self._runtime.media.join(spec, offer.sdp)
        except OfferError as fault:
            await self._fault(offer.id, "offer", str(fault))
        except TooManyPeers as fault:
            await self._fault(offer.id, "busy", str(fault))
        except (Busy, TooManyWaiting) as fault:
            await self._refuse(offer.id, fault)
        return None

    async def _command(self, command: Command, link: Link) -> None:
        result: Applied | Problem
        try:
            result = await self._runtime.submit(
                command,
                link.who,
                link.role,
                sender=f"{link.who} {self._address}",
                is_wanted=self._is_wanted,
            )
        except NotWanted:
            return
        except (Forbidden, Refused, Busy, NotWritten, TooManyTexts) as fault:
            result = problem(fault, self._runtime.publisher.rev)
        await self._send(Reply(id=command.id, result=result))

    def _is_wanted(self) -> bool:
        """Whether the page is still there, and its link counts: reading an event file takes its time."""
        self.check()
        return not (self._socket.closed or self._ending.done())

    # The wire --------------------------------------------------------------------------------------------------------

    async def _receive(self) -> str | None:
        """The next text message; None when the page has gone."""
        while True:
            message = await self._socket.receive()
            if message.type in (WSMsgType.TEXT, WSMsgType.BINARY) and not self._bucket.take(
                self._loop.time()
            ):
                await self._refuse(None, Reasoned("messages-often"))
                raise _Close(TOO_MANY, "too many messages")
            match message.type:
                case WSMsgType.TEXT:
                    return str(message.data)
                case WSMsgType.BINARY:
                    await self._fault(None, "invalid", "Messages are JSON texts, not binary.")
                case _:
                    return None

    async def _parse(self, text: str) -> ClientMessage | None:
        """The message, or None after telling the page what is wrong with it."""
        try:
            return read_message(text, None if self._link is None else self._link.role)
        except Malformed as fault:
            await self._fault(fault.id, "invalid", str(fault))
            return None

    async def _send(self, message: Wire) -> None:
        await self._socket.send_str(message.model_dump_json(by_alias=True))

    async def _refuse(self, answers: str | None, fault: Reasoned) -> None:
        said = problem(fault)
        await self._send(
            Fault(id=answers, code=said.code, message=said.message, reason=said.reason, details=said.details)
        )

    async def _fault(self, answers: str | None, code: ErrorCode, text: str) -> None:
        await self._send(Fault(id=answers, code=code, message=text))


def _unauthorized(fault: LinkError) -> _Close:
    return _Close(UNAUTHORIZED, "unauthorized", fault)
