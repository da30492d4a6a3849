"""Which peer is evicted when too many are connecting: they have offered, and their handshake is not done.

Every link holder can offer as fast as the control plane allows, and an unconnected peer takes memory until it connects
or 30 s are over. So there is a limit for each link and one for all. Under a flood three things must hold:

- A hall, a guest or a moderator gets in. It is never evicted for a peer of another link, however many viewers offer.
- The other viewers of a flooded link get in. The oldest peer is evicted, so each has the same time to connect: with 200
  places and the 50 offers a second that the control plane allows, 4 s. A path of 250 ms round trip takes 1.3 s.
- The viewers of a quiet link get in. When all places are taken, the link with most of them loses one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from bridge.engine import PeerSpec, TooManyPeers

MAX_UNCONNECTED = 400
"""Unconnected peers. Each takes about 100 kB and a task, for up to 30 s."""
MAX_UNCONNECTED_PER_VIEWER_LINK = 200
"""After a restart of the server 200 viewers of one link come back within two seconds, before the first of them has
connected. The limit is below the 250 that may watch by one link, so offers alone cannot take all places."""
MAX_UNCONNECTED_PER_LINK = 32
"""Of one link of a hall, guests or moderators. Flooding viewer links leave them half of all places, and it takes 12
such links to fill the others' places."""


def peer_to_evict(newcomer: PeerSpec, unconnected: Sequence[PeerSpec]) -> PeerSpec | None:
    """The one of `unconnected` (the oldest first) that makes room for `newcomer`. None: there is room.

    Raises:
        TooManyPeers: there is no room, and none of them may be evicted.
    """
    same_link = [spec for spec in unconnected if spec.link == newcomer.link]
    limit = MAX_UNCONNECTED_PER_VIEWER_LINK if newcomer.is_expendable else MAX_UNCONNECTED_PER_LINK
    if len(same_link) >= limit:
        return same_link[0]
    if len(unconnected) < MAX_UNCONNECTED:
        return None
    expendable = [spec for spec in unconnected if spec.is_expendable]
    if expendable:
        places = Counter(spec.link for spec in expendable)
        most = max(places.values())
        return next(spec for spec in expendable if places[spec.link] == most)
    if same_link and not newcomer.is_expendable:
        return same_link[0]
    raise TooManyPeers("too many peers are connecting; try again in a few seconds")


def is_power_of_two(count: int) -> bool:
    """Whether the `count`th event of its kind is logged, so that a flood makes only a dozen lines."""
    return count & (count - 1) == 0
