"""Any event and any day: strategies for the property tests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from config.model import Advance, Booth, Event, Follow, Guest, Item, ItemType, Layout, Span, Venue
from config.times import HOUR, ZERO, Duration, Instant, plus
from signaling.show import core
from signaling.show.core import CommandRefused, Show
from signaling.show.facts import Fact
from signaling.show.terms import BY_DESK, Author
from signaling.show.wire.commands import COMMAND
from tests.unit.signaling.show.build import event

TEN = Instant(1_536_998_400_000)
"""Ten in the morning of an ordinary day, by the clocks of Berlin."""
BEGINNINGS = (
    TEN,
    Instant(1_577_832_900_000),  # five minutes before midnight and the year 2020
    Instant(1_774_745_700_000),  # 2026-03-29 01:55 in Berlin: the clocks go from 02:00 to 03:00
    Instant(1_792_889_700_000),  # 2026-10-25 02:55 in Berlin, the first: the clocks go from 03:00 to 02:00
)
"""When events begin. Tokyo has no DST."""
ZONES = (ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Tokyo"))
VENUES = (("krefeld", ("main",)), ("tokio", ("main", "lectern")), ("berlin", ("main", "balcony", "foyer")))
LIVE: core.SourceReport = ("live", "flows")
SILENT: core.SourceReport = ("stalled", "silent")
REPORTS: tuple[core.SourceReport, ...] = (
    LIVE,
    SILENT,
    ("absent", "left"),
    ("connecting", "joined"),
    ("stalled", "no-keyframe"),
    ("stalled", "unreachable"),
)

SPOKEN = ("de", "ja", "en", "fr")
"""What the floor may speak; the event has channels for some of it."""
PAIRS = (("de", "ja"), ("ja", "de"), ("de", "en"), ("en", "fr"), ("fr", "en"), ("ja", "en"))
SEATS = ("anna", "ben", "cleo")
BOOTHS = ("kabine", "zwei", "drei", "vier")
DOLMETSCHEN = Author("interpreter", "kabine")

lengths = st.integers(1, 60).map(lambda n: Duration(n * 10_000))
NIGHT = Duration(13 * HOUR)
gaps = st.integers(-20, 40).map(lambda n: Duration(n * 10_000) if n <= 30 else NIGHT)
"""From the end of an item to the start of the next, if that has its own."""


@st.composite
def events(draw: st.DrawFn, advance: Advance | None = None, begin: Instant | None = None) -> Event:
    """An event of up to eight items, some over a change of DST, some over several days.

    `advance` is that of all items, `begin` the start of the first one.
    """
    begin = begin or draw(st.sampled_from(BEGINNINGS))
    venues = {
        name: Venue(name, name.title(), "", ZONES[n % 2], "de", inputs)
        for n, (name, inputs) in enumerate(VENUES[: draw(st.integers(1, 3))])
    }
    guests = {"uchida": Guest("uchida", "Miki Uchida", "", ZONES[1], "ja")} if draw(st.booleans()) else {}
    channels = draw(st.sampled_from(((), ("de", "ja"), SPOKEN[:3], SPOKEN)))
    empty = Event("Any", ZONES[0], "de", None, MappingProxyType(venues), MappingProxyType(guests), ())
    agenda = tuple(_agenda(draw, begin, empty.sources, draw(st.integers(1, 8)), advance))
    host = draw(st.sampled_from([None, *venues]))
    return replace(empty, host=host, agenda=agenda, languages=channels, booths=draw(booths(channels)))


@st.composite
def booths(draw: st.DrawFn, channels: tuple[str, ...]) -> dict[str, Booth]:
    """Up to four booths that interpret between these channels."""
    pairs = [pair for pair in PAIRS if set(pair) <= set(channels)]
    found = draw(st.lists(st.sampled_from(pairs), max_size=len(BOOTHS))) if pairs else []
    return {
        id: Booth(id, id.title(), pair, draw(st.integers(1, 3)))
        for id, pair in zip(BOOTHS, found, strict=False)
    }


def _agenda(
    draw: st.DrawFn, begin: Instant, sources: tuple[str, ...], count: int, advance: Advance | None
) -> Iterator[Item]:
    start, end = begin, begin
    for n in range(count):
        begins = n == 0 or draw(st.booleans())
        # A start of its own may lie within the item above (its plan is soft) or leave a gap, but not before it.
        start = max(start, plus(end, draw(gaps))) if n and begins else end
        length = draw(lengths)
        end = plus(start, length)
        kind = draw(st.sampled_from(ItemType))
        source = draw(st.sampled_from([*sources, "slate"]))
        beside = draw(st.lists(st.sampled_from(sources), max_size=8, unique=True))
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
            language=draw(st.sampled_from(SPOKEN)),
            type=kind,
            follow=draw(st.sampled_from(Follow)),
            advance=advance or draw(st.sampled_from(Advance)),
            fallback=(*draw(st.lists(st.sampled_from(sources), max_size=3, unique=True)), "slate"),
            skip=draw(st.integers(0, 9)) == 0,
            notes="",
            warn=ZERO,
            danger=ZERO,
        )


@dataclass
class Day:
    """A show, and all its facts so far."""

    show: Show
    now: Instant
    facts: list[Fact] = field(default_factory=list)

    def note(self, facts: tuple[Fact, ...]) -> None:
        self.facts += facts
        self.show = core.replay(self.show, *facts)


@st.composite
def moments(draw: st.DrawFn, of: Event, most: int = 25) -> Iterator[Day]:
    """A day of an event: the same `Day` again and again, each time after one more step."""
    count = draw(st.integers(0, most))

    def run() -> Iterator[Day]:
        day = Day(core.begin(of), of.agenda[0].planned.start)
        yield day
        for _ in range(count):
            _happen(draw, day)
            yield day

    return run()


PRESSED = (
    *("start", "next", "next", "previous", "goto", "hold", "resume", "extend", "take", "release", "arm"),
    *("delay", "skip", "unskip", "mic", "message", "undo", "undo"),
)
"""What a moderator presses, and how often."""
BESIDES = (
    *("floor", "interpret", "handover", "seat", "seat"),
    *("report", "report", "report", "report", "speak", "wait"),
)
"""What happens besides."""


def _happen(draw: st.DrawFn, day: Day) -> None:
    """Time passes, due steps happen, then perhaps a command or report, which may be refused."""
    # Some steps are within the delays of failover, others minutes apart.
    wait = st.integers(0, 25).map(lambda n: n * 100) | st.integers(0, 40).map(lambda n: n * 10_000)
    day.now = plus(day.now, Duration(draw(wait)))
    day.note(core.tick(day.show, day.now))
    what = draw(st.sampled_from((*PRESSED, *BESIDES)))
    sources = st.sampled_from(list(day.show.sources))
    if what == "wait":
        return
    if what == "report":
        source, became = draw(sources), draw(st.sampled_from(REPORTS))
        day.note(core.report(day.show, {source: became}, day.now))
        return
    if what == "speak":
        day.note(core.follow_voice(day.show, draw(sources), day.now))
        return
    if what in ("floor", "interpret", "handover", "seat"):
        interpret(draw, day, what)
        return
    _command(day, what, fields_of(draw, day.show, what))


def fields_of(draw: st.DrawFn, show: Show, what: str) -> dict[str, object]:
    """The fields of a moderator's command."""
    sources, items = list(show.sources), [item.id for item in show.event.agenda]
    match what:
        case "next" | "previous":
            return {"from": show.last}
        case "goto" | "skip" | "unskip":
            return {"item": draw(st.sampled_from(items))}
        case "arm":
            marks: list[dict[str, object]] = [
                {},
                {"item": draw(st.sampled_from(items))},
                {"source": sources[-1]},
            ]
            return draw(st.sampled_from(marks))
        case "delay":
            return {"item": draw(st.sampled_from(items)), "seconds": draw(st.integers(-60, 60)) * 10}
        case "mic":
            return {"source": draw(st.sampled_from([*sources, *show.seats])), "open": draw(st.booleans())}
        case "message":
            to = draw(st.sampled_from(["all", *show.event.venues, *show.event.guests]))
            return {"to": to, "text": draw(st.sampled_from(["", "Bitte lauter"]))}
        case "extend":
            return {"seconds": draw(st.integers(-60, 60)) * 10}
        case "take":
            beside = draw(st.lists(st.sampled_from(sources), max_size=8))
            return {"source": draw(st.sampled_from([*sources, *show.seats, "slate"])), "with": beside}
        case _:
            return {}


