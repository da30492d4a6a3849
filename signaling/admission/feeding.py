"""The words in which it is told who feeds a place: pages, their wishes, and what they are to be told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from config.times import Instant
from signaling.show.messages import AdmissionBy, AdmissionStatus


class Moment(NamedTuple):
    """Now, by two clocks."""

    seconds: float
    """Monotonic: lengths are measured by it."""
    instant: Instant
    """The show's: people read it."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page or room agent that wants to feed a source."""

    peer: str
    """Its name in the media plane."""
    browser: str
    """A page without one counts as a browser of its own."""
    place: str
    address: str
    """For people; it decides nothing."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A page waits to feed a source."""

    page: Page
    source: str
    since: Instant


@dataclass(frozen=True, slots=True)
class Takeover:
    """Another browser than before feeds a source."""

    page: Page
    source: str
    at: Moment


@dataclass(frozen=True, slots=True)
class Replaced:
    """Another page feeds this page's source."""

    page: Page
    source: str
    is_ending: bool = True
    """Its peer has not left the media plane yet. An offer that comes now was sent before its page knew."""


@dataclass(frozen=True, slots=True)
class Notice:
    """What a page is to be told."""

    peer: str
    status: AdmissionStatus
    source: str
    by: AdmissionBy | None
