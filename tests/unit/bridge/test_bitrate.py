"""How much a peer may send, on ways of several widths."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from itertools import pairwise

import pytest

from bridge.bitrate import FORGOTTEN, HEAVY, LEAST, MOST, PAUSE, TOLERATED, Bitrate

NOW = 1000.0
SENT = 4
SIZE = 1200
TICK = 0.02
QUEUE = 0.5
"""Seconds."""


class Way:
    """A sender that sends what it may, over a way that carries so many bits a second, keeps what is beyond waiting for
    half a second, and loses the rest."""

    def __init__(self, width: float, *, asks: float = 10e6, stamped: bool = True) -> None:
        self.width = width
        self.bitrate = Bitrate(SENT, MOST, NOW)
        self.now = NOW
        self._asks, self._stamped = asks, stamped
        self._due = self._free = NOW
        self._under_way: list[tuple[float, bytes]] = []
        self.delay = 0.0
        """Of the last packet, in seconds."""
        self._sent = self._lost = 0
        self._report = NOW + 1

    def run(self, seconds: float) -> None:
        """Time passes."""
        end = self.now + seconds
        while self.now < end:
            self.now += TICK
            while self._due < self.now:
                self._send(self._due)
                self._due += SIZE * 8 / min(self.bitrate.allowed, self._asks)
            came = [packet for packet in self._under_way if packet[0] <= self.now]
            self._under_way = [packet for packet in self._under_way if packet[0] > self.now]
            self.bitrate.look(came, self.now)
            if self.now >= self._report and self._sent:
                self._report = self.now + 1
                self.bitrate.lost(self._lost / self._sent, self.now)
                self._sent = self._lost = 0

    def pause(self, seconds: float) -> None:
        """Nothing is sent."""
        self.now += seconds
        self._due = self.now

    def _send(self, now: float) -> None:
        self._sent += 1
        if self._free > now + QUEUE:
            self._lost += 1
            return
        self._free = max(self._free, now) + SIZE * 8 / self.width
        self.delay = self._free - now
        data = struct.pack("!BBHLL", 0x90 if self._stamped else 0x80, 96, 0, 0, 0)
        if self._stamped:
            data += struct.pack("!HHB", 0xBEDE, 1, SENT << 4 | 2) + stamp(now)
        self._under_way.append((self._free + 0.03, data.ljust(SIZE, b"\0")))


def stamp(now: float) -> bytes:
    """abs-send-time: seconds in 6.18 fixed point."""
    return (int(now * (1 << 18)) & 0xFF_FFFF).to_bytes(3, "big")


def test_a_wide_way_is_used_from_the_beginning() -> None:
    """A browser begins with a third of a megabit and would wait for leave to send more."""
    way = Way(100e6, asks=300_000)
    way.run(5)
    assert way.bitrate.allowed == MOST


@pytest.mark.parametrize("width", [600_000, 1_000_000, 2_500_000])
def test_a_narrow_way_is_filled_and_not_flooded(width: float) -> None:
    """Whatever its width: most of it is used, and packets do not wait for long."""
    way = Way(width)
    way.run(10)
    used, delays = [], []
    for _ in range(200):
        way.run(0.1)
        used.append(min(way.bitrate.allowed, width))
        delays.append(way.delay)
    assert sum(used) / len(used) > 0.7 * width
    assert sorted(delays)[len(delays) // 2] < 0.15
    assert way.bitrate.allowed < 1.3 * width


def test_a_way_that_becomes_wide_again_is_used_again() -> None:
    """Within half a minute."""
    way = Way(800_000)
    way.run(20)
    assert way.bitrate.allowed < 1_200_000
    way.width = 100e6
    way.run(40)
    assert way.bitrate.allowed == MOST


def test_there_is_a_floor() -> None:
    """Below it there is no picture to be had."""
    way = Way(100_000)
    way.run(10)
    assert LEAST <= way.bitrate.allowed < 1.1 * LEAST


def test_heavy_loss_halves_what_was_lost_and_some_holds() -> None:
    """As senders do it by themselves."""
    bitrate = Bitrate(None, MOST, NOW)
    bitrate.lost(0.2, NOW + 1)
    assert bitrate.allowed == pytest.approx(0.9 * MOST)
    for second in range(10):
        bitrate.lost(HEAVY, NOW + 2 + second)
        bitrate.look([], NOW + 2 + second)
    assert bitrate.allowed == pytest.approx(0.9 * MOST)
    for second in range(3):
        bitrate.lost(TOLERATED, NOW + 12 + second)
        bitrate.look([], NOW + 12 + second)
    assert bitrate.allowed == MOST


def test_heavy_loss_counts_from_what_came_through() -> None:
    """Who may send far more than comes would hardly notice it."""
    way = Way(100e6, asks=1_000_000)
    way.run(5)
    way.bitrate.lost(0.5, way.now)
    assert way.bitrate.allowed == pytest.approx(0.75 * 1.5 * 1_000_000, rel=0.05)


def test_less_is_told_at_once_but_not_all_the_time() -> None:
    """A queue that grows cannot wait for the next report; nor can it shrink before the sender has heard of it."""
    way = Way(600_000)
    changes: list[tuple[float, float]] = []
    look = way.bitrate.look

    def listen(arrivals: Iterable[tuple[float, bytes]], now: float) -> bool:
        before = way.bitrate.allowed
        is_less = look(arrivals, now)
        assert is_less is (way.bitrate.allowed < before)
        changes.append((now, way.bitrate.allowed - before))
        return is_less

    way.bitrate.look = listen  # type: ignore[method-assign]
    way.run(30)
    cuts = [now for now, change in changes if change < 0]
    assert len(cuts) > 5
    assert all(later - earlier >= PAUSE for earlier, later in pairwise(cuts))
    assert not [now for now, change in changes if change > 0 and 0 < now - cuts[-1] < 2 * TICK]


def test_packets_without_a_time_of_sending_tell_nothing() -> None:
    """OBS sends none. There is only the loss then."""
    for stamped in (True, False):
        way = Way(3_700_000, stamped=stamped)
        way.run(5)
        assert (way.bitrate.allowed < MOST) is stamped


@pytest.mark.parametrize("pause", [FORGOTTEN + 0.1, 64.0, 3600.0])
def test_a_pause_is_no_queue(pause: float) -> None:
    """The time of sending wraps every 64 s."""
    way = Way(100e6, asks=1_000_000)
    way.run(5)
    detector = way.bitrate._detector
    way.pause(pause)
    way.run(2)
    assert way.bitrate.allowed == MOST
    assert way.bitrate._detector is not detector, "it counts time by the millisecond, one after the other"


def test_a_broken_time_of_sending_is_passed_over() -> None:
    """It has three bytes."""
    bitrate = Bitrate(SENT, MOST, NOW)
    data = struct.pack("!BBHLLHHBBH", 0x90, 96, 0, 0, 0, 0xBEDE, 1, SENT << 4 | 1, 0, 0)
    assert bitrate.look([(NOW, data)], NOW) is False
