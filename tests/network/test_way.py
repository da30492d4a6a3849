"""What one direction of a line does, on a clock of the test's own."""

from __future__ import annotations

from itertools import groupby, pairwise

import pytest

from tests.network.way import Way

SIZE = 1000


def fates(way: Way, packets: int = 2000, every: float = 0.01) -> list[tuple[float, ...]]:
    return [way.deliver(SIZE, n * every) for n in range(packets)]


def test_a_plain_way_delivers_at_once() -> None:
    assert fates(Way(), 3) == [(0.0,), (0.01,), (0.02,)]


def test_the_same_seed_has_the_same_fates() -> None:
    def way(seed: int) -> Way:
        return Way(seed, delay=0.1, jitter=0.05, reorder=True, loss=0.1, burst=3, duplicate=0.1)

    assert fates(way(7)) == fates(way(7))
    assert fates(way(7)) != fates(way(8))


def test_the_fate_of_a_packet_does_not_depend_on_time() -> None:
    slow, fast = (fates(Way(3, loss=0.2), every=every) for every in (1.0, 0.001))
    assert [len(fate) for fate in slow] == [len(fate) for fate in fast]


def test_the_fate_of_a_packet_does_not_depend_on_what_was_set_before_it() -> None:
    calm, changed = Way(3), Way(3, loss=0.9, jitter=1.0, duplicate=0.5, dark=True)
    fates(calm, 100)
    fates(changed, 100)
    for way in (calm, changed):
        way.loss, way.jitter, way.duplicate, way.dark = 0.2, 0.0, 0.0, False
    after = [[bool(way.deliver(SIZE, 10.0)) for _ in range(200)] for way in (calm, changed)]
    assert after[0] == after[1]


def test_it_loses_the_fraction_it_is_told() -> None:
    way = Way(loss=0.05)
    fates(way, 20_000)
    assert way.counts.lost == pytest.approx(1000, rel=0.1)
    assert way.counts.lost + way.counts.delivered == way.counts.packets == 20_000


def test_bursts_lose_the_same_fraction_in_fewer_and_longer_runs() -> None:
    way = Way(loss=0.05, burst=4)
    arrived = [bool(fate) for fate in fates(way, 50_000)]
    runs = [len(list(run)) for passes, run in groupby(arrived) if not passes]
    assert way.counts.lost == pytest.approx(2500, rel=0.15)
    assert sum(runs) / len(runs) == pytest.approx(4, rel=0.1)


def test_loss_of_all_is_of_all() -> None:
    assert not any(fates(Way(loss=1.0), 100))
    assert not any(fates(Way(loss=1.0, burst=3), 100))


def test_what_is_spared_is_not_lost_and_leaves_the_others_their_fates() -> None:
    alone, among = Way(5, loss=0.3), Way(5, loss=0.3)
    lost = [not alone.deliver(SIZE, 0.0) for _ in range(200)]
    spared = [not among.deliver(SIZE, 0.0, is_spared=n % 2 == 0) for n in range(200)]
    assert not any(spared[::2])
    assert spared[1::2] == lost[1::2]


def test_delay_is_added_and_jitter_up_to_so_much_more() -> None:
    late = [at - n * 0.01 for n, (at,) in enumerate(fates(Way(delay=0.1, jitter=0.004)))]
    assert min(late) == pytest.approx(0.1, abs=0.0002)
    assert max(late) == pytest.approx(0.104, abs=0.0002)


def test_jitter_keeps_the_order_unless_told_otherwise() -> None:
    kept, mixed = Way(jitter=0.05), Way(jitter=0.05, reorder=True)
    assert all(a <= b for a, b in pairwise(fates(kept)))
    assert any(a > b for a, b in pairwise(fates(mixed)))
    assert kept.counts.overtaking == 0
    assert mixed.counts.overtaking > 100


def test_duplicates_come_twice() -> None:
    way = Way(duplicate=0.1)
    twice = sum(len(fate) == 2 for fate in fates(way, 10_000))
    assert twice == way.counts.duplicated == pytest.approx(1000, rel=0.15)


def test_a_rate_spaces_packets_out_and_its_queue_drops_what_comes_last() -> None:
    """8000 bit/s: a packet of 1000 bytes takes a second. Three have room, one of them under way."""
    way = Way(rate=8000, queue=3000)
    assert [way.deliver(SIZE, 0.0) for _ in range(5)] == [(1.0,), (2.0,), (3.0,), (), ()]
    assert way.counts.overflowed == 2
    assert way.deliver(SIZE, 1.0) == (4.0,)
    assert way.deliver(SIZE, 1.5) == ()
    assert way.deliver(SIZE, 10.0) == (11.0,)


def test_a_rate_that_ends_leaves_what_waits_in_its_order() -> None:
    way = Way(rate=8000)
    way.deliver(SIZE, 0.0)
    way.rate = 0.0
    assert way.deliver(SIZE, 0.1) == (1.0,)


def test_in_the_dark_nothing_passes_and_the_numbers_go_on() -> None:
    through, dark = Way(9, loss=0.5), Way(9, loss=0.5, dark=True)
    fates(through, 100)
    assert not any(fates(dark, 100))
    assert dark.counts.dark == 100
    dark.dark = False
    assert [bool(f) for f in fates(through, 100)] == [bool(f) for f in fates(dark, 100)]


def test_to_an_address_that_is_cut_it_is_dark() -> None:
    way = Way()
    assert way.deliver(SIZE, 0.0, is_cut=True) == ()
    assert way.deliver(SIZE, 0.0) == (0.0,)
    assert way.counts.dark == 1
