"""The effect of commands, and their refusals."""

from __future__ import annotations

from dataclasses import replace

import pytest

from config.times import Instant
from signaling.show import core
from signaling.show.facts import Cut, Ended, Extended, Held, Resumed, ShowEnded, Skipped, Started
from signaling.show.reasons import CommandRefused
from tests.unit.signaling.show.build import Desk, clock

TALKS = ("a start: 10:00, duration: 15m", "b duration: 15m, source: tokio", "c start: 11:00, duration: 30m")


@pytest.fixture
def desk() -> Desk:
    return Desk(*TALKS)


def refusal(desk: Desk, at: str, command: str, **fields: object) -> tuple[str, str]:
    """The code and the text of a command's refusal."""
    desk.wait(at)
    before = desk.show
    with pytest.raises(CommandRefused) as refused:
        desk.do(at, command, **fields)
    assert desk.show == before
    return refused.value.code, str(refused.value)


def test_start_puts_the_first_item_on_air(desk: Desk) -> None:
    facts = desk.do("10:01", "start")
    assert facts[0] == Started(item="a", why="start", at=clock("10:01"))
    assert isinstance(facts[1], Cut)
    assert desk.show.phase == "running"


def test_a_running_show_is_not_started_again(desk: Desk) -> None:
    desk.do("10:00", "start")
    assert refusal(desk, "10:01", "start") == ("invalid", "The show is running already; nothing was done.")


def test_a_show_without_an_item_left_cannot_start() -> None:
    desk = Desk("a start: 10:00, duration: 15m")
    desk.show = replace(desk.show, skipped={"a": "asked"})
    assert refusal(desk, "10:00", "start")[1].startswith("Every item is skipped.")


def test_next_begins_the_item_after_at_once_whatever_its_start(desk: Desk) -> None:
    desk.do("10:00", "start")
    desk.do("10:10", "next")
    desk.do("10:20", "next")
    assert desk.show.on_air == "c"
    assert [f for f in desk.facts if isinstance(f, Ended)] == [
        Ended(item="a", why="next", at=clock("10:10")),
        Ended(item="b", why="next", at=clock("10:20")),
    ]


def test_next_before_the_show_says_what_to_do(desk: Desk) -> None:
    assert refusal(desk, "10:00", "next") == ("invalid", "The show has not begun. Press Start first.")


def test_two_moderators_who_press_next_in_the_same_second_advance_once(desk: Desk) -> None:
    desk.do("10:00", "start")
    desk.do("10:10", "next", **{"from": "a"})
    assert refusal(desk, "10:10", "next", **{"from": "a"}) == (
        "stale",
        'The item on air is already "B"; nothing was done.',
    )


def test_next_must_say_what_it_acts_on(desk: Desk) -> None:
    desk.do("10:00", "start")
    code, message = refusal(desk, "10:10", "next", **{"from": None})
    assert (code, "`from`" in message, "`a`" in message) == ("invalid", True, True)


def test_next_from_an_item_that_there_is_not_is_stale_as_well(desk: Desk) -> None:
    """A reload may have changed the show: the item that the page saw is not on air any more."""
    desk.do("10:00", "start")
    assert refusal(desk, "10:01", "next", **{"from": "nowhere"})[0] == "stale"


def test_next_on_the_last_item_ends_the_show(desk: Desk) -> None:
    desk.do("10:00", "goto", item="c")
    facts = desk.do("10:40", "next")
    assert facts[:2] == (Ended(item="c", why="next", at=clock("10:40")), ShowEnded(at=clock("10:40")))
    assert desk.show.phase == "ended"
    assert desk.show.programme.source == "slate"


def test_a_second_next_on_the_last_item_is_stale(desk: Desk) -> None:
    desk.do("10:00", "goto", item="c")
    desk.do("10:40", "next")
    assert refusal(desk, "10:40", "next", **{"from": "c"})[0] == "stale"


def test_in_a_gap_next_comes_from_the_item_last_on_air() -> None:
    desk = Desk("a start: 10:00, duration: 15m, advance: auto", "b start: 10:30, duration: 5m")
    desk.do("10:00", "start")
    desk.wait("10:20")
    assert desk.show.on_air is None
    desk.do("10:20", "next", **{"from": "a"})
    assert desk.show.on_air == "b"


def test_in_a_gap_a_sender_who_saw_an_earlier_item_is_stale() -> None:
    desk = Desk(
        "a start: 10:00, duration: 5m", "b duration: 5m, advance: auto", "c start: 10:30, duration: 5m"
    )
    desk.do("10:00", "start")
    desk.do("10:05", "next")
    assert refusal(desk, "10:20", "next", **{"from": "a"}) == (
        "stale",
        'Nothing is on air, and the last item was "B"; nothing was done.',
    )


