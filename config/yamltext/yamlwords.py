"""Rewrites the errors of YAML parsers for people who do not know the terms of a parser.

libyaml and PyYAML's own parser report the same faults in different words and at slightly different places. Here each
fault gets one sentence with a remedy, and one place.
"""

from __future__ import annotations

import re

import yaml

from config.faults import Mark, shown


class InvalidYaml(Exception):
    """The text is not YAML, or exceeds a bound."""

    def __init__(self, mark: Mark, what: str) -> None:
        super().__init__(what)
        self.mark = mark
        self.what = what


TAB = "a tab cannot indent; use spaces"
NO_TAG = "a tag has no meaning here; put a text that begins with ! in quotes"
NO_DIRECTIVE = "a text cannot begin with %; put it in quotes, or leave this line out"

_SENTENCES = [
    (
        "mapping values are not allowed",
        "a colon is not allowed here; put a text with a colon in quotes, or correct the indentation",
    ),
    (
        "entries are not allowed",
        "a list cannot begin here; write it below its key, or put a text that begins with - in quotes",
    ),
    ("found a tab character", TAB),
    (
        "found unexpected ':'",
        "a colon in brackets needs a space after it; write `a: b`, or put the text in quotes",
    ),
    ("found unexpected (end|document)", "this quotation mark is never closed"),
    (
        "unknown escape character",
        "in double quotes \\ begins an escape, and there is none of this kind; write \\\\, or use single quotes",
    ),
    (
        "Unicode character escape|hexdecimal|hexadecimal",
        "this escape in quotes is no character; write the character itself",
    ),
    (
        "could not find expected ':'",
        "a line without a colon is not allowed here; write `key: value`, or correct the indentation",
    ),
    (
        "expected '?<document start>",
        "this does not belong to what is above; correct the indentation or the quotes",
    ),
    (
        "expected <block end>|expected key|expected '-' indicator",
        "this does not fit what begins{line}; correct the indentation or the quotes",
    ),
    ("undefined tag handle", NO_TAG),
    ("YAML doc|directive|duplicate tag", NO_DIRECTIVE),
    (
        "expected ',' or|node content",
        "the bracket opened{line} is never closed, or a comma is missing",
    ),
]
"""Patterns of a parser's problem, and the sentence for each. The first match counts."""

_BY_CONTEXT = [
    ("directive", NO_DIRECTIVE),
    (" tag$", NO_TAG),
    (
        r"anchor|alias",
        "a name of letters and digits is expected here; put a text that begins with & or * in quotes",
    ),
    (
        r"block scalar",
        "a text over several lines begins on the next line; put a text that begins with | or > in quotes",
    ),
]
"""The same for a parser's context."""


def in_plain_words(error: yaml.MarkedYAMLError, text: str) -> InvalidYaml:
    """A parser's error on `text`, for people."""
    problem, context = error.problem or "", error.context or ""
    place = error.problem_mark
    if problem.startswith(("found unexpected ", "could not find expected ':'")):
        place = error.context_mark or place
    line, column = _within(place, text)
    if "cannot start any token" in problem:
        sign = _at(text, line, column)
        what = TAB if sign == "\t" else f"a text cannot begin with '{shown(sign)}'; put it in quotes"
        return InvalidYaml((line, column), what)
    if "unknown escape" in problem and _at(text, line, column) != "\\":
        column -= 1  # PyYAML's own parser points one character further
    opened = f" in line {_within(error.context_mark, text)[0]}" if error.context_mark else ""
    sentences = (s for pattern, s in _SENTENCES if re.search(pattern, problem))
    sentence = next(sentences, None) or next(
        (s for pattern, s in _BY_CONTEXT if re.search(pattern, context)), None
    )
    if sentence is None:
        sentence = "this cannot be read as YAML; put the text in quotes, or correct the indentation"
    return InvalidYaml((line, column), sentence.replace("{line}", opened))


_BREAK = re.compile("\r\n|[\r\n\x85\u2028\u2029]")
"""Line ends for both parsers."""


def _within(mark: yaml.Mark | None, text: str) -> Mark:
    """Line and column of a mark. libyaml puts the end of a text on a line of its own."""
    if mark is None:
        return (1, 1)
    ends = [found.end() for found in _BREAK.finditer(text)]
    if mark.line > len(ends):
        return (len(ends) + 1, len(text) - (ends[-1] if ends else 0) + 1)
    return (mark.line + 1, mark.column + 1)


def _at(text: str, line: int, column: int) -> str:
    """The character at a place; empty after the end."""
    ends = [0, *(found.end() for found in _BREAK.finditer(text))]
    at = ends[line - 1] + column - 1
    return text[at : at + 1]
