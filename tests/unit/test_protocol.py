"""PROTOCOL.md and the code say the same."""

from __future__ import annotations

import json
import re
import typing
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from bridge import engine
from signaling.patches import patched
from signaling.show import reasons
from signaling.show.wire import (
    actions,
    checks,
    commands,
    difference,
    edit,
    links,
    notes,
    pages,
    preview,
    socket,
)
from signaling.show.wire import state as state_docs
from signaling.show.wire.base import WireModel

TEXT = (Path(__file__).parent.parent.parent / "PROTOCOL.md").read_text("utf-8")
SECTIONS = re.split(r"^\*\*`", TEXT, flags=re.MULTILINE)
COMMAND_TABLE = TEXT.split("| type | fields | meaning |")[1].split("###")[0]
COMMAND_ROWS = dict(re.findall(r"^\| `(\w+)` \| (.*)$", COMMAND_TABLE, flags=re.MULTILINE))

SESSION = TEXT.split("## One session")[1].split("\n## ")[0]
MESSAGES: list[tuple[str, dict[str, Any]]] = [
    (receiver, json.loads(text))
    for receiver, text in re.findall(
        r"^```jsonc\n// \w+ → (\w+)\n(.*?)^```$", SESSION, flags=re.MULTILINE | re.DOTALL
    )
]
"""The messages of the recorded session, each with its receiver. Elided text is inside strings alone."""

COMMANDS = typing.get_args(typing.get_args(commands.Command)[0])
TO_SERVER = [c for c in typing.get_args(typing.get_args(socket.ClientMessage)[0]) if c not in COMMANDS]
TO_PAGE = typing.get_args(typing.get_args(socket.ServerMessage)[0])
DOCUMENTS = [
    *(
        commands.Applied,
        commands.Problem,
        state_docs.State,
        state_docs.EventDoc,
        state_docs.PlaceDoc,
        state_docs.ShowDoc,
    ),
    *(
        state_docs.ItemDoc,
        state_docs.Period,
        state_docs.ProgramDoc,
        state_docs.SourceDoc,
        state_docs.DestinationDoc,
    ),
    state_docs.LinkDoc,
    state_docs.ArmedDoc,
    actions.ActionDoc,
    state_docs.DevicesDoc,
    notes.MessageDoc,
    state_docs.BoothPlanDoc,
    state_docs.ChannelDoc,
    state_docs.BoothDoc,
    state_docs.SeatDoc,
    notes.CueDoc,
    notes.FlagDoc,
    pages.TalkDoc,
    pages.DeskDoc,
    pages.WaitingDoc,
    pages.TakeoverDoc,
    checks.ChecksDoc,
    checks.CheckDoc,
    state_docs.ServerDoc,
    state_docs.WarningDoc,
    difference.Difference,
    preview.Preview,
    *(edit.EventFileDoc, edit.FileFault),
    links.LinksDoc,
    links.JoinLinkDoc,
    links.LinkUseDoc,
    links.LinkSessionDoc,
    links.NewLink,
]


def type_of(message: type[WireModel]) -> str:
    (name,) = typing.get_args(message.model_fields["type"].annotation)
    return str(name)


def fields(message: type[WireModel]) -> set[str]:
    return {field.serialization_alias or name for name, field in message.model_fields.items()} - {"type"}


def sections(name: str) -> list[str]:
    return [section for section in SECTIONS if section.startswith(f"{name}`")]


@pytest.mark.parametrize("message", [*TO_SERVER, *TO_PAGE], ids=lambda m: m.__name__)
def test_every_message_is_specified_with_all_its_fields(message: type[WireModel]) -> None:
    told = [set(re.findall(r"`(\w+)`", section)) for section in sections(type_of(message))]
    assert any(fields(message) <= names for names in told)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda d: d.__name__)
def test_every_document_is_specified_with_all_its_fields(document: type[WireModel]) -> None:
    (section,) = sections(document.__name__)
    assert fields(document) <= set(re.findall(r"`(\w+)`", section))


@pytest.mark.parametrize("command", COMMANDS, ids=lambda c: c.__name__)
def test_every_command_is_specified_with_all_its_fields(command: type[WireModel]) -> None:
    assert fields(command) - {"id"} <= set(re.findall(r"`(\w+)`", COMMAND_ROWS[type_of(command)]))


def test_no_command_is_specified_that_there_is_not() -> None:
    assert set(COMMAND_ROWS) == {type_of(command) for command in COMMANDS}


def test_every_error_code_is_specified_with_its_status() -> None:
    from signaling.http.problem import STATUS

    told = dict(re.findall(r"^\| `([\w-]+)` \| (\d{3}) \|", TEXT, flags=re.MULTILINE))
    assert told == {code: str(status) for code, status in STATUS.items()}
    assert set(told) == set(typing.get_args(reasons.ErrorCode))


def test_every_reason_of_a_source_is_specified() -> None:
    section = TEXT.split("## When a source is lost")[1]
    assert set(re.findall(r"^\| `([\w-]+)` \| [^|]*\|$", section, flags=re.MULTILINE)) == {
        *typing.get_args(engine.SourceWhy)
    }


def test_the_version_is_the_same() -> None:
    assert f"Version {socket.PROTOCOL}." in TEXT


@pytest.mark.parametrize("reason", typing.get_args(reasons.ProblemReason))
def test_every_reason_is_specified_with_its_code_and_details(reason: reasons.ProblemReason) -> None:
    code, _ = reasons.SENTENCES[reason]
    details = ", ".join(f"`{name}`" for name in reasons.details(reason))
    assert f"| `{reason}` | `{code}` | {details} |".replace("|  |", "| |") in TEXT


def test_every_message_of_the_session_is_one_of_the_protocol() -> None:
    assert SESSION.count("```") == 2 * len(MESSAGES) > 20
    to_page: TypeAdapter[WireModel] = TypeAdapter(socket.ServerMessage)
    for receiver, message in MESSAGES:
        (socket.CLIENT_MESSAGE if receiver == "server" else to_page).validate_python(message)


def test_the_patches_of_the_session_lead_from_the_snapshot_to_the_last_state() -> None:
    state: dict[str, Any] = {}
    for receiver, message in MESSAGES:
        match message:
            case {"type": "snapshot"}:
                state = message["state"]
            case {"type": "patch", "rev": rev, "changes": changes} if receiver == "page":
                assert rev > state["rev"]
                state = patched(state, [socket.Change.model_validate(c) for c in changes]) | {"rev": rev}
                state_docs.State.model_validate(state)
    assert (state["show"]["item"], state["sources"]["tokio"]["state"]) == ("grusswort", "absent")


def test_every_request_of_the_session_is_answered() -> None:
    asked = [message["id"] for receiver, message in MESSAGES if receiver == "server" and "id" in message]
    assert asked == [message["id"] for _, message in MESSAGES if message["type"] in ("answer", "reply")]


def test_every_problem_of_the_session_has_the_sentence_of_its_reason() -> None:
    problems = [found for _, m in MESSAGES if "reason" in (found := m.get("result", m))]
    assert [found["message"] for found in problems] == [
        str(reasons.ProblemError(found["reason"], **found["details"])) for found in problems
    ]
    assert len(problems) == 2
