"""What each role may do."""

from __future__ import annotations

from typing import get_args

import pytest

from signaling.show.policy import hears_levels, may
from signaling.show.terms import Role


@pytest.mark.parametrize("command", ["start", "next", "take", "extend"])
def test_only_moderators_run_the_show(command: str) -> None:
    assert [role for role in get_args(Role) if may(role, command)] == ["moderator"]


def test_moderators_see_all_meters() -> None:
    assert [role for role in get_args(Role) if hears_levels(role)] == ["moderator"]
