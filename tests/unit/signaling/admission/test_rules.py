"""Admission to a place, as a sequence of events there."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from bridge.engine import SourceState
from config.times import Instant
from signaling.admission.authorizations import AUTHORIZATION_TIMEOUT_S
from signaling.admission.contributor import Contributor, Moment
from signaling.admission.rules import INVITATION_S, RELOAD_S, TAKEOVER_SHOWN_S, AdmissionRules, ClaimResult
from signaling.admission.waiting import MAX_WAITING, RECONNECT_S

TOKIO, LECTERN = "tokio", "tokio/lectern"


class Place:
    """The pages of one hall, their packets, and a clock of its own."""

    def __init__(self) -> None:
        self.states: dict[str, SourceState] = {}
        self.rules = AdmissionRules(self.states.get)
        self.seconds = 100.0

    @property
    def now(self) -> Moment:
        return Moment(self.seconds, Instant(int(self.seconds * 1000)))

    def offers(self, name: str, source: str = TOKIO) -> ClaimResult:
        """A page offers; if granted, the media plane accepts it. `hall2` is the second page of the browser `hall`."""
        found = page(name)
        result = self.rules.claim(found, source, self.now)
        if result == "granted":
            self.states.setdefault(name, "connecting")
            self.rules.on_joined(found, self.now)
        return result

    def becomes(self, name: str, state: SourceState) -> None:
        self.states[name] = state
        self.rules.update(self.now)

    def live(self, name: str) -> None:
        self.becomes(name, "live")

    def on_air(self, name: str, source: str = TOKIO) -> None:
        assert self.offers(name, source) == "granted"
        self.live(name)

    def silent(self, name: str) -> None:
        self.becomes(name, "absent")

    def leaves(self, name: str) -> None:
        self.states.pop(name, None)
        self.rules.update(self.now)  # the media plane reports first that the source is absent
        self.rules.on_disconnected(name, self.now)
        self.rules.on_left(name, self.now)

    def later(self, seconds: float) -> None:
        self.seconds += seconds
        self.rules.update(self.now)

    def admit(self) -> None:
        self.rules.admit(self.rules.waiting()["tokio"][0], self.now)

    def notices(self) -> list[tuple[str, str, str | None]]:
        """The notices since the last call."""
        found: list[tuple[str, str, str | None]] = [(n.peer, n.status, n.by) for n in self.rules.notices]
        self.rules.notices.clear()
        return found


def page(name: str) -> Contributor:
    return Contributor(name, name.rstrip("0123456789"), "tokio", f"address of {name}")


def test_the_first_page_of_a_place_sends_its_source_without_a_notice() -> None:
    place = Place()
    place.on_air("hall")
    assert place.notices() == []
    assert place.rules.is_contributor("hall")


def test_a_copy_of_the_link_waits_and_both_get_a_notice_at_once() -> None:
    place = Place()
    place.on_air("hall")
    assert place.offers("copy") == "waiting"
    assert place.notices() == [("copy", "waiting", "machine"), ("hall", "contested", "machine")]
    assert not place.rules.is_contributor("copy")
    waiting = place.rules.waiting()["tokio"][0]
    assert (waiting.source, waiting.contributor.address, waiting.since) == (
        TOKIO,
        "address of copy",
        place.now.instant,
    )


def test_a_copy_that_offered_and_left_before_the_hall_came_is_not_authorized() -> None:
    place = Place()
    assert place.offers("copy1") == "granted"
    place.leaves("copy1")
    place.on_air("hall")
    assert place.offers("copy2") == "waiting"
    place.leaves("hall")
    place.on_air("hall2")


def test_a_machine_that_was_there_before_the_hall_cannot_come_back_in_its_place() -> None:
    """It was live alone in the morning, and left: its authorization ends two minutes after the hall is live."""
    place = Place()
    place.on_air("copy1")
    place.leaves("copy1")
    place.later(RELOAD_S)
    place.on_air("hall1")
    place.later(AUTHORIZATION_TIMEOUT_S + 1)
    assert place.offers("copy2") == "waiting"
    assert place.rules.is_contributor("hall1")
    place.leaves("hall1")
    place.on_air("hall2")


def test_a_hall_that_was_away_for_two_minutes_has_its_place_and_for_longer_waits_for_the_desk() -> None:
    for away, result in (
        (AUTHORIZATION_TIMEOUT_S - 10, "granted"),
        (AUTHORIZATION_TIMEOUT_S + 10, "waiting"),
    ):
        place = Place()
        place.on_air("hall1")
        place.leaves("hall1")
        place.later(RELOAD_S)
        place.on_air("spare")
        place.later(away)
        assert place.offers("hall2") == result


def test_a_hall_that_has_sent_for_hours_stays_authorized_through_a_short_outage() -> None:
    place = Place()
    place.on_air("hall")
    place.seconds += 10_000  # without an update
    place.silent("hall")
    place.later(RELOAD_S)
    place.on_air("copy")
    place.live("hall")
    place.later(1.0)
    assert place.rules.is_contributor("hall")


def test_a_copy_that_only_connects_does_not_keep_the_hall_out() -> None:
    place = Place()
    assert place.offers("copy") == "granted"
    assert place.offers("hall") == "granted"
    assert place.notices() == [], "nobody sends yet"
    place.live("hall")
    assert place.notices() == [("copy", "waiting", "machine"), ("hall", "contested", "machine")]
    assert place.rules.late_peers == ["copy"], "before it is live: it would be seen"
    assert place.rules.is_contributor("hall")


def test_a_copy_that_offers_and_leaves_does_not_keep_the_hall_out() -> None:
    place = Place()
    place.offers("copy")
    place.leaves("copy")
    place.on_air("hall")


def test_a_copy_that_sends_packets_without_a_picture_does_not_keep_the_hall_out() -> None:
    place = Place()
    place.offers("copy")
    place.becomes("copy", "stalled")
    place.on_air("hall")
    assert place.rules.late_peers == ["copy"]
    assert place.offers("copy") == "waiting"


def test_a_page_whose_packets_pause_still_sends() -> None:
    place = Place()
    place.on_air("hall")
    place.becomes("hall", "stalled")
    assert place.offers("copy") == "waiting"


def test_of_two_that_connect_the_first_to_be_live_is_authorized_whichever_offered_first() -> None:
    place = Place()
    place.offers("one")
    place.offers("two", LECTERN)
    place.live("two")
    assert ("one", "waiting", "machine") in place.notices()
    place.leaves("one")
    place.later(RECONNECT_S)
    assert place.offers("one2") == "waiting"
    place.leaves("two")
    place.on_air("two2")


def test_of_two_that_become_live_between_two_updates_the_current_contributor_stays() -> None:
    place = Place()
    place.offers("hall")
    place.offers("copy")
    place.states["copy"] = "live"
    place.live("hall")
    assert place.rules.late_peers == ["copy"]
    assert place.rules.takeovers == {}


def test_a_copy_that_the_media_plane_accepts_after_the_hall_is_live_is_closed() -> None:
    place = Place()
    place.offers("hall")
    assert place.rules.claim(page("copy"), TOKIO, place.now) == "granted"
    place.live("hall")
    assert place.rules.late_peers == [], "the media plane would accept it after it was closed"
    place.states["copy"] = "connecting"
    place.rules.on_joined(page("copy"), place.now)
    assert place.rules.late_peers == ["copy"]


def test_a_page_that_was_live_too_late_and_has_closed_does_not_wait_for_ever() -> None:
    place = Place()
    place.offers("copy")
    place.rules.on_disconnected("copy", place.now)
    place.later(RECONNECT_S)
    place.on_air("hall")
    place.later(0.1)
    assert place.rules.waiting() == {}


def test_a_page_that_waits_and_offers_again_gets_no_second_notice() -> None:
    place = Place()
    place.on_air("hall")
    place.offers("copy")
    place.notices()
    assert place.offers("copy") == "waiting"
    assert place.notices() == []


def test_a_hall_that_makes_a_new_connection_keeps_its_place_while_it_connects() -> None:
    place = Place()
    place.on_air("hall")
    place.offers("copy")
    place.notices()
    place.offers("hall")
    place.becomes("hall", "connecting")
    place.later(RELOAD_S / 2)
    assert place.notices() == []
    place.live("hall")
    assert place.notices() == []


def test_a_hall_that_crashes_is_back_in_its_place_after_15_s() -> None:
    place = Place()
    place.on_air("hall1")
    place.offers("spare")
    place.silent("hall1")
    place.on_air("spare")
    place.later(15)
    place.notices()
    assert place.offers("hall2") == "granted"
    assert place.rules.is_contributor("spare"), "until the hall is live"
    place.live("hall2")
    assert ("spare", "replaced", "machine") in place.notices()


def test_an_invited_page_keeps_its_turn_while_it_connects() -> None:
    place = Place()
    place.on_air("hall")
    place.offers("one")
    place.offers("two")
    place.silent("hall")
    assert place.offers("one") == "granted"
    place.notices()
    place.later(INVITATION_S / 2)
    assert place.offers("two") == "waiting"
    assert place.notices() == []
    place.live("one")
    assert place.offers("two") == "waiting"


def test_a_copy_cannot_send_another_input_of_the_place() -> None:
    place = Place()
    place.on_air("hall")
    assert place.offers("copy", LECTERN) == "waiting"


def test_the_newest_page_of_a_browser_takes_over_once_it_is_live() -> None:
    place = Place()
    place.on_air("hall1")
    assert place.offers("hall2") == "granted"
    assert place.notices() == [], "its picture is not there yet"
    place.live("hall2")
    assert place.notices() == [("hall1", "replaced", "window")]
    assert place.rules.replaced_peers == ["hall1"]
    assert place.rules.takeovers == {}, "the desk has nothing to know"


def test_of_several_new_pages_of_a_browser_the_newest_remains_whichever_is_live_first() -> None:
    place = Place()
    place.on_air("hall1")
    place.offers("hall2")
    place.offers("hall3")
    place.live("hall3")
    assert place.notices() == [("hall1", "replaced", "window"), ("hall2", "replaced", "window")]
    place.live("hall2")
    assert place.notices() == []


def test_two_inputs_of_a_hall_may_be_two_pages_of_its_browser() -> None:
    place = Place()
    place.on_air("hall1", TOKIO)
    place.on_air("hall2", LECTERN)
    assert place.notices() == []


def test_a_page_that_was_replaced_and_offers_before_it_knows_is_refused() -> None:
    place = Place()
    place.on_air("hall1")
    place.on_air("hall2")
    assert place.offers("hall1") == "replaced"
    place.states.pop("hall1")
    place.rules.on_left("hall1", place.now)
    assert place.offers("hall1") == "granted", "its user asked for it"


def test_a_hall_that_reloads_is_back_though_another_waits() -> None:
    place = Place()
    place.on_air("hall1")
    place.offers("copy")
    place.leaves("hall1")
    place.later(RELOAD_S / 2)
    place.notices()
    place.on_air("hall2")
    assert place.notices() == [("hall2", "contested", "machine")]


def test_when_the_hall_has_left_the_one_that_waits_is_invited() -> None:
    place = Place()
    place.on_air("hall")
    place.offers("spare")
    place.leaves("hall")
    place.notices()
    place.later(RELOAD_S)
    assert place.notices() == [("spare", "admitted", None)]
    place.on_air("spare")


def test_of_several_that_wait_the_first_is_invited_and_the_next_only_if_it_does_not_come() -> None:
    place = Place()
    place.on_air("hall")
    place.offers("one")
    place.later(1)
    place.offers("two")
    place.silent("hall")
    assert place.notices()[-1] == ("one", "admitted", None) or ("one", "admitted", None) in place.notices()
    assert place.offers("three") == "waiting", "the place is kept for the one invited"
    place.notices()
    place.later(INVITATION_S)
    assert ("two", "admitted", None) in place.notices()


def test_a_stand_in_gives_the_place_back_when_the_halls_packets_come_again() -> None:
    place = Place()
    place.on_air("hall")
    place.offers("spare")
    place.silent("hall")
    place.on_air("spare")
    assert place.rules.takeovers["tokio"].contributor.peer == "spare"
    place.notices()
    place.live("hall")
    assert ("spare", "replaced", "machine") in place.notices()
    assert place.offers("spare") == "replaced"
    place.leaves("spare")
    assert place.offers("spare2") == "waiting", "it stood in and was not authorized"


def test_a_stand_in_that_is_live_too_late_waits_again() -> None:
    place = Place()
    place.on_air("hall")
    place.offers("spare")
    place.silent("hall")
    assert place.offers("spare") == "granted"
    place.notices()
    place.live("hall")
    assert place.notices() == [("spare", "waiting", "machine"), ("hall", "contested", "machine")]
    assert place.rules.late_peers == ["spare"]


def test_the_desk_admits_a_machine_and_the_one_before_must_be_admitted_again() -> None:
    place = Place()
    place.on_air("thief")
    place.offers("hall")
    place.notices()
    place.admit()
    assert place.notices() == [("hall", "admitted", None), ("thief", "admitted", None)], (
        "no other browser waits"
    )
    assert place.offers("hall") == "granted"
    assert place.notices() == [], "the thief sends until the hall is live"
    place.live("hall")
    assert place.notices() == [("thief", "replaced", "machine")]
    assert place.rules.takeovers["tokio"].contributor.peer == "hall"
    place.leaves("thief")
    assert place.offers("thief2") == "waiting"


def test_a_machine_that_sends_another_input_stays_authorized() -> None:
    place = Place()
    place.on_air("hall", TOKIO)
    assert place.offers("lectern", LECTERN) == "waiting"
    place.admit()
    place.on_air("lectern", LECTERN)
    place.leaves("hall")
    place.on_air("hall2", TOKIO)


def test_a_page_is_invited_again_when_its_user_closes_the_newer_window() -> None:
    place = Place()
    place.on_air("hall1")
    place.on_air("hall2")
    place.states.pop("hall1")
    place.rules.on_left("hall1", place.now)
    place.leaves("hall2")
    place.notices()
    place.later(RELOAD_S)
    assert place.notices() == [("hall1", "admitted", None)]
    place.on_air("hall1")


def test_a_page_that_closes_stops_waiting() -> None:
    place = Place()
    place.on_air("hall")
    place.offers("copy")
    place.notices()
    place.leaves("copy")
    assert place.notices() == [], "it may have lost its connection for a moment"
    place.later(RECONNECT_S)
    assert place.notices() == [("hall", "admitted", None)]
    assert place.rules.waiting() == {}


def test_a_page_without_picture_and_sound_waits_until_its_user_withdraws() -> None:
    place = Place()
    place.on_air("hall")
    place.offers("copy")
    place.rules.on_left("copy", place.now)
    assert place.rules.waiting().keys() == {"tokio"}
    place.notices()
    place.rules.withdraw("copy", place.now)
    assert place.notices() == [("hall", "admitted", None)]
    assert place.rules.waiting() == {}


def test_a_page_that_loses_its_connection_for_a_moment_keeps_its_turn() -> None:
    place = Place()
    place.on_air("hall")
    place.offers("one")
    place.offers("two")
    place.rules.on_disconnected("one", place.now)
    place.admit()
    place.rules.on_connected("one")
    assert place.offers("one") == "granted", "the desk has let it in meanwhile"


def test_a_page_that_is_away_is_not_invited() -> None:
    place = Place()
    place.on_air("hall")
    place.offers("one")
    place.offers("two")
    place.rules.on_disconnected("one", place.now)
    place.notices()
    place.silent("hall")
    assert [notice for notice in place.notices() if notice[1] == "admitted"] == [("two", "admitted", None)]


def test_an_offer_that_was_refused_leaves_the_place_free() -> None:
    place = Place()
    assert place.rules.claim(page("broken"), TOKIO, place.now) == "granted"
    place.rules.on_join_failed(page("broken"), place.now)
    place.on_air("hall")
    place.leaves("hall")
    assert place.offers("broken") == "waiting", "it was never authorized"


def test_only_so_many_pages_may_wait_at_a_place() -> None:
    place = Place()
    place.on_air("hall")
    names = [f"copy{'abcdefghij'[n]}" for n in range(MAX_WAITING + 1)]
    assert [place.offers(name) for name in names] == ["waiting"] * MAX_WAITING + ["crowded"]
    assert place.offers(names[0]) == "waiting", "it waits already"


def test_the_desk_is_shown_a_takeover_for_ten_minutes() -> None:
    place = Place()
    place.on_air("hall")
    place.silent("hall")
    place.on_air("spare")
    place.later(TAKEOVER_SHOWN_S - 1)
    assert place.rules.takeovers
    place.later(1)
    assert not place.rules.takeovers


def test_the_desk_is_shown_another_browser_that_sends_after_the_first_has_left() -> None:
    place = Place()
    place.on_air("hall")
    place.leaves("hall")
    place.later(RELOAD_S)
    place.on_air("other")
    assert place.rules.takeovers["tokio"].contributor.peer == "other"
    place.leaves("other")
    place.later(RELOAD_S)
    place.on_air("hall2")
    assert place.rules.takeovers["tokio"].contributor.peer == "hall2"


class AnyPlace(RuleBasedStateMachine):
    """Three browsers with two pages each do anything at one place with two inputs."""

    PAGES = st.sampled_from([f"{browser}{n}" for browser in "abc" for n in (1, 2)])
    SOURCES = st.sampled_from([TOKIO, LECTERN])

    def __init__(self) -> None:
        super().__init__()
        self.place = Place()
        self.eligible: set[str] = set()
        """Browsers that were live while no other sent to the place, or were admitted."""
        self.authorized_current: dict[str, Contributor] = {}
        """By source: the authorized contributor after the last step."""

    @rule(name=PAGES, source=SOURCES)
    def offers(self, name: str, source: str) -> None:
        rules = self.place.rules
        authorized = {b for browsers in rules._authorized._browsers.values() for b in browsers}
        rivals = {p.browser for p in rules._assignments.contributors if rules._sends(p)} - {
            page(name).browser
        }
        sends_it = (held := rules._assignments.current.get(source)) is not None and held.peer == name
        result = self.place.offers(name, source)
        if result == "granted" and rivals:
            assert page(name).browser in authorized or sends_it, (
                "only an authorized browser joins one that sends"
            )

    @rule(name=PAGES)
    def live(self, name: str) -> None:
        if name in self.place.states:
            states, browser = self.place.states, page(name).browser
            fed = {p.peer: p.browser for p in self.place.rules._assignments.contributors}
            others = [states.get(peer) for peer, other in fed.items() if other != browser]
            if name in fed and "live" not in others:
                self.eligible.add(browser)
            self.place.live(name)

    @rule(name=PAGES)
    def pauses(self, name: str) -> None:
        if name in self.place.states:
            self.place.becomes(name, "stalled")

    @rule(name=PAGES)
    def connects_anew(self, name: str) -> None:
        if name in self.place.states:
            self.place.becomes(name, "connecting")

    @rule(name=PAGES)
    def comes_back(self, name: str) -> None:
        self.place.rules.on_connected(name)
        self.place.later(0)

    @rule(name=PAGES)
    def silent(self, name: str) -> None:
        if name in self.place.states:
            self.place.silent(name)

    @rule(name=PAGES)
    def leaves(self, name: str) -> None:
        self.place.leaves(name)

    @rule(seconds=st.sampled_from([0.1, RELOAD_S, INVITATION_S]))
    def later(self, seconds: float) -> None:
        self.place.later(seconds)

    @rule()
    def admit(self) -> None:
        if self.place.rules.waiting():
            self.eligible.add(self.place.rules.waiting()["tokio"][0].contributor.browser)
            self.place.admit()

    @invariant()
    def only_a_browser_that_was_live_or_admitted_takes_a_source_from_an_authorized_one(self) -> None:
        rules = self.place.rules
        for source, before in self.authorized_current.items():
            now = rules._assignments.current.get(source)
            if (
                now is not None
                and now.browser != before.browser
                and self.place.states.get(before.peer) == "live"
            ):
                assert now.browser in self.eligible
                assert now in rules._authorized
        self.authorized_current = {
            s: p for s, p in rules._assignments.current.items() if rules._sends(p) and p in rules._authorized
        }
        assert {b for browsers in rules._authorized._browsers.values() for b in browsers} <= self.eligible

    @invariant()
    def an_unauthorized_page_is_granted_nothing_while_another_sends(self) -> None:
        rules = self.place.rules
        for found in rules._assignments.contributors:
            others = [
                p for p in rules._assignments.contributors if p.browser != found.browser and rules._sends(p)
            ]
            if others and found not in rules._authorized and not rules._sends(found):
                assert self.place.states.get(found.peer) == "absent"

    @invariant()
    def a_page_sends_one_source_and_none_that_it_waits_for(self) -> None:
        rules = self.place.rules
        fed = [p.peer for p in rules._assignments.contributors]
        assert len(fed) == len(set(fed))
        waiting = {w.contributor.peer for queue in rules.waiting().values() for w in queue}
        assert not waiting & set(rules._waiting.replaced)

    @invariant()
    def no_page_waits_at_a_place_that_is_free(self) -> None:
        rules = self.place.rules
        if rules.waiting() and not rules._reloading and not rules._invited and not rules._waiting.offline:
            assert any(rules._sends(p) for p in rules._assignments.contributors)


AnyPlace.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestAnyPlace = AnyPlace.TestCase
