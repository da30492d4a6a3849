"""Which browsers may send the sources of a place at any time. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from signaling.admission.contributor import Contributor

AUTHORIZATION_TIMEOUT_S: Final = 120.0
"""Seconds without packets after which a browser loses its authorization, if another one sends to the place by then.
A hall must have its place back after a network failure; a machine that was there once and left must not."""


class Authorizations:
    """The authorized browsers of every place, and since when each of them does not send."""

    def __init__(self) -> None:
        self._browsers: dict[str, set[str]] = {}
        """By place."""
        self._paused_since: dict[tuple[str, str], float] = {}
        """By place and authorized browser, in monotonic seconds."""

    def __contains__(self, contributor: Contributor) -> bool:
        return contributor.browser in self._browsers.get(contributor.place, ())

    def on_live(self, contributor: Contributor) -> None:
        """A contributor has become live. The first one of a place is authorized."""
        self._paused_since.pop((contributor.place, contributor.browser), None)
        self._browsers.setdefault(contributor.place, {contributor.browser})

    def on_pause(self, contributor: Contributor, now: float) -> None:
        """A contributor sends no more."""
        if contributor in self:
            self._paused_since[contributor.place, contributor.browser] = now

    def replace(self, contributor: Contributor, rivals: Iterable[Contributor]) -> None:
        """Authorize a contributor's browser instead of those of its rivals."""
        browsers = self._browsers.setdefault(contributor.place, set())
        browsers -= {rival.browser for rival in rivals}
        browsers.add(contributor.browser)

    def pass_on(self, sending: Mapping[str, set[str]], now: float) -> None:
        """Authorize the browsers that send to a place which all authorized ones have left for long enough."""
        for place, browsers in self._browsers.items():
            others = sending.get(place, set())
            if others and not others & browsers:
                since = [self._paused_since.setdefault((place, browser), now) for browser in browsers]
                if all(now - paused > AUTHORIZATION_TIMEOUT_S for paused in since):
                    for browser in browsers:
                        del self._paused_since[place, browser]
                    self._browsers[place] = others
