"""One page's WebSocket, from hello to its end. PROTOCOL.md says what travels on it."""

from __future__ import annotations

import asyncio
import json
import random
import secrets

import structlog
from aiohttp import WSMsgType, web
from pydantic import ValidationError

from signaling.audience import Destination
from signaling.door import Door
from signaling.limits import Bucket
from signaling.links import Link, LinkError
from signaling.media import OfferRefused
from signaling.publisher import Listener
from signaling.runtime import Busy, Forbidden, NotWritten, Runtime, problem_code
from signaling.show.messages import (
    CLIENT_MESSAGE,
    PROTOCOL,
    Answer,
    Applied,
    ClientMessage,
    Clock,
    ClockProbe,
    Command,
    ErrorCode,
    Fault,
    Hello,
    Leave,
    Offer,
    Problem,
    Reply,
    Welcome,
    Wire,
)
from signaling.show.policy import hears_levels
from signaling.show.state import Refused

log = structlog.get_logger()

HELLO_WITHIN = 10.0
"""Seconds a connection may stay silent before its hello."""
CHECK_EVERY = 5.0
"""Seconds between looks at whether the link still counts."""
PATIENCE = 5.0
"""Seconds that a page may take for a message."""
RATE, BURST = 20.0, 100.0
"""Messages a second that a page may send on average, and at once."""
MAX_MESSAGE = 1024 * 1024
"""Bytes; the largest is a `reload`: 300,000 characters of the event file, three bytes each in Japanese."""

UNAUTHORIZED = 4401
"""WebSocket close codes of ours: the link does not count (any more)."""
TOO_MANY = 4429
"""The page sent more than it may."""
TOO_SLOW = 4408
"""The page does not keep up with the state, or never said hello."""


