"""Invariants of a reload of any changed file at any moment of any day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from config.model import Event, place_of
from signaling.show import core
from signaling.show.core import CommandRefused, Show
from signaling.show.eventtext import EventText
from signaling.show.facts import Cut, from_json, to_json
from signaling.show.reload import reload
from signaling.show.routing import programme
from signaling.show.rundown import rows_at
from signaling.show.wire.commands import COMMAND
from tests.unit.signaling.show import days
from tests.unit.signaling.show.build import published
from tests.unit.signaling.show.days import Day, events, moments
from tests.unit.signaling.show.files import FILES, files, looked_up

THOROUGH = settings(max_examples=80, deadline=None)


@pytest.fixture(scope="module", autouse=True)
def _texts_are_looked_up() -> Iterator[None]:
    with looked_up():
        yield


@st.composite
def reloads(draw: st.DrawFn) -> tuple[Event, Day, Show]:
    """The first event of a day, the day after a reload at any moment, and the show just before the reload."""
    event = draw(events())
    *_, day = draw(moments(event))
    before = day.show
    try:
        facts = reload(before, EventText(draw(files())), day.now)
    except CommandRefused:
        assume(False)
        raise
    assume(facts)
    day.note(facts)
    return event, day, before


@st.composite
def longer_days(draw: st.DrawFn) -> tuple[Event, Day]:
    """The first event of a day, and the day some time after a reload."""
    event, day, _ = draw(reloads())
    for _ in range(draw(st.integers(0, 8))):
        days._happen(draw, day)
    return event, day


@THOROUGH
@given(reloads())
def test_past_items_and_the_item_on_air_stay(reloaded: tuple[Event, Day, Show]) -> None:
    _, day, before = reloaded
    after = day.show
    assert (after.programme, after.since) == (before.programme, before.since)
    assert programme(after) == before.programme
    assert not isinstance(day.facts[-1], Cut)
    assert (after.phase, after.on_air, after.last) == (before.phase, before.on_air, before.last)
    assert after.runs == before.runs
    past = [item.id for item in before.event.agenda[: before.position + 1] if item.id in before.runs]
    assert [item.id for item in after.event.agenda[: after.position + 1] if item.id in after.runs] == past
    if before.item is not None:
        assert after.item is not None
        assert (after.item.source, after.item.beside, after.item.mics) == (
            before.item.source,
            before.item.beside,
            before.item.mics,
        )


@THOROUGH
@given(longer_days())
def test_a_show_that_was_reloaded_goes_on_like_any_other(reloaded: tuple[Event, Day]) -> None:
    """After any further steps the log rebuilds it, times are in order, and it can be published."""
    event, day = reloaded
    assert core.replay(core.begin(event), *(from_json(to_json(fact)) for fact in day.facts)) == day.show
    ids = [item.id for item in day.show.event.agenda]
    assert len(set(ids)) == len(ids)
    assert {id: ids.index(id) for id in ids} == day.show.index
    assert set(day.show.runs) <= set(ids)
    assert set(day.show.sources) == set(day.show.event.sources)
    end = day.now
    for row in rows_at(day.show, day.now):
        if row.status in ("next", "coming") and day.show.phase != "ended":
            assert row.expected is not None
            assert end <= row.expected.start < row.expected.end
            end = row.expected.end
    assert len(published(day.show, day.now).items) == len(ids)


@THOROUGH
@given(reloads())
def test_undo_gives_the_show_from_before_a_reload(reloaded: tuple[Event, Day, Show]) -> None:
    _, day, before = reloaded
    undo = COMMAND.validate_python({"type": "undo", "id": "2"})
    undone = core.replay(day.show, *core.apply(day.show, undo, day.now))
    # A place that a reload removed and undo brought back is not in `recent` any more, and a booth is closed: no
    # command of the desk switches an interpreter's microphone on.
    kept = {seat: value for seat, value in before.seats.items() if seat in undone.seats}
    assert undone.seats == kept
    assert all(place_of(seat) not in day.show.event.booths for seat in before.seats if seat not in kept)
    assert undone.outputs.items() <= before.outputs.items()
    assert undone.asks.items() <= before.asks.items()
    changed = replace(
        undone,
        latest=before.latest,
        recent=before.recent,
        actions=before.actions,
        seats=before.seats,
        outputs=before.outputs,
        asks=before.asks,
        carried=before.carried,
    )
    assert changed == before
    assert rows_at(undone, day.now) == rows_at(before, day.now)


@THOROUGH
@given(reloads(), files())
def test_the_difference_is_what_a_reload_does(reloaded: tuple[Event, Day, Show], text: str) -> None:
    _, day, _ = reloaded
    show = day.show
    try:
        told = core.difference(show, EventText(text), day.now)
    except CommandRefused:
        return
    after = core.replay(show, *reload(show, EventText(text), day.now))
    ids = [{item.id for item in event.agenda} for event in (show.event, after.event)]
    assert {item.id for item in told.new} == ids[1] - ids[0]
    assert {item.id for item in told.gone} == ids[0] - ids[1]
    assert {item.id for item in told.too_late} == {item.id for item in FILES[text].agenda} - ids[1]
    again = core.difference(after, EventText(text), day.now)
    # Skipped items stay in the file.
    assert [name for name, what in again if what and name != "too_late"] == []


@THOROUGH
@given(st.lists(st.tuples(st.integers(0, 2), st.sampled_from(("look", "edit", "edit", "another command")))))
def test_of_people_who_edit_at_once_none_loses_a_word_or_is_refused_without_cause(
    steps: list[tuple[int, str]],
) -> None:
    rev = changed = 0
    words: list[int] = []
    copies: dict[int, tuple[int, list[int]]] = dict.fromkeys(range(3), (0, []))
    accepted: list[int] = []
    for word, (who, step) in enumerate(steps):
        base, copy = copies[who]
        if step == "look":
            copies[who] = rev, words
        elif step == "another command":
            rev += 1
        else:
            try:
                core.check_base(base, changed, rev)
            except CommandRefused as refusal:
                assert refusal.code == "stale"  # noqa: PT017
                assert copy != words
                continue
            rev += 1
            changed, words = rev, [*copy, word]
            accepted.append(word)
    assert words == accepted
