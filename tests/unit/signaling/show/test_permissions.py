"""The table of permissions: what each link may ask for."""

from __future__ import annotations

import typing
from typing import get_args

import pytest

from signaling.show.permissions import (
    ENDPOINTS,
    SOURCES,
    Holder,
    check_command,
    check_endpoint,
    check_message,
    holder_of,
    may_send,
    may_talk,
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
    holder = holder_of(role)
    assert {command for command in COMMANDS if may_send(holder, command)} == PERMITTED[role]
    # A role without commands is refused before its body is read.
    assert (holder in ENDPOINTS["POST /api/v1/commands"]) == bool(PERMITTED[role])


def test_an_interpreter_switches_no_other_booth() -> None:
    check_command(INTERPRETER, "interpret", "kabine")
    check_command(INTERPRETER, "floor", None)
    with pytest.raises(ProblemError) as refused:
        check_command(INTERPRETER, "interpret", "zwei")
    assert (refused.value.code, str(refused.value)) == (
        "forbidden",
        "This link is that of the booth “kabine”; it does not switch “zwei”.",
    )


def test_a_moderator_switches_any_booth() -> None:
    check_command(Author("moderator", "moderator"), "interpret", "zwei")


def test_a_command_that_a_role_may_not_send_is_refused() -> None:
    with pytest.raises(ProblemError, match="A stage link does not permit “next”"):
        check_command(Author("stage", "stage"), "next", None)


def test_only_places_send_sources_and_only_their_own() -> None:
    assert SOURCES == {"venue": "own", "guest": "own", "interpreter": "own"}


def test_a_viewer_and_a_stage_display_change_nothing() -> None:
    changing = {name for name in ENDPOINTS if not name.startswith("GET ")}
    holders: tuple[Holder, ...] = ("viewer", "stage")
    for holder in holders:
        assert not [name for name in changing if holder in ENDPOINTS[name]]
        assert not may_talk(holder)


def test_a_read_only_moderator_reads_what_a_moderator_reads_and_changes_nothing() -> None:
    holder = holder_of("moderator", read_only=True)
    assert not [command for command in COMMANDS if may_send(holder, command)]
    assert not may_talk(holder)
    for name, row in ENDPOINTS.items():
        # The list of links has codes, with which it would be more than that.
        reads = name.startswith("GET ") and not name.startswith("GET /api/v1/links")
        assert (holder in row) == (reads and "moderator" in row), name
    with pytest.raises(ProblemError) as refused:
        check_command(Author("moderator", "moderator", read_only=True), "next")
    assert (refused.value.reason, refused.value.code) == ("read-only", "forbidden")


def test_only_a_moderators_link_can_be_read_only() -> None:
    assert holder_of("venue", read_only=True) == "venue"


def test_what_has_no_row_is_refused() -> None:
    with pytest.raises(ProblemError):
        check_endpoint("moderator", "GET /api/v2/state")
    with pytest.raises(ProblemError):
        check_message("moderator", "nothing")
    with pytest.raises(ProblemError):
        check_command(Author("moderator", "moderator"), "nothing")


def test_the_metrics_token_opens_the_metrics_alone_and_says_so() -> None:
    check_endpoint("metrics", "GET /metrics")
    for check, what in ((check_endpoint, "GET /api/v1/state"), (check_message, "hello")):
        with pytest.raises(ProblemError, match="opens the metrics alone"):
            check("metrics", what)


def test_who_may_not_read_the_metrics_learns_what_may() -> None:
    with pytest.raises(ProblemError, match="A venue link does not open the metrics") as refused:
        check_endpoint("venue", "GET /metrics")
    assert (refused.value.code, refused.value.reason) == ("forbidden", "link-no-metrics")
