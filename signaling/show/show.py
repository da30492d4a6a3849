"""The show as a value: everything that the log says of it at one moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from config.model import SLATE, Event, Item, Layout, place_of
from config.times import ZERO, Duration, Instant, local_date
from signaling.show.actions import Action, Asked
from signaling.show.eventtext import EventText
from signaling.show.facts import Cued, Flagged, Said, Taken
from signaling.show.failover import NEVER_FED, SourceStatus
from signaling.show.seats import Seat
from signaling.show.terms import Reason, SkipReason


@dataclass(frozen=True, slots=True)
class Run:
    """An item's time on air."""

    start: Instant
    end: Instant | None = None
    """None while it is on air."""
    extended: Duration = ZERO
    """How much a moderator extended it; negative: shortened."""
    again: bool = False
    """It was also the last item on air: somebody put it back, in a gap or after the end."""


@dataclass(frozen=True, slots=True)
class Programme:
    """What is on air. Places on air see a return picture instead."""

    source: str
    """A source id or `slate`."""
    beside: tuple[str, ...]
    """Further sources on screen."""
    layout: Layout
    mics: tuple[str, ...]
    """Sources whose microphones are open, even if the source is absent."""
    reason: Reason

    @property
    def on_screen(self) -> tuple[str, ...]:
        """Every source in the picture."""
        return (self.source, *self.beside)


@dataclass(frozen=True, slots=True)
class Carried:
    """What a channel carries."""

    booth: str | None
    """The booth that feeds it; None: it carries the floor."""
    since: Instant


HOLDING_SLATE = Programme(SLATE, (), Layout.SOLO, (), "agenda")
"""The slate by the agenda: before the first item, in a gap, after the last item."""


@dataclass(frozen=True, slots=True)
class UndoStep:
    """A command that can be taken back, and the show before it."""

    asked: Asked
    show: Show


MAX_UNDO_STEPS = 32
"""Commands that can be taken back; older ones are dropped."""
MAX_ACTIONS = 8
"""Actions that the desk is shown."""
MAX_SEEN_MESSAGES = 256
"""Messages whose readers are kept; the oldest is dropped."""


@dataclass(frozen=True, slots=True)
class Show:
    """The state of a show, without the current time."""

    event: Event
    """With its current plan: after moves and reloads."""
    index: Mapping[str, int]
    """The position of each item in the agenda."""
    sources: Mapping[str, SourceStatus]
    """Every source of the event but the slate."""
    skipped: Mapping[str, SkipReason]
    """Skipped items, and why."""
    file: EventText | None = None
    """The file of the event as it is now; None where nobody has its text, as in a rehearsal."""
    name: str = ""
    """Identifies the event: year and title as of the log's beginning. A reload does not change it."""
    auto_start: bool = False
    """It begins automatically at the first item's start."""
    moved: Duration = ZERO
    """How much later the whole plan is than in its file."""
    phase: Literal["before", "running", "ended"] = "before"
    held: bool = False
    on_air: str | None = None
    """The item on air; None before, after and in a gap."""
    last: str | None = None
    """The item on air; if there is none, the one last on air."""
    runs: Mapping[str, Run] = field(default_factory=dict)
    """When each item was on air; items to come (again) have no entry."""
    delays: Mapping[str, Duration] = field(default_factory=dict)
    """How much the earliest start of an item is shifted."""
    taken: Taken | None = None
    """The pictures that a moderator took; None: the agenda decides."""
    speaker: str | None = None
    """The active speaker, if the item on air follows the voice. None until one other than its source has spoken."""
    armed_item: str | None = None
    armed_source: str | None = None
    """What a moderator marked as next: an item, a source, or neither."""
    mics: Mapping[str, bool] = field(default_factory=dict)
    """Microphones that a moderator opened (True) or closed until the next item."""
    floor: str | None = None
    """The language that the floor speaks, as somebody said, until the next item. None: the item's."""
    seats: Mapping[str, Seat] = field(default_factory=dict)
    """Interpreters' seats, by source id: those that are open or send sound. The open ones are in the order in which
    their booths opened."""
    outputs: Mapping[str, str] = field(default_factory=dict)
    """By booth, the channel that somebody chose for it. A booth without one goes by the floor's language."""
    asks: Mapping[str, str] = field(default_factory=dict)
    """By booth, the name of the seat that asks the other one to take over."""
    carried: Mapping[str, Carried] = field(default_factory=dict)
    """What each channel carries since when, as `languages` decides; channels that never changed have no entry."""
    messages: Mapping[str, Said] = field(default_factory=dict)
    """Texts on people's screens, by recipient. They outlast items and the show, but for those to `speaker`."""
    seen: Mapping[str, Mapping[str, Instant]] = field(default_factory=dict)
    """By message, who has confirmed it, and when. The latest `MAX_SEEN_MESSAGES` are kept, since undo may bring one
    back."""
    cues: Mapping[str, Cued] = field(default_factory=dict)
    """The last cue to each recipient. `messages` decides how long it is shown."""
    flags: Mapping[str, Flagged] = field(default_factory=dict)
    """Raised flags, by place, booth or `desk`."""
    answered: Mapping[str, tuple[Flagged, Instant]] = field(default_factory=dict)
    """By the same, the flag that a moderator has taken away last, and when."""
    admitted: frozenset[str] = frozenset()
    """Places for which a moderator has sent `admit`."""
    approved: Mapping[str, Instant] = field(default_factory=dict)
    """When a moderator last said that a venue or guest has been seen and heard, by place."""
    programme: Programme = HOLDING_SLATE
    """As of the last cut. `routing.programme` decides what it should be."""
    since: Instant | None = None
    """When its source came on air with its reason; None before the first cut."""
    recent: tuple[str, ...] = ()
    """Sources that were on air, the latest first, each once."""
    undo: tuple[UndoStep, ...] = ()
    """Commands that can be taken back, the latest last: those since the agenda last advanced automatically."""
    actions: tuple[Action, ...] = ()
    """What moderators did, the latest last: `MAX_ACTIONS` at most."""
    latest: Instant | None = None
    """The instant of the last fact; no later fact has an earlier one."""

    @property
    def position(self) -> int:
        """The agenda position of `last`; -1 before the first item. All items above it are over."""
        return -1 if self.last is None else self.index.get(self.last, -1)

    @property
    def item(self) -> Item | None:
        """The item on air."""
        return None if self.on_air is None else self.event.agenda[self.index[self.on_air]]

    def waits(self, source: str) -> bool:
        """Whether a source is that of a guest whom the desk has not let in yet: it is not used."""
        guest = self.event.guests.get(place_of(source))
        return guest is not None and guest.admission and guest.id not in self.admitted

    def clock(self, now: Instant) -> Instant:
        """`now`, but not before the last fact: facts stay in order even if the clock is set back."""
        return now if self.latest is None else max(now, self.latest)


def begin(event: Event, file: EventText | None = None, *, auto_start: bool = False) -> Show:
    """The show of an event before anything has happened: every source absent, the slate on air.

    `file` is that of the event, which `edit` changes.
    """
    year = local_date(event.agenda[0].planned.start, event.timezone).year
    return Show(
        name=f"{year}:{event.title}",
        auto_start=auto_start,
        event=event,
        file=file,
        index={item.id: n for n, item in enumerate(event.agenda)},
        sources=dict.fromkeys(event.sources, NEVER_FED),
        skipped={item.id: "file" for item in event.agenda if item.skip},
    )
