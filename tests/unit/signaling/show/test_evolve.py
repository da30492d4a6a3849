"""How facts change the show."""

from __future__ import annotations

from dataclasses import replace

from config.model import Layout
from config.times import Duration, Instant
from signaling.show.evolve import evolve, replay
from signaling.show.facts import (
    Cut,
    Ended,
    Extended,
    Moved,
    ShowEnded,
    Skipped,
    SourceChanged,
    Started,
    Taken,
)
from signaling.show.failover import NEVER_FED
from signaling.show.rundown import rows_at
from signaling.show.show import HOLDING_SLATE, Run, Show, begin
from tests.unit.signaling.show.build import clock, event

AGENDA = (
    "a start: 10:00, duration: 15m",
    "b duration: 15m, skip: true",
    "c duration: 15m",
    "d duration: 15m",
)
TEN = clock("10:00")


def begun(item: str = "a", at: Instant = TEN) -> Show:
    return evolve(begin(event(*AGENDA)), Started(item=item, why="goto", at=at))


def cut(source: str, *beside: str, at: Instant = TEN) -> Cut:
    return Cut(source=source, beside=beside, layout=Layout.SOLO, mics=(), reason="agenda", at=at)


def test_a_show_begins_with_every_source_absent_and_the_slate_on_air() -> None:
    show = begin(event(*AGENDA))
    assert show.sources == dict.fromkeys(("krefeld", "berlin", "tokio", "tokio/lectern", "uchida"), NEVER_FED)
    assert show.programme == HOLDING_SLATE
    assert show.skipped == {"b": "file"}
    assert (show.phase, show.on_air, show.last, show.position) == ("before", None, None, -1)


def test_a_started_item_ends_what_was_set_by_hand() -> None:
    show = replace(begun(), taken=Taken(source="berlin", at=TEN), mics={"tokio": True})
    show = evolve(show, Started(item="c", why="next", at=TEN))
    assert (show.taken, show.mics) == (None, {})


def test_going_back_brings_back_what_was_left_out_below_but_not_what_the_file_skips() -> None:
    show = replay(
        begun(),
        Ended(item="a", why="goto", at=TEN),
        Skipped(item="c", why="passed", at=TEN),
        Started(item="d", why="goto", at=TEN),
    )
    assert show.skipped == {"b": "file", "c": "passed"}
    show = evolve(show, Started(item="a", why="goto", at=TEN))
    assert show.skipped == {"b": "file"}
    assert set(show.runs) == {"a"}


def test_extensions_add_and_end_with_the_run() -> None:
    show = replay(
        begun(),
        Extended(item="a", by=Duration(90_000), at=TEN),
        Extended(item="a", by=Duration(-30_000), at=TEN),
    )
    assert show.runs["a"] == Run(TEN, None, Duration(60_000))
    assert evolve(show, Started(item="a", why="goto", at=TEN)).runs["a"] == Run(TEN)


def test_the_slate_since_when_and_the_sources_lately_on_air_come_from_the_cuts() -> None:
    show = replay(begun(), cut("krefeld"), cut("tokio", "berlin", at=clock("10:05")), cut("slate"))
    assert show.recent == ("tokio", "berlin", "krefeld")
    assert show.since == TEN


def test_a_source_that_only_gets_company_has_been_on_air_since_it_came() -> None:
    show = replay(begun(), cut("krefeld"), cut("krefeld", "tokio", at=clock("10:05")))
    assert show.since == TEN
    assert show.programme.beside == ("tokio",)


def test_a_move_shifts_the_whole_plan() -> None:
    show = evolve(
        begin(event("a start: 10:00, duration: 15m", "b start: 11:00, duration: 5m")),
        Moved(to=clock("09:00")),
    )
    assert [item.start for item in show.event.agenda] == [clock("09:00"), clock("10:00")]
    assert [item.planned.end for item in show.event.agenda] == [clock("09:15"), clock("10:05")]


def test_the_log_never_runs_backwards() -> None:
    show = evolve(begun(), ShowEnded(at=clock("09:00")))
    assert show.latest == TEN


def test_facts_about_what_the_event_no_longer_has_change_nothing_but_the_time() -> None:
    show = begun()
    later = clock("10:01")
    for fact in (
        Ended(item="gone", why="next", at=later),
        Skipped(item="gone", why="passed", at=later),
        Extended(item="gone", by=Duration(1), at=later),
        SourceChanged(source="gone", state="live", at=later),
        Taken(source="gone", at=later),
    ):
        assert evolve(show, fact) == replace(show, latest=later)


def test_an_item_on_air_that_the_event_no_longer_has_leaves_a_gap() -> None:
    show = evolve(begun(), Started(item="gone", why="next", at=clock("10:01")))
    assert (show.phase, show.on_air, show.last) == ("running", None, "a")
    assert [row.status for row in rows_at(show, clock("10:02"))] == ["done", "skipped", "next", "coming"]


def test_the_item_on_air_is_found_by_name() -> None:
    assert begin(event(*AGENDA)).item is None
    assert begun("c").item == event(*AGENDA).agenda[2]
