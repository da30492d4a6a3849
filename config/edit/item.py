"""Changes the values of one item in its own lines. Every other character of them stays."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from config.edit.changes import NotEditable
from config.edit.scalars import block, inline, key
from config.edit.spots import Spot, behind_colon, comments, line_end, line_start, next_line, spots
from config.schema import ItemPart
from config.yamltext.tree import Data

ORDER: Final = {field.alias or name: n for n, (name, field) in enumerate(ItemPart.model_fields.items())}
"""The usual order of an item's keys."""
_LONG_LINE: Final = 80
_BLOCK_SIGN: Final = re.compile(r"[|>][-+0-9]*")


def with_value(lines: str, name: str, value: Data, eol: str) -> str:
    """The lines of an item, as a list of one, with this value; None removes the key.

    Raises:
        NotEditable: it would lose something.
    """
    top = spots(lines)
    assert top is not None
    item = top.children[0]
    if item.kind != "mapping":
        raise NotEditable("an item is written in another place, and named here by an alias")
    pairs = {pair[0].value: n for n, pair in enumerate(item.pairs)}
    if any(_is_explicit(lines, found) for found, _ in item.pairs):
        raise NotEditable("a key is written behind a question mark")
    editor = _FlowItem(lines, item) if item.style else _BlockItem(lines, item, eol)
    if name in pairs:
        return editor.removed(pairs[name]) if value is None else editor.replaced(pairs[name], value)
    return lines if value is None else editor.inserted(name, value)


def new_item(fields: Mapping[str, Data], column: int, offset: int, eol: str, *, in_flow: bool) -> str:
    """The lines of a new item, with its dash at `column` and its keys `offset` further to the right."""
    ordered = sorted(fields.items(), key=lambda pair: ORDER.get(pair[0], len(ORDER)))
    indent = " " * column + "-" + " " * (offset - 1)
    if in_flow:
        pairs = (f"{key(name)}: {inline(value, in_flow=True)}" for name, value in ordered)
        return indent + "{" + ", ".join(pairs) + "}" + eol
    between = eol + " " * (column + offset)
    return indent + between.join(_pair(name, value, column + offset, eol) for name, value in ordered) + eol


def _pair(name: str, value: Data, column: int, eol: str) -> str:
    beside, below = _written(value, column, "", eol)
    return f"{key(name)}: {beside}{below}"


def _written(value: Data, column: int, style: str, eol: str) -> tuple[str, str]:
    """A value beside its key, and in lines below. `style` is that of the value before it."""
    if isinstance(value, str):
        found = None
        if "\n" in value:
            found = block(value, column, "|", eol)
        elif style in ("|", ">") and len(value) > _LONG_LINE:
            found = block(value, column, ">", eol)
        if found is not None:
            return found
    return inline(value, style), ""


def _is_explicit(lines: str, found: Spot) -> bool:
    return lines[: found.start].rstrip(" ").endswith("?") and lines[found.start - 1] == " "


