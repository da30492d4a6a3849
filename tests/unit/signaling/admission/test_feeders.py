"""Who may feed a place, told as what happens there."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from bridge.engine import SourceState
from config.times import Instant
from signaling.admission.feeders import (
    AWAY_S,
    INVITED_S,
    KEPT_S,
    MAX_WAITING,
    RIGHT_S,
    TAKEOVER_TOLD_S,
    Feeders,
    Verdict,
)
from signaling.admission.feeding import Moment, Page

TOKIO, LECTERN = "tokio", "tokio/lectern"


class Place:
    """The pages of one hall, their packets, and a clock that moves when it is told to."""

    def __init__(self) -> None:
        self.states: dict[str, SourceState] = {}
        self.feeders = Feeders(self.states.get)
        self.seconds = 100.0

    @property
    def now(self) -> Moment:
        return Moment(self.seconds, Instant(int(self.seconds * 1000)))

    def offers(self, name: str, source: str = TOKIO) -> Verdict:
        """A page offers; where it may, the media plane takes it. `hall2` is the second page of the browser `hall`."""
        found = page(name)
        verdict = self.feeders.claim(found, source, self.now)
        if verdict == "granted":
            self.states.setdefault(name, "connecting")
            self.feeders.joined(found, self.now)
        return verdict

    def becomes(self, name: str, state: SourceState) -> None:
        self.states[name] = state
        self.feeders.settle(self.now)

    def live(self, name: str) -> None:
        self.becomes(name, "live")

    def on_air(self, name: str, source: str = TOKIO) -> None:
        assert self.offers(name, source) == "granted"
        self.live(name)

    def silent(self, name: str) -> None:
        self.becomes(name, "absent")

    def leaves(self, name: str) -> None:
        self.states.pop(name, None)
        self.feeders.settle(self.now)  # the media plane tells first that the source is absent
        self.feeders.closed(name, self.now)
        self.feeders.gone(name, self.now)

    def later(self, seconds: float) -> None:
        self.seconds += seconds
        self.feeders.settle(self.now)

    def admit(self) -> None:
        self.feeders.admit(self.feeders.waiting()["tokio"][0], self.now)

    def told(self) -> list[tuple[str, str, str | None]]:
        """What the pages were told since the last time."""
        found: list[tuple[str, str, str | None]] = [(n.peer, n.status, n.by) for n in self.feeders.notices]
        self.feeders.notices.clear()
        return found


def page(name: str) -> Page:
    return Page(name, name.rstrip("0123456789"), "tokio", f"address of {name}")


def test_the_first_page_of_a_place_feeds_it_and_is_told_nothing() -> None:
    place = Place()
    place.on_air("hall")
    assert place.told() == []
    assert place.feeders.feeds("hall")


def test_a_copy_of_the_link_waits_and_both_are_told_at_once() -> None:
    place = Place()
    place.on_air("hall")
    assert place.offers("copy") == "waiting"
    assert place.told() == [("copy", "waiting", "machine"), ("hall", "contested", "machine")]
    assert not place.feeders.feeds("copy")
    wish = place.feeders.waiting()["tokio"][0]
    assert (wish.source, wish.page.address, wish.since) == (TOKIO, "address of copy", place.now.instant)


def test_a_copy_that_offered_and_left_before_the_hall_came_has_earned_nothing() -> None:
    place = Place()
    assert place.offers("copy1") == "granted"
    place.leaves("copy1")
    place.on_air("hall")
    assert place.offers("copy2") == "waiting"
    place.leaves("hall")
    place.on_air("hall2")


def test_a_machine_that_was_there_before_the_hall_cannot_come_back_in_its_place() -> None:
    """It was live and alone in the morning, and left: what it earned ends two minutes after the hall has come."""
    place = Place()
    place.on_air("copy1")
    place.leaves("copy1")
    place.later(KEPT_S)
    place.on_air("hall1")
    place.later(RIGHT_S + 1)
    assert place.offers("copy2") == "waiting"
    assert place.feeders.feeds("hall1")
    place.leaves("hall1")
    place.on_air("hall2")


def test_a_hall_that_was_away_for_two_minutes_has_its_place_and_for_longer_waits_for_the_desk() -> None:
    for away, verdict in ((RIGHT_S - 10, "granted"), (RIGHT_S + 10, "waiting")):
        place = Place()
        place.on_air("hall1")
        place.leaves("hall1")
        place.later(KEPT_S)
        place.on_air("spare")
        place.later(away)
        assert place.offers("hall2") == verdict


def test_a_hall_that_has_sent_for_hours_keeps_its_right_through_a_hiccup() -> None:
    place = Place()
    place.on_air("hall")
    place.seconds += 10_000  # nobody looked meanwhile
    place.silent("hall")
    place.later(KEPT_S)
    place.on_air("copy")
    place.live("hall")
    place.later(1.0)
    assert place.feeders.feeds("hall")


def test_a_copy_that_only_connects_keeps_no_hall_out() -> None:
    place = Place()
    assert place.offers("copy") == "granted"
    assert place.offers("hall") == "granted"
    assert place.told() == [], "nobody sends yet"
    place.live("hall")
    assert place.told() == [("copy", "waiting", "machine"), ("hall", "contested", "machine")]
    assert place.feeders.bounced == ["copy"], "before it is live: it would be seen"
    assert place.feeders.feeds("hall")


def test_a_copy_that_offers_and_leaves_all_the_time_keeps_no_hall_out() -> None:
    place = Place()
    place.offers("copy")
    place.leaves("copy")
    place.on_air("hall")


def test_a_copy_that_sends_packets_without_a_picture_keeps_no_hall_out() -> None:
    place = Place()
    place.offers("copy")
    place.becomes("copy", "stalled")
    place.on_air("hall")
    assert place.feeders.bounced == ["copy"]
    assert place.offers("copy") == "waiting"


def test_a_page_whose_packets_pause_still_sends() -> None:
    place = Place()
    place.on_air("hall")
    place.becomes("hall", "stalled")
    assert place.offers("copy") == "waiting"


def test_of_two_that_connect_the_first_to_be_live_is_let_in_whichever_offered_first() -> None:
    place = Place()
    place.offers("one")
    place.offers("two", LECTERN)
    place.live("two")
    assert ("one", "waiting", "machine") in place.told()
    place.leaves("one")
    place.later(AWAY_S)
    assert place.offers("one2") == "waiting"
    place.leaves("two")
    place.on_air("two2")


def test_of_two_that_are_live_at_one_look_the_one_that_feeds_stays() -> None:
    place = Place()
    place.offers("hall")
    place.offers("copy")
    place.states["copy"] = "live"
    place.live("hall")
    assert place.feeders.bounced == ["copy"]
    assert place.feeders.takeovers == {}


def test_a_copy_that_the_media_plane_takes_after_the_hall_is_live_is_ended() -> None:
    place = Place()
    place.offers("hall")
    assert place.feeders.claim(page("copy"), TOKIO, place.now) == "granted"
    place.live("hall")
    assert place.feeders.bounced == [], "the media plane would take it after its end"
    place.states["copy"] = "connecting"
    place.feeders.joined(page("copy"), place.now)
    assert place.feeders.bounced == ["copy"]


def test_a_page_that_was_live_too_late_and_has_closed_does_not_wait_for_ever() -> None:
    place = Place()
    place.offers("copy")
    place.feeders.closed("copy", place.now)
    place.later(AWAY_S)
    place.on_air("hall")
    place.later(0.1)
    assert place.feeders.waiting() == {}


def test_a_page_that_waits_and_offers_again_is_told_nothing_new() -> None:
    place = Place()
    place.on_air("hall")
    place.offers("copy")
    place.told()
    assert place.offers("copy") == "waiting"
    assert place.told() == []


def test_a_hall_that_makes_a_new_connection_keeps_its_place_while_it_connects() -> None:
    place = Place()
    place.on_air("hall")
    place.offers("copy")
    place.told()
    place.offers("hall")
    place.becomes("hall", "connecting")
    place.later(KEPT_S / 2)
    assert place.told() == []
    place.live("hall")
    assert place.told() == []


def test_a_hall_that_crashes_is_back_in_its_place_after_15_s() -> None:
    place = Place()
    place.on_air("hall1")
    place.offers("spare")
    place.silent("hall1")
    place.on_air("spare")
    place.later(15)
    place.told()
    assert place.offers("hall2") == "granted"
    assert place.feeders.feeds("spare"), "until the hall is live"
    place.live("hall2")
    assert ("spare", "replaced", "machine") in place.told()


def test_an_invited_page_keeps_its_turn_while_it_connects() -> None:
    place = Place()
    place.on_air("hall")
    place.offers("one")
    place.offers("two")
    place.silent("hall")
    assert place.offers("one") == "granted"
    place.told()
    place.later(INVITED_S / 2)
    assert place.offers("two") == "waiting"
    assert place.told() == []
    place.live("one")
    assert place.offers("two") == "waiting"


def test_the_place_is_one_so_a_copy_cannot_feed_another_of_its_inputs() -> None:
    place = Place()
    place.on_air("hall")
    assert place.offers("copy", LECTERN) == "waiting"


def test_the_newest_page_of_a_browser_takes_over_once_it_is_live() -> None:
    place = Place()
    place.on_air("hall1")
    assert place.offers("hall2") == "granted"
    assert place.told() == [], "its picture is not there yet"
    place.live("hall2")
    assert place.told() == [("hall1", "replaced", "window")]
    assert place.feeders.ending == ["hall1"]
    assert place.feeders.takeovers == {}, "the desk has nothing to know"


def test_of_several_new_pages_of_a_browser_the_newest_remains_whichever_is_live_first() -> None:
    place = Place()
    place.on_air("hall1")
    place.offers("hall2")
    place.offers("hall3")
    place.live("hall3")
    assert place.told() == [("hall1", "replaced", "window"), ("hall2", "replaced", "window")]
    place.live("hall2")
    assert place.told() == []


def test_two_inputs_of_a_hall_may_be_two_pages_of_its_browser() -> None:
    place = Place()
    place.on_air("hall1", TOKIO)
    place.on_air("hall2", LECTERN)
    assert place.told() == []


def test_a_page_that_was_replaced_and_offers_before_it_knows_is_refused() -> None:
    place = Place()
    place.on_air("hall1")
    place.on_air("hall2")
    assert place.offers("hall1") == "replaced"
    place.states.pop("hall1")
    place.feeders.gone("hall1", place.now)
    assert place.offers("hall1") == "granted", "its user asked for it"


def test_a_hall_that_reloads_is_back_though_another_waits() -> None:
    place = Place()
    place.on_air("hall1")
    place.offers("copy")
    place.leaves("hall1")
    place.later(KEPT_S / 2)
    place.told()
    place.on_air("hall2")
    assert place.told() == [("hall2", "contested", "machine")]


def test_when_the_hall_has_left_the_one_that_waits_is_invited() -> None:
    place = Place()
    place.on_air("hall")
    place.offers("spare")
    place.leaves("hall")
    place.told()
    place.later(KEPT_S)
    assert place.told() == [("spare", "admitted", None)]
    place.on_air("spare")


def test_of_several_that_wait_the_first_is_invited_and_the_next_only_if_it_does_not_come() -> None:
    place = Place()
    place.on_air("hall")
    place.offers("one")
    place.later(1)
    place.offers("two")
    place.silent("hall")
    assert place.told()[-1] == ("one", "admitted", None) or ("one", "admitted", None) in place.told()
    assert place.offers("three") == "waiting", "the place is kept for the one invited"
    place.told()
    place.later(INVITED_S)
    assert ("two", "admitted", None) in place.told()


def test_a_stand_in_gives_the_place_back_when_the_halls_packets_come_again() -> None:
    place = Place()
    place.on_air("hall")
    place.offers("spare")
    place.silent("hall")
    place.on_air("spare")
    assert place.feeders.takeovers["tokio"].page.peer == "spare"
    place.told()
    place.live("hall")
    assert ("spare", "replaced", "machine") in place.told()
    assert place.offers("spare") == "replaced"
    place.leaves("spare")
    assert place.offers("spare2") == "waiting", "it had stood in and was not let in"


def test_a_stand_in_that_comes_too_late_waits_again() -> None:
    place = Place()
    place.on_air("hall")
    place.offers("spare")
    place.silent("hall")
    assert place.offers("spare") == "granted"
    place.told()
    place.live("hall")
    assert place.told() == [("spare", "waiting", "machine"), ("hall", "contested", "machine")]
    assert place.feeders.bounced == ["spare"]


def test_the_desk_lets_a_machine_in_and_the_one_before_needs_the_desk_to_come_back() -> None:
    place = Place()
    place.on_air("thief")
    place.offers("hall")
    place.told()
    place.admit()
    assert place.told() == [("hall", "admitted", None), ("thief", "admitted", None)], "the contest is over"
    assert place.offers("hall") == "granted"
    assert place.told() == [], "the thief sends until the hall is live"
    place.live("hall")
    assert place.told() == [("thief", "replaced", "machine")]
    assert place.feeders.takeovers["tokio"].page.peer == "hall"
    place.leaves("thief")
    assert place.offers("thief2") == "waiting"


def test_a_machine_that_feeds_another_input_stays_let_in() -> None:
    place = Place()
    place.on_air("hall", TOKIO)
    assert place.offers("lectern", LECTERN) == "waiting"
    place.admit()
    place.on_air("lectern", LECTERN)
    place.leaves("hall")
    place.on_air("hall2", TOKIO)


def test_a_page_whose_user_closed_the_newer_window_feeds_again_by_itself() -> None:
    place = Place()
    place.on_air("hall1")
    place.on_air("hall2")
    place.states.pop("hall1")
    place.feeders.gone("hall1", place.now)
    place.leaves("hall2")
    place.told()
    place.later(KEPT_S)
    assert place.told() == [("hall1", "admitted", None)]
    place.on_air("hall1")


def test_a_page_that_closes_waits_no_more() -> None:
    place = Place()
    place.on_air("hall")
    place.offers("copy")
    place.told()
    place.leaves("copy")
    assert place.told() == [], "it may have lost its connection for a moment"
    place.later(AWAY_S)
    assert place.told() == [("hall", "admitted", None)]
    assert place.feeders.waiting() == {}


def test_a_page_that_loses_its_connection_for_a_moment_keeps_its_turn() -> None:
    place = Place()
    place.on_air("hall")
    place.offers("one")
    place.offers("two")
    place.feeders.closed("one", place.now)
    place.admit()
    place.feeders.opened("one")
    assert place.offers("one") == "granted", "the desk has let it in meanwhile"


def test_a_page_that_is_away_is_not_invited() -> None:
    place = Place()
    place.on_air("hall")
    place.offers("one")
    place.offers("two")
    place.feeders.closed("one", place.now)
    place.told()
    place.silent("hall")
    assert [told for told in place.told() if told[1] == "admitted"] == [("two", "admitted", None)]


def test_an_offer_that_was_refused_leaves_the_place_free() -> None:
    place = Place()
    assert place.feeders.claim(page("broken"), TOKIO, place.now) == "granted"
    place.feeders.refused(page("broken"), place.now)
    place.on_air("hall")
    place.leaves("hall")
    assert place.offers("broken") == "waiting", "it was never let in"


def test_only_so_many_pages_may_wait_at_a_place() -> None:
    place = Place()
    place.on_air("hall")
    names = [f"copy{'abcdefghij'[n]}" for n in range(MAX_WAITING + 1)]
    assert [place.offers(name) for name in names] == ["waiting"] * MAX_WAITING + ["crowded"]
    assert place.offers(names[0]) == "waiting", "it waits already"


def test_the_desk_is_told_of_a_takeover_for_some_time() -> None:
    place = Place()
    place.on_air("hall")
    place.silent("hall")
    place.on_air("spare")
    place.later(TAKEOVER_TOLD_S - 1)
    assert place.feeders.takeovers
    place.later(1)
    assert not place.feeders.takeovers


def test_the_desk_is_told_of_another_browser_that_comes_after_the_first_has_left() -> None:
    place = Place()
    place.on_air("hall")
    place.leaves("hall")
    place.later(KEPT_S)
    place.on_air("other")
    assert place.feeders.takeovers["tokio"].page.peer == "other"
    place.leaves("other")
    place.later(KEPT_S)
    place.on_air("hall2")
    assert place.feeders.takeovers["tokio"].page.peer == "hall2"


class AnyPlace(RuleBasedStateMachine):
    """Three browsers with two pages each do whatever they like at one place with two inputs."""

    PAGES = st.sampled_from([f"{browser}{n}" for browser in "abc" for n in (1, 2)])
    SOURCES = st.sampled_from([TOKIO, LECTERN])

    def __init__(self) -> None:
        super().__init__()
        self.place = Place()
        self.earned: set[str] = set()
        """Browsers that were live while no other sent to the place, or were admitted."""
        self.by_right: dict[str, Page] = {}
        """By source: who fed it after the last step, and was let in."""

    @rule(name=PAGES, source=SOURCES)
    def offers(self, name: str, source: str) -> None:
        feeders = self.place.feeders
        let_in = {b for browsers in feeders._let_in.values() for b in browsers}
        rivals = {p.browser for p in feeders._fed() if feeders._sends(p)} - {page(name).browser}
        feeds_it = (held := feeders._feeds.get(source)) is not None and held.peer == name
        verdict = self.place.offers(name, source)
        if verdict == "granted" and rivals:
            assert page(name).browser in let_in or feeds_it, "nobody gets in beside one who sends"

    @rule(name=PAGES)
    def live(self, name: str) -> None:
        if name in self.place.states:
            states, browser = self.place.states, page(name).browser
            fed = {p.peer: p.browser for p in self.place.feeders._fed()}
            others = [states.get(peer) for peer, other in fed.items() if other != browser]
            if name in fed and "live" not in others:
                self.earned.add(browser)
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
        self.place.feeders.opened(name)
        self.place.later(0)

    @rule(name=PAGES)
    def silent(self, name: str) -> None:
        if name in self.place.states:
            self.place.silent(name)

    @rule(name=PAGES)
    def leaves(self, name: str) -> None:
        self.place.leaves(name)

    @rule(seconds=st.sampled_from([0.1, KEPT_S, INVITED_S]))
    def later(self, seconds: float) -> None:
        self.place.later(seconds)

    @rule()
    def admit(self) -> None:
        if self.place.feeders.waiting():
            self.earned.add(self.place.feeders.waiting()["tokio"][0].page.browser)
            self.place.admit()

    @invariant()
    def only_one_that_was_live_or_admitted_takes_a_source_from_one_that_feeds_by_right(self) -> None:
        feeders = self.place.feeders
        for source, before in self.by_right.items():
            now = feeders._feeds.get(source)
            if (
                now is not None
                and now.browser != before.browser
                and self.place.states.get(before.peer) == "live"
            ):
                assert now.browser in self.earned
                assert feeders._is_let_in(now)
        self.by_right = {
            s: p for s, p in feeders._feeds.items() if feeders._sends(p) and feeders._is_let_in(p)
        }
        assert {b for browsers in feeders._let_in.values() for b in browsers} <= self.earned

    @invariant()
    def a_page_without_the_right_is_granted_nothing_while_another_sends(self) -> None:
        feeders = self.place.feeders
        for found in feeders._fed():
            others = [p for p in feeders._fed() if p.browser != found.browser and feeders._sends(p)]
            if others and not feeders._is_let_in(found) and not feeders._sends(found):
                assert self.place.states.get(found.peer) == "absent"

    @invariant()
    def a_page_feeds_one_source_and_none_that_it_waits_for(self) -> None:
        feeders = self.place.feeders
        fed = [p.peer for p in feeders._fed()]
        assert len(fed) == len(set(fed))
        waiting = {w.page.peer for wishes in feeders.waiting().values() for w in wishes}
        assert not waiting & set(feeders._replaced)

    @invariant()
    def nobody_waits_at_a_place_that_is_free(self) -> None:
        feeders = self.place.feeders
        if feeders.waiting() and not feeders._kept and not feeders._invited and not feeders._away:
            assert any(feeders._sends(p) for p in feeders._fed())


AnyPlace.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestAnyPlace = AnyPlace.TestCase
