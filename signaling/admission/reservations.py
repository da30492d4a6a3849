"""Places reserved for one browser each, for a limited time. Pure."""

from __future__ import annotations

from signaling.admission.contributor import Contributor


class Reservations:
    """At most one reservation a place. Times are monotonic seconds."""

    def __init__(self) -> None:
        self._held: dict[str, tuple[str, float]] = {}
        """By place: the browser, and until when."""

    def __contains__(self, place: str) -> bool:
        return place in self._held

    def __len__(self) -> int:
        return len(self._held)

    def reserve(self, contributor: Contributor, until: float) -> None:
        """Reserve a contributor's place for its browser, instead of any other."""
        self._held[contributor.place] = contributor.browser, until

    def is_reserved_for_another(self, place: str, browser: str, now: float) -> bool:
        """Whether a place is reserved for another browser than this one."""
        holder, until = self._held.get(place, (browser, 0.0))
        return holder != browser and now < until

    def drop(self, contributor: Contributor) -> None:
        """End the reservation of a contributor's browser, if its place has one."""
        if self._held.get(contributor.place, ("", 0.0))[0] == contributor.browser:
            del self._held[contributor.place]

    def expire(self, now: float) -> None:
        """Drop the reservations whose time is over."""
        self._held = {place: held for place, held in self._held.items() if now < held[1]}
