"""The report of a show: what ran, against the plan, made from its event and its log alone.

All arithmetic of `schalte report` is here, but no formatting. Times on air count from the first item's start to the
last item's end or, if the show has not ended, to the last fact of the log. So the times of all sources and the slate
add up to the length of the show.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from config.model import SLATE, Event, Item, place_of
from config.times import ZERO, Duration, Instant, between, total
from signaling.show.decide import command_of
from signaling.show.facts import (
    Fact,
)
from signaling.show.report.asrun import Airing, AsRunLog, Outage, Presence, Stretch
from signaling.show.report.channels import ChannelTimes
from signaling.show.show import begin
from signaling.show.terms import SkipReason


@dataclass(frozen=True, slots=True)
class DecodedEntry:
    """One entry of the show log, with its facts decoded."""

    by: str
    """`role:id` of the person, or `clock` or `media`."""
    asked: bool
    """It has a command id."""
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class RefusedCommand:
    """A command that was refused."""

    at: Instant
    by: str
    """`role:id` of the person."""
    type: str
    code: str
    message: str
    left_out: int = 0
    """0: this one alone. More: that many refusals of this person are not listed; this is the last of them."""


@dataclass(frozen=True, slots=True)
class ItemReport:
    """An item as planned and as it ran."""

    item: Item
    airings: tuple[Airing, ...]
    """Each time that it was on air; more than one if somebody went back."""
    on_air: Duration
    """The sum of its airings."""
    skipped: SkipReason | None
    """Why it was skipped; None if it was on air or is still to come."""
    channels: Mapping[str, ChannelTimes]
    """By channel, while it was on air."""
    spoken: Mapping[str, Duration]
    """By language, how long the floor spoke it while the item was on air."""

    @property
    def late(self) -> Duration | None:
        """How much later than planned it first began; negative: earlier."""
        return between(self.item.planned.start, self.airings[0].start) if self.airings else None

    @property
    def over(self) -> Duration | None:
        """How much longer than planned it was on air; negative: shorter."""
        return total(self.on_air, Duration(-self.item.duration)) if self.airings else None


@dataclass(frozen=True, slots=True)
class OnAir:
    """How long a source or place was in the picture."""

    main: Duration = ZERO
    """As the programme's own source."""
    beside: Duration = ZERO
    """On screen beside another."""


@dataclass(frozen=True, slots=True)
class ShowReport:
    """Everything in the report of a show."""

    event: Event
    """As planned, after moves of the whole plan."""
    begin: Instant | None
    """None: the show has not begun, and nothing was on air."""
    end: Instant | None
    """When the last item was over; None if it is not."""
    until: Instant | None
    """The last instant that counts: `end`, or now in a running show, or the last fact of the log."""
    length: Duration
    items: tuple[ItemReport, ...]
    stretches: tuple[Stretch, ...]
    """The programme from `begin` to `until`, without gaps."""
    sources: Mapping[str, OnAir]
    """By source, including the slate."""
    places: Mapping[str, OnAir]
    """By venue, guest or the slate. Two sources of one place on screen count once."""
    speakers: Mapping[str, Duration]
    """By the name in the agenda. Time with the slate on air does not count, neither here nor for languages."""
    languages: Mapping[str, Duration]
    """By what the floor spoke: the item's language, or what `floor` said."""
    channels: Mapping[str, ChannelTimes]
    """How long each channel was needed and interpreted."""
    cuts: Mapping[str, int]
    """By reason."""
    fallbacks: Mapping[str, int]
    """Cuts to a fallback, by the reason of the loss."""
    outages: tuple[Outage, ...]
    """Those during the show, in the order of their begin."""
    rooms: Mapping[str, tuple[Presence, ...]]
    """By source, when somebody fed it, also before and after the show. It has every source of the event."""
    commands: Mapping[str, Mapping[str, int]]
    """By person and type. A command that changed nothing counts as `nothing-to-do`."""
    refused: tuple[RefusedCommand, ...] = ()
    """By person, then in order."""


