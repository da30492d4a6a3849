"""Who may feed a place: the newest page of one browser, and another browser only when the desk lets it in.

A copy of a hall's link must not put its picture on air, and a hall that reloads must be back at once. So it is not the
link that decides, nor the network address, but which browser was live first:

- A place nobody sends to is open to anybody. The first browser whose picture or sound is live there is *let in*. An
  offer, a handshake or a `leave` earns nothing, and holds the place against nobody.
- A browser that was let in may feed the place at any time; its newest page takes over from its older ones.
- Any other browser waits while somebody sends, until the desk lets it in. The browser that fed the source until then
  is let in no more. A page that was granted a source and is not live when another browser is, waits from then on.
- When the page that feeds goes or falls silent, the page that has waited longest is invited. It stands in: a browser
  that was let in has its source again as soon as its packets come; after two minutes without them, the other is let in
  in its stead.

A page takes over when its own picture or sound is live, never before: an offer alone takes nobody off the air.

Pure: time and the state of a page's packets are passed in. What is to be told and ended is read from the outbox. All of
it is lost with the process; after a restart the first to be live is let in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Final, Literal

from bridge.engine import SourceState
from signaling.admission.feeding import Moment, Notice, Page, Replaced, Takeover, Wish
from signaling.show.messages import AdmissionBy

KEPT_S: Final = 2.5
"""Seconds that a place is kept for a browser whose page has left, as it may only reload, and again while its new page
connects. After as long a silence the media plane calls a page that did not leave `absent`."""
INVITED_S: Final = 10.0
"""Seconds that an invited page may take to be live, before another is invited."""
RIGHT_S: Final = 120.0
"""Seconds without its packets after which a browser that was let in is so no more, if another feeds its place by then.
A hall that is back after a network failure must have its place; a machine that was there once and left must not."""
AWAY_S: Final = 5.0
"""Seconds for which a page that waits may lose its WebSocket: it keeps its turn, and the desk sees it meanwhile."""
TAKEOVER_TOLD_S: Final = 600.0
"""Seconds for which the desk is told that another browser feeds a place."""
MAX_WAITING: Final = 8
"""Pages that may wait at one place. A link in the wrong hands must not fill the memory, or the desk's screen."""
MAX_REPLACED: Final = 64
"""Pages whose source another page feeds, and which are told when it is free again. The oldest is forgotten first."""

Verdict = Literal["granted", "waiting", "replaced", "crowded"]


