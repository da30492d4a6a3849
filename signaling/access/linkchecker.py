"""Who may come in: checks links against the event's key, its places, and what was withdrawn since."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

from config.model import Event
from signaling.access import links, revoked
from signaling.access.key import load_key
from signaling.access.links import METRICS, Grant, Link, LinkError, WrongRole
from signaling.access.revoked import RevokedTable


class LinkChecker:
    """Opens for links signed with the key in `data`."""

    def __init__(self, data: Path) -> None:
        """Read the key and the table of withdrawn links.

        Raises:
            KeyFileError: one of them cannot be read; the sentence names file, fault and remedy.
        """
        self.key = load_key(data)
        self._revoked = RevokedTable(data)

    def admit(self, token: str, event: Event) -> Link:
        """Whom `token` lets in now; `event` as it counts now, since a reload may change who takes part.

        Raises:
            LinkError: nobody; the text is for the person who followed the link.
        """
        grant = self._read(token, event)
        if not isinstance(grant, Link):
            raise WrongRole("link-metrics")
        return grant

    def admit_metrics(self, token: str, event: Event) -> Grant:
        """Who may read the metrics with `token`: the holder of the metrics token, or a moderator.

        Raises:
            WrongRole: the link counts, but does not open the metrics.
            LinkError: it does not count.
        """
        grant = self._read(token, event)
        if grant.role not in (METRICS, "moderator"):
            raise WrongRole("link-no-metrics", role=grant.role)
        return grant

    def check(self, grant: Grant, event: Event) -> None:
        """Refuse a link admitted before that does not count any more: withdrawn, expired, or its place is gone.

        It takes some µs, without cryptography, so that it can be called before every command.

        Raises:
            LinkError: it does not count any more; the text is for the person who followed the link.
        """
        links.check(grant, event, time.time())
        revoked.check(self._revoked.current(), grant)

    def counts(self, grant: Grant, event: Event) -> bool:
        """Whether a link admitted before still counts, as `check` says."""
        try:
            self.check(grant, event)
        except LinkError:
            return False
        return True

    def hand_out(self, grant: Grant, lifetime: float | None = None) -> str:
        """A token for `grant`; `lifetime` in seconds, None for as long as the key."""
        generation = revoked.generation(self._revoked.current(), grant.id)
        return links.sign(self.key, replace(grant, generation=generation), time.time(), lifetime)

    def _read(self, token: str, event: Event) -> Grant:
        grant = links.read(self.key, event, token, time.time())
        revoked.check(self._revoked.current(), grant)
        return grant
