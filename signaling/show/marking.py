"""What comes next when a moderator has marked an item: `next` goes to it, whatever the agenda says.

A mark binds `next` alone. What begins by itself (the end of an `auto` item or of a gap, a hard start) follows the
agenda, and so does everything that is expected. So the marked item is what comes next only while the item on air waits
for somebody to press Next. An item that a hard start cuts by its end does not wait.
"""

from __future__ import annotations

from dataclasses import replace

from config.model import Span
from config.times import plus
from signaling.show.rundown import Row, agenda_due, next_row
from signaling.show.show import Show


def next_goes_to(show: Show, rows: tuple[Row, ...]) -> Row | None:
    """What `next` puts on air; None: it ends the show. `rows` are the rows of now."""
    marked = _marked_row(show, rows)
    return next_row(rows) if marked is None or show.last is None else marked


def comes_next(show: Show, rows: tuple[Row, ...]) -> Row | None:
    """What comes next if things go as they stand, and when: a marked item as soon as the one on air is over."""
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
    """The rows, where the one that comes next has the status `next`, unless it is done and comes again."""
    before, after = next_row(rows), comes_next(show, rows)
    if before is after or after is None:
        return rows
    return tuple(_relabelled(row, is_next=row.item.id == after.item.id) for row in rows)


def _marked_row(show: Show, rows: tuple[Row, ...]) -> Row | None:
    return None if show.armed_item is None else rows[show.index[show.armed_item]]


def _waits_for_next(show: Show, on_air: Span) -> bool:
    """Whether the item on air, expected to run so long, ends when somebody presses Next and not by itself."""
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
