"""A preview tells what a command would do, and does nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.times import Duration, Instant, plus
from signaling.show import core
from signaling.show.core import CommandRefused, Show
from signaling.show.eventtext import EventText
from signaling.show.wire.commands import COMMAND
from signaling.show.wire.preview import Preview
from tests.unit.signaling.show.build import Desk, clock, previewed, state_preview, text
from tests.unit.signaling.show.days import PRESSED, events, fields_of, moments

AGENDA = (
    "a start: 10:00, duration: 10m",
    "b duration: 10m, source: berlin",
    "c duration: 10m, source: tokio",
    "d start: 10:40, duration: 10m, hard: true",
)


def preview(desk: Desk, at: str, command: str, **fields: object) -> Preview:
    """The preview of a command at this time, without what is due before it."""
    if command in ("next", "previous"):
        fields = {"from": desk.show.last} | fields
    wanted = COMMAND.validate_python({"id": "1", "type": command, **fields})
    return core.preview(desk.show, lambda show, now: core.apply(show, wanted, now), clock(at))


def starts(told: Preview) -> dict[str, str | None]:
    """When each item is expected to begin, in hours and minutes."""
    return {id: item.expected.start and item.expected.start[11:16] for id, item in told.items.items()}


def statuses(told: Preview) -> str:
    return " ".join(item.status for item in told.items.values())


def running(*agenda: str) -> Desk:
    desk = Desk(*(agenda or AGENDA))
    desk.do("10:00", "start")
    return desk


def test_extend_moves_what_follows() -> None:
    told = preview(running(), "10:05", "extend", seconds=300)
    assert starts(told) == {"a": "10:00", "b": "10:15", "c": "10:25", "d": "10:40"}
    assert (told.dropped, told.offset_s) == ([], 300)
    assert told.ends == "2018-09-15T10:50:00+02:00"


def test_what_has_no_time_before_a_hard_start_is_dropped() -> None:
    told = preview(running(), "10:05", "extend", seconds=1200)
    assert statuses(told) == "on-air next skipped coming"
    assert told.dropped == ["c"]


def test_what_goto_passes_is_dropped_and_what_is_on_air_is_not() -> None:
    told = preview(running(), "10:05", "goto", item="c")
    assert statuses(told) == "done skipped on-air next"
    assert told.dropped == ["b"]
    assert (told.program.source, told.program.reason) == ("tokio", "agenda")


def test_what_is_skipped_already_is_not_dropped_again() -> None:
    desk = running()
    desk.do("10:01", "skip", item="b")
    assert preview(desk, "10:05", "skip", item="c").dropped == ["c"]
    assert preview(desk, "10:05", "unskip", item="b").dropped == []


def test_what_a_changed_file_lacks_is_dropped() -> None:
    desk = running()
    file = EventText(text(*AGENDA[:2], AGENDA[3]))
    told = core.preview(desk.show, lambda show, now: core.reload(show, file, now), clock("10:05"))
    assert list(told.items) == ["a", "b", "d"]
    assert told.dropped == ["c"]


def test_a_marked_item_is_what_comes_next() -> None:
    told = preview(running(), "10:05", "arm", item="c")
    assert statuses(told) == "on-air coming next coming"


def test_after_the_last_item_the_slate_is_on_air() -> None:
    desk = running(AGENDA[0])
    told = preview(desk, "10:05", "next")
    assert statuses(told) == "done"
    assert (told.program.source, told.program.reason) == ("slate", "agenda")
    assert told.ends == "2018-09-15T10:05:00+02:00"


def test_a_source_that_is_not_there_is_replaced() -> None:
    desk = running("a start: 10:00, duration: 10m", "b duration: 10m, source: berlin, fallback: [tokio]")
    desk.report("10:01", "berlin", "absent", "left")
    told = preview(desk, "10:05", "next")
    assert (told.program.source, told.program.reason) == ("tokio", "fallback")


def test_a_resume_begins_a_hard_item_whose_time_has_passed() -> None:
    desk = running()
    desk.do("10:05", "hold")
    told = preview(desk, "10:45", "resume")
    assert statuses(told) == "done skipped skipped on-air"
    assert told.dropped == ["b", "c"]


def test_what_is_due_by_then_happens_before_the_command() -> None:
    desk = running("a start: 10:00, duration: 10m, advance: auto", "b duration: 10m", "c duration: 10m")
    told = preview(desk, "10:12", "goto", item="c")
    assert starts(told) == {"a": "10:00", "b": "10:10", "c": "10:12"}


def test_a_refused_command_is_refused() -> None:
    with pytest.raises(CommandRefused) as refusal:
        preview(running(), "10:05", "next", **{"from": "b"})
    assert (refusal.value.code, refusal.value.reason) == ("stale", "went-on")


@dataclass(frozen=True)
class Press:
    """A moderator's command at a moment of a day."""

    show: Show
    """With all that was due by then."""
    late: Show
    """Before that."""
    command: Any
    at: Instant


@st.composite
def presses(draw: st.DrawFn) -> Press:
    *_, day = draw(moments(draw(events())))
    late = day.show
    waits = st.integers(0, 25).map(lambda n: n * 100) | st.integers(0, 90).map(lambda n: n * 10_000)
    day.now = plus(day.now, Duration(draw(waits)))
    day.note(core.tick(late, day.now))
    what = draw(st.sampled_from(PRESSED))
    fields = fields_of(draw, day.show, what)
    return Press(day.show, late, COMMAND.validate_python({"id": "1", "type": what, **fields}), day.now)


@settings(max_examples=300)
@given(presses())
def test_a_preview_is_what_the_state_shows_right_after_the_command(press: Press) -> None:
    before, now = state_preview(press.show, press.at), press.at
    try:
        facts = core.apply(press.show, press.command, now)
    except CommandRefused as refusal:
        with pytest.raises(CommandRefused, match=re.escape(str(refusal))):
            previewed(press.late, press.command, now)
        return
    found = previewed(press.late, press.command, now)
    assert found == previewed(press.show, press.command, now)
    assert state_preview(press.show, now) == before
    assert core.apply(press.show, press.command, now) == facts
    after = core.replay(press.show, *facts)
    assert found == state_preview(core.replay(after, *core.tick(after, now)), now)