class ReportBuilder:
    """Collects the entries of a show, also while it runs, and makes a report at any time."""

    def __init__(self, event: Event) -> None:
        self.event = event
        self.log = AsRunLog(begin(event))
        self.commands: dict[str, Counter[str]] = {}
        """By person and type."""

    def add(self, entry: DecodedEntry) -> None:
        """Take in the next entry of the log."""
        for fact in entry.facts:
            self.log.add(fact)
        if entry.asked:
            self.commands.setdefault(entry.by, Counter())[command_of(entry.facts) or "nothing-to-do"] += 1

    def report(self, now: Instant | None = None, refusals: Sequence[RefusedCommand] = ()) -> ShowReport:
        """The report of the entries so far and the refusals. If the show still runs, times on air count up to `now`."""
        log = self.log
        until = log.end if log.end is not None else _later(log.show.latest, now)
        ran = [i for i in log.removed_items.values() if i.id in log.airings and i.id not in log.show.index]
        sources = dict.fromkeys((*self.event.sources, *log.show.sources, *(p.source for p in log.presences)))
        stretches = _during_show(log.stretches_until(until), log.begin, until)
        pictures = [p for p in log.cuts if _is_during_show(p.at, log.begin, until)]
        channels = log.channels.times(log.show, log.begin, until)
        spoken = log.channels.spoken(log.show, log.begin, until)
        return ShowReport(
            event=log.show.event,
            begin=log.begin,
            end=log.end,
            until=until,
            length=ZERO if log.begin is None or until is None else between(log.begin, until),
            items=tuple(_item(log, item, until, channels, spoken) for item in (*log.show.event.agenda, *ran)),
            channels=channels[None],
            stretches=tuple(stretches),
            sources=_on_air(stretches, places=False),
            places=_on_air(stretches, places=True),
            speakers=_speakers(log, stretches),
            languages=spoken[None],
            cuts=Counter(p.reason for p in pictures),
            fallbacks=Counter(p.because or "not there yet" for p in pictures if p.reason == "fallback"),
            outages=tuple(outage for outage in log.outages if _is_in_show(outage, log.begin, until)),
            rooms={s: tuple(p for p in log.presences if p.source == s) for s in sources},
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
    """The report of a show of `event` with the log `entries`. For `now` and `refusals` see `ReportBuilder.report`."""
    builder = ReportBuilder(event)
    for entry in entries:
        builder.add(entry)
    return builder.report(now, refusals)


def _later(latest: Instant | None, now: Instant | None) -> Instant | None:
    """`now`, but not before the log's last fact: the clock may have been set back."""
    return latest if now is None else now if latest is None else max(latest, now)


def _during_show(stretches: Sequence[Stretch], begin: Instant | None, until: Instant | None) -> list[Stretch]:
    """The parts of the stretches during the show."""
    if begin is None or until is None:
        return []
    cut = (replace(s, start=max(s.start, begin), end=min(s.end, until)) for s in stretches)
    return [s for s in cut if s.start < s.end]


def _is_during_show(at: Instant, begin: Instant | None, until: Instant | None) -> bool:
    return begin is not None and until is not None and begin <= at <= until


def _is_in_show(outage: Outage, begin: Instant | None, until: Instant | None) -> bool:
    """Sources that leave after the show have no outage, nor have those that were live again before it."""
    if begin is None or until is None or outage.start >= until:
        return False
    return outage.end is None or outage.end > begin


def _item(
    log: AsRunLog,
    item: Item,
    until: Instant | None,
    channels: Mapping[str | None, Mapping[str, ChannelTimes]],
    spoken: Mapping[str | None, Mapping[str, Duration]],
) -> ItemReport:
    airings = log.airings.get(item.id, ())
    lengths = (between(a.start, a.end or until or a.start) for a in airings)
    skipped = log.show.skipped.get(item.id)
    if skipped is None and not airings and log.show.index[item.id] < log.show.position:
        skipped = "passed"
    return ItemReport(
        item=item,
        airings=airings,
        on_air=total(*lengths),
        skipped=None if airings else skipped,
        channels=channels.get(item.id, {}),
        spoken=spoken.get(item.id, {}),
    )


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


def _speakers(log: AsRunLog, stretches: Sequence[Stretch]) -> dict[str, Duration]:
    """How long items of each speaker were on air, without time on the slate."""
    found: dict[str, Duration] = {}
    for stretch in stretches:
        item = None if stretch.item is None else log.item(stretch.item)
        if item is None or stretch.programme.source == SLATE:
            continue
        if item.speaker:
            length = between(stretch.start, stretch.end)
            found[item.speaker] = total(found.get(item.speaker, ZERO), length)
    return found


# In words -------------------------------------------------------------------------------------------------------------


def in_words(difference: Duration | None, more: str, less: str, none: str) -> str:
    """A difference from the plan in words: `4 min late`, `1 h 05 min 10 s shorter`. Empty for None."""
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
