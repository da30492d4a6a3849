"""What each role may do."""

from __future__ import annotations

import typing
from typing import get_args

import pytest

from signaling.show.policy import (
    check_permitted,
    hears_levels,
    is_watcher,
    marks_speakers,
    may,
    sends_commands,
)
from signaling.show.reasons import ProblemError
from signaling.show.terms import Author, Role
from signaling.show.wire.commands import AnyCommand

COMMANDS = {
    str(typing.get_args(command.model_fields["type"].annotation)[0])
    for command in typing.get_args(AnyCommand)
}
PERMITTED: dict[Role, set[str]] = {
    "moderator": COMMANDS,
    "venue": {"flag", "seen"},
    "guest": {"flag", "seen"},
    "interpreter": {"floor", "interpret", "handover", "cue", "flag", "seen"},
    "viewer": set(),
    "stage": set(),
}
INTERPRETER = Author("interpreter", "kabine")


@pytest.mark.parametrize("role", get_args(Role))
def test_each_role_may_send_these_commands(role: Role) -> None:
    assert {command for command in COMMANDS if may(role, command)} == PERMITTED[role]
    assert sends_commands(role) == bool(PERMITTED[role])


def test_an_interpreter_switches_no_other_booth() -> None:
    check_permitted(INTERPRETER, "interpret", "kabine")
    check_permitted(INTERPRETER, "floor", None)
    with pytest.raises(ProblemError) as refused:
        check_permitted(INTERPRETER, "interpret", "zwei")
    assert (refused.value.code, str(refused.value)) == (
        "forbidden",
        "This link is that of the booth “kabine”; it does not switch “zwei”.",
    )


def test_a_moderator_switches_any_booth() -> None:
    check_permitted(Author("moderator", "moderator"), "interpret", "zwei")


def test_a_command_that_a_role_may_not_send_is_refused() -> None:
    with pytest.raises(ProblemError, match="A stage link does not permit “next”"):
        check_permitted(Author("stage", "stage"), "next", None)


def test_moderators_see_all_meters() -> None:
    assert [role for role in get_args(Role) if hears_levels(role)] == ["moderator"]


def test_every_page_with_pictures_is_sent_levels_once() -> None:
    marking = [role for role in get_args(Role) if marks_speakers(role)]
    assert sorted(marking) == ["guest", "interpreter", "venue", "viewer"]


def test_viewers_and_stage_displays_only_receive() -> None:
    assert [role for role in get_args(Role) if is_watcher(role)] == ["viewer", "stage"]
