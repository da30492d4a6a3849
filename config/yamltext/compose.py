"""Parses YAML text into nodes with their places, within bounds that are checked during parsing.

libyaml is about ten times as fast as PyYAML's own parser, which is used where PyYAML was built without libyaml. The two
differ in rare forms and in their error texts. So a text that they may parse differently is also parsed by PyYAML's own
parser, up to a size that costs little, and that result counts.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from yaml.parser import Parser as _Parser
from yaml.reader import Reader as _Reader
from yaml.scanner import Scanner as _Scanner

from config.faults import Mark, shown
from config.yamltext.lookalikes import named_char
from config.yamltext.misplaced import misplaced
from config.yamltext.yamlwords import InvalidYaml, in_plain_words

MAX_DEPTH = 12
"""Levels of nesting. An event needs 5."""
MAX_NODES = 40_000
"""Values and collections; each use of an alias counts. An event of 500 items has about 8 000, one of 1000 items with
every key about 30 000. libyaml parses 40 000 in 0.2 s."""

MAX_TAG_DIRECTIVES = 100
"""libyaml compares each with all above it: 20,000 would hold the GIL for a second."""

MAX_REPARSED_CHARS = 64_000
"""Characters of a text that PyYAML's own parser also parses. It takes up to 2.5 µs for each in a long value."""
MAX_REPARSED_NODES = 4_000
"""Values of such a text. It takes up to 60 µs for each."""


class PythonParser(_Reader, _Scanner, _Parser):
    """PyYAML's own parser, from text to events."""

    def __init__(self, text: str) -> None:
        _Reader.__init__(self, text)
        _Scanner.__init__(self)
        _Parser.__init__(self)


MakeParser = Callable[[str], Any]

CParser: MakeParser | None
"""libyaml's parser; None where PyYAML was built without it."""
try:
    CParser = import_module("yaml.cyaml").CParser
except ImportError:
    CParser = None


ScalarNode = tuple[Mark, str | None, str, bool]
"""A single value: its place, its tag, its text, and whether it is quoted or a block.

A plain tuple, because the garbage collector stops tracking tuples of texts and numbers. A collection over 80,000
objects stopped all threads for 40 ms.
"""


@dataclass(slots=True, eq=False)
class CollectionNode:
    """A list or a mapping as written."""

    mark: Mark
    tag: str | None
    """None if no tag is written, or one that changes nothing; likewise in a `ScalarNode`."""
    is_mapping: bool
    children: list[Node] = field(default_factory=list)
    """The entries of a list, or the alternating keys and values of a mapping."""


Node = ScalarNode | CollectionNode
"""An alias is the same object as its anchor's node."""


class TooManyNodes(InvalidYaml):
    """The text has more than the allowed values."""


def compose(text: str) -> Node | None:
    """The only document in `text`; None if it is empty.

    Raises:
        InvalidYaml: it is no YAML, has a second document, or is too deep or too large.
    """
    if bad := _Reader.NON_PRINTABLE.search(text):
        raise InvalidYaml(
            _mark_at(text, bad.start()),
            f"the character U+{ord(bad[0]):04X} is not allowed in a file; remove it",
        )
    text = text.removeprefix("\ufeff")
    if bad := _UNUSUAL_LINE_END.search(text):
        remedy = "remove it" if bad[0] == "\ufeff" else "begin a new line there, or put a space"
        raise InvalidYaml(
            _mark_at(text, bad.start()), f"{named_char(bad[0])} is not allowed in a file; {remedy}"
        )
    _check_directives(text)
    try:
        return _composed(text)
    except InvalidYaml as error:
        # A lookalike, such as an indent of U+00A0, makes the parser fail only a line or more further down.
        if isinstance(error, TooManyNodes) or (cause := misplaced(text, error.mark)) is None:
            raise
        raise InvalidYaml(*cause) from None


_UNUSUAL_LINE_END = re.compile("[\x85\u2028\u2029\ufeff]")
"""Characters that end a line in YAML but in few editors, so that line numbers would differ; and a byte order mark in
the middle, where files were joined."""


def _composed(text: str) -> Node | None:
    if CParser is None:
        return compose_by(PythonParser, text)
    if not _PARSED_DIFFERENTLY.search(text):
        try:
            return compose_by(CParser, text)
        except InvalidYaml as error:
            return _reparsed(text, error)
    return _reparsed(text, None)


def _check_directives(text: str) -> None:
    at = -1
    for _ in range(MAX_TAG_DIRECTIVES + 1):
        at = text.find("%TAG", at + 1)
        if at < 0:
            return
    what = f"this file has more than {MAX_TAG_DIRECTIVES} times %TAG, which means nothing here; leave it out"
    raise InvalidYaml(_mark_at(text, at), what)


_PARSED_DIFFERENTLY = re.compile(r"\t|[|>][-+0-9]*#")
"""Forms that libyaml parses and PyYAML's own parser rejects or parses differently: tabs between tokens, and a comment
directly after the sign of a block."""


def parsed_differently(text: str) -> bool:
    """Whether PyYAML's own parser reads a text that both parse, since the two may differ."""
    return len(text) <= MAX_REPARSED_CHARS and _PARSED_DIFFERENTLY.search(text) is not None


