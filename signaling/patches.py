"""The difference between two states, as the changes that turn one into the other."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from config.model import Span
from config.times import Instant, between, offset_change_times
from signaling.show.item_docs import ItemDocs, running_fields
from signaling.show.rundown import Row
from signaling.show.view import View
from signaling.show.wire.socket import Change, Shift

Json = Any
_Path = tuple[str | int, ...]

ITEMS: _Path = ("items",)
"""The path of the items in a state."""
MIN_SHIFTED_ITEMS = 3
"""Items that have moved by the same time and are sent as one shift."""
MAX_COMPARED_ITEMS = 100
"""Changed items of a reloaded file that are compared field by field. 500 of them took 40 ms."""


class PatchCache:
    """What was found of one change of the show, shared by the streams that send it.

    Keys are object identities. The objects are kept, since Python reuses the identity of a freed object.
    """

    def __init__(self) -> None:
        self._changes: dict[tuple[int, int], tuple[object, object, list[Change]]] = {}
        self._texts: dict[int, tuple[Change, str]] = {}

    def changes(self, old: object, new: object, find: Callable[[], Iterator[Change]]) -> list[Change]:
        """The changes from `old` to `new`; calls `find` the first time."""
        key = id(old), id(new)
        if key not in self._changes:
            self._changes[key] = old, new, list(find())
        return self._changes[key][2]

    def text(self, change: Change) -> str:
        """A change as JSON."""
        if id(change) not in self._texts:
            self._texts[id(change)] = change, change.model_dump_json()
        return self._texts[id(change)][1]


def changes(old: View, new: View, cache: PatchCache | None = None) -> list[Change]:
    """The changes that turn one published state into another. Items that move by the same time make one shift.

    With a `cache`, parts that several streams of one change share are compared once.
    """
    cache = cache or PatchCache()
    found: list[Change] = []
    for part, after in new.rest.items():
        before = old.rest[part]
        if before.keys() == after.keys():
            for key, value in after.items():
                found += _differences(before[key], value, (part, key), cache)
        else:
            found += difference(before, after, (part,))
    return found + _changed_items(old.items, new.items, cache)


def patch_text(base: int, rev: int, found: list[Change], cache: PatchCache) -> str:
    """A `Patch` as JSON. Changes in several streams are encoded once: 22 times 500 changed items took 35 ms."""
    return f'{{"type":"patch","base":{base},"rev":{rev},"changes":[{",".join(map(cache.text, found))}]}}'


def _differences(old: Json, new: Json, path: _Path, cache: PatchCache) -> list[Change]:
    if not isinstance(new, (dict, list)):  # an int has the same identity at many paths
        return list(difference(old, new, path))
    return cache.changes(old, new, lambda: difference(old, new, path))


def _changed_items(old: ItemDocs, new: ItemDocs, cache: PatchCache) -> list[Change]:
    if _is_same_plan(old, new):  # times and statuses are visible to every role
        return cache.changes(old.whole, new.whole, lambda: _moved_items(old, new))
    return cache.changes(old, new, lambda: _changed_plan(old.documents, new.documents))


def _changed_plan(old: list[Json], new: list[Json]) -> Iterator[Change]:
    """Items of a reloaded file. If many differ, all are sent whole, which is no longer and a tenth of the work."""
    differ = sum(before != after for before, after in zip(old, new, strict=False))
    if differ > MAX_COMPARED_ITEMS:
        yield Change(path=list(ITEMS), value=new)
    else:
        yield from difference(old, new, ITEMS)


def difference(old: Json, new: Json, path: _Path = ()) -> Iterator[Change]:
    """The changes that turn `old` into `new`, both plain JSON: the smallest parts that differ, each with its value.

    Lists of equal length are compared element by element, others are replaced whole.
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
    """`state` after `changes`, as a client applies them; changes `state` in place."""
    for change in changes:
        *parents, key = change.path
        container = state
        for step in parents:
            container = container[step]
        if change.drop:
            del container[key]
        elif change.shift is not None:
            container[key] = _shifted(container[key], change.shift)
        else:
            container[key] = change.value
    return state


# Shifts of expected times --------------------------------------------------------------------------------------------


