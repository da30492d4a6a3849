"""Changed event files without their text: few events of the strategies could be written as a file."""

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
"""Any event, by a placeholder for its text."""
_numbers = count()


@contextmanager
def looked_up() -> Iterator[None]:
    """Meanwhile a show that reads a text gets the event of `FILES`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(eventtext, "parse", lambda text, name: FILES[text])
        yield


@st.composite
def files(draw: st.DrawFn) -> str:
    """A file with some of the old items in any order, and some new ones."""
    made = draw(events())
    names = draw(st.permutations(range(10)))
    agenda = tuple(replace(item, id=f"item-{n}") for item, n in zip(made.agenda, names, strict=False))
    text = f"file {next(_numbers)}"
    FILES[text] = replace(made, agenda=agenda)
    return text
