"""Parsing the options of a line."""

from __future__ import annotations

from dataclasses import fields

import pytest

from tests.network.direction import Direction
from tests.network.options import OPTIONS, OptionError, set_option


@pytest.mark.parametrize(
    ("name", "value", "is_"),
    [
        ("delay", "125ms", 0.125),
        ("delay", "1.5s", 1.5),
        ("loss", "5%", 0.05),
        ("loss", "0.05", 0.05),
        ("burst", "3", 3.0),
        ("rate", "1.5Mbit", 1_500_000.0),
        ("rate", "800kbit", 800_000.0),
        ("queue", "64kB", 64_000.0),
        ("dark", "on", True),
        ("reorder", "off", False),
    ],
)
def test_an_option_is_set_in_both_directions(name: str, value: str, is_: float) -> None:
    up, down = Direction(), Direction()
    set_option(name, value, up, down)
    assert getattr(up, name) == getattr(down, name) == pytest.approx(is_)


def test_an_option_is_set_in_one_direction() -> None:
    up, down = Direction(), Direction()
    set_option("up-loss", "5%", up, down)
    set_option("down-delay", "60ms", up, down)
    assert (up.loss, down.loss, up.delay, down.delay) == (0.05, 0.0, 0.0, 0.06)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("delai", "1s", "delai: no such option; there is delay"),
        ("up-delai", "1s", "up-delai: no such option"),
        ("delay", "125", "'125' is not a number of seconds, such as 125ms"),
        ("delay", "-1s", "is not a number"),
        ("loss", "500%", "at most 1 or 100%"),
        ("rate", "2MB", "such as 2Mbit"),
        ("dark", "yes", "neither on nor off"),
    ],
)
def test_a_wrong_option_is_reported_and_changes_nothing(name: str, value: str, says: str) -> None:
    up, down = Direction(), Direction()
    with pytest.raises(OptionError, match=says):
        set_option(name, value, up, down)
    assert up == down == Direction()


def test_every_option_can_be_set() -> None:
    assert {field.name for field in fields(Direction)} - {"seed", "counts"} == set(OPTIONS)
