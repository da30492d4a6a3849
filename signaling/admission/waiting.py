"""Contributors that wait for a source, or have been replaced, in the order in which they are invited. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from config.times import Instant
from signaling.admission.contributor import Contributor, Replaced, Waiting

RECONNECT_S: Final = 5.0
"""Seconds for which a waiting page may lose its WebSocket: it keeps its turn, and the desk still sees it."""
MAX_WAITING: Final = 8
"""Contributors that may wait at one place. A leaked link must not fill the memory, or the desk's screen."""
MAX_REPLACED: Final = 64
"""Replaced contributors that are invited when their source is free again. The oldest is dropped first."""


class WaitingList:
    """Those that wait, those that were replaced, and which of them have no WebSocket now."""

    def __init__(self) -> None:
        self.queue: list[Waiting] = []
        """Those that wait, longest first."""
        self.replaced: dict[str, Replaced] = {}
        """By peer."""
        self.offline: dict[str, float] = {}
        """Peers whose page has lost its WebSocket, and until when (monotonic seconds) they keep their turn."""

    def __contains__(self, peer: str) -> bool:
        return peer in self.replaced or any(waiting.contributor.peer == peer for waiting in self.queue)

    def add(self, contributor: Contributor, source: str, since: Instant) -> None:
        """Let a contributor wait."""
        self.queue.append(Waiting(contributor, source, since))

    def add_replaced(self, contributor: Contributor, source: str) -> None:
        """Note that a contributor was replaced."""
        self.replaced[contributor.peer] = Replaced(contributor, source)
        while len(self.replaced) > MAX_REPLACED:
            del self.replaced[next(iter(self.replaced))]

    def remove(self, peer: str) -> None:
        """Forget a peer, waiting or replaced."""
        self.stop_waiting(peer)
        self.replaced.pop(peer, None)

    def stop_waiting(self, peer: str) -> None:
        self.queue = [waiting for waiting in self.queue if waiting.contributor.peer != peer]

    def is_crowded(self, place: str) -> bool:
        return sum(waiting.contributor.place == place for waiting in self.queue) >= MAX_WAITING

    def is_waiting_for(self, source: str, peer: str) -> bool:
        return any(w.contributor.peer == peer and w.source == source for w in self.queue)

    def is_ending(self, source: str, peer: str) -> bool:
        """Whether a peer was replaced as the contributor of a source, and has not left yet."""
        replaced = self.replaced.get(peer)
        return replaced is not None and replaced.source == source and replaced.is_ending

    def on_left(self, peer: str) -> None:
        """A peer has left the media plane."""
        if (replaced := self.replaced.get(peer)) is not None:
            self.replaced[peer] = replace(replaced, is_ending=False)

    def by_place(self) -> dict[str, list[Waiting]]:
        found: dict[str, list[Waiting]] = {}
        for waiting in self.queue:
            found.setdefault(waiting.contributor.place, []).append(waiting)
        return found

    def places(self) -> list[str]:
        """Places at which a contributor may be invited."""
        contributors = [w.contributor for w in self.queue] + [r.contributor for r in self.replaced.values()]
        return list(dict.fromkeys(contributor.place for contributor in contributors))

    def expire(self, now: float) -> list[str]:
        """Remove the peers that have been offline for too long, and return them."""
        expired = [peer for peer, until in self.offline.items() if now >= until]
        for peer in expired:
            self.remove(peer)
        return expired
