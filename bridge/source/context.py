"""What the streams of one source share, and what they and the slots that show them are to each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Protocol, TypeVar

import structlog

from bridge.rtp.clock import SourceClock
from bridge.rtp.header import Packet

log = structlog.get_logger(__name__)

Shown = TypeVar("Shown", bound=Packet, contravariant=True)


class Subscriber(Protocol[Shown]):
    """What a slot is to the stream it shows, or waits to show."""

    def forward(self, packet: Shown) -> None:
        """A packet of the stream it shows."""

    def pad(self, packet: Shown) -> None:
        """One without a payload."""

    def leap(self, packet: Shown) -> None:
        """`packet`, which comes next, has a timestamp that leaves the clock."""

    def enter(self, packet: Shown) -> None:
        """A packet with which the stream that it waits for can begin."""

    def restart(self) -> None:
        """The stream it shows begins anew: what comes has no bearing on what was."""

    def lose(self, intake: object) -> None:
        """The stream of that intake is gone."""


Receiver = Callable[[bytes, float], None]
"""Takes one plain packet and the monotonic seconds at which it came."""


class Refused(Exception):
    """A packet that is not used; the text is the reason by which it is counted."""


class StreamContext:
    """What the streams of one source share."""

    __slots__ = ("clock", "dropped", "name", "routes", "send", "ssrc")

    def __init__(self, send: Callable[[bytes], object], ssrc: int, name: str = "") -> None:
        """`send` takes RTCP to the sender, `ssrc` is ours in it; `name` is the source's, for the log."""
        self.send = send
        self.ssrc = ssrc
        self.name = name
        self.clock = SourceClock()
        self.dropped: Counter[str] = Counter()
        """Packets not used, by reason."""
        self.routes: dict[bytes, Receiver] = {}
        """Who takes the packets of which SSRC, as it stands in the header: none takes another's."""

    def drop(self, reason: str) -> None:
        """Count a packet that is not used, and log the first for a reason."""
        self.dropped[reason] += 1
        if self.dropped[reason] == 1:
            log.info("packet dropped", source=self.name, reason=reason)
