"""Moderators' changes of the plan: delays, skips, microphones, and their undo."""

from __future__ import annotations

import pytest

from signaling.show import core
from signaling.show.actions import Asked, Undone
from signaling.show.facts import Armed, Delayed, MicSet, Unskipped
from signaling.show.reasons import CommandRefused
from signaling.show.show import MAX_UNDO_STEPS
from signaling.show.wire.commands import COMMAND
from tests.unit.signaling.show.build import Desk, clock
from tests.unit.signaling.show.test_decide import TALKS, refusal


@pytest.fixture
def desk() -> Desk:
    return Desk(*TALKS)


# Delay


def test_a_delay_shifts_an_item_to_come_and_what_follows_it(desk: Desk) -> None:
    desk.do("10:00", "start")
    desk.do("10:05", "delay", item="b", seconds=300)
    assert desk.expected("10:05") == {"a": "10:00-10:15", "b": "10:20-10:35", "c": "11:00-11:30"}


def test_delays_on_one_item_add_and_a_gap_absorbs_what_it_can(desk: Desk) -> None:
    desk.do("10:00", "start")
    desk.do("10:05", "delay", item="b", seconds=1500)
    desk.do("10:06", "delay", item="b", seconds=600)
    assert desk.expected("10:06") == {"a": "10:00-10:15", "b": "10:50-11:05", "c": "11:05-11:35"}
    desk.do("10:07", "delay", item="b", seconds=-2100)
    assert desk.expected("10:07")["b"] == "10:15-10:30"


def test_a_negative_delay_never_pulls_an_item_before_the_end_above(desk: Desk) -> None:
    desk.do("10:00", "start")
    desk.do("10:05", "delay", item="c", seconds=-3600)
    assert desk.expected("10:05")["c"] == "10:30-11:00"


def test_a_delayed_first_item_moves_the_start(desk: Desk) -> None:
    desk.do("09:50", "delay", item="a", seconds=600)
    assert desk.expected("09:51")["a"] == "10:10-10:25"


def test_a_delayed_item_waits_behind_the_slate(desk: Desk) -> None:
    desk = Desk("a start: 10:00, duration: 15m, advance: auto", "b duration: 5m")
    desk.do("10:00", "start")
    desk.do("10:05", "delay", item="b", seconds=60)
    desk.wait("10:15")
    assert (desk.show.on_air, desk.show.programme.source) == (None, "slate")
    desk.wait("10:16")
    assert desk.show.on_air == "b"


@pytest.mark.parametrize(
    ("item", "words"), [("b", "is on air; use extend"), ("a", "is over. Use goto"), ("zzz", "Unknown item")]
)
def test_only_what_is_to_come_is_delayed_or_left_out(desk: Desk, item: str, words: str) -> None:
    desk.do("10:00", "goto", item="b")
    for command, fields in (("delay", {"seconds": 60}), ("skip", {}), ("unskip", {})):
        code, message = refusal(desk, "10:01", command, item=item, **fields)
        assert (code, words in message) == ("invalid", True)


def test_a_delay_of_more_than_a_day_is_a_slip_of_the_finger_and_none_is_nothing(desk: Desk) -> None:
    desk.do("10:00", "delay", item="b", seconds=86_400)
    assert refusal(desk, "10:00", "delay", item="b", seconds=1)[0] == "invalid"
    assert desk.do("10:00", "delay", item="c", seconds=0) == ()
    assert desk.do("10:00", "delay", item="c", seconds=1) == (
        Delayed(item="c", by=desk.show.delays["c"], at=clock("10:00")),
    )


# Skip


def test_a_skipped_item_is_left_out_and_what_follows_moves_up(desk: Desk) -> None:
    desk = Desk("a start: 10:00, duration: 15m", "b duration: 15m", "c duration: 15m")
    desk.do("10:00", "start")
    desk.do("10:05", "skip", item="b")
    assert desk.statuses("10:05") == "on-air skipped next"
    assert desk.expected("10:05")["c"] == "10:15-10:30"
    assert desk.do("10:06", "skip", item="b") == ()
    desk.do("10:10", "next")
    assert desk.show.on_air == "c"


def test_an_item_that_was_left_out_comes_back_be_it_by_the_file(desk: Desk) -> None:
    desk = Desk("a start: 10:00, duration: 15m", "b duration: 15m, skip: true", "c duration: 15m")
    desk.do("10:00", "start")
    assert desk.do("10:05", "unskip", item="b") == (Unskipped(item="b", at=clock("10:05")),)
    assert desk.statuses("10:05") == "on-air next coming"
    assert desk.do("10:06", "unskip", item="b") == ()


def test_the_mark_on_an_item_that_is_left_out_is_taken_away(desk: Desk) -> None:
    desk.do("10:00", "start")
    desk.do("10:01", "arm", item="c")
    assert Armed(at=clock("10:02")) in desk.do("10:02", "skip", item="c")
    assert desk.show.armed_item is None


# Microphones


