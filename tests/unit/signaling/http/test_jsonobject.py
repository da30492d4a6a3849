"""JSON objects from strangers."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signaling.http import jsonobject
from signaling.http.jsonobject import MAX_FIELDS, MAX_NESTED_CHARS, NotAnObject, read_object

scalars = st.none() | st.booleans() | st.integers(-(10**17), 10**17) | st.text(max_size=30)
values = scalars | st.lists(scalars, max_size=4)


@given(st.dictionaries(st.text(max_size=10), values, max_size=MAX_FIELDS))
def test_an_object_is_read_as_json_reads_it(document: dict[str, object]) -> None:
    for text in (json.dumps(document), json.dumps(document, ensure_ascii=False, indent=1)):
        assert read_object(text) == json.loads(text)


@given(st.text(alphabet='{}[]",:0159.eE-+ntruefalse \\u\n', max_size=40))
def test_every_accepted_text_is_json_with_the_same_value(text: str) -> None:
    why = ""
    try:
        assert read_object(text) == json.loads(text)
    except NotAnObject as fault:
        why = str(fault)
    assert len(why) < 300


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "object"),
        ("[]", "object"),
        ('"hello"', "object"),
        ("{", "quotes"),
        ('{"a"}', "colon"),
        ('{"a":}', "expected at character 5"),
        ('{"a":1', "comma"),
        ('{"a":1,}', "quotes"),
        ('{"a":1}x', "follow"),
        ('{"a":1,"a":2}', "twice"),
        ('{"a":NaN}', "expected"),
        ('{"a":' + "1" * 5_000 + "}", "comma"),
        (r'{"a":"\ud800"}', "half a character"),
        (r'{"\ud800":1}', "half a character"),
        ('{"a":"\n"}', "broken"),
        ('{"a":' + "[" * 5_000, "nested"),
    ],
    ids=range(16),
)
def test_the_error_names_the_fault(text: str, why: str) -> None:
    with pytest.raises(NotAnObject, match=why):
        read_object(text)


def test_a_long_text_is_read_and_a_long_list_is_not() -> None:
    assert read_object('{"yaml":"' + "x" * 1_000_000 + '"}') == {"yaml": "x" * 1_000_000}
    with pytest.raises(NotAnObject, match=str(MAX_NESTED_CHARS)):
        read_object('{"a":[' + "[]," * 300_000 + "0]}")


def test_fields_beyond_the_maximum_are_not_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parsing and reporting 116,000 unknown keys took 0.1 s."""
    reads = 0

    def counted(text: str, at: int, strict: bool) -> object:
        nonlocal reads
        reads += 1
        return original(text, at, strict)

    original: Callable[..., object] = vars(jsonobject)["scanstring"]
    monkeypatch.setattr(jsonobject, "scanstring", counted)
    with pytest.raises(NotAnObject, match=str(MAX_FIELDS)):
        read_object("{" + ",".join(f'"k{n}":0' for n in range(116_000)) + "}")
    assert reads == MAX_FIELDS
