"""Finds the place of every value in a JSON text, for faults."""

from __future__ import annotations

import json
import re
from bisect import bisect_right

from config.faults import KeyPath, Mark

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+', re.DOTALL)


def marks(text: str) -> dict[KeyPath, Mark]:
    """Line and column of every value in a text that `json.loads` accepts. Of equal keys the last counts, as there."""
    lines = [0, *(match.end() for match in re.finditer("\n", text))]
    found: dict[KeyPath, Mark] = {}
    path: list[str | int] = []
    key: str | None = None
    """The last text, which is a key if a colon follows."""
    fresh = True
    """The next token begins a value."""
    for match in _TOKEN.finditer(text):
        token, at = match[0], match.start()
        if token == ":":
            path[-1], fresh = key or "", True
        elif token == ",":
            last = path[-1]
            path[-1], fresh = (last + 1 if isinstance(last, int) else ""), isinstance(last, int)
        elif token in "}]":
            path.pop()
            fresh = False
        else:
            if fresh:
                line = bisect_right(lines, at)
                found[tuple(path)] = (line, at - lines[line - 1] + 1)
            if token == "{":
                path.append("")
                fresh = False
            elif token == "[":
                path.append(0)
                fresh = True
            else:
                key = json.loads(token, strict=False) if token[0] == '"' else None
                fresh = False
    return found
