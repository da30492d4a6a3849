"""What the control plane asks of a media plane. The command line plugs one in; tests may plug in none."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from signaling.show.messages import SourceState
from signaling.show.routing import Sight
from signaling.show.view import Figures


class OfferRefused(ValueError):
    """The offer cannot be answered. The text says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer to an offer: SDP, and which slot each receiving m-line (by mid) is."""

    sdp: str
    slots: Mapping[str, str]


class MediaPlane(Protocol):
    """Carries out what the show decides, and reports what becomes of its sources."""

    def listen(self, on_source: Callable[[str, SourceState], None], on_left: Callable[[str], None]) -> None:
        """Call back on the event loop: a source changed its state; a peer went by itself."""
        ...

    async def join(self, peer: str, source: str | None, views: Sequence[str], offer: str) -> Answered:
        """Answer a peer's offer.

        Raises:
            OfferRefused: nothing has changed.
        """
        ...

    async def leave(self, peer: str) -> None: ...

    def route(self, sights: Mapping[str, Sight]) -> None:
        """Say for every peer what it is to receive from now on."""
        ...

    def figures(self) -> tuple[Mapping[str, Figures], Mapping[str, Figures]]:
        """By source, and by peer."""
        ...

    async def close(self) -> None: ...


class NoMedia:
    """A media plane without media: offers are refused, sources stay absent."""

    def listen(self, on_source: Callable[[str, SourceState], None], on_left: Callable[[str], None]) -> None:
        return None

    async def join(self, peer: str, source: str | None, views: Sequence[str], offer: str) -> Answered:
        raise OfferRefused("This server carries no media.")

    async def leave(self, peer: str) -> None:
        return None

    def route(self, sights: Mapping[str, Sight]) -> None:
        return None

    def figures(self) -> tuple[Mapping[str, Figures], Mapping[str, Figures]]:
        return {}, {}

    async def close(self) -> None:
        return None
