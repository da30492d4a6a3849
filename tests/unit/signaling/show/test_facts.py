"""The vocabulary of the show log."""

from __future__ import annotations

import json
from typing import Any, get_args

import pytest

from config.model import Layout
from config.times import Duration, Instant
from signaling.show.actions import Asked, Undone
from signaling.show.checks import Check, Checked
from signaling.show.eventtext import EventText
from signaling.show.facts import (
    Admitted,
    Approved,
    Armed,
    Cued,
    Cut,
    Delayed,
    Ended,
    Extended,
    Fact,
    Failed,
    Flagged,
    FloorSet,
    HandoverAsked,
    Held,
    MicSet,
    Moved,
    OutputSet,
    Recovered,
    Released,
    Reloaded,
    Resumed,
    Said,
    SeatSet,
    Seen,
    ShowEnded,
    Skipped,
    SourceChanged,
    Spoke,
    Started,
    Taken,
    UnknownFact,
    Unskipped,
    from_json,
    to_json,
)

NOW = Instant(1_536_998_400_000)
EVERY: list[Fact] = [
    Checked(item="a", checks=(), at=NOW),
    Checked(
        item="a",
        checks=(
            Check(id="connected", of="tokio", result="ok"),
            Check(id="line", of="tokio", result="failed", reason="loss", details={"loss": "0.12"}),
            Check(id="sound", of="tokio", result="unknown", reason="not-measured"),
        ),
        at=NOW,
    ),
    Started(item="a", why="start", at=NOW),
    Ended(item="a", why="hard", at=NOW),
    Skipped(item="a", why="no-time", at=NOW),
    Unskipped(item="a", at=NOW),
    Delayed(item="a", by=Duration(90_000), at=NOW),
    Asked(command="next", at=NOW),
    Undone(command="next", at=NOW),
    MicSet(source="tokio", open=False, at=NOW),
    FloorSet(language="ja", at=NOW),
    FloorSet(language=None, at=NOW),
    SeatSet(booth="kabine", seat="anna", open=True, at=NOW),
    OutputSet(booth="kabine", to="de", at=NOW),
    HandoverAsked(booth="kabine", seat="anna", at=NOW),
    SourceChanged(source="kabine/anna", state="live", why="flows", at=NOW),
    Said(to="tokio", text="Bitte lauter", level="warn", id="9f3a", at=NOW),
    Said(to="tokio", text="Bitte lauter", level="warn", at=NOW),
    Seen(message="9f3a", by="tokio", at=NOW),
    Cued(id="9f3b", to="speaker", what="slower", by="kabine", at=NOW),
    Flagged(of="tokio", text="Ton weg", at=NOW),
    Flagged(of="tokio", text=None, at=NOW),
    ShowEnded(at=NOW),
    ShowEnded(at=NOW, by_itself=True),
    Extended(item="a", by=Duration(-60_000), at=NOW),
    Held(at=NOW),
    Resumed(at=NOW),
    Taken(source="tokio/lectern", at=NOW),
    Taken(source="tokio", beside=("berlin", "krefeld"), layout=Layout.GRID, at=NOW),
    Released(at=NOW),
    Approved(place="tokio", ok=True, at=NOW),
    Admitted(place="tokio", source="tokio/lectern", address="203.0.113.7", at=NOW),
    Armed(item="b", at=NOW),
    Armed(source="tokio", at=NOW),
    SourceChanged(source="tokio", state="stalled", why="silent", at=NOW),
    Failed(source="tokio", why="silent", at=NOW),
    Recovered(source="tokio", at=NOW),
    Spoke(source="tokio", at=NOW),
    Cut(
        source="tokio",
        beside=("berlin",),
        layout=Layout.PIP,
        mics=("tokio", "berlin"),
        reason="fallback",
        because="silent",
        at=NOW,
    ),
    Moved(to=NOW),
    Reloaded(yaml=EventText("event: {}\n"), at=NOW),
]


def test_every_kind_of_fact_is_tried_here() -> None:
    assert {type(fact) for fact in EVERY} == set(get_args(Fact))


@pytest.mark.parametrize("fact", EVERY, ids=lambda fact: type(fact).__name__)
def test_a_fact_comes_back_from_json_as_it_was(fact: Fact) -> None:
    assert from_json(json.loads(json.dumps(to_json(fact)))) == fact


@pytest.mark.parametrize(
    ("written", "fact"),
    [
        ({"source": "tokio", "at": NOW, "kind": "taken"}, Taken(source="tokio", at=NOW)),
        (
            {"to": "tokio", "text": "Bitte lauter", "level": "warn", "at": NOW, "kind": "said"},
            Said(to="tokio", text="Bitte lauter", level="warn", at=NOW),
        ),
    ],
)
def test_a_fact_of_a_log_before_grids_and_languages_is_read(written: Any, fact: Fact) -> None:
    assert from_json(written) == fact


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        ({"kind": "teleported", "at": 1}, "teleported"),
        ({"kind": "held"}, "held.at: Field required"),
        (
            {"kind": "source-changed", "source": "tokio", "state": "absent", "at": 1},
            "its fields are not those of this version",
        ),
        ({"kind": "held", "at": 1, "by": "anna"}, "its fields are not those of this version"),
        ({"kind": "held", "at": "1"}, "its fields are not those of this version"),
        ("held", "valid dictionary"),
    ],
)
def test_what_cannot_be_read_is_named_with_what_to_do(written: Any, fault: str) -> None:
    with pytest.raises(UnknownFact) as refused:
        from_json(written)
    assert fault in str(refused.value)
    assert str(refused.value).endswith("Use the version that wrote it, or begin with an empty data folder.")
