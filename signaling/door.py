"""Who may come in: checks the links of one event against its key and what was withdrawn since."""

from __future__ import annotations

import time
from pathlib import Path

from config.model import Event
from signaling import links
from signaling.links import Link


class Door:
    """Opens for links signed with the key in `data`."""

    def __init__(self, event: Event, data: Path) -> None:
        self._event = event
        self._data = data
        self.key = links.load_key(data)

    def admit(self, token: str) -> Link:
        """Whom `token` lets in now.

        Raises:
            LinkError: nobody; the text is for the person who followed the link.
        """
        # Read each time: a link withdrawn on the command line must fail here at once, without a restart.
        return links.read(self.key, self._event, token, links.revoked(self._data))

    def hand_out(self, link: Link, lifetime: float | None = None) -> str:
        """A token for `link`; `lifetime` in seconds, None for as long as the key."""
        return links.sign(self.key, link, time.time(), lifetime)
