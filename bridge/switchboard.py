"""The media plane: who is there, who feeds what, who receives what. `Switchboard` is the `Engine`.

It holds three tables (peers, sources, feeds) and keeps the packet path in step with them. It decides nothing
about the show: that comes in by `route`. Whenever a table changes, every destination is told anew what it
receives; what does not change for it stays untouched.

Nothing is routed to a peer before its handshake is done. Its pictures then begin with a keyframe that it can
decrypt.
"""

from __future__ import annotations

import asyncio
import ipaddress
import secrets
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Self

import structlog

from bridge.crowd import is_logged, to_let_go
from bridge.engine import (
    SLATE,
    Callbacks,
    Card,
    Feed,
    Joined,
    MediaStats,
    PeerSpec,
    SourceState,
    SourceWhy,
    TooManyPeers,
)
from bridge.net.port import Port
from bridge.peer import Peer, new_ssrc
from bridge.rtp.clock import NTP_UNIX, ProgramClock
from bridge.sdp.codecs import CommonCodec, sdp_name
from bridge.sdp.negotiation import negotiate
from bridge.sdp.offer import parse_offer
from bridge.slate.slate import Slate
from bridge.source.source import Source

log = structlog.get_logger(__name__)

TICK = 0.02
"""Seconds between two looks at what is due: repairs, reports, health."""

LEVELS = 0.1
"""Seconds between two reports of how loud the microphones are."""

LIVE = 4
"""The highest rank, see `_rank`."""
_LEFT: tuple[SourceState, SourceWhy] = ("absent", "left")


