"""The items of the state, as JSON documents that are made only when they are needed."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from config.model import Item, Span
from config.times import in_seconds, iso
from signaling.show.rundown import Row
from signaling.show.show import Run
from signaling.show.wire.state import ItemDoc, Period


class ItemDocs:
    """The items by row. Their documents are made only when needed whole: 500 take milliseconds, and most patches
    compare rows alone."""

    def __init__(
        self,
        rows: tuple[Row, ...],
        zone: ZoneInfo,
        hidden: Mapping[str, object] = MappingProxyType({}),
        whole: ItemDocs | None = None,
    ) -> None:
        """`hidden`: hidden fields of each item, with the values sent instead. None of `running_fields`, so that changes
        of rows are the same for every role. `whole`: the items with nothing hidden."""
        self.rows = rows
        self.zone = zone
        self._hidden = hidden
        self._whole = whole

    @property
    def whole(self) -> ItemDocs:
        """The same items with nothing hidden."""
        return self._whole or self

    @cached_property
    def documents(self) -> list[dict[str, Any]]:
        """The `ItemDoc`s as JSON. Not to be changed."""
        return [
            {**_planned_doc(row.item, self.zone), **running_fields(row, self.zone), **self._hidden}
            for row in self.rows
        ]

    def without(self, hidden: Mapping[str, object]) -> ItemDocs:
        """The same items with these fields hidden."""
        return ItemDocs(self.rows, self.zone, hidden, self.whole)


@lru_cache(maxsize=4096)
def _planned_doc(item: Item, zone: ZoneInfo) -> dict[str, Any]:
    """The fields of an item that only a changed event file changes, with placeholders for the others."""
    nothing = Row(item, "coming", item.duration)
    return ItemDoc(
        id=item.id,
        title=item.title,
        planned=period(item.planned, zone),
        source=item.source,
        with_=list(item.beside),
        layout=item.layout.value,
        speaker=item.speaker,
        language=item.language,
        type=item.type.value,
        hard=item.hard,
        advance=item.advance.value,
        warn_s=in_seconds(item.warn),
        danger_s=in_seconds(item.danger),
        notes=item.notes,
        **running_fields(nothing, zone),
    ).document()


def running_fields(row: Row, zone: ZoneInfo) -> dict[str, Any]:
    """The fields of an item that change while the show runs."""
    return {
        "status": row.status,
        "expected": _times(row.expected, zone),
        "actual": _times(row.actual, zone),
        "length_s": in_seconds(row.length),
        "skipped_because": row.skipped,
    }


def period(span: Span | Run | None, zone: ZoneInfo) -> Period:
    """A time on air, for the wire."""
    return Period(**_times(span, zone))


def _times(span: Span | Run | None, zone: ZoneInfo) -> dict[str, str | None]:
    if span is None:
        return {"start": None, "end": None}
    return {"start": iso(span.start, zone), "end": None if span.end is None else iso(span.end, zone)}
