"""Log lines are text on a terminal and JSON elsewhere."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog

from signaling.log import LINES_BURST, MAX_KINDS, LineLimit, configure


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("library", [structlog.get_logger, logging.getLogger])
def test_a_line_to_a_file_is_one_json_object(library: Callable[[], Any]) -> None:
    out = io.StringIO()
    configure(stream=out)
    library().warning("Tokio is back")
    line = json.loads(out.getvalue())
    assert (line["event"], line["level"]) == ("Tokio is back", "warning")
    assert line["timestamp"]


def test_a_line_on_a_terminal_is_text() -> None:
    out = Terminal()
    configure(stream=out)
    structlog.get_logger().info("Tokio is back", source="tokio")
    assert "Tokio is back" in out.getvalue()
    assert not out.getvalue().startswith("{")


def test_a_fault_carries_its_traceback() -> None:
    out = io.StringIO()
    configure(stream=out)
    try:
        raise RuntimeError("broken")
    except RuntimeError:
        structlog.get_logger().exception("a bug")
    assert "RuntimeError: broken" in json.loads(out.getvalue())["exception"]


TOKENS = [
    "7KQ2MX9F4PT3VB",
    "7kq2mx9f4pt3vb",
    "7KQ2M-X9F4-PT3VB",
    "7kq2m x9f4 pt3vb",
    "7KQ2M.X9F4.PT3VB",
    "7KQ2M–X9F4–PT3VB",
    "https://example.org/j#7KQ2MX9F4PT3V0",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ0b2tpbyJ9.c2lnbmF0dXJl",
]
"""A code, as people write it, with a mistake, and a link of an older version."""


@pytest.mark.parametrize("token", TOKENS)
@pytest.mark.parametrize("library", [structlog.get_logger, logging.getLogger])
def test_no_line_contains_a_token(library: Callable[[], Any], token: str) -> None:
    out = io.StringIO()
    configure(stream=out)
    try:
        raise RuntimeError(f"Authorization: Bearer {token}\\r\\n")
    except RuntimeError:
        library().exception(f"broken by {token}")
    assert "RuntimeError" in out.getvalue()
    assert token not in out.getvalue()
    assert token[-8:] not in out.getvalue()
    assert "(token)" in out.getvalue()


@pytest.mark.parametrize("token", TOKENS)
def test_no_line_on_a_terminal_contains_a_token(token: str) -> None:
    """The colour before a value ends in a letter."""
    out = Terminal()
    configure(stream=out)
    structlog.get_logger().warning("page", link=token, why=f"code {token}")
    assert token not in out.getvalue()
    assert token[-8:] not in out.getvalue()
    assert "\x1b[" in out.getvalue()


def test_other_words_are_not_masked() -> None:
    out = io.StringIO()
    configure(stream=out)
    structlog.get_logger().warning(
        "acknowledgement", event_id="grusswort", peer="4f1a9c0e5b7d2a68", n=20261129
    )
    assert "(token)" not in out.getvalue()


def record(text: str | dict[str, Any], name: str = "schalte") -> logging.LogRecord:
    return logging.LogRecord(name, logging.INFO, "", 0, text, (), None)


def test_each_kind_of_line_is_limited_and_the_next_one_counts_those_left_out() -> None:
    time = [0.0]
    limit = LineLimit(lambda: time[0])
    flood = [limit.filter(record({"event": "datagram dropped", "n": n})) for n in range(1000)]
    assert flood.count(True) == LINES_BURST
    assert limit.filter(record({"event": "page"}))
    time[0] = 1.0
    after = record({"event": "datagram dropped", "n": 1000})
    assert limit.filter(after)
    assert isinstance(after.msg, dict)
    assert after.msg["left_out"] == 1000 - LINES_BURST


def test_the_arguments_of_a_library_line_do_not_change_its_kind() -> None:
    limit = LineLimit(lambda: 0.0)
    lines = [record("socket.accept() of %r failed", "asyncio") for _ in range(1000)]
    assert [limit.filter(line) for line in lines].count(True) == LINES_BURST


def test_the_number_of_kinds_is_bounded() -> None:
    limit = LineLimit(lambda: 0.0)
    for n in range(5 * MAX_KINDS):
        limit.filter(record(f"kind {n}"))
    assert len(limit._limits._limits) == MAX_KINDS
    assert len(limit._left_out) <= MAX_KINDS
