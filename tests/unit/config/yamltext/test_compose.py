"""config.yamltext.compose: two parsers, one result; and no text is read beyond its bounds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from config.faults import Mark
from config.yamltext import compose as module
from config.yamltext.compose import (
    MAX_NODES,
    MAX_REPARSED_CHARS,
    MAX_REPARSED_NODES,
    MAX_TAG_DIRECTIVES,
    CollectionNode,
    CParser,
    Node,
    PythonParser,
    compose,
    compose_by,
)
from config.yamltext.yamlwords import InvalidYaml
from tests.unit.config.test_yamlfile import CONTRACT
from tests.unit.config.yamltext.test_tree import SYNTAX

needs_libyaml = pytest.mark.skipif(CParser is None, reason="PyYAML was built without libyaml")
BOTH = [
    pytest.param(PythonParser, id="python"),
    pytest.param(CParser, id="libyaml", marks=needs_libyaml),
]

MORE_SYNTAX = [
    (
        "a: - b",
        (1, 4),
        "a list cannot begin here; write it below its key, or put a text that begins with - in quotes",
    ),
    (
        'a: "\\q"',
        (1, 5),
        "in double quotes \\ begins an escape, and there is none of this kind; write \\\\, or use single quotes",
    ),
    ('a: "\\u00e"', (1, 7), "this escape in quotes is no character; write the character itself"),
    (
        "a: b\nc",
        (2, 1),
        "a line without a colon is not allowed here; write `key: value`, or correct the indentation",
    ),
    ("a\n: b", (2, 1), "this does not belong to what is above; correct the indentation or the quotes"),
    (
        "- a: b\n c: d",
        (2, 2),
        "this does not fit what begins in line 1; correct the indentation or the quotes",
    ),
    ("a: [b] c", (1, 8), "this does not fit what begins in line 1; correct the indentation or the quotes"),
    (
        "a: &ä x",
        (1, 5),
        "a name of letters and digits is expected here; put a text that begins with & or * in quotes",
    ),
    ("a: &b 1\nc: &b 2", (2, 4), "the anchor `b` is in line 1 already; choose another name"),
    ("a: !é b", (1, 5), "a tag has no meaning here; put a text that begins with ! in quotes"),
    ("a: !b!c d", (1, 4), "a tag has no meaning here; put a text that begins with ! in quotes"),
    (
        "a: |0\n b",
        (1, 5),
        "a text over several lines begins on the next line; put a text that begins with | or > in quotes",
    ),
    ("%YAML 2.0\n---\na", (1, 1), "a text cannot begin with %; put it in quotes, or leave this line out"),
    (
        "ä: [東, 😀, b] c",
        (1, 14),
        "this does not fit what begins in line 1; correct the indentation or the quotes",
    ),
]


def marks(node: Node | None) -> list[Mark]:
    if node is None:
        return []
    return (
        [node.mark, *(m for n in node.children for m in marks(n))]
        if isinstance(node, CollectionNode)
        else [node[0]]
    )


def plain(node: Node | None) -> Any:
    if node is None or not isinstance(node, CollectionNode):
        return node
    return [node.mark, node.tag, node.is_mapping, *map(plain, node.children)]


CANNOT_STAND = [text for text, *_ in SYNTAX if "\x07" in text or "\x00" in text]
"""Told before any parser is asked."""
FAULTY = [case for case in SYNTAX + MORE_SYNTAX if case[0] not in CANNOT_STAND]


@pytest.mark.parametrize("parser", BOTH)
@pytest.mark.parametrize(("text", "mark", "what"), FAULTY, ids=[text[:12] for text, *_ in FAULTY])
def test_both_parsers_tell_a_fault_at_the_same_place_in_the_same_sentence(
    parser: Callable[[str], Any], text: str, mark: Mark, what: str
) -> None:
    with pytest.raises(InvalidYaml) as caught:
        compose_by(parser, text)
    assert (caught.value.mark, caught.value.what) == (mark, what)


ALIKE = [
    CONTRACT,
    "a: [ä😀, b, 東: c]\n東京: 😀 # ü\nb: 'ä' ",
    "a: {b: , c:   , d:\n  , e: }\nf:\ng:",
    "a: |\n  ä\n\n  b\nc: >-\n  d\n  e\n",
    "- a\n-\n- - b\n  -\n-",
    "? a\n: b\n? c\n",
    "a:\r\n  - b\r\n  -\r\n",
    "\ufeffa: &x {b: ''}\nc: *x\nd: ! e\nf: !!str g\nh: !i j",
    "# nothing\n",
    "--- \na: ~\n...\n",
]


@needs_libyaml
@pytest.mark.parametrize("text", ALIKE, ids=range(len(ALIKE)))
def test_both_parsers_find_the_same_at_the_same_places(text: str) -> None:
    assert CParser is not None
    bare = text.removeprefix("\ufeff")
    assert plain(compose_by(CParser, bare)) == plain(compose_by(PythonParser, bare)) == plain(compose(text))


@pytest.mark.parametrize("text", ["{a:}", "[a:, b]", 'a: "\\ud800"', "%ODD\n---\na"])
def test_a_form_that_only_one_parser_takes_is_read(text: str) -> None:
    assert plain(compose(text)) == plain(compose_by(PythonParser, text))


@pytest.mark.parametrize("text", ["a:\tb", "a: [\n\tb]", "a: b\t# c", "a: |#c\n x"])
def test_a_form_that_only_libyaml_takes_is_no_yaml(text: str) -> None:
    """A file is right or wrong whatever machine reads it."""
    with pytest.raises(InvalidYaml):
        compose(text)


@needs_libyaml
def test_a_form_that_only_libyaml_accepts_does_not_hide_a_later_fault() -> None:
    """PyYAML's own parser has nothing after the first line."""
    with pytest.raises(InvalidYaml) as caught:
        compose("a: [Why?]\nb: @c")
    assert caught.value.mark == (2, 4)


