"""Guests who wait until the desk lets them in (`admission: true`). Pure.

Such a guest has joined: the desk sees the picture, and the guest sees and hears the programme. But until a moderator
sends `admit` for the place, its source is used by no item, take or return picture. It stays admitted for the whole
show, also after a restart, since the fact is in the log.
"""

from __future__ import annotations

from config.times import Instant
from signaling.show.facts import Admitted, Fact
from signaling.show.show import Show
from signaling.show.steps import command_facts


def let_in(show: Show, place: str, now: Instant) -> tuple[Fact, ...]:
    """The facts of `admit` for a guest who waits; none if nobody has to wait there."""
    if not show.waits(place):
        return ()
    at = show.clock(now)
    # No page is let in, but the guest, whichever page the guest uses: there is no address.
    admitted = Admitted(place=place, source=place, address="", at=at)
    return command_facts(show, None, (admitted,), at)
