"""One TCP connection: aiohttp's protocol, with limits on what a stranger may cost.

tests/unit/signaling/http/test_aiohttp.py holds the private names of aiohttp that this file uses.
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
from signaling.listener.frames import CLOSE_TOO_BIG, FrameLimit, close_frame
from signaling.listener.turns import Turns

log = structlog.get_logger()

REQUEST_TIMEOUT_S: Final = 10.0
"""Seconds in which a request, its body or a WebSocket message must arrive, and for which a stranger may be idle."""
RESPONSE_TIMEOUT_S: Final = 60.0
"""Seconds in which a stranger must receive one response: the pages' script on a slow line."""
MAX_READ_BYTES: Final = 16 * 1024
"""Read from a connection in one iteration of the event loop. asyncio's 256 KiB from each of many delay the loop."""
MAX_HELLO_BYTES: Final = 8 * 1024
"""With a token of 4096 characters."""
STRANGER_BYTES_PER_S: Final = 1024.0
STRANGER_BURST_BYTES: Final = 16 * 1024.0
"""What a page may send over its WebSocket before its link is verified: bytes a second, and at once."""
REQUESTS_PER_S, REQUESTS_BURST = 20.0, 100.0
"""Requests of one moderator's connection, or of all others with one link at one address: a second, and at once."""
CLOSE_LINGER_S: Final = 1.0
"""Seconds between a close frame for exceeded limits and the end of the connection. Input is discarded meanwhile."""
KEEP_ALIVE_S: Final = 75.0
"""Seconds that an idle connection with a valid link, or a proxy's, stays open."""


class HttpConnection(RequestHandler):
    """aiohttp's connection, limited as a stranger's until `is_known`."""

    __slots__ = (
        "_counts",
        "_is_closing",
        "_on_lost",
        "frames",
        "idle_since",
        "is_from_proxy",
        "is_known",
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
        """`counts` counts faults by kind; `on_lost` is called once, when the connection has closed."""
        super().__init__(
            manager,
            loop=loop,
            keepalive_timeout=KEEP_ALIVE_S,
            lingering_time=2.0,
            access_log=None,  # type: ignore[arg-type]  # disables the log
            # Against decompression bombs: no page and no script compresses its requests.
            auto_decompress=False,
        )
        self._counts = counts
        self.turns: Turns | None = turns
        """In which its input waits for processing; None for a moderator, whose input does not wait."""
        self._on_lost = on_lost
        self.is_known = False
        """It has sent a valid link."""
        self.is_from_proxy = False
        """It comes from a trusted proxy, which reuses it for requests of other clients."""
        self.frames: FrameLimit | None = None
        """The limits of its WebSocket; None while it is plain HTTP."""
        self._is_closing = False
        """Its WebSocket exceeded the limits; further input is discarded."""
        self.reads = 0
        """Number of reads with data."""
        self.idle_since = loop.time()
        """Since it was accepted, or its last response was sent."""
        self.requests = RateLimit(REQUESTS_PER_S, REQUESTS_BURST, loop.time())
        """The rate limit of a moderator's requests."""

    def overdue(self, now: float) -> str | None:
        """Which timeout it exceeds, or None."""
        if self.frames is not None:
            since = self.frames.unfinished_since
            return "unfinished message" if since is not None and now - since > REQUEST_TIMEOUT_S else None
        if self._request_in_progress:
            return (
                "slow download"
                if now - self.idle_since > RESPONSE_TIMEOUT_S + KEEP_ALIVE_S * self.is_known
                else None
            )
        if self.is_known:
            return None  # aiohttp's keep-alive timeout and the one for a body apply
        timeout = KEEP_ALIVE_S if self.is_from_proxy else REQUEST_TIMEOUT_S
        return "incomplete request" if now - self.idle_since > timeout else None

    # What asyncio and aiohttp call ------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if hasattr(transport, "max_size"):  # asyncio's own transport for plain TCP
            transport.max_size = MAX_READ_BYTES
        super().connection_made(transport)

    def connection_lost(self, exc: BaseException | None) -> None:
        self._on_lost()
        self._on_lost = _nothing
        super().connection_lost(exc)
        # Breaks a reference cycle (callback, WebSocket, request, connection). Collecting those of thousands of
        # connections took 130 ms at once, during which no packet was forwarded.
        self._data_received_cb = None

    def data_received(self, data: bytes) -> None:
        if self._is_closing:
            return
        if data:
            self.reads += 1
        if self.turns is None or not data:  # aiohttp calls it without data to resume after a pause
            self._process(data)
            return
        self._pause_transport_reading()
        self.turns.wait(lambda: self._process_in_turn(data))

    def _process_in_turn(self, data: bytes) -> None:
        if self.transport is None or self._is_closing:  # closed meanwhile
            return
        self._process(data)
        if not (self._reading_paused or self._buffer_paused):
            self._resume_transport_reading()

    def _process(self, data: bytes) -> None:
        if self.frames is not None and (fault := self.frames.check(data)) is not None:
            self._end_socket(*fault)
        else:
            super().data_received(data)

    def set_parser(self, parser: Any, data_received_cb: Callable[[], None] | None = None) -> None:
        """The connection becomes a WebSocket, limited by `frames` from its first byte."""
        self.frames = FrameLimit(MAX_HELLO_BYTES, STRANGER_BYTES_PER_S, STRANGER_BURST_BYTES, self._loop.time)
        early = self._message_tail
        if early and (fault := self.frames.check(early)) is not None:
            self._message_tail = b""
            super().set_parser(parser, data_received_cb)
            self._end_socket(*fault)
            return
        super().set_parser(parser, data_received_cb)

    def log_access(self, request: web.BaseRequest, response: web.StreamResponse, time: float | None) -> None:
        """aiohttp calls this when a response has been sent."""
        self.idle_since = self._loop.time()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """The response to a malformed request, or after an error in a handler.

        aiohttp's own response and log line repeat the malformed line, with a token that may be in it.
        """
        if status < 500 or isinstance(exc, HttpProcessingError):
            self._counts["malformed request"] += 1
            text = "This is not HTTP as the server understands it."
            status = 400
        else:
            log.error("error in a request", method=request.method, path=request.path, exc_info=exc)
            text = "The server has failed; its log has the reason."
        answer = web.Response(status=status, text=text + "\n")
        answer.force_close()
        return answer

    def log_exception(self, *args: Any, **kw: Any) -> None:
        """Count malformed and incomplete requests, and log everything else."""
        fault = kw.get("exc_info")
        if isinstance(fault, HttpProcessingError | web.RequestPayloadError | ConnectionError):
            self._counts["malformed request"] += 1
        else:
            super().log_exception(*args, **kw)

    def _end_socket(self, code: int, reason: str) -> None:
        """Send a close frame, and abort a moment later: with unread input, TCP would discard the frame."""
        self._counts["message too big" if code == CLOSE_TOO_BIG else "too many messages"] += 1
        self._is_closing = True
        if self.transport is not None:
            self.transport.write(close_frame(code, reason))
            self._loop.call_later(CLOSE_LINGER_S, self.transport.abort)


def _nothing() -> None:
    """Replaces a callback that has a reference to the connection."""


def connection_of(request: web.Request) -> HttpConnection:
    """The connection of a request."""
    return cast(HttpConnection, request.protocol)
