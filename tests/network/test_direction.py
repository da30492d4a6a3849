"""One direction of a line, with the test's own clock."""

from __future__ import annotations

from itertools import groupby, pairwise

import pytest

from tests.network.direction import Direction

SIZE = 1000


def fates(direction: Direction, packets: int = 2000, every: float = 0.01) -> list[tuple[float, ...]]:
    return [direction.deliver(SIZE, n * every) for n in range(packets)]


def test_without_options_it_delivers_at_once() -> None:
    assert fates(Direction(), 3) == [(0.0,), (0.01,), (0.02,)]


def test_the_same_seed_has_the_same_fates() -> None:
    def direction(seed: int) -> Direction:
        return Direction(seed, delay=0.1, jitter=0.05, reorder=True, loss=0.1, burst=3, duplicate=0.1)

    assert fates(direction(7)) == fates(direction(7))
    assert fates(direction(7)) != fates(direction(8))


def test_the_fate_of_a_packet_does_not_depend_on_time() -> None:
    slow, fast = (fates(Direction(3, loss=0.2), every=every) for every in (1.0, 0.001))
    assert [len(fate) for fate in slow] == [len(fate) for fate in fast]


def test_the_fate_of_a_packet_does_not_depend_on_earlier_options() -> None:
    calm, changed = Direction(3), Direction(3, loss=0.9, jitter=1.0, duplicate=0.5, dark=True)
    fates(calm, 100)
    fates(changed, 100)
    for direction in (calm, changed):
        direction.loss, direction.jitter, direction.duplicate, direction.dark = 0.2, 0.0, 0.0, False
    after = [[bool(direction.deliver(SIZE, 10.0)) for _ in range(200)] for direction in (calm, changed)]
    assert after[0] == after[1]


def test_it_loses_the_given_fraction() -> None:
    direction = Direction(loss=0.05)
    fates(direction, 20_000)
    assert direction.counts.lost == pytest.approx(1000, rel=0.1)
    assert direction.counts.lost + direction.counts.delivered == direction.counts.packets == 20_000


def test_bursts_lose_the_same_fraction_in_fewer_and_longer_runs() -> None:
    direction = Direction(loss=0.05, burst=4)
    arrived = [bool(fate) for fate in fates(direction, 50_000)]
    runs = [len(list(run)) for passes, run in groupby(arrived) if not passes]
    assert direction.counts.lost == pytest.approx(2500, rel=0.15)
    assert sum(runs) / len(runs) == pytest.approx(4, rel=0.1)


def test_a_loss_of_1_loses_every_packet() -> None:
    assert not any(fates(Direction(loss=1.0), 100))
    assert not any(fates(Direction(loss=1.0, burst=3), 100))


def test_an_exempt_packet_is_not_lost_and_does_not_change_the_others() -> None:
    alone, among = Direction(5, loss=0.3), Direction(5, loss=0.3)
    lost = [not alone.deliver(SIZE, 0.0) for _ in range(200)]
    exempt = [not among.deliver(SIZE, 0.0, is_exempt=n % 2 == 0) for n in range(200)]
    assert not any(exempt[::2])
    assert exempt[1::2] == lost[1::2]


def test_packets_are_late_by_delay_and_up_to_jitter_more() -> None:
    late = [at - n * 0.01 for n, (at,) in enumerate(fates(Direction(delay=0.1, jitter=0.004)))]
    assert min(late) == pytest.approx(0.1, abs=0.0002)
    assert max(late) == pytest.approx(0.104, abs=0.0002)


def test_jitter_keeps_the_order_without_reorder() -> None:
    kept, mixed = Direction(jitter=0.05), Direction(jitter=0.05, reorder=True)
    assert all(a <= b for a, b in pairwise(fates(kept)))
    assert any(a > b for a, b in pairwise(fates(mixed)))
    assert kept.counts.overtaking == 0
    assert mixed.counts.overtaking > 100


def test_duplicates_come_twice() -> None:
    direction = Direction(duplicate=0.1)
    twice = sum(len(fate) == 2 for fate in fates(direction, 10_000))
    assert twice == direction.counts.duplicated == pytest.approx(1000, rel=0.15)


def test_a_rate_spaces_packets_and_its_queue_drops_the_last() -> None:
    """8000 bit/s: a packet of 1000 bytes takes a second. Three have room, one of them in transit."""
    direction = Direction(rate=8000, queue=3000)
    assert [direction.deliver(SIZE, 0.0) for _ in range(5)] == [(1.0,), (2.0,), (3.0,), (), ()]
    assert direction.counts.overflowed == 2
    assert direction.deliver(SIZE, 1.0) == (4.0,)
    assert direction.deliver(SIZE, 1.5) == ()
    assert direction.deliver(SIZE, 10.0) == (11.0,)


def test_packets_keep_their_order_when_the_rate_limit_ends() -> None:
    direction = Direction(rate=8000)
    direction.deliver(SIZE, 0.0)
    direction.rate = 0.0
    assert direction.deliver(SIZE, 0.1) == (1.0,)


def test_a_dark_direction_delivers_nothing_and_still_draws_numbers() -> None:
    through, dark = Direction(9, loss=0.5), Direction(9, loss=0.5, dark=True)
    fates(through, 100)
    assert not any(fates(dark, 100))
    assert dark.counts.dark == 100
    dark.dark = False
    assert [bool(f) for f in fates(through, 100)] == [bool(f) for f in fates(dark, 100)]


def test_a_cut_off_packet_is_not_delivered() -> None:
    direction = Direction()
    assert direction.deliver(SIZE, 0.0, is_cut=True) == ()
    assert direction.deliver(SIZE, 0.0) == (0.0,)
    assert direction.counts.dark == 1