def test_previous_begins_the_item_before_afresh_and_those_after_it_are_to_come_again(desk: Desk) -> None:
    desk.do("10:00", "start")
    desk.do("10:10", "next")
    desk.do("10:12", "previous")
    assert desk.show.on_air == "a"
    assert desk.expected("10:13") == {"a": "10:12-10:27", "b": "10:27-10:42", "c": "11:00-11:30"}
    assert desk.statuses("10:13") == "on-air next coming"


def test_there_is_nothing_before_the_first_item(desk: Desk) -> None:
    desk.do("10:00", "start")
    assert refusal(desk, "10:01", "previous") == (
        "invalid",
        '"A" is the first item; there is nothing before it.',
    )


def test_previous_leaves_out_what_is_skipped_but_not_what_was_passed_over() -> None:
    desk = Desk(
        "a start: 10:00, duration: 5m", "b duration: 5m", "c duration: 5m, skip: true", "d duration: 5m"
    )
    desk.do("10:00", "start")
    desk.do("10:02", "goto", item="d")
    desk.do("10:04", "previous")
    assert desk.show.on_air == "b"


def test_previous_in_a_gap_and_after_the_end_brings_back_the_item_last_on_air(desk: Desk) -> None:
    desk.do("10:00", "goto", item="c")
    desk.do("10:40", "next")
    desk.do("10:41", "previous")
    assert (desk.show.phase, desk.show.on_air) == ("running", "c")


@pytest.fixture
def gap() -> Desk:
    """The slate after B, until C."""
    desk = Desk(
        "a start: 10:00, duration: 5m", "b duration: 5m, advance: auto", "c start: 10:30, duration: 5m"
    )
    desk.do("10:00", "start")
    desk.do("10:05", "next")
    desk.wait("10:20")
    assert desk.show.on_air is None
    return desk


@pytest.mark.parametrize("first", ["previous", "goto"])
def test_two_moderators_who_press_previous_in_a_gap_in_the_same_second_go_back_once(
    gap: Desk, first: str
) -> None:
    """Both see B as last on air, and so does a third moderator who presses when it is back."""
    gap.do("10:20", first, **({"from": "b"} if first == "previous" else {"item": "b"}))
    for at in ("10:20", "10:20:01"):
        assert refusal(gap, at, "previous", **{"from": "b"}) == (
            "stale",
            '"B" has just been put back on air; nothing was done.',
        )
    assert gap.show.on_air == "b"


def test_two_moderators_who_press_previous_after_the_end_in_the_same_second_go_back_once(desk: Desk) -> None:
    desk.do("10:00", "start")
    desk.do("10:05", "goto", item="c")
    desk.do("10:40", "next")
    desk.do("10:41", "previous", **{"from": "c"})
    assert refusal(desk, "10:41", "previous", **{"from": "c"})[0] == "stale"
    assert desk.show.on_air == "c"


def test_a_moment_after_an_item_was_put_back_on_air_previous_goes_one_further(gap: Desk) -> None:
    gap.do("10:20", "previous")
    gap.do("10:20:02", "previous", **{"from": "b"})
    assert gap.show.on_air == "a"


def test_an_item_just_begun_can_be_gone_back_from_at_once_unless_it_was_put_back(desk: Desk) -> None:
    desk.do("10:00", "start")
    desk.do("10:10", "next")
    desk.do("10:10", "previous")
    assert desk.show.on_air == "a"


def test_next_in_a_gap_is_done_even_if_the_item_last_on_air_is_just_back(gap: Desk) -> None:
    """The sender wanted the item after it, and gets that."""
    gap.do("10:20", "previous", **{"from": "b"})
    gap.do("10:20", "next", **{"from": "b"})
    assert gap.show.on_air == "c"


def test_goto_puts_any_item_on_air_and_passes_over_what_lies_between(desk: Desk) -> None:
    desk.do("10:00", "start")
    facts = desk.do("10:05", "goto", item="c")
    assert facts[:3] == (
        Ended(item="a", why="goto", at=clock("10:05")),
        Skipped(item="b", why="passed", at=clock("10:05")),
        Started(item="c", why="goto", at=clock("10:05")),
    )


def test_goto_the_item_on_air_does_not_set_its_clock_back(desk: Desk) -> None:
    desk.do("10:00", "start")
    assert refusal(desk, "10:05", "goto", item="a") == ("invalid", '"A" is on air already; nothing was done.')


def test_goto_an_unknown_item_names_what_there_is(desk: Desk) -> None:
    assert refusal(desk, "10:00", "goto", item="zzz") == (
        "invalid",
        "Unknown item `zzz`; there are `a`, `b`, `c`.",
    )