class Switchboard:
    """The engine of one UDP port. Use `open`."""

    def __init__(self, port: Port, addresses: Sequence[str], now: Callable[[], float]) -> None:
        self._callbacks = Callbacks()
        self._port = port
        self._addresses = tuple(addresses)
        self._now = now
        self._clock = ProgramClock(now(), time.time() + NTP_UNIX, secrets.randbits(32))
        self._peers: dict[str, Peer] = {}
        self._feeders: dict[str, Peer] = {}
        """Who feeds which source, as last elected."""
        self._feeds: Mapping[str, Feed] = {}
        self._states: dict[str, SourceState] = {}
        """As last reported."""
        self._armed: frozenset[str] = frozenset()
        self._levels_due = now()
        self._common_codec = CommonCodec()
        self._slate = Slate(now())
        self._crowded_out = 0
        """Peers let go because too many had not shaken hands."""
        self._refused = 0
        """Peers not let in because too many had not shaken hands."""
        self._loop = asyncio.get_running_loop()
        self._ticking = self._loop.create_task(self._run(), name="switchboard")

    @classmethod
    async def open(
        cls, host: str, port: int, addresses: Sequence[str], now: Callable[[], float] | None = None
    ) -> Self:
        """Open the UDP `port` (0: any) on `host`, and offer `addresses` to peers as the way to it.

        `now` gives monotonic seconds; the loop's clock by default.

        Raises:
            OSError: the port is taken, or `host` is not this machine's.
            ValueError: one of `addresses` is no IP address, or there is none.
        """
        if not addresses:
            raise ValueError("no media address to offer; expected at least one IP address")
        for address in addresses:
            ipaddress.ip_address(address)
        now = now or asyncio.get_running_loop().time
        return cls(await Port.open(host, port, now), addresses, now)

    @property
    def number(self) -> int:
        """The UDP port's number."""
        return self._port.number

    # What the control plane calls -----------------------------------------------------------------

    def listen(self, callbacks: Callbacks) -> None:
        """See `Engine.listen`."""
        self._callbacks = callbacks

    async def join(self, spec: PeerSpec, offer: str) -> Joined:
        """See `Engine.join`."""
        known = self._peers.get(spec.peer)
        if known is None:
            self._going_for(spec)  # a refusal has to cost less than reading an offer
        wanted = parse_offer(offer)
        if known and known.is_same_association(wanted):
            if known.accept_offer(spec, wanted):
                self._port.restart(known.connection, wanted.ufrag)
                log.info("ICE restart", peer=spec.peer)
            return known.answer(self._addresses, self.number)
        media = negotiate(wanted, spec, new_ssrc)
        going = self._going_for(spec)
        if known:  # its page has made a new connection and let go of the old
            self._remove(known)
            known.connection.abandon()
        if going:
            self._crowd_out(going)
        connection = self._port.connect(spec.peer, wanted.ufrag, wanted.fingerprints)
        peer = Peer(spec, wanted, media, connection, self._clock, self._now())
        connection.on_connected = lambda: self._connected(peer)
        connection.on_closed = lambda reason: self._closed(peer, reason)
        self._peers[spec.peer] = peer
        self._elect(self._now())
        self._report_states(self._now())
        connection.start()
        log.info("peer joined", peer=spec.peer, source=spec.source, slots=len(media.slot_lines))
        return peer.answer(self._addresses, self.number)

    async def leave(self, peer: str) -> None:
        """See `Engine.leave`."""
        leaving = self._peers.get(peer)
        if leaving:
            self._remove(leaving)
            log.info("peer left", peer=peer)
            self._report_states(self._now())
            await leaving.connection.close()

    def state_of(self, peer: str) -> SourceState | None:
        """See `Engine.state_of`."""
        known = self._peers.get(peer)
        return None if known is None else known.state(self._now())[0]

    def route(self, feeds: Mapping[str, Feed]) -> None:
        """See `Engine.route`. Feeds of peers that have not joined yet wait for them."""
        self._feeds = dict(feeds)
        self._reroute()

    def arm(self, sources: Collection[str]) -> None:
        """See `Engine.arm`. Sources that nobody feeds yet are armed when somebody does."""
        self._armed = frozenset(sources)
        self._set_arms()

    def slate(self, card: Card) -> None:
        """See `Engine.slate`."""
        self._slate.show(card)

    def stats(self) -> tuple[Mapping[str, MediaStats], Mapping[str, MediaStats]]:
        """See `Engine.stats`."""
        now = self._now()
        connected = [peer for peer in self._peers.values() if peer.connection.connected.is_set()]
        self._common_codec.update((codecs for peer in connected for codecs in peer.destination.codecs), now)
        sources = {name: self._source_stats(source, now) for name, source in self._fed().items()}
        return sources, {name: peer.destination.stats(now) for name, peer in self._peers.items()}

    def _source_stats(self, source: Source, now: float) -> MediaStats:
        wanted = self._common_codec.wanted_from(source.codecs, now)
        return replace(source.stats(now), codec_wanted=sdp_name(wanted))

    async def close(self) -> None:
        """See `Engine.close`."""
        self._ticking.cancel()
        await asyncio.wait([self._ticking])
        for peer in list(self._peers.values()):
            self._remove(peer)
        await self._slate.close()
        await self._port.close()

    # Keeping the tables ---------------------------------------------------------------------------

    def _connected(self, peer: Peer) -> None:
        log.info("peer connected", peer=peer.name)
        self._apply(peer)

    def _closed(self, peer: Peer, reason: str) -> None:
        log.info("peer gone", peer=peer.name, reason=reason)
        self._remove(peer)
        self._report_states(self._now())
        self._loop.call_soon(self._callbacks.on_left, peer.name)

    def _remove(self, peer: Peer) -> None:
        del self._peers[peer.name]
        peer.close()
        self._elect(self._now())

    def _elect(self, now: float) -> None:
        """Who feeds each source: make before break.

        Of several peers with one source (a page opened twice, a room that reloads) it is the last that joined of those
        that are live. While none is, it is whoever is nearest to it, and of equals the one that has fed it. So an offer
        alone takes neither picture nor sound off the air, and when the newer one goes, the older one has the source
        again.
        """
        elected: dict[str, tuple[tuple[int, bool], Peer]] = {}
        for peer in self._peers.values():  # in the order in which they joined
            if peer.source:
                rank = _rank(peer, now)
                claim = rank, rank == LIVE or self._feeders.get(peer.source.name) is peer
                best = elected.get(peer.source.name)
                if best is None or claim >= best[0]:
                    elected[peer.source.name] = claim, peer
        feeders = {name: peer for name, (_, peer) in elected.items()}
        if feeders != self._feeders:
            self._feeders = feeders
            self._set_arms()
            self._reroute()

    def _set_arms(self) -> None:
        """Only who feeds a source is armed for it: a second peer's keyframes would be for nothing."""
        for peer in self._peers.values():
            if peer.source:
                name = peer.source.name
                peer.source.arm(name in self._armed and self._feeders.get(name) is peer)

    def _going_for(self, newcomer: PeerSpec) -> Peer | None:
        """The peer that has to go so that `newcomer` can join; None: there is room.

        Raises:
            TooManyPeers: there is no room for it.
        """
        unconnected = [
            peer.spec
            for peer in self._peers.values()  # in the order in which they joined
            if not peer.connection.connected.is_set() and peer.name != newcomer.peer
        ]
        try:
            going = to_let_go(newcomer, unconnected)
        except TooManyPeers:
            self._refused += 1
            if is_logged(self._refused):
                log.warning(
                    "peer refused: too many are about to connect", peer=newcomer.peer, so_far=self._refused
                )
            raise
        return self._peers[going.peer] if going else None

    def _crowd_out(self, peer: Peer) -> None:
        self._crowded_out += 1
        if is_logged(self._crowded_out):
            log.warning(
                "peer let go: too many are about to connect",
                peer=peer.name,
                link=peer.spec.link,
                so_far=self._crowded_out,
            )
        peer.connection.abandon()
        self._remove(peer)
        self._loop.call_soon(self._callbacks.on_left, peer.name)

    def _fed(self) -> dict[str, Source]:
        return {name: peer.source for name, peer in self._feeders.items() if peer.source}

    def _shown(self) -> dict[str, Source | Slate]:
        """All that a slot can be routed to."""
        return {**self._fed(), SLATE: self._slate}

    def _reroute(self) -> None:
        for peer in self._peers.values():
            self._apply(peer)

    def _apply(self, peer: Peer) -> None:
        if not peer.connection.connected.is_set():
            return
        try:
            feed = self._feeds.get(peer.name)
            if feed is not None and feed.program == SLATE and not feed.mics:
                feed = replace(feed, mics=(SLATE,))  # silence: a recorder wants sound that does not break off
            peer.destination.apply(feed, self._shown(), self._now())
        except RuntimeError:
            # A fault in the routing of one peer: it stays as it was, and the others must not.
            log.exception("feed refused", peer=peer.name)

    # Time -----------------------------------------------------------------------------------------

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(TICK)
            self._tick(self._now())

    def _tick(self, now: float) -> None:
        for peer in list(self._peers.values()):
            if not _guarded(peer.tick, now):
                _guarded(peer.connection.end, "fault in its state")
        _guarded(self._elect, now)
        _guarded(self._report_states, now)
        _guarded(self._report_levels, now)
        _guarded(self._slate.tick, now)

    def _report_states(self, now: float) -> None:
        found = {name: peer.state(now) for name, peer in self._feeders.items()}
        for name in {**self._states, **found}:
            state, why = found.get(name, _LEFT)
            if state != self._states.get(name, "absent"):
                log.info("source", source=name, state=state, why=why)
                # On the next turn of the loop: the callback may call `route` or `leave` at once.
                self._loop.call_soon(self._callbacks.on_source, name, state, why)
        self._states = {name: state for name, (state, _) in found.items()}

    def _report_levels(self, now: float) -> None:
        if now >= self._levels_due:
            self._levels_due = now + LEVELS
            found = {name: source.take_level() for name, source in self._fed().items()}
            levels = {name: level for name, level in found.items() if level is not None}
            if levels:
                self._loop.call_soon(self._callbacks.on_levels, levels)


def _rank(peer: Peer, now: float) -> int:
    """How near a peer is to being live. Who has shaken hands and shows nothing yet has more to come than who shows
    nothing any more, and that one, whose sound may still go on, more than who has only offered."""
    state, _ = peer.state(now)
    match state:
        case "live":
            return LIVE
        case "stalled":
            return 2
        case "connecting":
            return 3 if peer.connection.connected.is_set() else 1
        case "absent":
            return 0


def _guarded(step: Callable[..., None], *arguments: object) -> bool:
    """Whether `step` went well.

    What goes wrong here is a fault of ours in one peer's state. That peer goes, and may join anew with a
    fresh state; the others and the show go on, so nothing is let through, whatever it is. The log has its
    traceback.
    """
    try:
        step(*arguments)
    except Exception:
        log.exception("fault in the bridge", step=step.__qualname__)
        return False
    return True
