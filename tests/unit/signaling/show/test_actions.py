"""Who did what last, and whose command is taken back: as the log keeps it."""

from __future__ import annotations

from typing import Any

import pytest

from signaling.show import core
from signaling.show.actions import Action, Asked, Undone
from signaling.show.core import CommandRefused
from signaling.show.facts import Fact, from_json, to_json
from signaling.show.show import MAX_ACTIONS
from signaling.show.terms import Author
from signaling.show.wire.commands import COMMAND
from tests.unit.signaling.show.build import Desk, clock

ANNA = Author("moderator", "moderator", name="Anna", desk=1)
SECOND = Author("moderator", "moderator", desk=2)
TALKS = tuple(
    f"{id} {begins}duration: 10m" for id, begins in (("a", "start: 10:00, "), ("b", ""), ("c", ""), ("d", ""))
)


@pytest.fixture
def desk() -> Desk:
    return Desk(*TALKS)


def send(desk: Desk, at: str, by: Author, type_: str, **fields: Any) -> tuple[Fact, ...]:
    if type_ in ("next", "previous"):
        fields = {"from": desk.show.last} | fields
    command = COMMAND.validate_python({"id": "1", "type": type_, **fields})
    facts = core.apply(desk.show, command, clock(at), by)
    desk.show = core.replay(desk.show, *facts)
    return facts


def told(action: Action) -> tuple[object, ...]:
    """The command, what it was about, and whose it was."""
    about = (action.item, action.source, action.seconds, action.open, action.to)
    return (action.command, *(what for what in about if what is not None), action.name, action.desk)


def test_each_action_says_what_it_was_about_and_whose_it_was(desk: Desk) -> None:
    send(desk, "10:00", ANNA, "start")
    send(desk, "10:01", SECOND, "extend", seconds=300)
    send(desk, "10:01", ANNA, "delay", item="c", seconds=-60)
    send(desk, "10:01", ANNA, "skip", item="d")
    send(desk, "10:01", ANNA, "take", source="tokio")
    send(desk, "10:01", SECOND, "mic", source="berlin", open=True)
    send(desk, "10:01", ANNA, "message", to="stage", text="Hello")
    send(desk, "10:02", ANNA, "next")
    assert [told(action) for action in desk.show.actions] == [
        ("start", "a", "Anna", 1),
        ("extend", 300.0, "", 2),
        ("delay", "c", -60.0, "Anna", 1),
        ("skip", "d", "Anna", 1),
        ("take", "tokio", "Anna", 1),
        ("mic", "berlin", True, "", 2),
        ("message", "stage", "Anna", 1),
        ("next", "b", "Anna", 1),
    ]
    assert all(action.at for action in desk.show.actions)


def test_the_last_few_are_kept_also_after_the_show_went_on_by_itself(desk: Desk) -> None:
    send(desk, "10:00", ANNA, "start")
    for n in range(MAX_ACTIONS):
        send(desk, "10:01", SECOND, "extend", seconds=n + 1)
    assert [action.seconds for action in desk.show.actions] == [float(n + 1) for n in range(MAX_ACTIONS)]


def test_an_undo_names_the_command_and_those_who_took_it_back(desk: Desk) -> None:
    send(desk, "10:00", ANNA, "start")
    send(desk, "10:01", ANNA, "extend", seconds=300)
    assert told(desk.show.undo[-1].asked) == ("extend", 300.0, "Anna", 1)
    facts = send(desk, "10:02", SECOND, "undo")
    assert facts[0] == Undone(command="extend", seconds=300.0, at=clock("10:02"), desk=2)
    assert told(desk.show.undo[-1].asked) == ("start", "a", "Anna", 1)
    assert [(type(action), told(action)) for action in desk.show.actions[1:]] == [
        (Asked, ("extend", 300.0, "Anna", 1)),
        (Undone, ("extend", 300.0, "", 2)),
    ]


def test_a_press_that_comes_too_late_is_told_who_was_faster(desk: Desk) -> None:
    send(desk, "10:00", ANNA, "start")
    send(desk, "10:10", ANNA, "next")
    with pytest.raises(CommandRefused) as refused:
        send(desk, "10:10", SECOND, "next", **{"from": "a"})
    assert refused.value.reason == "went-on"
    assert refused.value.details == {"item": "B", "who": "Anna", "desk": "1"}


def test_nobody_was_faster_where_the_agenda_went_on_by_itself() -> None:
    desk = Desk(TALKS[0] + ", advance: auto", *TALKS[1:])
    send(desk, "10:00", ANNA, "start")
    desk.wait("10:10")
    with pytest.raises(CommandRefused) as refused:
        send(desk, "10:10:01", SECOND, "next", **{"from": "a"})
    assert refused.value.details == {"item": "B", "who": "", "desk": ""}


def test_of_two_who_end_the_event_the_second_is_told_who_was_faster() -> None:
    desk = Desk(TALKS[0])
    send(desk, "10:00", ANNA, "start")
    send(desk, "10:05", SECOND, "next")
    with pytest.raises(CommandRefused) as refused:
        send(desk, "10:05", ANNA, "next")
    assert (refused.value.reason, refused.value.details) == ("ended", {"who": "", "desk": "2"})


def test_the_log_keeps_names_and_is_read_without_them() -> None:
    asked = Asked(command="extend", seconds=300.0, at=clock("10:00"), name="Anna", desk=1)
    assert from_json(to_json(asked)) == asked
    old = {"command": "extend", "at": clock("10:00"), "kind": "asked"}
    assert from_json(old) == Asked(command="extend", at=clock("10:00"))
    assert to_json(from_json(old)) == old
    undone = {"command": "extend", "at": clock("10:00"), "kind": "undone"}
    assert to_json(from_json(undone)) == undone
