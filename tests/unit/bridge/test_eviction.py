"""Which peer is evicted when too many are connecting."""

from __future__ import annotations

import pytest

from bridge.engine import PeerSpec, TooManyPeers
from bridge.eviction import (
    MAX_UNCONNECTED,
    MAX_UNCONNECTED_PER_LINK,
    MAX_UNCONNECTED_PER_VIEWER_LINK,
    is_power_of_two,
    peer_to_evict,
)


def viewers(link: str, number: int, first: int = 0) -> list[PeerSpec]:
    return [
        PeerSpec(f"{link}-{n}", None, link=link, is_expendable=True) for n in range(first, first + number)
    ]


def halls(link: str, number: int, first: int = 0) -> list[PeerSpec]:
    return [PeerSpec(f"{link}-{n}", link, link=link) for n in range(first, first + number)]


HALL = PeerSpec("hall", "krefeld", link="krefeld")
FLOOD = [spec for n in range(3) for spec in viewers(f"flood{n}", MAX_UNCONNECTED_PER_VIEWER_LINK)][
    :MAX_UNCONNECTED
]
"""All places are taken by viewers."""


class Harness:
    """The switchboard's unconnected peers."""

    def __init__(self) -> None:
        self.unconnected: list[PeerSpec] = []
        self.evicted: list[str] = []

    def offer(self, *newcomers: PeerSpec) -> None:
        for newcomer in newcomers:
            evicted = peer_to_evict(newcomer, self.unconnected)
            if evicted:
                self.unconnected.remove(evicted)
                self.evicted.append(evicted.peer)
            self.unconnected.append(newcomer)


@pytest.fixture
def harness() -> Harness:
    return Harness()


def test_200_viewers_of_one_link_rejoin_at_once_with_halls_guests_and_moderators(harness: Harness) -> None:
    """After a restart of the server, none of them has to offer twice."""
    for n, viewer in enumerate(viewers("watch", 200)):
        harness.offer(viewer)
        if n % 20 == 0:
            harness.offer(*halls(f"place{n}", 1), *halls("guests", 1, n), *halls("desk", 1, n))
    assert not harness.evicted


def test_a_flooding_viewer_link_evicts_only_its_own_oldest(harness: Harness) -> None:
    harness.offer(HALL, *viewers("other", 20))
    harness.offer(*viewers("flood", MAX_UNCONNECTED_PER_VIEWER_LINK + 2512))
    assert harness.evicted == [f"flood-{n}" for n in range(2512)]


def test_a_viewer_of_a_flooded_link_is_evicted_only_after_200_others(harness: Harness) -> None:
    harness.offer(*viewers("flood", 1000), *viewers("patient", 1))
    patient = viewers("flood", 1, 1000)[0]
    harness.offer(patient, *viewers("flood", MAX_UNCONNECTED_PER_VIEWER_LINK - 1, 1001))
    assert patient in harness.unconnected


def test_a_hall_gets_in_and_stays_under_a_flood_of_viewers(harness: Harness) -> None:
    harness.offer(*FLOOD)
    harness.offer(HALL)
    harness.offer(*viewers("flood0", 3000, 1000), *viewers("more", 3000))
    assert HALL in harness.unconnected
    assert len(harness.unconnected) == MAX_UNCONNECTED


def test_a_hall_under_a_flood_does_not_evict_another_of_its_link(harness: Harness) -> None:
    """Two guests may have one link."""
    first, second = halls("guests", 2)
    harness.offer(first, *FLOOD)
    harness.offer(second)
    assert {first, second} <= set(harness.unconnected)


def test_a_flooding_link_of_halls_evicts_its_own_oldest(harness: Harness) -> None:
    harness.offer(HALL, *halls("stolen", MAX_UNCONNECTED_PER_LINK + 2))
    assert harness.evicted == ["stolen-0", "stolen-1"]


def test_a_quiet_viewer_link_gets_places_of_the_largest_links(harness: Harness) -> None:
    harness.offer(*FLOOD)
    quiet = viewers("quiet", 50)
    harness.offer(*quiet)
    assert set(quiet) <= set(harness.unconnected)
    assert {name.partition("-")[0] for name in harness.evicted} == {"flood0", "flood1"}


def only_halls() -> list[PeerSpec]:
    links = MAX_UNCONNECTED // MAX_UNCONNECTED_PER_LINK + 1
    everywhere = [spec for n in range(links) for spec in halls(f"place{n}", MAX_UNCONNECTED_PER_LINK)]
    return everywhere[:MAX_UNCONNECTED]


@pytest.mark.parametrize("newcomer", [HALL, viewers("watch", 1)[0]], ids=["hall", "viewer"])
def test_without_an_evictable_peer_the_newcomer_is_refused(harness: Harness, newcomer: PeerSpec) -> None:
    harness.offer(*only_halls())
    with pytest.raises(TooManyPeers, match="try again in a few seconds"):
        harness.offer(newcomer)
    assert not harness.evicted


def test_without_another_evictable_peer_the_oldest_of_the_same_link_is_evicted(harness: Harness) -> None:
    harness.offer(*only_halls()[1:], HALL)
    harness.offer(*halls("krefeld", 1))
    assert harness.evicted == ["hall"]


def test_a_flood_makes_few_log_lines() -> None:
    assert [n for n in range(1, 20) if is_power_of_two(n)] == [1, 2, 4, 8, 16]
    assert sum(map(is_power_of_two, range(1, 2513))) == 12
