"""One module does the arithmetic of time (config/times.py). Exceptions are listed here, with their reasons."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXCEPTIONS = {
    "config/times.py": "it is the one",
    "signaling/clock.py": "makes instants of the machine's clock: there is no other source of them",
    "signaling/patches.py": "shifts published texts, and computes nothing of the show",
    "signaling/show/export/ical.py": "iCalendar writes offsets and instants in types of its own",
    "signaling/show/timetable.py": "reads the instants of a rehearsal's lines, and hands them to config.times",
    "signaling/cli/serving.py": "stamps a file's name",
    "signaling/cli/doctor/__init__.py": "compares a certificate with the machine's clock, as a browser does",
    "signaling/health/monitor.py": "compares a certificate with the machine's clock, as a browser does",
}
CONVERTING = {"astimezone", "fromisoformat", "fromtimestamp", "strptime", "utcoffset", "combine", "now"}


def computing(tree: ast.AST) -> Iterator[int]:
    """Lines that do arithmetic with time: by datetime's own types, or by sums within an `Instant` or a `Duration`."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id="timedelta"):
                yield node.lineno
            case ast.Call(func=ast.Attribute(value=ast.Name(id="datetime"), attr=name)) if name in CONVERTING:
                yield node.lineno
            case ast.Call(func=ast.Attribute(attr="astimezone" | "utcoffset")):
                yield node.lineno
            case ast.Call(func=ast.Name(id="Instant" | "Duration"), args=[inner]):
                if any(
                    isinstance(n, ast.BinOp) and isinstance(n.op, ast.Add | ast.Sub) for n in ast.walk(inner)
                ):
                    yield node.lineno
            case _:
                pass


def files() -> list[Path]:
    return sorted(path for half in ("config", "signaling") for path in (ROOT / half).rglob("*.py"))


@pytest.mark.parametrize("path", files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_time_is_computed_in_one_place(path: Path) -> None:
    lines = list(computing(ast.parse(path.read_text("utf-8"))))
    name = str(path.relative_to(ROOT))
    if name not in EXCEPTIONS:
        assert lines == [], "use config.times, or say here why not"
    else:
        assert lines, "it is no exception any more"


def test_a_second_place_would_be_found() -> None:
    tree = ast.parse(
        "a = Instant(b + 1000)\nc = d + timedelta(hours=1)\ne = Duration(2 * SECOND)\nf = g.astimezone(UTC)"
    )
    assert sorted(computing(tree)) == [1, 2, 4]
