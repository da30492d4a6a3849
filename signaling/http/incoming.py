"""Parses messages from pages and scripts, within the limits of their role."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from signaling.http.jsonobject import NotAnObject, read_object
from signaling.show.policy import max_message_chars
from signaling.show.terms import Role
from signaling.show.wire.commands import COMMAND, Command
from signaling.show.wire.difference import FileText
from signaling.show.wire.socket import CLIENT_MESSAGE, PROTOCOL, ClientMessage

MAX_FAULTS = 3
"""Faults that are reported of one message."""


class Malformed(ValueError):
    """A message that cannot be parsed. The text says why, for the author of a script."""

    def __init__(self, text: str, id_: str | None = None) -> None:
        super().__init__(f"Not understood: {text}. This is protocol {PROTOCOL}; see PROTOCOL.md.")
        self.id = id_
        """The message's id, for its sender; None where it has none."""


def read_message(text: str, role: Role | None) -> ClientMessage:
    """A message of the WebSocket; `role` is None before hello.

    Raises:
        Malformed: it cannot be parsed, or is too long for its type.
    """
    found = _object(text, role)
    try:
        return CLIENT_MESSAGE.validate_python(found)
    except ValidationError as fault:
        raise Malformed(explain(fault), _id_in(found)) from None


def read_command(body: bytes, role: Role) -> Command:
    """The body of `POST /api/v1/commands`. Raises as `read_message`."""
    found = _object(_decoded(body), role)
    try:
        return COMMAND.validate_python(found)
    except ValidationError as fault:
        raise Malformed(explain(fault), _id_in(found)) from None


def read_file_text(body: bytes) -> FileText:
    """The body of `POST /api/v1/difference`. Raises as `read_message`."""
    try:
        return FileText.model_validate(read_object(_decoded(body)))
    except NotAnObject as fault:
        raise Malformed(str(fault)) from None
    except ValidationError as fault:
        raise Malformed(explain(fault)) from None


def _decoded(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError:
        raise Malformed("the message is not UTF-8") from None


def _object(text: str, role: Role | None) -> dict[str, Any]:
    """The fields of a message whose length its type permits."""
    try:
        found = read_object(text, max_message_chars(role, "edit"))
    except NotAnObject as fault:
        raise Malformed(str(fault)) from None
    type_ = found.get("type")
    limit = max_message_chars(role, type_ if isinstance(type_, str) else "")
    if len(text) > limit:
        raise Malformed(f"a message of this type may have {limit} characters here", _id_in(found))
    return found


def explain(fault: ValidationError) -> str:
    """The first faults of a message."""
    parts = [
        f"{'.'.join(str(step)[:40] for step in error['loc']) or 'message'}: {error['msg'][:200]}"
        for error in fault.errors(include_url=False, include_input=False, include_context=False)[:MAX_FAULTS]
    ]
    return "; ".join(parts)


def _id_in(found: dict[str, Any]) -> str | None:
    id_ = found.get("id")
    return id_ if isinstance(id_, str) and len(id_) <= 64 else None
