"""Which sources may be put on air in a moment, so that the media plane keeps a keyframe of each at hand.

What a moderator marked, and what comes next: from 30 s before it is expected, all through an overrun, and before the
show for as long as nobody has pressed Start. A keyframe a second costs the far end a part of its picture's sharpness,
so it is asked for of a few only, and never of who is on screen.
"""

from __future__ import annotations

from config.model import SLATE
from config.times import SECOND, Duration, Instant, between
from signaling.show.routing import item_sources, marked_sources
from signaling.show.rundown import Row
from signaling.show.show import Show

ARM_BEFORE_START = Duration(30 * SECOND)
"""How long before its expected start the sources of an item are armed."""
MAX_ARMED = 4
"""Sources armed at a time: two pictures of what was marked, two of what comes next."""


def armed(show: Show, coming: Row | None, now: Instant) -> tuple[str, ...]:
    """The sources to arm, the most likely first. `coming` is the next row as expected at `now`."""
    likely = (
        *marked_sources(show),
        *(item_sources(coming.item) if coming is not None and _is_near(show, coming, now) else ()),
    )
    aside = (SLATE, *show.programme.on_screen)
    return tuple(s for s in dict.fromkeys(likely) if s not in aside)[:MAX_ARMED]


def _is_near(show: Show, coming: Row, now: Instant) -> bool:
    if show.phase == "before":
        return True
    return coming.expected is not None and between(show.clock(now), coming.expected.start) <= ARM_BEFORE_START
