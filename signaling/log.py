"""Log lines: text on a terminal, JSON elsewhere. No line contains a token, and each kind of line is rate-limited."""

from __future__ import annotations

import logging
import re
import sys
import time
from collections.abc import Callable
from typing import Final, TextIO

import structlog

from signaling.access.codes import ALPHABET, CODE_SYMBOLS, GROUPS
from signaling.http.limits import RateLimits
from signaling.streams import is_unicode

LINES_PER_S: Final = 5.0
LINES_BURST: Final = 300.0
"""Lines of one kind on average, and at once: 200 pages that reconnect after a restart log a line each."""
MAX_KINDS: Final = 512
"""Kinds of lines that are counted at a time. Schalte has about a hundred; libraries have their own."""
_SYMBOL: Final = f"[{ALPHABET}{ALPHABET.lower()}]"
_BEGIN: Final = r"(?:(?<!\w)|(?<=\x1b\[\dm)|(?<=\x1b\[\d\dm))"
"""Not within a word. On a terminal a colour may come before it, whose last character is a letter."""
_GROUPED: Final = r"[\W_]".join(f"{_SYMBOL}{{{size}}}" for size in GROUPS)
_TOKEN: Final = re.compile(
    rf"(?<=j#)[\w-]+|{_BEGIN}(?:{_GROUPED}|{_SYMBOL}{{{CODE_SYMBOLS}}})(?!\w)|eyJ[\w-]{{8,}}(?:\.[\w-]*)*"
)
"""The code of a link, also as people write it; the fragment of a link; and a JWT, which links were once."""


class LineLimit(logging.Filter):
    """Limits the rate of each kind of line. The next line after dropped ones says how many were left out."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        """`now` returns monotonic seconds."""
        super().__init__()
        self._now = now
        self._limits = RateLimits(LINES_PER_S, LINES_BURST, MAX_KINDS)
        self._left_out: dict[str, int] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        # structlog's message is a dict of fields; other libraries' message is the format without its arguments.
        fields = record.msg if isinstance(record.msg, dict) else None
        kind = f"{record.name} {record.msg if fields is None else fields.get('event')}"[:200]
        if not self._limits.take(kind, self._now()):
            if len(self._left_out) < MAX_KINDS or kind in self._left_out:
                self._left_out[kind] = self._left_out.get(kind, 0) + 1
            return False
        if left_out := self._left_out.pop(kind, 0):
            if fields is not None:
                record.msg = {**fields, "left_out": left_out}
            else:
                record.msg = f"{record.msg} ({left_out} more lines of this kind were left out)"
        return True


class _TokenMask(structlog.stdlib.ProcessorFormatter):
    """Masks tokens. It is the last step, so that it covers tracebacks and other libraries' lines too."""

    def format(self, record: logging.LogRecord) -> str:
        return _TOKEN.sub("(token)", super().format(record))


def configure(level: int = logging.INFO, stream: TextIO | None = None) -> None:
    """Send the lines of structlog and `logging` to `stream` (default: standard error) in one format."""
    out = stream or sys.stderr
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=False),
        structlog.processors.StackInfoRenderer(),
    ]
    renderer: list[structlog.typing.Processor] = (
        # Plain tracebacks: the rich ones print local variables, which contain tokens and keys.
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
    handler.addFilter(LineLimit())
    handler.setFormatter(
        _TokenMask(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in ("aiohttp.access", "aioice", "aiortc", "asyncio", "libav", "websockets"):
        logging.getLogger(name).setLevel(max(level, logging.WARNING))
