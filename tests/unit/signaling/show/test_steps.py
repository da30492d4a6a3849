"""The last step of every change: the cut."""

from __future__ import annotations

from config.model import Layout
from signaling.show.facts import Cut, Held, Skipped, Started
from signaling.show.steps import settle
from tests.unit.signaling.show.build import Desk, clock

NOW = clock("10:00")


def test_a_cut_follows_the_facts_that_bring_it_about() -> None:
    desk = Desk("a start: 10:00, duration: 15m, source: tokio, with: [berlin], layout: pip")
    started = Started(item="a", why="start", at=NOW)
    cut = Cut(
        source="tokio",
        beside=("berlin",),
        layout=Layout.PIP,
        mics=("tokio", "berlin"),
        reason="agenda",
        at=NOW,
    )
    assert settle(desk.show, [started], NOW) == (started, cut)


def test_there_is_no_cut_where_the_programme_stays() -> None:
    desk = Desk("a start: 10:00, duration: 15m")
    assert settle(desk.show, [Held(at=NOW)], NOW) == (Held(at=NOW),)


def test_where_nothing_happens_nothing_is_cut() -> None:
    assert settle(Desk("a start: 10:00, duration: 15m").show, [], NOW) == ()


def test_two_items_of_one_source_have_no_cut_between_them() -> None:
    desk = Desk("a start: 10:00, duration: 15m", "b duration: 15m")
    desk.do("10:00", "start")
    assert not [fact for fact in desk.do("10:05", "next") if isinstance(fact, Cut)]


def test_what_the_file_skips_is_not_skipped_once_more() -> None:
    desk = Desk("a start: 10:00, duration: 15m", "b duration: 5m, skip: true", "c duration: 5m")
    desk.do("10:00", "start")
    assert not [fact for fact in desk.do("10:05", "next") if isinstance(fact, Skipped)]
