"""The media plane: its peers, and which source each of them sends and receives. `Switchboard` is the `Engine`.

It holds three tables (peers, sources, feeds) and keeps the packet path up to date with them. It decides nothing about
the show, which comes in by `route`. A change of a table is applied to every destination; a slot that does not change
is not touched.

A peer is sent nothing before its handshake is done, so its pictures begin with a keyframe that it can decrypt.
"""

from __future__ import annotations

import asyncio
import ipaddress
import secrets
import socket
import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Self

import structlog

from bridge.destination.layers import PictureLimit
from bridge.engine import (
    SLATE,
    Callbacks,
    Card,
    Feed,
    Joined,
    MediaHealth,
    MediaStats,
    PeerSpec,
    ShedLevel,
    SourceState,
    SourceWhy,
    TooManyPeers,
)
from bridge.eviction import is_power_of_two, peer_to_evict
from bridge.faults import FaultLogger
from bridge.measurements import Measurements
from bridge.net.connection import PeerConnection
from bridge.net.port import Port
from bridge.peer import Peer, new_ssrc
from bridge.rtp.clock import NTP_UNIX_OFFSET_S, ProgramClock
from bridge.sdp.answer import Candidate, Credentials
from bridge.sdp.codecs import CommonCodec, sdp_name
from bridge.sdp.negotiation import negotiate
from bridge.sdp.offer import parse_offer
from bridge.slate.slate import Slate
from bridge.source.source import Source
from bridge.source.talk import TalkbackMicrophone

log = structlog.get_logger(__name__)

TICK_S = 0.02
"""Seconds between two rounds of what is due: retransmission requests, reports, states."""
LEVELS_INTERVAL_S = 0.1
"""Seconds between two reports of the microphones' levels."""
LIVE_RANK = 4
"""The highest rank, see `_rank`."""
_LEFT: tuple[SourceState, SourceWhy] = ("absent", "left")
_PICTURE_LIMITS: dict[ShedLevel, PictureLimit] = {0: "best", 1: "smallest", 2: "none", 3: "none"}


