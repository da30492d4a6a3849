"""What the control plane asks of a media plane. The command line plugs one in; tests may plug in none."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from signaling.show.card import Card
from signaling.show.messages import SourceState, SourceWhy
from signaling.show.routing import Sight
from signaling.show.view import Figures


class OfferRefused(ValueError):
    """The offer cannot be answered. The text says what is wrong with it."""


class MediaFull(Exception):
    """The media plane takes nobody in at the moment. The text says to come back."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer to an offer: SDP, and which slot each receiving m-line (by mid) is."""

    sdp: str
    slots: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Joining:
    """A page that wants picture and sound."""

    peer: str
    """Its name in the media plane."""
    source: str | None
    """What it feeds, if anything."""
    views: Sequence[str]
    """Sources that it sees in small."""
    offer: str
    """SDP."""
    link: str = ""
    """By which it came: the pages of one link share a bound."""
    is_expendable: bool = False
    """It gives way to those that are not."""


class MediaPlane(Protocol):
    """Carries out what the show decides, and reports what becomes of its sources."""

    def listen(
        self,
        on_source: Callable[[str, SourceState, SourceWhy], None],
        on_left: Callable[[str], None],
        on_levels: Callable[[Mapping[str, float]], None],
    ) -> None:
        """Call back on the event loop: a source changed its state, and why; a peer went by itself; how loud the
        sources' microphones are, ten times a second, in dBov (0 is full scale, -127 silence)."""
        ...

    async def join(self, page: Joining) -> Answered:
        """Answer a page's offer.

        Raises:
            OfferRefused: nothing has changed.
            MediaFull: likewise.
        """
        ...

    async def leave(self, peer: str) -> None: ...

    def state_of(self, peer: str) -> SourceState | None:
        """What comes from one peer, be it forwarded or not; None for one that is not there."""
        ...

    def route(self, sights: Mapping[str, Sight]) -> None:
        """Say for every peer what it is to receive from now on."""
        ...

    def arm(self, sources: Collection[str]) -> None:
        """Say which sources may be put on air in a moment."""
        ...

    def slate(self, card: Card) -> None:
        """Say what stands on the slate."""
        ...

    def figures(self) -> tuple[Mapping[str, Figures], Mapping[str, Figures]]:
        """By source, and by peer."""
        ...

    async def close(self) -> None: ...


class NoMedia:
    """A media plane without media: offers are refused, sources stay absent."""

    def listen(
        self,
        on_source: Callable[[str, SourceState, SourceWhy], None],
        on_left: Callable[[str], None],
        on_levels: Callable[[Mapping[str, float]], None],
    ) -> None:
        return None

    async def join(self, page: Joining) -> Answered:
        raise OfferRefused("This server carries no media.")

    async def leave(self, peer: str) -> None:
        return None

    def state_of(self, peer: str) -> SourceState | None:
        return None

    def route(self, sights: Mapping[str, Sight]) -> None:
        return None

    def arm(self, sources: Collection[str]) -> None:
        return None

    def slate(self, card: Card) -> None:
        return None

    def figures(self) -> tuple[Mapping[str, Figures], Mapping[str, Figures]]:
        return {}, {}

    async def close(self) -> None:
        return None
