"""The table of deadlines and timeouts in CONTRIBUTING.md, read from the sources: name, value, place, reason."""

from __future__ import annotations

import ast
import importlib
import math
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from config.times import DAY, HOUR, MINUTE, SECOND

ROOT = Path(__file__).parent.parent
BEGIN, END = "<!-- deadlines: written by `make generate` -->\n", "<!-- end of deadlines -->\n"
TIME_UNITS = Path("config", "times.py")
_TYPESCRIPT = re.compile(
    r"/\*\*((?:[^*]|\*(?!/))*)\*/\s*\n(?:export )?const ([A-Z][A-Z_\d]*_M?S) = ([\d_ *.]+);"
)


class Deadline(NamedTuple):
    name: str
    value: str
    path: str
    why: str


def deadlines() -> list[Deadline]:
    """Every deadline of the product, by file."""
    return [*_of_python(), *_of_typescript()]


def table() -> str:
    """The deadlines, one row each."""
    lines = [f"| `{row.name}` | {row.value} | `{row.path}` | {row.why} |" for row in deadlines()]
    return "\n".join(["| name | value | file | why |", "|---|---|---|---|", *lines, ""])


def written_into(text: str) -> str:
    """CONTRIBUTING.md with the table as it should be."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}{table()}{END}{after}"


def _of_python() -> Iterator[Deadline]:
    for package in ("bridge", "config", "signaling"):
        for file in sorted((ROOT / package).rglob("*.py")):
            path = file.relative_to(ROOT)
            if path == TIME_UNITS:
                continue
            constants = list(_constants(ast.parse(file.read_text("utf-8")).body))
            if not constants:
                continue
            module = importlib.import_module(".".join(path.with_suffix("").parts))
            for name, why in constants:
                yield Deadline(name, _value(name, getattr(module, name)), str(path), _first_sentence(why))


def _constants(body: Sequence[ast.stmt]) -> Iterator[tuple[str, str]]:
    """Each time among the module's constants, and the docstring below it."""
    for statement, following in pairwise((*body, None)):
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                names = [name] if _is_time(name) or _is_duration(value) else []
            case ast.AnnAssign(target=ast.Name(id=name)):
                names = [name] if _is_time(name) else []
            case ast.Assign(targets=[ast.Tuple(elts=elements)]):
                names = [
                    element.id
                    for element in elements
                    if isinstance(element, ast.Name) and _is_time(element.id)
                ]
            case _:
                continue
        yield from ((name, _docstring(following)) for name in names)


def _is_time(name: str) -> bool:
    return (
        re.fullmatch(r"[A-Z][A-Z_\d]*(?<!_PER)(?<!_UNIT)(?<!_OFFSET)(?<!_STEP)(?<!_EPOCH)_M?S", name)
        is not None
    )


def _is_duration(value: ast.expr) -> bool:
    """Whether it is a `config.times.Duration`, which counts milliseconds."""
    match value:
        case ast.Call(func=ast.Name(id="Duration")):
            return True
        case _:
            return False


def _docstring(statement: ast.stmt | None) -> str:
    match statement:
        case ast.Expr(value=ast.Constant(value=str(text))):
            return text
        case _:
            return ""


def _of_typescript() -> Iterator[Deadline]:
    for file in sorted((ROOT / "web" / "src").rglob("*.ts*")):
        for comment, name, value in _TYPESCRIPT.findall(file.read_text("utf-8")):
            why = " ".join(line.strip(" *") for line in comment.splitlines())
            yield Deadline(
                name,
                _value(name, math.prod(float(factor) for factor in value.replace("_", "").split("*"))),
                str(file.relative_to(ROOT)),
                _first_sentence(why),
            )


def _value(name: str, value: float) -> str:
    ms = round(1000 * value) if name.endswith("_S") else int(value)
    if ms >= MINUTE:
        return _in_words(ms)
    return f"{value:g} s" if name.endswith("_S") else f"{ms} ms"


def _in_words(ms: int) -> str:
    """A length of a minute or more: `2 min 40 s`, `12 h`, `7 d`."""
    found = []
    for unit, name in ((DAY, "d"), (HOUR, "h"), (MINUTE, "min"), (SECOND, "s")):
        if ms >= unit:
            found.append(f"{ms // unit} {name}")
            ms %= unit
    return " ".join(found)


def _first_sentence(text: str) -> str:
    plain = " ".join(text.split()).replace("|", "/")
    return re.split(r"(?<=[.;:]) (?=[A-Z])", plain, maxsplit=1)[0]
