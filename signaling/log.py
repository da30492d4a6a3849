"""Log lines: readable on a terminal, JSON when something else reads them.

Whatever fails, and whoever makes it fail: no line holds a token, and of each kind come only so many.
"""

from __future__ import annotations

import logging
import re
import sys
import time
from collections.abc import Callable
from typing import Final, TextIO

import structlog

from signaling.http.limits import RateLimits
from signaling.streams import is_unicode

LINES_PER_S: Final = 5.0
LINES_BURST: Final = 300.0
"""Lines of one kind a second, and at once: 200 pages that come back after a restart are a line each."""
KINDS: Final = 512
"""Kinds of lines that are counted at a time. Ours are some hundred; libraries have theirs."""
_TOKEN: Final = re.compile(r"eyJ[\w-]{8,}(?:\.[\w-]*)*")
"""A JWT: three parts in base64url, the first of which begins as every JSON object does."""


class Repeats(logging.Filter):
    """Lets so many lines of each kind through. The first one after some were left out says how many."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        """`now` gives monotonic seconds."""
        super().__init__()
        self._now = now
        self._buckets = RateLimits(LINES_PER_S, LINES_BURST, KINDS)
        self._left_out: dict[str, int] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        # A line of structlog's is a dict of its fields; of others the text is the one that values are put into.
        told = record.msg if isinstance(record.msg, dict) else None
        kind = f"{record.name} {record.msg if told is None else told.get('event')}"[:200]
        if not self._buckets.take(kind, self._now()):
            if len(self._left_out) < KINDS or kind in self._left_out:
                self._left_out[kind] = self._left_out.get(kind, 0) + 1
            return False
        if left_out := self._left_out.pop(kind, 0):
            if told is not None:
                record.msg = {**told, "left_out": left_out}
            else:
                record.msg = f"{record.msg} ({left_out} more lines of this kind were left out)"
        return True


class _WithoutTokens(structlog.stdlib.ProcessorFormatter):
    """The last thing that happens to a line, so that it holds for tracebacks and other libraries' lines, too."""

    def format(self, record: logging.LogRecord) -> str:
        return _TOKEN.sub("(token)", super().format(record))


def configure(level: int = logging.INFO, stream: TextIO | None = None) -> None:
    """Send structlog's and the standard library's lines to `stream` (standard error) in one form."""
    out = stream or sys.stderr
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=False),
        structlog.processors.StackInfoRenderer(),
    ]
    renderer: list[structlog.typing.Processor] = (
        # Plain tracebacks: the pretty ones print local variables, and those hold tokens and keys.
        [structlog.dev.ConsoleRenderer(colors=True, exception_formatter=structlog.dev.plain_traceback)]
        if out.isatty()
        else [
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=not is_unicode(out)),
        ]
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(out)
    handler.addFilter(Repeats())
    handler.setFormatter(
        _WithoutTokens(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for chatty in ("aiohttp.access", "aioice", "aiortc", "asyncio", "libav", "websockets"):
        logging.getLogger(chatty).setLevel(max(level, logging.WARNING))