def test_a_microphone_is_closed_and_opened_until_the_next_item(desk: Desk) -> None:
    desk.do("10:00", "start")
    desk.do("10:01", "mic", source="berlin", open=True)
    desk.do("10:02", "mic", source="krefeld", open=False)
    assert desk.show.programme.mics == ("berlin",)
    desk.do("10:10", "next")
    assert desk.show.programme.mics == ("tokio",)


def test_a_microphone_that_is_as_wanted_stays_as_it_is(desk: Desk) -> None:
    desk.do("10:00", "start")
    assert desk.do("10:01", "mic", source="krefeld", open=True) == ()
    assert desk.do("10:01", "mic", source="tokio/main", open=True)[0] == MicSet(
        source="tokio", open=True, at=clock("10:01")
    )
    assert desk.do("10:02", "mic", source="tokio", open=True) == ()


def test_the_slate_and_strangers_have_no_microphone(desk: Desk) -> None:
    assert refusal(desk, "10:00", "mic", source="slate", open=True) == (
        "invalid",
        "The slate has no microphone.",
    )
    assert refusal(desk, "10:00", "mic", source="rome", open=True)[0] == "invalid"


# Undo


def test_next_taken_back_leaves_the_item_its_own_clock(desk: Desk) -> None:
    desk.do("10:00", "start")
    before = desk.expected("10:05")
    desk.do("10:04", "next")
    desk.do("10:05", "undo")
    assert desk.expected("10:05") == before
    assert desk.show.programme.source == "krefeld"


def test_commands_are_taken_back_one_after_the_other_the_last_one_first(desk: Desk) -> None:
    desk.do("10:00", "start")
    for command, fields in (
        ("extend", {"seconds": 60}),
        ("skip", {"item": "b"}),
        ("mic", {"source": "berlin", "open": True}),
        ("take", {"source": "uchida"}),
        ("hold", {}),
    ):
        desk.do("10:01", command, **fields)
    undone = [desk.do("10:02", "undo")[0] for _ in range(5)]
    assert [fact.command for fact in undone if isinstance(fact, Undone)] == [
        *("hold", "take", "mic", "skip", "extend")
    ]
    assert desk.expected("10:02") == Desk(*TALKS).expected("10:00")
    assert (desk.show.held, desk.show.programme.source, desk.show.programme.mics) == (
        False,
        "krefeld",
        ("krefeld",),
    )


def test_start_is_taken_back_as_well(desk: Desk) -> None:
    desk.do("10:00", "start")
    desk.do("10:01", "undo")
    assert (desk.show.phase, desk.show.programme.source) == ("before", "slate")
    assert refusal(desk, "10:02", "undo")[1].startswith("There is nothing to undo")


def test_what_a_machine_did_is_not_taken_back(desk: Desk) -> None:
    """Nor an earlier command, since its undo would undo this as well."""
    desk = Desk("a start: 10:00, duration: 15m, advance: auto", "b duration: 15m")
    desk.do("10:00", "start")
    desk.do("10:01", "extend", seconds=60)
    desk.wait("10:17")
    assert desk.show.on_air == "b"
    assert refusal(desk, "10:18", "undo")[0] == "invalid"
    desk.do("10:19", "take", source="tokio")
    desk.do("10:20", "undo")
    assert desk.show.on_air == "b"


def test_the_end_of_the_show_that_came_by_itself_stays(desk: Desk) -> None:
    desk = Desk("a start: 10:00, duration: 15m, advance: auto", "b start: 11:00, duration: 15m")
    desk.do("10:00", "start")
    desk.wait("10:20")
    desk.do("10:20", "skip", item="b")
    desk.wait("10:21")
    assert desk.show.phase == "ended"
    assert refusal(desk, "10:22", "undo")[0] == "invalid"


def test_a_source_that_was_lost_meanwhile_stays_lost(desk: Desk) -> None:
    desk.do("10:00", "start")
    desk.do("10:01", "take", source="berlin")
    desk.report("10:02", "krefeld", "absent")
    desk.do("10:03", "undo")
    assert desk.show.sources["krefeld"].state == "absent"
    assert desk.show.programme.source == "slate"


def test_a_command_that_changed_nothing_is_not_taken_back(desk: Desk) -> None:
    desk.do("10:00", "start")
    desk.do("10:01", "take", source="berlin")
    desk.do("10:02", "resume")
    assert [fact for fact in desk.do("10:03", "undo") if isinstance(fact, Undone)] == [
        Undone(command="take", source="berlin", at=clock("10:03"))
    ]


def test_so_many_commands_can_be_taken_back_and_no_more(desk: Desk) -> None:
    desk.do("10:00", "start")
    for _ in range(MAX_UNDO_STEPS + 5):
        desk.do("10:01", "extend", seconds=1)
    for _ in range(MAX_UNDO_STEPS):
        desk.do("10:02", "undo")
    with pytest.raises(CommandRefused):
        desk.do("10:02", "undo")
    assert desk.show.on_air == "a"


def test_a_command_is_noted_before_what_it_brings_about(desk: Desk) -> None:
    start = COMMAND.validate_python({"type": "start", "id": "1"})
    facts = core.apply(desk.show, start, clock("10:00"))
    assert facts[0] == Asked(command="start", item="a", at=clock("10:00"))
