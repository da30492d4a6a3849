"""PROTOCOL.md and the code say the same."""

from __future__ import annotations

import re
import typing
from pathlib import Path

import pytest

from bridge import engine
from signaling.show import messages, reasons
from signaling.show.messages import Wire

TEXT = (Path(__file__).parent.parent.parent / "PROTOCOL.md").read_text("utf-8")
SECTIONS = re.split(r"^\*\*`", TEXT, flags=re.MULTILINE)
COMMAND_TABLE = TEXT.split("| type | fields | meaning |")[1].split("###")[0]
COMMAND_ROWS = dict(re.findall(r"^\| `(\w+)` \| (.*)$", COMMAND_TABLE, flags=re.MULTILINE))

COMMANDS = typing.get_args(typing.get_args(messages.Command)[0])
TO_SERVER = [c for c in typing.get_args(typing.get_args(messages.ClientMessage)[0]) if c not in COMMANDS]
TO_PAGE = typing.get_args(typing.get_args(messages.ServerMessage)[0])
DOCUMENTS = [
    *(
        messages.Applied,
        messages.Problem,
        messages.State,
        messages.EventDoc,
        messages.PlaceDoc,
        messages.ShowDoc,
    ),
    *(messages.ItemDoc, messages.Period, messages.ProgramDoc, messages.SourceDoc, messages.DestinationDoc),
    messages.LinkDoc,
    messages.ArmedDoc,
    messages.DevicesDoc,
    messages.MessageDoc,
    messages.WaitingDoc,
    messages.TakeoverDoc,
    messages.Difference,
]


def type_of(message: type[Wire]) -> str:
    (name,) = typing.get_args(message.model_fields["type"].annotation)
    return str(name)


def fields(message: type[Wire]) -> set[str]:
    return {field.serialization_alias or name for name, field in message.model_fields.items()} - {"type"}


def sections(name: str) -> list[str]:
    return [section for section in SECTIONS if section.startswith(f"{name}`")]


@pytest.mark.parametrize("message", [*TO_SERVER, *TO_PAGE], ids=lambda m: m.__name__)
def test_every_message_is_specified_with_all_its_fields(message: type[Wire]) -> None:
    told = [set(re.findall(r"`(\w+)`", section)) for section in sections(type_of(message))]
    assert any(fields(message) <= names for names in told)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda d: d.__name__)
def test_every_document_is_specified_with_all_its_fields(document: type[Wire]) -> None:
    (section,) = sections(document.__name__)
    assert fields(document) <= set(re.findall(r"`(\w+)`", section))


@pytest.mark.parametrize("command", COMMANDS, ids=lambda c: c.__name__)
def test_every_command_is_specified_with_all_its_fields(command: type[Wire]) -> None:
    assert fields(command) - {"id"} <= set(re.findall(r"`(\w+)`", COMMAND_ROWS[type_of(command)]))


def test_no_command_is_specified_that_there_is_not() -> None:
    assert set(COMMAND_ROWS) == {type_of(command) for command in COMMANDS}


def test_every_error_code_is_specified_with_its_status() -> None:
    from signaling.http.problem import STATUS

    told = dict(re.findall(r"^\| `([\w-]+)` \| (\d{3}) \|", TEXT, flags=re.MULTILINE))
    assert told == {code: str(status) for code, status in STATUS.items()}
    assert set(told) == set(typing.get_args(messages.ErrorCode))


def test_every_reason_of_a_source_is_specified() -> None:
    section = TEXT.split("## When a source is lost")[1]
    assert set(re.findall(r"^\| `([\w-]+)` \| [^|]*\|$", section, flags=re.MULTILINE)) == {
        *typing.get_args(engine.SourceWhy)
    }


def test_the_version_is_the_same() -> None:
    assert f"Version {messages.PROTOCOL}." in TEXT


@pytest.mark.parametrize("reason", typing.get_args(messages.ProblemReason))
def test_every_reason_is_specified_with_its_code_and_details(reason: messages.ProblemReason) -> None:
    code, _ = reasons.SENTENCES[reason]
    details = ", ".join(f"`{name}`" for name in reasons.details(reason))
    assert f"| `{reason}` | `{code}` | {details} |".replace("|  |", "| |") in TEXT
