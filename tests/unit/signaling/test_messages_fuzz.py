"""Whatever a page sends, it is understood or explained."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from signaling.session import _id_in, explain
from signaling.show.messages import CLIENT_MESSAGE, COMMAND, Fault

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
types = st.sampled_from(
    ["hello", "offer", "leave", "clock", "start", "next", "goto", "extend", "take", "arm", "", "x"]
)
keys = st.sampled_from(
    ["id", "type", "from", "item", "seconds", "source", "token", "sdp", "rev", "boot", "sent"]
)
shaped = st.builds(
    lambda kind, rest: {**rest, "type": kind}, types, st.dictionaries(keys, values, max_size=5)
)
texts = st.one_of(st.text(), shaped.map(json.dumps), values.map(json.dumps))


def understood_or_explained(text: str) -> None:
    said = ""
    for adapter in (CLIENT_MESSAGE, COMMAND):
        said = "Not understood: "
        try:
            adapter.validate_json(text)
        except ValidationError as fault:
            said = explain(fault)
        assert said.startswith("Not understood: ")
        assert len(said) < 2_000
    found = _id_in(text)
    assert found is None or len(found) <= 64
    assert Fault(id=found, code="invalid", message=said).model_dump_json()


@given(texts)
def test_any_message_is_understood_or_explained(text: str) -> None:
    understood_or_explained(text)


def test_deep_and_huge_messages_are_explained() -> None:
    for text in (
        "[" * 100_000,
        '{"type":' * 20_000,
        '{"id": "' + "x" * 200_000 + '"}',
        "1" * 50_000,
        "\ud800",
        r'{"id": "\ud800", "type": "start"}',
    ):
        understood_or_explained(text)
