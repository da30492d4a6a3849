"""Verifies join links against the event's key, its places, and the revocations."""

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
    """Verifies and issues links with the key in the data folder."""

    def __init__(self, data: Path) -> None:
        """Read the key and the revocations.

        Raises:
            KeyFileError: one of the files cannot be read.
        """
        self.key = load_key(data)
        self._revoked = RevokedTable(data)

    def verify(self, token: str, event: Event) -> Link:
        """The link of a token. `event` is the one in force now: a reload may remove places.

        Raises:
            LinkError: it is not valid; the text is for the person who followed the link.
        """
        grant = self._read(token, event)
        if not isinstance(grant, Link):
            raise WrongRole("link-metrics")
        return grant

    def verify_metrics(self, token: str, event: Event) -> Grant:
        """The grant of a token that opens the metrics: the metrics token's, or a moderator's.

        Raises:
            WrongRole: the token is valid, but does not open the metrics.
            LinkError: it is not valid.
        """
        grant = self._read(token, event)
        if grant.role not in (METRICS, "moderator"):
            raise WrongRole("link-no-metrics", role=grant.role)
        return grant

    def check(self, grant: Grant, event: Event) -> None:
        """Check a grant that was verified before: it may have been revoked, have expired, or its place may be gone.

        It takes some µs, without cryptography, so that it can be called before every command.

        Raises:
            LinkError: it is not valid any more; the text is for the person who followed the link.
        """
        links.check(grant, event, time.time())
        revoked.check(self._revoked.current(), grant)

    def is_valid(self, grant: Grant, event: Event) -> bool:
        """Whether a grant that was verified before is still valid."""
        try:
            self.check(grant, event)
        except LinkError:
            return False
        return True

    def issue(self, grant: Grant, lifetime: float | None = None) -> str:
        """A token for a grant; `lifetime` in seconds, None for as long as the key."""
        generation = self._revoked.current().get(grant.id, 0)
        return links.sign(self.key, replace(grant, generation=generation), time.time(), lifetime)

    def _read(self, token: str, event: Event) -> Grant:
        grant = links.read(self.key, event, token, time.time())
        revoked.check(self._revoked.current(), grant)
        return grant
