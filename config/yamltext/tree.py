"""Parses YAML text into plain data, with the place of every key and value.

Every scalar stays the text that was written: YAML 1.1 would read `10:30` as the number 630 and `off` as false. Only the
schema decides what a text means. Duplicate keys, tags and second documents are faults. Depth and size are limited, also
with aliases written out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from config.faults import MAX_FAULTS, KeyPath, Mark, shown
from config.yamltext.compose import MAX_DEPTH, MAX_NODES, CollectionNode, Node, compose
from config.yamltext.lookalikes import first_lookalike, is_blank, lookalike_fault, normalized
from config.yamltext.misplaced import misplaced
from config.yamltext.yamlwords import InvalidYaml

__all__ = ["MAX_DEPTH", "MAX_NODES", "Data", "InvalidYaml", "Tree", "load_tree"]

Data = str | None | list["Data"] | dict[str, "Data"]


@dataclass
class Tree:
    """One YAML document: its data, and the places of keys and values by their path."""

    data: Data
    values: dict[KeyPath, Mark] = field(default_factory=dict)
    keys: dict[KeyPath, Mark] = field(default_factory=dict)
    faults: list[tuple[KeyPath, Mark, str]] = field(default_factory=list)
    """Forms that YAML permits and an event file does not."""


def load_tree(text: str) -> Tree:
    """The only document in `text`.

    Raises:
        InvalidYaml: it is no YAML, has a second document, or is too deep or too large.
    """
    root = compose(text)
    tree = Tree(None)
    if root is not None:
        tree.data = _TreeBuilder(tree, text).value(root, ())
    return tree


class _TreeBuilder:
    def __init__(self, tree: Tree, text: str) -> None:
        self.tree = tree
        self.text = text
        self.count = 0

    def value(self, node: Node, path: KeyPath) -> Data:
        mark, tag, text, is_quoted = (
            (node.mark, node.tag, "", False) if isinstance(node, CollectionNode) else node
        )
        self.count += 1
        if self.count > MAX_NODES or len(path) > MAX_DEPTH:
            what = "with its aliases written out this file is too large; write values instead"
            raise InvalidYaml(mark, what)
        self.tree.values[path] = mark
        if tag is not None:
            self._fault(path, mark, f"the tag {shown(tag)} has no meaning here; leave it out")
        if not isinstance(node, CollectionNode):
            return None if not is_quoted and text in ("", "~", "null") else text
        if node.is_mapping:
            return self._mapping(node.children, path)
        return [self.value(child, (*path, i)) for i, child in enumerate(node.children)]

    def _mapping(self, inside: list[Node], path: KeyPath) -> Data:
        found: dict[str, Data] = {}
        for key, child in zip(inside[::2], inside[1::2], strict=True):
            if isinstance(key, CollectionNode):
                what = "a key is a plain word; a text that begins with [ or { needs quotes"
                self._fault(path, key.mark, what)
                continue
            mark, _, name, _ = key
            if half := _HALF.search(name):
                what = f"U+{ord(half[0]):04X} is half a character; leave it out of this key"
                self._fault(path, mark, what)
                continue
            if not name.isascii():
                name = self._meant(name, path, mark)
            if name in found:
                first = self.tree.keys[*path, name][0]
                what = f"duplicate key `{shown(name)}`: it is in line {first} already; keep one of them"
                self._fault(path, mark, what)
                continue
            at = (*path, name)
            self.tree.keys[at] = mark
            found[name] = self.value(child, at)
        return found

    def _meant(self, name: str, path: KeyPath, mark: Mark) -> str:
        """A key without its invisible and lookalike characters, which are a fault.

        Raises:
            InvalidYaml: one of them was meant to indent the key or to end it, so that the file has another structure.
        """
        at = first_lookalike(name)
        if at is None or not normalized(name):
            return name
        if is_blank(name[0]) or ":" in normalized(name):
            behind_the_end = (self.text.count("\n") + 2, 1)
            if cause := misplaced(self.text.removeprefix("\ufeff"), behind_the_end):
                raise InvalidYaml(*cause)
        self._fault(path, (mark[0], mark[1] + at), f"in a key {lookalike_fault(name)}")
        return normalized(name)

    def _fault(self, path: KeyPath, mark: Mark, what: str) -> None:
        """Add a fault. One more than can be reported is kept, to show that there are more."""
        if len(self.tree.faults) <= MAX_FAULTS:
            self.tree.faults.append((path, mark, what))


_HALF = re.compile("[\ud800-\udfff]")
"""Half of a surrogate pair, which UTF-8 cannot encode."""