def test_without_libyaml_the_other_parser_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = plain(compose(CONTRACT))
    monkeypatch.setattr(module, "CParser", None)
    assert plain(compose(CONTRACT)) == expected


# Bounds ---------------------------------------------------------------------------------------------------------------


class Counting:
    """A parser that counts what it is asked for."""

    asked = 0

    def __init__(self, parser: Callable[[str], Any], text: str) -> None:
        self.parser = parser(text)

    def get_event(self) -> Any:
        type(self).asked += 1
        return self.parser.get_event()


DEAR = [
    "[" + "a," * 1000 + "]",
    "{" + "a," * 1000 + "}",
    "- a\n" * 1000,
    "-\n" * 1000,
    "".join(f"a{n}:\n" for n in range(1000)),
    "a: [" + "[],{}," * 500 + "]",
    "a: &a b\nc: [" + "*a," * 1000 + "]",
]


@pytest.mark.parametrize("parser", BOTH)
@pytest.mark.parametrize("text", DEAR, ids=[text[:12] for text in DEAR])
def test_nothing_is_read_beyond_the_values_there_may_be(parser: Callable[[str], Any], text: str) -> None:
    Counting.asked = 0
    with pytest.raises(InvalidYaml, match="this file has more than 100 values"):
        compose_by(lambda text: Counting(parser, text), text, 100)
    assert Counting.asked <= 3 * 100 + 10


@pytest.mark.parametrize("parser", BOTH)
def test_nothing_is_read_beyond_the_depth_there_may_be(parser: Callable[[str], Any]) -> None:
    Counting.asked = 0
    with pytest.raises(InvalidYaml, match="levels deep"):
        compose_by(lambda text: Counting(parser, text), "a: " + "[" * 900)
    assert Counting.asked < 20


@needs_libyaml
def test_the_dear_parser_reads_no_more_than_a_part(monkeypatch: pytest.MonkeyPatch) -> None:
    Counting.asked = 0
    monkeypatch.setattr(module, "PythonParser", lambda text: Counting(PythonParser, text))
    assert compose("a:\n" + "- [b, c]\n" * MAX_REPARSED_NODES + "#\t") is not None
    assert Counting.asked <= 3 * MAX_REPARSED_NODES
    Counting.asked = 0
    assert compose("a:\n - b\n#\t" + "x" * MAX_REPARSED_CHARS) is not None
    with pytest.raises(InvalidYaml):
        compose("a:\n - [b\n#" + "x" * MAX_REPARSED_CHARS)
    assert Counting.asked == 0


def test_an_agenda_of_1000_items_that_use_every_key_is_read() -> None:
    head, item = CONTRACT.split("agenda:\n")
    assert len(marks(compose(f"{head}agenda:\n{item * 1000}"))) < 2 * MAX_NODES


def test_directives_that_libyaml_compares_with_each_other_are_few() -> None:
    text = "".join(f"%TAG !a{n}! b\n" for n in range(MAX_TAG_DIRECTIVES + 1)) + "--- a"
    with pytest.raises(InvalidYaml) as caught:
        compose(text)
    assert caught.value.mark == (MAX_TAG_DIRECTIVES + 1, 1)
    assert (
        caught.value.what == "this file has more than 100 times %TAG, which means nothing here; leave it out"
    )
