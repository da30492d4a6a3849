"""Tells pages and the desk who feeds each place, and ends the peers that were replaced. The rules are in `feeders`."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Final
from zoneinfo import ZoneInfo

import structlog

from bridge.engine import SourceState
from config.faults import unknown
from config.model import Event, source_name
from config.times import Instant, iso
from signaling.admission.feeders import Feeders, Verdict
from signaling.admission.feeding import Moment, Notice, Page, Wish
from signaling.show.core import Refused
from signaling.show.facts import Admitted
from signaling.show.messages import Admission, TakeoverDoc, WaitingDoc

log = structlog.get_logger()

LOOK_EVERY_S: Final = 0.1
"""Seconds between looks at whether a page that is to take over is live."""
OVERLAP_S: Final = 2.0
"""Seconds for which the peer of a page that was replaced goes on: until everybody has a keyframe of the new one."""

Tell = Callable[[Admission], None]


class Admissions:
    """Who feeds, who waits and who has been replaced in one running show."""

    def __init__(
        self,
        state_of: Callable[[str], SourceState | None],
        clock: Callable[[], Instant],
        changed: Callable[[], None],
    ) -> None:
        """`clock` is the show's. `changed` is called when the state's part of it has, or a peer is to be ended."""
        self._feeders = Feeders(state_of)
        self._clock = clock
        self._changed = changed
        self._pages: dict[str, Tell] = {}
        """By peer, how to tell its page."""
        self._ending: dict[str, float] = {}
        """Peers that were replaced, and when they are to go (loop time)."""
        self._told: object = ({}, {})
        """As the state had it last: who waits, and the takeovers."""
        self._loop = asyncio.get_running_loop()
        self._look: asyncio.TimerHandle | None = None

    # Pages -----------------------------------------------------------------------------------------------------------

    def connect(self, peer: str, tell: Tell) -> None:
        """A page has come, or is back. It is told what it may have missed."""
        self._pages[peer] = tell
        self._feeders.opened(peer)
        if (notice := self._feeders.status(peer)) is not None:
            tell(Admission(status=notice.status, source=notice.source, by=notice.by))

    def disconnect(self, peer: str, tell: Tell) -> None:
        """A page's WebSocket has closed, unless it has a newer one by now."""
        if self._pages.get(peer) == tell:
            del self._pages[peer]
            self._feeders.closed(peer, self._now())
            self._act()

    def claim(self, page: Page, source: str) -> Verdict:
        """See `Feeders.claim`."""
        verdict = self._feeders.claim(page, source, self._now())
        if (
            Notice(page.peer, "waiting", source, "machine") in self._feeders.notices
        ):  # not one that waits already
            log.info("a page waits to feed a place", place=page.place, source=source, address=page.address)
        if verdict == "granted":
            self._ending.pop(page.peer, None)
        self._act()
        return verdict

    def joined(self, page: Page) -> None:
        """See `Feeders.joined`."""
        self._feeders.joined(page, self._now())
        self._act()

    def refused(self, page: Page) -> None:
        """See `Feeders.refused`."""
        self._feeders.refused(page, self._now())
        self._act()

    def gone(self, peer: str) -> None:
        """See `Feeders.gone`."""
        self._ending.pop(peer, None)
        self._feeders.gone(peer, self._now())
        self._act()

    def feeds(self, peer: str) -> bool:
        """See `Feeders.feeds`."""
        return self._feeders.feeds(peer)

    @property
    def feeding(self) -> Mapping[str, str]:
        """See `Feeders.feeding`."""
        return self._feeders.feeding

    def settle(self) -> None:
        """A source has changed, or time has passed."""
        self._feeders.settle(self._now())
        self._act()

    # The desk --------------------------------------------------------------------------------------------------------

    def decide(self, event: Event, place: str) -> tuple[Admitted, ...]:
        """What `admit` for a place brings about.

        Raises:
            Refused: nobody waits there.
        """
        waiting = self._feeders.waiting()
        if place not in event.venues and place not in event.guests:
            places = {id_: id_ for id_ in (*event.venues, *event.guests)}
            raise Refused("unknown-place", name=place, sentence=unknown("place", place, places).capitalize())
        if place not in waiting:
            name = source_name(event, place)
            if waiting:
                elsewhere = ", ".join(source_name(event, other) for other in waiting)
                raise Refused("others-wait", place=name, elsewhere=elsewhere)
            raise Refused("nobody-waits", place=name)
        first = waiting[place][0]
        return (Admitted(place=place, source=first.source, address=first.page.address, at=self._clock()),)

    def act(self, fact: Admitted) -> None:
        """Let in the page that the desk meant, now that it is in the log; nobody, if that one has gone meanwhile."""
        for wish in self._feeders.waiting().get(fact.place, ()):
            if (wish.source, wish.page.address) == (fact.source, fact.address):
                self._feeders.admit(wish, self._now())
                self._act()
                return

    def waiting(self, zone: ZoneInfo) -> dict[str, WaitingDoc]:
        """The state's part, by place."""
        return {place: _waiting_doc(wishes, zone) for place, wishes in self._feeders.waiting().items()}

    def takeovers(self, zone: ZoneInfo) -> dict[str, TakeoverDoc]:
        """The state's part, by place."""
        return {
            place: TakeoverDoc(
                source=takeover.source,
                address=takeover.page.address,
                since=iso(takeover.at.instant, zone),
            )
            for place, takeover in self._feeders.takeovers.items()
        }

    # Acting ----------------------------------------------------------------------------------------------------------

    async def dismiss_due(self, dismiss: Callable[[str], Awaitable[None]]) -> None:
        """End the peers that have been replaced for long enough."""
        now = self._loop.time()
        for peer in [peer for peer, due in self._ending.items() if due <= now]:
            del self._ending[peer]
            await dismiss(peer)

    def close(self) -> None:
        """Look no more."""
        if self._look is not None:
            self._look.cancel()

    def _act(self) -> None:
        feeders = self._feeders
        notices, ending, bounced = feeders.notices[:], feeders.ending[:], feeders.bounced[:]
        for outbox in (feeders.notices, feeders.ending, feeders.bounced):
            outbox.clear()
        now = self._loop.time()
        self._ending |= dict.fromkeys(ending, now + OVERLAP_S) | dict.fromkeys(bounced, now)
        for notice in notices:
            if (tell := self._pages.get(notice.peer)) is not None:
                tell(Admission(status=notice.status, source=notice.source, by=notice.by))
        told = feeders.waiting(), dict(feeders.takeovers)
        if bounced or told != self._told:
            self._told = told
            self._changed()
        if feeders.is_busy and self._look is None:
            self._look = self._loop.call_later(LOOK_EVERY_S, self._looked)

    def _looked(self) -> None:
        self._look = None
        self.settle()

    def _now(self) -> Moment:
        return Moment(self._loop.time(), self._clock())


def _waiting_doc(wishes: list[Wish], zone: ZoneInfo) -> WaitingDoc:
    first = wishes[0]
    return WaitingDoc(
        source=first.source,
        address=first.page.address,
        since=iso(first.since, zone),
        count=len(wishes),
    )