def interpret(draw: st.DrawFn, day: Day, what: str) -> None:
    """Something happens in a booth, or somebody says what the floor speaks. Anything may be refused."""
    event = day.show.event
    if what == "floor":
        by = draw(st.sampled_from((BY_DESK, DOLMETSCHEN)))
        _command(day, what, {"language": draw(st.sampled_from((None, *SPOKEN)))}, by)
        return
    booth, seat = draw(st.sampled_from(BOOTHS)), draw(st.sampled_from(SEATS))
    if what == "seat":
        if booth in event.booths:
            reports = st.sampled_from((*REPORTS, LIVE, LIVE, LIVE))
            day.note(core.report(day.show, {f"{booth}/{seat}": draw(reports)}, day.now))
        return
    fields: dict[str, object] = {"booth": booth, "seat": seat}
    if what == "handover":
        fields["ask"] = draw(st.booleans())
    else:
        fields["open"] = draw(st.sampled_from((True, True, False)))
        if draw(st.integers(0, 4)) == 0:
            fields["to"] = draw(st.sampled_from((None, *SPOKEN)))
    _command(day, what, fields, DOLMETSCHEN)


STORMY = (
    "a start: 10:00, duration: 10m, source: krefeld, with: [berlin], fallback: [tokio]",
    "b duration: 10m, source: tokio, fallback: [berlin, krefeld]",
    "c duration: 10m, source: berlin, mics: [berlin, tokio, krefeld], follow: voice, fallback: [tokio]",
)
PLACES = ("krefeld", "berlin", "tokio")
HANDS = ("next", "previous", "take", "release", "speak")
"""What people do besides."""


