"""What comes next when a moderator has marked an item: the command `next` puts it on air.

A mark changes `next` alone. Automatic starts (after an `auto` item or a gap, or a hard start) follow the agenda, and so
do expected times. The marked item therefore comes next only while the item on air waits for Next. An item that a hard
start cuts at its end does not wait.
"""

from __future__ import annotations

from dataclasses import replace

from config.model import Span
from config.times import plus
from signaling.show.rundown import Row, agenda_due, next_row
from signaling.show.show import Show


def next_goes_to(show: Show, rows: tuple[Row, ...]) -> Row | None:
    """What `next` puts on air; None: it ends the show. `rows` are those of now."""
    marked = _marked_row(show, rows)
    return next_row(rows) if marked is None or show.last is None else marked


def comes_next(show: Show, rows: tuple[Row, ...]) -> Row | None:
    """What comes next and when. A marked item comes as soon as the item on air is over."""
    on_air, agendas, marked = rows[show.position], next_row(rows), _marked_row(show, rows)
    if (
        marked is None
        or marked is agendas
        or on_air.expected is None
        or not _waits_for_next(show, on_air.expected)
    ):
        return agendas
    end = on_air.expected.end
    return replace(marked, expected=Span(end, plus(end, marked.item.duration)))


def with_mark(show: Show, rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """The rows, where what comes next has the status `next`, unless it is done and comes again."""
    before, after = next_row(rows), comes_next(show, rows)
    if before is after or after is None:
        return rows
    return tuple(_relabelled(row, is_next=row.item.id == after.item.id) for row in rows)


def _marked_row(show: Show, rows: tuple[Row, ...]) -> Row | None:
    return None if show.armed_item is None else rows[show.index[show.armed_item]]


def _waits_for_next(show: Show, on_air: Span) -> bool:
    """Whether the item on air, expected to run for this span, waits for Next instead of ending automatically."""
    if show.item is None:
        return False
    if show.held:
        return True
    hard_start = agenda_due(show)
    return show.item.advance == "manual" and (hard_start is None or on_air.end < hard_start)


def _relabelled(row: Row, *, is_next: bool) -> Row:
    if is_next and row.status in ("coming", "skipped"):
        return replace(row, status="next", skipped=None)
    return replace(row, status="coming") if row.status == "next" else row
