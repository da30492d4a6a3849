"""The keys and links of an event at one moment, and what is decided by them. Immutable, and without I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from config.model import Event
from config.times import Instant
from signaling.access import codes, links
from signaling.access.keys import Keyring, SigningKey, valid_keys
from signaling.access.links import METRICS, Grant, Link, LinkError
from signaling.access.table import LinkRow, LinkTable

_Digests = Mapping[tuple[object, ...], bytes]
"""By the key's id and the facts of a link: the digest of its derived code."""


@dataclass(frozen=True, slots=True)
class LinkSnapshot:
    """The links that are in force."""

    table: LinkTable
    keys: Keyring
    rows: Mapping[bytes, LinkRow]
    """By the digest of a code: its row."""
    _digests: _Digests

    @classmethod
    def of(cls, table: LinkTable, keys: Keyring, before: LinkSnapshot | None = None) -> LinkSnapshot:
        """Takes 15 µs for each link and key that `before` does not have."""
        known: _Digests = {} if before is None else before._digests
        digests: dict[tuple[object, ...], bytes] = {}
        rows: dict[bytes, LinkRow] = {}
        for row in table.links:
            if row.hash is not None:
                rows[bytes.fromhex(row.hash)] = row
                continue
            for key in keys:
                which = (key.id, *row.facts)
                digest = known.get(which) or codes.digest(key.secret, row.derived(key))
                digests[which] = digest
                rows[digest] = row
        _ = table.by_number  # made here, and not by the first that asks
        return cls(table, keys, rows, digests)

    def find(self, text: str) -> tuple[LinkRow, SigningKey]:
        """The row of a code, and the key that it is valid by.

        Raises:
            LinkError: there is none.
        """
        code = codes.normalized(text)
        if code is None:
            # Links were JSON Web Tokens once. In base64url, every JSON object begins with these letters.
            is_older = text.startswith("eyJ")
            raise LinkError("link-version" if is_older else "link-damaged")
        # One look-up for each key; nothing compares codes, so no answer's time says how much of one was right.
        for key in self.keys:
            if (row := self.rows.get(codes.digest(key.secret, code))) is not None:
                return row, key
        raise LinkError("link-damaged")

    def may_be_new(self, text: str) -> bool:
        """Whether this is a code, and none of those here."""
        code = codes.normalized(text)
        return code is not None and not any(codes.digest(key.secret, code) in self.rows for key in self.keys)

    def check(self, grant: Grant, event: Event, now: Instant) -> None:
        """Check that a grant is valid.

        Raises:
            LinkError: it is not.
        """
        check_row(grant, self.table, self.keys, now)
        links.check(grant, event, now)

    def status(
        self, row: LinkRow, event: Event, now: Instant
    ) -> Literal["valid", "expired", "revoked", "place-gone"]:
        """Whether a link is valid, by the event in force."""
        if self.table.is_revoked(row):
            return "revoked"
        if self.expiry(row, event) <= now:
            return "expired"
        try:
            links.check(grant_of(row, self.keys[0], event), event, now)
        except LinkError as fault:
            return "expired" if fault.reason == "link-expired" else "place-gone"
        return "valid"

    def expiry(self, row: LinkRow, event: Event) -> Instant:
        """When a link expires, by the event in force. One with a random code ends with its key at the latest."""
        own = links.expiry(event, Instant(row.made), None if row.expires is None else Instant(row.expires))
        if row.key is None:
            return own
        key = next((key for key in self.keys if key.id == row.key), None)
        if key is None:
            return Instant(row.made)
        return own if key.until is None else min(own, key.until)


def check_row(grant: Grant, table: LinkTable, keys: Keyring, now: Instant) -> None:
    """Check that the key and the row of a grant still count.

    Raises:
        LinkError: they do not.
    """
    if not any(key.id == grant.key for key in valid_keys(keys, now)):
        raise LinkError("link-expired")
    row = table.by_number.get(grant.number)
    if row is None or table.is_revoked(row):
        raise LinkError("link-revoked")


def grant_of(row: LinkRow, key: SigningKey, event: Event) -> Grant:
    """What a row permits."""
    about = (row.id, links.name_of(event, row.role, row.id), row.read_only, row.number, key.id)
    times = (Instant(row.made), None if row.expires is None else Instant(row.expires))
    return Grant(METRICS, *about, *times) if row.role == METRICS else Link(row.role, *about, *times)
