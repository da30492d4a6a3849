"""The connected pages, and the peers of the media plane that receive the programme."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

import structlog

from bridge.engine import MediaStats
from signaling.admission.admissions import Admissions
from signaling.audience import LinkDestination, audience
from signaling.pages.choices import Choices
from signaling.show.listening import Listening
from signaling.show.media_docs import Connected
from signaling.show.policy import MAX_INPUTS, MAX_RECEIVERS, is_watcher
from signaling.show.reasons import ProblemError
from signaling.show.terms import PagePath
from signaling.show.wire.socket import Condition
from signaling.show.wire.state import DevicesDoc

log = structlog.get_logger()

ORPHANED_PEER_CLOSES_S: Final = 60.0
"""Seconds for which a peer outlives its page: long enough for a lost network or a restarted proxy."""


def input_peer(page: str, source: str) -> str:
    """The peer of a further input, of the page whose peer is `page`. A page that reconnects finds it by this name."""
    return f"{page}/{source}"


class Receivers:
    """Pages and peers with their destinations. A peer outlives its page's WebSocket."""

    def __init__(
        self,
        leave: Callable[[str], Awaitable[None]],
        admissions: Admissions,
        on_change: Callable[[], None],
        on_talk: Callable[[], None],
    ) -> None:
        """`leave` closes a peer in the media plane. `on_change` is called when the published state has changed,
        `on_talk` when talkback is to be routed anew."""
        self._leave = leave
        self._admissions = admissions
        self._on_change = on_change
        self._on_talk = on_talk
        self._pages: dict[str, tuple[str, LinkDestination]] = {}
        """By connection: the page's peer and destination."""
        self._conditions: dict[str, dict[str, Condition]] = {}
        """By connection, by peer of the page: the state of its devices and its path, as the page last reported them."""
        self._peers: dict[str, LinkDestination] = {}
        self._inputs: dict[str, tuple[str, LinkDestination]] = {}
        """By peer of a further input, which receives nothing: the peer of its page, and the page's destination."""
        self._seats: dict[str, str] = {}
        """By peer of an interpreter: the source id of the seat that it feeds."""
        self.choices = Choices()
        self._orphaned: dict[str, float] = {}
        """Peers without a page, and since when (loop time)."""

    @property
    def peers(self) -> Mapping[str, LinkDestination]:
        """Every receiving peer, and its destination."""
        return self._peers

    # Pages -----------------------------------------------------------------------------------------------------------

    def connect(self, connection: str, peer: str, destination: LinkDestination) -> None:
        """A page has connected. `peer` is new, or one that it had before, perhaps by an older link."""
        self._pages[connection] = (peer, destination)
        if peer in self._peers:
            self._peers[peer] = destination
        for each in self.inputs_of(peer):
            self._inputs[each] = (peer, destination)
        self._on_change()

    def disconnect(self, connection: str) -> None:
        """A page has disconnected. Its peer stays, and ends talking."""
        peer, _ = self._pages.pop(connection, ("", None))
        self._conditions.pop(connection, None)
        self._forget_choices(peer)
        self.end_talk(connection)
        self._on_change()

    def note_condition(self, connection: str, condition: Condition, *, at_once: bool) -> None:
        """A page reports the state of its devices and its path. It is published at once, or with the next refresh."""
        if connection not in self._pages:
            return
        page, _ = self._pages[connection]
        peer = page if condition.input is None else input_peer(page, condition.input)
        reported = self._conditions.setdefault(connection, {})
        if peer not in reported and len(reported) > MAX_INPUTS:
            return  # no page sends as many
        if reported.get(peer) != condition:
            reported[peer] = condition
            if at_once:
                self._on_change()

    def audience(self, stats: Mapping[str, MediaStats]) -> dict[str, Connected]:
        """By destination: its connected pages. `stats` are by peer."""
        return audience(
            (
                place,
                stats.get(peer),
                found.path if (found := self._conditions.get(connection, {}).get(peer)) else None,
            )
            for connection, (peer, place) in self._pages.items()
        )

    def devices(self) -> dict[str, DevicesDoc]:
        """By source: the state of the devices at the page that sends it, where it is connected and has reported."""
        return {
            source: DevicesDoc(
                camera=found.camera,
                microphone=found.microphone,
                muted=found.muted,
                sound=found.sound,
                limit=found.limit,
                reduced=found.reduced,
            )
            for source, found in self._reported()
        }

    def paths(self) -> dict[str, PagePath]:
        """By source: its path, where the page that sends it is connected and has reported one."""
        return {source: found.path for source, found in self._reported() if found.path is not None}

    def _reported(self) -> Iterator[tuple[str, Condition]]:
        """Each source with the condition of the page that sends it."""
        sending = {peer: source for source, peer in self._admissions.current.items()}
        for reported in self._conditions.values():
            for peer, found in reported.items():
                if (source := sending.get(peer)) is not None:
                    yield source, found

    # What they choose ------------------------------------------------------------------------------------------------

    def talk(self, connection: str, to: tuple[str, ...]) -> None:
        """A page talks to these recipients from now on; to none, it does not talk any more."""
        if not to:
            self.end_talk(connection)
        elif connection in self._pages:
            self.choices.talk(connection, *self._pages[connection], to)
            self._on_talk()

    def end_talk(self, connection: str) -> None:
        """A page does not talk any more."""
        if self.choices.end_talk(connection):
            self._on_talk()

    def listeners(self) -> Mapping[str, Sequence[str]]:
        """By channel, the destinations of the connected pages that listen to it. A page that has reconnected is there
        once, also while its lost WebSocket is still open here."""
        pages = {peer: place.id for peer, place in self._pages.values()}
        return self.choices.listeners(pages.items())

    def listening(self, peer: str) -> Listening:
        """What a peer hears besides the programme."""
        destination = self._peers[peer]
        return Listening(
            channel=self.choices.channel(peer),
            seat=self._seats.get(peer),
            talkback=self.choices.talker(peer, destination, self._peers),
            pictures=self.choices.decodable(peer),
        )

    def _forget_choices(self, peer: str) -> None:
        """Forget the choices of a peer that has neither a page nor picture and sound."""
        if peer not in self._peers and all(peer != other for other, _ in self._pages.values()):
            self.choices.forget(peer)

    # Further inputs --------------------------------------------------------------------------------------------------

    def check_inputs(self, peer: str, destination: LinkDestination) -> None:
        """Check that a page of `destination` may send one more further input, by this peer.

        Raises:
            ProblemError: its link sends as many as it may.
        """
        others = [p for p, (_, place) in self._inputs.items() if place == destination and p != peer]
        if len(others) >= MAX_INPUTS:
            raise ProblemError("inputs-full", most=str(MAX_INPUTS))

    def add_input(self, peer: str, page: str, destination: LinkDestination) -> None:
        """A peer sends a further input of the page whose peer is `page`."""
        self._inputs[peer] = (page, destination)

    def inputs_of(self, page: str) -> list[str]:
        """The peers of a page's further inputs."""
        return [peer for peer, (owner, _) in self._inputs.items() if owner == page]

    def feeds(self, page: str) -> bool:
        """Whether a page sends a source, or will as soon as it is live."""
        return any(self._admissions.is_contributor(peer) for peer in (page, *self.inputs_of(page)))

    def with_round_trips(
        self, sources: Mapping[str, MediaStats], peers: Mapping[str, MediaStats]
    ) -> Mapping[str, MediaStats]:
        """The statistics of the sources. A further input has the round trip of its page: the media plane measures one
        by what a peer receives, and that of an input receives nothing."""
        found = dict(sources)
        for source, peer in self._admissions.current.items():
            page, _ = self._inputs.get(peer, ("", None))
            if page in peers and source in found:
                found[source] = replace(found[source], rtt_ms=peers[page].rtt_ms)
        return found

    async def close_page(self, page: str) -> None:
        """Close a page's peer and those of its further inputs."""
        for peer in (*self.inputs_of(page), page):
            await self.close(peer)

    # Peers -----------------------------------------------------------------------------------------------------------

    @property
    def every_peer(self) -> Mapping[str, LinkDestination]:
        """Every peer and its destination, also those that only send."""
        return {**self._peers, **{peer: place for peer, (_, place) in self._inputs.items()}}

    def add(self, peer: str, destination: LinkDestination, source: str | None = None) -> None:
        """A peer receives the programme of `destination` from now on, and feeds `source`."""
        self._peers[peer] = destination
        if destination.role == "interpreter" and source is not None:
            self._seats[peer] = source
        else:
            self._seats.pop(peer, None)

    def may_resume(self, peer: str, destination: LinkDestination) -> bool:
        """Whether a page that reconnects keeps its peer: it belongs to this destination, perhaps by a newer link."""
        return self._peers.get(peer) == destination or (peer, destination) in self._inputs.values()

    async def make_room(self, peer: str, destination: LinkDestination) -> None:
        """Close peers of `destination` until one more may join: those without a page first, then the oldest.

        Those of pages that send a source close last, so that a copied link cannot take the programme from its owner by
        opening more pages.

        Raises:
            ProblemError: many share this destination, and all its places are taken.
        """
        here = [p for p, place in self._peers.items() if place == destination and p != peer]
        here.sort(key=lambda p: (self.feeds(p), p not in self._orphaned))
        for leaving in here[: max(0, len(here) + 1 - MAX_RECEIVERS[destination.role])]:
            if leaving not in self._orphaned and is_watcher(destination.role):
                raise ProblemError("watchers-full")
            log.info("too many pages of one link; the oldest peer is closed", place=destination.id)
            await self.close(leaving)

    def on_left(self, peer: str) -> None:
        """A peer has left the media plane."""
        self._peers.pop(peer, None)
        self._inputs.pop(peer, None)
        self._seats.pop(peer, None)
        self._forget_choices(peer)
        self._admissions.on_left(peer)
        if self.choices.has_talks:
            self._on_talk()  # the talk before that of this peer is heard again

    async def close(self, peer: str, *, withdraw: bool = False) -> None:
        """Close a peer. `withdraw`: it does not wait for its turn to send any more."""
        if withdraw:
            self._admissions.withdraw(peer)
        self.on_left(peer)
        await self._leave(peer)

    async def close_orphans(self) -> None:
        """Close peers that have been without a page for too long."""
        now = asyncio.get_running_loop().time()
        here = {peer for peer, _ in self._pages.values()}
        pages = {
            **{peer: peer for peer in self._peers},
            **{peer: page for peer, (page, _) in self._inputs.items()},
        }
        self._orphaned = {
            peer: self._orphaned.get(peer, now) for peer, page in pages.items() if page not in here
        }
        for peer, since in list(self._orphaned.items()):
            if now - since >= ORPHANED_PEER_CLOSES_S:
                log.info("a page did not come back; its peer is closed", peer=peer)
                await self.close(peer)
