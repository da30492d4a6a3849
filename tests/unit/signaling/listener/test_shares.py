"""A bounded number of connections, shared fairly."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from signaling.listener.shares import ConnectionShare


def test_a_share_below_its_limit_evicts_nothing() -> None:
    share: ConnectionShare[int] = ConnectionShare(3)
    assert [share.add(n, "krefeld") for n in range(3)] == [None, None, None]
    assert len(share) == 3


def test_the_oldest_is_evicted_if_one_holder_has_all() -> None:
    share: ConnectionShare[int] = ConnectionShare(2)
    share.add(1, "hotel")
    share.add(2, "hotel")
    assert share.add(3, "hotel") == 1


def test_a_flood_from_one_holder_evicts_only_its_own() -> None:
    share: ConnectionShare[int] = ConnectionShare(10)
    share.add(-1, "hall")
    share.add(-2, "guest")
    for n in range(1000):
        if (evicted := share.add(n, "flood")) is not None:
            assert evicted >= 0
            share.remove(evicted, "flood")
    assert {-1, -2} <= set(share)


def test_a_new_connection_is_accepted_if_all_others_are_protected() -> None:
    share: ConnectionShare[int] = ConnectionShare(2)
    for n in (1, 2):
        share.add(n, "hall")
        share.protect(n)
    assert share.add(3, "hall") == 1


def test_a_protected_connection_is_evicted_last() -> None:
    share: ConnectionShare[int] = ConnectionShare(2)
    share.add(1, "hall")
    share.protect(1)
    share.add(2, "hall")
    assert share.add(3, "hall") == 2


def test_a_second_or_unknown_removal_is_ignored() -> None:
    share: ConnectionShare[int] = ConnectionShare(2)
    share.add(1, "hall")
    share.remove(1, "hall")
    share.remove(1, "hall")
    share.remove(9, "nobody")
    assert len(share) == 0


@given(st.lists(st.tuples(st.sampled_from("abc"), st.booleans()), max_size=60), st.integers(1, 5))
def test_the_limit_is_never_exceeded_and_the_newest_stays(story: list[tuple[str, bool]], limit: int) -> None:
    share: ConnectionShare[int] = ConnectionShare(limit)
    holders: dict[int, str] = {}
    for n, (holder, is_protected) in enumerate(story):
        holders[n] = holder
        evicted = share.add(n, holder)
        if is_protected:
            share.protect(n)
        if evicted is not None:
            assert evicted != n or limit == 0
            share.remove(evicted, holders[evicted])
        assert len(share) == len(set(share)) <= limit
        assert n in set(share)
