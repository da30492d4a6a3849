"""Log lines are JSON unless a person looks at them."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog

from signaling.log import KINDS, LINES_BURST, Repeats, configure


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
def test_a_line_for_a_machine_is_one_json_object(library: Callable[[], Any]) -> None:
    out = io.StringIO()
    configure(stream=out)
    library().warning("Tokio is back")
    line = json.loads(out.getvalue())
    assert (line["event"], line["level"]) == ("Tokio is back", "warning")
    assert line["timestamp"]


def test_a_line_for_a_person_is_text() -> None:
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


TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ0b2tpbyJ9.c2lnbmF0dXJl"


@pytest.mark.parametrize("library", [structlog.get_logger, logging.getLogger])
def test_no_line_holds_a_token_whatever_fails(library: Callable[[], Any]) -> None:
    out = io.StringIO()
    configure(stream=out)
    try:
        raise RuntimeError(f"Authorization: Bearer {TOKEN}\\r\\n")
    except RuntimeError:
        library().exception(f"broken by {TOKEN[:30]}")
    assert "RuntimeError" in out.getvalue()
    assert TOKEN[:20] not in out.getvalue()
    assert TOKEN[-8:] not in out.getvalue()


def record(text: str | dict[str, Any], name: str = "schalte") -> logging.LogRecord:
    return logging.LogRecord(name, logging.INFO, "", 0, text, (), None)


def test_of_each_kind_come_only_so_many_lines_and_the_next_says_how_many_did_not() -> None:
    time = [0.0]
    repeats = Repeats(lambda: time[0])
    flood = [repeats.filter(record({"event": "datagram dropped", "n": n})) for n in range(1000)]
    assert flood.count(True) == LINES_BURST
    assert repeats.filter(record({"event": "page"}))
    time[0] = 1.0
    after = record({"event": "datagram dropped", "n": 1000})
    assert repeats.filter(after)
    assert isinstance(after.msg, dict)
    assert after.msg["left_out"] == 1000 - LINES_BURST


def test_lines_of_libraries_are_of_one_kind_whatever_stands_in_them() -> None:
    repeats = Repeats(lambda: 0.0)
    lines = [record("socket.accept() of %r failed", "asyncio") for _ in range(1000)]
    assert [repeats.filter(line) for line in lines].count(True) == LINES_BURST


def test_kinds_that_strangers_make_up_cost_a_bounded_amount() -> None:
    repeats = Repeats(lambda: 0.0)
    for n in range(5 * KINDS):
        repeats.filter(record(f"kind {n}"))
    assert len(repeats._buckets._limits) == KINDS
    assert len(repeats._left_out) <= KINDS
