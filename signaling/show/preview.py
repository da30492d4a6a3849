"""What a command would change. The desk shows it before the press."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from config.times import Instant, in_seconds, iso
from signaling.show.evolve import replay
from signaling.show.facts import Fact
from signaling.show.item_docs import period
from signaling.show.machine import tick
from signaling.show.marking import with_mark
from signaling.show.routing import programme
from signaling.show.rundown import Row, last_end, offset, rows_at
from signaling.show.show import Show
from signaling.show.wire.preview import Preview, PreviewItem, PreviewProgram

Decide = Callable[[Show, Instant], Sequence[Fact]]
"""The facts of a command for a show, at an instant; raises `CommandRefused`."""


def preview(show: Show, decide: Decide, now: Instant) -> Preview:
    """The state as it would be right after a command at `now`, and after all that is due by then.

    As in the writer, due steps happen before the command and after it: a `resume` begins a hard item whose time has
    passed.

    Raises:
        CommandRefused: it would be refused, for this reason.
    """
    before = _ticked(show, now)
    after = _ticked(replay(before, *decide(before, now)), now)
    found, zone = rows_at(after, now), after.event.timezone
    rows, end, program = with_mark(after, found), last_end(found), programme(after)
    return Preview(
        items={
            row.item.id: PreviewItem(status=row.status, expected=period(row.expected, zone)) for row in rows
        },
        program=PreviewProgram(source=program.source, reason=program.reason),
        dropped=_dropped(with_mark(before, rows_at(before, now)), rows),
        offset_s=in_seconds(offset(after, found)),
        ends=None if end is None else iso(end, zone),
    )


def _ticked(show: Show, now: Instant) -> Show:
    return replay(show, *tick(show, now))


def _dropped(before: tuple[Row, ...], after: tuple[Row, ...]) -> list[str]:
    """Items to come that would be skipped, or not be in the agenda any more."""
    stay = {row.item.id for row in after if row.status != "skipped"}
    return [row.item.id for row in before if row.status in ("next", "coming") and row.item.id not in stay]
