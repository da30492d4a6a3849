"""Invariants of what everybody hears, whatever happens in the booths."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.engine import Feed
from config.model import place_of
from config.times import Instant, between
from signaling.show import core
from signaling.show.arming import armed
from signaling.show.facts import Fact, SeatSet, SourceChanged, from_json, to_json
from signaling.show.languages import (
    FLOOR,
    HANDOVER_TIME,
    channel_feed,
    floor_language,
    output,
    relay_feed,
)
from signaling.show.listening import Listening, feed
from signaling.show.machine import MAX_KNOWN_SEATS
from signaling.show.routing import matrix
from signaling.show.rundown import next_row, rows_at
from signaling.show.seats import open_seats
from signaling.show.show import Show
from signaling.show.terms import Role
from tests.unit.signaling.show.days import BOOTHS, SEATS, SPOKEN, Day, interpreted

DAYS = settings(max_examples=20, deadline=None)
ALL_SEATS = tuple(f"{booth}/{seat}" for booth in BOOTHS for seat in SEATS)
CHOICES = (None, *SPOKEN)


def roles(show: Show) -> dict[str, Role]:
    return {
        **dict.fromkeys(show.event.venues, "venue"),
        **dict.fromkeys(show.event.guests, "guest"),
        **{f"interpreter:{booth}": "interpreter" for booth in show.event.booths},
        **{"viewer": "viewer", "stage": "stage", "moderator": "moderator"},
    }


def feeds(show: Show) -> Iterator[tuple[str, Listening, Feed, Feed]]:
    """What every peer may be sent: its destination, its choice, its programme feed, and all that it is sent."""
    programme = matrix(show, roles(show))
    for destination, sent in programme.items():
        role, _, booth = destination.partition(":")
        seats = [s for s in ALL_SEATS if place_of(s) == booth] if role == "interpreter" else [None]
        for seat in seats:
            for channel in CHOICES:
                choice = Listening(channel, seat, "talk:7")
                yield destination, choice, sent, feed(show, sent, choice)


@dataclass
class Booths:
    """What the facts say of the booths, noted without the show: the order in which they opened, and who is live."""

    opened: list[str] = field(default_factory=list)
    open: dict[str, Instant] = field(default_factory=dict)
    """The open seats, and since when."""
    live: set[str] = field(default_factory=set)
    seen: int = 0

    def note(self, day: Day) -> None:
        for fact in day.facts[self.seen :]:
            self._note(fact)
        self.seen = len(day.facts)
        # A reload removes booths.
        known = day.show.event.booths
        self.open = {seat: since for seat, since in self.open.items() if place_of(seat) in known}
        self.opened = [booth for booth in self.opened if booth in known]

    def _note(self, fact: Fact) -> None:
        match fact:
            case SourceChanged(source=source, state=state):
                self.live = self.live - {source} | ({source} if state == "live" else set())
            case SeatSet(booth=booth, seat=seat, open=True, at=at):
                self.open[f"{booth}/{seat}"] = at
                if booth not in self.opened:
                    self.opened.append(booth)
            case SeatSet(booth=booth, seat=seat):
                self.open.pop(f"{booth}/{seat}", None)
                if all(place_of(other) != booth for other in self.open):
                    self.opened.remove(booth)
            case _:
                pass

    def heard(self, booth: str) -> set[str]:
        return {seat for seat in self.open if place_of(seat) == booth and seat in self.live}


@DAYS
@given(st.data())
def test_a_channel_is_fed_by_the_first_open_booth_and_by_two_seats_in_a_hand_over_alone(
    data: st.DataObject,
) -> None:
    booths = Booths()
    for day in data.draw(interpreted()):
        booths.note(day)
        for language in day.show.event.languages:
            found = channel_feed(day.show, language)
            speaking = [
                booth
                for booth in booths.opened
                if output(day.show, booth) == language and booths.heard(booth)
            ]
            assert found.booth == (speaking[0] if speaking else None)
            assert set(found.seats) == (booths.heard(found.booth) if found.booth else set())
            if len(found.seats) > 1:
                newest = max(booths.open[seat] for seat in found.seats)
                assert len(found.seats) == 2
                assert between(newest, day.now) < HANDOVER_TIME
                assert booths.open[found.seats[-1]] == newest
            if found != FLOOR:
                assert language != floor_language(day.show)


@DAYS
@given(st.data())
def test_no_two_seats_are_sent_to_anybody_for_longer_than_a_hand_over(data: st.DataObject) -> None:
    """By the instants of the facts, and not by when the clock happened to tick."""
    together: dict[frozenset[str], Instant] = {}
    *_, day = data.draw(interpreted())
    show = core.begin(day.show.event)
    for fact in day.facts:
        show = core.evolve(show, fact)
        now = {frozenset(s) for lang in SPOKEN if len(s := channel_feed(show, lang).seats) > 1}
        assert show.latest is not None
        for pair, since in together.items():
            assert between(since, show.latest) <= HANDOVER_TIME or pair not in now
        together = {pair: together.get(pair, show.latest) for pair in now}


@DAYS
@given(st.data())
def test_nobody_hears_himself_nor_a_channel_of_his_own_booth(data: st.DataObject) -> None:
    for day in data.draw(interpreted()):
        for destination, choice, _, sent in feeds(day.show):
            heard = {*sent.mics, *sent.interpretation, *([sent.partner] if sent.partner else [])}
            assert choice.seat not in heard
            assert all(place_of(source) != destination for source in (*sent.pictures, *sent.mics))
            if choice.seat is not None:
                booth = place_of(choice.seat)
                assert all(place_of(source) != booth for source in sent.interpretation)
                if choice.channel is not None and choice.channel == output(day.show, booth):
                    assert sent.interpretation == ()
                assert sent.partner is None or place_of(sent.partner) == booth
                assert sent.partner is None or not is_open(day.show, choice.seat)


def is_open(show: Show, seat: str) -> bool:
    return seat in open_seats(show.seats, place_of(seat))


@DAYS
@given(st.data())
def test_a_listener_always_hears_something_when_the_floor_speaks(data: st.DataObject) -> None:
    """The floor is always there, whatever is chosen; a channel that is fed is heard besides."""
    for day in data.draw(interpreted()):
        for _, choice, programme, sent in feeds(day.show):
            assert (sent.program, sent.beside, sent.mics) == (
                programme.program,
                programme.beside,
                programme.mics,
            )
            for seat in sent.interpretation:
                assert day.show.seats[seat].is_heard
            if choice.seat is None and choice.channel in day.show.event.languages:
                is_fed = channel_feed(day.show, choice.channel or "") != FLOOR
                assert bool(sent.interpretation) == is_fed


@DAYS
@given(st.data())
def test_seats_and_talkback_are_never_in_the_programme(data: st.DataObject) -> None:
    for day in data.draw(interpreted()):
        show = day.show
        on_air = (*show.programme.on_screen, *show.programme.mics, *show.recent, *show.sources)
        soon = armed(show, next_row(rows_at(show, day.now)), day.now)
        for source in (*on_air, *soon):
            assert is_of_the_programme(show, source)
        for _, choice, _, sent in feeds(show):
            assert all(is_of_the_programme(show, source) for source in (*sent.pictures, *sent.mics))
            assert all(source in show.seats for source in sent.interpretation)
            assert sent.partner is None or sent.partner in show.seats
            assert sent.talkback == choice.talkback


def is_of_the_programme(show: Show, source: str) -> bool:
    return place_of(source) in ("slate", *show.event.venues, *show.event.guests)


@DAYS
@given(st.data())
def test_a_relay_understands_the_floor(data: st.DataObject) -> None:
    """So no booth on relay is a relay for another, and none is its own."""
    for day in data.draw(interpreted()):
        for booth in day.show.event.booths.values():
            found = relay_feed(day.show, booth.id)
            if found.booth is not None:
                floor = floor_language(day.show)
                assert floor in day.show.event.booths[found.booth].languages
                assert floor not in booth.languages
                assert relay_feed(day.show, found.booth) == FLOOR
                # It is not what it speaks itself.
                assert output(day.show, found.booth) != output(day.show, booth.id)


@DAYS
@given(st.data())
def test_the_log_alone_says_what_everybody_hears(data: st.DataObject) -> None:
    *_, day = data.draw(interpreted())
    first = core.begin(day.show.event)
    again = core.replay(first, *(from_json(to_json(fact)) for fact in day.facts))
    assert again == day.show
    assert list(again.seats) == list(day.show.seats)
    assert list(feeds(again)) == list(feeds(day.show))


@DAYS
@given(st.data())
def test_few_seats_are_known_and_at_most_two_of_a_booth_are_open(data: st.DataObject) -> None:
    for day in data.draw(interpreted()):
        for booth in day.show.event.booths.values():
            known = [seat for seat in day.show.seats if place_of(seat) == booth.id]
            assert len(known) <= MAX_KNOWN_SEATS + 2
            assert len(open_seats(day.show.seats, booth.id)) <= min(booth.seats, 2)
        for seat in day.show.seats.values():
            assert seat.open or seat.status.state != "absent"
        for booth_id, seat_name in day.show.asks.items():
            assert f"{booth_id}/{seat_name}" in day.show.seats


@DAYS
@given(st.data())
def test_the_state_says_since_when_a_booth_feeds_a_channel(data: st.DataObject) -> None:
    since: dict[str, Instant] = {}
    before: dict[str, str | None] = {}
    *_, day = data.draw(interpreted())
    show = core.begin(day.show.event)
    for fact in day.facts:
        show = core.evolve(show, fact)
        assert show.latest is not None
        for language in show.event.languages:
            booth = channel_feed(show, language).booth
            if booth != before.get(language):
                before[language], since[language] = booth, show.latest
    assert {language: carried.since for language, carried in show.carried.items()} == since
    assert {language: carried.booth for language, carried in show.carried.items()} == before
