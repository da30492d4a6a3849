"""The text of the slate: the event's title, what comes next and when, and any fault, in the event's language.

Each change is drawn and encoded anew, so the text changes seldom. Times are in whole minutes, nothing counts down, and
a time that has passed becomes "in a moment" for ten minutes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from bridge.engine import Card
from config.model import SLATE, Event, Item, source_name
from config.times import MINUTE, Duration, Instant, between, local_date, to_datetime
from signaling.show.routing import wanted
from signaling.show.rundown import Row, nominal_end, start_due
from signaling.show.show import Show

SOON_LIMIT = Duration(10 * MINUTE)
"""For this time after its planned start an item is announced as "in a moment"."""
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class _Words:
    """The sentences of one language. `{time}` is `17:45`; on another day `on` adds the date."""

    begins: str
    begins_soon: str
    was_to_begin: str
    goes_on: str
    goes_on_soon: str
    comes_next: str
    farewell: str
    pause: str
    reconnecting: str
    connecting: str
    on: Callable[[date, str], str]


_EN = _Words(
    begins="Starts at {time}: {title}",
    begins_soon="Starting in a moment: {title}",
    was_to_begin="Planned for {time}: {title}",
    goes_on="Next at {time}: {title}",
    goes_on_soon="Next, in a moment: {title}",
    comes_next="Next: {title}",
    farewell="Thank you for joining us",
    pause="We will be back shortly",
    reconnecting="{name} is reconnecting",
    connecting="{name} is connecting",
    on=lambda day, time: f"{time} on {day.day} {MONTHS[day.month - 1]}",
)
_DE = _Words(
    begins="Beginn um {time}: {title}",
    begins_soon="Gleich geht es los: {title}",
    was_to_begin="Geplant für {time}: {title}",
    goes_on="Weiter um {time}: {title}",
    goes_on_soon="Gleich geht es weiter: {title}",
    comes_next="Als Nächstes: {title}",
    farewell="Danke, dass Sie dabei waren",
    pause="Gleich geht es weiter",
    reconnecting="Die Verbindung zu {name} wird wiederhergestellt",
    connecting="Die Verbindung zu {name} wird aufgebaut",
    on=lambda day, time: f"{time} am {day.day}.{day.month}.",
)
_JA = _Words(
    begins="{time} 開始：{title}",
    begins_soon="まもなく開始します：{title}",
    was_to_begin="{time} 開始予定：{title}",
    goes_on="次は {time} から：{title}",
    goes_on_soon="まもなく再開します：{title}",
    comes_next="次：{title}",
    farewell="ご参加ありがとうございました",
    pause="まもなく再開します",
    reconnecting="{name}は再接続中です",
    connecting="{name}に接続しています",
    on=lambda day, time: f"{day.month}月{day.day}日 {time}",
)
_WORDS: Mapping[str, _Words] = MappingProxyType({"en": _EN, "de": _DE, "ja": _JA})


def card(show: Show, coming: Row | None, now: Instant) -> Card:
    """The slate at `now`, when `coming` comes next. Cheap enough to call every second and compare."""
    now = show.clock(now)
    language = show.event.language
    words = _WORDS.get(language.partition("-")[0].lower(), _EN)
    return Card(show.event.title, tuple(_lines(show, coming, now, words)), _fault_line(show, words), language)


def _lines(show: Show, coming: Row | None, now: Instant, words: _Words) -> Iterator[str]:
    """What is on air, and what comes next."""
    if show.phase == "ended":
        yield words.farewell
        return
    if show.item is not None:
        yield show.item.title
    if coming is None or coming.expected is None:
        return
    sentence, at = _coming_line(show, coming.expected.start, now, words)
    yield sentence.format(time=_local_times(show.event, at, now, words), title=coming.item.title)
    if who := _speaker_and_places(show.event, coming.item):
        yield who


def _coming_line(show: Show, start: Instant, now: Instant, words: _Words) -> tuple[str, Instant]:
    """The sentence for what is expected at `start`, and the time in it."""
    due = start_due(show)
    if start > now:
        return words.goes_on if due is None else words.begins, start
    # It waits for a person, so its expected time moves with the clock.
    since = nominal_end(show) if due is None else due
    if since is not None and between(since, now) <= SOON_LIMIT:
        return words.goes_on_soon if due is None else words.begins_soon, since
    return (words.comes_next, start) if due is None else (words.was_to_begin, due)


def _local_times(event: Event, start: Instant, now: Instant, words: _Words) -> str:
    """The time in the event's zone, and in those of other venues: `11:55 (Tokio 18:55)`."""
    here = to_datetime(start, event.timezone)
    elsewhere: dict[str, list[str]] = {}
    for venue in event.venues.values():
        if (there := to_datetime(start, venue.timezone)).replace(tzinfo=None) != here.replace(tzinfo=None):
            elsewhere.setdefault(f"{there:%H:%M}", []).append(venue.name)
    time = f"{here:%H:%M}"
    if here.date() != local_date(now, event.timezone):
        time = words.on(here.date(), time)
    others = ", ".join(f"{'/'.join(names)} {clock}" for clock, names in elsewhere.items())
    return f"{time} ({others})" if others else time


def _speaker_and_places(event: Event, item: Item) -> str:
    """The speaker and the places, unless the speaker's text names them already."""
    if item.source == SLATE:
        return item.speaker
    places = (source_name(event, source) for source in (item.source, *item.beside))
    return " · ".join(filter(None, (item.speaker, *(name for name in places if name not in item.speaker))))


def _fault_line(show: Show, words: _Words) -> str:
    """Why the slate is on air, if not by the agenda."""
    if show.programme.source != SLATE:
        return ""
    if show.programme.reason == "fallback" and show.item is not None:
        source = wanted(show)
        sentence = words.reconnecting if source in show.recent else words.connecting
        return sentence.format(name=source_name(show.event, source))
    return words.pause if wanted(show) == SLATE and show.taken is not None else ""
