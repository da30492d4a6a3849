"""What the log of a show tells, put in order: what was on air from when to when, what was lost, who was there.

The facts are replayed one after the other through `evolve`; this file only watches the show change. It counts nothing:
that is done in `report`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from bridge.engine import SourceState, SourceWhy
from config.model import Item
from config.times import Duration, Instant, between
from signaling.show.evolve import evolve
from signaling.show.facts import (
    Asked,
    Cut,
    Ended,
    EndReason,
    Fact,
    Failed,
    Recovered,
    Reloaded,
    SourceChanged,
    Started,
    StartReason,
    Undone,
)
from signaling.show.show import Programme, Show
from signaling.show.terms import Reason


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time in which the programme and the item did not change."""

    start: Instant
    end: Instant
    programme: Programme
    item: str | None


@dataclass(frozen=True, slots=True)
class Airing:
    """An item on air once."""

    start: Instant
    began: StartReason
    end: Instant | None = None
    """None while it is on air."""
    ended: EndReason | None = None


@dataclass(frozen=True, slots=True)
class PictureCut:
    """A cut after which something else is to be seen."""

    at: Instant
    reason: Reason
    because: SourceWhy | None


@dataclass(frozen=True, slots=True)
class Outage:
    """A source that was live and then was not."""

    source: str
    start: Instant
    state: SourceState
    """The worst that it came to: `absent` is worse than `stalled`."""
    why: SourceWhy | None
    """What happened first; None where the server itself was started again."""
    end: Instant | None = None
    """When it was live again; None if it never was."""
    failed: Instant | None = None
    """From when on others stood in for it; None if it was only a hiccup."""
    recovered: Instant | None = None
    """Until when they did; None if it was not trusted again."""

    @property
    def lasted(self) -> Duration | None:
        """How long the source was lost; None if it never came back."""
        return None if self.end is None else between(self.start, self.end)

    @property
    def stood_in(self) -> Duration | None:
        """How long others stood in for it; None if they never did, or did to the end."""
        return None if self.failed is None or self.recovered is None else between(self.failed, self.recovered)


@dataclass(frozen=True, slots=True)
class Presence:
    """A source that somebody fed, or tried to."""

    source: str
    start: Instant
    end: Instant | None = None
    """None if it still does."""


