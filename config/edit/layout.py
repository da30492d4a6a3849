"""The agenda of an event file as lines: each item with the comments above it, and what stands between the items."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

from config.edit.changes import NotEditable
from config.edit.spots import Spot, behind_colon, line_end, line_start, next_line, spots

_DASH = re.compile(r" *-(?=\s|$)")
_COMMENT = re.compile(r"( *)#")


@dataclass(frozen=True, slots=True)
class Lines:
    """An item."""

    gap: str
    """What stands above it, and stays there when it moves: empty lines, and comments with an empty line below them."""
    text: str
    """The comments directly above it, its own lines, and the comments that go on below."""
    offset: int
    """Its keys are so many columns to the right of its dash."""
    is_flow: bool
    """It is written in braces."""


@dataclass(frozen=True, slots=True)
class AgendaLayout:
    """A file."""

    head: str
    """All lines above the items."""
    items: tuple[Lines, ...]
    tail: str
    """All lines below them."""
    column: int
    """Where the dashes stand."""
    eol: str
    is_ended: bool
    """Its last line has an end."""
    has_anchors: bool
    """Some values are named by anchors, and used elsewhere."""
    has_deep_comment: bool
    """A comment above an item is indented further than its dash. Below a text of several lines it may become one."""


def layout_of(text: str) -> AgendaLayout:
    """The layout of an event file without faults and byte order mark.

    Raises:
        NotEditable: its agenda is not written as a list with a dash for each item.
    """
    top = spots(text)
    assert top is not None
    name, agenda = next(pair for pair in top.pairs if pair[0].value == "agenda")
    if top.style or agenda.style or agenda.kind != "list":
        raise NotEditable("the agenda is not written with a dash for each item")
    begins = next_line(text, behind_colon(text, name))
    dashes = [_dash(text, item, begins) for item in agenda.children]
    columns = {dash - line_start(text, dash) for dash in dashes}
    if len(columns) > 1 or not agenda.children:
        raise NotEditable("the dashes of the agenda do not stand below each other")
    column = columns.pop()
    items: list[Lines] = []
    end = begins
    deep = False
    for dash, item in zip(dashes, agenda.children, strict=True):
        start = _lead(text, end, line_start(text, dash))
        deep = deep or _is_deep(text[end : line_start(text, dash)], column)
        gap, end = text[end:start], _below(text, item, column)
        first = item.children[0] if item.kind == "mapping" and item.children else item
        offset = max(first.start - line_start(text, first.start) - column, 2)
        items.append(Lines(gap, text[start:end], 2 if item.style else offset, bool(item.style)))
    return AgendaLayout(
        head=text[:begins],
        items=tuple(items),
        tail=text[end:],
        column=column,
        eol=_eol(text),
        is_ended=text.endswith(("\n", "\r")),
        has_anchors=any(leaf.kind == "alias" for leaf in top.leaves()),
        has_deep_comment=deep,
    )


def _is_deep(above: str, column: int) -> bool:
    """Whether a comment above an item is indented further than its dash."""
    found = (_COMMENT.match(line) for line in above.splitlines())
    return any(comment is not None and len(comment[1]) > column for comment in found)


def _dash(text: str, item: Spot, begins: int) -> int:
    """The index of the dash of an item: on its line, or above if only comments stand between."""
    at = line_start(text, item.start)
    while at >= begins:
        found = _DASH.match(text, at)
        if found is not None and found.end() <= item.start:
            return found.end() - 1
        if at == 0:
            break
        at = line_start(text, at - 1)
    raise NotEditable("an item does not begin on a line of its own")


def _lead(text: str, begins: int, dash: int) -> int:
    """Where the comments directly above an item begin."""
    at = dash
    while at > begins:
        above = line_start(text, _before_break(text, at))
        if _COMMENT.match(text, above) is None:
            break
        at = above
    return at


def _before_break(text: str, at: int) -> int:
    """The index of the line break above a line."""
    return at - 2 if text[at - 2 : at] == "\r\n" else at - 1


def _below(text: str, item: Spot, column: int) -> int:
    """The index behind the lines of an item, with the comments that go on below it."""
    end = next_line(text, item.end)
    while (comment := _COMMENT.match(text, end)) is not None and len(comment[1]) > column:
        end = next_line(text, end)
    return end


def _eol(text: str) -> str:
    end = line_end(text, 0)
    return text[end : next_line(text, 0)] or "\n"


Placed = tuple[int | None, bool, str]
"""An item as it is to be written: its index in the file, whether a change has placed it, and its lines."""


def put_together(layout: AgendaLayout, items: Sequence[Placed]) -> str:
    """The text of a file with these items in this order. What stands between items stays above the one below it; where
    that has gone elsewhere, above the next."""
    stays = {index for index, is_placed, _ in items if index is not None and not is_placed}
    between = _between(layout)
    gaps = [item.gap for item in layout.items]
    out: list[str] = []
    above = 0  # gaps that are written
    pending: list[str] = []
    for index, _, lines in items:
        pending.append(_ended(lines, layout.eol))
        if index is not None and index in stays:
            out.append(reduce(_merged, gaps[above : index + 1]) + between.join(pending))
            above, pending = index + 1, []
    if pending:
        out.append((between if out else "") + between.join(pending))
    left = reduce(_merged, gaps[above:], "")
    text = "".join((layout.head, *out, left if left.strip() else "", layout.tail))
    return text if layout.is_ended or layout.tail else text.rstrip("\r\n")


def _merged(above: str, below: str) -> str:
    """Two gaps with nothing between them any more."""
    if above.strip() and below.strip():
        return above + below
    return above if above.strip() or not below.strip() else below


def _between(layout: AgendaLayout) -> str:
    """What usually stands between two items, but for comments."""
    empty = Counter(item.gap for item in layout.items[1:] if not item.gap.strip())
    return empty.most_common(1)[0][0] if empty else ""


def _ended(piece: str, eol: str) -> str:
    return piece if piece.endswith(("\n", "\r")) else piece + eol
