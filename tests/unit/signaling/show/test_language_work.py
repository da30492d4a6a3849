"""The work of deciding the channels: it is done in the event loop that forwards the media."""

from __future__ import annotations

import pytest

from config.model import Booth
from signaling.show import core, languages
from signaling.show.facts import MicSet, SeatSet, SourceChanged
from signaling.show.language_docs import booth_docs, channel_docs
from signaling.show.show import Show
from tests.unit.signaling.show.build import Desk, clock

CHANNELS = ("en", *(f"{a}{b}" for a in "bcdfg" for b in "aeiou"))
BOOTHS = tuple(Booth(f"b-{tag}", tag, ("en", tag), 2) for tag in CHANNELS[1:])
"""As in a large congress: each booth interprets between English and one other language."""


def congress(spoken: str) -> Show:
    """All booths are open and heard, and the floor speaks this language."""
    at = clock("10:01")
    desk = Desk(f"a start: 10:00, duration: 15m, language: {spoken}", languages=CHANNELS, booths=BOOTHS)
    desk.do("10:00", "start")
    for booth in BOOTHS:
        desk.show = core.replay(
            desk.show,
            SeatSet(booth=booth.id, seat="1", open=True, at=at),
            SourceChanged(source=f"{booth.id}/1", state="live", why="flows", at=at),
        )
    return desk.show


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The booths whose languages were looked up."""
    looked_up: list[str] = []
    look_up = languages._booth

    def counted(show: Show, booth: str) -> Booth:
        looked_up.append(booth)
        return look_up(show, booth)

    monkeypatch.setattr(languages, "_booth", counted)
    return looked_up


def test_a_fact_about_something_else_costs_nothing(steps: list[str]) -> None:
    show = congress("ba")
    steps.clear()
    after = core.replay(show, MicSet(source="krefeld", open=False, at=clock("10:02")))
    assert (steps, after.carried) == ([], show.carried)


@pytest.mark.parametrize("spoken", ["en", "ba", "zu"])
def test_a_published_state_asks_only_booths_that_can_feed_a_channel(spoken: str, steps: list[str]) -> None:
    """A floor that no booth understands is the most work: every booth looks for a relay."""
    show = congress(spoken)
    steps.clear()
    channel_docs(show, {}, {})
    booth_docs(show, {})
    assert len(steps) < 20 * len(BOOTHS) ** 2
