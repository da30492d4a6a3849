"""The difference between two states, as the changes that turn one into the other."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from signaling.show.messages import Change, Shift

Json = Any
_Path = tuple[str | int, ...]

ITEMS: _Path = ("items",)
"""Where the items are in a state."""
FEW = 2
"""Items that have moved alike and are told one by one all the same."""


def difference(old: Json, new: Json, path: _Path = ()) -> Iterator[Change]:
    """Changes that turn `old` into `new`, both plain JSON: the smallest parts that differ, each with its whole value.

    Lists of equal length are compared place by place, others are replaced whole. Items whose expected times have all
    moved by the same are told together.
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
        if path == ITEMS:
            shifts = list(_shifts(old, new))
            yield from (Change(path=list(path), shift=shift) for shift in shifts)
            old = _shifted(old, shifts)
        for index, (before, after) in enumerate(zip(old, new, strict=True)):
            # Hundreds of items, and most are as they were, or even the same objects.
            if path != ITEMS or (before is not after and before != after):
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
        elif change.shift is not None:
            place[last] = _shifted(place[last], [change.shift])
        else:
            place[last] = change.value
    return state


# Expected times that have moved together -----------------------------------------------------------------------------


def _shifts(old: list[Json], new: list[Json]) -> Iterator[Shift]:
    """Runs of items that have moved alike. Those that are not expected at all, before or after, do not end a run."""
    first = last = moved = 0
    by: int | None = None
    for index in range(len(old) + 1):
        ms = _by(old[index], new[index]) if index < len(old) else None
        if ms == 0:
            continue
        if by is not None and ms != by:
            if moved > FEW:
                yield Shift(first=first, last=last, ms=by)
            by = None
        if ms is not None:
            if by is None:
                by, first, moved = ms, index, 0
            last, moved = index, moved + 1


def _by(before: Json, after: Json) -> int | None:
    """By how many milliseconds an item has moved; 0 where it is not expected; None where that does not tell it."""
    match before, after:
        case {"expected": {"start": None, "end": None}}, {"expected": {"start": None, "end": None}}:
            return 0
        case {"expected": was}, {"expected": now} if was == now:
            return None
        case {"expected": {"start": str(was)}}, {"expected": {"start": str(now)}}:
            try:
                ms = round((datetime.fromisoformat(now) - datetime.fromisoformat(was)).total_seconds() * 1000)
            except (ValueError, TypeError):
                return None
            found = _later(before["expected"], ms)
            return ms if ms and found == after["expected"] else None
        case _:
            return None


def _shifted(items: list[Json], shifts: list[Shift]) -> list[Json]:
    """The items with their expected times moved."""
    found = list(items)
    for shift in shifts:
        for index in range(shift.first, shift.last + 1):
            found[index] = {**found[index], "expected": _later(found[index]["expected"], shift.ms)}
    return found


def _later(period: dict[str, str | None], ms: int) -> dict[str, str | None]:
    return {key: None if text is None else _moved(text, ms) for key, text in period.items()}


@lru_cache(maxsize=4096)  # one item's end is the next one's start
def _moved(text: str, ms: int) -> str:
    """An instant so much later, with the same offset: where DST changes it, that is no shift."""
    moment = datetime.fromisoformat(text) + timedelta(milliseconds=ms)
    return moment.isoformat(timespec="milliseconds" if moment.microsecond else "seconds")
