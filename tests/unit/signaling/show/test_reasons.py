"""The reasons of problems: each has a sentence, and each use has the details that the sentence names."""

from __future__ import annotations

import ast
import typing
from collections.abc import Iterator
from pathlib import Path

import pytest

from signaling.show import reasons
from signaling.show.reasons import CommandRefused, ProblemReason
from signaling.show.wire.commands import problem

SIGNALING = Path(reasons.__file__).parent.parent
GIVING = {"ProblemError", "CommandRefused", "LinkError", "NotWritten"}


def given() -> Iterator[tuple[str, str, set[str]]]:
    """Each use of a reason in the sources: the place, the reason and its details."""
    for path in SIGNALING.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.Call(func=ast.Name(id=name), args=[first], keywords=details) if name in GIVING:
                    where = f"{path.relative_to(SIGNALING)}:{node.lineno}"
                    for word in ast.walk(first):
                        if isinstance(word, ast.Constant) and isinstance(word.value, str):
                            yield where, word.value, {str(detail.arg) for detail in details}


GIVEN = list(given())


def test_every_reason_has_a_sentence() -> None:
    assert set(reasons.SENTENCES) == set(typing.get_args(ProblemReason))


@pytest.mark.parametrize(("where", "reason", "details"), GIVEN, ids=[f"{w} {r}" for w, r, _ in GIVEN])
def test_a_reason_is_given_with_what_its_sentence_names(where: str, reason: str, details: set[str]) -> None:
    known = set(reasons.details(typing.cast(ProblemReason, reason)))
    if "None" in details:  # `**`, which may be any of them
        assert details - {"None"} < known, where
    else:
        assert details == known, where


def test_nobody_has_a_reason_that_is_never_given() -> None:
    by_table = {"fed-elsewhere", "fed-now", "many-wait"}  # from a table in the runtime
    by_turn = {"previews-often"}  # raised by the `LoopShare` of the previews
    assert {reason for _, reason, _ in GIVEN} | by_table | by_turn == set(typing.get_args(ProblemReason))


def test_a_title_with_braces_is_not_formatted() -> None:
    refused = CommandRefused("item-on-air", item="{item} {0} {}")
    assert str(refused) == '"{item} {0} {}" is on air already; nothing was done.'
    assert problem(refused, 7).model_dump() == {
        "code": "invalid",
        "message": str(refused),
        "rev": 7,
        "reason": "item-on-air",
        "details": {"item": "{item} {0} {}"},
        "faults": [],
    }
