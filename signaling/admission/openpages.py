"""How many pages of each link are connected, and which one goes for a newer one. Pure: it closes nothing itself."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from signaling.access.links import Link
from signaling.show.policy import MAX_PAGES, is_watcher
from signaling.show.reasons import ProblemError

P = TypeVar("P", bound=Hashable)


class OpenPages(Generic[P]):
    """The connected pages of each link, oldest first, at most `MAX_PAGES` of each.

    A link whose holders do not know each other (viewers, stage displays) refuses the newcomer. Any other link admits it
    for its oldest page that feeds no source: a copied link must not keep its owner out.
    """

    def __init__(self, feeds: Callable[[str], bool]) -> None:
        """`feeds` says whether a peer sends a source."""
        self._feeds = feeds
        self._peers: dict[int, dict[P, str]] = {}
        """By the link's number, by page: its peer."""

    def add(self, page: P, link: Link, peer: str, before: str | None = None) -> P | None:
        """A page connects, with the peer that it has or will have; `before` is the one of its last welcome. Returns the
        page to close in its place, if any.

        Raises:
            ProblemError: too many pages of its link are connected.
        """
        here = self._peers.get(link.number, {})
        leaving = self._leaving(here, link, before) if len(here) >= MAX_PAGES[link.role] else None
        if leaving is not None:
            self.remove(leaving, link)
        self._peers.setdefault(link.number, {})[page] = peer
        return leaving

    def remove(self, page: P, link: Link) -> None:
        """A page has disconnected. May be called twice."""
        here = self._peers.get(link.number, {})
        here.pop(page, None)
        if not here:
            self._peers.pop(link.number, None)

    def _leaving(self, here: dict[P, str], link: Link, before: str | None) -> P:
        for page, other in here.items():
            if other == before:  # it is the same page, whose lost connection has not been noticed yet
                return page
        idle = (page for page, other in here.items() if not self._feeds(other))
        if is_watcher(link.role) or (oldest := next(idle, None)) is None:
            raise ProblemError("pages-full")
        return oldest
