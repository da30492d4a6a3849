"""Plain types of admission: contributors, their wishes, and the notices that they are sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from config.times import Instant
from signaling.show.terms import AdmissionBy, AdmissionStatus


class Moment(NamedTuple):
    """Now, by two clocks."""

    seconds: float
    """Monotonic; durations are measured with it."""
    instant: Instant
    """Of the show's clock; people read it."""


@dataclass(frozen=True, slots=True)
class Contributor:
    """A page or room agent that sends a source of its place, or wants to."""

    peer: str
    browser: str
    """A page that gives none counts as a browser of its own."""
    place: str
    """A venue or guest. Each seat of a booth is a place of its own: `booth/seat`."""
    address: str
    """For people only; no rule uses it."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A contributor that waits to send a source."""

    contributor: Contributor
    source: str
    since: Instant


@dataclass(frozen=True, slots=True)
class Takeover:
    """A source is now sent by another browser than before."""

    contributor: Contributor
    source: str
    at: Moment


@dataclass(frozen=True, slots=True)
class Replaced:
    """A contributor whose source another one sends now."""

    contributor: Contributor
    source: str
    is_ending: bool = True
    """Its peer has not left the media plane yet, so an offer that arrives now predates the notice."""


@dataclass(frozen=True, slots=True)
class AdmissionNotice:
    """A change of status that one peer is sent."""

    peer: str
    status: AdmissionStatus
    source: str
    by: AdmissionBy | None
