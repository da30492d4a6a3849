"""The WebSocket of one page: messages in at a limited rate, messages out, and a deadline for each."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Final

import structlog
from aiohttp import WSMsgType, web

from signaling.http.heartbeat import Heartbeat, HeartbeatTimeouts
from signaling.http.incoming import Malformed, read_message
from signaling.http.limits import RateLimit
from signaling.http.problem import retry_after_s
from signaling.listener.connection import CLOSE_LINGER_S, HttpConnection
from signaling.listener.frames import CLOSE_TOO_MANY, PING_FRAME
from signaling.show.policy import is_watcher, max_message_chars
from signaling.show.reasons import ErrorCode, ProblemError
from signaling.show.terms import Role
from signaling.show.wire.base import WireModel
from signaling.show.wire.commands import problem
from signaling.show.wire.socket import ClientMessage, ErrorMessage

log = structlog.get_logger()

SEND_TIMEOUT_S: Final = 5.0
"""Seconds that a page may take to accept a message."""
MESSAGES_PER_S, MESSAGES_BURST = 20.0, 100.0
WATCHER_MESSAGES_PER_S, WATCHER_MESSAGES_BURST = 5.0, 30.0
"""Messages from a page on average, and at once; the second pair for viewers and stage displays."""
BYTES_PER_S, BURST_BYTES = 32 * 1024.0, 128 * 1024.0
"""Bytes from a page on average, and at once in addition to its two longest messages."""

UNAUTHORIZED: Final = 4401
"""WebSocket close code of Schalte: the link is not valid, or not any more."""
SERVICE_RESTART: Final = 1012
"""WebSocket close code of the IANA registry: the server restarts, and the page may come back at once."""
TRY_AGAIN_LATER: Final = 1013
"""WebSocket close code of the IANA registry: the server has no room for the page, which may come back later."""
TOO_SLOW: Final = 4408
"""WebSocket close code of Schalte: the page does not keep up with the state, or never said hello."""


class SessionEnd(Exception):
    """Ends a session with a close code and a reason for people."""

    def __init__(self, code: int, reason: str, fault: ProblemError | None = None) -> None:
        """`fault` is sent to the page first."""
        super().__init__(reason)
        self.code = code
        self.fault = fault


class PageSocket:
    """One page's WebSocket. Until `permit`, it accepts what a stranger may send."""

    def __init__(
        self,
        socket: web.WebSocketResponse,
        connection: HttpConnection,
        address: str,
        counts: Counter[str],
        timeouts: HeartbeatTimeouts,
    ) -> None:
        """`address` is the client's. `counts` counts lost pages."""
        self._socket = socket
        self.connection = connection
        self.address = address
        self._counts = counts
        self._loop = asyncio.get_running_loop()
        self._role: Role | None = None
        self._limit = RateLimit(MESSAGES_PER_S, MESSAGES_BURST, self._loop.time())
        self._heartbeat = Heartbeat(timeouts, self._loop.time())
        self._is_lost = False

    def permit(self, role: Role) -> None:
        """Accept what a page of this role may send."""
        self._role = role
        longest = max_message_chars(role)
        if self.connection.frames is not None:
            # A character has up to four bytes in UTF-8, but no long message consists of emoji.
            self.connection.frames.set_limits(
                longest, max(BYTES_PER_S, longest / 8), 2 * longest + BURST_BYTES
            )
        if is_watcher(role):
            self._limit = RateLimit(WATCHER_MESSAGES_PER_S, WATCHER_MESSAGES_BURST, self._loop.time())

    @property
    def is_closed(self) -> bool:
        return self._socket.closed

    @property
    def end_reason(self) -> str:
        """Why the page's messages have ended, for the log."""
        if self._is_lost:
            return "the page did not answer"
        code = self._socket.close_code
        return "the connection was lost" if code in (None, 1006) else f"the page closed it ({code})"

    async def receive(self) -> ClientMessage | None:
        """The next valid message; None when the page has disconnected. The page is sent the faults of the others."""
        while (text := await self._receive_text()) is not None:
            if self._role is not None and self.connection.turns is not None:
                await self.connection.turns.wait_turn()
            try:
                return read_message(text, self._role)
            except Malformed as fault:
                await self.send_fault(fault.id, "invalid", str(fault))
        return None

    async def _receive_text(self) -> str | None:
        while True:
            message = await self._socket.receive()
            if message.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
                return None
            if not self._limit.take(self._loop.time()):
                raise SessionEnd(CLOSE_TOO_MANY, "too many messages", ProblemError("messages-often"))
            if message.type is WSMsgType.TEXT:
                return str(message.data)
            await self.send_fault(None, "invalid", "Messages are JSON texts, not binary.")

    async def send(self, message: WireModel) -> None:
        """Send a message. Raises as `send_text`."""
        await self.send_text(message.model_dump_json(by_alias=True))

    async def send_text(self, text: str) -> None:
        """Send a message that is JSON already.

        It waits while more than 64 KiB wait for the page. So at most 80 KiB do, and one further message of each of the
        two tasks that send to it.

        Raises:
            SessionEnd: the page does not accept it in time.
        """
        try:
            async with asyncio.timeout(SEND_TIMEOUT_S):
                await self._socket.send_str(text)
        except TimeoutError:
            raise too_slow() from None

    async def send_refusal(self, id_: str | None, why: ProblemError) -> None:
        """Answer the message `id_` with a reason."""
        await self.send(_refusal(id_, why))

    async def send_fault(self, id_: str | None, code: ErrorCode, text: str) -> None:
        """Answer the message `id_` with a fault that has no reason code."""
        await self.send(ErrorMessage(id=id_, code=code, message=text))

    def write_now(self, frame: bytes) -> bool:
        """Write a frame if the page is neither slow nor closing. Returns whether it was written."""
        transport = self.connection.transport
        if (
            transport is None
            or transport.is_closing()
            or self._socket.closed
            or transport.get_write_buffer_size() > 0
        ):
            return False
        transport.write(frame)
        return True

    def check_heartbeat(self) -> None:
        """Ping a silent page, and abort the connection of one that does not answer."""
        transport = self.connection.transport
        if transport is None or transport.is_closing():
            return
        match self._heartbeat.check(self.connection.reads, self._loop.time()):
            case "ping":
                transport.write(PING_FRAME)
            case "lost":
                self._counts["no sign of life"] += 1
                self._is_lost = True
                log.info("page does not answer", address=self.address)
                transport.abort()
            case "alive":
                pass

    async def close(self, end: SessionEnd) -> None:
        """Send the reason and close; give up on a page that does not read it in time."""
        if end.code == TOO_SLOW:
            self._counts["page too slow"] += 1
        transport = self.connection.transport
        if transport is None:
            return
        if transport.get_write_buffer_size() > transport.get_write_buffer_limits()[0]:
            # A close frame would not reach it. Nor can it be waited for: tasks that wait for the page to read share one
            # future of aiohttp's, which was cancelled with the first of them.
            transport.abort()
            return
        try:
            async with asyncio.timeout(SEND_TIMEOUT_S):
                if end.fault is not None:
                    wait = retry_after_s(problem(end.fault))
                    refusal = _refusal(None, end.fault).model_copy(update={"retry_after_s": wait})
                    await self._socket.send_str(refusal.model_dump_json(by_alias=True))
                await self._socket.close(code=end.code, message=str(end).encode()[:120])
        except (TimeoutError, ConnectionResetError):
            log.debug("page did not read why its session ends", address=self.address)
        if transport.get_write_buffer_size():
            # asyncio would hold the connection until the page has read all of that, for hours if it does not.
            self._loop.call_later(CLOSE_LINGER_S, transport.abort)

    def hang_up(self) -> None:
        """Close the connection without waiting for the page. What it was sent before still reaches it."""
        if self.connection.transport is not None:
            self.connection.transport.close()


def _refusal(id_: str | None, why: ProblemError) -> ErrorMessage:
    found = problem(why)
    return ErrorMessage(
        id=id_, code=found.code, message=found.message, reason=found.reason, details=found.details
    )


def too_slow() -> SessionEnd:
    """The page has not read what it was sent."""
    return SessionEnd(TOO_SLOW, "the page does not keep up")
