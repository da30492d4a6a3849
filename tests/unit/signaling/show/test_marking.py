"""`next` has one meaning: the item with the status is the one that the command puts on air."""

from __future__ import annotations

import pytest

from signaling.show.arming import armed
from signaling.show.card import card
from signaling.show.marking import comes_next
from signaling.show.rundown import next_row, rows_at
from signaling.show.wire.state import State
from tests.unit.signaling.show.build import Desk, clock, published, text

AGENDA = (
    "a start: 10:00, duration: 15m, source: tokio",
    "b duration: 15m, source: berlin",
    "c duration: 15m, source: uchida",
    "d duration: 15m, source: krefeld, skip: true",
)


def state(desk: Desk, now: str) -> State:
    return published(desk.show, clock(now))


def statuses(found: State) -> list[str]:
    return [item.status for item in found.items]


def marked(item: str, *agenda: str) -> Desk:
    desk = Desk(*agenda or AGENDA)
    desk.do("10:00", "start")
    desk.do("10:05", "arm", item=item)
    return desk


def test_a_marked_item_is_next_and_next_goes_to_it() -> None:
    desk = marked("c")
    found = state(desk, "10:05")
    assert (found.show.next, found.show.next_at) == ("c", "2018-09-15T10:15:00+02:00")
    assert statuses(found) == ["on-air", "coming", "next", "skipped"]
    assert (found.sources["uchida"].tally, found.sources["berlin"].tally) == ("next", "off")
    desk.do("10:06", "next", **{"from": "a"})
    found = state(desk, "10:06")
    assert (found.show.item, found.show.armed) == ("c", None)
    assert [item.skipped_because for item in found.items] == [None, "passed", None, "file"]


def test_an_item_that_is_over_or_left_out_can_be_next() -> None:
    desk = marked("d")
    assert statuses(state(desk, "10:05")) == ["on-air", "coming", "coming", "next"]
    desk.do("10:06", "next", **{"from": "a"})
    assert state(desk, "10:06").show.item == "d"
    desk.do("10:07", "arm", item="a")
    found = state(desk, "10:07")
    assert (found.show.next, found.items[0].status) == ("a", "done")
    desk.do("10:08", "next", **{"from": "d"})
    assert state(desk, "10:08").show.item == "a"


def test_automatic_starts_follow_the_agenda() -> None:
    desk = marked("c", AGENDA[0] + ", advance: auto", *AGENDA[1:])
    found = state(desk, "10:05")
    assert (found.show.next, statuses(found)[:3]) == ("b", ["on-air", "next", "coming"])
    assert (found.sources["berlin"].tally, found.sources["uchida"].tally) == ("next", "preview")
    desk.wait("10:15")
    assert state(desk, "10:15").show.item == "b"


def test_a_hard_item_that_cuts_the_item_on_air_is_next_despite_a_mark() -> None:
    hard = "b start: 10:15, hard: true, duration: 15m, source: berlin"
    desk = marked("c", AGENDA[0], hard, AGENDA[2])
    found = state(desk, "10:14")
    assert (found.show.next, found.show.next_at) == ("b", "2018-09-15T10:15:00+02:00")
    assert (found.sources["berlin"].tally, found.sources["uchida"].tally) == ("next", "preview")
    desk.wait("10:15")
    assert state(desk, "10:15").show.item == "b"


def test_while_no_hard_start_cuts_it_the_item_on_air_waits_and_the_marked_one_is_next() -> None:
    hard = "b start: 10:15, hard: true, duration: 15m, source: berlin"
    desk = marked("c", AGENDA[0], hard, AGENDA[2])
    desk.do("10:06", "extend", seconds=-240)
    assert state(desk, "10:14").show.next == "c"
    desk = marked("c", AGENDA[0], hard, AGENDA[2])
    desk.do("10:06", "hold")
    assert [state(desk, now).show.next for now in ("10:14", "10:16")] == ["c", "c"]


def test_the_armed_sources_of_the_state_are_those_of_the_media_plane() -> None:
    desk = marked("c")
    now = clock("10:14:50")
    found = published(desk.show, now)
    told = {source for source, document in found.sources.items() if document.armed}
    assert told == set(armed(desk.show, next_row(rows_at(desk.show, now)), now)) == {"uchida", "berlin"}


def test_the_slate_names_the_item_that_next_goes_to_and_when() -> None:
    desk = marked("c", "a start: 10:00, duration: 15m, type: break", *AGENDA[1:3])
    now = clock("10:05")
    words = card(desk.show, comes_next(desk.show, rows_at(desk.show, now)), now)
    assert words.lines[1] == "Next at 10:15 (Tokio 17:15): C"


@pytest.mark.parametrize("left_out", ["skip: true", None])
def test_an_item_that_a_changed_file_leaves_out_is_marked_no_more(left_out: str | None) -> None:
    desk = marked("c")
    others = [AGENDA[3]] if left_out is None else [f"{AGENDA[2]}, {left_out}", AGENDA[3]]
    desk.do("10:06", "reload", yaml=text(*AGENDA[:2], *others))
    found = state(desk, "10:06")
    assert (found.show.armed, found.show.next) == (None, "b")
    desk.do("10:07", "next", **{"from": "a"})
    assert state(desk, "10:07").show.item == "b"


def test_an_item_that_was_left_out_when_it_was_marked_stays_marked_over_a_changed_file() -> None:
    desk = marked("d")
    desk.do("10:06", "reload", yaml=text(AGENDA[0], AGENDA[1] + ", speaker: Julia", *AGENDA[2:]))
    assert state(desk, "10:06").show.next == "d"


def test_next_goes_to_the_marked_item_even_if_the_agenda_would_advance() -> None:
    desk = marked("c", AGENDA[0] + ", advance: auto", *AGENDA[1:])
    desk.do("10:06", "next", **{"from": "a"})
    assert state(desk, "10:06").show.item == "c"


def test_a_marked_source_changes_nothing_of_what_is_next() -> None:
    desk = Desk(*AGENDA)
    desk.do("10:00", "start")
    desk.do("10:05", "arm", source="uchida")
    assert state(desk, "10:05").show.next == "b"
    desk.do("10:06", "next", **{"from": "a"})
    assert state(desk, "10:06").show.item == "b"


def test_where_an_item_and_a_source_have_the_same_id_the_mark_says_which_is_meant() -> None:
    desk = Desk(*AGENDA[:2], "uchida duration: 15m, source: uchida")
    desk.do("10:00", "start")
    for kind in ("item", "source"):
        desk.do("10:05", "arm", **{kind: "uchida"})
        armed = state(desk, "10:05").show.armed
        assert armed is not None
        assert armed.model_dump() == {"kind": kind, "id": "uchida"}


def test_during_a_hold_the_marked_item_is_next() -> None:
    desk = marked("c", AGENDA[0] + ", advance: auto", *AGENDA[1:])
    desk.do("10:06", "hold")
    assert state(desk, "10:06").show.next == "c"
    desk.do("10:07", "resume")
    assert state(desk, "10:07").show.next == "b"
