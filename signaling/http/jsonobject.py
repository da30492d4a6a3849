"""Parses a JSON object from a stranger: a bounded number of fields, and only texts may be long.

Every message to the server is a flat object. A general parser blocks the loop for 0.1 to 1.3 s (measured) on 1 MiB of
`[[],[],…` or of 116,000 unknown keys. This one reads field by field and stops at the first fault.
"""

from __future__ import annotations

import json
import re
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import Any, Final

MAX_FIELDS: Final = 16
"""The largest message has seven."""
MAX_NESTED_CHARS: Final = 8 * 1024
"""Length of a message that may contain lists, unless its sender may send longer ones. They are short: sources,
recipients."""

_DECODER: Final = json.JSONDecoder()
_SPACE: Final = re.compile(r"[ \t\n\r]*")
_SCALAR: Final = re.compile(r"null|true|false|-?\d{1,18}(?:\.\d{1,18})?(?:[eE][+-]?\d{1,3})?")


class NotAnObject(ValueError):
    """The text is no JSON object, or one that no message can be. The error says where and why."""


def read_object(text: str, max_nested_chars: int = MAX_NESTED_CHARS) -> dict[str, Any]:
    """The fields of a JSON object. It holds lists and objects only if it is not longer than `max_nested_chars`.

    Raises:
        NotAnObject: after `MAX_FIELDS` fields at the latest, however long the text is.
    """
    at = _after_space(text, 0)
    if text[at : at + 1] != "{":
        raise NotAnObject("an object {…} is expected")
    found: dict[str, Any] = {}
    at = _after_space(text, at + 1)
    if text[at : at + 1] == "}":
        return _ended(text, at, found)
    for _ in range(MAX_FIELDS):
        key, at = _string(text, at)
        if key in found:
            raise NotAnObject(f"the key {key[:40]!r} comes twice")
        at = _after_space(text, at)
        if text[at : at + 1] != ":":
            raise NotAnObject(f"a colon is expected at character {at}")
        found[key], at = _value(text, _after_space(text, at + 1), max_nested_chars)
        at = _after_space(text, at)
        match text[at : at + 1]:
            case "}":
                return _ended(text, at, found)
            case ",":
                at = _after_space(text, at + 1)
            case _:
                raise NotAnObject(f"a comma or the end is expected at character {at}")
    raise NotAnObject(f"no message has more than {MAX_FIELDS} fields")


def _ended(text: str, at: int, found: dict[str, Any]) -> dict[str, Any]:
    if _after_space(text, at + 1) != len(text):
        raise NotAnObject(f"nothing may follow the object, which ends at character {at}")
    return found


def _after_space(text: str, at: int) -> int:
    space = _SPACE.match(text, at)
    assert space is not None
    return space.end()


def _string(text: str, at: int) -> tuple[str, int]:
    if text[at : at + 1] != '"':
        raise NotAnObject(f"a text in quotes is expected at character {at}")
    try:
        found, end = scanstring(text, at + 1, True)
        # A lone surrogate ("\ud800") is valid JSON, but has no encoding in UTF-8.
        found.encode()
    except UnicodeEncodeError:
        raise NotAnObject(f"the text at character {at} holds half a character") from None
    except ValueError:
        raise NotAnObject(f"the text at character {at} is broken") from None
    return found, end


def _value(text: str, at: int, max_nested_chars: int) -> tuple[Any, int]:
    match text[at : at + 1]:
        case '"':
            return _string(text, at)
        case "[" | "{" if len(text) <= max_nested_chars:
            try:
                return _DECODER.raw_decode(text, at)
            except (ValueError, RecursionError):
                raise NotAnObject(f"what begins at character {at} is broken or nested too deep") from None
        case "[" | "{":
            raise NotAnObject(
                f"a message of more than {max_nested_chars} characters holds texts and numbers alone"
            )
        case _:
            if (scalar := _SCALAR.match(text, at)) is None:
                raise NotAnObject(f"a text, a number, true, false or null is expected at character {at}")
            return json.loads(scalar[0]), scalar.end()
