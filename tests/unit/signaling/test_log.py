"""Log lines are JSON unless a person looks at them."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog

from signaling.log import configure


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
