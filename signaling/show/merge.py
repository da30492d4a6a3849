"""Merges a changed event into a running show.

What was and is on air stays. To come is what the new file has below the last item that was on air and is still in it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from config.model import Event, Item, Span
from config.times import Duration, plus
from signaling.show.terms import SkipReason


def merged(old: Event, new: Event, position: int, ran: Collection[str], on_air: str | None) -> Event:
    """`new`, with the past of `old` above its items to come.

    `position` is that of the item on or last on air (-1 before the first), `ran` are the items that were on air.
    """
    positions = {item.id: n for n, item in enumerate(new.agenda)}
    above = old.agenda[: position + 1]
    anchor = next(
        (positions[item.id] for item in reversed(above) if item.id in ran and item.id in positions), -1
    )
    # An item that was passed, and in the new file is below what was on air, is to come again.
    past = [item for item in above if item.id in ran or positions.get(item.id, -1) <= anchor]
    past_ids = {item.id for item in past}
    to_come = [item for item in new.agenda[anchor + 1 :] if item.id not in past_ids]
    updated = None if on_air is None or on_air not in positions else new.agenda[positions[on_air]]
    kept = [
        _with_old_pictures(old, item, new, updated) if updated is not None and item.id == on_air else item
        for item in past
    ]
    return replace(new, agenda=(*kept, *to_come))


def _with_old_pictures(old: Event, item: Item, new: Event, updated: Item) -> Item:
    """The item on air as in the new file, but with its old pictures and microphones."""
    return replace(
        updated,
        source=item.source,
        beside=item.beside,
        layout=item.layout,
        mics=item.mics,
        # The default is the host, and the new file may have another host.
        return_source=item.return_source or (None if new.host == old.host else old.host),
        type=item.type,
        follow=item.follow,
        fallback=item.fallback,
    )


def merged_skips(
    old: Event, new: Event, position: int, skipped: Mapping[str, SkipReason]
) -> dict[str, SkipReason]:
    """The skipped items of the merged event `new`. Down to `position` (in `new`) they stay as they were.

    Below, a change of `skip` in the file counts; without one, what a moderator did since.
    """
    skips = {item.id: skipped[item.id] for item in new.agenda[: position + 1] if item.id in skipped}
    before = {item.id: item.skip for item in old.agenda}
    for item in new.agenda[position + 1 :]:
        reason = skipped.get(item.id)
        if item.skip and (reason == "file" or not before.get(item.id, False)):
            skips[item.id] = "file"
        elif reason == "asked":
            skips[item.id] = "asked"
    return skips


def shifted(event: Event, by: Duration) -> Event:
    """The event with its whole plan later by `by`."""
    agenda = tuple(
        replace(
            item,
            start=None if item.start is None else plus(item.start, by),
            planned=Span(plus(item.planned.start, by), plus(item.planned.end, by)),
        )
        for item in event.agenda
    )
    return replace(event, agenda=agenda) if by else event
