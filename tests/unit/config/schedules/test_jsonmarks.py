"""Every value of a JSON text has its place."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from config.faults import KeyPath
from config.schedules.jsonmarks import marks

VALUES = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


def paths(value: Any, at: KeyPath = ()) -> dict[KeyPath, Any]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = {at: value}
    for key, child in inside:
        found |= paths(child, (*at, key))
    return found


@given(VALUES, st.sampled_from((None, 1)), st.booleans())
def test_each_value_is_at_its_mark(value: Any, indent: int | None, ascii: bool) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii)
    lines = text.split("\n")
    found = marks(text)
    assert found.keys() == paths(value).keys()
    for path, there in paths(value).items():
        line, column = found[path]
        rest = "\n".join([lines[line - 1][column - 1 :], *lines[line:]])
        assert json.JSONDecoder().raw_decode(rest)[0] == there
