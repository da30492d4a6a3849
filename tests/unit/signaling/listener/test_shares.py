"""A bounded number of connections, shared fairly."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from signaling.listener.shares import Share


def test_a_share_that_has_room_sends_nobody_away() -> None:
    share: Share[int] = Share(3)
    assert [share.add(n, "krefeld") for n in range(3)] == [None, None, None]
    assert len(share) == 3


def test_the_oldest_goes_where_all_are_held_by_one() -> None:
    share: Share[int] = Share(2)
    share.add(1, "hotel")
    share.add(2, "hotel")
    assert share.add(3, "hotel") == 1


def test_a_flood_from_one_place_takes_only_from_itself() -> None:
    share: Share[int] = Share(10)
    share.add(-1, "hall")
    share.add(-2, "guest")
    for n in range(1000):
        if (victim := share.add(n, "flood")) is not None:
            assert victim >= 0
            share.remove(victim, "flood")
    assert {-1, -2} <= set(share)


def test_a_newcomer_gets_in_where_everybody_else_is_kept() -> None:
    share: Share[int] = Share(2)
    for n in (1, 2):
        share.add(n, "hall")
        share.keep(n)
    assert share.add(3, "hall") == 1


def test_one_that_feeds_a_source_goes_after_those_that_do_not() -> None:
    share: Share[int] = Share(2)
    share.add(1, "hall")
    share.keep(1)
    share.add(2, "hall")
    assert share.add(3, "hall") == 2


def test_what_has_closed_twice_or_was_never_here_is_ignored() -> None:
    share: Share[int] = Share(2)
    share.add(1, "hall")
    share.remove(1, "hall")
    share.remove(1, "hall")
    share.remove(9, "nobody")
    assert len(share) == 0


@given(st.lists(st.tuples(st.sampled_from("abc"), st.booleans()), max_size=60), st.integers(1, 5))
def test_there_are_never_more_than_the_limit_and_the_newcomer_stays(
    story: list[tuple[str, bool]], limit: int
) -> None:
    share: Share[int] = Share(limit)
    holders: dict[int, str] = {}
    for n, (holder, kept) in enumerate(story):
        holders[n] = holder
        victim = share.add(n, holder)
        if kept:
            share.keep(n)
        if victim is not None:
            assert victim != n or limit == 0
            share.remove(victim, holders[victim])
        assert len(share) == len(set(share)) <= limit
        assert n in set(share)
