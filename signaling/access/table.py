"""The table of links in the data folder: which there are, which are revoked, and how the table changes.

`links.json` is a JSON object with `links` and `generations`. A code is valid only while its row is in the table, so a
lost table makes no revoked link valid. `generations` says by the id of a venue, guest or booth, or by role, which
generation of its links is valid: each revocation makes a later one, and new links have it. Times are not compared, so
links made while the machine's clock was fast can be revoked like any other.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, islice
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from config.names import ID_PATTERN
from config.times import SECOND, Instant
from signaling.access.changing import changing
from signaling.access.codes import DIGEST_BYTES, derived_code
from signaling.access.followed import FollowedFile, KeyFileError, unusable
from signaling.access.keys import SigningKey
from signaling.access.links import TokenRole
from signaling.private import replace_file

FILE_NAME: Final = "links.json"
MAX_LINKS: Final = 2_000
"""Rows of the table. Dead ones are dropped before one is refused."""
MAX_GENERATION: Final = 2**53
"""The greatest integer that is exact as a JSON number everywhere."""
_NUMBERS: Final = range(100_000, 1_000_000)
"""Chosen at random: counted, those of a lost table would come again, for other links."""

_Id = Annotated[str, Field(pattern=f"^{ID_PATTERN}$")]
_Generation = Annotated[int, Field(ge=0, le=MAX_GENERATION)]
_Time = Annotated[int, Field(ge=0, le=MAX_GENERATION)]
"""Milliseconds since 1970."""


class TableFull(KeyFileError):
    """No more links can be made: so many are valid."""


class LinkRow(BaseModel):
    """One link."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    number: Annotated[int, Field(ge=_NUMBERS.start, lt=_NUMBERS.stop)]
    """Its name in logs and lists."""
    role: TokenRole
    id: _Id
    read_only: bool
    generation: _Generation
    made: _Time
    expires: _Time | None
    """None: it follows the event, see `LinkChecker.expiry`."""
    by: Literal["cli", "desk"]
    hash: Annotated[str, Field(pattern=f"^[0-9a-f]{{{2 * DIGEST_BYTES}}}$")] | None
    """The digest of a random code; None: the code is derived from the key and this row."""
    revoked: _Time | None
    """When this link alone was revoked."""
    key: str | None = None
    """The id of the key of a random code's digest: the link ends with that key. Derived codes change with the keys."""

    @property
    def facts(self) -> tuple[str | int | None, ...]:
        """What its code is derived from, if it is a derived one."""
        return self.role, self.id, self.read_only, self.generation, self.number, self.made, self.expires

    def derived(self, key: SigningKey) -> str:
        """The code, if it is a derived one."""
        return derived_code(key.secret, *self.facts)


