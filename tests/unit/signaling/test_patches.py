"""A patch turns any old state into any new one."""

from __future__ import annotations

import copy
import json

from hypothesis import given
from hypothesis import strategies as st

from config.times import MINUTE, Duration, plus
from config.yamlfile import parse
from signaling.patches import MAX_COMPARED_ITEMS, PatchCache, changes, difference, patch_text, patched
from signaling.show import core
from signaling.show.view import View
from signaling.show.wire.socket import Patch, Shift
from tests.unit.signaling.show.build import Desk, clock, seen

NIGHT = """\
event: {title: Night, date: 2026-03-29, timezone: Europe/Berlin}
venues: {krefeld: {}}
agenda:
  - {title: "0", start: 01:30, duration: 2m, source: krefeld}
""" + "".join(f'  - {{title: "{n}", duration: 2m, source: krefeld}}\n' for n in range(1, 40))
"""Forty items of two minutes across the hour that DST skips."""

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


def test_a_nested_change_is_sent_alone() -> None:
    old = {"items": [{"id": "a", "status": "next"}, {"id": "b", "status": "coming"}]}
    new = {"items": [{"id": "a", "status": "on-air"}, {"id": "b", "status": "coming"}]}
    (change,) = difference(old, new)
    assert (change.path, change.value) == (["items", 0, "status"], "on-air")


def test_a_delay_of_a_whole_day_is_one_change() -> None:
    desk = Desk("i0 start: 10:00, duration: 2m", *(f"i{n} duration: 2m" for n in range(1, 300)))
    desk.do("10:00", "start")
    desk.do("10:00", "skip", item="i290")
    before = seen(desk.show, clock("10:00:30"))
    desk.do("10:00:30", "extend", seconds=120)
    after = seen(desk.show, clock("10:00:30"))
    found = [change for change in changes(before, after) if change.path[0] == "items"]
    assert (found[0].path, found[0].shift) == (["items"], Shift(first=1, last=299, ms=120_000))
    assert {tuple(change.path) for change in found[1:]} == {
        ("items", 0, "expected", "end"),
        ("items", 0, "length_s"),
    }
    assert patched(copy.deepcopy(before.document()), list(changes(before, after))) == after.document()


def test_a_time_whose_utc_offset_changes_is_not_shifted() -> None:
    """In the night of the DST change, a shift would give the wrong offset."""
    show = core.begin(parse(NIGHT, "night.yaml"))
    first = show.event.agenda[0].planned.start
    before, after = seen(show, first), seen(show, plus(first, Duration(10 * MINUTE)))
    found = list(changes(before, after))
    assert patched(copy.deepcopy(before.document()), found) == after.document()
    shifts = [change.shift for change in found if change.shift is not None]
    # At 02:00 clocks are set to 03:00. Six items come to end or begin on the other side of it.
    assert [(shift.first, shift.last) for shift in shifts] == [(0, 8), (15, 39)]


def test_a_changed_plan_is_sent_item_by_item() -> None:
    """After a reload of the event file."""
    before = seen(Desk("a start: 10:00, duration: 15m", "b duration: 15m").show, clock("09:00"))
    after = seen(Desk("a start: 10:00, duration: 15m", "b duration: 20m").show, clock("09:00"))
    longer = seen(
        Desk("a start: 10:00, duration: 15m", "b duration: 15m", "c duration: 5m").show, clock("09:00")
    )
    assert ["items", 1, "length_s"] in [change.path for change in changes(before, after)]
    assert ["items"] in [change.path for change in changes(before, longer)]
    for found in (after, longer):
        assert patched(copy.deepcopy(before.document()), list(changes(before, found))) == found.document()


def test_a_plan_in_which_many_items_differ_is_sent_whole() -> None:
    """Field by field took the server 40 ms for 500 items, and no fewer bytes."""

    def plan(minutes: int, items: int) -> View:
        rest = (f"i{n} duration: {minutes}m" for n in range(1, items))
        return seen(Desk(f"i0 start: 10:00, duration: {minutes}m", *rest).show, clock("09:00"))

    for items, is_sent_whole in ((MAX_COMPARED_ITEMS, False), (MAX_COMPARED_ITEMS + 1, True)):
        before, after = plan(2, items), plan(3, items)
        found = changes(before, after)
        assert (["items"] in [change.path for change in found]) is is_sent_whole
        assert patched(copy.deepcopy(before.document()), found) == after.document()


def test_a_patch_is_encoded_as_its_type_says_and_each_change_once() -> None:
    desk = Desk("a start: 10:00, duration: 15m", "b duration: 15m")
    before = seen(desk.show, clock("10:00"))
    desk.do("10:00", "start")
    cache = PatchCache()
    found = changes(before, seen(desk.show, clock("10:00")), cache)
    text = patch_text(7, 8, found, cache)
    assert Patch.model_validate_json(text) == Patch(base=7, rev=8, changes=found)
    assert json.loads(text) == json.loads(Patch(base=7, rev=8, changes=found).model_dump_json())
    assert cache.text(found[0]) is cache.text(found[0])


def test_true_and_one_are_not_the_same() -> None:
    assert [change.value for change in difference({"a": 1}, {"a": True})] == [True]
