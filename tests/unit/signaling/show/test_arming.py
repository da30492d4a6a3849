"""Which sources are armed."""

from __future__ import annotations

from signaling.show.arming import MAX_ARMED, armed
from signaling.show.rundown import next_row, rows_at
from tests.unit.signaling.show.build import NINE, NINE_HALLS, Desk, clock

AGENDA = (
    "a start: 10:00, duration: 10m, source: krefeld",
    "b duration: 10m, source: tokio, with: [berlin]",
    "c duration: 10m, source: uchida",
    "d start: 11:00, duration: 10m, source: berlin",
)


def ready(desk: Desk, now: str) -> tuple[str, ...]:
    return armed(desk.show, next_row(rows_at(desk.show, clock(now))), clock(now))


def test_before_the_show_the_first_item_is_ready_whenever_start_is_pressed() -> None:
    assert ready(Desk(*AGENDA), "09:00") == ("krefeld",)


def test_the_next_item_is_ready_from_30_s_before_it_is_expected_and_through_an_overrun() -> None:
    desk = Desk(*AGENDA)
    desk.do("10:00", "start")
    assert ready(desk, "10:09:29.999") == ()
    assert ready(desk, "10:09:30") == ("tokio", "berlin")
    assert ready(desk, "10:17") == ("tokio", "berlin")
    desk.do("10:18", "next")
    assert ready(desk, "10:18") == ()


def test_an_item_after_a_gap_is_ready_in_time() -> None:
    desk = Desk(
        "a start: 10:00, duration: 10m, advance: auto", "b start: 10:30, duration: 10m, source: tokio"
    )
    desk.do("10:00", "start")
    desk.wait("10:29:29")
    assert ready(desk, "10:29:29") == ()
    assert ready(desk, "10:29:30") == ("tokio",)


def test_what_a_moderator_marked_is_ready_at_once_and_comes_first() -> None:
    desk = Desk(*AGENDA)
    desk.do("10:00", "start")
    desk.do("10:05", "arm", item="c")
    assert ready(desk, "10:05") == ("uchida",)
    assert ready(desk, "10:09:45") == ("uchida", "tokio", "berlin")
    desk.do("10:09:50", "arm", source="tokio/lectern")
    assert ready(desk, "10:09:50") == ("tokio/lectern", "tokio", "berlin")


def test_who_is_on_screen_already_is_not_asked_for_more() -> None:
    desk = Desk(*AGENDA)
    desk.do("10:00", "start")
    desk.do("10:05", "take", source="tokio")
    assert ready(desk, "10:09:45") == ("berlin",)


GRID = f"source: hall-1, with: [{', '.join(NINE[1:])}]"


def test_all_pictures_of_a_grid_are_ready() -> None:
    desk = Desk(f"a start: 10:00, duration: 10m, {GRID}", head=NINE_HALLS, host=None, live=NINE)
    assert ready(desk, "09:00") == NINE


def test_no_more_are_ready_at_a_time_than_one_grid_has() -> None:
    agenda = (f"a start: 10:00, duration: 10m, {GRID}", "b duration: 10m, source: tenth, with: [eleventh]")
    head = NINE_HALLS + "guests: {tenth: {}, eleventh: {}}\n"
    desk = Desk(*agenda, head=head, host=None, live=(*NINE, "tenth", "eleventh"))
    desk.do("09:00", "arm", item="b")
    assert ready(desk, "09:50") == ("tenth", "eleventh", *NINE[:7])
    assert len(ready(desk, "09:50")) == MAX_ARMED


def test_the_slate_needs_no_keyframes() -> None:
    desk = Desk("a start: 10:00, duration: 10m", "b duration: 10m, type: break")
    desk.do("10:00", "start")
    assert ready(desk, "10:09:45") == ()


def test_after_the_show_nobody_is_ready() -> None:
    desk = Desk("a start: 10:00, duration: 10m")
    desk.do("10:00", "start")
    desk.do("10:10", "next")
    assert ready(desk, "10:11") == ()
