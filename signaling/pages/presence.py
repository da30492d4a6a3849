"""The desks that are connected: who sits there, and which item each edits. None of it is in the log.

A desk is a moderator's page. It is known from its hello until its WebSocket ends, so there are no more than pages of
moderators' links.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import count
from zoneinfo import ZoneInfo

from config.times import Instant, iso
from signaling.show.terms import Author
from signaling.show.wire.pages import DeskDoc


@dataclass(slots=True)
class _Desk:
    peer: str
    """Of its page, also after the page has reconnected."""
    number: int | None
    """Tells desks without a name apart. None: it only looks on."""
    since: Instant
    name: str = ""
    editing: str | None = None


class ConnectedDesks:
    """The connected desks, oldest first."""

    def __init__(self, on_change: Callable[[], None]) -> None:
        """`on_change` is called when the published state has changed."""
        self._on_change = on_change
        self._desks: dict[str, _Desk] = {}
        """By session."""

    def connect(self, session: str, peer: str, *, read_only: bool, now: Instant) -> None:
        """A moderator's page has connected. It is the same desk as before if its lost WebSocket is still open here."""
        before = self._of(peer)
        if before is not None:
            self._desks[session] = _Desk(peer, before.number, before.since, before.name, before.editing)
        else:
            self._desks[session] = _Desk(peer, None if read_only else self._free_number(), now)
        self._on_change()

    def say(self, session: str, name: str, editing: str | None, *, at_once: bool) -> None:
        """A desk says who sits there, and which item it edits. It is published at once, or with the next refresh."""
        desk = self._desks.get(session)
        if desk is not None and (desk.name, desk.editing) != (name, editing):
            desk.name, desk.editing = name, editing
            if at_once:
                self._on_change()

    def author(self, session: str, link: Author) -> Author:
        """The author of a command of this page, whose link's is `link`."""
        desk = self._desks.get(session)
        return link if desk is None else replace(link, name=desk.name, desk=desk.number)

    def disconnect(self, session: str) -> None:
        """A WebSocket has ended."""
        if self._desks.pop(session, None) is not None:
            self._on_change()

    def documents(self, zone: ZoneInfo) -> dict[str, DeskDoc]:
        """The state's `desks`, by session. A page that has reconnected is there once."""
        newest = {desk.peer: session for session, desk in self._desks.items()}
        return {
            session: DeskDoc(
                number=desk.number,
                name=desk.name,
                since=iso(desk.since, zone),
                read_only=desk.number is None,
                editing=desk.editing,
            )
            for session, desk in self._desks.items()
            if newest[desk.peer] == session
        }

    def _of(self, peer: str) -> _Desk | None:
        return next((desk for desk in self._desks.values() if desk.peer == peer), None)

    def _free_number(self) -> int:
        taken = {desk.number for desk in self._desks.values()}
        return next(n for n in count(1) if n not in taken)
