"""A `GsoSender` without a socket: it keeps what is sent, and fails on demand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import cast

from bridge.net.gso import GsoSender
from bridge.net.ice import Address


class FakeSender:
    """Has what a connection calls."""

    def __init__(self) -> None:
        self.sent: list[tuple[bytes, Address]] = []
        self.fault: OSError | None = None
        self.scheduled: list[Callable[[], None]] = []

    @property
    def sender(self) -> GsoSender:
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

    def schedule(self, flush: Callable[[], None]) -> None:
        self.scheduled.append(flush)

    def flush(self) -> None:
        scheduled, self.scheduled = self.scheduled, []
        for flush in scheduled:
            flush()