class _BlockItem:
    """An item with a key on each line."""

    def __init__(self, lines: str, item: Spot, eol: str) -> None:
        self.lines = lines
        self.pairs = item.pairs
        self.eol = eol
        self.column = item.start - line_start(lines, item.start)
        if self.pairs:
            first = self.pairs[0][0]
            self.column = first.start - line_start(lines, first.start)

    def replaced(self, n: int, value: Data) -> str:
        """Its `n`th value is another. Comments inside the old one come above the key, others stay."""
        lines, (name, old) = self.lines, self.pairs[n]
        beside, below = _written(value, self.column, old.style, self.eol)
        colon = behind_colon(lines, name)
        start, end = old.start, old.end
        lost: list[str] = []
        ends_at = line_end(lines, end)
        if old.style in ("|", ">") and (sign := _BLOCK_SIGN.search(lines, start)) is not None:
            # The comment beside the sign stays.
            end = sign.end()
            rest = lines[end : line_end(lines, end)]
            behind = lines[max(line_end(lines, end), ends_at) :]
        else:
            if old.is_missing:
                beside = " " + beside
            elif line_start(lines, start) > colon:
                start, beside = colon, " " + beside
            lost = comments(lines, start, end, old)
            rest, behind = lines[end:ends_at], lines[ends_at:]
        return (
            lines[: name.start]
            + self._above(lost)
            + lines[name.start : start]
            + beside
            + rest
            + below
            + behind
        )

    def inserted(self, name: str, value: Data) -> str:
        """It has a further key, behind those that usually stand before it."""
        lines = self.lines
        before = [pair for pair in self.pairs if _rank(pair[0].value) < _rank(name)]
        if not before:
            first = self.pairs[0][0].start
            return lines[:first] + self._pair(name, value) + self._break() + lines[first:]
        end = line_end(lines, before[-1][1].end)
        # A comment that goes on below the value.
        while (below := next_line(lines, end)) < len(lines) and self._continues(below):
            end = line_end(lines, below)
        return lines[:end] + self._break() + self._pair(name, value) + lines[end:]

    def removed(self, n: int) -> str:
        """It does not have its `n`th key any more. The comments of that stay."""
        lines, (name, old) = self.lines, self.pairs[n]
        end = line_end(lines, old.end)
        if old.style in ("|", ">") and (sign := _BLOCK_SIGN.search(lines, old.start)) is not None:
            kept = comments(lines, sign.end(), line_end(lines, sign.end()))
        else:
            kept = comments(lines, behind_colon(lines, name), end, old)
        if n:
            start = line_start(lines, name.start)
            above = "".join(" " * self.column + one + self.eol for one in kept)
            return lines[:start] + above + lines[next_line(lines, old.end) :]
        following = self.pairs[1][0].start
        kept += comments(lines, end, following)
        return lines[: name.start] + self._above(kept) + lines[following:]

    def _above(self, found: list[str]) -> str:
        """Comments above a key, where that begins."""
        return "".join(one + self._break() for one in found)

    def _break(self) -> str:
        return self.eol + " " * self.column

    def _pair(self, name: str, value: Data) -> str:
        return _pair(name, value, self.column, self.eol)

    def _continues(self, at: int) -> bool:
        line = self.lines[at : line_end(self.lines, at)]
        text = line.lstrip(" ")
        return text.startswith("#") and len(line) - len(text) > self.column


class _FlowItem:
    """An item in braces."""

    def __init__(self, lines: str, item: Spot) -> None:
        self.lines = lines
        self.pairs = item.pairs

    def replaced(self, n: int, value: Data) -> str:
        lines, (name, old) = self.lines, self.pairs[n]
        written = inline(value, old.style, in_flow=True)
        if old.is_missing:
            sign = " " if old.start > name.end else ": "
            return lines[: old.start] + sign + written + lines[old.start :]
        self._check(old.start, old.end, old)
        return lines[: old.start] + written + lines[old.end :]

    def inserted(self, name: str, value: Data) -> str:
        pair = f"{key(name)}: {inline(value, in_flow=True)}"
        before = [found for found in self.pairs if _rank(found[0].value) < _rank(name)]
        if not before:
            first = self.pairs[0][0].start
            return self.lines[:first] + pair + ", " + self.lines[first:]
        end = before[-1][1].end
        return self.lines[:end] + ", " + pair + self.lines[end:]

    def removed(self, n: int) -> str:
        name, old = self.pairs[n]
        if n + 1 < len(self.pairs):
            start, end = name.start, self.pairs[n + 1][0].start
        else:
            start, end = self.pairs[n - 1][1].end, old.end
        self._check(start, end, old)
        return self.lines[:start] + self.lines[end:]

    def _check(self, start: int, end: int, values: Spot) -> None:
        if comments(self.lines, start, end, values):
            raise NotEditable("a comment stands between the braces of an item")


def _rank(name: str) -> int:
    return ORDER.get(name, len(ORDER))
