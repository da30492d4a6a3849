"""Editing the agenda of a running show: the file with the changes, and then as a reload."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.times import Duration, plus
from signaling.show import core
from signaling.show.core import CommandRefused
from signaling.show.eventtext import EventText
from signaling.show.facts import Reloaded, from_json, to_json
from signaling.show.reload import reload
from signaling.show.wire.commands import Edit
from tests.unit.signaling.show.build import Desk, clock, event, previewed, said, state_preview, text

DAY = (
    "a start: 10:00, duration: 10m",
    "b duration: 10m, source: berlin",
    "b duration: 10m, source: tokio",
    "d duration: 10m, notes: Quiet",
)
"""The ids are a, b, b-2 and d."""


def desk() -> Desk:
    return Desk(*DAY, has_file=True)


def running() -> Desk:
    at = desk()
    at.do("10:00", "start")
    return at


def edit(at: Desk, when: str, *changes: dict[str, Any]) -> None:
    at.do(when, "edit", base=0, changes=list(changes))


def plan(at: Desk) -> dict[str, str | None]:
    return {item.id: said(item.planned) for item in at.show.event.agenda}


def refusal(at: Desk, *changes: dict[str, Any], when: str = "10:05") -> CommandRefused:
    with pytest.raises(CommandRefused) as refused:
        edit(at, when, *changes)
    return refused.value


def test_an_edit_is_one_reload_in_the_log_and_undo_takes_it_back() -> None:
    at = running()
    before = at.show
    facts = at.do(
        "10:05", "edit", base=0, changes=[{"do": "set", "item": "d", "fields": {"duration": "20m"}}]
    )
    (reloaded,) = facts
    assert isinstance(reloaded, Reloaded)
    assert plan(at)["d"] == "10:30-10:50"
    assert at.show.undo[-1].asked.command == "edit"
    assert (
        core.replay(core.begin(event(*DAY)), *(from_json(to_json(fact)) for fact in at.facts)).file
        == at.show.file
    )
    at.do("10:06", "undo")
    assert (at.show.event, at.show.file) == (before.event, before.file)


def test_an_edit_is_the_reload_of_the_changed_file() -> None:
    at = running()
    changed = text(*DAY).replace("{title: D, duration: 10m", "{title: D, duration: 20m")
    by_reload = core.replay(at.show, *reload(at.show, EventText(changed), clock("10:05")))
    edit(at, "10:05", {"do": "set", "item": "d", "fields": {"duration": "20m"}})
    assert (at.show.event, at.show.file) == (by_reload.event, by_reload.file)


def test_an_edit_that_changes_nothing_is_no_step() -> None:
    at = running()
    steps = at.show.undo
    edit(at, "10:05", {"do": "set", "item": "d", "fields": {"duration": "10m", "speaker": None}})
    assert at.show.undo == steps


def test_items_keep_their_ids() -> None:
    at = running()
    edit(
        at,
        "10:05",
        {"do": "move", "item": "b-2", "before": "b"},
        {"do": "set", "item": "d", "fields": {"title": "Last"}},
        {"do": "add", "before": "d", "fields": {"title": "B", "duration": "5m", "source": "uchida"}},
    )
    assert [item.id for item in at.show.event.agenda] == ["a", "b-2", "b", "b-3", "d"]
    assert [item.source for item in at.show.event.agenda[1:4]] == ["tokio", "berlin", "uchida"]


def test_what_has_been_and_is_on_air_stays() -> None:
    at = running()
    at.do("10:05", "next")
    for change in ({"do": "move", "item": "a", "before": None}, {"do": "remove", "item": "b"}):
        assert refusal(at, change, when="10:06").reason == "item-stays"
    assert refusal(at, {"do": "set", "item": "a", "fields": {"title": "X"}}, when="10:06").reason == "over"
    edit(at, "10:06", {"do": "set", "item": "b", "fields": {"title": "On air", "duration": "12m"}})
    assert at.show.event.agenda[1].title == "On air"


def test_what_is_removed_after_it_was_on_air_is_named_by_its_title() -> None:
    at = running()
    at.do("10:05", "next")
    at.do("10:06", "reload", yaml=text(*DAY[1:]).replace("B, duration", "B, start: 10:05, duration", 1))
    refused = refusal(at, {"do": "set", "item": "a", "fields": {"title": "X"}}, when="10:07")
    assert (refused.reason, refused.details) == ("over", {"item": "A"})


def test_nothing_is_put_where_it_would_never_run() -> None:
    at = running()
    at.do("10:05", "next")
    new = {"title": "New", "duration": "5m", "source": "berlin"}
    for change in ({"do": "move", "item": "d", "before": "a"}, {"do": "add", "before": "b", "fields": new}):
        assert refusal(at, change, when="10:06").reason == "item-lost"
    edit(at, "10:06", {"do": "move", "item": "d", "before": "b-2"})
    assert [item.id for item in at.show.event.agenda] == ["a", "b", "d", "b-2"]


def test_nothing_is_put_above_an_item_that_came_too_late_itself() -> None:
    at = running()
    at.do("10:05", "next")
    late = text("late start: 10:00, duration: 1m", DAY[0].replace("10:00", "10:01"), *DAY[1:])
    at.do("10:06", "reload", yaml=late)
    edit(at, "10:07", {"do": "set", "item": "late", "fields": {"speaker": "Nobody"}})
    first = {"do": "set", "item": "d", "fields": {"start": "09:50"}}
    refused = refusal(at, first, {"do": "move", "item": "d", "before": "late"}, when="10:08")
    assert (refused.reason, refused.details) == ("item-lost", {"item": "D"})


def test_an_item_that_was_passed_comes_after_all_when_it_is_moved_below() -> None:
    at = running()
    at.do("10:05", "goto", item="b-2")
    edit(at, "10:06", {"do": "move", "item": "b", "before": "d"})
    assert at.show.skipped == {}
    assert [item.id for item in at.show.event.agenda] == ["a", "b-2", "b", "d"]


def test_unknown_items_are_refused_with_the_nearest() -> None:
    refused = refusal(running(), {"do": "remove", "item": "bb"})
    assert (refused.reason, refused.details["name"]) == ("unknown-item", "bb")


def test_a_show_without_the_text_of_its_file_is_not_edited() -> None:
    assert refusal(Desk(*DAY), {"do": "remove", "item": "d"}).reason == "no-file"


def test_the_agenda_does_not_become_empty() -> None:
    assert (
        refusal(desk(), *({"do": "remove", "item": id} for id in ("a", "b", "b-2", "d"))).reason
        == "not-editable"
    )


@pytest.mark.parametrize(
    ("fields", "field", "code", "value"),
    [
        ({"duration": "soon"}, "duration", "not-a-length", "soon"),
        ({"duration": None}, "duration", "missing", None),
        ({"start": "25:00"}, "start", "not-a-time", "25:00"),
        ({"title": " "}, "title", "empty", ""),
        ({"title": None}, "title", "empty", ""),
        ({"source": "osaka"}, "source", "unknown-source", "osaka"),
        ({"source": None}, "source", "missing", None),
        ({"with": ["berlin", "osaka"]}, "with", "unknown-source", "osaka"),
        ({"colour": "red"}, "colour", None, None),
        ({"layout": "round"}, "layout", None, None),
    ],
)
def test_each_fault_is_placed(
    fields: dict[str, Any], field: str, code: str | None, value: str | None
) -> None:
    (fault,) = refusal(desk(), {"do": "set", "item": "d", "fields": fields}).faults
    assert (fault.item, fault.change, fault.field, fault.code) == ("d", None, field, code)
    assert fault.details == ({} if value is None else {"value": value})
    assert fault.message


def test_faults_of_a_new_item_name_the_change() -> None:
    kept = {"do": "set", "item": "d", "fields": {"title": "Last"}}
    refused = refusal(
        desk(), kept, {"do": "add", "before": "a", "fields": {"title": "New", "source": "berlin"}}
    )
    found = {(fault.item, fault.change, fault.field, fault.code) for fault in refused.faults}
    assert (None, 1, "duration", "missing") in found


def test_the_document_has_what_the_file_says() -> None:
    at = desk()
    document = core.file_document(at.show, 7)
    assert document.rev == 7
    assert [item.id for item in document.items] == ["a", "b", "b-2", "d"]
    assert document.items[3].fields == {
        "title": "D",
        "duration": "10m",
        "notes": "Quiet",
        "source": "krefeld",
    }
    assert document.sources[-1] == "slate"


# Previews ---------------------------------------------------------------------------------------------------


@st.composite
def pressed(draw: st.DrawFn) -> tuple[Desk, Edit, str]:
    """A moment of a day, and an edit."""
    at, minute = desk(), 0
    for _ in range(draw(st.integers(0, 5))):
        minute += draw(st.integers(0, 9))
        what = draw(
            st.sampled_from(("start", "next", "goto", "hold", "extend", "delay", "skip", "arm", "undo"))
        )
        item = {"item": draw(st.sampled_from(("a", "b", "b-2", "d")))}
        seconds = {"seconds": draw(st.sampled_from((-300, 300)))}
        fields: dict[str, dict[str, Any]] = {
            **{"goto": item, "skip": item, "arm": item},
            **{"delay": item | seconds, "extend": seconds},
        }
        try:
            at.do(f"10:{minute:02}", what, **fields.get(what, {}))
        except CommandRefused:
            continue
    changes = draw(st.lists(_changes(), min_size=1, max_size=3))
    command = Edit.model_validate({"type": "edit", "id": "e", "base": 0, "changes": changes})
    return at, command, f"10:{minute + 1:02}"


@st.composite
def _changes(draw: st.DrawFn) -> dict[str, Any]:
    items = st.sampled_from(("a", "b", "b-2", "d"))
    values = st.fixed_dictionaries(
        {},
        optional={
            "title": st.sampled_from(("New", "B", "")),
            "duration": st.sampled_from(("1m", "30m", "x")),
            "start": st.sampled_from(("10:20", "10:50", None)),
            "hard": st.booleans(),
            "source": st.sampled_from(("uchida", "tokio/lectern")),
        },
    )
    return draw(
        st.one_of(
            st.fixed_dictionaries({"do": st.just("set"), "item": items, "fields": values}),
            st.fixed_dictionaries({"do": st.just("move"), "item": items, "before": items | st.none()}),
            st.fixed_dictionaries({"do": st.just("remove"), "item": items}),
            st.fixed_dictionaries(
                {
                    "do": st.just("add"),
                    "before": items | st.none(),
                    "fields": values.map(lambda v: {"title": "X", "duration": "5m", "source": "berlin", **v}),
                }
            ),
        )
    )


@settings(max_examples=150, deadline=None)
@given(pressed())
def test_a_preview_of_an_edit_is_what_the_state_shows_right_after_it(press: tuple[Desk, Edit, str]) -> None:
    at, command, when = press
    late, now = at.show, plus(clock(when), Duration(1))
    show = core.replay(late, *core.tick(late, now))
    try:
        facts = core.apply(show, command, now)
    except CommandRefused as refused:
        with pytest.raises(CommandRefused, match=re.escape(str(refused))):
            previewed(late, command, now)
        return
    found = previewed(late, command, now)
    after = core.replay(show, *facts)
    assert found == state_preview(core.replay(after, *core.tick(after, now)), now)
    # Nothing that was to come is lost, but for what was removed.
    removed = {change.item for change in command.changes if change.do == "remove"}
    assert {*show.index} - {*after.index} <= removed
