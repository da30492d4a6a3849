"""What ran, against the plan: the report of a show, made from its event and its log alone.

All the arithmetic of `schalte report` is here; how it is printed is not. Times on air are counted from the first item's
start to the last one's end or, where the show has not ended, to the last thing that the log knows of. So those of all
sources and the slate add up to the length of the show.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from config.model import SLATE, Event, Item, place_of
from config.times import ZERO, Duration, Instant, between, total
from signaling.show.decide import command_of
from signaling.show.facts import (
    Fact,
)
from signaling.show.report.asrun import Airing, AsRunLog, Outage, Presence, Stretch
from signaling.show.show import begin
from signaling.show.terms import SkipReason


@dataclass(frozen=True, slots=True)
class DecodedEntry:
    """One line of the show log."""

    by: str
    """`role:id` of the person, or `clock` or `media`."""
    asked: bool
    """It answers a command."""
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class RefusedCommand:
    """A command that was not done."""

    at: Instant
    by: str
    """`role:id` of the person."""
    type: str
    code: str
    message: str
    left_out: int = 0
    """0: this one. More: so many of that person, of which only the last is told."""


@dataclass(frozen=True, slots=True)
class ItemReport:
    """An item as planned and as it was."""

    item: Item
    airings: tuple[Airing, ...]
    """Each time that it was on air; more than one where somebody went back."""
    on_air: Duration
    """All of them together."""
    skipped: SkipReason | None
    """Why it was left out; None where it was on air, or is still to come."""

    @property
    def late(self) -> Duration | None:
        """How much later than planned it first began; negative is early."""
        return between(self.item.planned.start, self.airings[0].start) if self.airings else None

    @property
    def over(self) -> Duration | None:
        """How much longer than planned it was on air; negative is shorter."""
        return total(self.on_air, Duration(-self.item.duration)) if self.airings else None


@dataclass(frozen=True, slots=True)
class OnAir:
    """How long somebody was to be seen."""

    main: Duration = ZERO
    """As the programme's own source."""
    beside: Duration = ZERO
    """On screen beside another."""


@dataclass(frozen=True, slots=True)
class ShowReport:
    """Everything that is told of a show."""

    event: Event
    """As planned; after a move of the whole plan, with that."""
    begin: Instant | None
    """None: it has not begun, and nothing was on air."""
    end: Instant | None
    """When the last item was over; None if it is not."""
    until: Instant | None
    """The last instant that counts: `end`, or the last thing that the log knows of, or now if the show is asked."""
    length: Duration
    items: tuple[ItemReport, ...]
    stretches: tuple[Stretch, ...]
    """What was on air from `begin` to `until`, without gaps."""
    sources: Mapping[str, OnAir]
    """By source, with the slate."""
    places: Mapping[str, OnAir]
    """By venue, guest or the slate. Two sources of one place on screen count once."""
    speakers: Mapping[str, Duration]
    """By the name that the agenda gives; time in which the slate stood in is not counted, nor for languages."""
    languages: Mapping[str, Duration]
    cuts: Mapping[str, int]
    """By reason."""
    fallbacks: Mapping[str, int]
    """Of the cuts to a fallback, how many for which loss."""
    faults: tuple[Outage, ...]
    """Those that fell into the show, in the order in which they began."""
    rooms: Mapping[str, tuple[Presence, ...]]
    """By source, when somebody fed it, before and after the show too. Every source of the event is here."""
    commands: Mapping[str, Mapping[str, int]]
    """By person and type. A command that found everything as it wanted counts as `nothing-to-do`."""
    refused: tuple[RefusedCommand, ...] = ()
    """By person, then in order."""


@dataclass
class ReportBuilder:
    """What has been told of a show so far. It can be added to while the show runs, and reported at any moment."""

    event: Event
    tape: AsRunLog = field(init=False)
    commands: dict[str, Counter[str]] = field(default_factory=dict)
    """By person and type."""

    def __post_init__(self) -> None:
        self.tape = AsRunLog(begin(self.event))

    def add(self, entry: DecodedEntry) -> None:
        """Take in the next line of the log."""
        for fact in entry.facts:
            self.tape.watch(fact)
        if entry.asked:
            self.commands.setdefault(entry.by, Counter())[command_of(entry.facts) or "nothing-to-do"] += 1

    def report(self, now: Instant | None = None, refusals: Sequence[RefusedCommand] = ()) -> ShowReport:
        """The report of what was told, and of what was refused. `now` is given where the show still runs, and what is
        on air counts up to it."""
        was = self.tape
        until = was.end if was.end is not None else _later(was.show.latest, now)
        ran = [i for i in was.taken_out.values() if i.id in was.airings and i.id not in was.show.index]
        sources = dict.fromkeys((*self.event.sources, *was.show.sources, *(p.source for p in was.presences)))
        stretches = _within(was.until(until), was.begin, until)
        pictures = [p for p in was.pictures if _counts(p.at, was.begin, until)]
        return ShowReport(
            event=was.show.event,
            begin=was.begin,
            end=was.end,
            until=until,
            length=ZERO if was.begin is None or until is None else between(was.begin, until),
            items=tuple(_item(was, item, until) for item in (*was.show.event.agenda, *ran)),
            stretches=tuple(stretches),
            sources=_on_air(stretches, places=False),
            places=_on_air(stretches, places=True),
            speakers=_shares(was, stretches, "speaker"),
            languages=_shares(was, stretches, "language"),
            cuts=Counter(p.reason for p in pictures),
            fallbacks=Counter(p.because or "not there yet" for p in pictures if p.reason == "fallback"),
            faults=tuple(fault for fault in was.faults if _falls_into(fault, was.begin, until)),
            rooms={s: tuple(p for p in was.presences if p.source == s) for s in sources},
            commands={who: dict(types) for who, types in self.commands.items()},
            refused=tuple(sorted(refusals, key=lambda refusal: refusal.by)),
        )


