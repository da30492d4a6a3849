"""Writes values as YAML: on one line, or as a block of lines under their key."""

from __future__ import annotations

import re
from typing import Final

import yaml

from config.yamltext.dump import Dumper
from config.yamltext.tree import Data

FOLD_AT: Final = 110
"""Columns of a folded text."""
_PLAIN: Final = re.compile(r"(?!null$)[A-Za-z0-9](?:[A-Za-z0-9:./+-]*[A-Za-z0-9])?")
"""Words, times and lengths, which need no quotes in braces either. PyYAML would quote `10:30`."""
_STR: Final = "tag:yaml.org,2002:str"


def normalized(value: Data) -> Data:
    """A value as it is written: without outer space, tabs and line ends that YAML would read as others."""
    if isinstance(value, list):
        return [normalized(one) for one in value]
    if not isinstance(value, str):
        return value
    lines = re.split("\r\n|[\n\r\x85\u2028\u2029]", value.replace("\t", " ").replace("\ufeff", ""))
    return "\n".join(line.rstrip() for line in lines).strip()


def quote_of(style: str) -> str | None:
    return style if style in ("'", '"') else None


def inline(value: Data, style: str = "", *, in_flow: bool = False) -> str:
    """A value on one line. `style` is the wanted quote of a text."""
    if isinstance(value, list):
        return "[" + ", ".join(inline(one, in_flow=True) for one in value) + "]"
    if _PLAIN.fullmatch(str(value)) and quote_of(style) is None:
        return str(value)
    # Other quotes would write the lines of a text as lines.
    quote = '"' if "\n" in str(value) else quote_of(style)
    node = yaml.ScalarNode(_STR, str(value), style=quote)
    if in_flow:
        whole: yaml.Node = yaml.SequenceNode("tag:yaml.org,2002:seq", [node], flow_style=True)
        return _serialized(whole)[1:].rstrip("\n").removesuffix("]")
    return _under_key(node).rstrip("\n").removeprefix("k: ")


def block(text: str, column: int, style: str = "|", eol: str = "\n") -> tuple[str, str] | None:
    """A text as a block under a key at `column`: what is beside the key, and the lines below, which begin with a line
    end. None if a block cannot hold it."""
    width = max(FOLD_AT - column, 40) if style == ">" else None
    # With a line end at its end it needs no sign for that.
    written = _under_key(yaml.ScalarNode(_STR, text + "\n", style=style), width)
    head, *lines = written.removesuffix("\n").split("\n")
    if not head.startswith(("k: |", "k: >")):
        return None
    below = "".join(eol + (" " * column + line if line else "") for line in lines)
    return head.removeprefix("k: "), below


def key(name: str) -> str:
    return inline(name, in_flow=True)


def _under_key(node: yaml.ScalarNode, width: int | None = None) -> str:
    pair = [(yaml.ScalarNode(_STR, "k"), node)]
    return _serialized(yaml.MappingNode("tag:yaml.org,2002:map", pair, flow_style=False), width)


def _serialized(node: yaml.Node, width: int | None = None) -> str:
    return str(yaml.serialize(node, Dumper=Dumper, allow_unicode=True, width=width or 1_000_000))
