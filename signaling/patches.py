"""The difference between two states, as the changes that turn one into the other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from signaling.show.messages import Change

Json = Any
_Path = tuple[str | int, ...]


def difference(old: Json, new: Json, path: _Path = ()) -> Iterator[Change]:
    """Changes that turn `old` into `new`, both plain JSON: the smallest parts that differ, each with its whole value.

    Lists of equal length are compared place by place, others are replaced whole.
    """
    if isinstance(old, dict) and isinstance(new, dict):
        for key in old.keys() - new.keys():
            yield Change(path=[*path, key], drop=True)
        for key, value in new.items():
            if key not in old:
                yield Change(path=[*path, key], value=value)
            else:
                yield from difference(old[key], value, (*path, key))
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for index, (before, after) in enumerate(zip(old, new, strict=True)):
            yield from difference(before, after, (*path, index))
    elif old != new or type(old) is not type(new):
        yield Change(path=list(path), value=new)


def patched(state: Json, changes: list[Change]) -> Json:
    """`state` with `changes` made in it. What a client does; `state` is changed in place."""
    for change in changes:
        *way, last = change.path
        place = state
        for step in way:
            place = place[step]
        if change.drop:
            del place[last]
        else:
            place[last] = change.value
    return state
