"""Reads the event file: `load` a file or `parse` a text. The result is an event that can run, or all faults.

The steps: bytes → text → nodes (`compose`) → tree of texts with their places (`tree`) → typed keys (`schema`) → names,
times and defaults (`places`, `plan`, `resolve`) → `Event`. A faulty value is reported and removed.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from config.faults import MAX_FAULTS, CodedFault, EventFileError, Fault, Faults, KeyPath, TooManyFaults, shown
from config.model import Event
from config.places import MAX_SOURCES
from config.resolve import MAX_ITEMS, resolve
from config.schema import BoothPart, DefaultsPart, EventFile, EventPart, GuestPart, ItemPart, Part, VenuePart
from config.yamltext.lookalikes import lookalike_fault
from config.yamltext.tree import Data, InvalidYaml, Tree, load_tree

__all__ = ["EventFileError", "Fault", "load", "parse", "plain_words", "read", "read_text"]

MAX_BYTES = 512 * 1024
"""About 1500 items with notes."""
MAX_KEYS = 2 * MAX_FAULTS
"""Keys of one mapping that are checked. A mapping with more has too many faults anyway."""

P = TypeVar("P", bound=Part)


def load(path: str | Path) -> Event:
    """The event in a file.

    Raises:
        EventFileError: it cannot be read or cannot run; has every fault.
    """
    return parse(read(path), str(path))


def read(path: str | Path) -> str:
    """The text of an event file, which may be faulty.

    Raises:
        EventFileError: it cannot be read.
    """
    faults = Faults(str(path))
    return read_text(path, faults, "event")


def parse(text: str, name: str) -> Event:
    """The event in a text. `name` is the file's name in faults.

    Raises:
        EventFileError: it cannot run; has every fault.
    """
    faults = Faults(name)
    if len(text) > MAX_BYTES:
        raise _too_large(faults, "event")
    event = None
    try:
        event = _read(load_tree(text), faults)
    except InvalidYaml as error:
        faults.add_at(error.mark, "YAML", error.what)
    except TooManyFaults:
        pass
    if event is None:
        raise faults.error()
    return event


def read_text(path: str | Path, faults: Faults, kind: str) -> str:
    """The text of a file. `kind` names the expected content in faults.

    Raises:
        EventFileError: it does not exist, is too large, or is not UTF-8.
    """
    try:
        with open(path, "rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise _unreadable(faults, "there is no such file") from None
    except IsADirectoryError:
        raise _unreadable(faults, f"this is a folder; name the {kind} file in it") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise _unreadable(faults, f"this file cannot be read: {reason}") from None
    if len(raw) > MAX_BYTES:
        raise _too_large(faults, kind)
    return _decode(raw, faults)


def _unreadable(faults: Faults, what: str) -> EventFileError:
    faults.add_at((1, 1), "file", what)
    return faults.error()


def _too_large(faults: Faults, kind: str) -> EventFileError:
    return _unreadable(faults, f"this file is larger than {MAX_BYTES // 1024} KiB; split the {kind}")


def _decode(raw: bytes, faults: Faults) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8")
        mark = (before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1)
        faults.add_at(mark, "file", f"the byte 0x{raw[error.start]:02X} is not UTF-8; save the file as UTF-8")
        raise faults.error() from None


# From the tree to the schema --------------------------------------------------------------------------------


def _read(tree: Tree, faults: Faults) -> Event | None:
    faults.values, faults.keys, faults.titles = tree.values, tree.keys, _titles(tree.data)
    for path, mark, what in tree.faults:
        faults.add_at(mark, faults.where(path), what, path)
    if tree.data is None:
        faults.add((), "this file is empty; an event has at least `event`, `venues` and `agenda`")
        return None
    if not isinstance(tree.data, dict):
        faults.add((), "keys with values are expected: `event`, `venues`, `agenda`")
        return None
    return resolve(_validate(tree.data, faults), faults)


def _titles(data: Data) -> dict[int, str]:
    agenda = data.get("agenda") if isinstance(data, dict) else None
    items = enumerate(agenda) if isinstance(agenda, list) else ()
    titles = ((n, item.get("title")) for n, item in items if isinstance(item, dict))
    return {n: shown(title) for n, title in titles if isinstance(title, str)}


def _validate(data: dict[str, Data], faults: Faults) -> EventFile:
    """Check the file against the schema. Faulty values are reported and left out.

    Each part is checked by itself. So a very faulty file ends with `TooManyFaults` soon, and other threads run between
    the parts.
    """
    parts: dict[str, Any] = {}
    for key, part in _SINGLE_PARTS.items():
        if isinstance(data.get(key), dict):
            parts[key] = _part(part, data.pop(key), (key,), faults)
    for key, part in _PARTS_BY_ID.items():
        if isinstance(places := data.get(key), dict):
            del data[key]
            # One more than allowed, so that the fault of too many is reported.
            some = list(places.items())[: MAX_SOURCES + 1]
            parts[key] = {
                id: None if value is None else _part(part, value, (key, id), faults) for id, value in some
            }
    if isinstance(items := data.get("agenda"), list):
        del data["agenda"]
        some_items = enumerate(items[: MAX_ITEMS + 1])
        parts["agenda"] = tuple(_part(ItemPart, item, ("agenda", n), faults) for n, item in some_items)
    return _part(EventFile, data, (), faults).model_copy(update=parts)


_SINGLE_PARTS: dict[str, type[Part]] = {"event": EventPart, "defaults": DefaultsPart}
_PARTS_BY_ID: dict[str, type[Part]] = {"venues": VenuePart, "guests": GuestPart, "interpreters": BoothPart}


def _part(kind: type[P], data: Data, path: KeyPath, faults: Faults) -> P:
    """A mapping of the file, without its faulty keys. Any other value becomes an empty part."""
    if isinstance(data, dict) and len(data) > MAX_KEYS:
        data = dict(islice(data.items(), MAX_KEYS))
    try:
        return kind.model_validate(data)
    except ValidationError as error:
        cut: list[KeyPath] = []
        for found in error.errors(include_url=False):
            at: KeyPath = (*path, *found["loc"])
            if found["type"] == "extra_forbidden":
                faults.unknown_key(at, _keys(kind))
            else:
                raised = found.get("ctx", {}).get("error")
                code = raised.code if isinstance(raised, CodedFault) else None
                faults.add(at, plain_words(found["type"], found["msg"]) + _lookalike_hint(found), code=code)
            # The whole list is removed: without one entry it would mean something else.
            faulty = found["loc"][:1]
            if faulty and isinstance(data, dict):
                data.pop(str(faulty[0]), None)
            cut.append((*path, *faulty))
        for place in cut:
            faults.mark_faulty(place)
    return kind.model_validate(data if isinstance(data, dict) else {})


def plain_words(kind: str, message: str) -> str:
    """A fault of the schema, for people. Texts of `config.schema` follow `Value error` and are for people already."""
    match kind:
        case "tuple_type":
            return "a list is expected here, in [brackets] or with a - before each entry"
        case "model_type" | "dict_type":
            return "keys with values are expected here, as in `{key: value}`"
        case _:
            return message.removeprefix("Value error, ")


def _lookalike_hint(found: Mapping[str, Any]) -> str:
    """For a text in place of a list or a mapping: the character in it that only looks like YAML."""
    why = (
        lookalike_fault(found["input"])
        if isinstance(found["input"], str) and found["type"] in _COLLECTION_FAULTS
        else None
    )
    return "" if why is None else f" ({why})"


_COLLECTION_FAULTS = ("tuple_type", "model_type", "dict_type")


def _keys(kind: type[Part]) -> list[str]:
    """The allowed keys of a mapping."""
    return [field.alias or name for name, field in kind.model_fields.items()]
