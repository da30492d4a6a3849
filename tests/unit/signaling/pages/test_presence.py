"""The desks that are connected, by what their pages say."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from config.times import Instant
from signaling.pages.presence import ConnectedDesks

ZONE = ZoneInfo("Europe/Berlin")


class Desks:
    """A presence, and how often it had something to publish."""

    def __init__(self) -> None:
        self.changes = 0
        self.presence = ConnectedDesks(self._count)

    def _count(self) -> None:
        self.changes += 1

    def come(self, session: str, peer: str | None = None, *, read_only: bool = False, at: int = 0) -> None:
        self.presence.connect(session, peer or f"peer {session}", read_only=read_only, now=Instant(at))

    def say(self, session: str, name: str = "", editing: str | None = None, *, at_once: bool = True) -> None:
        self.presence.say(session, name, editing, at_once=at_once)

    def seen(self) -> list[tuple[str, int | None, str, str | None]]:
        """Session, number, name and edited item of each desk."""
        return [
            (session, desk.number, desk.name, desk.editing)
            for session, desk in self.presence.documents(ZONE).items()
        ]


@pytest.fixture
def desks() -> Desks:
    return Desks()


def test_desks_without_names_have_numbers_and_the_smallest_free_one_is_used_again(desks: Desks) -> None:
    desks.come("a")
    desks.come("b")
    desks.come("c")
    desks.presence.disconnect("b")
    desks.come("d")
    assert desks.seen() == [("a", 1, "", None), ("c", 3, "", None), ("d", 2, "", None)]


def test_a_page_that_only_looks_on_is_there_without_a_number(desks: Desks) -> None:
    desks.come("watch", read_only=True)
    desks.come("a")
    assert desks.seen() == [("watch", None, "", None), ("a", 1, "", None)]
    assert [desk.read_only for desk in desks.presence.documents(ZONE).values()] == [True, False]


def test_a_desk_says_who_sits_there_and_what_it_edits(desks: Desks) -> None:
    desks.come("a")
    desks.say("a", "Anna", "zwei")
    assert desks.seen() == [("a", 1, "Anna", "zwei")]
    desks.say("a", "", None)
    assert desks.seen() == [("a", 1, "", None)]


def test_only_news_is_published_and_only_at_once_if_it_may_be(desks: Desks) -> None:
    desks.come("a")
    desks.say("a", "Anna")
    assert desks.changes == 2
    desks.say("a", "Anna")
    desks.say("a", "Ben", at_once=False)
    assert desks.changes == 2
    assert desks.seen() == [("a", 1, "Ben", None)], "the next refresh publishes it"
    desks.presence.disconnect("a")
    desks.presence.disconnect("a")
    assert desks.changes == 3


def test_a_page_that_has_reconnected_is_the_same_desk_and_there_once(desks: Desks) -> None:
    desks.come("a", at=1_000)
    desks.come("b")
    desks.say("a", "Anna", "zwei")
    desks.come("a again", "peer a", at=9_000)
    assert desks.seen() == [("b", 2, "", None), ("a again", 1, "Anna", "zwei")]
    assert desks.presence.documents(ZONE)["a again"].since == "1970-01-01T01:00:01+01:00"
    desks.presence.disconnect("a")
    assert desks.seen() == [("b", 2, "", None), ("a again", 1, "Anna", "zwei")]


def test_a_page_that_has_gone_says_nothing(desks: Desks) -> None:
    desks.say("gone", "Anna")
    assert (desks.seen(), desks.changes) == ([], 0)