@st.composite
def storms(draw: st.DrawFn) -> Day:
    """A show on air whose sources come and go within tenths of a second, while people go on with it."""
    day = Day(core.begin(event(*STORMY)), TEN)
    first = draw(st.lists(st.sampled_from(PLACES), min_size=1, unique=True))
    day.note(core.report(day.show, dict.fromkeys(first, LIVE), day.now))
    _command(day, "start", {})
    reports = st.sampled_from((*REPORTS, LIVE, LIVE, LIVE, SILENT, SILENT, SILENT))
    happenings = st.tuples(st.integers(0, 8), st.sampled_from(PLACES), reports | st.sampled_from(HANDS))
    for tenths, whose, what in draw(st.lists(happenings, max_size=40)):
        day.now = plus(day.now, Duration(tenths * 100))
        day.note(core.tick(day.show, day.now))
        if not isinstance(what, str):
            day.note(core.report(day.show, {whose: what}, day.now))
        elif what == "speak":
            day.note(core.follow_voice(day.show, whose, day.now))
        else:
            _command(day, what, {"source": whose} if what == "take" else {})
    return day


INTERPRETING = (
    "seat",
    "seat",
    "seat",
    "interpret",
    "interpret",
    "interpret",
    "interpret",
    "handover",
    "floor",
)
"""What happens in booths, and how often."""


@st.composite
def interpreted(draw: st.DrawFn) -> Iterator[Day]:
    """A day of an event with booths, most of it in them: the same `Day` again and again, after each step."""
    of = draw(events())
    channels = draw(st.sampled_from((("de", "ja"), SPOKEN[:3], SPOKEN)))
    of = replace(of, languages=channels, booths=draw(booths(channels)))
    count = draw(st.integers(10, 50))

    def run() -> Iterator[Day]:
        day = Day(core.begin(of), of.agenda[0].planned.start)
        day.note(core.report(day.show, dict.fromkeys(of.sources, LIVE), day.now))
        seats = [f"{booth}/{seat}" for booth in of.booths for seat in SEATS]
        day.note(core.report(day.show, dict.fromkeys(seats, LIVE), day.now))
        for booth in draw(st.permutations(list(of.booths))):
            _command(day, "interpret", {"booth": booth, "seat": "anna", "open": True}, DOLMETSCHEN)
        _command(day, "start", {})
        yield day
        for _ in range(count):
            if draw(st.integers(0, 3)) == 0:
                _happen(draw, day)
            else:
                wait = Duration(draw(st.sampled_from((0, 0, 100, 700, 1_000, 2_400, 4_999, 5_000, 6_000))))
                day.now = plus(day.now, wait)
                day.note(core.tick(day.show, day.now))
                interpret(draw, day, draw(st.sampled_from(INTERPRETING)))
            yield day

    return run()


def _command(day: Day, what: str, fields: dict[str, object], by: Author = BY_DESK) -> None:
    """Send a command, which may be refused."""
    if what in ("next", "previous"):
        fields = {"from": day.show.last}
    try:
        command = COMMAND.validate_python({"id": "1", "type": what, **fields})
        day.note(core.apply(day.show, command, day.now, by))
    except CommandRefused:
        return
