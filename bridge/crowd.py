"""Which peer goes when too many have offered and not shaken hands yet.

Anybody with a link can offer as fast as the control plane lets them, and a peer that has offered holds memory until it
connects or 30 s are over. So each link has a bound, and there is one for all. Three things must hold when links flood:

- A hall, a guest or a moderator gets in. None of them goes for a peer of another link, however many viewers offer.
- So do the other viewers of a flooded link. The oldest goes, so that each has the same time to connect in: with 200
  places and 50 offers a second, which the control plane hands in, 4 s. A line with 250 ms round trip takes 1.3 s.
- So do the viewers of a quiet link. When all places are taken, the link that has most of them gives one up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from bridge.engine import PeerSpec, TooManyPeers

MAX_UNCONNECTED = 400
"""Peers that have offered and not shaken hands yet. Each holds about 100 kB, a task and up to 30 s."""
MAX_UNCONNECTED_EXPENDABLE = 200
"""Those of one link of viewers. After a restart of the server 200 come back by one link within a second or two, sooner
than the first of them has shaken hands. They are fewer than the 250 that may watch by one link, so offers alone cannot
take all places."""
MAX_UNCONNECTED_LASTING = 32
"""Those of one link of a hall, guests or moderators. Half the places of all are left to them however many viewer links
flood, and it takes 12 such links to fill the others' places."""


def to_let_go(newcomer: PeerSpec, unconnected: Sequence[PeerSpec]) -> PeerSpec | None:
    """Which of `unconnected`, the oldest first, has to go for `newcomer`; None: there is room.

    Raises:
        TooManyPeers: there is no room, and none of them may go.
    """
    same = [spec for spec in unconnected if spec.link == newcomer.link]
    if len(same) >= (MAX_UNCONNECTED_EXPENDABLE if newcomer.is_expendable else MAX_UNCONNECTED_LASTING):
        return same[0]
    if len(unconnected) < MAX_UNCONNECTED:
        return None
    expendable = [spec for spec in unconnected if spec.is_expendable]
    if expendable:
        places = Counter(spec.link for spec in expendable)
        most = max(places.values())
        return next(spec for spec in expendable if places[spec.link] == most)
    if same and not newcomer.is_expendable:
        return same[0]
    raise TooManyPeers("too many peers are about to connect; come back in a few seconds")


def is_logged(count: int) -> bool:
    """Whether the `count`th of its kind is logged: the 1st, 2nd, 4th, 8th. A flood makes a dozen lines."""
    return count & (count - 1) == 0
