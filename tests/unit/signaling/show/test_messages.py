"""Moderators' messages on other people's screens."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pydantic import ValidationError

from signaling.show import core
from signaling.show.evolve import evolve
from signaling.show.facts import Said
from signaling.show.wire.commands import COMMAND, SendMessage
from tests.unit.signaling.show.build import Desk, clock, event, published
from tests.unit.signaling.show.test_decide import TALKS, refusal


@pytest.fixture
def desk() -> Desk:
    return Desk(*TALKS)


def standing(desk: Desk) -> dict[str, str]:
    return {to: message.text for to, message in desk.show.messages.items()}


def test_a_message_stays_until_another_to_the_same_recipient_replaces_it(desk: Desk) -> None:
    desk.do("09:55", "message", to="tokio", text="Camera a little lower")
    desk.do("09:56", "message", to="all", text="Five minutes", level="warn")
    desk.do("09:57", "message", to="uchida", text="Welcome")
    desk.do("09:58", "message", to="tokio", text="Thank you")
    assert standing(desk) == {"all": "Five minutes", "uchida": "Welcome", "tokio": "Thank you"}


def test_an_empty_text_removes_the_message_and_does_nothing_if_there_is_none(desk: Desk) -> None:
    desk.do("09:55", "message", to="tokio", text="Camera a little lower")
    desk.do("09:56", "message", to="tokio", text="  \n")
    assert standing(desk) == {}
    assert desk.do("09:57", "message", to="tokio", text="") == ()


def test_a_message_outlasts_the_item_and_the_show(desk: Desk) -> None:
    desk.do("10:00", "start")
    desk.do("10:01", "message", to="all", text="Coffee is in the foyer")
    for at in ("10:02", "10:03", "10:04"):
        desk.do(at, "next")
    assert desk.show.phase == "ended"
    assert standing(desk) == {"all": "Coffee is in the foyer"}


def test_the_same_text_again_is_another_message(desk: Desk) -> None:
    """Somebody may have closed the first one."""
    desk.do("09:55", "message", to="tokio", text="Microphone, please")
    assert desk.do("09:56", "message", to="tokio", text="Microphone, please") == (
        Said(to="tokio", text="Microphone, please", level="info", id="1", at=clock("09:56")),
    )


def test_an_unknown_recipient_is_refused_with_the_nearest_known_one(desk: Desk) -> None:
    assert refusal(desk, "09:55", "message", to="Tokyo", text="Hello") == (
        "invalid",
        "Unknown recipient `Tokyo`; did you mean `tokio`?",
    )
    assert "did you mean `uchida`" in refusal(desk, "09:55", "message", to="miki uchida", text="Hello")[1]
    code, words = refusal(desk, "09:55", "message", to="zzzzzz", text="Hello")
    assert (code, "`krefeld`" in words, "`all`" in words) == ("invalid", True, True)


def test_a_second_picture_of_a_venue_is_no_recipient(desk: Desk) -> None:
    assert refusal(desk, "09:55", "message", to="tokio/lectern", text="Hello")[0] == "invalid"


def test_undo_brings_back_the_message_before(desk: Desk) -> None:
    desk.do("10:00", "start")
    desk.do("10:01", "message", to="tokio", text="Louder, please")
    desk.do("10:02", "message", to="tokio", text="Fine now")
    desk.do("10:03", "undo")
    assert standing(desk) == {"tokio": "Louder, please"}
    desk.do("10:04", "undo")
    assert standing(desk) == {}
    assert desk.show.on_air == "a"


def test_a_message_changes_nothing_on_air(desk: Desk) -> None:
    desk.do("10:00", "start")
    before = desk.show.programme
    assert len(desk.do("10:01", "message", to="all", text="Hello")) == 1
    assert (desk.show.programme, desk.show.since) == (before, clock("10:00"))


def test_a_log_that_names_a_removed_place_can_be_read() -> None:
    said = Said(to="rome", text="Ciao", level="info", at=clock("10:00"))
    show = evolve(core.begin(event(*TALKS)), said)
    assert (show.messages, show.latest) == ({}, clock("10:00"))


def test_the_state_has_each_message_with_its_recipient_and_time(desk: Desk) -> None:
    desk.do("09:55", "message", to="tokio", text="Stand by", level="urgent")
    told = published(desk.show, clock("09:56")).messages
    assert {to: message.model_dump() for to, message in told.items()} == {
        "tokio": {
            "id": "1",
            "text": "Stand by",
            "preset": None,
            "level": "urgent",
            "at": "2018-09-15T09:55:00+02:00",
            "seen": {},
            "unread": ["tokio"],
        }
    }


def test_a_message_to_a_removed_place_is_not_published(desk: Desk) -> None:
    desk.do("09:55", "message", to="uchida", text="Welcome")
    desk.do("09:55", "message", to="all", text="Five minutes")
    show = replace(desk.show, event=replace(desk.show.event, guests={}))
    assert list(published(show, clock("09:56")).messages) == ["all"]


def test_a_text_has_500_characters_at_most_and_a_level_that_pages_know() -> None:
    message = {"type": "message", "id": "1", "to": "all", "text": "x" * 500}
    read = COMMAND.validate_python(message)
    assert isinstance(read, SendMessage)
    assert read.level == "info"
    for wrong in ({"text": "x" * 501}, {"level": "panic"}, {"to": ""}, {"text": None}):
        with pytest.raises(ValidationError):
            COMMAND.validate_python(message | wrong)