class Switchboard:
    """The engine of one UDP port. Use `open`."""

    def __init__(self, port: Port, candidates: Sequence[Candidate], now: Callable[[], float]) -> None:
        self._callbacks = Callbacks()
        self._port = port
        self._candidates = tuple(candidates)
        self._now = now
        self._fault_logger = FaultLogger(now)
        self._clock = ProgramClock(now(), time.time() + NTP_UNIX_OFFSET_S, secrets.randbits(32))
        self._peers: dict[str, Peer] = {}
        self._senders: dict[str, Peer] = {}
        """The elected peer of each source."""
        self._feeds: Mapping[str, Feed] = {}
        self._states: dict[str, SourceState] = {}
        """As last reported."""
        self._armed: frozenset[str] = frozenset()
        self._levels_due = now()
        self._had_levels = False
        self._common_codec = CommonCodec()
        self._slate = Slate(now())
        self._shed_level: ShedLevel = 0
        self._measurements = Measurements()
        self._overloads: Counter[str] = Counter()
        """Peers evicted and refused because too many were connecting."""
        self._loop = asyncio.get_running_loop()
        self._ticking = self._loop.create_task(self._run(), name="switchboard")

    @classmethod
    async def open(
        cls, host: str, port: int, addresses: Sequence[str], now: Callable[[], float] | None = None
    ) -> Self:
        """Open the UDP `port` (0: any) on `host`, and offer it to peers at these `addresses`.

        `now` returns monotonic seconds; the loop's clock by default.

        Raises:
            OSError: the port is taken, or `host` is not this machine's.
            ValueError: one of `addresses` is not an IP address, or there is none.
        """
        if not addresses:
            raise ValueError("no media address to offer; expected at least one IP address")
        for address in addresses:
            ipaddress.ip_address(address)
        now = now or asyncio.get_running_loop().time
        udp = await Port.open(host, port, now)
        return cls(udp, [Candidate("udp", address, udp.number) for address in addresses], now)

    @property
    def udp_port(self) -> int:
        """The port's number."""
        return self._port.number

    def offer_tcp(self, candidates: Sequence[Candidate]) -> None:
        """Offer these TCP candidates, too. Their connections come in by `adopt`."""
        self._candidates += tuple(candidates)

    # The interface of the control plane ------------------------------------------------------------

    def listen(self, callbacks: Callbacks) -> None:
        """See `Engine.listen`."""
        self._callbacks = callbacks

    async def join(self, spec: PeerSpec, offer: str) -> Joined:
        """See `Engine.join`."""
        known = self._peers.get(spec.peer)
        if known is None:
            if self._shed_level == 3 and spec.is_expendable:
                self._log_overload("peer refused: the machine is overloaded", spec)
                raise TooManyPeers(
                    "The server is overloaded and accepts no more viewers. Try again in a minute."
                )
            self._peer_to_evict(spec)  # a refusal must cost less than parsing an offer
        parsed = parse_offer(offer)
        if known and known.is_same_association(parsed):
            if known.accept_offer(spec, parsed):
                self._port.restart(known.connection, Credentials(parsed.ufrag, parsed.password))
                log.info("ICE restart", peer=spec.peer)
            return known.answer(self._candidates)
        media = negotiate(parsed, spec, new_ssrc)
        evicted = self._peer_to_evict(spec)
        if known:  # its page has made a new connection
            self._remove(known)
            known.connection.abandon()
        if evicted:
            self._evict(evicted)
        remote = Credentials(parsed.ufrag, parsed.password)
        connection = self._port.connect(spec.peer, remote, parsed.fingerprints)
        peer = Peer(spec, parsed, media, connection, self._clock, self._now())
        connection.on_connected = lambda: self._on_connected(peer)
        connection.on_closed = lambda reason: self._on_closed(peer, reason)
        self._peers[spec.peer] = peer
        self._limit_pictures(peer)
        if peer.can_measure and self._shed_level == 0:
            measuring = [other.spec.link for other in self._peers.values() if other.is_padded]
            peer.is_padded = self._measurements.begin(spec.link, measuring, self._now())
        self._elect(self._now())
        if peer.talk:
            self._apply_feeds()  # it may be routed already
        self._report_states(self._now())
        connection.start()
        log.info("peer joined", peer=spec.peer, source=spec.source, slots=len(media.slot_lines))
        return peer.answer(self._candidates)

    async def leave(self, peer: str) -> None:
        """See `Engine.leave`."""
        leaving = self._peers.get(peer)
        if leaving:
            self._remove(leaving)
            log.info("peer left", peer=peer)
            self._report_states(self._now())
            await leaving.connection.close()

    def adopt(
        self, sock: socket.socket, on_accepted: Callable[[PeerSpec], None], on_closed: Callable[[], None]
    ) -> Callable[[], None]:
        """See `Engine.adopt`."""

        def accepted(connection: PeerConnection) -> None:
            peer = self._peers.get(connection.peer)
            if peer is not None:
                on_accepted(peer.spec)

        try:
            return self._port.adopt(sock, accepted, on_closed).close
        except OSError:  # its other end has closed it
            sock.close()
            self._loop.call_soon(on_closed)
            return lambda: None

    def state_of(self, peer: str) -> SourceState | None:
        """See `Engine.state_of`."""
        known = self._peers.get(peer)
        return None if known is None else known.state(self._now())[0]

    def route(self, feeds: Mapping[str, Feed]) -> None:
        """See `Engine.route`. A feed may come before its peer joins."""
        self._feeds = dict(feeds)
        self._apply_feeds()

    def arm(self, sources: Collection[str]) -> None:
        """See `Engine.arm`. A source may be armed before a peer sends it."""
        self._armed = frozenset(sources)
        self._apply_arming()

    def slate(self, card: Card) -> None:
        """See `Engine.slate`."""
        self._slate.show(card)

    def stats(self) -> tuple[Mapping[str, MediaStats], Mapping[str, MediaStats]]:
        """See `Engine.stats`."""
        now = self._now()
        connected = [peer for peer in self._peers.values() if peer.connection.connected.is_set()]
        self._common_codec.update((codecs for peer in connected for codecs in peer.destination.codecs), now)
        sources = {
            name: replace(
                source.stats(now),
                codec_wanted=sdp_name(self._common_codec.wanted_from(source.codecs, now)),
                path=self._senders[name].connection.path,
            )
            for name, source in self._sources().items()
        }
        destinations = {
            name: replace(peer.destination.stats(now), path=peer.connection.path)
            for name, peer in self._peers.items()
        }
        return sources, destinations

    def shed(self, level: ShedLevel) -> None:
        """See `Engine.shed`."""
        self._shed_level = level
        for peer in self._peers.values():
            self._limit_pictures(peer)

    def health(self) -> MediaHealth:
        """See `Engine.health`."""
        return MediaHealth(self._port.is_open, self._port.all_dropped)

    async def close(self) -> None:
        """See `Engine.close`."""
        self._ticking.cancel()
        await asyncio.wait([self._ticking])
        for peer in list(self._peers.values()):
            self._remove(peer)
        await self._slate.close()
        await self._port.close()

    # The tables ------------------------------------------------------------------------------------

    def _limit_pictures(self, peer: Peer) -> None:
        if peer.spec.is_expendable:
            peer.destination.picture_limit = _PICTURE_LIMITS[self._shed_level]

    def _on_connected(self, peer: Peer) -> None:
        log.info("peer connected", peer=peer.name)
        self._apply_feed(peer, self._showable(), self._talkback_microphones())

    def _on_closed(self, peer: Peer, reason: str) -> None:
        log.info("peer closed", peer=peer.name, reason=reason)
        self._remove(peer)
        self._report_states(self._now())
        self._loop.call_soon(self._callbacks.on_left, peer.name)

    def _remove(self, peer: Peer) -> None:
        del self._peers[peer.name]
        self._succeeds(peer.close)  # a bug there must not leave the others with its source
        self._elect(self._now())
        if peer.spec.talk:
            self._apply_feeds()

    def _elect(self, now: float) -> None:
        """Elect the peer of each source, make before break.

        Several peers may send one source: a page is opened twice, or a room reloads. Of the live ones the last that
        joined is elected. If none is live, the one closest to it is; of equals, the present one. So an offer alone
        takes neither picture nor sound off the air, and when the newer peer leaves, the older one is shown again.
        """
        elected: dict[str, tuple[tuple[int, bool], Peer]] = {}
        for peer in self._peers.values():  # in the order in which they joined
            if peer.source:
                rank = _rank(peer, now)
                claim = rank, rank == LIVE_RANK or self._senders.get(peer.source.name) is peer
                best = elected.get(peer.source.name)
                if best is None or claim >= best[0]:
                    elected[peer.source.name] = claim, peer
        senders = {name: peer for name, (_, peer) in elected.items()}
        if senders != self._senders:
            self._senders = senders
            self._apply_arming()
            self._apply_feeds()

    def _apply_arming(self) -> None:
        """Only the elected peer is armed: keyframes of the others would be wasted."""
        for peer in self._peers.values():
            if peer.source:
                name = peer.source.name
                peer.source.arm(name in self._armed and self._senders.get(name) is peer)

    def _peer_to_evict(self, newcomer: PeerSpec) -> Peer | None:
        """The peer that makes room for `newcomer`. None: there is room.

        Raises:
            TooManyPeers: there is no room for it.
        """
        unconnected = [
            peer.spec
            for peer in self._peers.values()  # in the order in which they joined
            if not peer.connection.connected.is_set() and peer.name != newcomer.peer
        ]
        try:
            evicted = peer_to_evict(newcomer, unconnected)
        except TooManyPeers:
            self._log_overload("peer refused: too many are connecting", newcomer)
            raise
        return self._peers[evicted.peer] if evicted else None

    def _evict(self, peer: Peer) -> None:
        self._log_overload("peer evicted: too many are connecting", peer.spec)
        peer.connection.abandon()
        self._remove(peer)
        self._loop.call_soon(self._callbacks.on_left, peer.name)

    def _log_overload(self, event: str, spec: PeerSpec) -> None:
        self._overloads[event] += 1
        if is_power_of_two(self._overloads[event]):
            log.warning(event, peer=spec.peer, link=spec.link, so_far=self._overloads[event])

    def _sources(self) -> dict[str, Source]:
        return {name: peer.source for name, peer in self._senders.items() if peer.source}

    def _talkback_microphones(self) -> dict[str, TalkbackMicrophone]:
        return {peer.spec.talk: peer.talk for peer in self._peers.values() if peer.spec.talk and peer.talk}

    def _apply_feeds(self) -> None:
        # Once for all: both go through every peer, and there may be hundreds.
        showable, talks = self._showable(), self._talkback_microphones()
        for peer in self._peers.values():
            self._apply_feed(peer, showable, talks)

    def _showable(self) -> dict[str, Source | Slate]:
        return {**self._sources(), SLATE: self._slate}

    def _apply_feed(
        self, peer: Peer, showable: Mapping[str, Source | Slate], talks: Mapping[str, TalkbackMicrophone]
    ) -> None:
        if not peer.connection.connected.is_set():
            return
        try:
            feed = self._feeds.get(peer.name)
            if feed is not None and feed.program == SLATE and not feed.mics:
                feed = replace(feed, mics=(SLATE,))  # silence: a recorder needs sound without gaps
            peer.destination.apply(feed, showable, self._now(), talks)
        except RuntimeError:
            # A bug in the routing of one peer: that peer stays as it was, and the others are routed.
            self._fault_logger.exception("feed refused", "feed", peer=peer.name)

    # Ticks ----------------------------------------------------------------------------------------

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(TICK_S)
            self._tick(self._now())

    def _tick(self, now: float) -> None:
        for peer in list(self._peers.values()):
            if not self._succeeds(peer.tick, now):
                self._succeeds(peer.connection.end, "fault in its state")
        for step in (self._elect, self._report_states, self._report_levels, self._slate.tick):
            self._succeeds(step, now)

    def _succeeds(self, step: Callable[..., None], *arguments: object) -> bool:
        """Run `step`. False: it raised.

        That is a bug in one peer's state. The peer is closed and may join again with a fresh state. The others and the
        show continue, so every exception is caught; the log has its traceback, though not 50 times a second.
        """
        try:
            step(*arguments)
        except Exception:
            self._fault_logger.exception("fault in the bridge", getattr(step, "__qualname__", "a callback"))
            return False
        return True

    def _report_states(self, now: float) -> None:
        found = {name: peer.state(now) for name, peer in self._senders.items()}
        for name in {**self._states, **found}:
            state, why = found.get(name, _LEFT)
            if state != self._states.get(name, "absent"):
                log.info("source", source=name, state=state, why=why)
                # In the next iteration of the loop, since the callback may call `route` or `leave` at once.
                self._loop.call_soon(self._callbacks.on_source, name, state, why)
        self._states = {name: state for name, (state, _) in found.items()}

    def _report_levels(self, now: float) -> None:
        if now >= self._levels_due:
            self._levels_due = now + LEVELS_INTERVAL_S
            sources = self._sources()
            packets = {
                name: taken for name, source in sources.items() if (taken := source.take_packet_levels())
            }
            found = {name: source.take_level() for name, source in sources.items()}
            levels = {name: level for name, level in found.items() if level is not None}
            # Once the last source has left, without any: nobody is to go on with the levels before.
            has_ended = self._had_levels and not sources
            if packets or has_ended:
                self._loop.call_soon(self._succeeds, self._callbacks.on_packet_levels, packets)
            if levels or has_ended:
                self._loop.call_soon(self._succeeds, self._callbacks.on_levels, levels)
                self._had_levels = bool(levels)


def _rank(peer: Peer, now: float) -> int:
    """How close a peer is to live. A connected peer without a picture yet may soon have one, so it ranks above a
    stalled one. That one may still have sound, so it ranks above an offer."""
    state, _ = peer.state(now)
    match state:
        case "live":
            return LIVE_RANK
        case "stalled":
            return 2
        case "connecting":
            return 3 if peer.connection.connected.is_set() else 1
        case "absent":
            return 0
