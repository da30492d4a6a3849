"""YAML text to plain data, with the place of every key and value.

Every scalar stays the text that was written. YAML 1.1 would read `10:30` as the number 630 and `off` as
false; here only the schema decides what a text means. Duplicate keys, tags and second documents are faults, and
no file can grow deep or, through its aliases, large.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, cast

import yaml

from config.faults import Mark, Path, shown

MAX_DEPTH = 12
"""An event needs 5 levels."""
MAX_NODES = 40_000
"""Values and lists, aliases counted each time. An event of 500 items has about 8 000."""

Data = str | None | list["Data"] | dict[str, "Data"]


@dataclass
class Tree:
    """One YAML document: what it says and where. Keys and values are found by their path from the top."""

    data: Data
    values: dict[Path, Mark] = field(default_factory=dict)
    keys: dict[Path, Mark] = field(default_factory=dict)
    faults: list[tuple[Path, Mark, str]] = field(default_factory=list)
    """What YAML permits and an event file does not."""


class Unreadable(Exception):
    """This is not YAML, or not within the bounds."""

    def __init__(self, mark: Mark, what: str) -> None:
        super().__init__(what)
        self.mark = mark
        self.what = what


class _Composer(yaml.BaseLoader):
    """PyYAML's composer without its resolvers, which stops before nesting could exhaust the stack."""

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise Unreadable(
                _mark(cast(Any, self).peek_event().start_mark),
                f"nested more than {MAX_DEPTH} levels deep; 5 are enough",
            )
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


def grow(text: str) -> Tree:
    """The only document in `text`.

    Raises:
        Unreadable: if it is no YAML, has a second document, or is too deep or too large.
    """
    root = _compose(text)
    tree = Tree(None)
    if root is not None:
        tree.data = _Grower(tree).value(root, ())
    return tree


def _compose(text: str) -> yaml.Node | None:
    loader = None
    try:
        loader = _Composer(text)
        node: yaml.Node | None = loader.get_single_node()
        return node
    except yaml.reader.ReaderError as error:
        before = text[: error.position]
        mark = (before.count("\n") + 1, error.position - (before.rfind("\n") + 1) + 1)
        raise Unreadable(
            mark, f"the character U+{error.character:04X} may not stand in a file; remove it"
        ) from None
    except yaml.MarkedYAMLError as error:
        unclosed = (error.problem or "").startswith("found unexpected")
        place = error.context_mark if unclosed else error.problem_mark
        raise Unreadable(_mark(place), _plain_words(error)) from None
    except (ValueError, OverflowError):
        # PyYAML passes on what chr() says to "\UFFFFFFFF".
        mark = _mark(loader.get_mark() if loader else None)
        raise Unreadable(
            mark, "an escape in quotes stands for no character; write the character itself"
        ) from None


_PLAIN_TAGS = {f"tag:yaml.org,2002:{kind}" for kind in ("str", "seq", "map")}
"""What the composer gives a node that has no tag of its own."""


class _Grower:
    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.count = 0

    def value(self, node: yaml.Node, path: Path) -> Data:
        mark = _mark(node.start_mark)
        self.count += 1
        if self.count > MAX_NODES or len(path) > MAX_DEPTH:
            raise Unreadable(
                mark, "with its aliases written out this file is too large; write values instead"
            )
        self.tree.values[path] = mark
        if node.tag not in _PLAIN_TAGS:
            what = f"the tag {shown(node.tag)} has no meaning here; leave it out"
            self.tree.faults.append((path, mark, what))
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(child, (*path, i)) for i, child in enumerate(node.value)]
        assert isinstance(node, yaml.ScalarNode)
        text: str = node.value
        return None if node.style is None and text in ("", "~", "null") else text

    def _mapping(self, node: yaml.MappingNode, path: Path) -> Data:
        found: dict[str, Data] = {}
        for key, child in node.value:
            mark = _mark(key.start_mark)
            if not isinstance(key, yaml.ScalarNode):
                what = "a key is a plain word; a text that begins with [ or { needs quotes"
                self.tree.faults.append((path, mark, what))
                continue
            name: str = key.value
            if half := next((c for c in name if "\ud800" <= c <= "\udfff"), None):
                what = f"U+{ord(half):04X} is half a character; leave it out of this key"  # it cannot be sent or kept
                self.tree.faults.append((path, mark, what))
                continue
            if name in found:
                first = self.tree.keys[*path, name][0]
                what = f"duplicate key `{shown(name)}`: it is in line {first} already; keep one of them"
                self.tree.faults.append((path, mark, what))
                continue
            self.tree.keys[*path, name] = mark
            found[name] = self.value(child, (*path, name))
        return found


def _mark(mark: yaml.Mark | None) -> Mark:
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


def _plain_words(error: yaml.MarkedYAMLError) -> str:
    """What PyYAML found, for somebody who has never heard of tokens."""
    problem = error.problem or "this cannot be read"
    if error.context == "expected a single document in the stream":
        return "a second document begins here; one file is one document"
    opened = f" in line {error.context_mark.line + 1}" if error.context_mark else ""
    match problem:
        case "mapping values are not allowed here":
            return (
                "a colon is not allowed here; put a text with a colon in quotes, or correct the indentation"
            )
        case p if p.startswith("found unexpected"):
            return "this quotation mark is never closed"
        case p if p.startswith("found character '\\t'"):
            return "a tab cannot indent; use spaces"
        case p if p.startswith("found character "):
            return f"a text cannot begin with {p.split()[2]}; put it in quotes"
        case p if p.startswith("found undefined alias"):
            return "there is no anchor of this name; put a text that begins with * in quotes"
        case p if p.startswith(("expected ',' or", "expected the node content", "did not find expected")):
            return f"the bracket opened{opened} is never closed, or a comma is missing"
        case p if p.startswith("expected <block end>"):
            return f"this does not fit what begins{opened}; correct the indentation or the quotes"
        case _:
            return "".join(c if c.isprintable() else " " for c in problem)
