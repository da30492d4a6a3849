"""Recipients of messages and cues, flags at the desk, and readers who confirm."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import count
from typing import Any

import pytest

from config.model import Booth
from config.times import Instant, plus
from signaling.show import core
from signaling.show.actions import Asked
from signaling.show.evolve import replay
from signaling.show.facts import Cued, Fact, Flagged, Said, Seen, from_json, to_json
from signaling.show.messages import ANSWER_TIME, CUE_TIME, INFO_ON_STAGE_TIME, READ_TIME, next_end
from signaling.show.reasons import ProblemError
from signaling.show.recipients import is_to, on_air
from signaling.show.show import MAX_SEEN_MESSAGES, Show
from signaling.show.terms import BY_DESK, Author
from signaling.show.wire.commands import COMMAND
from tests.unit.signaling.show.build import clock, event, published
from tests.unit.signaling.show.test_decide import TALKS

BOOTH = Author("interpreter", "kabine")
TOKIO = Author("venue", "tokio")
UCHIDA = Author("guest", "uchida")


class Hall:
    """A show whose commands come from anybody."""

    def __init__(self) -> None:
        booths = {"kabine": Booth("kabine", "Kabine 1", ("de", "ja"), 2)}
        plan = replace(event(*TALKS), booths=booths, presets={"last-question": {"en": "Last question"}})
        self.show = core.begin(plan)
        self.facts: list[Fact] = []
        self._ids = count(1)
        self._note(
            core.report(self.show, dict.fromkeys(self.show.sources, ("live", "flows")), clock("09:00"))
        )

    def do(self, at: str, by: Author, type_: str, **fields: Any) -> tuple[Fact, ...]:
        """A command with the next id: "1", "2" and so on. Returns its facts."""
        command = COMMAND.validate_python({"id": str(next(self._ids)), "type": type_, **fields})
        return self._note(core.apply(self.show, command, clock(at), by))

    def refusal(self, at: str, by: Author, type_: str, **fields: Any) -> tuple[str, str]:
        before = self.show
        with pytest.raises(ProblemError) as refused:
            self.do(at, by, type_, **fields)
        assert self.show == before
        return refused.value.reason, str(refused.value)

    def _note(self, facts: tuple[Fact, ...]) -> tuple[Fact, ...]:
        self.facts += facts
        self.show = replay(self.show, *facts)
        return facts


@pytest.fixture
def hall() -> Hall:
    return Hall()


def cues(show: Show, at: str) -> dict[str, str]:
    return {to: cue.what for to, cue in published(show, clock(at)).cues.items()}


# Recipients --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "to", ["krefeld", "uchida", "kabine", "stage", "speaker", "technicians", "booths", "desk", "all"]
)
def test_a_message_and_a_cue_go_to_every_kind_of_recipient(hall: Hall, to: str) -> None:
    hall.do("10:00", BY_DESK, "message", to=to, text="Hello")
    hall.do("10:00", BY_DESK, "cue", to=to, what="louder")
    state = published(hall.show, clock("10:00"))
    assert (list(state.messages), list(state.cues)) == ([to], [to])


@pytest.mark.parametrize(
    ("recipient", "readers"),
    [
        ("tokio", {"tokio"}),
        ("kabine", {"kabine"}),
        ("stage", {"stage"}),
        ("speaker", {"tokio", "uchida"}),
        ("technicians", {"tokio", "krefeld"}),
        ("booths", {"kabine"}),
        ("desk", {"moderator"}),
        ("all", {"tokio", "krefeld", "uchida", "kabine", "stage"}),
    ],
)
def test_a_name_means_these_readers(recipient: str, readers: set[str]) -> None:
    links = (TOKIO, Author("venue", "krefeld"), UCHIDA, BOOTH, Author("stage", "stage"), BY_DESK)
    viewer = Author("viewer", "viewer")
    on_air = ("tokio", "uchida")
    assert {by.id for by in (*links, viewer) if is_to(recipient, by.role, by.id, on_air)} == readers


def test_what_is_sent_to_the_speaker_ends_with_the_item(hall: Hall) -> None:
    hall.do("10:00", BY_DESK, "start")
    hall.do("10:01", BY_DESK, "message", to="speaker", text="Five minutes")
    hall.do("10:01", BY_DESK, "message", to="stage", text="Five minutes")
    hall.do("10:01", BOOTH, "cue", to="speaker", what="slower")
    hall.do("10:01:02", BY_DESK, "next", **{"from": "a"})
    state = published(hall.show, clock("10:01:03"))
    assert (list(state.messages), list(state.cues)) == (["stage"], [])


@pytest.mark.parametrize(
    ("on_screen", "is_meant"),
    [(("uchida", "tokio/lectern"), True), (("uchida",), False), (("slate",), False)],
)
def test_the_speaker_in_a_hall_is_reached_on_the_stage_display_too(
    on_screen: tuple[str, ...], is_meant: bool
) -> None:
    assert is_to("speaker", "stage", "stage", on_air(on_screen, ("tokio", "krefeld"))) == is_meant


# Cues --------------------------------------------------------------------------------------------------------------


def test_a_cue_is_shown_for_eight_seconds(hall: Hall) -> None:
    assert hall.do("10:00", BOOTH, "cue", to="speaker", what="slower") == (
        Cued(id="1", to="speaker", what="slower", by="kabine", at=clock("10:00")),
    )
    assert cues(hall.show, "10:00:07.999") == {"speaker": "slower"}
    assert next_end(hall.show, clock("10:00:07")) == plus(clock("10:00"), CUE_TIME)
    assert cues(hall.show, "10:00:08") == {}
    assert next_end(hall.show, clock("10:00:08")) is None


def test_a_cue_replaces_the_one_before_to_its_recipient_and_begins_anew(hall: Hall) -> None:
    hall.do("10:00", BOOTH, "cue", to="speaker", what="slower")
    hall.do("10:00:05", BY_DESK, "cue", to="speaker", what="slower")
    hall.do("10:00:05", BOOTH, "cue", to="desk", what="repeat")
    state = published(hall.show, clock("10:00:12"))
    assert {to: (cue.id, cue.what, cue.by) for to, cue in state.cues.items()} == {
        "speaker": ("2", "slower", "desk"),
        "desk": ("3", "repeat", "kabine"),
    }


def test_a_cue_is_one_of_three_or_a_preset(hall: Hall) -> None:
    hall.do("10:00", BOOTH, "cue", to="stage", what="last-question")
    assert cues(hall.show, "10:00:01") == {"stage": "last-question"}
    assert hall.refusal("10:01", BOOTH, "cue", to="stage", what="slow") == (
        "unknown-cue",
        "Unknown cue `slow`; did you mean `slower`?",
    )
    assert hall.refusal("10:01", BOOTH, "cue", to="stge", what="slower")[1].endswith("did you mean `stage`?")


def test_a_booth_gives_no_cue_to_all(hall: Hall) -> None:
    assert hall.refusal("10:00", BOOTH, "cue", to="all", what="slower")[0] == "cue-to-all"
    hall.do("10:00", BOOTH, "cue", to="tokio", what="louder")
    hall.do("10:00", BY_DESK, "cue", to="all", what="louder")
    assert list(cues(hall.show, "10:00:01")) == ["tokio", "all"]


# Flags -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("by", "of"), [(TOKIO, "tokio"), (UCHIDA, "uchida"), (BOOTH, "kabine"), (BY_DESK, "desk")]
)
def test_everybody_raises_a_flag_of_their_own_and_takes_it_away(hall: Hall, by: Author, of: str) -> None:
    assert hall.do("10:00", by, "flag", text="No sound") == (
        Flagged(of=of, text="No sound", at=clock("10:00")),
    )
    assert published(hall.show, clock("11:00")).flags[of].text == "No sound", "until it is taken away"
    assert hall.do("10:01", by, "flag", text="No sound") == ()
    hall.do("10:02", by, "flag", text=None)
    assert published(hall.show, clock("10:02")).flags == {}
    assert hall.do("10:03", by, "flag", text=None) == ()


def test_a_flag_without_words_is_a_call(hall: Hall) -> None:
    hall.do("10:00", TOKIO, "flag", text="  ")
    assert published(hall.show, clock("10:00")).flags["tokio"].text == ""


def test_a_moderator_takes_anybodys_flag_away_and_raises_nobodys(hall: Hall) -> None:
    hall.do("10:00", TOKIO, "flag", text="No sound")
    assert hall.refusal("10:01", BY_DESK, "flag", of="uchida", text="Hello")[0] == "other-flag"
    assert hall.refusal("10:01", BY_DESK, "flag", of="tokyo", text=None)[1].endswith("did you mean `tokio`?")
    hall.do("10:01", BY_DESK, "flag", of="tokio", text=None)
    assert published(hall.show, clock("10:01")).flags["tokio"].answered_at is not None
    assert hall.show.flags == {}


def test_a_flag_says_what_is_wrong(hall: Hall) -> None:
    hall.do("10:00", TOKIO, "flag", text="")
    hall.do("10:01", TOKIO, "flag", text="", what="no-sound")
    assert hall.do("10:01", TOKIO, "flag", text="", what="no-sound") == ()
    flag = published(hall.show, clock("10:02")).flags["tokio"]
    assert (flag.what, flag.text, flag.answered_at) == ("no-sound", "", None)


def test_the_owner_of_a_flag_sees_for_a_minute_that_the_desk_has_answered(hall: Hall) -> None:
    hall.do("10:00", TOKIO, "flag", text="No sound")
    hall.do("10:05", BY_DESK, "flag", of="tokio", text=None)
    end = plus(clock("10:05"), ANSWER_TIME)
    assert published(hall.show, clock("10:05:59")).flags["tokio"].answered_at == "2018-09-15T10:05:00+02:00"
    assert next_end(hall.show, clock("10:05")) == end
    assert published(hall.show, end).flags == {}
    hall.do("10:05:30", TOKIO, "flag", text="Still none")
    assert published(hall.show, clock("10:05:31")).flags["tokio"].answered_at is None
    hall.do("10:05:32", TOKIO, "flag", text=None)
    flag = published(hall.show, clock("10:05:33")).flags["tokio"]
    assert flag.answered_at == "2018-09-15T10:05:00+02:00", "a flag that its owner takes away is no answer"


def test_nobody_else_takes_anothers_flag_away(hall: Hall) -> None:
    hall.do("10:00", TOKIO, "flag", text="No sound")
    assert hall.refusal("10:01", UCHIDA, "flag", of="tokio", text=None)[0] == "other-flag"
    hall.do("10:01", TOKIO, "flag", of="tokio", text=None)


# Confirmations -----------------------------------------------------------------------------------------------------


def test_readers_of_a_message_confirm_it_once_each(hall: Hall) -> None:
    hall.do("10:00", BY_DESK, "message", to="all", text="Five minutes")
    assert hall.do("10:01", TOKIO, "seen", message="1") == (Seen(message="1", by="tokio", at=clock("10:01")),)
    hall.do("10:01", BOOTH, "seen", message="1")
    assert hall.do("10:02", TOKIO, "seen", message="1") == ()
    (message,) = published(hall.show, clock("10:02")).messages.values()
    assert (message.id, list(message.seen)) == ("1", ["tokio", "kabine"])
    assert message.seen["tokio"] == "2018-09-15T10:01:00+02:00", "the first press counts"
    assert message.unread == ["krefeld", "berlin", "uchida"], "nobody operates a stage display"


def test_a_message_is_confirmed_by_its_readers_alone_and_while_it_is_shown(hall: Hall) -> None:
    hall.do("10:00", BY_DESK, "message", to="tokio", text="Louder")
    assert hall.refusal("10:01", UCHIDA, "seen", message="1") == (
        "not-to-you",
        "That message was sent to “tokio”, and only its readers can confirm it.",
    )
    assert hall.refusal("10:01", BY_DESK, "seen", message="1")[0] == "not-to-you"
    hall.do("10:02", BY_DESK, "message", to="tokio", text="Thank you")
    assert hall.refusal("10:03", TOKIO, "seen", message="1")[0] == "message-gone"
    hall.do("10:03", BY_DESK, "message", to="desk", text="Lunch")
    hall.do("10:03", BY_DESK, "seen", message=hall.show.messages["desk"].id)


def test_only_those_on_air_confirm_a_message_to_the_speaker(hall: Hall) -> None:
    hall.do("10:00", BY_DESK, "start")
    hall.do("10:01", BY_DESK, "message", to="speaker", text="Five minutes")
    assert hall.refusal("10:02", TOKIO, "seen", message="2")[0] == "not-to-you"
    hall.do("10:02", Author("venue", "krefeld"), "seen", message="2")


def test_an_info_ends_a_minute_after_all_have_read_it(hall: Hall) -> None:
    hall.do("10:00", BY_DESK, "message", to="technicians", text="Lunch at one")
    *others, last = hall.show.event.venues
    for venue in others:
        hall.do("10:05", Author("venue", venue), "seen", message="1")
    assert list(published(hall.show, clock("10:30")).messages) == ["technicians"], "one has not read it"
    hall.do("10:30", Author("venue", last), "seen", message="1")
    end = plus(clock("10:30"), READ_TIME)
    assert next_end(hall.show, clock("10:30")) == end
    assert list(published(hall.show, clock("10:30:59")).messages) == ["technicians"]
    assert published(hall.show, end).messages == {}
    assert hall.refusal("10:32", UCHIDA, "seen", message="1")[0] == "not-to-you"


@pytest.mark.parametrize("level", ["warn", "urgent"])
def test_a_warning_stays_until_the_desk_removes_it(hall: Hall, level: str) -> None:
    hall.do("10:00", BY_DESK, "message", to="tokio", text="Turn the light on", level=level)
    hall.do("10:01", TOKIO, "seen", message="1")
    assert next_end(hall.show, clock("10:01")) is None
    assert list(published(hall.show, clock("12:00")).messages) == ["tokio"]
    hall.do("12:00", BY_DESK, "message", to="tokio", text="")
    assert published(hall.show, clock("12:00")).messages == {}


def test_a_stage_display_shows_an_info_for_half_a_minute(hall: Hall) -> None:
    hall.do("10:00", BY_DESK, "message", to="stage", text="Two minutes")
    end = plus(clock("10:00"), INFO_ON_STAGE_TIME)
    assert next_end(hall.show, clock("10:00")) == end
    assert list(published(hall.show, clock("10:00:29")).messages) == ["stage"]
    assert published(hall.show, end).messages == {}


def test_a_message_says_a_preset_in_each_readers_language(hall: Hall) -> None:
    hall.do("10:00", BY_DESK, "message", to="tokio", text="Zum Ende kommen", preset="wrap-up")
    message = published(hall.show, clock("10:00")).messages["tokio"]
    assert (message.preset, message.text) == ("wrap-up", "Zum Ende kommen")
    hall.do("10:01", BY_DESK, "message", to="tokio", text="Last one", preset="last-question")
    assert published(hall.show, clock("10:01")).messages["tokio"].preset == "last-question"
    assert hall.refusal("10:02", BY_DESK, "message", to="tokio", text="?", preset="wrap")[0] == "unknown-cue"


def test_confirmations_are_bounded(hall: Hall) -> None:
    for n in range(MAX_SEEN_MESSAGES + 10):
        hall.do("10:00", BY_DESK, "message", to="tokio", text=f"No. {n}")
        hall.do("10:00", TOKIO, "seen", message=hall.show.messages["tokio"].id)
    assert len(hall.show.seen) == MAX_SEEN_MESSAGES
    assert hall.show.messages["tokio"].id in hall.show.seen


# Undo, the log -----------------------------------------------------------------------------------------------------


def test_undo_passes_over_cues_flags_and_confirmations(hall: Hall) -> None:
    hall.do("10:00", BY_DESK, "message", to="tokio", text="Louder")
    hall.do("10:01", BY_DESK, "message", to="tokio", text="Thank you")
    hall.do("10:02", TOKIO, "seen", message="2")
    hall.do("10:02", TOKIO, "flag", text="No sound")
    hall.do("10:02", BY_DESK, "cue", to="all", what="louder")
    hall.do("10:02:01", BY_DESK, "undo")
    state = published(hall.show, clock("10:02:02"))
    assert state.messages["tokio"].text == "Louder"
    assert (state.flags["tokio"].text, list(state.cues)) == ("No sound", ["all"])
    hall.do("10:03", BY_DESK, "undo")
    assert published(hall.show, clock("10:03")).show.undo is None


def test_a_command_of_the_log_has_its_type(hall: Hall) -> None:
    hall.do("09:59", BY_DESK, "message", to="tokio", text="Louder")
    for type_, by, fields in (
        ("cue", BOOTH, {"to": "stage", "what": "slower"}),
        ("flag", TOKIO, {"text": ""}),
        ("seen", TOKIO, {"message": "1"}),
    ):
        assert core.command_of(hall.do("10:00", by, type_, **fields)) == type_


def test_the_log_rebuilds_it_all(hall: Hall) -> None:
    hall.do("10:00", BY_DESK, "start")
    hall.do("10:00", BY_DESK, "message", to="all", text="Hello")
    hall.do("10:00", TOKIO, "seen", message="2")
    hall.do("10:00", BOOTH, "cue", to="speaker", what="slower")
    hall.do("10:00", BOOTH, "flag", text="Too fast")
    written = [json.loads(json.dumps(to_json(fact))) for fact in hall.facts]
    assert replay(core.begin(hall.show.event), *(from_json(fact) for fact in written)) == hall.show


def test_messages_of_an_older_log_have_ids_that_a_replay_repeats(hall: Hall) -> None:
    old = {"kind": "said", "to": "tokio", "text": "Louder", "level": "info", "at": int(clock("10:00"))}
    said = from_json(old)
    assert isinstance(said, Said)
    assert to_json(said) == old
    first, again = (published(replay(hall.show, said), clock("10:01")).messages["tokio"].id for _ in range(2))
    assert first == again != ""
    hall.show = replay(hall.show, said)
    hall.do("10:02", TOKIO, "seen", message=first)
    assert list(published(hall.show, clock("10:02")).messages["tokio"].seen) == ["tokio"]


def test_facts_about_removed_places_change_nothing(hall: Hall) -> None:
    at = Instant(clock("10:00"))
    cued = Cued(id="1", to="rome", what="slower", by="desk", at=at)
    flagged = Flagged(of="rome", text="Ciao", at=at)
    show = replay(hall.show, cued, flagged)
    assert (show.cues, show.flags) == ({}, {})
    assert not any(isinstance(fact, Asked) for fact in hall.facts)