@dataclass(frozen=True)
class LinkTable:
    """All links of an event."""

    links: tuple[LinkRow, ...] = ()
    generations: Mapping[str, int] = field(default_factory=dict)
    """The valid generation by the id of a venue, guest or booth, or by role; 0 for all others."""

    @cached_property
    def by_number(self) -> Mapping[int, LinkRow]:
        return {row.number: row for row in self.links}

    def generation(self, role: str, id_: str) -> int:
        """The valid generation of the links of a place."""
        return max(self.generations.get(role, 0), self.generations.get(id_, 0))

    def is_revoked(self, row: LinkRow) -> bool:
        return row.revoked is not None or row.generation < self.generation(row.role, row.id)

    # Changes, each a new table ---------------------------------------------------------------------------------------

    def with_link(
        self,
        role: TokenRole,
        id_: str,
        *,
        now: Instant,
        read_only: bool,
        expires: Instant | None,
        by: Literal["cli", "desk"],
    ) -> tuple[LinkTable, LinkRow]:
        """A new link with a derived code, and the table with it."""
        row = LinkRow(
            number=next(n for n in iter(_random_number, None) if n not in self.by_number),
            role=role,
            id=id_,
            read_only=read_only,
            generation=self.generation(role, id_),
            made=now,
            expires=expires,
            by=by,
            hash=None,
            revoked=None,
        )
        return LinkTable((*self.links, row), self.generations), row

    def without_id(self, id_: str, now: Instant) -> LinkTable:
        """Every link of a venue, guest, booth or role that was made until now is revoked."""
        # The time, because a lost table may have had any number of generations, but none greater than the time.
        known = max((0, *self.generations.values(), *(row.generation for row in self.links)))
        return LinkTable(self.links, {**self.generations, id_: max(known + 1, now // SECOND)})

    def without(self, number: int, now: Instant) -> LinkTable:
        """One link is revoked, if there is one of this number. One that was revoked before stays as it is."""
        row = self.by_number.get(number)
        return self if row is None or row.revoked is not None else self.replaced(number, revoked=now)

    def replaced(self, number: int, **fields: object) -> LinkTable:
        """The table with a changed row."""
        links = tuple(row.model_copy(update=fields) if row.number == number else row for row in self.links)
        return LinkTable(links, self.generations)

    def pruned(self, now: Instant, is_over: Callable[[LinkRow], bool]) -> LinkTable:
        """At most `MAX_LINKS`, without the oldest of those that are dead for sure, and if need be without the oldest
        that are over by the event in force: another event could make those valid again."""
        surplus = len(self.links) - MAX_LINKS
        if surplus <= 0:
            return self
        dead = [r for r in self.links if self.is_revoked(r) or (r.expires is not None and r.expires <= now)]
        numbers = {row.number for row in dead}
        over = (row for row in self.links if row.number not in numbers and is_over(row))
        dropped = {row.number for row in islice(chain(dead, over), surplus)}
        return LinkTable(tuple(r for r in self.links if r.number not in dropped), self.generations)


def _random_number() -> int:
    return secrets.choice(_NUMBERS)


def merged(known: LinkTable, found: LinkTable) -> LinkTable:
    """What is in force of two tables: a new file neither ends a link that it does not name, nor makes a revoked one
    valid."""
    generations = {
        id_: max(known.generations.get(id_, 0), found.generations.get(id_, 0))
        for id_ in {**known.generations, **found.generations}
    }
    # Revoked ones as well: an older file that comes next would make them valid again.
    missing = [r for r in known.links if r.number not in found.by_number]
    revoked = {row.number: row.revoked for row in known.links if row.revoked is not None}
    links = (
        row.model_copy(update={"revoked": revoked[row.number]})
        if row.revoked is None and row.number in revoked
        else row
        for row in found.links
    )
    return LinkTable((*missing[-MAX_LINKS:], *links), generations)


def load(data: Path) -> LinkTable:
    """The table of a data folder; empty before the first link.

    Raises:
        KeyFileError: the file exists and cannot be read.
    """
    path = data / FILE_NAME
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        return LinkTable()
    except OSError as fault:
        raise unusable(path, fault) from fault
    return parse_table(path, text)


def followed_table(data: Path) -> FollowedFile[LinkTable]:
    """The table as a running server follows it. Raises as `load`."""
    return FollowedFile(data / FILE_NAME, parse_table, merged, LinkTable())


def change(
    data: Path,
    decide: Callable[[LinkTable], LinkTable],
    now: Instant,
    known: LinkTable | None = None,
    is_over: Callable[[LinkRow], bool] = lambda row: False,
) -> LinkTable:
    """Change the table; returns it as it is on disk then. `known` is what a running server knows of it: a lost file is
    restored by that. `is_over`: a link has expired by the event in force.

    Several processes may do so at the same time; a file lock puts them in order.

    Raises:
        KeyFileError: the table cannot be read or written, or is full; it is unchanged.
    """
    path = data / FILE_NAME
    with changing(data, path):
        before = load(data)
        after = decide(before if known is None else merged(known, before))
        if after == before:
            return before
        after = after.pruned(now, is_over)
        if len(after.links) > MAX_LINKS:
            raise TableFull(path, f"there are {MAX_LINKS} valid links", "Revoke some that nobody needs.")
        replace_file(path, _as_json(after))
        return after


class _Document(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")

    links: list[LinkRow]
    generations: dict[_Id, _Generation]


def parse_table(path: Path, text: bytes) -> LinkTable:
    """The table in the text of a file.

    Raises:
        KeyFileError: it is damaged.
    """
    try:
        document = _Document.model_validate_json(text)
        _check_numbers(document.links)
    except (ValueError, RecursionError) as fault:
        why = _first(fault) if isinstance(fault, ValidationError) else str(fault)
        raise KeyFileError(
            path,
            f"the table of links is damaged ({why})",
            "Restore the right file, or delete it and make new links: without it, no link is valid.",
        ) from fault
    return LinkTable(tuple(document.links), document.generations)


def _first(fault: ValidationError) -> str:
    """The first fault, without its input: that may be long."""
    error = fault.errors(include_url=False, include_input=False, include_context=False)[0]
    where = ".".join(str(step)[:40] for step in error["loc"])
    return f"{where}: {error['msg'][:200]}" if where else error["msg"][:200]


def _check_numbers(links: Iterable[LinkRow]) -> None:
    seen: set[int] = set()
    for row in links:
        if row.number in seen:
            raise ValueError(f"two links have the number {row.number}")
        seen.add(row.number)


def _as_json(table: LinkTable) -> bytes:
    document = _Document(links=list(table.links), generations=dict(table.generations))
    return document.model_dump_json(indent=1).encode() + b"\n"
