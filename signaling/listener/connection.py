"""One TCP connection: aiohttp's, with what a stranger may make of it bounded.

The private names of aiohttp that this file leans on are held by tests/unit/signaling/http/test_aiohttp.py.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Any, Final, cast

import structlog
from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.web_protocol import RequestHandler

from signaling.http.limits import RateLimit
from signaling.listener.frames import TOO_BIG, FrameLimit, close_frame
from signaling.listener.turns import Turns

log = structlog.get_logger()

INCOMPLETE_S: Final = 10.0
"""Seconds that a request, its body or a WebSocket message may take to come, and a stranger's connection stay idle."""
DOWNLOAD_S: Final = 60.0
"""Seconds that a stranger may take for the answer to one request: the pages' script on a slow line."""
MAX_READ: Final = 16 * 1024
"""Bytes read from a connection in one round of the loop. asyncio's own 256 KiB from each of many hold it up."""
HELLO_BYTES: Final = 8 * 1024
"""Bytes of a hello, with a token of 4096 characters."""
STRANGER_BYTES_PER_S: Final = 1024.0
STRANGER_BURST: Final = 16 * 1024.0
"""Bytes that a page may send over its WebSocket before its link is known: a second, and at once."""
REQUESTS_PER_S, REQUESTS_BURST = 20.0, 100.0
"""Requests of one moderator's connection, or of everybody else with one link at one address: a second, and at once."""
GOODBYE_S: Final = 1.0
"""Seconds between a close frame for what was sent and the end of the connection. What still comes is thrown away."""
KEEP_ALIVE_S: Final = 75.0
"""Seconds that an idle connection with a valid link, or a proxy's, stays open."""


class Connection(RequestHandler):
    """Counts for a stranger's until `is_known`."""

    __slots__ = (
        "_counts",
        "_is_over",
        "_on_lost",
        "frames",
        "is_known",
        "is_proxys",
        "quiet_since",
        "reads",
        "requests",
        "turns",
    )

    def __init__(
        self,
        manager: web.Server,
        loop: asyncio.AbstractEventLoop,
        counts: Counter[str],
        turns: Turns,
        on_lost: Callable[[], None],
    ) -> None:
        """`counts` is told of what was wrong, by kind; `on_lost` is called once, when it has closed."""
        super().__init__(
            manager,
            loop=loop,
            keepalive_timeout=KEEP_ALIVE_S,
            lingering_time=2.0,
            access_log=None,  # type: ignore[arg-type]  # aiohttp's own way to have none
            # What is packed small and large when unpacked is nobody's: no page and no script sends it.
            auto_decompress=False,
        )
        self._counts = counts
        self.turns: Turns | None = turns
        """In which what comes waits for its turn; None for a moderator's, who waits for nobody."""
        self._on_lost = on_lost
        self.is_known = False
        """It has shown a valid link."""
        self.is_proxys = False
        """A proxy of ours holds it, and keeps it for the next request of whomever."""
        self.frames: FrameLimit | None = None
        """Of its WebSocket; None while it is none."""
        self._is_over = False
        """Its WebSocket has been closed for what it sent; nothing more is taken from it."""
        self.reads = 0
        """How often something came from it."""
        self.quiet_since = loop.time()
        """When it came, or its last answer had been sent."""
        self.requests = RateLimit(REQUESTS_PER_S, REQUESTS_BURST, loop.time())
        """What its moderator may ask for."""

    def overdue(self, now: float) -> str | None:
        """Why it has to go, if it has kept us waiting for too long."""
        if self.frames is not None:
            since = self.frames.unfinished_since
            return "unfinished message" if since is not None and now - since > INCOMPLETE_S else None
        if self._request_in_progress:
            return (
                "slow download"
                if now - self.quiet_since > DOWNLOAD_S + KEEP_ALIVE_S * self.is_known
                else None
            )
        if self.is_known:
            return None  # `KEEP_ALIVE_S` and the time for a body hold
        patience = KEEP_ALIVE_S if self.is_proxys else INCOMPLETE_S
        return "incomplete request" if now - self.quiet_since > patience else None

    # What asyncio and aiohttp call ------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if hasattr(transport, "max_size"):  # asyncio's own transport for plain TCP
            transport.max_size = MAX_READ
        super().connection_made(transport)

    def connection_lost(self, exc: BaseException | None) -> None:
        self._on_lost()
        self._on_lost = _nothing
        super().connection_lost(exc)
        # It is the WebSocket's, which holds its request, which holds this connection: such rings of thousands of
        # connections took the garbage collector 130 ms at once, in which no packet went on.
        self._data_received_cb = None

    def data_received(self, data: bytes) -> None:
        if self._is_over:
            return
        if data:
            self.reads += 1
        if self.turns is None or not data:  # aiohttp itself calls it without any, to go on after a pause
            self._listen(data)
            return
        self._pause_transport_reading()
        self.turns.wait(lambda: self._listen_in_turn(data))

    def _listen_in_turn(self, data: bytes) -> None:
        if self.transport is None or self._is_over:  # it has gone meanwhile
            return
        self._listen(data)
        if not (self._reading_paused or self._buffer_paused):
            self._resume_transport_reading()

    def _listen(self, data: bytes) -> None:
        if self.frames is not None and (fault := self.frames.take(data)) is not None:
            self._end_socket(*fault)
        else:
            super().data_received(data)

    def set_parser(self, parser: Any, data_received_cb: Callable[[], None] | None = None) -> None:
        """It becomes a WebSocket: what comes in is held to `frames` from its first byte."""
        self.frames = FrameLimit(HELLO_BYTES, STRANGER_BYTES_PER_S, STRANGER_BURST, self._loop.time)
        early = self._message_tail
        if early and (fault := self.frames.take(early)) is not None:
            self._message_tail = b""
            super().set_parser(parser, data_received_cb)
            self._end_socket(*fault)
            return
        super().set_parser(parser, data_received_cb)

    def log_access(self, request: web.BaseRequest, response: web.StreamResponse, time: float | None) -> None:
        """An answer has been sent."""
        self.quiet_since = self._loop.time()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """The answer to a request that could not be read, or that met a fault of ours.

        aiohttp's own answer repeats the line that it could not read, and its log line does, too: with the token that
        may stand in it.
        """
        if status < 500 or isinstance(exc, HttpProcessingError):
            self._counts["malformed request"] += 1
            text = "This is not HTTP as the server understands it."
            status = 400
        else:
            log.error("fault in a request", method=request.method, path=request.path, exc_info=exc)
            text = "A fault of the server's; its log says which."
        answer = web.Response(status=status, text=text + "\n")
        answer.force_close()
        return answer

    def log_exception(self, *args: Any, **kw: Any) -> None:
        """What aiohttp could not go on with. Most of it is a body that broke off or is no HTTP."""
        fault = kw.get("exc_info")
        if isinstance(fault, HttpProcessingError | web.RequestPayloadError | ConnectionError):
            self._counts["malformed request"] += 1
        else:
            super().log_exception(*args, **kw)

    def _end_socket(self, code: int, reason: str) -> None:
        """Say why, and go a moment later: closed at once, with more to read, TCP would take the reason back."""
        self._counts["message too big" if code == TOO_BIG else "too many messages"] += 1
        self._is_over = True
        if self.transport is not None:
            self.transport.write(close_frame(code, reason))
            self._loop.call_later(GOODBYE_S, self.transport.abort)


def _nothing() -> None:
    """Stands for a callback that has been called; the one before held on to this connection."""


def of(request: web.Request) -> Connection:
    """The connection that a request came by."""
    return cast(Connection, request.protocol)
