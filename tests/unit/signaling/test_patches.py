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


INSTANT = "2026-03-14T{:02}:{:02}:00+01:00"


def item(start: int | None, minutes: int = 10, **more: object) -> dict[str, object]:
    """An item that is expected so many minutes after ten."""
    if start is None:
        return {"id": "x", "expected": {"start": None, "end": None}, **more}
    return {"id": "x", "expected": {"start": at(start), "end": at(start + minutes)}, **more}


def at(minutes: int) -> str:
    return INSTANT.format(10 + minutes // 60, minutes % 60)


agendas = st.lists(st.tuples(st.none() | st.integers(0, 60), st.sampled_from([5, 10])), max_size=8)


@given(agendas, st.data())
def test_items_that_have_moved_are_patched_like_anything_else(
    agenda: list[tuple[int | None, int]], data: st.DataObject
) -> None:
    """Whether they move together or not."""
    old = {"items": [item(start, minutes) for start, minutes in agenda]}
    by = data.draw(st.lists(st.sampled_from([0, 7, 7, 7, 20]), min_size=len(agenda), max_size=len(agenda)))
    new = {
        "items": [
            item(None if start is None else start + ahead, minutes, status=data.draw(st.sampled_from("ab")))
            for (start, minutes), ahead in zip(agenda, by, strict=True)
        ]
    }
    assert patched(copy.deepcopy(old), list(difference(old, new))) == new


def test_a_delay_of_a_whole_day_is_one_change() -> None:
    old = {"items": [item(0), *(item(n) for n in range(10, 300)), item(None), item(400)]}
    new = {"items": [item(0), *(item(n + 2) for n in range(10, 300)), item(None), item(402)]}
    (change,) = difference(old, new)
    assert change.shift is not None
    assert (change.path, change.shift.first, change.shift.last, change.shift.ms) == (
        ["items"],
        1,
        292,
        120_000,
    )


def test_what_changes_its_offset_is_not_shifted() -> None:
    """The night of DST: the same shift would be another text."""
    before, after = "2026-03-29T01:59:00+01:00", "2026-03-29T03:01:00+02:00"
    old = {"items": [{"expected": {"start": before, "end": before}}] * 4}
    new = {"items": [{"expected": {"start": after, "end": after}}] * 4}
    changes = list(difference(old, new))
    assert all(change.shift is None for change in changes)
    assert patched(copy.deepcopy(old), changes) == new


def test_true_and_one_are_not_the_same() -> None:
    assert [change.value for change in difference({"a": 1}, {"a": True})] == [True]
