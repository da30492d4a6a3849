"""The answers to commands, so that one that is sent again is answered as before and not applied twice.

Each sender has ids of its own. The log holds all that is needed, so they are the same after a restart.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

MAX_ANSWERS_PER_SENDER: Final = 4096
"""Answered commands that are remembered of each sender. A page sends a command again for at most 10 s. The 16 pages of
a moderators' link, with 20 messages a second each, send 3,200 within that time."""


@dataclass(frozen=True, slots=True)
class AppliedCommand:
    """A command that was applied."""

    rev: int
    """Revision of the state that shows it."""
    type: str | None
    """None where the log does not hold it: the command changed nothing."""


class AnsweredCommands:
    """By sender and id, the last commands that were applied.

    A sender is `by` of the log's entries: the role and id of a link, so there are no more than places and roles.
    """

    def __init__(self) -> None:
        self._by_sender: dict[str, OrderedDict[str, AppliedCommand]] = {}

    def add(self, by: str, id: str, applied: AppliedCommand) -> None:
        """Remember a command. The oldest of its sender is forgotten if there are too many."""
        answers = self._by_sender.setdefault(by, OrderedDict())
        answers[id] = applied
        if len(answers) > MAX_ANSWERS_PER_SENDER:
            answers.popitem(last=False)

    def get(self, by: str, id: str) -> AppliedCommand | None:
        """The command that this sender gave this id; None if there is none, or it is forgotten."""
        answers = self._by_sender.get(by)
        return None if answers is None else answers.get(id)
