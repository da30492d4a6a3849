"""Verifies and makes join links, by the event's keys and the table of links."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Literal, TypeVar

from config.model import Event
from config.times import Duration, Instant, plus, seconds
from signaling.access import codes, links
from signaling.access.keys import Keyring
from signaling.access.links import Grant, LinkError
from signaling.access.snapshot import LinkSnapshot, check_row, grant_of
from signaling.access.store import LinkStore
from signaling.access.table import LinkRow, LinkTable
from signaling.access.uses import LinkUse, LinkUses
from signaling.clock import machine_now

T = TypeVar("T")


class LinkChecker:
    """The links of an event, by the files in its data folder.

    What is verified is decided by a snapshot, without I/O. What makes or revokes links waits for the disk and for other
    processes, so a server calls it by `in_turn`.
    """

    def __init__(self, data: Path, now: Callable[[], Instant] = machine_now) -> None:
        """Read the keys and the table of links. `now` is the clock that links are valid by.

        Raises:
            KeyFileError: one of the files cannot be read.
        """
        self._store = LinkStore(data)
        self._now = now
        self._uses = LinkUses()

    async def follow(self) -> None:
        """Bring into force what other processes change, within `LOOK_INTERVAL_S`, until cancelled."""
        await self._store.follow()

    def refresh(self) -> None:
        """As `follow`, once and at once."""
        self._store.refresh()

    async def find_new(self, code: str) -> None:
        """If a code is unknown, wait for a look at the files: another process may have made it a moment ago."""
        if self._links.may_be_new(code):
            await self._store.looked()

    async def in_turn(self, work: Callable[[], T]) -> T:
        """Make or revoke links in a thread. Raises what `work` raises, and `LinksLocked` if too many wait."""
        return await self._store.in_turn(work)

    @property
    def _links(self) -> LinkSnapshot:
        return self._store.snapshot

    # Verifying -------------------------------------------------------------------------------------------------------

    def verify(self, code: str, event: Event) -> Grant:
        """What a code permits. `event` is the one in force now: a reload may remove places.

        Raises:
            LinkError: it is not valid; the text is for the person who followed the link.
        """
        row, key = self._links.find(code)
        grant = grant_of(row, key, event)
        self.check(grant, event)
        return grant

    def check(self, grant: Grant, event: Event) -> None:
        """Check a grant that was verified before: it may have been revoked, have expired, or its place may be gone.

        It takes some µs, without cryptography, so that it can be called before every command.

        Raises:
            LinkError: it is not valid any more; the text is for the person who followed the link.
        """
        self._links.check(grant, event, self._now())

    def is_valid(self, grant: Grant, event: Event) -> bool:
        """Whether a grant that was verified before is still valid."""
        try:
            self.check(grant, event)
        except LinkError:
            return False
        return True

    # Making and revoking ---------------------------------------------------------------------------------------------

    def issue(self, grant: Grant, lifetime_s: float | None = None) -> str:
        """The code of a grant: the one that there is already, or a new one.

        With `lifetime_s` it is always new and expires after so many seconds; without, it follows the event.

        Raises:
            KeyFileError: the table cannot be read or written.
        """
        (row,) = self.links_for([grant], lifetime_s)
        return self.code(row)

    def links_for(
        self, grants: Iterable[Grant], lifetime_s: float | None = None, event: Event | None = None
    ) -> list[LinkRow]:
        """As `issue`, the rows of those codes, in one change of the table: all of them or none. Links that have expired
        by `event` are not printed again."""
        wanted, now, rows = list(grants), self._now(), list[LinkRow]()
        expires = _after(now, lifetime_s)

        def decide(table: LinkTable, keys: Keyring) -> LinkTable:
            rows.clear()
            for grant in wanted:
                row = None if expires is not None else _default(table, grant, event, now)
                if row is None:
                    table, row = table.with_link(
                        *(grant.role, grant.id),
                        now=now,
                        read_only=grant.read_only,
                        expires=expires,
                        by="cli",
                    )
                rows.append(row)
            return table

        self.refresh()
        if decide(self._links.table, self._links.keys) is not self._links.table:
            # Again, in the lock: another process may have made them meanwhile.
            self._store.change(decide, now, self._is_over(event))
        return rows

    def random_link(
        self,
        grant: Grant,
        lifetime_s: float | None = None,
        event: Event | None = None,
        by: Grant | None = None,
    ) -> tuple[LinkRow, str]:
        """A new link with a random code, which is nowhere but in this answer. `by` is the moderator who asks for it.

        Raises:
            LinkError: that moderator's link has been revoked meanwhile.
            KeyFileError: as `issue`.
        """
        now, made, code = self._now(), list[LinkRow](), codes.random_code()

        def decide(table: LinkTable, keys: Keyring) -> LinkTable:
            table, row = table.with_link(
                *(grant.role, grant.id),
                now=now,
                read_only=grant.read_only,
                expires=_after(now, lifetime_s),
                by="desk",
            )
            digest = codes.digest(keys[0].secret, code).hex()
            table = table.replaced(row.number, hash=digest, key=keys[0].id)
            made.append(table.by_number[row.number])
            return table

        self._store.change(self._asked_by(by, decide), now, self._is_over(event))
        return made[-1], code

    def code(self, row: LinkRow) -> str:
        """The code of a row that has a derived one, by the newest key.

        Raises:
            ValueError: it has a random one, which is stored nowhere.
        """
        if row.hash is not None:
            raise ValueError(f"the code of link {row.number} was shown once")
        return row.derived(self._links.keys[0])

    def revoke(self, id_: str, by: Grant | None = None) -> None:
        """Revoke every link of a venue, guest, booth or role that was made until now. `by` as for `random_link`.

        Raises:
            LinkError: that moderator's link has been revoked meanwhile.
            KeyFileError: the table cannot be read or written; it is unchanged.
        """
        now = self._now()
        self._store.change(self._asked_by(by, lambda table, keys: table.without_id(id_, now)), now)

    def revoke_number(self, number: int, by: Grant | None = None) -> bool:
        """Revoke one link. Returns whether there is one. Raises as `revoke`."""
        now, found = self._now(), list[bool]()

        def decide(table: LinkTable, keys: Keyring) -> LinkTable:
            found.append(number in table.by_number)
            return table.without(number, now)

        self._store.change(self._asked_by(by, decide), now)
        return found[-1]

    def revoke_code(self, code: str) -> LinkRow:
        """Revoke the link of a code.

        Raises:
            LinkError: there is no such link.
            KeyFileError: as `revoke`.
        """
        self.refresh()
        row, _ = self._links.find(code)
        self.revoke_number(row.number)
        return row

    def _asked_by(
        self, by: Grant | None, decide: Callable[[LinkTable, Keyring], LinkTable]
    ) -> Callable[[LinkTable, Keyring], LinkTable]:
        """`decide`, unless the link of `by` does not count any more.

        It is checked in the lock. A request with a stolen link that waited there while that was revoked made a new link
        after it, which had nobody's revocation.
        """

        def checked(table: LinkTable, keys: Keyring) -> LinkTable:
            if by is not None:
                check_row(by, table, keys, self._now())
            return decide(table, keys)

        return checked

    def _is_over(self, event: Event | None) -> Callable[[LinkRow], bool]:
        now = self._now()
        return lambda row: event is not None and self.expiry(row, event) <= now

    # What there is ---------------------------------------------------------------------------------------------------

    def note_use(self, grant: Grant, address: str) -> None:
        """A link was used from an address."""
        self._uses.note(grant.number, LinkUse(self._now(), address))

    def last_use(self, row: LinkRow) -> LinkUse | None:
        """The last use of a link since the server was started."""
        return self._uses.last(row.number)

    def rows(self) -> tuple[LinkRow, ...]:
        """Every link, in the order in which they were made; also those that are not valid any more."""
        return self._links.table.links

    def status(self, row: LinkRow, event: Event) -> Literal["valid", "expired", "revoked", "place-gone"]:
        """Whether a link is valid, by the event in force."""
        return self._links.status(row, event, self._now())

    def expiry(self, row: LinkRow, event: Event) -> Instant:
        """When a link expires, by the event in force. One with a random code ends with its key at the latest."""
        return self._links.expiry(row, event)


def _default(table: LinkTable, grant: Grant, event: Event | None, now: Instant) -> LinkRow | None:
    """The newest link of a place that is valid, follows the event and can be printed again."""
    for row in reversed(table.links):
        is_one = (row.role, row.id, row.read_only) == (grant.role, grant.id, grant.read_only)
        if not is_one or row.hash is not None or row.expires is not None or table.is_revoked(row):
            continue
        if event is None or links.expiry(event, Instant(row.made), None) > now:
            return row
    return None


def _after(now: Instant, lifetime_s: float | None) -> Instant | None:
    return None if lifetime_s is None else plus(now, Duration(seconds(lifetime_s)))
