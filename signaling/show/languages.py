"""Languages: what the floor speaks, what each booth speaks into and hears, and who feeds each channel.

The only place that decides it. All of it follows from the `Show`, so from the log.

- The floor's language is what `floor` said, else that of the item on air, else the event's.
- A booth that understands the floor speaks into its other language. One that does not is *on relay*: it hears its first
  language that another booth interprets directly, and speaks into the other. It hears the booth that interprets the
  floor directly, so that no relay has a relay, whichever booth feeds that channel. Without a relay it speaks into no
  channel.
- A channel chosen by hand replaces the one that it would speak into by itself, and is never its relay. The channel of
  the floor's own language is the floor, even if a booth speaks into it by hand.
- A channel is fed by the booth that opened first, of those that speak into it and are heard. A seat is heard while it
  is open and its sound is live. A booth whose line is lost stays open, so it feeds the channel again when it is back,
  even if another booth has fed it meanwhile.
- One seat of a booth is open at a time. A second one that opens takes over: both are heard for at most 5 s, then the
  older one closes. As long as the new one is not heard, the older one stays. Where the older one is not heard, or the
  booth has one seat, it closes at once. So it does if a third seat opens.

Nothing here affects the programme: seats are no sources of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from config.languages import channel_of, same_language
from config.model import Booth, ItemType
from config.times import Duration, Instant, plus
from signaling.show.facts import SeatSet
from signaling.show.seats import open_booths, open_seats, seat_name
from signaling.show.show import Carried, Show

HANDOVER_TIME = Duration(5_000)
"""Time for which two seats of a booth are heard together at most, so that the one who takes over can begin within a
sentence."""


@dataclass(frozen=True, slots=True)
class ChannelFeed:
    """What a channel carries instead of the floor."""

    booth: str | None = None
    """None: it carries the floor."""
    seats: tuple[str, ...] = ()
    """The source ids of the seats that feed it, the oldest first. Two in a hand-over."""

    @property
    def seat(self) -> str | None:
        """The name of the leading seat: in a hand-over, the one that takes over."""
        return seat_name(self.seats[-1]) if self.seats else None


FLOOR = ChannelFeed()
"""The channel carries the floor."""


def floor_language(show: Show) -> str:
    """The language that the floor speaks: a channel's id if there is one for it."""
    said = show.floor or (show.event.language if show.item is None else show.item.language)
    return channel_of(show.event.languages, said) or said


def is_needed(show: Show, language: str) -> bool:
    """Whether an item other than a break is on air in another language."""
    is_talk = show.item is not None and show.item.type is not ItemType.BREAK
    return is_talk and not same_language(language, floor_language(show))


def output(show: Show, booth: str) -> str | None:
    """The channel that a booth speaks into while one of its seats is open.

    None: the floor speaks the language chosen by hand, or neither of its languages and it has no relay.
    """
    floor, by_hand = floor_language(show), show.outputs.get(booth)
    if by_hand is not None:
        return None if same_language(by_hand, floor) else by_hand
    if _is_direct(show, booth):
        return _other(show, booth, floor)
    heard = relay(show, booth)
    return None if heard is None else _other(show, booth, heard)


def relay(show: Show, booth: str) -> str | None:
    """The language that a booth hears instead of the floor; None: it hears the floor."""
    if _is_direct(show, booth):
        return None
    by_hand = show.outputs.get(booth)
    heard = (
        language
        for language in _booth(show, booth).languages
        if by_hand is None or not same_language(language, by_hand)
    )
    return next((language for language in heard if _direct_feed(show, language) != FLOOR), None)


def relay_feed(show: Show, booth: str) -> ChannelFeed:
    """What a booth hears instead of the floor."""
    language = relay(show, booth)
    return FLOOR if language is None else _direct_feed(show, language)


def channel_feed(show: Show, language: str) -> ChannelFeed:
    """What the channel of this language carries."""
    return _first_feed(show, language, _open_booths_of(show, language))


def heard_seats(show: Show, booth: str) -> tuple[str, ...]:
    """The source ids of the booth's seats that are heard, the oldest first."""
    return tuple(source for source in open_seats(show.seats, booth) if show.seats[source].is_heard)