@dataclass
class AsRunLog:
    """A show as it was. `watch` each fact in the log's order."""

    show: Show
    begin: Instant | None = None
    """When the first item went on air. A start that was taken back was none."""
    end: Instant | None = None
    """When the last item was over; None while the show runs."""
    stretches: list[Stretch] = field(default_factory=list)
    airings: dict[str, tuple[Airing, ...]] = field(default_factory=dict)
    """By item, each time that it was on air and that was not taken back."""
    pictures: list[PictureCut] = field(default_factory=list)
    faults: list[Outage] = field(default_factory=list)
    """In the order in which they began."""
    presences: list[Presence] = field(default_factory=list)
    taken_out: dict[str, Item] = field(default_factory=dict)
    """Items that a changed file does not have any more, as they were. Some may have been on air before."""
    _undo: list[dict[str, tuple[Airing, ...]]] = field(default_factory=list)
    """The airings before each command that can be taken back."""

    def watch(self, fact: Fact) -> None:
        before = self.show
        if isinstance(fact, Asked):
            self._undo.append(dict(self.airings))
        self.show = after = evolve(before, fact)
        self._stretch(before)
        match fact:
            case Started(item=item, why=why):
                self.airings[item] = (*self.airings.get(item, ()), Airing(fact.at, why))
            case Ended(item=item, why=why):
                if airings := self.airings.get(item):
                    self.airings[item] = (*airings[:-1], replace(airings[-1], end=fact.at, ended=why))
            case Undone():
                if self._undo:
                    self.airings = self._undo.pop()
                self._undo_reload(before, fact.at)
            case Cut():
                self._picture(before, fact)
            case SourceChanged():
                self._source(before, fact)
            case Failed(source=source):
                self._change(source, failed=fact.at)
            case Recovered(source=source):
                self._change(source, recovered=fact.at)
            case Reloaded():
                self._reload(before, fact.at)
            case _:
                pass
        self._undo = self._undo[-len(after.undo) :] if after.undo else []
        if after.phase == "before":
            self.begin = None
        elif self.begin is None:
            self.begin = after.latest
        self.end = None if after.phase != "ended" else after.latest if self.end is None else self.end

    def until(self, end: Instant | None) -> list[Stretch]:
        """All stretches, with what has been on air since the last fact until `end`."""
        start, now = self.show.latest, self.show
        if start is None or end is None or end <= start:
            return self.stretches
        last = self.stretches[-1] if self.stretches else None
        if last is not None and _same(last, now):
            return [*self.stretches[:-1], replace(last, end=end)]
        return [*self.stretches, Stretch(start, end, now.programme, now.on_air)]

    def _stretch(self, before: Show) -> None:
        """The time since the fact before this one, in which nothing changed."""
        start, end = before.latest, self.show.latest
        if start is None or end is None or start == end:
            return
        last = self.stretches[-1] if self.stretches else None
        if last is not None and _same(last, before):
            self.stretches[-1] = replace(last, end=end)
        else:
            self.stretches.append(Stretch(start, end, before.programme, before.on_air))

    def _picture(self, before: Show, cut: Cut) -> None:
        """Microphones alone are no cut, nor is the same picture for another reason."""
        was = before.programme
        if (was.source, was.beside, was.layout) != (cut.source, cut.beside, cut.layout):
            self.pictures.append(PictureCut(cut.at, cut.reason, cut.because))

    def _source(self, before: Show, changed: SourceChanged) -> None:
        source, state, at = changed.source, changed.state, changed.at
        was = before.sources.get(source)
        if was is None:
            return
        if was.state == "absent" and state != "absent":
            self.presences.append(Presence(source, at))
        if was.state != "absent" and state == "absent":
            self._go(source, at)
        if was.state == "live" and state != "live":
            if was.failed is not None:
                self._change(source, recovered=at)
            # A server that has just begun gives up what nobody feeds at once, without a fact that says so.
            is_anew = state == "absent" and changed.why is None
            standing_in = at if was.failed is not None or is_anew else None
            self.faults.append(Outage(source, at, state, changed.why, failed=standing_in))
        elif state == "live":
            # Nor does it keep one on probation that it does not know to have failed.
            is_trusted = self.show.sources[source].failed is None
            self._change(source, end=at, recovered=at if is_trusted else None)
        elif state == "absent":
            self._change(source, state=state)

    def _reload(self, before: Show, at: Instant) -> None:
        self.taken_out |= {i.id: i for i in before.event.agenda if i.id not in self.show.index}
        for source in before.sources.keys() - self.show.sources.keys():
            if before.sources[source].state != "absent":
                self._go(source, at)

    def _undo_reload(self, before: Show, at: Instant) -> None:
        """Sources that are in the event again may have been fed all the time."""
        for source in self.show.sources.keys() - before.sources.keys():
            if self.show.sources[source].state != "absent":
                self.presences.append(Presence(source, at))

    def item(self, wanted: str) -> Item | None:
        """An item of the agenda, or one that was in it."""
        return self.show.event.item(wanted) or self.taken_out.get(wanted)

    def _go(self, source: str, at: Instant) -> None:
        for n in reversed(range(len(self.presences))):
            if self.presences[n].source == source:
                self.presences[n] = replace(self.presences[n], end=at)
                return

    def _change(
        self,
        source: str,
        *,
        state: SourceState | None = None,
        end: Instant | None = None,
        failed: Instant | None = None,
        recovered: Instant | None = None,
    ) -> None:
        """Note what became of the last fault of a source, where it is not yet over."""
        for n in reversed(range(len(self.faults))):
            fault = self.faults[n]
            if fault.source == source:
                self.faults[n] = replace(
                    fault,
                    state=state if state is not None and fault.end is None else fault.state,
                    end=fault.end if fault.end is not None else end,
                    failed=fault.failed if fault.failed is not None else failed,
                    recovered=fault.recovered
                    if fault.failed is None or fault.recovered is not None
                    else recovered,
                )
                return


def _same(stretch: Stretch, show: Show) -> bool:
    """Whether nothing has changed since the stretch."""
    return (stretch.programme, stretch.item) == (show.programme, show.on_air)
