"""What pages choose to hear and can decode, and who talks back to whom.

None of it is in the log: the log decides what may be heard, and these choose within it. A page has one channel, and
talks to one set of recipients at a time. So all of it together is bounded by the number of pages.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from signaling.audience import LinkDestination
from signaling.show.core import Show
from signaling.show.listening import Decodable
from signaling.show.lookup import find_place_or_desk
from signaling.show.permissions import holder_of, may_talk
from signaling.show.reasons import ProblemError
from signaling.show.recipients import AT_DESK, places
from signaling.show.terms import EVERYBODY
from signaling.show.wire.pages import TalkDoc


def talk_source(peer: str) -> str:
    """The source id of a peer's talkback microphone."""
    return f"talk:{peer}"


@dataclass(frozen=True, slots=True)
class ActiveTalk:
    """A page talks back."""

    number: int
    """Identifies it in the state."""
    peer: str
    destination: LinkDestination
    """Of the page that talks."""
    to: tuple[str, ...]
    """Venues, guests, booths, or `desk`."""


class Choices:
    """The channel and the pictures of each peer, and the talk of each connection."""

    def __init__(self) -> None:
        self._channels: dict[str, str] = {}
        """By peer. It outlives the page's WebSocket, so that a lost one does not change what people hear."""
        self._pictures: dict[str, Decodable] = {}
        """By peer, of those that cannot decode all. It lasts as long as the channel."""
        self._talks: dict[str, ActiveTalk] = {}
        """By connection, in the order in which they began. A talk ends with the page's WebSocket: the end of a key that
        was held meanwhile would never arrive."""
        self._count = 0

    # Channels --------------------------------------------------------------------------------------------------------

    def listen(self, peer: str, channel: str | None) -> None:
        """A page chooses a channel; None: the floor."""
        if channel is None:
            self._channels.pop(peer, None)
        else:
            self._channels[peer] = channel

    def channel(self, peer: str) -> str | None:
        return self._channels.get(peer)

    def listeners(self, peers: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
        """By channel, the destinations of those that listen to it, of these peers with their destinations."""
        found: dict[str, list[str]] = {}
        for peer, destination in peers:
            if peer in self._channels:
                found.setdefault(self._channels[peer], []).append(destination)
        return found

    def forget(self, peer: str) -> None:
        """A peer has left, and no page of it is connected."""
        self._channels.pop(peer, None)
        self._pictures.pop(peer, None)

    # Pictures --------------------------------------------------------------------------------------------------------

    def decode(self, peer: str, pictures: Decodable) -> None:
        """A page says what it can decode."""
        if pictures == Decodable():
            self._pictures.pop(peer, None)
        else:
            self._pictures[peer] = pictures

    def decodable(self, peer: str) -> Decodable:
        return self._pictures.get(peer, Decodable())

    # Talkback --------------------------------------------------------------------------------------------------------

    def talk(self, connection: str, peer: str, destination: LinkDestination, to: tuple[str, ...]) -> None:
        """A page begins to talk, or talks to others than before. A peer talks once, by its newest connection."""
        before = self._talks.get(connection)
        if before is not None and before.to == to:
            return
        for other, talk in list(self._talks.items()):
            if talk.peer == peer:
                del self._talks[other]
        self._count += 1
        self._talks[connection] = ActiveTalk(self._count, peer, destination, to)

    def end_talk(self, connection: str) -> bool:
        """A page does not talk any more. Returns whether it did."""
        return self._talks.pop(connection, None) is not None

    def talker(self, peer: str, destination: LinkDestination, peers: Collection[str]) -> str | None:
        """The talk source that a peer hears; `peers` are those with sound.

        It is that of the newest talk to it, so that a key stuck in one hall does not block all others. The one before
        is heard again when the newest ends: two voices at once in one ear are not understood.
        """
        name = destination.recipient
        if name is None:
            return None
        heard = (talk for talk in reversed(self._talks.values()) if name in talk.to and talk.peer != peer)
        return next((talk_source(talk.peer) for talk in heard if talk.peer in peers), None)

    @property
    def has_talks(self) -> bool:
        """Somebody talks."""
        return bool(self._talks)

    def talks(self, peers: Mapping[str, LinkDestination]) -> Mapping[str, TalkDoc]:
        """The state's `talks`, by number; `peers` are those with sound, and their destinations."""
        if not self._talks:
            return {}
        hears = {(self.talker(peer, place, peers), place.recipient) for peer, place in peers.items()}
        return {
            str(talk.number): TalkDoc(
                speaker=talk.destination.recipient or "",
                name=talk.destination.name,
                to=list(talk.to),
                heard_by=[name for name in talk.to if (talk_source(talk.peer), name) in hears],
            )
            for talk in self._talks.values()
        }


def talk_recipients(
    show: Show, destination: LinkDestination, to: list[str] | Literal["all"]
) -> tuple[str, ...]:
    """Whom a page of this destination talks to if it asks for `to`. Only moderators choose; others talk to the desk.

    Raises:
        ProblemError: its role may not talk, or there is no such recipient.
    """
    if not may_talk(holder_of(destination.role)):
        raise ProblemError("role", role=destination.role, command="talk")
    if destination.role != "moderator":
        return (AT_DESK,)
    if to == EVERYBODY:
        return places(show.event)
    return tuple(dict.fromkeys(find_place_or_desk(show, wanted) for wanted in to))
