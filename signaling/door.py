"""Who may come in: checks links against the event's key, its places, and what was withdrawn since."""

from __future__ import annotations

import time
from pathlib import Path

from config.model import Event
from signaling import links
from signaling.links import Link


class Door:
    """Opens for links signed with the key in `data`."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self.key = links.load_key(data)

    def admit(self, token: str, event: Event) -> Link:
        """Whom `token` lets in now; `event` as it counts now, since a reload may change who takes part.

        Raises:
            LinkError: nobody; the text is for the person who followed the link.
        """
        # Read each time: a link withdrawn on the command line must fail here at once, without a restart.
        return links.read(self.key, event, token, links.revoked(self._data))

    def hand_out(self, link: Link, lifetime: float | None = None) -> str:
        """A token for `link`; `lifetime` in seconds, None for as long as the key."""
        return links.sign(self.key, link, time.time(), lifetime)