def _direct_feed(show: Show, language: str) -> ChannelFeed:
    """The first booth that interprets the floor into this language without a relay.

    The output of such a booth does not depend on a relay, so `relay` and `output` do not call each other for ever.
    """
    interpreters = _open_booths_of(show, language)
    return _first_feed(show, language, (booth for booth in interpreters if _is_direct(show, booth)))


def _open_booths_of(show: Show, language: str) -> Iterator[str]:
    """The open booths that speak this language. No other one can feed its channel, so none is asked."""
    for booth in open_booths(show.seats):
        if any(same_language(spoken, language) for spoken in _booth(show, booth).languages):
            yield booth


def _first_feed(show: Show, language: str, booths: Iterable[str]) -> ChannelFeed:
    """The first of these booths that speaks into this channel and is heard. None speaks into the floor's language."""
    for booth in booths:
        seats = heard_seats(show, booth)
        spoken = output(show, booth) if seats else None
        if spoken is not None and same_language(spoken, language):
            return ChannelFeed(booth, seats)
    return FLOOR


def _is_direct(show: Show, booth: str) -> bool:
    """Whether the booth understands the floor."""
    floor = floor_language(show)
    return any(same_language(language, floor) for language in _booth(show, booth).languages)


def _other(show: Show, booth: str, language: str) -> str:
    """The booth's language that is not this one."""
    one, other = _booth(show, booth).languages
    return other if same_language(one, language) else one


def _booth(show: Show, booth: str) -> Booth:
    return show.event.booths[booth]


# Hand-over ----------------------------------------------------------------------------------------------------------


def handover_ends(show: Show, booth: str) -> Instant | None:
    """When the older seat of a hand-over closes at the latest, also in the past; None: no hand-over.

    It is none as long as the seat that takes over is not heard.
    """
    match open_seats(show.seats, booth):
        case [*_, _, newest] if (seat := show.seats[newest]).is_heard and seat.since is not None:
            return plus(seat.since, HANDOVER_TIME)
        case _:
            return None


def next_closing(show: Show) -> Instant | None:
    """When the first hand-over ends; None if there is none."""
    ends = (handover_ends(show, booth) for booth in open_booths(show.seats))
    return min((t for t in ends if t is not None), default=None)


def closings(show: Show, at: Instant) -> Iterator[SeatSet]:
    """The seats that close by `at` since another one has taken over."""
    for booth in open_booths(show.seats):
        if (ends := handover_ends(show, booth)) is not None and ends <= at:
            for source in open_seats(show.seats, booth)[:-1]:
                yield SeatSet(booth=booth, seat=seat_name(source), open=False, at=at)


def made_room(show: Show, booth: Booth, at: Instant) -> Iterator[SeatSet]:
    """The open seats that close at once when another seat of the booth opens: all but the one that hands over."""
    heard = heard_seats(show, booth.id)[-1:] if booth.seats > 1 else ()
    for source in open_seats(show.seats, booth.id):
        if source not in heard:
            yield SeatSet(booth=booth.id, seat=seat_name(source), open=False, at=at)


# Since when ---------------------------------------------------------------------------------------------------------


def carried(before: Show, show: Show, at: Instant) -> Mapping[str, Carried]:
    """What each channel carries since when: as in the show `before`, but for those whose booth has changed.

    A channel that has carried the floor from the beginning has no entry.
    """
    if _is_as_before(before, show):
        return before.carried
    after = {
        language: since for language, since in before.carried.items() if language in show.event.languages
    }
    for language in show.event.languages:
        booth = channel_feed(show, language).booth
        if booth != (after[language].booth if language in after else None):
            after[language] = Carried(booth, at)
    return after


def _is_as_before(before: Show, show: Show) -> bool:
    """Whether everything that decides who feeds a channel is as before, as after most facts."""
    return (
        show.event is before.event
        and show.seats is before.seats
        and show.outputs is before.outputs
        and (show.floor, show.on_air) == (before.floor, before.on_air)
    )
