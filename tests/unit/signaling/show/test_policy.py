"""What each role may do."""

from __future__ import annotations

from typing import get_args

from signaling.show.policy import hears_levels, is_watcher, marks_speakers
from signaling.show.terms import Role


def test_moderators_see_all_meters() -> None:
    assert [role for role in get_args(Role) if hears_levels(role)] == ["moderator"]


def test_every_page_with_pictures_is_sent_levels_once() -> None:
    marking = [role for role in get_args(Role) if marks_speakers(role)]
    assert sorted(marking) == ["guest", "interpreter", "venue", "viewer"]


def test_viewers_and_stage_displays_only_receive() -> None:
    assert [role for role in get_args(Role) if is_watcher(role)] == ["viewer", "stage"]
