"""Changed event files without their text: few events that our strategies make could be written as one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import count

import pytest
from hypothesis import strategies as st

from config.model import Event
from signaling.show import eventtext
from tests.unit.signaling.show.days import events

FILES: dict[str, Event] = {}
"""Any event, by what stands for its text."""
_numbers = count()


@contextmanager
def looked_up() -> Iterator[None]:
    """Where a show reads a text meanwhile, it gets the event of `FILES`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(eventtext, "parse", lambda text, name: FILES[text])
        yield


@st.composite
def files(draw: st.DrawFn) -> str:
    """A file whose items are some of those before in any order, and some new ones."""
    made = draw(events())
    names = draw(st.permutations(range(10)))
    agenda = tuple(replace(item, id=f"item-{n}") for item, n in zip(made.agenda, names, strict=False))
    text = f"file {next(_numbers)}"
    FILES[text] = replace(made, agenda=agenda)
    return text
