"""Admission in a running show: sends pages and the desk their notices, and closes replaced peers. `rules` decides."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Final
from zoneinfo import ZoneInfo

import structlog

from bridge.engine import SourceState
from config.faults import unknown
from config.model import Booth, Event, place_of, source_name
from config.times import Instant, iso
from signaling.admission.contributor import AdmissionNotice, Contributor, Moment, Waiting
from signaling.admission.rules import AdmissionRules, ClaimResult
from signaling.show.core import CommandRefused
from signaling.show.facts import Admitted
from signaling.show.reasons import ProblemError
from signaling.show.wire.pages import TakeoverDoc, WaitingDoc
from signaling.show.wire.socket import Admission

log = structlog.get_logger()

UPDATE_INTERVAL_S: Final = 0.1
"""Seconds between checks whether a contributor that is to take over is live."""
OVERLAP_S: Final = 2.0
"""Seconds for which a replaced peer goes on, until every receiver has a keyframe of the new one."""

Notify = Callable[[Admission], None]


class Admissions:
    """Which contributors send, wait and have been replaced in one running show."""

    def __init__(
        self,
        state_of: Callable[[str], SourceState | None],
        clock: Callable[[], Instant],
        on_change: Callable[[], None],
    ) -> None:
        """`clock` is the show's. `on_change` is called when `waiting` or `takeovers` of the state have changed, or
        a peer is to be closed at once."""
        self._rules = AdmissionRules(state_of)
        self._clock = clock
        self._on_change = on_change
        self._pages: dict[str, Notify] = {}
        """By peer: sends its page a notice."""
        self._closing: dict[str, float] = {}
        """Peers to be closed, and when (loop time)."""
        self._published: object = ({}, {})
        """Waiting contributors and takeovers as the state shows them."""
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None

    # Pages -----------------------------------------------------------------------------------------------------------

    def connect(self, peer: str, notify: Notify) -> None:
        """A page has connected, perhaps again. It is sent the notice that it may have missed."""
        self._pages[peer] = notify
        self._rules.on_connected(peer)
        if (notice := self._rules.status(peer)) is not None:
            notify(_message(notice))

    def disconnect(self, peer: str, notify: Notify) -> None:
        """A page's WebSocket has closed. Ignored if the page has a newer one by now."""
        if self._pages.get(peer) == notify:
            del self._pages[peer]
            self._rules.on_disconnected(peer, self._now())
            self._act()

    def claim(self, contributor: Contributor, source: str) -> ClaimResult:
        """See `AdmissionRules.claim`."""
        result = self._rules.claim(contributor, source, self._now())
        # A contributor that waits already has no new notice.
        if AdmissionNotice(contributor.peer, "waiting", source, "machine") in self._rules.notices:
            log.info(
                "a page waits to send a source",
                place=contributor.place,
                source=source,
                address=contributor.address,
            )
        if result == "granted":
            self._closing.pop(contributor.peer, None)
        self._act()
        return result

    def check_seats(self, booth: Booth, source: str) -> None:
        """Check that a page may use a seat of this booth besides those in use.

        Raises:
            ProblemError: as many other seats as the booth has are in use.
        """
        if len(self._rules.used_seats(booth.id) - {source}) >= booth.seats:
            raise ProblemError("booth-full", booth=booth.name, seats=str(booth.seats))

    def on_joined(self, contributor: Contributor) -> None:
        """See `AdmissionRules.on_joined`."""
        self._rules.on_joined(contributor, self._now())
        self._act()

    def on_join_failed(self, contributor: Contributor) -> None:
        """See `AdmissionRules.on_join_failed`."""
        self._rules.on_join_failed(contributor, self._now())
        self._act()

    def on_left(self, peer: str) -> None:
        """See `AdmissionRules.on_left`."""
        self._closing.pop(peer, None)
        self._rules.on_left(peer, self._now())
        self._act()

    def withdraw(self, peer: str) -> None:
        """See `AdmissionRules.withdraw`."""
        self._rules.withdraw(peer, self._now())
        self._act()

    def is_contributor(self, peer: str) -> bool:
        """See `AdmissionRules.is_contributor`."""
        return self._rules.is_contributor(peer)

    @property
    def current(self) -> Mapping[str, str]:
        """See `AdmissionRules.current`."""
        return self._rules.current

    def update(self) -> None:
        """A source has changed, or time has passed."""
        self._rules.update(self._now())
        self._act()

    # The desk --------------------------------------------------------------------------------------------------------

    def decide(self, event: Event, place: str) -> tuple[Admitted, ...]:
        """The facts of the command `admit` for a place.

        Raises:
            CommandRefused: no page waits there.
        """
        waiting = self._rules.waiting()
        is_seat = place_of(place) in event.booths and place != place_of(place)
        if place not in event.venues and place not in event.guests and not is_seat:
            places = {id_: id_ for id_ in (*event.venues, *event.guests)}
            raise CommandRefused(
                "unknown-place", name=place, sentence=unknown("place", place, places).capitalize()
            )
        if place not in waiting:
            name = source_name(event, place)
            if waiting:
                elsewhere = ", ".join(source_name(event, other) for other in waiting)
                raise CommandRefused("others-wait", place=name, elsewhere=elsewhere)
            raise CommandRefused("nobody-waits", place=name)
        first = waiting[place][0]
        return (
            Admitted(place=place, source=first.source, address=first.contributor.address, at=self._clock()),
        )

    def act(self, fact: Admitted) -> None:
        """Admit the contributor of a fact that is now in the log; none if it has left meanwhile."""
        for waiting in self._rules.waiting().get(fact.place, ()):
            if (waiting.source, waiting.contributor.address) == (fact.source, fact.address):
                self._rules.admit(waiting, self._now())
                self._act()
                return

    def waiting(self, zone: ZoneInfo) -> dict[str, WaitingDoc]:
        """The state's `waiting`, by place."""
        return {place: _waiting_doc(waiting, zone) for place, waiting in self._rules.waiting().items()}

    def takeovers(self, zone: ZoneInfo) -> dict[str, TakeoverDoc]:
        """The state's `takeovers`, by place."""
        return {
            place: TakeoverDoc(
                source=takeover.source,
                address=takeover.contributor.address,
                since=iso(takeover.at.instant, zone),
            )
            for place, takeover in self._rules.takeovers.items()
        }

    # Acting ----------------------------------------------------------------------------------------------------------

    async def close_replaced(self, close: Callable[[str], Awaitable[None]]) -> None:
        """Close the peers that have been replaced for long enough."""
        now = self._loop.time()
        for peer in [peer for peer, due in self._closing.items() if due <= now]:
            del self._closing[peer]
            await close(peer)

    def close(self) -> None:
        """Stop the timer."""
        if self._timer is not None:
            self._timer.cancel()

    def _act(self) -> None:
        rules = self._rules
        notices, replaced, late = rules.notices[:], rules.replaced_peers[:], rules.late_peers[:]
        for outbox in (rules.notices, rules.replaced_peers, rules.late_peers):
            outbox.clear()
        now = self._loop.time()
        self._closing |= dict.fromkeys(replaced, now + OVERLAP_S) | dict.fromkeys(late, now)
        for notice in notices:
            if (notify := self._pages.get(notice.peer)) is not None:
                notify(_message(notice))
        published = rules.waiting(), dict(rules.takeovers)
        if late or published != self._published:
            self._published = published
            self._on_change()
        if rules.is_busy and self._timer is None:
            self._timer = self._loop.call_later(UPDATE_INTERVAL_S, self._on_timer)

    def _on_timer(self) -> None:
        self._timer = None
        self.update()

    def _now(self) -> Moment:
        return Moment(self._loop.time(), self._clock())


def _message(notice: AdmissionNotice) -> Admission:
    return Admission(status=notice.status, source=notice.source, by=notice.by)


def _waiting_doc(waiting: list[Waiting], zone: ZoneInfo) -> WaitingDoc:
    first = waiting[0]
    return WaitingDoc(
        source=first.source,
        address=first.contributor.address,
        since=iso(first.since, zone),
        count=len(waiting),
    )