def report(
    event: Event,
    entries: Sequence[DecodedEntry],
    now: Instant | None = None,
    *,
    refusals: Sequence[RefusedCommand] = (),
) -> ShowReport:
    """The report of a show of `event` whose log says `entries`. For `now` and `refusals` see `Account.report`."""
    account = ReportBuilder(event)
    for entry in entries:
        account.add(entry)
    return account.report(now, refusals)


def _later(latest: Instant | None, now: Instant | None) -> Instant | None:
    """The clock may have been set back; what the log knows of has happened."""
    return latest if now is None else now if latest is None else max(latest, now)


def _within(stretches: Sequence[Stretch], begin: Instant | None, until: Instant | None) -> list[Stretch]:
    """What of the stretches lies in the show."""
    if begin is None or until is None:
        return []
    cut = (replace(s, start=max(s.start, begin), end=min(s.end, until)) for s in stretches)
    return [s for s in cut if s.start < s.end]


def _counts(at: Instant, begin: Instant | None, until: Instant | None) -> bool:
    return begin is not None and until is not None and begin <= at <= until


def _falls_into(fault: Outage, begin: Instant | None, until: Instant | None) -> bool:
    """Rooms that leave after the show are no fault, nor is what was well again before it."""
    if begin is None or until is None or fault.start >= until:
        return False
    return fault.end is None or fault.end > begin


def _item(was: AsRunLog, item: Item, until: Instant | None) -> ItemReport:
    airings = was.airings.get(item.id, ())
    lengths = (between(a.start, a.end or until or a.start) for a in airings)
    skipped = was.show.skipped.get(item.id)
    if skipped is None and not airings and was.show.index[item.id] < was.show.position:
        skipped = "passed"
    return ItemReport(item, airings, total(*lengths), None if airings else skipped)


def _on_air(stretches: Sequence[Stretch], *, places: bool) -> dict[str, OnAir]:
    found: dict[str, OnAir] = {}
    for stretch in stretches:
        length = between(stretch.start, stretch.end)
        main, *beside = (place_of(s) if places else s for s in stretch.programme.on_screen)
        for who in dict.fromkeys((main, *beside)):
            seen = found.get(who, OnAir())
            if who == main:
                found[who] = replace(seen, main=total(seen.main, length))
            else:
                found[who] = replace(seen, beside=total(seen.beside, length))
    return found


def _shares(was: AsRunLog, stretches: Sequence[Stretch], of: str) -> dict[str, Duration]:
    """How long items of each speaker or language were on air, but for the slate."""
    found: dict[str, Duration] = {}
    for stretch in stretches:
        item = None if stretch.item is None else was.item(stretch.item)
        if item is None or stretch.programme.source == SLATE:
            continue
        who = item.speaker if of == "speaker" else item.language
        if who:
            found[who] = total(found.get(who, ZERO), between(stretch.start, stretch.end))
    return found


# In words -------------------------------------------------------------------------------------------------------------


def in_words(difference: Duration | None, more: str, less: str, none: str) -> str:
    """A difference against the plan as people say it: `4 min late`, `1 h 05 min 10 s shorter`. Nothing for None."""
    if difference is None:
        return ""
    said = length_in_words(difference)
    return none if said == "0 s" else f"{said} {more if difference > 0 else less}"


def length_in_words(length: Duration) -> str:
    """A length in whole seconds: `2 d 1 h`, `1 h 05 min`, `4 min 10 s`, `40 s`; of a negative one, its size."""
    whole = abs(length) // 1000  # as clocks are read
    days, hours, minutes, seconds = whole // 86_400, whole // 3600 % 24, whole // 60 % 60, whole % 60
    parts = [f"{days} d"] if days else []
    if hours:
        parts.append(f"{hours} h")
    if minutes:
        parts.append(f"{minutes:02} min" if hours else f"{minutes} min")
    if seconds or not parts:
        parts.append(f"{seconds} s")
    return " ".join(parts)


def started_in_words(item: ItemReport) -> str:
    """How an item began against the plan."""
    return in_words(item.late, "late", "early", "on time")


def lasted_in_words(item: ItemReport) -> str:
    """How long an item was on air against the plan."""
    return in_words(item.over, "longer", "shorter", "as planned")
