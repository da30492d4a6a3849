"""Any event and any day: strategies for the property tests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from types import MappingProxyType
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from config.model import Advance, Event, Follow, Guest, Item, ItemType, Layout, Span, Venue
from config.times import ZERO, Duration, Instant, plus
from signaling.show import state
from signaling.show.facts import Fact
from signaling.show.messages import COMMAND, SourceState
from signaling.show.state import Refused, Show

TEN = Instant(1_536_998_400_000)
ZONES = (ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Tokyo"))
VENUES = (("krefeld", ("main",)), ("tokio", ("main", "lectern")), ("berlin", ("main", "balcony", "foyer")))
STATES: tuple[SourceState, ...] = ("absent", "connecting", "live", "stalled")

lengths = st.integers(1, 60).map(lambda n: Duration(n * 10_000))


@st.composite
def events(draw: st.DrawFn, advance: Advance | None = None) -> Event:
    """An event of up to eight items. With `advance` all of them advance so."""
    venues = {
        name: Venue(name, name.title(), "", ZONES[n % 2], "de", inputs)
        for n, (name, inputs) in enumerate(VENUES[: draw(st.integers(1, 3))])
    }
    guests = {"uchida": Guest("uchida", "Miki Uchida", "", ZONES[1], "ja")} if draw(st.booleans()) else {}
    empty = Event("Any", ZONES[0], "de", None, MappingProxyType(venues), MappingProxyType(guests), ())
    agenda = tuple(_agenda(draw, empty.sources, draw(st.integers(1, 8)), advance))
    host = draw(st.sampled_from([None, *venues]))
    return Event("Any", ZONES[0], "de", host, empty.venues, empty.guests, agenda)


def _agenda(draw: st.DrawFn, sources: tuple[str, ...], count: int, advance: Advance | None) -> Iterator[Item]:
    start, end = TEN, TEN
    for n in range(count):
        begins = n == 0 or draw(st.booleans())
        # A start of its own may lie in the item above (its plan is soft) or leave a gap, but not before that one.
        start = max(start, plus(end, Duration(draw(st.integers(-20, 30)) * 10_000))) if n and begins else end
        length = draw(lengths)
        end = plus(start, length)
        kind = draw(st.sampled_from(ItemType))
        source = draw(st.sampled_from([*sources, "slate"]))
        beside = draw(st.lists(st.sampled_from(sources), max_size=3, unique=True))
        yield Item(
            id=f"item-{n}",
            title=f"Item {n}",
            start=start if begins else None,
            duration=length,
            planned=Span(start, end),
            hard=begins and draw(st.booleans()),
            source=source,
            beside=tuple(s for s in beside if s != source),
            layout=draw(st.sampled_from(Layout)),
            mics=tuple(draw(st.lists(st.sampled_from(sources), unique=True))),
            return_source=draw(st.sampled_from([None, "slate", *sources])),
            speaker="",
            language="de",
            type=kind,
            follow=Follow.AGENDA,
            advance=advance or draw(st.sampled_from(Advance)),
            fallback=(*draw(st.lists(st.sampled_from(sources), max_size=3, unique=True)), "slate"),
            skip=draw(st.integers(0, 9)) == 0,
            notes="",
            warn=ZERO,
            danger=ZERO,
        )


@dataclass
class Day:
    """A show that things happen to, and all the facts of it."""

    show: Show
    now: Instant = TEN
    facts: list[Fact] = field(default_factory=list)

    def note(self, facts: tuple[Fact, ...]) -> None:
        self.facts += facts
        self.show = state.replay(self.show, *facts)


@st.composite
def moments(draw: st.DrawFn, event: Event, most: int = 25) -> Iterator[Day]:
    """A day of an event: the same `Day` again and again, each time after one more thing has happened to it."""
    count = draw(st.integers(0, most))

    def run() -> Iterator[Day]:
        day = Day(state.begin(event))
        yield day
        for _ in range(count):
            _happen(draw, day)
            yield day

    return run()


def _happen(draw: st.DrawFn, day: Day) -> None:
    """Time passes, what is due happens, then perhaps somebody does something, which may be refused."""
    day.now = plus(day.now, Duration(draw(st.integers(0, 40)) * 10_000))
    day.note(state.tick(day.show, day.now))
    what = draw(
        st.sampled_from(
            [
                "start",
                "next",
                "next",
                "previous",
                "goto",
                "hold",
                "resume",
                "extend",
                "take",
                "release",
                "report",
                "report",
                "wait",
            ]
        )
    )
    sources = list(day.show.sources)
    if what == "wait":
        return
    if what == "report":
        source, became = draw(st.sampled_from(sources)), draw(st.sampled_from(STATES))
        day.note(state.report(day.show, {source: became}, day.now))
        return
    fields: dict[str, object] = {}
    if what in ("next", "previous"):
        fields = {"from": day.show.last}
    elif what == "goto":
        fields = {"item": draw(st.sampled_from(day.show.event.agenda)).id}
    elif what == "extend":
        fields = {"seconds": draw(st.integers(-60, 60)) * 10}
    elif what == "take":
        fields = {"source": draw(st.sampled_from([*sources, "slate"]))}
    try:
        day.note(state.apply(day.show, COMMAND.validate_python({"id": "1", "type": what, **fields}), day.now))
    except Refused:
        return
