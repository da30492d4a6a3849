"""A patch turns the old state into the new one, whatever they are."""

from __future__ import annotations

import copy

from hypothesis import given
from hypothesis import strategies as st

from signaling.patches import difference, patched

leaves = st.none() | st.booleans() | st.integers(-3, 3) | st.text(max_size=3)
documents = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
)
states = st.dictionaries(st.sampled_from("abcd"), documents, max_size=4)


@given(states, states)
def test_the_patched_old_state_is_the_new_one(old: dict[str, object], new: dict[str, object]) -> None:
    result = patched(copy.deepcopy(old), list(difference(old, new)))
    assert result == new


@given(states)
def test_equal_states_make_no_changes(state: dict[str, object]) -> None:
    assert list(difference(state, copy.deepcopy(state))) == []


def test_a_change_deep_inside_travels_alone() -> None:
    old = {"items": [{"id": "a", "status": "next"}, {"id": "b", "status": "coming"}]}
    new = {"items": [{"id": "a", "status": "on-air"}, {"id": "b", "status": "coming"}]}
    (change,) = difference(old, new)
    assert (change.path, change.value) == (["items", 0, "status"], "on-air")


def test_true_and_one_are_not_the_same() -> None:
    assert [change.value for change in difference({"a": 1}, {"a": True})] == [True]
