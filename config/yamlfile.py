"""The event file in: `load` a file or `parse` a text; out comes an event that can run, or every fault.

The way of a file: bytes → text → tree of texts with their places (`tree`) → typed keys (`schema`) → names,
times and defaults (`places`, `plan`, `resolve`) → `Event`. A faulty value is told and cut out.
"""

from __future__ import annotations

from pathlib import Path as FilePath
from typing import Any

from pydantic import ValidationError

from config.faults import EventFileError, Fault, Faults, Path, TooManyFaults, shown
from config.model import Event
from config.resolve import resolve
from config.schema import DefaultsPart, EventFile, EventPart, GuestPart, ItemPart, Part, VenuePart
from config.tree import Data, Tree, Unreadable, grow

__all__ = ["EventFileError", "Fault", "load", "parse", "plain_words", "read", "read_text"]

MOST_BYTES = 512 * 1024
"""About 1500 items with notes. A larger file would keep the server from its work for more than a second."""


def load(path: str | FilePath) -> Event:
    """The event in a file.

    Raises:
        EventFileError: if it cannot be read or cannot run; has every fault.
    """
    return parse(read(path), str(path))


def read(path: str | FilePath) -> str:
    """The text of an event file, right or wrong.

    Raises:
        EventFileError: if it cannot be read.
    """
    faults = Faults(str(path))
    return read_text(path, faults, "event")


def parse(text: str, name: str) -> Event:
    """The event in a text. `name` stands for the file in faults.

    Raises:
        EventFileError: if it cannot run; has every fault.
    """
    faults = Faults(name)
    if len(text) > MOST_BYTES:
        raise _too_large(faults, "event")
    event = None
    try:
        event = _read(grow(text), faults)
    except Unreadable as error:
        faults.at(error.mark, "YAML", error.what)
    except TooManyFaults:
        pass
    if event is None:
        raise faults.error()
    return event


def read_text(path: str | FilePath, faults: Faults, kind: str) -> str:
    """What is in a file. `kind` is what the file should be, for the fault if there is no reading it.

    Raises:
        EventFileError: if it is not there, too large, or not UTF-8.
    """
    try:
        with open(path, "rb") as file:
            raw = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise _unreadable(faults, "there is no such file") from None
    except IsADirectoryError:
        raise _unreadable(faults, f"this is a folder; name the {kind} file in it") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise _unreadable(faults, f"this file cannot be read: {reason}") from None
    if len(raw) > MOST_BYTES:
        raise _too_large(faults, kind)
    return _decode(raw, faults)


def _unreadable(faults: Faults, what: str) -> EventFileError:
    faults.at((1, 1), "file", what)
    return faults.error()


def _too_large(faults: Faults, kind: str) -> EventFileError:
    return _unreadable(faults, f"this file is larger than {MOST_BYTES // 1024} KiB; split the {kind}")


def _decode(raw: bytes, faults: Faults) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8")
        mark = (before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1)
        faults.at(mark, "file", f"the byte 0x{raw[error.start]:02X} is not UTF-8; save the file as UTF-8")
        raise faults.error() from None


# From the tree to the schema --------------------------------------------------------------------------------


def _read(tree: Tree, faults: Faults) -> Event | None:
    faults.values, faults.keys, faults.titles = tree.values, tree.keys, _titles(tree.data)
    for path, mark, what in tree.faults:
        faults.at(mark, faults.where(path), what)
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
    """The file against the schema. What does not fit is told and cut out of `data`."""
    try:
        return EventFile.model_validate(data)
    except ValidationError as error:
        cut: list[Path] = []
        for found in error.errors(include_url=False, include_input=False):
            path: Path = found["loc"]
            if found["type"] == "extra_forbidden":
                faults.unknown_key(path, _keys(path))
            else:
                faults.add(path, plain_words(found["type"], found["msg"]))
            cut.append(_cut(data, path))
        for path in cut:
            faults.silence(path)
    return EventFile.model_validate(data)


def plain_words(kind: str, message: str) -> str:
    """A fault of the schema, for people. Those that say `Value error` are our own and are plain already."""
    match kind:
        case "tuple_type":
            return "a list is expected here, in [brackets] or with a - before each entry"
        case "model_type" | "dict_type":
            return "keys with values are expected here, as in `{key: value}`"
        case _:
            return message.removeprefix("Value error, ")


def _keys(path: Path) -> list[str]:
    """The keys that a mapping may have, of which `path` is one it may not."""
    parts: dict[tuple[str, int], type[Part]] = {
        ("event", 2): EventPart,
        ("defaults", 2): DefaultsPart,
        ("venues", 3): VenuePart,
        ("guests", 3): GuestPart,
        ("agenda", 3): ItemPart,
    }
    part = parts.get((str(path[0]), len(path)), EventFile)
    return [field.alias or name for name, field in part.model_fields.items()]


def _cut(data: Any, path: Path) -> Path:
    """Take a faulty value out, and say how much was taken.

    An item, a venue or a guest leaves an empty one behind, so that the others keep their places. Of any other
    list nothing is left, since without one of its entries it would say something else.
    """
    depth = 3 if path[0] in ("agenda", "venues", "guests") else 2
    *above, last = path[:depth]
    for key in above:
        data = data[key]
    if depth == 3 and len(path) == 2:
        data[last] = {}
    else:
        data.pop(last, None)
    return path[:depth]