def test_goto_a_skipped_item_puts_it_on_air_all_the_same() -> None:
    desk = Desk("a start: 10:00, duration: 15m", "b duration: 5m, skip: true", "c duration: 5m")
    desk.do("10:00", "start")
    desk.do("10:05", "goto", item="b")
    assert desk.statuses("10:06") == "done on-air next"


def test_hold_and_resume_are_facts_once(desk: Desk) -> None:
    desk.do("10:00", "start")
    assert desk.do("10:05", "hold") == (Held(at=clock("10:05")),)
    assert desk.do("10:06", "hold") == ()
    assert desk.do("10:07", "resume") == (Resumed(at=clock("10:07")),)
    assert desk.do("10:08", "resume") == ()


def test_a_hold_before_the_show_is_remembered() -> None:
    desk = Desk("a start: 10:00, duration: 15m, advance: auto", "b duration: 15m")
    desk.do("09:50", "hold")
    assert desk.show.phase == "before"
    desk.do("10:00", "start")
    desk.wait("10:30")
    assert desk.show.on_air == "a"


def test_extend_is_refused_where_no_item_is_on_air(desk: Desk) -> None:
    assert refusal(desk, "10:00", "extend", seconds=60) == (
        "invalid",
        "No item is on air that could be made longer or shorter.",
    )


def test_taking_away_more_than_is_left_ends_the_item_and_the_next_begins(desk: Desk) -> None:
    desk.do("10:00", "start")
    facts = desk.do("10:10", "extend", seconds=-301)
    assert facts[:2] == (
        Ended(item="a", why="shortened", at=clock("10:10")),
        Started(item="b", why="auto", at=clock("10:10")),
    )
    assert [f.source for f in facts if isinstance(f, Cut)] == ["tokio"]


def test_taking_away_all_that_is_left_ends_nothing_yet(desk: Desk) -> None:
    desk.do("10:00", "start")
    desk.do("10:10", "extend", seconds=-300)
    assert (desk.show.on_air, desk.expected("10:10")["a"]) == ("a", "10:00-10:10")


def test_taking_time_away_from_an_item_that_overruns_ends_it(desk: Desk) -> None:
    desk.do("10:00", "start")
    desk.do("10:20", "extend", seconds=-1)
    assert desk.show.on_air == "b"


def test_a_shortened_item_before_a_gap_leaves_the_slate_on_air(desk: Desk) -> None:
    desk.do("10:00", "goto", item="b")
    desk.do("10:05", "extend", seconds=-3600)
    assert (desk.show.on_air, desk.show.programme.source) == (None, "slate")
    assert desk.expected("10:06")["c"] == "11:00-11:30"


def test_on_hold_a_shortened_item_goes_on_to_the_next_though_a_hard_start_behind_it_has_passed() -> None:
    desk = Desk("a start: 22:00, duration: 30m", "b duration: 5m", "c start: 22:40, duration: 5m, hard: true")
    desk.do("22:00", "start")
    desk.do("22:21", "hold")
    desk.do("22:55", "extend", seconds=-60)
    assert desk.show.on_air == "b"


def test_a_shortened_last_item_ends_the_show(desk: Desk) -> None:
    desk.do("10:00", "goto", item="c")
    desk.do("10:05", "extend", seconds=-3600)
    assert desk.show.phase == "ended"


def test_extensions_of_more_than_a_day_are_a_slip_of_the_finger(desk: Desk) -> None:
    desk.do("10:00", "start")
    desk.do("10:01", "extend", seconds=86_400)
    assert refusal(desk, "10:02", "extend", seconds=60)[0] == "invalid"
    assert desk.do("10:02", "extend", seconds=0) == ()


def test_take_puts_a_source_on_air_until_release(desk: Desk) -> None:
    desk.do("10:00", "start")
    desk.do("10:05", "take", source="berlin")
    assert (desk.show.programme.source, desk.show.programme.reason) == ("berlin", "take")
    desk.do("10:06", "release")
    assert (desk.show.programme.source, desk.show.programme.reason) == ("krefeld", "agenda")


def test_a_take_ends_with_the_next_item(desk: Desk) -> None:
    desk.do("10:00", "start")
    desk.do("10:05", "take", source="berlin")
    desk.do("10:10", "next")
    assert (desk.show.programme.source, desk.show.programme.reason) == ("tokio", "agenda")


def test_a_take_survives_a_gap_and_ends_with_the_show() -> None:
    desk = Desk("a start: 10:00, duration: 15m, advance: auto", "b start: 10:30, duration: 5m, advance: auto")
    desk.do("10:00", "start")
    desk.do("10:10", "take", source="berlin")
    desk.wait("10:20")
    assert desk.show.programme.source == "berlin"
    desk.do("10:31", "take", source="tokio")
    desk.wait("10:40")
    assert (desk.show.phase, desk.show.programme.source) == ("ended", "slate")


