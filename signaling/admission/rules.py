"""The rules of admission: which browser may send the sources of a place, and which ones wait.

A copy of a hall's link must not put its picture on air, and a hall that reloads must be back at once. So neither the
link nor the network address decides, but which browser was live first:

- A place to which nobody sends is open to every browser. The first one whose picture or sound is live there is
  *authorized*. An offer, a handshake or a `leave` gives no right, and keeps nobody out.
- An authorized browser may send to the place at any time; its newest page takes over from its older ones.
- Any other browser waits while somebody sends, until the desk admits it. The browser that sent the source until then
  loses its authorization. A contributor that was granted a source and is not live when another browser is, waits too.
- When the current contributor leaves or stops sending, the one that has waited longest is invited. It only stands in:
  an authorized browser has its source back as soon as its packets arrive. After two minutes without them the browser
  that stands in is authorized instead.

A contributor takes over when its own picture or sound is live, never before: an offer alone takes nobody off the air.

Pure: the time and the state of each peer are passed in; notices and peers to close are read from outboxes. Nothing is
stored: after a restart the first browser to be live is authorized.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, Literal

from bridge.engine import SourceState
from config.model import place_of
from signaling.admission.assignments import Assignments
from signaling.admission.authorizations import Authorizations
from signaling.admission.contributor import AdmissionNotice, Contributor, Moment, Takeover, Waiting
from signaling.admission.reservations import Reservations
from signaling.admission.waiting import RECONNECT_S, WaitingList
from signaling.show.terms import AdmissionBy

RELOAD_S: Final = 2.5
"""Seconds that a place is reserved for a browser that has left, as it may only reload, and again while its new page
connects. After as long without packets the media plane calls a peer that did not leave `absent`."""
INVITATION_S: Final = 10.0
"""Seconds that an invited contributor may take to be live before another one is invited."""
TAKEOVER_SHOWN_S: Final = 600.0
"""Seconds for which the desk is shown a takeover by another browser."""

ClaimResult = Literal["granted", "waiting", "replaced", "crowded"]


class AdmissionRules:
    """Every place's contributors: those that send, wait, or have been replaced."""

    def __init__(self, state_of: Callable[[str], SourceState | None]) -> None:
        """`state_of` is the state of what a peer sends, forwarded or not; None for one unknown to the media plane."""
        self.notices: list[AdmissionNotice] = []
        """Outbox, in the order of sending."""
        self.replaced_peers: list[str] = []
        """Outbox: peers to close once their successors are visible."""
        self.late_peers: list[str] = []
        """Outbox: peers that were granted a source, but another browser was live first. Close them at once, before both
        are visible."""
        self._state_of = state_of
        self._assignments = Assignments()
        self._authorized = Authorizations()
        self._sending: set[str] = set()
        """Peers that are live, or were and have paused for less than the media plane takes to call them `absent`."""
        self._joining: set[str] = set()
        """Peers that were granted a source and that the media plane does not know yet."""
        self._waiting = WaitingList()
        self._invited = Reservations()
        self._reloading = Reservations()
        self._contested: dict[str, str] = {}
        """By peer: the source that it sends while another browser waits. Its page knows."""
        self._last_browser: dict[str, str] = {}
        """By source: the browser that was live last."""
        self._takeovers: dict[str, Takeover] = {}

    # Events ----------------------------------------------------------------------------------------------------------

    def claim(self, contributor: Contributor, source: str, now: Moment) -> ClaimResult:
        """A contributor offers a source. After `granted`, call `on_joined` or `on_join_failed`."""
        if self._waiting.is_ending(source, contributor.peer):
            return "replaced"
        if self._may_send(contributor, source, now):
            self._grant(contributor, source, now)
            return "granted"
        if not self._waiting.is_waiting_for(source, contributor.peer):
            self._waiting.stop_waiting(contributor.peer)
            if self._waiting.is_crowded(contributor.place):
                return "crowded"
            self._wait(contributor, source, now)
        self.update(now)
        return "waiting"

    def on_joined(self, contributor: Contributor, now: Moment) -> None:
        """The media plane has accepted the offer of a granted claim."""
        self._joining.discard(contributor.peer)
        self.update(now)

    def on_join_failed(self, contributor: Contributor, now: Moment) -> None:
        """The media plane has not accepted the offer of a granted claim. What the peer sent before, it still sends."""
        self._joining.discard(contributor.peer)
        if self._state_of(contributor.peer) is None:
            self._assignments.remove(contributor.peer)
        self.update(now)

    def on_left(self, peer: str, now: Moment) -> None:
        """A peer has left the media plane. Its page may still be open, and wait."""
        self._joining.discard(peer)
        self._contested.pop(peer, None)
        for contributor in self._assignments.contributors:
            if contributor.peer == peer:
                self._note_pause(contributor, now)
        self._release(peer, now)
        self._sending.discard(peer)
        self._waiting.on_left(peer)
        self.update(now)

    def withdraw(self, peer: str, now: Moment) -> None:
        """The user of a page does not want to send any more."""
        self._waiting.stop_waiting(peer)
        self.update(now)

    def on_connected(self, peer: str) -> None:
        """A page has a WebSocket, perhaps again."""
        self._waiting.offline.pop(peer, None)

    def on_disconnected(self, peer: str, now: Moment) -> None:
        """A page's WebSocket has closed. It is not invited until it is back; what it sends goes on."""
        if peer in self._waiting or self.is_contributor(peer):
            self._waiting.offline[peer] = now.seconds + RECONNECT_S
        self.update(now)

    def admit(self, waiting: Waiting, now: Moment) -> None:
        """The desk admits a waiting contributor. It takes over as soon as it is live."""
        self._authorized.replace(waiting.contributor, self._assignments.of(waiting.source))
        self._invite(waiting.contributor, waiting.source, now)
        self.update(now)

    def update(self, now: Moment) -> None:
        """Apply the rules. Call it when a source changes, and ten times a second while `is_busy`."""
        self._expire(now)
        self._update_sending(now)
        for source, pending in list(self._assignments.pending.items()):
            for contributor in list(pending):
                if contributor.peer not in self._joining and self._sends(contributor):
                    self._take_over(contributor, source)
        self._withdraw_late(now)
        for source, contributor in self._assignments.current.items():
            if self._state_of(contributor.peer) == "live":
                if self._last_browser.setdefault(source, contributor.browser) != contributor.browser:
                    self._takeovers[contributor.place] = Takeover(contributor, source, now)
                self._last_browser[source] = contributor.browser
        for place in self._waiting.places():
            if place not in self._invited:
                self._invite_next(place, now)
        self._notify_contested()

    # State -----------------------------------------------------------------------------------------------------------

    @property
    def is_busy(self) -> bool:
        """A contributor is about to take over, or waits for one that may stop sending."""
        return bool(self._assignments.pending or self._waiting.queue)

    def is_contributor(self, peer: str) -> bool:
        """Whether a peer sends a source, or will as soon as it is live."""
        return any(contributor.peer == peer for contributor in self._assignments.contributors)

    @property
    def current(self) -> Mapping[str, str]:
        """By source: the peer whose picture and sound it is."""
        return {source: contributor.peer for source, contributor in self._assignments.current.items()}

    def used_seats(self, booth: str) -> set[str]:
        """The seats of a booth whose contributor sends, may send again at once, or connects."""
        return {
            source
            for source, contributor in self._assignments
            if place_of(source) == booth
            and (
                contributor.peer in self._joining
                or self._state_of(contributor.peer) in ("live", "stalled", "connecting")
            )
        }

    def status(self, peer: str) -> AdmissionNotice | None:
        """The notice that a page may have missed while it was offline."""
        if (source := self._contested.get(peer)) is not None:
            return AdmissionNotice(peer, "contested", source, "machine")
        return None

    def waiting(self) -> Mapping[str, list[Waiting]]:
        """By place: the contributors that wait there, longest first."""
        return self._waiting.by_place()

    @property
    def takeovers(self) -> Mapping[str, Takeover]:
        """By place."""
        return self._takeovers

    # Who may send ----------------------------------------------------------------------------------------------------

    def _may_send(self, contributor: Contributor, source: str, now: Moment) -> bool:
        self._update_sending(now)
        current = self._assignments.current.get(source)
        return (
            (current is not None and current.peer == contributor.peer)
            or contributor in self._authorized
            or not self._is_taken(contributor, now)
        )

    def _is_taken(self, contributor: Contributor, now: Moment) -> bool:
        """Whether another browser sends to a contributor's place, or has it reserved."""
        return self._has_rival(contributor) or any(
            reservations.is_reserved_for_another(contributor.place, contributor.browser, now.seconds)
            for reservations in (self._reloading, self._invited)
        )

    def _has_rival(self, contributor: Contributor) -> bool:
        """Whether another browser sends to a contributor's place."""
        return any(
            c.place == contributor.place and c.browser != contributor.browser and self._sends(c)
            for c in self._assignments.contributors
        )

    def _sends(self, contributor: Contributor) -> bool:
        return contributor.peer in self._sending

    def _update_sending(self, now: Moment) -> None:
        """Note who is live. Of several browsers that became live since the last update, authorized ones come first, and
        then current ones."""
        for contributor in sorted(self._assignments.contributors, key=lambda c: c not in self._authorized):
            match self._state_of(contributor.peer):
                case "live" if not self._sends(contributor) and contributor.peer not in self._joining:
                    if contributor in self._authorized or not self._has_rival(contributor):
                        self._sending.add(contributor.peer)
                        self._authorized.on_live(contributor)
                        self._drop_reservations(contributor)
                case "connecting" | "absent":
                    self._note_pause(contributor, now)
                    self._sending.discard(contributor.peer)
                case _:
                    # No change: `stalled` is also the state of a peer that has never been live, and `on_left` follows
                    # for one that the media plane does not know any more.
                    pass
        sending: dict[str, set[str]] = {}
        for contributor in filter(self._sends, self._assignments.contributors):
            sending.setdefault(contributor.place, set()).add(contributor.browser)
        self._authorized.pass_on(sending, now.seconds)

    def _note_pause(self, contributor: Contributor, now: Moment) -> None:
        if self._sends(contributor):
            self._authorized.on_pause(contributor, now.seconds)

    def _drop_reservations(self, contributor: Contributor) -> None:
        self._invited.drop(contributor)
        self._reloading.drop(contributor)

    # Granting and taking over ----------------------------------------------------------------------------------------

    def _grant(self, contributor: Contributor, source: str, now: Moment) -> None:
        self._waiting.remove(contributor.peer)
        self._release(contributor.peer, now, but=source)
        if contributor in self._authorized or self._sends(contributor):
            self._reloading.reserve(contributor, now.seconds + RELOAD_S)  # while it connects
        self._joining.add(contributor.peer)
        self._assignments.add(contributor, source)

    def _take_over(self, contributor: Contributor, source: str) -> None:
        """A contributor that was granted a source is live."""
        before = self._assignments.current.get(source)
        older = self._assignments.promote(contributor, source)
        if before is not None and before.browser == contributor.browser:
            self._replace(before, source, "window")
        elif before is not None and self._sends(before):
            self._replace(before, source, "machine")
        elif before is not None:
            # If it is authorized, it has its source back when its packets arrive again.
            self._assignments.demote(before, source)
        for page in older:
            self._replace(page, source, "window")

    def _replace(self, contributor: Contributor, source: str, by: AdmissionBy) -> None:
        self._contested.pop(contributor.peer, None)
        self._waiting.add_replaced(contributor, source)
        self.notices.append(AdmissionNotice(contributor.peer, "replaced", source, by))
        self.replaced_peers.append(contributor.peer)

    def _release(self, peer: str, now: Moment, but: str | None = None) -> None:
        """Take every source but one from a peer. The newest pending contributor succeeds it. Without one, the place is
        reserved for the peer's browser if it has sent."""
        for source, contributor in self._assignments.remove(peer, but):
            has_successor = self._assignments.promote_newest(
                source, lambda c: self._state_of(c.peer) != "absent"
            )
            if not has_successor and self._sends(contributor):
                self._reloading.reserve(contributor, now.seconds + RELOAD_S)

    def _withdraw_late(self, now: Moment) -> None:
        """Let a contributor wait that was granted a source and is not live when another browser is, unless it is
        authorized. It is closed before it is live if possible: the media plane shows the newest that is."""
        late = [
            (source, contributor)
            for source, contributor in self._assignments
            if not self._sends(contributor) and contributor not in self._authorized
        ]
        for source, contributor in late:
            if (
                contributor.peer not in self._joining
                and self._state_of(contributor.peer) != "absent"  # it may be back after the other has left
                and self._has_rival(contributor)
            ):
                self._drop_reservations(contributor)
                self._release(contributor.peer, now)
                self._contested.pop(contributor.peer, None)
                if self._waiting.is_crowded(contributor.place):
                    self.notices.append(AdmissionNotice(contributor.peer, "waiting", source, "machine"))
                else:
                    self._wait(contributor, source, now)
                self.late_peers.append(contributor.peer)

    # Waiting and inviting --------------------------------------------------------------------------------------------

    def _wait(self, contributor: Contributor, source: str, now: Moment) -> None:
        self._waiting.add(contributor, source, now.instant)
        self.notices.append(AdmissionNotice(contributor.peer, "waiting", source, "machine"))

    def _invite_next(self, place: str, now: Moment) -> None:
        """If the place is free, invite the contributor that has waited longest, else the one replaced last."""
        for waiting in self._waiting.queue:
            if self._can_invite(waiting.contributor, place, now):
                self._invite(waiting.contributor, waiting.source, now)
                return
        if place in self._reloading:
            return
        for replaced in reversed(list(self._waiting.replaced.values())):
            contributor, source = replaced.contributor, replaced.source
            has_newer_page = any(
                c.browser == contributor.browser and self._state_of(c.peer) != "absent"
                for c in self._assignments.of(source)
            )
            if not replaced.is_ending and not has_newer_page and self._can_invite(contributor, place, now):
                self._invite(contributor, source, now)
                return

    def _can_invite(self, contributor: Contributor, place: str, now: Moment) -> bool:
        return (
            contributor.place == place
            and contributor.peer not in self._waiting.offline
            and not self._is_taken(contributor, now)
        )

    def _invite(self, contributor: Contributor, source: str, now: Moment) -> None:
        self._waiting.remove(contributor.peer)
        self._invited.reserve(contributor, now.seconds + INVITATION_S)
        self.notices.append(AdmissionNotice(contributor.peer, "admitted", source, None))

    def _expire(self, now: Moment) -> None:
        self._reloading.expire(now.seconds)
        self._invited.expire(now.seconds)
        for peer in self._waiting.expire(now.seconds):
            if not self.is_contributor(peer):  # one that sends has no turn to keep, if it ever waits
                del self._waiting.offline[peer]
        for place, takeover in list(self._takeovers.items()):
            if now.seconds - takeover.at.seconds >= TAKEOVER_SHOWN_S:
                del self._takeovers[place]

    def _notify_contested(self) -> None:
        """Notify current contributors when another browser begins or ceases to wait for their place."""
        before = self._contested
        self._contested = {
            current.peer: source
            for source, current in self._assignments.current.items()
            if any(
                w.contributor.place == current.place and w.contributor.browser != current.browser
                for w in self._waiting.queue
            )
        }
        for peer, source in self._contested.items():
            if peer not in before:
                self.notices.append(AdmissionNotice(peer, "contested", source, "machine"))
        for peer, source in before.items():
            if peer not in self._contested:
                self.notices.append(AdmissionNotice(peer, "admitted", source, None))
