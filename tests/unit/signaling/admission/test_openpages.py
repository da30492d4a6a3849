"""The pages of one link are limited, and those of others are not affected."""

from __future__ import annotations

from typing import get_args

import pytest

from signaling.access.links import Link
from signaling.admission.openpages import OpenPages
from signaling.show.policy import MAX_PAGES, MAX_RECEIVERS
from signaling.show.reasons import ProblemError
from signaling.show.terms import Role

HALL = Link("venue", "tokio", "", number=1)
OTHER = Link("venue", "tokio", "", number=2)
VIEWER = Link("viewer", "viewer", "", number=3)


def filled(link: Link, *feeding: str) -> OpenPages[str]:
    pages = OpenPages[str](feeding.__contains__)
    for n in range(MAX_PAGES[link.role]):
        assert pages.add(f"page {n}", link, f"peer {n}") is None
    return pages


def test_every_role_has_a_limit_and_may_have_more_pages_than_pictures() -> None:
    assert set(MAX_PAGES) == set(get_args(Role))
    assert all(MAX_PAGES[role] > MAX_RECEIVERS[role] for role in MAX_PAGES)


def test_one_page_more_closes_the_oldest_of_its_link_that_feeds_nothing() -> None:
    pages = filled(HALL, "peer 0", "peer 2")
    assert pages.add("new", HALL, "new peer") == "page 1"
    assert pages.add("newer", HALL, "newer peer") == "page 3"
    assert pages.add("page", OTHER, "of another link") is None


def test_a_link_whose_pages_all_feed_refuses_the_newcomer() -> None:
    pages = filled(HALL, *(f"peer {n}" for n in range(MAX_PAGES["venue"])))
    with pytest.raises(ProblemError) as refusal:
        pages.add("new", HALL, "new peer")
    assert (refusal.value.reason, refusal.value.code) == ("pages-full", "busy")


def test_one_viewer_more_is_refused_and_those_who_watch_stay() -> None:
    pages = filled(VIEWER)
    with pytest.raises(ProblemError):
        pages.add("new", VIEWER, "new peer")
    pages.remove("page 7", VIEWER)
    pages.remove("page 7", VIEWER)
    assert pages.add("new", VIEWER, "new peer") is None
    with pytest.raises(ProblemError):
        pages.add("newer", VIEWER, "newer peer")


@pytest.mark.parametrize("link", [HALL, VIEWER])
def test_a_page_that_comes_back_takes_the_place_of_its_lost_connection(link: Link) -> None:
    pages = filled(link, "peer 5")
    assert pages.add("page 5 again", link, "peer 5", "peer 5") == "page 5"
    assert pages.add("and again", link, "a new peer", "peer 5") == "page 5 again"