class _Close(Exception):
    """Ends the session with a close code and a reason for people."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code


class Session:
    """A page, connected."""

    def __init__(
        self, socket: web.WebSocketResponse, transport: asyncio.Transport, runtime: Runtime, door: Door
    ) -> None:
        self._socket = socket
        self._transport = transport
        self._runtime = runtime
        self._door = door
        self._loop = asyncio.get_running_loop()
        self._bucket = Bucket(RATE, BURST, self._loop.time())

    async def run(self) -> None:
        """Serve the page until it goes or has to."""
        try:
            async with asyncio.timeout(HELLO_WITHIN):
                hello = await self._hello()
        except TimeoutError:
            await self._socket.close(code=TOO_SLOW, message=b"no hello")
            return
        except _Close as end:
            await self._socket.close(code=end.code, message=str(end).encode()[:120])
            return
        if hello is not None:
            await self._serve(*hello)

    async def _hello(self) -> tuple[Hello, Link] | None:
        """The first message and who it lets in; None if the page went before."""
        while (text := await self._receive()) is not None:
            message = await self._parse(text)
            if isinstance(message, Hello):
                return message, await self._admit(message.token)
            if message is not None:
                await self._fault(None, "unauthorized", "Say hello first: {type: hello, token: …}.")
        return None

    async def _admit(self, token: str) -> Link:
        try:
            return self._door.admit(token, self._runtime.show.event)
        except LinkError as fault:
            await self._fault(None, "unauthorized", str(fault))
            raise _Close(UNAUTHORIZED, "unauthorized") from fault

    async def _serve(self, hello: Hello, link: Link) -> None:
        runtime = self._runtime
        place = link.id if link.role in ("venue", "guest") else f"{link.role}:{link.id}"
        destination = Destination(place, link.role, link.name)
        # A page that lost only its WebSocket finds its picture and sound still running.
        known = hello.peer is not None and runtime.receives(hello.peer) == destination
        peer = hello.peer if known and hello.peer is not None else secrets.token_urlsafe(12)
        await self._send(
            Welcome(
                boot=runtime.publisher.boot,
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
            hears_levels=hears_levels(link.role),
            straight=self._write_straight,
        )
        # The page's words and the state's patches are independent streams; whichever ends first ends both.
        reading = asyncio.create_task(self._read(link, peer, destination))
        writing = asyncio.create_task(self._write(listener, hello.token))
        try:
            done, _ = await asyncio.wait({reading, writing}, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        except _Close as end:
            if end.code == UNAUTHORIZED:  # withdrawn or expired: picture and sound must not outlive the link
                await runtime.dismiss(peer)
            await self._socket.close(code=end.code, message=str(end).encode()[:120])
        except ConnectionResetError:
            log.debug("page went", role=link.role, id=link.id)
        finally:
            for task in (reading, writing):
                task.cancel()
            await asyncio.gather(reading, writing, return_exceptions=True)
            runtime.publisher.forget(listener)
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

    async def _write(self, listener: Listener, token: str) -> None:
        # Of 200 pages that came at once, after a restart, not all are looked at at once: that takes 40 ms.
        check_at = self._loop.time() + CHECK_EVERY * random.random()
        while True:
            if self._loop.time() >= check_at:
                check_at = self._loop.time() + CHECK_EVERY
                await self._admit(token)
            try:
                async with asyncio.timeout_at(check_at):
                    message = await listener.get()
            except TimeoutError:
                continue
            try:
                async with asyncio.timeout(PATIENCE):
                    await self._socket.send_str(message)
            except TimeoutError:
                raise _Close(TOO_SLOW, "the page does not keep up") from None
            if listener.lagging.is_set():
                raise _Close(TOO_SLOW, "the page does not keep up")

    def _write_straight(self, frame: bytes) -> bool:
        """Past `_write`, which waits and has nothing to write, unless the page is slow or going."""
        transport = self._transport
        if transport.is_closing() or self._socket.closed or transport.get_write_buffer_size() > 0:
            return False
        transport.write(frame)
        return True

    # The page's words ------------------------------------------------------------------------------------------------

    async def _read(self, link: Link, peer: str, destination: Destination) -> None:
        while (text := await self._receive()) is not None:
            message = await self._parse(text)
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
                case Offer():
                    await self._join(message, link, peer, destination)
                case _:
                    await self._command(message, link)

    async def _join(self, offer: Offer, link: Link, peer: str, destination: Destination) -> None:
        # Not what they were when the page said hello: a changed agenda may have brought others since.
        sources = self._sources(link)
        if offer.source is not None and offer.source not in sources:
            may_feed = " or ".join(f"“{s}”" for s in sources) or "nothing"
            await self._fault(offer.id, "forbidden", f"This link may feed {may_feed}, not “{offer.source}”.")
            return
        try:
            answered = await self._runtime.media.join(peer, offer.source, self._views(link), offer.sdp)
        except OfferRefused as fault:
            await self._fault(offer.id, "offer", str(fault))
            return
        self._runtime.receive(peer, destination)
        await self._send(Answer(id=offer.id, sdp=answered.sdp, slots=dict(answered.slots)))

    async def _command(self, command: Command, link: Link) -> None:
        result: Applied | Problem
        try:
            result = await self._runtime.submit(command, f"{link.role}:{link.id}", link.role)
        except (Forbidden, Refused, Busy, NotWritten) as fault:
            result = Problem(code=problem_code(fault), message=str(fault), rev=self._runtime.publisher.rev)
        await self._send(Reply(id=command.id, result=result))

    # The wire --------------------------------------------------------------------------------------------------------

    async def _receive(self) -> str | None:
        """The next text message; None when the page has gone."""
        while True:
            message = await self._socket.receive()
            if message.type in (WSMsgType.TEXT, WSMsgType.BINARY) and not self._bucket.take(
                self._loop.time()
            ):
                await self._fault(None, "too-many", "This page sends too many messages; it is cut off.")
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
            return CLIENT_MESSAGE.validate_json(text)
        except ValidationError as fault:
            await self._fault(_id_in(text), "invalid", explain(fault))
            return None

    async def _send(self, message: Wire) -> None:
        await self._socket.send_str(message.model_dump_json(by_alias=True))

    async def _fault(self, answers: str | None, code: ErrorCode, text: str) -> None:
        await self._send(Fault(id=answers, code=code, message=text))


def explain(fault: ValidationError) -> str:
    """What is wrong with a message, in a sentence a script's author can act on; at most three of its faults."""
    parts = [
        f"{'.'.join(str(step) for step in error['loc']) or 'message'}: {error['msg']}"
        for error in fault.errors(include_url=False, include_input=False, include_context=False)[:3]
    ]
    return "Not understood: " + "; ".join(parts) + f". This is protocol {PROTOCOL}; see PROTOCOL.md."


def _id_in(text: str) -> str | None:
    """The `id` of a message that could not be understood, so that its sender can tell which one it was."""
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        return None
    found = message.get("id") if isinstance(message, dict) else None
    if not isinstance(found, str) or len(found) > 64:
        return None
    # `json` also takes half a character ("\ud800"), which could not be sent back.
    return found if found == found.encode(errors="ignore").decode() else None