def _is_same_plan(old: ItemDocs, new: ItemDocs) -> bool:
    """Whether only the course of the show can have changed the items."""
    return (
        old.zone == new.zone
        and len(old.rows) == len(new.rows)
        and all(was.item is row.item for was, row in zip(old.rows, new.rows, strict=True))
    )


def _moved_items(old: ItemDocs, new: ItemDocs) -> Iterator[Change]:
    """The changes to items of the same plan. Compares rows, as each command may move hundreds: texts took ten times
    as long."""
    shifts = _shifts(old, new)
    yield from (Change(path=list(ITEMS), shift=shift) for shift in shifts)
    shifted = {index for shift in shifts for index in range(shift.first, shift.last + 1)}
    for index, (was, row) in enumerate(zip(old.rows, new.rows, strict=True)):
        is_sent = _differ_in_times_alone(was, row) if index in shifted else was == row
        if not is_sent:
            before = replace(was, expected=row.expected) if index in shifted else was
            yield from difference(
                running_fields(before, new.zone), running_fields(row, new.zone), (*ITEMS, index)
            )


def _differ_in_times_alone(was: Row, row: Row) -> bool:
    """Whether two rows of one item differ at most in their expected times."""
    return (
        was.status == row.status
        and was.length == row.length
        and was.actual == row.actual
        and was.skipped == row.skipped
    )


def _shifts(old: ItemDocs, new: ItemDocs) -> list[Shift]:
    """Runs of items that have moved by the same time. Items without expected times, old and new, do not end a run."""
    found: list[Shift] = []
    offset_changes = _offset_changes(old, new)
    first = last = moved = 0
    by: int | None = None
    for index, (was, row) in enumerate(zip(old.rows, new.rows, strict=True)):
        if was.expected is None and row.expected is None:
            continue
        ms = _shift_ms(was.expected, row.expected, offset_changes)
        if by is not None and ms != by:
            if moved >= MIN_SHIFTED_ITEMS:
                found.append(Shift(first=first, last=last, ms=by))
            by = None
        if ms is not None:
            if by is None:
                by, first, moved = ms, index, 0
            last, moved = index, moved + 1
    if by is not None and moved >= MIN_SHIFTED_ITEMS:
        found.append(Shift(first=first, last=last, ms=by))
    return found


def _shift_ms(was: Span | None, now: Span | None, offset_changes: Sequence[Instant]) -> int | None:
    """By how many milliseconds an item has moved; None if it has not, or a shift cannot express how."""
    if was is None or now is None or was == now:
        return None
    ms = between(was.start, now.start)
    if between(was.end, now.end) != ms:
        return None
    if not offset_changes:
        return ms
    # Across a change of the UTC offset, the shifted text would have the wrong offset.
    is_same_offset = all(
        bisect(offset_changes, a) == bisect(offset_changes, b)
        for a, b in ((was.start, now.start), (was.end, now.end))
    )
    return ms if is_same_offset else None


def _offset_changes(old: ItemDocs, new: ItemDocs) -> Sequence[Instant]:
    """The changes of the zone's UTC offset within the expected times."""
    spans = [row.expected for row in (*old.rows, *new.rows) if row.expected is not None]
    if not spans:
        return ()
    return offset_change_times(old.zone, min(span.start for span in spans), max(span.end for span in spans))


def _shifted(items: list[Json], shift: Shift) -> list[Json]:
    """The items with their expected times shifted."""
    found = list(items)
    for index in range(shift.first, shift.last + 1):
        found[index] = {**found[index], "expected": _shifted_span(found[index]["expected"], shift.ms)}
    return found


def _shifted_span(span: dict[str, str | None], ms: int) -> dict[str, str | None]:
    return {key: None if text is None else _shifted_time(text, ms) for key, text in span.items()}


@lru_cache(maxsize=4096)  # one item's end is the next one's start
def _shifted_time(text: str, ms: int) -> str:
    """An ISO 8601 instant `ms` later, with the same UTC offset."""
    moment = datetime.fromisoformat(text) + timedelta(milliseconds=ms)
    return moment.isoformat(timespec="milliseconds" if moment.microsecond else "seconds")
