"""How long each channel was needed, and how long a booth fed it meanwhile. `languages` decides both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from config.times import ZERO, Duration, Instant, between, total
from signaling.show.languages import channel_feed, is_needed
from signaling.show.show import Show


@dataclass(frozen=True, slots=True)
class ChannelStretch:
    """A period in which the same channels were needed, and the same ones interpreted."""

    start: Instant
    end: Instant
    item: str | None
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
    """The channels of a show as it ran."""

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
        for stretch in self._until(now, until):
            length = Duration(max(ZERO, between(max(stretch.start, begin), min(stretch.end, until))))
            for channel, is_fed in stretch.needed.items() if length else ():
                for times in (whole, found.setdefault(stretch.item, {})):
                    times[channel] = times.get(channel, ChannelTimes()).plus(length, is_fed)
        return found

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
    last = stretches[-1] if stretches else None
    if last is not None and (last.end, last.item, last.needed) == (start, show.on_air, needed):
        stretches[-1] = replace(last, end=end)
    else:
        stretches.append(ChannelStretch(start, end, show.on_air, needed))
    return stretches
