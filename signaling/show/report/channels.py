"""How long the floor spoke each language, how long each channel was needed, and how long a booth fed it meanwhile.

`languages` decides all three.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from config.model import SLATE
from config.times import ZERO, Duration, Instant, between, total
from signaling.show.languages import channel_feed, floor_language, is_needed
from signaling.show.show import Show


@dataclass(frozen=True, slots=True)
class ChannelStretch:
    """A period in which the floor spoke one language, and the same channels were needed and interpreted."""

    start: Instant
    end: Instant
    item: str | None
    floor: str | None
    """The language that the floor spoke; None without an item or with the slate on air."""
    needed: Mapping[str, bool]
    """By channel that was needed, whether a booth fed it."""


@dataclass(frozen=True, slots=True)
class ChannelTimes:
    """The times of one channel."""

    needed: Duration = ZERO
    """An item other than a break was on air in another language."""
    interpreted: Duration = ZERO
    """A booth fed the channel while it was needed. A booth that stays open in a break does not count."""

    def plus(self, length: Duration, is_fed: bool) -> ChannelTimes:
        """The times after the channel was needed for `length` more, and fed by a booth or not."""
        interpreted = total(self.interpreted, length) if is_fed else self.interpreted
        return ChannelTimes(total(self.needed, length), interpreted)


@dataclass
class ChannelLog:
    """The floor's language and the channels of a show as it ran."""

    stretches: list[ChannelStretch] = field(default_factory=list)

    def add(self, before: Show, after: Show) -> None:
        """Note the time between two facts, in which the show was as `before`."""
        if before.latest is not None and after.latest is not None and before.latest < after.latest:
            self.stretches = _continued(self.stretches, before, before.latest, after.latest)

    def times(
        self, now: Show, begin: Instant | None, until: Instant | None
    ) -> dict[str | None, dict[str, ChannelTimes]]:
        """The times of each channel from `begin` to `until`, by item. `now` is the show as it is.

        Under None are those of all items: of each channel of the event, and of those that a reload has removed, if they
        were needed.
        """
        whole = dict.fromkeys(now.event.languages, ChannelTimes())
        found: dict[str | None, dict[str, ChannelTimes]] = {None: whole}
        if begin is None or until is None:
            return found
        for stretch, length in self._between(now, begin, until):
            for channel, is_fed in stretch.needed.items():
                for times in (whole, found.setdefault(stretch.item, {})):
                    times[channel] = times.get(channel, ChannelTimes()).plus(length, is_fed)
        return found

    def spoken(
        self, now: Show, begin: Instant | None, until: Instant | None
    ) -> dict[str | None, dict[str, Duration]]:
        """How long the floor spoke each language from `begin` to `until`, by item; under None, in all items. `now` is
        the show as it is."""
        whole: dict[str, Duration] = {}
        found: dict[str | None, dict[str, Duration]] = {None: whole}
        if begin is None or until is None:
            return found
        for stretch, length in self._between(now, begin, until):
            if stretch.floor is not None:
                for lengths in (whole, found.setdefault(stretch.item, {})):
                    lengths[stretch.floor] = total(lengths.get(stretch.floor, ZERO), length)
        return found

    def _between(
        self, now: Show, begin: Instant, until: Instant
    ) -> Iterator[tuple[ChannelStretch, Duration]]:
        """The stretches from `begin` to `until`, and how much of each is within."""
        for stretch in self._until(now, until):
            start, end = max(stretch.start, begin), min(stretch.end, until)
            if start < end:
                yield stretch, between(start, end)

    def _until(self, now: Show, until: Instant) -> Sequence[ChannelStretch]:
        """All stretches, including the one from the last fact to `until`."""
        if now.latest is None or until <= now.latest:
            return self.stretches
        return _continued(list(self.stretches), now, now.latest, until)


def _continued(
    stretches: list[ChannelStretch], show: Show, start: Instant, end: Instant
) -> list[ChannelStretch]:
    """The stretches with one more, from `start` to `end`, in which the show was like this."""
    needed = {
        channel: channel_feed(show, channel).booth is not None
        for channel in show.event.languages
        if is_needed(show, channel)
    }
    is_heard = show.item is not None and show.programme.source != SLATE
    floor = floor_language(show) if is_heard else None
    last = stretches[-1] if stretches else None
    if last is not None and last == ChannelStretch(last.start, start, show.on_air, floor, needed):
        stretches[-1] = replace(last, end=end)
    else:
        stretches.append(ChannelStretch(start, end, show.on_air, floor, needed))
    return stretches
