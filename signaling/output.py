"""Carries the show to the outside: the published state, and the media plane's routes, armed sources and slate."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from bridge.engine import Card, Engine, Feed, MediaStats
from config.times import Instant
from signaling.admission.admissions import Admissions
from signaling.clock import ShowClock
from signaling.pages.presence import ConnectedDesks
from signaling.publisher import Publisher
from signaling.receivers import Receivers
from signaling.show import listening
from signaling.show.arming import armed
from signaling.show.card import card
from signaling.show.core import Show
from signaling.show.echo import EchoDetector
from signaling.show.facts import Admitted, Fact
from signaling.show.listening import Listening
from signaling.show.marking import comes_next
from signaling.show.messages import next_end
from signaling.show.readiness import Measured
from signaling.show.routing import matrix, return_paths
from signaling.show.rundown import Row, next_row, rows_at
from signaling.show.silence import SilenceDetector
from signaling.show.view import NO_WARNINGS, view


class Output:
    """Publishes a show and controls the media plane."""

    def __init__(
        self,
        media: Engine,
        publisher: Publisher,
        receivers: Receivers,
        admissions: Admissions,
        clock: ShowClock,
        silence: SilenceDetector,
        echo: EchoDetector,
        presence: ConnectedDesks,
    ) -> None:
        self._media = media
        self._publisher = publisher
        self._receivers = receivers
        self._admissions = admissions
        self._clock = clock
        self._silence = silence
        self._echo = echo
        self._presence = presence
        self._armed: frozenset[str] = frozenset()
        self._card: Card | None = None
        self._stats: tuple[Mapping[str, MediaStats], Mapping[str, MediaStats]] = ({}, {})
        """By source and by peer, as of the last refresh: a counted packet is no reason for a patch to everybody."""
        self.is_stale = True
        """Something has changed that the published state may show."""
        self.server = NO_WARNINGS
        """The server itself, as the desk sees it."""
        self.return_paths: Mapping[str, Collection[str]] = {}
        """By open microphone, the microphones that its place is sent."""
        self.event_rev = 0
        """The revision with which the event last changed; 0: it is as in the file that the log begins with."""
        self.notes_end: Instant | None = None
        """When the published state shows one of its cues, messages or answers no more; None: all stay."""

    @property
    def rev(self) -> int:
        """The revision of the published state."""
        return self._publisher.rev

    def apply(self, show: Show, facts: Sequence[Fact]) -> int:
        """Apply facts that are in the log; `show` is the show after them. Returns the revision that shows them."""
        for fact in facts:
            if isinstance(fact, Admitted):
                self._admissions.act(fact)
        self.route(show)
        return self.publish(show, always=True)

    def route(self, show: Show) -> None:
        """Route every peer by the programme matrix, and by what it chooses to hear within it.

        Many peers have the same destination and choices, so each feed is made once: 250 viewers have one for each
        channel.
        """
        peers = self._receivers.peers
        programme = matrix(show, {place.id: place.role for place in peers.values()})
        made: dict[tuple[str, Listening], Feed] = {}
        feeds: dict[str, Feed] = {}
        channels: dict[str, set[str]] = {}
        for peer, place in peers.items():
            wanted = place.id, self._receivers.listening(peer)
            if wanted not in made:
                made[wanted] = listening.feed(show, programme[place.id], wanted[1])
            feeds[peer] = made[wanted]
            if place.role in ("venue", "guest"):
                channels.setdefault(place.id, set()).update(made[wanted].interpretation)
        self._media.route(feeds)
        self.return_paths = return_paths(show, channels)

    def measured(self) -> Measured:
        """What the checks of an item need besides the show."""
        return Measured(self._stats[0], self._receivers.devices(), self._silence.alarms())

    def refresh(self) -> None:
        """Read the media plane's statistics."""
        sources, peers = self._media.stats()
        self._stats = self._receivers.with_round_trips(sources, peers), peers
        self.is_stale = True

    def publish(self, show: Show, *, always: bool = False) -> int:
        """Publish the state, arm sources and set the slate, as of now. Returns the revision."""
        self.is_stale = False
        now = self._clock.now()
        self.notes_end = next_end(show, now)
        found = rows_at(show, now)
        self._prepare(show, found, now)
        sources, peers = self._stats
        zone = show.event.timezone
        seen = view(
            show,
            found,
            now,
            self._receivers.audience(peers),
            sources,
            self._admissions.waiting(zone),
            self._admissions.takeovers(zone),
            self._receivers.devices(),
            self._receivers.paths(),
            self._receivers.listeners(),
            self._receivers.choices.talks(self._receivers.peers),
            self._presence.documents(zone),
            self._silence.alarms(),
            self._echo.echoes(),
            server=self.server,
            event_rev=self.event_rev,
        )
        return self._publisher.publish(seen, always=always)

    def _prepare(self, show: Show, found: tuple[Row, ...], now: Instant) -> None:
        """Arm the sources that come on air soon, and set the slate's text."""
        soon = frozenset(armed(show, next_row(found), now))
        if soon != self._armed:
            self._armed = soon
            self._media.arm(soon)
        text = card(show, comes_next(show, found), now)
        if text != self._card:
            self._card = text
            self._media.slate(text)
