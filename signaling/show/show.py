"""The show as a value: all that is known of it at one moment, but for the time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from config.model import SLATE, Event, Item, Layout
from config.times import ZERO, Duration, Instant, local_date
from signaling.show.facts import Said
from signaling.show.failover import NEVER_FED, SourceStatus
from signaling.show.terms import EVERYBODY, Reason, SkipReason


@dataclass(frozen=True, slots=True)
class Run:
    """An item's time on air."""

    start: Instant
    end: Instant | None = None
    """None while it is on air."""
    extended: Duration = ZERO
    """By how much a moderator made it longer, or shorter where negative."""
    again: bool = False
    """It was the item last on air as well: somebody put it back, out of a gap or after the end."""


@dataclass(frozen=True, slots=True)
class Programme:
    """What is on air: what everybody sees who is not on air himself."""

    source: str
    """A source id or `slate`."""
    beside: tuple[str, ...]
    """Further sources on screen."""
    layout: Layout
    mics: tuple[str, ...]
    """Sources whose microphones are open, whether or not they are there."""
    reason: Reason

    @property
    def on_screen(self) -> tuple[str, ...]:
        """All that is to be seen of it."""
        return (self.source, *self.beside)


HOLDING_SLATE = Programme(SLATE, (), Layout.SOLO, (), "agenda")
"""The slate, because nothing else is to be seen: before the first item, in a gap, after the last."""


@dataclass(frozen=True, slots=True)
class UndoStep:
    """What can be taken back: a command, and the show as it was when it came."""

    command: str
    """Its type."""
    show: Show


MAX_UNDO_STEPS = 32
"""Commands that can be taken back."""


@dataclass(frozen=True, slots=True)
class Show:
    """All there is to know of a show at one moment, but for the time."""

    event: Event
    """With its plan as it counts now, that is after any move, and any reload."""
    index: Mapping[str, int]
    """Where in the agenda each item is."""
    sources: Mapping[str, SourceStatus]
    """Every source of the event but the slate."""
    skipped: Mapping[str, SkipReason]
    """Items left out, and why."""
    name: str = ""
    """Tells the event from others: the year and title that the log begins with, whatever its file says later."""
    auto_start: bool = False
    """It begins by itself when its first item's time has come."""
    moved: Duration = ZERO
    """By how much the whole plan is later than its file says."""
    phase: Literal["before", "running", "ended"] = "before"
    held: bool = False
    on_air: str | None = None
    """The item on air; None before, after and in a gap."""
    last: str | None = None
    """The item on air or, where there is none, the one last on air."""
    runs: Mapping[str, Run] = field(default_factory=dict)
    """When each item was on air; those that are to come (again) have no entry."""
    delays: Mapping[str, Duration] = field(default_factory=dict)
    """By how much the earliest start of an item is shifted."""
    taken: str | None = None
    speaker: str | None = None
    """Who speaks, as far as the item on air follows the voice; None until somebody other than its source has."""
    armed_item: str | None = None
    armed_source: str | None = None
    """What a moderator marked as next: an item, a source, or neither."""
    mics: Mapping[str, bool] = field(default_factory=dict)
    """Microphones opened (True) or closed by hand until the next item."""
    messages: Mapping[str, Said] = field(default_factory=dict)
    """Texts that stand on people's screens, by venue, guest or `all`. They outlast items and the show."""
    programme: Programme = HOLDING_SLATE
    """As of the last cut. `routing.programme` decides what it should be."""
    since: Instant | None = None
    """When its source came on air, for that reason; None before the first cut."""
    recent: tuple[str, ...] = ()
    """Sources that were on air, the latest first, each once."""
    undo: tuple[UndoStep, ...] = ()
    """Commands that can be taken back, the last one last: those since the agenda last went on by itself."""
    latest: Instant | None = None
    """When the last fact was; none counts from an earlier instant."""

    @property
    def position(self) -> int:
        """Where in the agenda the item on or last on air is; -1 before the first. All above it is over."""
        return -1 if self.last is None else self.index.get(self.last, -1)

    @property
    def item(self) -> Item | None:
        """The item on air."""
        return None if self.on_air is None else self.event.agenda[self.index[self.on_air]]

    def clock(self, now: Instant) -> Instant:
        """`now`, but not before the last fact: a clock that was set back must not turn the log around."""
        return now if self.latest is None else max(now, self.latest)


def begin(event: Event, *, auto_start: bool = False) -> Show:
    """The show of an event before anything has happened: every source absent, the slate on air."""
    year = local_date(event.agenda[0].planned.start, event.timezone).year
    return Show(
        name=f"{year}:{event.title}",
        auto_start=auto_start,
        event=event,
        index={item.id: n for n, item in enumerate(event.agenda)},
        sources=dict.fromkeys(event.sources, NEVER_FED),
        skipped={item.id: "file" for item in event.agenda if item.skip},
    )


def recipients(event: Event) -> tuple[str, ...]:
    """Whom a message can be to."""
    return (*event.venues, *event.guests, EVERYBODY)
