"""A way out without a socket: keeps what is sent, and fails when told to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import cast

from bridge.net.gso import GsoSender
from bridge.net.ice import Address


class Way:
    """What an `GsoSender` is to a connection."""

    def __init__(self) -> None:
        self.sent: list[tuple[bytes, Address]] = []
        self.fault: OSError | None = None
        self.moment: list[Callable[[], None]] = []
        """What is to be done when it ends."""

    @property
    def outlet(self) -> GsoSender:
        return cast(GsoSender, self)

    def sendto(self, data: bytes, address: Address) -> None:
        if self.fault:
            raise self.fault
        self.sent.append((data, address))

    def send(self, packets: Sequence[bytes], address: Address) -> list[OSError]:
        if self.fault:
            return [self.fault] * len(packets)
        self.sent += [(data, address) for data in packets]
        return []

    def expect(self, flush: Callable[[], None]) -> None:
        self.moment.append(flush)

    def end_moment(self) -> None:
        moment, self.moment = self.moment, []
        for flush in moment:
            flush()
