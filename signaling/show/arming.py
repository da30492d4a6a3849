"""Which sources are armed: the media plane keeps a recent keyframe of each for an immediate cut.

These are the marked sources and those of the next item: from 30 s before its expected start, during an overrun, and
before the show until Start. A keyframe a second costs the sender sharpness. So nothing else is armed, and none that is
on screen.
"""

from __future__ import annotations

from bridge.engine import PICTURES
from config.model import SLATE
from config.times import SECOND, Duration, Instant, between
from signaling.show.routing import item_sources, marked_sources
from signaling.show.rundown import Row
from signaling.show.show import Show

ARM_BEFORE_START = Duration(30 * SECOND)
"""Time before an item's expected start at which its sources are armed."""
MAX_ARMED = len(PICTURES)
"""Sources armed at a time: a grid of the next item cuts as seamlessly as a single picture."""


def armed(show: Show, coming: Row | None, now: Instant) -> tuple[str, ...]:
    """The sources to arm, the most likely first. `coming` is the next row at `now`."""
    candidates = (
        *marked_sources(show),
        *(item_sources(coming.item) if coming is not None and _is_near(show, coming, now) else ()),
    )
    excluded = (SLATE, *show.programme.on_screen)
    return tuple(s for s in dict.fromkeys(candidates) if s not in excluded)[:MAX_ARMED]


def _is_near(show: Show, coming: Row, now: Instant) -> bool:
    if show.phase == "before":
        return True
    return coming.expected is not None and between(show.clock(now), coming.expected.start) <= ARM_BEFORE_START
