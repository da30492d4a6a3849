"""Verifies and makes join links, by the event's keys and the table of links."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

from config.model import Event
from config.times import Duration, Instant, plus, seconds
from signaling.access import codes, links
from signaling.access.keys import Keyring, SigningKey, followed_keys
from signaling.access.links import METRICS, Grant, Link, LinkError, WrongRole
from signaling.access.table import LinkRow, LinkTable, change, followed_table
from signaling.access.uses import LinkUse, LinkUses
from signaling.clock import machine_now


class LinkChecker:
    """The links of an event, by the files in its data folder. It follows what other processes change there."""

    def __init__(self, data: Path, now: Callable[[], Instant] = machine_now) -> None:
        """Read the keys and the table of links. `now` is the clock that links are valid by.

        Raises:
            KeyFileError: one of the files cannot be read.
        """
        self._data = data
        self._keys = followed_keys(data)
        self._table = followed_table(data)
        self._now = now
        self._uses = LinkUses()
        self._rows: dict[bytes, LinkRow] = {}
        """By the digest of a code: its row."""
        self._indexed: tuple[LinkTable, Keyring] | None = None
        """What `_rows` was made of."""

    # Verifying -------------------------------------------------------------------------------------------------------

    def verify(self, code: str, event: Event) -> Link:
        """The link of a code. `event` is the one in force now: a reload may remove places.

        Raises:
            LinkError: it is not valid; the text is for the person who followed the link.
        """
        grant = self._read(code, event)
        if not isinstance(grant, Link):
            raise WrongRole("link-metrics")
        return grant

    def verify_metrics(self, code: str, event: Event) -> Grant:
        """The grant of a code that opens the metrics: the metrics token's, or a moderator's.

        Raises:
            WrongRole: the code is valid, but does not open the metrics.
            LinkError: it is not valid.
        """
        grant = self._read(code, event)
        if grant.role not in (METRICS, "moderator"):
            raise WrongRole("link-no-metrics", role=grant.role)
        return grant

    def check(self, grant: Grant, event: Event) -> None:
        """Check a grant that was verified before: it may have been revoked, have expired, or its place may be gone.

        It takes some µs, without cryptography, so that it can be called before every command.

        Raises:
            LinkError: it is not valid any more; the text is for the person who followed the link.
        """
        now = self._now()
        if not any(key.id == grant.key for key in _valid(self._keys.current(), now)):
            raise LinkError("link-expired")
        table = self._table.current()
        row = table.by_number.get(grant.number)
        if row is None or table.is_revoked(row):
            raise LinkError("link-revoked")
        links.check(grant, event, now)

    def is_valid(self, grant: Grant, event: Event) -> bool:
        """Whether a grant that was verified before is still valid."""
        try:
            self.check(grant, event)
        except LinkError:
            return False
        return True

    def _read(self, code: str, event: Event) -> Grant:
        row, key = self._find(code)
        grant = grant_of(row, key, event)
        self.check(grant, event)
        return grant

    def _find(self, text: str) -> tuple[LinkRow, SigningKey]:
        """The row of a code, and the key that it is valid by."""
        code = codes.normalized(text)
        if code is None:
            # Links were JSON Web Tokens once. In base64url, every JSON object begins with these letters.
            is_older = text.startswith("eyJ")
            raise LinkError("link-version" if is_older else "link-damaged")
        keys = self._keys.current()
        rows = self._index(self._table.current(), keys)
        # One look-up for each key; nothing compares codes, so no answer's time says how much of one was right.
        for key in keys:
            if (row := rows.get(codes.digest(key.secret, code))) is not None:
                return row, key
        raise LinkError("link-damaged")

    def _index(self, table: LinkTable, keys: Keyring) -> dict[bytes, LinkRow]:
        if self._indexed is None or self._indexed[0] is not table or self._indexed[1] is not keys:
            self._rows = {}
            for row in table.links:
                if row.hash is not None:
                    self._rows[bytes.fromhex(row.hash)] = row
                    continue
                for key in keys:
                    self._rows[codes.digest(key.secret, row.derived(key))] = row
            self._indexed = table, keys
        return self._rows

    # Making and revoking ---------------------------------------------------------------------------------------------

    def issue(self, grant: Grant, lifetime_s: float | None = None) -> str:
        """The code of a grant: the one that there is already, or a new one.

        With `lifetime_s` it is always new and expires after so many seconds; without, it follows the event.

        Raises:
            KeyFileError: the table cannot be read or written.
        """
        return self.code(self.link_for(grant, lifetime_s))

    def link_for(self, grant: Grant, lifetime_s: float | None = None, event: Event | None = None) -> LinkRow:
        """As `issue`, the row of that code. One that has expired by `event` is not printed again."""
        if lifetime_s is None and (row := self._default(self._table.current(), grant, event)) is not None:
            return row
        now, made = self._now(), list[LinkRow]()

        def decide(table: LinkTable) -> LinkTable:
            # Again, in the lock: another process may have made it meanwhile.
            row = self._default(table, grant, event) if lifetime_s is None else None
            if row is None:
                table, row = table.with_link(
                    *(grant.role, grant.id),
                    now=now,
                    read_only=grant.read_only,
                    expires=_after(now, lifetime_s),
                    by="cli",
                )
            made.append(row)
            return table

        change(self._data, decide, now, self._table.current())
        return made[-1]

    def random_link(self, grant: Grant, lifetime_s: float | None = None) -> tuple[LinkRow, str]:
        """A new link with a random code, which is nowhere but in this answer. Raises as `issue`."""
        now, made, code = self._now(), list[LinkRow](), codes.random_code()

        def decide(table: LinkTable) -> LinkTable:
            table, row = table.with_link(
                *(grant.role, grant.id),
                now=now,
                read_only=grant.read_only,
                expires=_after(now, lifetime_s),
                by="desk",
            )
            newest = self._newest()
            table = table.replaced(row.number, hash=codes.digest(newest.secret, code).hex(), key=newest.id)
            made.append(table.by_number[row.number])
            return table

        change(self._data, decide, now, self._table.current())
        return made[-1], code

    def code(self, row: LinkRow) -> str:
        """The code of a row that has a derived one, by the newest key.

        Raises:
            ValueError: it has a random one, which is stored nowhere.
        """
        if row.hash is not None:
            raise ValueError(f"the code of link {row.number} was shown once")
        return row.derived(self._newest())

    def revoke(self, id_: str) -> None:
        """Revoke every link of a venue, guest, booth or role that was made until now.

        Raises:
            KeyFileError: the table cannot be read or written; it is unchanged.
        """
        now = self._now()
        change(self._data, lambda table: table.without_id(id_, now), now, self._table.current())

    def revoke_number(self, number: int) -> bool:
        """Revoke one link. Returns whether there is one. Raises as `revoke`."""
        if number not in self._table.current().by_number:
            return False
        now = self._now()
        change(self._data, lambda table: table.without(number, now), now, self._table.current())
        return True

    def revoke_code(self, code: str) -> LinkRow:
        """Revoke the link of a code.

        Raises:
            LinkError: there is no such link.
            KeyFileError: as `revoke`.
        """
        row, _ = self._find(code)
        self.revoke_number(row.number)
        return row

    # What there is ---------------------------------------------------------------------------------------------------

    def note_use(self, grant: Grant, address: str) -> None:
        """A link was used from an address."""
        self._uses.note(grant.number, LinkUse(self._now(), address))

    def last_use(self, row: LinkRow) -> LinkUse | None:
        """The last use of a link since the server was started."""
        return self._uses.last(row.number)

    def rows(self) -> tuple[LinkRow, ...]:
        """Every link, in the order in which they were made; also those that are not valid any more."""
        return self._table.current().links

    def status(self, row: LinkRow, event: Event) -> Literal["valid", "expired", "revoked", "place-gone"]:
        """Whether a link is valid, by the event in force."""
        if self._table.current().is_revoked(row):
            return "revoked"
        if self.expiry(row, event) <= self._now():
            return "expired"
        try:
            links.check(grant_of(row, self._newest(), event), event, self._now())
        except LinkError as fault:
            return "expired" if fault.reason == "link-expired" else "place-gone"
        return "valid"

    def expiry(self, row: LinkRow, event: Event) -> Instant:
        """When a link expires, by the event in force. One with a random code ends with its key at the latest."""
        own = links.expiry(event, Instant(row.made), None if row.expires is None else Instant(row.expires))
        if row.key is None:
            return own
        key = next((key for key in self._keys.current() if key.id == row.key), None)
        if key is None:
            return Instant(row.made)
        return own if key.until is None else min(own, key.until)

    def _default(self, table: LinkTable, grant: Grant, event: Event | None) -> LinkRow | None:
        """The newest link of a place that is valid, follows the event and can be printed again."""
        now = self._now()
        for row in reversed(table.links):
            is_one = (row.role, row.id, row.read_only) == (grant.role, grant.id, grant.read_only)
            if not is_one or row.hash is not None or row.expires is not None or table.is_revoked(row):
                continue
            if event is None or self.expiry(row, event) > now:
                return row
        return None

    def _newest(self) -> SigningKey:
        return self._keys.current()[0]


def grant_of(row: LinkRow, key: SigningKey, event: Event) -> Grant:
    """What a row permits."""
    about = (row.id, links.name_of(event, row.role, row.id), row.read_only, row.number, key.id)
    times = (Instant(row.made), None if row.expires is None else Instant(row.expires))
    return Grant(METRICS, *about, *times) if row.role == METRICS else Link(row.role, *about, *times)


def _valid(keys: Keyring, now: Instant) -> Keyring:
    return tuple(key for key in keys if key.until is None or key.until > now)


def _after(now: Instant, lifetime_s: float | None) -> Instant | None:
    return None if lifetime_s is None else plus(now, Duration(seconds(lifetime_s)))
