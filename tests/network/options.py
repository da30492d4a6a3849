"""Parses the options of a line: `--delay 125ms` on the command line, `delay=125ms` while it runs.

A plain name sets both directions. With `up-` or `down-` before it, it sets one: `up-loss` is that towards the bridge.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from tests.network.direction import Direction

UNITS: Mapping[str, Mapping[str, float]] = {
    "seconds": {"s": 1.0, "ms": 1e-3},
    "fraction": {"": 1.0, "%": 0.01},
    "packets": {"": 1.0},
    "bits a second": {"bit": 1.0, "kbit": 1e3, "Mbit": 1e6},
    "bytes": {"B": 1.0, "kB": 1e3, "MB": 1e6},
}
OPTIONS: Mapping[str, tuple[str, str]] = {
    "delay": ("seconds", "each packet arrives this much later"),
    "jitter": ("seconds", "and up to this much more"),
    "reorder": ("switch", "jitter lets packets overtake each other"),
    "loss": ("fraction", "of the packets"),
    "burst": ("packets", "lost in a row on average; 0: independent losses"),
    "duplicate": ("fraction", "of the packets delivered twice"),
    "rate": ("bits a second", "0bit: no limit"),
    "queue": ("bytes", "that may wait for the rate"),
    "dark": ("switch", "nothing passes"),
}
"""Name to unit and meaning."""
EXAMPLES = {"seconds": "125ms", "fraction": "5%", "packets": "3", "bits a second": "2Mbit", "bytes": "64kB"}


class OptionError(ValueError):
    """An unknown option or a wrong value. The text says what is expected."""


def set_option(name: str, value: str, up: Direction, down: Direction) -> None:
    """Set `name` (with or without a direction) to `value`, from the next packet on.

    Raises:
        OptionError: nothing has changed.
    """
    directions = {"up-": (up,), "down-": (down,), "": (up, down)}
    prefix = next(prefix for prefix in directions if name.startswith(prefix))
    option = name.removeprefix(prefix)
    if option not in OPTIONS:
        raise OptionError(f"{name}: no such option; there is {', '.join(OPTIONS)}, up- or down- before it")
    parse = _switch if OPTIONS[option][0] == "switch" else _number
    parsed = parse(name, value, OPTIONS[option][0])
    for direction in directions[prefix]:
        setattr(direction, option, parsed)


def _switch(name: str, value: str, _unit: str) -> bool:
    if value not in ("on", "off"):
        raise OptionError(f"{name}: {value!r} is neither on nor off")
    return value == "on"


def _number(name: str, value: str, unit: str) -> float:
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([a-zA-Z%]*)", value)
    if not match or match[2] not in UNITS[unit]:
        raise OptionError(f"{name}: {value!r} is not a number of {unit}, such as {EXAMPLES[unit]}")
    found = float(match[1]) * UNITS[unit][match[2]]
    if unit == "fraction" and found > 1:
        raise OptionError(f"{name}: {value!r} is more than all; a fraction is at most 1 or 100%")
    return found
