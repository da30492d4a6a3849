"""Changes of the agenda that moderators make at the desk, the event file that they see for it, and its faults."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StrictBool, StrictStr

from config.faults import FaultCode
from signaling.show.wire.base import ItemId, WireModel

MAX_CHANGES = 100
MAX_FIELDS = 32
"""An item has 20 keys."""
MAX_VALUE_CHARS = 12_000
"""Characters of one value. Notes may have 10,000."""

FileKey = Annotated[str, Field(min_length=1, max_length=32, pattern=r"^[a-z][a-z_-]*$")]
"""A key of an item in the event file."""
_Text = Annotated[StrictStr, Field(max_length=MAX_VALUE_CHARS)]
_Name = Annotated[StrictStr, Field(max_length=200)]
FileValue = _Text | StrictBool | Annotated[list[_Name], Field(max_length=64)] | None
"""A value as the event file says it: `"15m"`, `"10:30"`, true, `["tokio"]`, a text with several lines. Null: no such
key."""


def _few(fields: object) -> object:
    """Before the fields are looked at: thousands of faulty ones take 0.1 s."""
    if isinstance(fields, dict) and len(fields) > MAX_FIELDS:
        raise ValueError(f"at most {MAX_FIELDS} fields are expected")
    return fields


FileFields = Annotated[dict[FileKey, FileValue], BeforeValidator(_few)]


def _without_id(fields: dict[str, object]) -> dict[str, object]:
    if "id" in fields:
        raise ValueError("an item keeps its id; remove it and add another")
    return fields


class SetItemFields(WireModel):
    """Give an item of the event file these values. It keeps its id."""

    do: Literal["set"]
    item: ItemId
    fields: Annotated[FileFields, AfterValidator(_without_id)]


class MoveFileItem(WireModel):
    """Put an item above another one, or at the end of the agenda."""

    do: Literal["move"]
    item: ItemId
    before: ItemId | None


class AddFileItem(WireModel):
    """A new item above another one, or at the end of the agenda. Its `id` is made from its title if it has none."""

    do: Literal["add"]
    before: ItemId | None
    fields: FileFields


class RemoveFileItem(WireModel):
    """Remove an item from the event file."""

    do: Literal["remove"]
    item: ItemId


AnyEdit = SetItemFields | MoveFileItem | AddFileItem | RemoveFileItem
FileEdit = Annotated[AnyEdit, Field(discriminator="do")]


class FileFault(WireModel):
    """A fault of a changed event file."""

    item: str | None
    """The id of the item that has it; null: it is none of an item, or of a new one."""
    change: int | None
    """For a new item: the index of the change that adds it."""
    field: str | None
    """The key of the item."""
    line: int
    column: int
    message: str
    """What is wrong and what to do, in English."""
    code: FaultCode | None
    """Of the commonest ones, so that a page can say them in its reader's language."""
    details: dict[str, str]
    """`value`: what is written there, where the fault has a code that speaks of it."""


class FileItem(WireModel):
    """An item as the event file says it."""

    id: str
    fields: dict[str, str | list[str]]
    """By key, as written; a key without a value is left out."""


class EventFileDoc(WireModel):
    """The agenda as the event file says it, for those who edit it."""

    rev: int
    """The revision with which the event last changed: the `base` of an `edit`."""
    items: list[FileItem]
    """In the order of the file. Past items that the file does not have any more are not among them."""
    defaults: dict[str, str | list[str]]
    """The file's `defaults` of all items."""
    languages: list[str]
    """The channels."""
    sources: list[str]
    """What may be written as a source."""
