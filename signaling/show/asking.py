"""What a command is about, for the log and the desk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from config.times import Instant
from signaling.show.actions import Asked
from signaling.show.facts import Fact, Started
from signaling.show.terms import Author
from signaling.show.wire.commands import (
    Arm,
    Command,
    Delay,
    Edit,
    Extend,
    Mic,
    SendMessage,
    Skip,
    Take,
    Unskip,
)
from signaling.show.wire.edit import MoveFileItem, RemoveFileItem, SetItemFields


def asked(command: Command, facts: Sequence[Fact], by: Author, at: Instant) -> Asked:
    """The fact that precedes `facts`, those of a command: whose it is, and what it is about."""
    about = _about(command)
    begun = next((fact.item for fact in facts if isinstance(fact, Started)), None)
    return Asked(**{"item": begun} | about, command=command.type, at=at, name=by.name, desk=by.desk)


def _about(command: Command) -> dict[str, Any]:
    match command:
        case Skip(item=item) | Unskip(item=item):
            return {"item": item}
        case Delay(item=item, seconds=seconds):
            return {"item": item, "seconds": seconds}
        case Edit(changes=[SetItemFields(item=item) | MoveFileItem(item=item) | RemoveFileItem(item=item)]):
            return {"item": item}
        case Extend(seconds=seconds):
            return {"seconds": seconds}
        case Arm(item=item, source=source):
            return {"item": item, "source": source}
        case Take(source=source):
            return {"source": source}
        case Mic(source=source, open=is_open):
            return {"source": source, "open": is_open}
        case SendMessage(to=to):
            return {"to": to}
        case _:
            return {}
