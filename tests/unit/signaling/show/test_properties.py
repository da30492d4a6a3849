"""Invariants of any event, under any commands and reports."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from datetime import datetime
from itertools import takewhile

from hypothesis import given, settings
from hypothesis import strategies as st

from config.model import SLATE, Advance, Event, place_of
from config.times import Duration, Instant, between, plus
from signaling.patches import changes, patched
from signaling.show import core
from signaling.show.actions import Asked, Undone
from signaling.show.core import Show
from signaling.show.facts import (
    Cut,
    Ended,
    Failed,
    Recovered,
    Released,
    SourceChanged,
    Spoke,
    Started,
    Taken,
    from_json,
    to_json,
)
from signaling.show.failover import RECOVERY_TIME, SourceStatus, is_silent
from signaling.show.rehearsal import ORDER, rehearse
from signaling.show.routing import matrix, programme, wanted
from signaling.show.rundown import Row, is_overdue, rows_at
from signaling.show.terms import Role
from signaling.show.view import View
from signaling.show.wire.commands import COMMAND
from tests.unit.signaling.show.build import published, seen
from tests.unit.signaling.show.days import TEN, Day, events, moments, storms

QUICK = settings(max_examples=25, deadline=None)
THOROUGH = settings(max_examples=100, deadline=None)
LATER = Duration(10 * 24 * 3_600_000)


@st.composite
def days(draw: st.DrawFn, advance: Advance | None = None) -> Day:
    """Any event at any moment of its day."""
    *_, day = draw(moments(draw(events(advance))))
    return day


def to_come(day: Day, now: Instant) -> list[Row]:
    return [row for row in rows_at(day.show, now) if row.status in ("next", "coming")]


@QUICK
@given(days())
def test_items_on_air_never_overlap(day: Day) -> None:
    on_air = None
    latest = TEN
    show = core.begin(day.show.event)
    for fact in day.facts:
        show = core.evolve(show, fact)
        if isinstance(fact, Undone):
            on_air = show.on_air
        if isinstance(fact, Started | Ended):
            assert fact.at >= latest
            latest = fact.at
            assert (on_air is None) == isinstance(fact, Started)
            on_air = fact.item if isinstance(fact, Started) else None
    assert on_air == day.show.on_air


@QUICK
@given(days())
def test_no_item_runs_twice_unless_a_moderator_went_back(day: Day) -> None:
    position = -1
    show = core.begin(day.show.event)
    for fact in day.facts:
        show = core.evolve(show, fact)
        if isinstance(fact, Undone):
            position = show.position
        if isinstance(fact, Started):
            began, position = position, day.show.index[fact.item]
            assert position > began or fact.why in ("previous", "goto")


@QUICK
@given(days(), st.integers(0, 3_600_000))
def test_expected_times_are_in_order_and_never_before_now(day: Day, wait: int) -> None:
    now = plus(day.now, Duration(wait))
    found = rows_at(day.show, now)
    end = now
    for row in found:
        if row.status == "on-air":
            assert row.expected is not None
            assert row.expected.end >= now
            end = row.expected.end
        elif row.status in ("next", "coming") and day.show.phase != "ended":
            assert row.expected is not None
            assert end <= row.expected.start < row.expected.end
            end = row.expected.end
    assert [row.status for row in found].count("on-air") == (day.show.on_air is not None)
    assert [row.status for row in found].count("next") <= 1


@QUICK
@given(days(), st.integers(0, 600_000))
def test_expected_times_do_not_move_until_something_overruns(day: Day, wait: int) -> None:
    later = plus(day.now, Duration(wait))
    if not is_overdue(day.show, later):
        assert rows_at(day.show, later) == rows_at(day.show, day.now)


@QUICK
@given(days(Advance.AUTO))
def test_what_is_expected_happens_if_nothing_else_does(day: Day) -> None:
    if day.show.phase != "running" or day.show.held:
        return
    expected = {row.item.id: row.expected for row in to_come(day, day.now)}
    ended = core.replay(day.show, *core.tick(day.show, plus(day.now, LATER)))
    assert ended.phase == "ended"
    assert {item: (run.start, run.end) for item, run in ended.runs.items() if item in expected} == {
        item: (span.start, span.end) for item, span in expected.items() if span is not None
    }


@QUICK
@given(days())
def test_replaying_the_log_gives_the_identical_show(day: Day) -> None:
    log = [to_json(fact) for fact in day.facts]
    assert core.replay(core.begin(day.show.event), *map(from_json, log)) == day.show


@THOROUGH
@given(st.data())
def test_undo_gives_the_identical_plan(data: st.DataObject) -> None:
    """For any command, and any number of undos."""
    for day in data.draw(moments(data.draw(events()))):
        if day.show.undo:
            before = show_before_last_command(day)
            undone = core.replay(day.show, *core.apply(day.show, UNDO, day.now))
            assert plan(undone, day.now) == plan(before, day.now)
            assert undone.undo == day.show.undo[:-1]


def show_before_last_command(day: Day) -> Show:
    """Of the commands that can be undone."""
    show = core.begin(day.show.event)
    shows: list[Show] = []
    for fact in day.facts:
        if isinstance(fact, Asked):
            shows.append(show)
        show = core.evolve(show, fact)
        if isinstance(fact, Undone):
            shows.pop()
    return shows[-1]


UNDO = COMMAND.validate_python({"type": "undo", "id": "1"})


def plan(show: Show, now: Instant) -> object:
    """Everything that moderators decide, and its effect."""
    by_hand = (show.phase, show.held, show.taken, show.armed_item, show.mics, show.delays, show.skipped)
    return rows_at(show, now), by_hand


@QUICK
@given(days(), st.integers(0, 3_600_000), st.integers(0, 3_600_000))
def test_it_does_not_matter_how_often_the_clock_ticks(day: Day, first: int, second: int) -> None:
    middle, last = plus(day.now, Duration(first)), plus(day.now, Duration(first + second))
    at_once = core.tick(day.show, last)
    early = core.tick(day.show, middle)
    show = core.replay(day.show, *early)
    assert early + core.tick(show, last) == at_once
    show = core.replay(day.show, *at_once)
    assert core.tick(show, last) == ()
    due = core.due(show)
    assert due is None or due > last


@QUICK
@given(days())
def test_the_programme_on_record_is_the_one_that_should_be(day: Day) -> None:
    found = programme(day.show)
    assert day.show.programme == found
    assert all(is_there(source, day.show) for source in found.on_screen)


def is_there(source: str, show: Show) -> bool:
    """It has a picture, or had one less than 800 ms ago."""
    return source == SLATE or show.sources[source].state == "live" or is_silent(show.sources[source])


@THOROUGH
@given(storms())
def test_no_cut_goes_to_a_source_that_is_not_live_nor_to_the_slate_while_a_fallback_is_usable(
    day: Day,
) -> None:
    show = core.begin(day.show.event)
    for fact in day.facts:
        before, show = show, core.evolve(show, fact)
        if not isinstance(fact, Cut):
            continue
        for source in {fact.source, *fact.beside} - {SLATE, *before.programme.on_screen}:
            assert is_good(show.sources[source])
        if fact.reason == "fallback":
            chain = (wanted(show), *(() if show.item is None else show.item.fallback))
            ahead = takewhile(fact.source.__ne__, chain)
            assert not any(source == SLATE or is_good(show.sources[source]) for source in ahead)


def is_good(signal: SourceStatus) -> bool:
    return signal.state == "live" and signal.failed is None


@THOROUGH
@given(storms())
def test_a_failed_source_is_back_after_2_s_live_unless_somebody_takes_it(
    day: Day,
) -> None:
    failed: set[str] = set()
    live_since: dict[str, Instant] = {}
    for fact in day.facts:
        match fact:
            case SourceChanged(source=source, state="live", at=at):
                live_since.setdefault(source, at)
            case SourceChanged(source=source):
                live_since.pop(source, None)
            case Failed(source=source):
                failed.add(source)
            case Recovered(source=source, at=at):
                failed.remove(source)
                wanted_at_once = Taken(source=source, at=at) in day.facts
                assert wanted_at_once or between(live_since[source], at) >= RECOVERY_TIME
            case Cut():
                assert not failed & {fact.source, *fact.beside}
            case _:
                pass


@THOROUGH
@given(storms())
def test_a_fallback_stays_for_2_s_unless_it_is_lost_or_somebody_takes_another(day: Day) -> None:
    show = core.begin(day.show.event)
    fallback: Cut | None = None
    never_live: set[str] = set()
    for fact in day.facts:
        before, show = show, core.evolve(show, fact)
        if isinstance(fact, Started | Ended | Taken | Released | Spoke):
            fallback = None  # The agenda advances, or somebody takes another.
        if not isinstance(fact, Cut):
            continue
        if fallback is not None and fact.source != fallback.source and is_there(fallback.source, show):
            first_time = fact.source in never_live
            assert first_time or between(fallback.at, fact.at) >= RECOVERY_TIME
        # The slate gives way to a fallback as soon as that has recovered, whenever its 2 s began.
        fallback = fact if fact.reason == "fallback" and fact.source != SLATE else None
        never_live = {source for source, status in before.sources.items() if not status.was_live}


@QUICK
@given(days(), st.dictionaries(st.sampled_from(["krefeld", "tokio/lectern"]), st.booleans()))
def test_no_place_is_sent_its_own_picture_or_sound(day: Day, by_hand: dict[str, bool]) -> None:
    show = replace(day.show, mics=by_hand)
    roles: dict[str, Role] = {
        **dict.fromkeys(show.event.venues, "venue"),
        **dict.fromkeys(show.event.guests, "guest"),
    }
    for place, sight in matrix(show, roles).items():
        assert place not in {place_of(s) for s in (*sight.pictures, *sight.mics)}
        assert len(set(sight.pictures)) == len(sight.pictures)
        assert is_there(sight.program, show)


@QUICK
@given(days())
def test_any_state_can_be_published(day: Day) -> None:
    document = published(day.show, day.now)
    assert len(document.items) == len(day.show.event.agenda)


@QUICK
@given(st.data())
def test_what_is_published_is_the_dump_of_the_state_at_every_moment(data: st.DataObject) -> None:
    event = data.draw(events())
    before: View | None = None
    for day in data.draw(moments(event)):
        found, page = seen(day.show, day.now), published(day.show, day.now)
        assert found.document() == page.model_dump(mode="json", by_alias=True, exclude={"rev", "now"})
        if before is not None:
            told = list(changes(before, found))
            assert patched(deepcopy(before.document()), told) == found.document()
        before = found


@QUICK
@given(events())
def test_a_rehearsal_ends_and_its_lines_are_in_order(event: Event) -> None:
    lines = list(rehearse(event))
    keys = [(datetime.fromisoformat(line["at"]), ORDER[line["event"]]) for line in lines]
    assert keys == sorted(keys)
    aired = [line["item"] for line in lines if line["event"] == "item-started"]
    assert aired == sorted(set(aired))
    assert bool(lines) == (not all(item.skip for item in event.agenda))
    assert not lines or lines[-1]["event"] == "show-ended"
