"""A media plane without media, for tests of the control plane."""

from __future__ import annotations

import socket
from collections.abc import Callable, Collection, Mapping

from bridge.engine import (
    Callbacks,
    Card,
    Feed,
    Joined,
    MediaHealth,
    MediaStats,
    OfferError,
    PeerSpec,
    ShedLevel,
    SourceState,
)


class NoMedia:
    """Refuses every offer; its sources stay absent."""

    shed_level: ShedLevel = 0

    def listen(self, callbacks: Callbacks) -> None:
        return None

    async def join(self, spec: PeerSpec, offer: str) -> Joined:
        raise OfferError("This server carries no media.")

    async def leave(self, peer: str) -> None:
        return None

    def adopt(
        self, sock: socket.socket, on_accepted: Callable[[PeerSpec], None], on_closed: Callable[[], None]
    ) -> Callable[[], None]:
        sock.close()
        on_closed()
        return lambda: None

    def state_of(self, peer: str) -> SourceState | None:
        return None

    def route(self, feeds: Mapping[str, Feed]) -> None:
        return None

    def arm(self, sources: Collection[str]) -> None:
        return None

    def slate(self, card: Card) -> None:
        return None

    def stats(self) -> tuple[Mapping[str, MediaStats], Mapping[str, MediaStats]]:
        return {}, {}

    def shed(self, level: ShedLevel) -> None:
        self.shed_level = level

    def health(self) -> MediaHealth:
        return MediaHealth(True, {})

    async def close(self) -> None:
        return None