def _reparsed(text: str, error: InvalidYaml | None) -> Node | None:
    """Parse a text with PyYAML's own parser, which permits more, such as `{a:}` and halves of surrogate pairs."""
    if len(text) <= MAX_REPARSED_CHARS and not isinstance(error, TooManyNodes):
        try:
            return compose_by(PythonParser, text, MAX_REPARSED_NODES)
        except TooManyNodes:
            pass
        except InvalidYaml as other:
            # libyaml accepts what is at an earlier fault, such as `[Why?]`; its own fault would remain.
            if error is None or other.mark >= error.mark:
                raise
    if error is not None:
        raise error
    assert CParser is not None
    return compose_by(CParser, text)


def compose_by(make_parser: MakeParser, text: str, most: int = MAX_NODES) -> Node | None:
    """As `compose`, with one of the two parsers and at most `most` values."""
    parser = None
    try:
        parser = make_parser(text)
        return _Composer(text, most).compose(parser.get_event)
    except yaml.MarkedYAMLError as error:
        raise in_plain_words(error, text) from None
    except (ValueError, OverflowError):
        # PyYAML does not catch the error of chr() for "\UFFFFFFFF".
        mark = parser.get_mark() if parser else None
        raise InvalidYaml(
            (mark.line + 1, mark.column + 1) if mark else (1, 1),
            "this escape in quotes is no character; write the character itself",
        ) from None


_PLAIN_TAGS = {None, "!", *(f"tag:yaml.org,2002:{kind}" for kind in ("str", "seq", "map"))}
"""Tags that change nothing."""


class _Composer:
    """Builds nodes from events, and fails at the first one that exceeds a bound."""

    def __init__(self, text: str, most: int) -> None:
        self.text = text
        self.most = most
        self.values = 0
        self.end = len(text.rstrip(" \r\n"))
        self.anchors: dict[str, Node] = {}
        self.open: list[CollectionNode] = []
        """Open lists and mappings, the outermost first."""

    def compose(self, get_event: Callable[[], Any]) -> Node | None:
        top: Node | None = None
        documents = 0
        while (event := get_event()) is not None:
            kind = type(event)
            if kind is SequenceEndEvent or kind is MappingEndEvent:
                self.open.pop()
            elif kind is DocumentStartEvent:
                documents += 1
                if documents > 1:
                    what = "a second document begins here; one file is one document"
                    raise InvalidYaml(_mark(event), what)
            elif kind in _NODES:
                node = self._anchored(event) if kind is AliasEvent else self._node(event, kind)
                if self.open:
                    self._put(node, event)
                else:
                    top = node
                if isinstance(node, CollectionNode) and kind is not AliasEvent:
                    self.open.append(node)
        return top

    def _put(self, node: Node, event: Any) -> None:
        """Add a node to the innermost open list or mapping."""
        if len(self.open) == MAX_DEPTH:
            raise InvalidYaml(_mark(event), f"nested more than {MAX_DEPTH} levels deep; 5 are enough")
        within = self.open[-1]
        within.children.append(node)
        # In a mapping, every other node is a key, which counts together with its value.
        if not within.is_mapping or not len(within.children) % 2:
            self.values += 1
            if self.values > self.most:
                what = f"this file has more than {self.most} values; an event of 1000 items needs fewer, so split it"
                raise TooManyNodes(_mark(event), what)

    def _node(self, event: Any, kind: type) -> Node:
        mark = _mark(event)
        tag = None if event.tag in _PLAIN_TAGS else event.tag
        if kind is not ScalarEvent:
            node: Node = CollectionNode(mark, tag, kind is MappingStartEvent)
        elif event.value or event.style or event.tag is not None or event.anchor is not None:
            node = (mark, tag, event.value, bool(event.style))
        else:
            return (self._after_colon(event.start_mark), None, "", False)
        if event.anchor is not None:
            first = self.anchors.setdefault(event.anchor, node)
            if first is not node:
                line = _mark_of(first)[0]
                what = f"the anchor `{shown(event.anchor)}` is in line {line} already; choose another name"
                raise InvalidYaml(mark, what)
        return node

    def _anchored(self, event: Any) -> Node:
        node = self.anchors.get(event.anchor)
        if node is None:
            what = "there is no anchor of this name; put a text that begins with * in quotes"
            raise InvalidYaml(_mark(event), what)
        return node

    def _after_colon(self, mark: yaml.Mark) -> Mark:
        """The place of a missing value: directly after its colon. libyaml gives the place of the next token."""
        at = mark.index
        while at and self.text[at - 1] in " \r\n":
            at -= 1
        if at == mark.index or self.text[at - 1] not in ":-?":
            return (mark.line + 1, mark.column + 1)
        lines = self.text.count("\n", at, mark.index)
        line = mark.line - lines
        if at == self.end and mark.column == 0 and not lines:
            line -= 1  # libyaml puts the end of the text on a line of its own
        return (line + 1, at - self.text.rfind("\n", 0, at))


def _mark_at(text: str, at: int) -> Mark:
    return (text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at))


def _mark_of(node: Node) -> Mark:
    return node.mark if isinstance(node, CollectionNode) else node[0]


_NODES = frozenset((ScalarEvent, SequenceStartEvent, MappingStartEvent, AliasEvent))


def _mark(event: Any) -> Mark:
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1)
