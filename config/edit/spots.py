"""Where the values of a YAML text begin and end, so that one can be replaced and the rest stays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import yaml
from yaml.events import (
    AliasEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from config.yamltext.compose import CParser, PythonParser, parsed_differently


@dataclass(slots=True, eq=False)
class Spot:
    """A value in a text."""

    kind: Literal["scalar", "list", "mapping", "alias"]
    start: int
    """The index of its first character; of an anchor or tag, if it has one."""
    end: int
    """The index behind its last character."""
    style: str = ""
    """Of a scalar: `'`, `"`, `|`, `>`, or empty if it is plain. Of a collection: `flow`, or empty if it is a block."""
    value: str = ""
    children: list[Spot] = field(default_factory=list)
    """The entries of a list, or the alternating keys and values of a mapping."""

    @property
    def is_missing(self) -> bool:
        """Nothing is written."""
        return self.kind == "scalar" and self.start == self.end

    @property
    def pairs(self) -> list[tuple[Spot, Spot]]:
        return list(zip(self.children[::2], self.children[1::2], strict=True))

    def leaves(self) -> Iterator[Spot]:
        """It, or all scalars and aliases in it."""
        if self.kind in ("scalar", "alias"):
            yield self
        for child in self.children:
            yield from child.leaves()


def spots(text: str) -> Spot | None:
    """The values of a text that is YAML without a byte order mark; None if it is empty."""
    if CParser is None or parsed_differently(text):
        return _spots(text, PythonParser(text))
    try:
        return _spots(text, CParser(text))
    except yaml.YAMLError:  # it permits less
        return _spots(text, PythonParser(text))


def _spots(text: str, parser: Any) -> Spot | None:
    top: Spot | None = None
    inside: list[Spot] = []
    while (event := parser.get_event()) is not None:
        start, end = event.start_mark.index, event.end_mark.index
        match event:
            case SequenceEndEvent() | MappingEndEvent():
                ended = inside.pop()
                if ended.style:
                    ended.end = end
                elif ended.children:
                    ended.end = ended.children[-1].end
                continue
            case ScalarEvent():
                spot = _scalar(text, event, start, end, inside)
            case AliasEvent():
                spot = Spot("alias", start, end)
            case SequenceStartEvent() | MappingStartEvent():
                kind: Literal["list", "mapping"] = (
                    "list" if isinstance(event, SequenceStartEvent) else "mapping"
                )
                spot = Spot(kind, start, end, "flow" if event.flow_style else "")
            case _:
                continue
        if inside:
            inside[-1].children.append(spot)
        else:
            top = spot
        if spot.kind in ("list", "mapping"):
            inside.append(spot)
    return top


def _scalar(text: str, event: ScalarEvent, start: int, end: int, inside: list[Spot]) -> Spot:
    style = event.style or ""
    if style in ("|", ">"):
        # The parser also counts the empty lines below. What is left of an empty block is its sign.
        end = max(len(text[:end].rstrip()), start + 1)
        return Spot("scalar", start, end, style, event.value)
    if not (event.value or style or event.anchor or event.tag) and inside:
        # A missing value, which the parser puts at the next one: directly behind its colon.
        within = inside[-1]
        if within.kind == "mapping" and len(within.children) % 2:
            start = end = behind_colon(text, within.children[-1])
    return Spot("scalar", start, end, style, event.value)


def behind_colon(text: str, key: Spot) -> int:
    """The index behind the colon of a key, or behind the key if it has none."""
    at = key.end
    while text[at : at + 1] in (" ", "\t") and at < len(text):
        at += 1
    return at + 1 if text[at : at + 1] == ":" else key.end


def comments(text: str, start: int, end: int, values: Spot | None = None) -> list[str]:
    """The comments in a part of a text, outside of `values`."""
    found: list[str] = []
    for leaf in values.leaves() if values is not None else ():
        found += _comments(text, start, min(leaf.start, end))
        start = max(start, leaf.end)
    return found + _comments(text, start, end)


def _comments(text: str, start: int, end: int) -> list[str]:
    found: list[str] = []
    while start < end:
        at = text.find("#", start, end)
        if at < 0:
            break
        if at and text[at - 1] not in " \t\r\n":
            start = at + 1
            continue
        start = line_end(text, at)
        found.append(text[at:start].rstrip())
    return found


# Lines ------------------------------------------------------------------------------------------------------


def line_start(text: str, at: int) -> int:
    """The index of the first character of the line of `at`."""
    return max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1


def line_end(text: str, at: int) -> int:
    """The index behind the last character of the line of `at`, before its line break."""
    ends = [found for found in (text.find("\n", at), text.find("\r", at)) if found >= 0]
    return min(ends, default=len(text))


def next_line(text: str, at: int) -> int:
    """The index of the first character of the line below that of `at`; the end of the text if there is none."""
    end = line_end(text, at)
    return end + (2 if text[end : end + 2] == "\r\n" else 1) if end < len(text) else end
