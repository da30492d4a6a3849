"""Finds lookalike characters in the structure of a file: indents, colons, dashes and brackets that YAML takes for text.

A parser treats U+00A0 or `：` as part of a text, and fails because of it only a line or more further down.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from config.faults import Mark
from config.yamltext.lookalikes import DASHES, QUOTES, is_blank, is_invisible, named_char

_NON_ASCII = re.compile(r"[^\x00-\x7f]")
_KEY = r"[A-Za-z0-9_-]{1,63}"
_SPACES = r"[ ]{0,99}"
_NON_ASCII_CHAR = "[^\x00-\x7f]"
"""Checked further by `is_blank` and `is_invisible`, because `re` has no classes for Unicode categories."""
_LEAD = rf"^{_SPACES}(?:-[ ]+)*"

_PLACES = [
    (
        re.compile(rf"^[ ]*({_NON_ASCII_CHAR})[^\x21-\x7f]*(?=-[^\x21-\x7f]|{_KEY}[^\x21-\x7f]*[:：])"),
        "indent",
    ),
    (re.compile(rf"{_LEAD}-({_NON_ASCII_CHAR})"), "dash"),
    (re.compile(rf"{_LEAD}({_NON_ASCII_CHAR})[^\x21-\x7f]*(?={_KEY}[^\x21-\x7f]*[:：])"), "dash"),
    (re.compile(rf"{_LEAD}{_KEY}[^\x21-\x7f：]{{0,99}}(：)"), "colon"),
    (re.compile(rf"[{{,]{_SPACES}{_KEY}{_SPACES}(：)"), "colon"),
    (re.compile(rf"{_LEAD}{_KEY}:({_NON_ASCII_CHAR})"), "behind-colon"),
    (re.compile(rf"[{{,]{_SPACES}{_KEY}:({_NON_ASCII_CHAR})"), "behind-colon"),
    (re.compile(rf"^{_SPACES}([{DASHES}・•])[^\x21-\x7f]*(?={_KEY}(?:[:：]|\s*$))"), "list"),
]
"""Places in a line that must be ASCII, each with the kind of fault there."""
_BLANKS = ("indent", "dash", "behind-colon")
"""Kinds for which only blank and invisible characters are faults."""
_AT_THE_FAULT = [
    (re.compile(f"([{QUOTES}])"), "quote"),
    (re.compile(r"^[^{\[]*[{\[].*?([，、｛｝［］])"), "bracket"),
    (re.compile("([｛［])"), "bracket"),
]
"""The same for characters that are allowed in any text. They are searched only in the line where the parser failed."""
_SENTENCES = {
    "indent": "{named} indents here; indent with ordinary spaces",
    "dash": "{named} is after the dash; put an ordinary space there",
    "colon": "the colon here is {named}; write `:` and a space",
    "behind-colon": "{named} is after the colon; put an ordinary space there",
    "list": "{named} begins no list; write `-` and a space",
    "quote": '{named} is no quotation mark here; write "',
    "bracket": "{named} is a letter here; write {ascii}",
}
_ASCII = {"，": "`,`", "、": "`,`", "｛": "`{`", "｝": "`}`", "［": "`[`", "］": "`]`"}
_BLOCK = re.compile(r"(?:^|[:-])[ ]+[|>][-+0-9]{0,2}[ ]*(?:#.*)?$")
"""The end of a line that is followed by a text over several lines."""


def misplaced(text: str, fault: Mark) -> tuple[Mark, str] | None:
    """The first lookalike of a YAML sign up to the line of `fault`: its place, and the fault with its remedy."""
    if not _NON_ASCII.search(text):
        return None
    found: list[tuple[Mark, str, str]] = []
    for number, line in _structure(text, fault[0]):
        places = _PLACES if number < fault[0] else [*_PLACES, *_AT_THE_FAULT]
        for pattern, kind in places:
            match = pattern.search(line)
            if match and (kind not in _BLANKS or is_blank(match[1]) or is_invisible(match[1])):
                found.append(((number, match.start(1) + 1), kind, match[1]))
                break
    if not found:
        return None
    mark, kind, c = found[0]
    sentence = _SENTENCES[kind].format(named=named_char(c), ascii=_ASCII.get(c, ""))
    more = sum(1 for _, other, _ in found[1:] if other == kind)
    lines = "line" if more == 1 else "lines"
    return mark, sentence + (f", and so it does in {more} more {lines}" if more else "")


def _structure(text: str, last: int) -> Iterator[tuple[int, str]]:
    """The lines up to `last` with their numbers, without comments and texts over several lines."""
    header: int | None = None
    """The indent of the line above a block."""
    inside = 0
    """The indent of the block's first line; 0 before it."""
    for number, line in enumerate(text.split("\n")[:last], start=1):
        indent = len(line) - len(line.lstrip(" "))
        if header is not None and line.strip():
            inside = inside or (indent if indent > header else 0)
            if not inside or indent < inside:
                header, inside = None, 0
        if header is None and not line.lstrip(" ").startswith("#"):
            yield number, line
            if _BLOCK.search(line.rstrip("\r")):
                header = indent