def test_the_slate_can_always_be_taken_and_silences_the_item(desk: Desk) -> None:
    desk.do("10:00", "start")
    desk.do("10:05", "take", source="slate")
    assert (desk.show.programme.source, desk.show.programme.mics) == ("slate", ())


def test_an_unknown_source_is_not_taken(desk: Desk) -> None:
    assert refusal(desk, "10:00", "take", source="tokyo") == (
        "invalid",
        "Unknown source `tokyo`; did you mean `tokio`?",
    )


def test_an_absent_source_is_taken_and_its_fallback_is_on_air_until_it_is_live(desk: Desk) -> None:
    desk.do("10:00", "start")
    desk.report("10:01", "berlin", "absent")
    desk.do("10:02", "take", source="berlin")
    assert (desk.show.programme.source, desk.show.programme.reason) == ("krefeld", "fallback")
    desk.report("10:03", "berlin", "live")
    desk.wait("10:03:02")
    assert (desk.show.programme.source, desk.show.programme.reason) == ("berlin", "take")


def test_a_venue_may_be_taken_by_the_name_of_its_first_input(desk: Desk) -> None:
    desk.do("10:00", "start")
    desk.do("10:01", "take", source="berlin/main")
    assert desk.show.programme.source == "berlin"


def test_release_of_nothing_changes_nothing(desk: Desk) -> None:
    assert desk.do("10:00", "release") == ()


def test_a_command_never_counts_from_before_the_last_fact(desk: Desk) -> None:
    desk.do("10:00", "start")
    desk.do("10:05", "extend", seconds=60)
    assert [f.at for f in desk.do("10:04", "extend", seconds=60) if isinstance(f, Extended)] == [
        clock("10:05")
    ]


def test_the_plan_is_moved_so_that_the_first_item_starts_then(desk: Desk) -> None:
    (fact,) = core.move(desk.show, clock("14:30"))
    desk.show = core.evolve(desk.show, fact)
    assert desk.expected("14:00") == {"a": "14:30-14:45", "b": "14:45-15:00", "c": "15:30-16:00"}


def test_a_plan_whose_first_item_was_skipped_by_hand_is_moved_so_that_the_second_starts_then(
    desk: Desk,
) -> None:
    desk.do("09:30", "skip", item="a")
    (fact,) = core.move(desk.show, clock("14:30"))
    desk.show = core.evolve(desk.show, fact)
    assert desk.expected("14:00")["b"] == "14:30-14:45"


def test_a_show_that_has_begun_is_not_moved(desk: Desk) -> None:
    desk.do("10:00", "start")
    with pytest.raises(CommandRefused, match="has begun"):
        core.move(desk.show, Instant(0))


def test_a_mark_replaces_the_one_before_and_can_be_removed(desk: Desk) -> None:
    desk.do("09:50", "arm", item="c")
    assert (desk.show.armed_item, desk.show.armed_source) == ("c", None)
    desk.do("09:51", "arm", source="tokio/main")
    assert (desk.show.armed_item, desk.show.armed_source) == (None, "tokio")
    assert desk.do("09:52", "arm", source="tokio") == ()
    desk.do("09:53", "arm")
    assert (desk.show.armed_item, desk.show.armed_source) == (None, None)
    assert desk.do("09:54", "arm") == ()


def test_a_mark_is_over_when_an_item_begins_or_the_source_is_put_on_air(desk: Desk) -> None:
    desk.do("09:50", "arm", item="c")
    desk.do("10:00", "start")
    assert desk.show.armed_item is None
    desk.do("10:01", "arm", source="berlin")
    desk.do("10:02", "extend", seconds=60)
    assert desk.show.armed_source == "berlin"
    desk.do("10:03", "take", source="berlin")
    assert desk.show.armed_source is None


@pytest.mark.parametrize(
    ("marked", "fault"),
    [
        ({"item": "a", "source": "berlin"}, "not both"),
        ({"item": "nope"}, "item"),
        ({"source": "nope"}, "source"),
        ({"item": "a"}, '"A" is on air already'),
        ({"source": "krefeld"}, "Krefeld is on air already"),
    ],
)
def test_a_mark_that_makes_no_sense_is_refused_in_words(
    desk: Desk, marked: dict[str, str], fault: str
) -> None:
    desk.do("10:00", "start")
    with pytest.raises(CommandRefused, match=fault) as refused:
        desk.do("10:01", "arm", **marked)
    assert refused.value.code == "invalid"
