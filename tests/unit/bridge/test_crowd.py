"""Who goes when too many peers are about to connect."""

from __future__ import annotations

import pytest

from bridge.crowd import (
    MAX_UNCONNECTED,
    MAX_UNCONNECTED_EXPENDABLE,
    MAX_UNCONNECTED_LASTING,
    is_logged,
    to_let_go,
)
from bridge.engine import PeerSpec, TooManyPeers


def viewers(link: str, number: int, first: int = 0) -> list[PeerSpec]:
    return [
        PeerSpec(f"{link}-{n}", None, link=link, is_expendable=True) for n in range(first, first + number)
    ]


def halls(link: str, number: int, first: int = 0) -> list[PeerSpec]:
    return [PeerSpec(f"{link}-{n}", link, link=link) for n in range(first, first + number)]


HALL = PeerSpec("hall", "krefeld", link="krefeld")
FLOOD = [spec for n in range(3) for spec in viewers(f"flood{n}", MAX_UNCONNECTED_EXPENDABLE)][
    :MAX_UNCONNECTED
]
"""All places are taken by viewers."""


class House:
    """Peers that offer and never shake hands, as the switchboard keeps them."""

    def __init__(self) -> None:
        self.unconnected: list[PeerSpec] = []
        self.gone: list[str] = []

    def offer(self, *newcomers: PeerSpec) -> None:
        for newcomer in newcomers:
            going = to_let_go(newcomer, self.unconnected)
            if going:
                self.unconnected.remove(going)
                self.gone.append(going.peer)
            self.unconnected.append(newcomer)


@pytest.fixture
def house() -> House:
    return House()


def test_200_viewers_of_one_link_come_back_at_once_with_halls_guests_and_moderators(house: House) -> None:
    """After a restart of the server, none of them has to offer twice."""
    for n, viewer in enumerate(viewers("watch", 200)):
        house.offer(viewer)
        if n % 20 == 0:
            house.offer(*halls(f"place{n}", 1), *halls("guests", 1, n), *halls("desk", 1, n))
    assert not house.gone


def test_a_viewer_link_that_floods_pushes_out_its_own_oldest_and_nobody_else(house: House) -> None:
    house.offer(HALL, *viewers("other", 20))
    house.offer(*viewers("flood", MAX_UNCONNECTED_EXPENDABLE + 2512))
    assert house.gone == [f"flood-{n}" for n in range(2512)]


def test_a_viewer_of_a_flooded_link_has_all_its_places_to_connect_in(house: House) -> None:
    house.offer(*viewers("flood", 1000), *viewers("patient", 1))
    patient = viewers("flood", 1, 1000)[0]
    house.offer(patient, *viewers("flood", MAX_UNCONNECTED_EXPENDABLE - 1, 1001))
    assert patient in house.unconnected


def test_a_hall_gets_in_whatever_viewers_do_and_stays(house: House) -> None:
    house.offer(*FLOOD)
    house.offer(HALL)
    house.offer(*viewers("flood0", 3000, 1000), *viewers("more", 3000))
    assert HALL in house.unconnected
    assert len(house.unconnected) == MAX_UNCONNECTED


def test_a_hall_that_comes_into_a_flood_does_not_push_out_another_of_its_link(house: House) -> None:
    """Two guests may have one link."""
    first, second = halls("guests", 2)
    house.offer(first, *FLOOD)
    house.offer(second)
    assert {first, second} <= set(house.unconnected)


def test_a_link_of_halls_that_floods_pushes_out_its_own_oldest(house: House) -> None:
    house.offer(HALL, *halls("stolen", MAX_UNCONNECTED_LASTING + 2))
    assert house.gone == ["stolen-0", "stolen-1"]


def test_a_quiet_viewer_link_gets_places_of_those_that_have_most(house: House) -> None:
    house.offer(*FLOOD)
    quiet = viewers("quiet", 50)
    house.offer(*quiet)
    assert set(quiet) <= set(house.unconnected)
    assert {name.partition("-")[0] for name in house.gone} == {"flood0", "flood1"}


def lasting_everywhere() -> list[PeerSpec]:
    links = MAX_UNCONNECTED // MAX_UNCONNECTED_LASTING + 1
    everywhere = [spec for n in range(links) for spec in halls(f"place{n}", MAX_UNCONNECTED_LASTING)]
    return everywhere[:MAX_UNCONNECTED]


@pytest.mark.parametrize("newcomer", [HALL, viewers("watch", 1)[0]], ids=["hall", "viewer"])
def test_where_nobody_may_go_the_newcomer_is_refused_in_words(house: House, newcomer: PeerSpec) -> None:
    house.offer(*lasting_everywhere())
    with pytest.raises(TooManyPeers, match="come back in a few seconds"):
        house.offer(newcomer)
    assert not house.gone


def test_where_nobody_else_may_go_the_oldest_of_the_same_link_does(house: House) -> None:
    house.offer(*lasting_everywhere()[1:], HALL)
    house.offer(*halls("krefeld", 1))
    assert house.gone == ["hall"]


def test_a_flood_makes_few_log_lines() -> None:
    assert [n for n in range(1, 20) if is_logged(n)] == [1, 2, 4, 8, 16]
    assert sum(map(is_logged, range(1, 2513))) == 12