class Feeders:
    """Every place's pages that feed, wait, or have been replaced."""

    def __init__(self, state_of: Callable[[str], SourceState | None]) -> None:
        """`state_of` tells what comes from a peer, be it forwarded or not; None for one that the media plane does not
        know."""
        self.notices: list[Notice] = []
        """Outbox: to be told, in this order."""
        self.ending: list[str] = []
        """Outbox: peers of pages that were replaced."""
        self.bounced: list[str] = []
        """Outbox: peers that were granted a source, and another browser was live first. They go at once, lest both be
        seen."""
        self._state_of = state_of
        self._let_in: dict[str, set[str]] = {}
        """By place: the browsers that may feed it at any time."""
        self._paused: dict[tuple[str, str], float] = {}
        """By place and browser that was let in: since when (monotonic seconds) it does not send."""
        self._sending: set[str] = set()
        """Peers that are live, or were and have paused for less than the media plane takes to call them `absent`."""
        self._feeds: dict[str, Page] = {}
        self._coming: dict[str, list[Page]] = {}
        """By source: pages that may feed it and are not live yet, the newest last."""
        self._joining: set[str] = set()
        """Peers that the media plane has been asked to take, and does not know yet."""
        self._wishes: list[Wish] = []
        self._invited: dict[str, tuple[str, float]] = {}
        """By place: the invited browser, and until when (monotonic seconds)."""
        self._kept: dict[str, tuple[str, float]] = {}
        """Likewise the browser whose page has left."""
        self._replaced: dict[str, Replaced] = {}
        self._away: dict[str, float] = {}
        """Peers whose page has lost its WebSocket, and until when (monotonic seconds) it keeps its turn. One that feeds
        stays here: if it ever waits, it has no turn to keep."""
        self._contested: dict[str, str] = {}
        """By peer: the source that it feeds and another page waits for, as it was told."""
        self._last: dict[str, str] = {}
        """By source: the browser whose packets came last."""
        self._takeovers: dict[str, Takeover] = {}

    # What pages do ---------------------------------------------------------------------------------------------------

    def claim(self, page: Page, source: str, now: Moment) -> Verdict:
        """A page offers to feed a source. If that is granted, say next whether the media plane took it: `joined`."""
        replaced = self._replaced.get(page.peer)
        if replaced is not None and replaced.source == source and replaced.is_ending:
            return "replaced"
        if self._may(page, source, now):
            self._grant(page, source, now)
            return "granted"
        if not any(wish.page.peer == page.peer and wish.source == source for wish in self._wishes):
            self._forget_wishes(page.peer)
            if self._is_crowded(page.place):
                return "crowded"
            self._wait(page, source, now)
        self.settle(now)
        return "waiting"

    def joined(self, page: Page, now: Moment) -> None:
        """The media plane has taken a page whose claim was granted."""
        self._joining.discard(page.peer)
        self.settle(now)

    def refused(self, page: Page, now: Moment) -> None:
        """The media plane has not taken a page whose claim was granted. What it sent before, it still sends."""
        self._joining.discard(page.peer)
        if self._state_of(page.peer) is None:
            self._drop(page.peer)
        self.settle(now)

    def gone(self, peer: str, now: Moment) -> None:
        """A peer has left the media plane. Its page may still be there, and wait."""
        self._joining.discard(peer)
        self._contested.pop(peer, None)
        for page in self._fed():
            if page.peer == peer:
                self._note_pause(page, now)
        self._release(peer, now)
        self._sending.discard(peer)
        if (replaced := self._replaced.get(peer)) is not None:
            self._replaced[peer] = replace(replaced, is_ending=False)
        self.settle(now)

    def opened(self, peer: str) -> None:
        """A page has a WebSocket, perhaps again."""
        self._away.pop(peer, None)

    def closed(self, peer: str, now: Moment) -> None:
        """A page's WebSocket has closed. It is not invited until it is back; what it feeds goes on."""
        if peer in self._replaced or self.feeds(peer) or any(w.page.peer == peer for w in self._wishes):
            self._away[peer] = now.seconds + AWAY_S
        self.settle(now)

    def admit(self, wish: Wish, now: Moment) -> None:
        """The desk lets in a page that waits. It takes over as soon as it is live."""
        place = wish.page.place
        rivals = [self._feeds.get(wish.source), *self._coming.get(wish.source, ())]
        let_in = self._let_in.setdefault(place, set())
        let_in -= {rival.browser for rival in rivals if rival is not None}
        let_in.add(wish.page.browser)
        self._invite(wish.page, wish.source, now)
        self.settle(now)

    def settle(self, now: Moment) -> None:
        """See what has become of everybody. Call it when a source changes, and ten times a second while `is_busy`."""
        self._forget_old(now)
        self._see_who_sends(now)
        for source, coming in list(self._coming.items()):
            for page in list(coming):
                if page.peer not in self._joining and self._sends(page):
                    self._take_over(page, source)
        self._bounce_latecomers(now)
        for source, page in self._feeds.items():
            if self._state_of(page.peer) == "live":
                if self._last.setdefault(source, page.browser) != page.browser:
                    self._takeovers[page.place] = Takeover(page, source, now)
                self._last[source] = page.browser
        waiting = dict.fromkeys(wish.page.place for wish in self._wishes)
        standing_by = dict.fromkeys(replaced.page.place for replaced in self._replaced.values())
        for place in waiting | standing_by:
            if place not in self._invited:
                self._invite_next(place, now)
        self._tell_contested()

    # What others ask -------------------------------------------------------------------------------------------------

    @property
    def is_busy(self) -> bool:
        """Somebody is about to take over, or waits for one who may fall silent."""
        return bool(self._coming or self._wishes)

    def feeds(self, peer: str) -> bool:
        """Whether a peer feeds a source, or may as soon as it is live."""
        return any(page.peer == peer for page in self._fed())

    @property
    def feeding(self) -> Mapping[str, str]:
        """By source: the peer whose picture and sound it is."""
        return {source: page.peer for source, page in self._feeds.items()}

    def status(self, peer: str) -> Notice | None:
        """What a page that comes back has to know."""
        if (source := self._contested.get(peer)) is not None:
            return Notice(peer, "contested", source, "machine")
        return None

    def waiting(self) -> Mapping[str, list[Wish]]:
        """By place: the pages that wait there, longest first."""
        found: dict[str, list[Wish]] = {}
        for wish in self._wishes:
            found.setdefault(wish.page.place, []).append(wish)
        return found

    @property
    def takeovers(self) -> Mapping[str, Takeover]:
        """By place."""
        return self._takeovers

    # The rules -------------------------------------------------------------------------------------------------------

    def _may(self, page: Page, source: str, now: Moment) -> bool:
        self._see_who_sends(now)
        feeder = self._feeds.get(source)
        return (
            (feeder is not None and feeder.peer == page.peer)
            or self._is_let_in(page)
            or not self._is_taken(page.place, page.browser, now)
        )

    def _is_taken(self, place: str, browser: str, now: Moment) -> bool:
        """Another browser sends to this place, or has it kept."""
        if self._is_sent_to(place, browser):
            return True
        held = (self._kept.get(place), self._invited.get(place))
        return any(hold is not None and hold[0] != browser and now.seconds < hold[1] for hold in held)

    def _is_sent_to(self, place: str, browser: str) -> bool:
        """Another browser sends to this place."""
        return any(p.place == place and p.browser != browser and self._sends(p) for p in self._fed())

    def _is_let_in(self, page: Page) -> bool:
        return page.browser in self._let_in.get(page.place, ())

    def _is_crowded(self, place: str) -> bool:
        return sum(wish.page.place == place for wish in self._wishes) >= MAX_WAITING

    def _pairs(self) -> Iterator[tuple[str, Page]]:
        """Sources with the pages that feed them, and then with those that may."""
        yield from self._feeds.items()
        for source, coming in self._coming.items():
            yield from ((source, page) for page in coming)

    def _fed(self) -> Iterator[Page]:
        return (page for _, page in self._pairs())

    def _sends(self, page: Page) -> bool:
        return page.peer in self._sending

    def _see_who_sends(self, now: Moment) -> None:
        """The first browser that is live at a place is let in. Of several at one look, the one that feeds."""
        for page in sorted(self._fed(), key=lambda page: not self._is_let_in(page)):
            match self._state_of(page.peer):
                case "live" if not self._sends(page) and page.peer not in self._joining:
                    if self._is_let_in(page) or not self._is_sent_to(page.place, page.browser):
                        self._sending.add(page.peer)
                        self._paused.pop((page.place, page.browser), None)
                        self._let_in.setdefault(page.place, {page.browser})
                        self._drop_holds(page)
                case "connecting" | "absent":
                    self._note_pause(page, now)
                    self._sending.discard(page.peer)
                case _:
                    # It is as before: `stalled` is also said of one that has never been live. One that the media plane
                    # knows no more is about to be reported as gone, and then its place is kept.
                    pass

        self._pass_rights_on(now)

    def _pass_rights_on(self, now: Moment) -> None:
        """Who feeds a place long after those who were let in have left it, is let in in their stead."""
        for place, let_in in self._let_in.items():
            sending = {page.browser for page in self._fed() if page.place == place and self._sends(page)}
            if sending and not sending & let_in:
                since = [self._paused.setdefault((place, browser), now.seconds) for browser in let_in]
                if all(now.seconds - paused > RIGHT_S for paused in since):
                    for browser in let_in:
                        del self._paused[place, browser]
                    self._let_in[place] = sending

    def _note_pause(self, page: Page, now: Moment) -> None:
        if self._sends(page) and self._is_let_in(page):
            self._paused[page.place, page.browser] = now.seconds

    def _bounce_latecomers(self, now: Moment) -> None:
        """A page that was granted a source and is not live when another browser is waits, unless it was let in. It is
        ended before it is live where possible: the media plane would show the newest that is."""
        for source, page in [
            (s, p) for s, p in self._pairs() if not self._sends(p) and not self._is_let_in(p)
        ]:
            if (
                page.peer not in self._joining
                and self._state_of(page.peer) != "absent"  # it may be back after the other has gone
                and self._is_sent_to(page.place, page.browser)
            ):
                self._drop_holds(page)
                self._release(page.peer, now)
                self._contested.pop(page.peer, None)
                if self._is_crowded(page.place):
                    self.notices.append(Notice(page.peer, "waiting", source, "machine"))
                else:
                    self._wait(page, source, now)
                self.bounced.append(page.peer)

    def _wait(self, page: Page, source: str, now: Moment) -> None:
        self._wishes.append(Wish(page, source, now.instant))
        self.notices.append(Notice(page.peer, "waiting", source, "machine"))

    def _drop_holds(self, page: Page) -> None:
        for held in (self._invited, self._kept):
            if held.get(page.place, ("", 0.0))[0] == page.browser:
                del held[page.place]

    def _grant(self, page: Page, source: str, now: Moment) -> None:
        self._forget_wishes(page.peer)
        self._replaced.pop(page.peer, None)
        feeder = self._feeds.get(source)
        self._release(page.peer, now, but=source)
        if self._is_let_in(page) or self._sends(page):
            self._kept[page.place] = page.browser, now.seconds + KEPT_S  # while it connects
        self._joining.add(page.peer)
        if feeder is None or feeder.peer == page.peer:
            self._feeds[source] = page
        else:
            self._coming.setdefault(source, []).append(page)

    def _take_over(self, page: Page, source: str) -> None:
        """A page that was granted a source is live."""
        before = self._feeds.get(source)
        is_own = before is not None and before.browser == page.browser
        was_sending = before is not None and self._sends(before)
        older = self._take_out(page, source)
        self._feeds[source] = page
        if before is not None and not is_own and not was_sending:
            # It has its source again when its packets come back, if it was let in.
            self._coming.setdefault(source, []).insert(0, before)
        elif before is not None:
            self._replace(before, source, "window" if is_own else "machine")
        for page_before in older:
            self._replace(page_before, source, "window")

    def _take_out(self, page: Page, source: str) -> list[Page]:
        """Take a page out of those that are coming, with the older ones of its browser, which are returned."""
        coming = self._coming.get(source, [])
        older = [p for p in coming[: coming.index(page)] if p.browser == page.browser]
        self._set_coming(source, [p for p in coming if p is not page and p not in older])
        return older

    def _replace(self, page: Page, source: str, by: AdmissionBy) -> None:
        self._contested.pop(page.peer, None)
        self._replaced[page.peer] = Replaced(page, source)
        while len(self._replaced) > MAX_REPLACED:
            del self._replaced[next(iter(self._replaced))]
        self.notices.append(Notice(page.peer, "replaced", source, by))
        self.ending.append(page.peer)

    def _release(self, peer: str, now: Moment, but: str | None = None) -> None:
        """A peer feeds no source any more, save `but`. The newest that was to take over has it. Else it is kept for a
        while, if the peer has sent."""
        for source, page in self._drop(peer, but):
            coming = self._coming.get(source, [])
            heir = next((p for p in reversed(coming) if self._state_of(p.peer) != "absent"), None)
            if heir is not None:
                self._feeds[source] = heir
                self._set_coming(source, [p for p in coming if p is not heir])
            elif self._sends(page):
                self._kept[page.place] = page.browser, now.seconds + KEPT_S

    def _drop(self, peer: str, but: str | None = None) -> list[tuple[str, Page]]:
        """Take a peer out of what it feeds or was to feed. Returns what it fed, but for the source `but`."""
        fed = [(s, page) for s, page in self._feeds.items() if page.peer == peer and s != but]
        for source, _ in fed:
            del self._feeds[source]
        for source, coming in list(self._coming.items()):
            self._set_coming(source, [page for page in coming if page.peer != peer])
        return fed

    def _set_coming(self, source: str, coming: list[Page]) -> None:
        if coming:
            self._coming[source] = coming
        else:
            self._coming.pop(source, None)

    def _invite_next(self, place: str, now: Moment) -> None:
        """If the place is free, invite the page that has waited longest, else the one that was replaced last."""
        for wish in self._wishes:
            page = wish.page
            is_here = page.place == place and page.peer not in self._away
            if is_here and not self._is_taken(place, page.browser, now):
                self._invite(wish.page, wish.source, now)
                return
        if place in self._kept:
            return
        for replaced in reversed(list(self._replaced.values())):
            page, source = replaced.page, replaced.source
            rivals = [self._feeds.get(source), *self._coming.get(source, ())]
            if (
                page.place == place
                and page.peer not in self._away
                and not replaced.is_ending
                and not any(rival is not None and self._comes_from(page.browser, rival) for rival in rivals)
                and not self._is_taken(place, page.browser, now)
            ):
                self._invite(page, source, now)
                return

    def _comes_from(self, browser: str, page: Page) -> bool:
        return page.browser == browser and self._state_of(page.peer) != "absent"

    def _invite(self, page: Page, source: str, now: Moment) -> None:
        self._forget_wishes(page.peer)
        self._replaced.pop(page.peer, None)
        self._invited[page.place] = page.browser, now.seconds + INVITED_S
        self.notices.append(Notice(page.peer, "admitted", source, None))

    def _forget_wishes(self, peer: str) -> None:
        self._wishes = [wish for wish in self._wishes if wish.page.peer != peer]

    def _forget_old(self, now: Moment) -> None:
        for held in (self._kept, self._invited):
            for place in [place for place, (_, until) in held.items() if now.seconds >= until]:
                del held[place]
        for peer in [peer for peer, until in self._away.items() if now.seconds >= until]:
            self._forget_wishes(peer)
            self._replaced.pop(peer, None)
            if not self.feeds(peer):
                del self._away[peer]
        for place, takeover in list(self._takeovers.items()):
            if now.seconds - takeover.at.seconds >= TAKEOVER_TOLD_S:
                del self._takeovers[place]

    def _tell_contested(self) -> None:
        """Those who feed know whether another browser waits for their place."""
        contested = {
            page.peer: source
            for source, page in self._feeds.items()
            if any(w.page.place == page.place and w.page.browser != page.browser for w in self._wishes)
        }
        told = [(peer, s, "contested") for peer, s in contested.items() if peer not in self._contested]
        over = [(peer, s, "admitted") for peer, s in self._contested.items() if peer not in contested]
        self._contested = contested
        self.notices += [Notice(peer, "contested", source, "machine") for peer, source, _ in told]
        self.notices += [Notice(peer, "admitted", source, None) for peer, source, _ in over]
