"""The seats of the interpreters' booths, as the log says of them. `languages` decides what follows from them.

A seat is known while it is open, or while somebody sends its sound. So the names that interpreters choose do not pile
up. The source id of a seat is `booth/seat`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from config.model import Event, place_of
from config.times import Instant
from signaling.show import failover
from signaling.show.facts import SeatSet, SourceChanged
from signaling.show.failover import NEVER_FED, SourceStatus


@dataclass(frozen=True, slots=True)
class Seat:
    """A seat and its sound."""

    open: bool = False
    """Its microphone is switched on. It stays so while its line is lost."""
    since: Instant | None = None
    """Since when it is open or closed; None before it was opened."""
    status: SourceStatus = NEVER_FED
    """Of its sound. A seat never fails: it is heard while it is open and live."""

    @property
    def is_heard(self) -> bool:
        """Whether what it sends may be forwarded."""
        return self.open and self.status.state == "live"


CLOSED = Seat()
"""A seat that nobody has named yet."""


def seat_source(booth: str, seat: str) -> str:
    """The source id of a seat."""
    return f"{booth}/{seat}"


def seat_name(source: str) -> str:
    """The name of the seat with this source id."""
    return source.partition("/")[2]


def is_seat(event: Event, source: str) -> bool:
    """Whether this is the source id of a seat of a booth, known or not."""
    return place_of(source) in event.booths and seat_name(source) != ""


def open_seats(seats: Mapping[str, Seat], booth: str) -> tuple[str, ...]:
    """The source ids of a booth's open seats, in the order in which they opened. Two in a hand-over."""
    return tuple(source for source, seat in seats.items() if seat.open and place_of(source) == booth)


def open_booths(seats: Mapping[str, Seat]) -> tuple[str, ...]:
    """The booths with an open seat, in the order in which they opened."""
    return tuple(dict.fromkeys(place_of(source) for source, seat in seats.items() if seat.open))


def with_switched(seats: Mapping[str, Seat], fact: SeatSet) -> dict[str, Seat]:
    """The seats after one was opened or closed.

    Open seats stay in the order in which their booths opened: a seat that takes over has the place of its booth.
    """
    source = seat_source(fact.booth, fact.seat)
    before = seats.get(source, CLOSED)
    if before.open == fact.open:
        return dict(seats)
    after = replace(before, open=fact.open, since=fact.at)
    if not fact.open:
        return _known({**seats, source: after})
    others = [(other, seat) for other, seat in seats.items() if other != source]
    partners = [n for n, (other, seat) in enumerate(others) if seat.open and place_of(other) == fact.booth]
    others.insert(partners[-1] + 1 if partners else len(others), (source, after))
    return dict(others)


def with_report(seats: Mapping[str, Seat], report: SourceChanged) -> dict[str, Seat]:
    """The seats after a report of the media plane on the sound of one."""
    before = seats.get(report.source, CLOSED)
    status = failover.after_report(before.status, report)
    return _known({**seats, report.source: replace(before, status=status)})


def _known(seats: Mapping[str, Seat]) -> dict[str, Seat]:
    return {s: seat for s, seat in seats.items() if seat.open or seat.status.state != "absent"}
