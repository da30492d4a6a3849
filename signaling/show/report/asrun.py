"""The as-run log: what was on air from when to when, which sources were lost, and which were fed.

It replays the facts through `evolve` and notes how the show changes. `report` does the arithmetic.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from bridge.engine import SourceState, SourceWhy
from config.model import Item
from config.times import Duration, Instant, between
from signaling.show.actions import Asked, Undone
from signaling.show.checks import Check, Checked
from signaling.show.evolve import evolve
from signaling.show.facts import Cut, Ended, Fact, Failed, Recovered, Reloaded, SourceChanged, Started
from signaling.show.report.channels import ChannelLog
from signaling.show.show import Programme, Show
from signaling.show.terms import EndReason, Reason, StartReason


@dataclass(frozen=True, slots=True)
class Stretch:
    """A period in which neither the programme nor the item changed."""

    start: Instant
    end: Instant
    programme: Programme
    item: str | None


@dataclass(frozen=True, slots=True)
class Airing:
    """One time that an item was on air."""

    start: Instant
    began: StartReason
    end: Instant | None = None
    """None while it is on air."""
    ended: EndReason | None = None
    checks: tuple[Check, ...] | None = None
    """What was checked before; None in the logs of older versions."""


@dataclass(frozen=True, slots=True)
class PictureCut:
    """A cut that changed the picture."""

    at: Instant
    reason: Reason
    because: SourceWhy | None


@dataclass(frozen=True, slots=True)
class Outage:
    """A period in which a source that had been live was not."""

    source: str
    start: Instant
    state: SourceState
    """Its worst state: `absent` is worse than `stalled`."""
    why: SourceWhy | None
    """The first reason; None if the server was restarted."""
    end: Instant | None = None
    """When it was live again; None if it never was."""
    failed: Instant | None = None
    """When it failed, so that its fallback replaced it; None if it came back before."""
    recovered: Instant | None = None
    """When it had recovered; None if it did not."""

    @property
    def lasted(self) -> Duration | None:
        """Length of the outage; None if it did not end."""
        return None if self.end is None else between(self.start, self.end)

    @property
    def replaced(self) -> Duration | None:
        """How long its fallback replaced it; None if it did not fail, or not recover."""
        return None if self.failed is None or self.recovered is None else between(self.failed, self.recovered)


@dataclass(frozen=True, slots=True)
class Presence:
    """A period in which somebody fed a source, or tried to."""

    source: str
    start: Instant
    end: Instant | None = None
    """None if it goes on."""


@dataclass
class AsRunLog:
    """A show as it ran. `add` takes each fact in the log's order."""

    show: Show
    begin: Instant | None = None
    """When the first item went on air. A start that was undone does not count."""
    end: Instant | None = None
    """When the last item was over; None while the show runs."""
    stretches: list[Stretch] = field(default_factory=list)
    airings: dict[str, tuple[Airing, ...]] = field(default_factory=dict)
    """By item, each time that it was on air, without undone ones."""
    cuts: list[PictureCut] = field(default_factory=list)
    outages: list[Outage] = field(default_factory=list)
    """In the order in which they began."""
    presences: list[Presence] = field(default_factory=list)
    channels: ChannelLog = field(default_factory=ChannelLog)
    removed_items: dict[str, Item] = field(default_factory=dict)
    """Items that a reload removed. Some of them may have been on air."""
    _checked: tuple[str, tuple[Check, ...]] | None = None
    """The item that was checked last."""
    _undo: list[dict[str, tuple[Airing, ...]]] = field(default_factory=list)
    """The airings before each command that can be undone."""

    def add(self, fact: Fact) -> None:
        before = self.show
        if isinstance(fact, Asked):
            self._undo.append(dict(self.airings))
        self.show = after = evolve(before, fact)
        self._stretch(before)
        self.channels.add(before, after)
        match fact:
            case Checked(item=item, checks=checks):
                self._checked = (item, checks)
            case Started(item=item, why=why):
                airing = Airing(fact.at, why, checks=self._checks_of(item))
                self.airings[item] = (*self.airings.get(item, ()), airing)
            case Ended(item=item, why=why):
                if airings := self.airings.get(item):
                    self.airings[item] = (*airings[:-1], replace(airings[-1], end=fact.at, ended=why))
            case Undone():
                if self._undo:
                    self.airings = self._undo.pop()
                self._undo_reload(before, fact.at)
            case Cut():
                self._note_cut(before, fact)
            case SourceChanged():
                self._source(before, fact)
            case Failed(source=source):
                self._update_outage(source, failed=fact.at)
            case Recovered(source=source):
                self._update_outage(source, recovered=fact.at)
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

    def _checks_of(self, item: str) -> tuple[Check, ...] | None:
        """The checks of an item that begins now; they precede it."""
        checked, self._checked = self._checked, None
        return checked[1] if checked is not None and checked[0] == item else None

    def stretches_until(self, end: Instant | None) -> list[Stretch]:
        """All stretches, including the one from the last fact until `end`."""
        start, now = self.show.latest, self.show
        if start is None or end is None or end <= start:
            return self.stretches
        last = self.stretches[-1] if self.stretches else None
        if last is not None and _same(last, now):
            return [*self.stretches[:-1], replace(last, end=end)]
        return [*self.stretches, Stretch(start, end, now.programme, now.on_air)]

    def _stretch(self, before: Show) -> None:
        """Note the time between the last two facts, in which nothing changed."""
        start, end = before.latest, self.show.latest
        if start is None or end is None or start == end:
            return
        last = self.stretches[-1] if self.stretches else None
        if last is not None and _same(last, before):
            self.stretches[-1] = replace(last, end=end)
        else:
            self.stretches.append(Stretch(start, end, before.programme, before.on_air))

    def _note_cut(self, before: Show, cut: Cut) -> None:
        """Changes of microphones or of the reason alone are not counted as cuts."""
        old = before.programme
        if (old.source, old.beside, old.layout) != (cut.source, cut.beside, cut.layout):
            self.cuts.append(PictureCut(cut.at, cut.reason, cut.because))

    def _source(self, before: Show, changed: SourceChanged) -> None:
        source, state, at = changed.source, changed.state, changed.at
        old = before.sources.get(source)
        if old is None:
            return
        if old.state == "absent" and state != "absent":
            self.presences.append(Presence(source, at))
        if old.state != "absent" and state == "absent":
            self._end_presence(source, at)
        if old.state == "live" and state != "live":
            if old.failed is not None:
                self._update_outage(source, recovered=at)
            # After a restart of the server an unfed source has failed at once, without a fact of its own.
            is_anew = state == "absent" and changed.why is None
            standing_in = at if old.failed is not None or is_anew else None
            self.outages.append(Outage(source, at, state, changed.why, failed=standing_in))
        elif state == "live":
            # After a restart the server does not know that the source had failed, so no fact says that it recovered.
            is_trusted = self.show.sources[source].failed is None
            self._update_outage(source, end=at, recovered=at if is_trusted else None)
        elif state == "absent":
            self._update_outage(source, state=state)

    def _reload(self, before: Show, at: Instant) -> None:
        self.removed_items |= {i.id: i for i in before.event.agenda if i.id not in self.show.index}
        for source in before.sources.keys() - self.show.sources.keys():
            if before.sources[source].state != "absent":
                self._end_presence(source, at)

    def _undo_reload(self, before: Show, at: Instant) -> None:
        """Sources that the undo of a reload brings back may have been fed all the time."""
        for source in self.show.sources.keys() - before.sources.keys():
            if self.show.sources[source].state != "absent":
                self.presences.append(Presence(source, at))

    def item(self, wanted: str) -> Item | None:
        """An item of the agenda, or a removed one."""
        return self.show.event.item(wanted) or self.removed_items.get(wanted)

    def _end_presence(self, source: str, at: Instant) -> None:
        for n in reversed(range(len(self.presences))):
            if self.presences[n].source == source:
                self.presences[n] = replace(self.presences[n], end=at)
                return

    def _update_outage(
        self,
        source: str,
        *,
        state: SourceState | None = None,
        end: Instant | None = None,
        failed: Instant | None = None,
        recovered: Instant | None = None,
    ) -> None:
        """Update the last outage of a source, if it is not over."""
        for n in reversed(range(len(self.outages))):
            outage = self.outages[n]
            if outage.source == source:
                self.outages[n] = replace(
                    outage,
                    state=state if state is not None and outage.end is None else outage.state,
                    end=outage.end if outage.end is not None else end,
                    failed=outage.failed if outage.failed is not None else failed,
                    recovered=outage.recovered
                    if outage.failed is None or outage.recovered is not None
                    else recovered,
                )
                return


def _same(stretch: Stretch, show: Show) -> bool:
    """Whether nothing has changed since the stretch."""
    return (stretch.programme, stretch.item) == (show.programme, show.on_air)
