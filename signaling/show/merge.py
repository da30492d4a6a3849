"""A changed event in mid-show: what of the old agenda stays, and what of the new one comes.

What has been and is on air stays as it was. What comes is what the new file has below the last of that which it knows.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from config.model import Event, Item, Span
from config.times import Duration, plus
from signaling.show.terms import SkipReason


def merged(old: Event, new: Event, position: int, ran: Collection[str], on_air: str | None) -> Event:
    """`new`, with the past of `old` in its agenda.

    `position` is that of the item on or last on air (-1 before the first), `ran` are the items that were on air.
    """
    there = {item.id: n for n, item in enumerate(new.agenda)}
    above = old.agenda[: position + 1]
    anchor = next((there[item.id] for item in reversed(above) if item.id in ran and item.id in there), -1)
    # What was passed over, and now stands below what was on air, is to come after all.
    past = [item for item in above if item.id in ran or there.get(item.id, -1) <= anchor]
    gone_by = {item.id for item in past}
    to_come = [item for item in new.agenda[anchor + 1 :] if item.id not in gone_by]
    known = None if on_air is None or on_air not in there else new.agenda[there[on_air]]
    kept = [
        _undisturbed(old, item, new, known) if known is not None and item.id == on_air else item
        for item in past
    ]
    return replace(new, agenda=(*kept, *to_come))


def _undisturbed(old: Event, item: Item, new: Event, known: Item) -> Item:
    """The item on air with all that the new file says of it, but for who is to be seen and heard."""
    return replace(
        known,
        source=item.source,
        beside=item.beside,
        layout=item.layout,
        mics=item.mics,
        # Where the file is silent it is the host that is seen, and the host may be another from now on.
        return_source=item.return_source or (None if new.host == old.host else old.host),
        type=item.type,
        follow=item.follow,
        fallback=item.fallback,
    )


def left_out(
    old: Event, new: Event, position: int, skipped: Mapping[str, SkipReason]
) -> dict[str, SkipReason]:
    """Which items of the merged event are left out. Those down to `position` (in `new`) are as they were.

    Below, the file counts where it says something else than before, and else whatever a moderator did since.
    """
    found = {item.id: skipped[item.id] for item in new.agenda[: position + 1] if item.id in skipped}
    before = {item.id: item.skip for item in old.agenda}
    for item in new.agenda[position + 1 :]:
        was = skipped.get(item.id)
        if item.skip and (was == "file" or not before.get(item.id, False)):
            found[item.id] = "file"
        elif was == "asked":
            found[item.id] = "asked"
    return found


def shifted(event: Event, by: Duration) -> Event:
    """The event with its whole plan so much later."""
    agenda = tuple(
        replace(
            item,
            start=None if item.start is None else plus(item.start, by),
            planned=Span(plus(item.planned.start, by), plus(item.planned.end, by)),
        )
        for item in event.agenda
    )
    return replace(event, agenda=agenda) if by else event
