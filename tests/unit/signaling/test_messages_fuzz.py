"""Every message is parsed or refused with an explanation."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signaling.http.incoming import Malformed, read_command, read_file_text, read_message
from signaling.show.policy import MAX_EDIT_CHARS, MAX_MESSAGE_CHARS, MAX_OFFER_CHARS, MAX_RELOAD_CHARS
from signaling.show.terms import Role
from signaling.show.wire.socket import ErrorMessage

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
roles: st.SearchStrategy[Role | None] = st.sampled_from(["moderator", "venue", "viewer", None])


def fault_of(read: Callable[[], object]) -> Malformed | None:
    try:
        read()
    except Malformed as fault:
        return fault
    return None


def understood_or_explained(text: str, role: Role | None) -> None:
    body = text.encode(errors="surrogatepass")
    for fault in (
        fault_of(lambda: read_message(text, role)),
        fault_of(lambda: read_command(body, role or "viewer")),
        fault_of(lambda: read_file_text(body)),
    ):
        if fault is not None:
            assert str(fault).startswith("Not understood: ")
            assert len(str(fault)) < 2_000
            assert fault.id is None or len(fault.id) <= 64
            assert ErrorMessage(id=fault.id, code="invalid", message=str(fault)).model_dump_json()


@given(texts, roles)
def test_any_message_is_parsed_or_explained(text: str, role: Role | None) -> None:
    understood_or_explained(text, role)


@pytest.mark.parametrize("role", ["moderator", None])
def test_deep_and_huge_messages_are_explained(role: Role | None) -> None:
    for text in (
        "[" * 100_000,
        '{"type":' * 20_000,
        '{"id": "' + "x" * 200_000 + '"}',
        '{"type": "' + "x" * 7_000 + '"}',
        '{"type": ["x"], "id": ["x"]}',
        "1" * 50_000,
        "\ud800",
        r'{"id": "\ud800", "type": "start"}',
        r'{"id": "1", "type": "take", "source": ["\ud800"]}',
    ):
        understood_or_explained(text, role)


def message(type_: str, length: int, **fields: str) -> str:
    """A message of this length; the first of its `fields` is padded."""
    bare = {"type": type_, "id": "1", **fields}
    name = next(iter(fields))
    bare[name] = "x" * (length - len(json.dumps(bare)) + len(bare[name]))
    return json.dumps(bare)


@pytest.mark.parametrize(
    ("role", "type_", "field", "limit"),
    [
        (None, "hello", "token", MAX_MESSAGE_CHARS),
        ("viewer", "clock", "sent", MAX_MESSAGE_CHARS),
        ("moderator", "message", "text", MAX_MESSAGE_CHARS),
        ("viewer", "offer", "sdp", MAX_OFFER_CHARS),
        ("venue", "offer", "sdp", MAX_OFFER_CHARS),
        ("venue", "reload", "yaml", MAX_MESSAGE_CHARS),
        (None, "offer", "sdp", MAX_MESSAGE_CHARS),
        ("moderator", "reload", "yaml", MAX_RELOAD_CHARS),
        ("moderator", "edit", "base", MAX_EDIT_CHARS),
        ("interpreter", "edit", "base", MAX_MESSAGE_CHARS),
    ],
)
def test_each_message_has_its_own_limit_by_role_and_type(
    role: Role | None, type_: str, field: str, limit: int
) -> None:
    with pytest.raises(Malformed, match=f"may have {limit} characters"):
        read_message(message(type_, limit + 1, **{field: ""}), role)
    within = fault_of(lambda: read_message(message(type_, limit, **{field: ""}), role))
    assert "characters here" not in str(within)


def test_at_most_three_faults_of_a_message_are_reported() -> None:
    with pytest.raises(Malformed) as fault:
        read_message(json.dumps({"type": "start", "id": "1", **{f"k{n}": n for n in range(12)}}), "moderator")
    assert str(fault.value).count("Extra inputs") == 3
