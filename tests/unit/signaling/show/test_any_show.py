"""Invariants of any show at every moment, under any commands, reports and clocks.

The neighbours in `test_properties` look at one thing each. Here is one long story after the other, with every command
there is, on nights when clocks are set too, and everything that is promised is looked at after each step.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from config.model import Event, Item
from config.times import HOUR, MINUTE, ZERO, Duration, Instant, plus, total
from signaling.patches import changes, patched
from signaling.show import core
from signaling.show.actions import Asked, Undone
from signaling.show.core import CommandRefused, Show
from signaling.show.facts import Ended, Fact, Started, from_json, to_json
from signaling.show.routing import programme
from signaling.show.rundown import rows_at
from signaling.show.view import View
from signaling.show.wire.commands import COMMAND
from tests.unit.signaling.show.build import previewed, published, seen, state_preview
from tests.unit.signaling.show.days import BOOTHS, REPORTS, SEATS, SPOKEN, events
from tests.unit.signaling.show.files import files, looked_up

STEPS = settings(max_examples=25, stateful_step_count=30, report_multiple_bugs=False)

places = st.integers(0, 7)
"""The index of an item or a source, modulo their number."""
waits = st.one_of(
    st.integers(0, 25).map(lambda n: Duration(n * 100)),  # within the times in which a source is waited for
    st.integers(0, 40).map(lambda n: Duration(n * 10_000)),
    st.integers(0, 5).map(lambda n: Duration(n * 20 * MINUTE)),
    st.just(Duration(11 * HOUR)),
)
shifts = st.integers(-60, 60).map(lambda n: n * 10) | st.sampled_from([-86_400, -0.001, 0.001, 7_200, 86_400])
"""Seconds."""


class AnyShow(RuleBasedStateMachine):
    """A show driven by Hypothesis."""

    @initialize(event=events(), auto_start=st.booleans(), early=waits)
    def begin(self, event: Event, auto_start: bool, early: Duration) -> None:
        self.first = self.show = core.begin(event, auto_start=auto_start)
        self.now = plus(event.agenda[0].planned.start, Duration(-early))
        self.log: list[dict[str, Any]] = []
        self.published: View | None = None
        self.on_air: str | None = None
        self.tick()

    # Time and reports

    # An automatic start is late if the server was down at its time.
    @precondition(lambda self: not (self.show.phase == "before" and self.show.auto_start))
    @rule(first=waits, second=waits)
    def time_passes(self, first: Duration, second: Duration) -> None:
        """One late tick has the same result as two ticks.

        But for a show that begins by itself: a server that was not up then begins it when it is.
        """
        middle, self.now = plus(self.now, first), plus(self.now, total(first, second))
        begins_by_itself = self.show.auto_start and self.show.phase == "before"
        at_once = core.tick(self.show, self.now)
        early = core.tick(self.show, middle)
        self.note(early)
        late = core.tick(self.show, self.now)
        assert early + late == at_once or begins_by_itself
        self.note(late)

    @rule(wait=waits)
    def the_server_sleeps(self, wait: Duration) -> None:
        """Due steps happen before anything else, each at its own instant."""
        self.now = plus(self.now, wait)
        self.tick()

    @rule(which=places, became=st.sampled_from(REPORTS))
    def a_source_changes(self, which: int, became: core.SourceReport) -> None:
        self.note(core.report(self.show, {self.source(which): became}, self.now))

    @rule(which=st.sets(places), became=st.sampled_from(REPORTS))
    def many_sources_change(self, which: set[int], became: core.SourceReport) -> None:
        self.note(core.report(self.show, {self.source(n): became for n in which}, self.now))

    @rule(which=places)
    def somebody_speaks(self, which: int) -> None:
        self.note(core.follow_voice(self.show, self.source(which), self.now))

    @precondition(lambda self: self.show.phase == "before")
    @rule(wait=waits)
    def the_plan_is_moved(self, wait: Duration) -> None:
        self.note(core.move(self.show, plus(self.now, wait)))

    # Commands

    @rule(command=st.sampled_from(["start", "hold", "resume", "release", "undo", "undo"]))
    def somebody_presses(self, command: str) -> None:
        self.do(command)

    @rule(command=st.sampled_from(["next", "next", "next", "previous"]), wait=st.integers(0, 1_999))
    def two_moderators_press_the_same(self, command: str, wait: int) -> None:
        """The plan moves at most once."""
        seen = self.show.last
        if not self.do(command, **{"from": seen}):
            return
        moved = self.show.on_air
        self.now = plus(self.now, Duration(wait))
        self.tick()
        if self.show.on_air != moved:
            return  # It has gone on by itself since.
        with pytest.raises(CommandRefused) as refused:
            core.apply(self.show, order(command, **{"from": seen}), self.now)
        assert refused.value.code == "stale"

    @rule(command=st.sampled_from(["goto", "arm", "skip", "unskip"]), which=places)
    def somebody_presses_beside_an_item(self, command: str, which: int) -> None:
        self.do(command, item=self.item(which).id)

    @rule(which=places, seconds=shifts)
    def an_item_is_delayed(self, which: int, seconds: float) -> None:
        self.do("delay", item=self.item(which).id, seconds=seconds)

    @rule(seconds=shifts)
    def the_item_on_air_is_made_longer_or_shorter(self, seconds: float) -> None:
        self.do("extend", seconds=seconds)

    @rule(command=st.sampled_from(["take", "arm"]), which=places)
    def somebody_presses_beside_a_source(self, command: str, which: int) -> None:
        self.do(command, source=self.source(which))

    @rule(which=places, is_open=st.booleans())
    def a_microphone_is_opened_or_closed(self, which: int, is_open: bool) -> None:
        self.do("mic", source=self.source(which), open=is_open)

    @rule(which=places, text=st.sampled_from(["", "Bitte lauter"]))
    def somebody_is_told(self, which: int, text: str) -> None:
        to = ["all", *self.show.event.venues, *self.show.event.guests]
        self.do("message", to=to[which % len(to)], text=text)

    @rule(language=st.sampled_from((None, *SPOKEN)))
    def somebody_says_what_the_floor_speaks(self, language: str | None) -> None:
        self.do("floor", language=language)

    @rule(booth=st.sampled_from(BOOTHS), seat=st.sampled_from(SEATS), became=st.sampled_from(REPORTS))
    def a_seat_changes(self, booth: str, seat: str, became: core.SourceReport) -> None:
        if booth in self.show.event.booths:
            self.note(core.report(self.show, {f"{booth}/{seat}": became}, self.now))

    @rule(booth=st.sampled_from(BOOTHS), seat=st.sampled_from(SEATS), is_open=st.booleans())
    def a_seat_is_opened_or_closed(self, booth: str, seat: str, is_open: bool) -> None:
        self.do("interpret", booth=booth, seat=seat, open=is_open)

    @rule(text=files())
    def the_file_is_changed(self, text: str) -> None:
        self.do("reload", yaml=text)

    # Invariants

    @invariant()
    def once_the_clock_has_ticked_nothing_is_overdue(self) -> None:
        """The timer finds at once what a command or a report made due."""
        self.tick()
        due = core.due(self.show)
        assert due is None or due > self.now
        assert core.tick(self.show, self.now) == ()

    @invariant()
    def expected_times_are_in_order_and_never_before_now(self) -> None:
        found = rows_at(self.show, self.now)
        cursor = self.show.clock(self.now)
        for row in found:
            if row.status == "on-air":
                assert row.expected is not None
                assert row.expected.end >= cursor
                cursor = row.expected.end
            elif row.status in ("next", "coming") and self.show.phase != "ended":
                assert row.expected is not None
                assert cursor <= row.expected.start < row.expected.end
                cursor = row.expected.end
        statuses = [row.status for row in found]
        assert statuses.count("on-air") == (self.show.on_air is not None)
        assert statuses.count("next") <= 1

    @invariant()
    def no_item_to_come_is_expected_before_its_start(self) -> None:
        for row in rows_at(self.show, self.now):
            if row.status in ("next", "coming") and row.expected is not None and row.item.start is not None:
                assert row.expected.start >= plus(row.item.start, self.show.delays.get(row.item.id, ZERO))

    @invariant()
    def a_hard_item_to_come_is_expected_at_its_time(self) -> None:
        """It cuts whatever runs before, but not twice: its time is over once what is on air began after it.

        While the show is held it may have to wait for what stands in front of it.
        """
        if self.show.held:
            return
        found = rows_at(self.show, self.now)
        begun = next((row.expected.start for row in found if row.status == "on-air" and row.expected), None)
        if begun is None and (run := self.show.runs.get(self.show.last or "")) is not None:
            begun = run.start
        latest = self.show.clock(self.now)
        for row in found:
            if row.status not in ("next", "coming") or row.expected is None:
                continue
            begun = row.expected.start if begun is None else begun
            at = plus(row.item.planned.start, self.show.delays.get(row.item.id, ZERO))
            if row.item.hard and at > begun:
                assert row.expected.start == max(at, latest)
                latest = row.expected.end

    @invariant()
    def the_programme_is_the_one_that_should_be(self) -> None:
        assert self.show.programme == programme(self.show)

    @invariant()
    def a_page_that_makes_every_patch_has_the_state(self) -> None:
        found, page = seen(self.show, self.now), published(self.show, self.now)
        assert found.document() == page.model_dump(mode="json", by_alias=True, exclude={"rev", "now"})
        if self.published is not None:
            told = list(changes(self.published, found))
            assert patched(deepcopy(self.published.document()), told) == found.document()
        self.published = found

    def teardown(self) -> None:
        """The log alone rebuilds the same show."""
        if hasattr(self, "show"):
            replayed = core.replay(self.first, *map(from_json, self.log))
            assert replayed == self.show
            assert list(replayed.seats) == list(self.show.seats)  # the order says which booth feeds a channel

    # Helpers

    def do(self, command: str, **fields: object) -> bool:
        """Send a command. A refused one changes nothing; one that changed the show can be undone completely.

        Its preview tells what it does.
        """
        before, wanted = self.show, order(command, **fields)
        try:
            facts = core.apply(before, wanted, self.now)
        except CommandRefused as refusal:
            with pytest.raises(CommandRefused, match=re.escape(str(refusal))):
                previewed(before, wanted, self.now)
            return False
        told = previewed(before, wanted, self.now)
        self.note(facts)
        if isinstance(facts[0] if facts else None, Asked):
            undone = core.replay(self.show, *core.apply(self.show, order("undo"), self.now))
            assert plan(undone, self.now) == plan(before, self.now)
        self.tick()
        assert told == state_preview(self.show, self.now)
        return bool(facts)

    def tick(self) -> None:
        self.note(core.tick(self.show, self.now))

    def note(self, facts: tuple[Fact, ...]) -> None:
        """Items on air never overlap, and none runs again unless somebody went back to it."""
        for fact in facts:
            position, latest = self.show.position, self.show.latest
            self.show = core.evolve(self.show, fact)
            self.log.append(to_json(fact))
            assert latest is None or self.show.latest is None or self.show.latest >= latest
            match fact:
                case Started(item=item, why=why):
                    assert self.on_air is None
                    self.on_air = item
                    assert self.show.position > position or why in ("previous", "goto")
                case Ended(item=item):
                    assert self.on_air == item
                    self.on_air = None
                case Undone():
                    self.on_air = self.show.on_air
                case _:
                    pass
        assert self.on_air == self.show.on_air
        self.runs_are_apart()

    def runs_are_apart(self) -> None:
        end: Instant | None = None
        for item in self.show.event.agenda:
            run = self.show.runs.get(item.id, None)
            if run is None:
                continue
            assert end is None or run.start >= end
            assert run.end is None or run.end >= run.start
            assert (run.end is None) == (item.id == self.show.on_air)
            end = run.end

    def item(self, which: int) -> Item:
        return self.show.event.agenda[which % len(self.show.event.agenda)]

    def source(self, which: int) -> str:
        sources = list(self.show.sources)
        return sources[which % len(sources)]


def order(command: str, **fields: object) -> Any:
    return COMMAND.validate_python({"id": "1", "type": command, **fields})


def plan(show: Show, now: Instant) -> object:
    """Everything that moderators decide, and its effect."""
    by_hand = (show.phase, show.held, show.taken, show.armed_item, show.mics, show.delays, show.skipped)
    return rows_at(show, now), by_hand, show.floor


@pytest.fixture(scope="module", autouse=True)
def _texts_are_looked_up() -> Iterator[None]:
    with looked_up():
        yield


TestAnyShow = AnyShow.TestCase
TestAnyShow.settings = STEPS
