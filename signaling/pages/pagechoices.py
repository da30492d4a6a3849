"""Carries out what pages choose: a channel, what pictures they can decode, talkback. `choices` keeps it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final, Literal

from signaling.audience import LinkDestination
from signaling.pages.choices import talk_recipients
from signaling.receivers import Receivers
from signaling.show.core import Show
from signaling.show.listening import Decodable
from signaling.show.lookup import find_language

ROUTE_CHOICES_WITHIN_S: Final = 0.05
"""Seconds until a chosen channel is routed: hundreds of pages that choose at once must not cost a routing each."""


class PageChoices:
    """Checks the choices of pages against the show, and has them routed."""

    def __init__(
        self,
        show: Callable[[], Show],
        receivers: Receivers,
        route: Callable[[], None],
        publish_soon: Callable[[], None],
    ) -> None:
        """`show` returns the show as it is now. `route` routes every peer anew."""
        self._show = show
        self._receivers = receivers
        self._route = route
        self._publish_soon = publish_soon
        self._routing: asyncio.TimerHandle | None = None

    def listen(self, peer: str, channel: str | None) -> None:
        """A page chooses a channel; None: the floor.

        Raises:
            CommandRefused: the event has no such channel.
        """
        language = None if channel is None else find_language(self._show(), channel)
        self._receivers.choices.listen(peer, language)
        self._route_soon()
        self._publish_soon()

    def decode(self, peer: str, *, previews: bool, small: bool) -> None:
        """A page says what pictures it can decode in time, as `Decodable`."""
        self._receivers.choices.decode(peer, Decodable(previews, small))
        self._route_soon()

    def talk(self, connection: str, destination: LinkDestination, to: list[str] | Literal["all"]) -> None:
        """A page talks back. Routed at once: people speak with the key.

        Raises:
            ProblemError: its role may not talk, or there is no such recipient; it talks as before.
        """
        self._receivers.talk(connection, talk_recipients(self._show(), destination, to))

    def route_now(self) -> None:
        """Route what was chosen."""
        self._routing = None
        self._route()

    def _route_soon(self) -> None:
        if self._routing is None:
            self._routing = asyncio.get_running_loop().call_later(ROUTE_CHOICES_WITHIN_S, self.route_now)

    def close(self) -> None:
        """Route nothing any more."""
        if self._routing is not None:
            self._routing.cancel()
