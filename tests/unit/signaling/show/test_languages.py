"""Languages: the floor's, the booths' outputs and relays, what feeds each channel, hand-overs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from config.model import Booth
from signaling.show import core
from signaling.show.core import CommandRefused
from signaling.show.facts import Fact, FloorSet, HandoverAsked, OutputSet, SeatSet, from_json, to_json
from signaling.show.languages import (
    FLOOR,
    ChannelFeed,
    channel_feed,
    floor_language,
    handover_ends,
    is_needed,
    output,
    relay,
    relay_feed,
)
from signaling.show.machine import MAX_KNOWN_SEATS
from signaling.show.seats import open_seats
from signaling.show.show import Carried, Show
from signaling.show.terms import Author
from signaling.show.wire.commands import COMMAND
from tests.unit.signaling.show.build import Desk, clock

AGENDA = (
    "a start: 10:00, duration: 15m, language: de",
    "b duration: 15m, source: tokio, language: ja",
    "c duration: 5m, type: break",
    "d duration: 15m, source: berlin, language: fr",
)
KABINE = Booth("kabine", "Kabine 1", ("de", "ja"), 2)
ZWEI = Booth("zwei", "Kabine 2", ("de", "ja"), 2)
ENGLISCH = Booth("englisch", "Englisch", ("de", "en"), 2)
"""Understands German and English: on relay when the floor speaks Japanese."""
SOLO = Booth("solo", "Solo", ("de", "ja"), 1)
INTERPRETER = Author("interpreter", "kabine")


def on_air(*booths: Booth, item: str = "a", languages: tuple[str, ...] = ("de", "ja", "en")) -> Desk:
    """A show with these booths, and one item on air."""
    desk = Desk(*AGENDA, languages=languages, booths=booths)
    desk.do("10:00", "goto", item=item)
    return desk


def close(desk: Desk, at: str, seat: str, **fields: object) -> tuple[Fact, ...]:
    booth, _, name = seat.partition("/")
    return desk.do(at, "interpret", booth=booth, seat=name, open=False, **fields)


def fed(desk: Desk, language: str) -> tuple[str | None, str | None]:
    found = channel_feed(desk.show, language)
    return found.booth, found.seat


def refused(desk: Desk, command: str, **fields: object) -> str:
    with pytest.raises(CommandRefused) as refusal:
        desk.do("10:05", command, **fields)
    return str(refusal.value)


# The floor


def test_the_floor_speaks_the_items_language_and_outside_the_items_the_events() -> None:
    desk = Desk(*AGENDA, languages=("en", "ja"))
    desk.show = replace(desk.show, event=replace(desk.show.event, language="en"))
    assert floor_language(desk.show) == "en"
    desk.do("10:00", "goto", item="b")
    assert floor_language(desk.show) == "ja"


def test_a_regional_tag_is_the_channel_of_its_language() -> None:
    desk = on_air(KABINE)
    event = replace(
        desk.show.event, agenda=tuple(replace(i, language="de-AT") for i in desk.show.event.agenda)
    )
    desk.show = replace(desk.show, event=event)
    assert floor_language(desk.show) == "de"
    desk.do("10:01", "floor", language="ja-JP")
    assert desk.show.floor == "ja"


def test_a_language_said_by_hand_lasts_until_the_next_item() -> None:
    desk = on_air(KABINE)
    assert desk.do("10:01", "floor", language="ja") == (FloorSet(language="ja", at=clock("10:01")),)
    assert floor_language(desk.show) == "ja"
    assert desk.do("10:02", "floor", language="ja") == ()
    desk.do("10:03", "floor", language=None)
    assert floor_language(desk.show) == "de"
    desk.do("10:04", "floor", language="en")
    desk.do("10:05", "next")
    assert (desk.show.floor, floor_language(desk.show)) == (None, "ja")


def test_a_channel_is_needed_while_an_item_other_than_a_break_is_on_air_in_another_language() -> None:
    desk = Desk(*AGENDA, languages=("de", "ja"))
    assert not is_needed(desk.show, "ja")
    desk.do("10:00", "start")
    assert (is_needed(desk.show, "ja"), is_needed(desk.show, "de")) == (True, False)
    desk.do("10:01", "floor", language="ja")
    assert (is_needed(desk.show, "ja"), is_needed(desk.show, "de")) == (False, True)
    desk.do("10:02", "goto", item="c")
    assert not is_needed(desk.show, "ja")
    desk.do("10:03", "goto", item="d")  # the floor speaks French, which is no channel
    assert is_needed(desk.show, "ja")
    assert is_needed(desk.show, "de")


# Outputs and feeds


def test_a_booth_speaks_into_the_language_that_the_floor_does_not_speak() -> None:
    desk = on_air(KABINE)
    assert output(desk.show, "kabine") == "ja"
    desk.interpret("10:01", "kabine/anna")
    assert (channel_feed(desk.show, "ja"), channel_feed(desk.show, "de")) == (
        ChannelFeed("kabine", ("kabine/anna",)),
        FLOOR,
    )
    desk.do("10:02", "next")
    assert (fed(desk, "de"), fed(desk, "ja")) == (("kabine", "anna"), (None, None))


def test_a_closed_seat_and_one_without_sound_feed_nothing() -> None:
    desk = on_air(KABINE)
    desk.live("10:01", "kabine/anna")
    assert channel_feed(desk.show, "ja") == FLOOR
    desk.do("10:01", "interpret", booth="kabine", seat="anna", open=True)
    assert fed(desk, "ja") == ("kabine", "anna")
    for state in ("stalled", "absent", "connecting"):
        desk.report("10:02", "kabine/anna", state)
        assert channel_feed(desk.show, "ja") == FLOOR
    desk.live("10:03", "kabine/anna")
    assert fed(desk, "ja") == ("kabine", "anna")
    close(desk, "10:04", "kabine/anna")
    assert channel_feed(desk.show, "ja") == FLOOR


def test_an_output_chosen_by_hand_stays_until_it_is_changed() -> None:
    desk = on_air(KABINE)
    facts = desk.interpret("10:01", "kabine/anna", to="de")
    assert facts[0] == OutputSet(booth="kabine", to="de", at=clock("10:01"))
    # The channel of the floor's language is the floor.
    assert (output(desk.show, "kabine"), channel_feed(desk.show, "de")) == (None, FLOOR)
    desk.do("10:02", "next")  # in Japanese
    assert fed(desk, "de") == ("kabine", "anna")
    close(desk, "10:03", "kabine/anna")
    desk.interpret("10:04", "kabine/ben")
    assert desk.show.outputs == {"kabine": "de"}
    desk.do("10:05", "interpret", booth="kabine", seat="ben", open=True, to=None)
    assert desk.show.outputs == {}


def test_of_two_booths_the_one_that_opened_first_feeds_also_after_its_line_was_lost() -> None:
    desk = on_air(KABINE, ZWEI)
    desk.interpret("10:01", "zwei/ben")
    desk.interpret("10:02", "kabine/anna")
    assert fed(desk, "ja") == ("zwei", "ben")
    desk.report("10:03", "zwei/ben", "absent")
    assert fed(desk, "ja") == ("kabine", "anna")
    desk.live("10:04", "zwei/ben")
    assert fed(desk, "ja") == ("zwei", "ben")
    close(desk, "10:05", "zwei/ben")
    desk.interpret("10:06", "zwei/ben")
    assert fed(desk, "ja") == ("kabine", "anna")


def test_a_booth_keeps_its_place_through_a_hand_over() -> None:
    desk = on_air(KABINE, ZWEI)
    desk.interpret("10:01", "zwei/ben")
    desk.interpret("10:02", "kabine/anna")
    desk.interpret("10:03", "zwei/cleo")
    desk.wait("10:04")
    assert fed(desk, "ja") == ("zwei", "cleo")


# Relay


def test_a_booth_that_does_not_understand_the_floor_hears_a_relay() -> None:
    desk = on_air(ENGLISCH, KABINE, item="b")
    desk.interpret("10:01", "englisch/eve")
    assert (relay(desk.show, "englisch"), output(desk.show, "englisch")) == (None, None)
    assert channel_feed(desk.show, "en") == FLOOR
    desk.interpret("10:02", "kabine/anna")
    assert (relay(desk.show, "englisch"), output(desk.show, "englisch")) == ("de", "en")
    assert relay_feed(desk.show, "englisch") == ChannelFeed("kabine", ("kabine/anna",))
    assert (fed(desk, "de"), fed(desk, "en")) == (("kabine", "anna"), ("englisch", "eve"))
    desk.report("10:03", "kabine/anna", "stalled")
    assert (relay(desk.show, "englisch"), channel_feed(desk.show, "en")) == (None, FLOOR)


def test_a_closed_booth_hears_its_relay_too() -> None:
    desk = on_air(ENGLISCH, KABINE, item="b")
    desk.interpret("10:02", "kabine/anna")
    assert relay(desk.show, "englisch") == "de"


def test_the_relay_is_the_first_of_its_languages_that_is_interpreted() -> None:
    ja_en = Booth("ja-en", "Ja-En", ("ja", "en"), 2)
    desk = on_air(ENGLISCH, KABINE, ja_en, item="b")
    desk.interpret("10:01", "ja-en/eve")
    assert (relay(desk.show, "englisch"), output(desk.show, "englisch")) == ("en", "de")
    desk.interpret("10:02", "kabine/anna")
    assert (relay(desk.show, "englisch"), output(desk.show, "englisch")) == ("de", "en")


def test_a_booth_on_relay_is_no_relay_for_another() -> None:
    en_fr = Booth("en-fr", "En-Fr", ("en", "fr"), 2)
    desk = on_air(KABINE, ENGLISCH, en_fr, item="b", languages=("de", "ja", "en", "fr"))
    for seat in ("englisch/eve", "en-fr/fay", "kabine/anna"):
        desk.interpret("10:01", seat)
    assert fed(desk, "en") == ("englisch", "eve")
    assert (relay(desk.show, "en-fr"), output(desk.show, "en-fr")) == (None, None)


def test_two_booths_that_both_need_a_relay_have_none() -> None:
    de_en, en_de = ENGLISCH, Booth("en-de", "En-De", ("en", "de"), 2)
    desk = on_air(de_en, en_de, item="b")
    desk.interpret("10:01", "englisch/eve")
    desk.interpret("10:02", "en-de/fay")
    assert [output(desk.show, booth) for booth in ("englisch", "en-de")] == [None, None]
    # Each speaks into the other's language by hand: neither understands the floor, so neither is a relay.
    desk.do("10:03", "interpret", booth="englisch", seat="eve", open=True, to="en")
    desk.do("10:03", "interpret", booth="en-de", seat="fay", open=True, to="de")
    assert [relay(desk.show, booth) for booth in ("englisch", "en-de")] == [None, None]
    assert (fed(desk, "en"), fed(desk, "de")) == (("englisch", "eve"), ("en-de", "fay"))


def test_a_booth_never_hears_the_channel_that_it_speaks_into_by_hand_as_its_relay() -> None:
    desk = on_air(ENGLISCH, KABINE, item="b")
    desk.interpret("10:01", "kabine/anna")
    desk.interpret("10:02", "englisch/eve", to="de")
    assert (relay(desk.show, "englisch"), output(desk.show, "englisch")) == (None, "de")
    assert fed(desk, "de") == ("kabine", "anna")


def test_a_relay_is_the_booth_that_understands_the_floor_even_if_one_on_relay_feeds_that_channel() -> None:
    """Two relays that each opened before the booth that the other would hear: neither depends on the other."""
    booths = [
        Booth(name, name, languages, 2)
        for name, languages in (
            ("q", ("en", "fr")),
            ("z", ("fr", "en")),
            ("x", ("ja", "en")),
            ("v", ("ja", "fr")),
        )
    ]
    desk = on_air(*booths, item="b", languages=("ja", "en", "fr"))
    for booth in booths:
        desk.interpret("10:01", f"{booth.id}/1")
    assert [relay_feed(desk.show, booth).booth for booth in ("q", "z")] == ["x", "v"]
    assert (fed(desk, "fr"), fed(desk, "en")) == (("q", "1"), ("z", "1"))


# Hand-over


def test_a_second_seat_takes_over_within_five_seconds() -> None:
    desk = on_air(KABINE)
    desk.interpret("10:01", "kabine/anna")
    desk.interpret("10:02", "kabine/ben")
    assert channel_feed(desk.show, "ja") == ChannelFeed("kabine", ("kabine/anna", "kabine/ben"))
    assert fed(desk, "ja") == ("kabine", "ben")
    assert handover_ends(desk.show, "kabine") == core.due(desk.show) == clock("10:02:05")
    assert desk.wait("10:02:04.999") == ()
    closed = SeatSet(booth="kabine", seat="anna", open=False, at=clock("10:02:05"))
    assert desk.wait("10:03") == (closed,)  # at its own instant, however late the clock ticks
    assert channel_feed(desk.show, "ja") == ChannelFeed("kabine", ("kabine/ben",))
    assert handover_ends(desk.show, "kabine") is None


@pytest.mark.parametrize(("closes", "stays"), [("anna", "ben"), ("ben", "anna")])
def test_either_seat_ends_a_hand_over_earlier_by_hand(closes: str, stays: str) -> None:
    desk = on_air(KABINE)
    desk.interpret("10:01", "kabine/anna")
    desk.interpret("10:02", "kabine/ben")
    close(desk, "10:02:01", f"kabine/{closes}")
    assert fed(desk, "ja") == ("kabine", stays)
    assert desk.wait("10:03") == ()
    assert fed(desk, "ja") == ("kabine", stays)


def test_a_seat_whose_partner_is_lost_replaces_it_at_once() -> None:
    desk = on_air(KABINE)
    desk.interpret("10:01", "kabine/anna")
    desk.report("10:02", "kabine/anna", "stalled")
    assert [type(fact) for fact in desk.interpret("10:03", "kabine/ben")] == [SeatSet, SeatSet]
    desk.live("10:04", "kabine/anna")
    assert channel_feed(desk.show, "ja").seats == ("kabine/ben",)


def test_the_older_seat_stays_until_the_one_that_takes_over_is_heard() -> None:
    desk = on_air(KABINE)
    desk.interpret("10:01", "kabine/anna")
    desk.do("10:02", "interpret", booth="kabine", seat="ben", open=True)
    desk.wait("10:03")
    assert channel_feed(desk.show, "ja").seats == ("kabine/anna",)
    closed = SeatSet(booth="kabine", seat="anna", open=False, at=clock("10:04"))
    assert closed in desk.live("10:04", "kabine/ben")
    assert channel_feed(desk.show, "ja").seats == ("kabine/ben",)


def test_a_third_seat_closes_the_first_at_once() -> None:
    desk = on_air(KABINE)
    for at, seat in (("10:01", "kabine/anna"), ("10:02", "kabine/ben"), ("10:02:01", "kabine/cleo")):
        desk.interpret(at, seat)
    assert channel_feed(desk.show, "ja").seats == ("kabine/ben", "kabine/cleo")
    assert core.due(desk.show) == clock("10:02:06")


def test_in_a_booth_with_one_seat_another_page_replaces_it_at_once() -> None:
    desk = on_air(SOLO)
    desk.interpret("10:01", "solo/anna")
    desk.interpret("10:02", "solo/ben")
    assert channel_feed(desk.show, "ja").seats == ("solo/ben",)


def test_a_floor_that_changes_in_a_hand_over_changes_the_channel_of_both() -> None:
    desk = on_air(KABINE)
    desk.interpret("10:01", "kabine/anna")
    desk.interpret("10:02", "kabine/ben")
    desk.do("10:02:01", "floor", language="ja")
    assert channel_feed(desk.show, "de").seats == ("kabine/anna", "kabine/ben")
    assert channel_feed(desk.show, "ja") == FLOOR


def test_a_seat_asks_and_the_other_accepts_by_opening() -> None:
    desk = on_air(KABINE)
    desk.interpret("10:01", "kabine/anna")
    asked = HandoverAsked(booth="kabine", seat="anna", at=clock("10:02"))
    assert desk.do("10:02", "handover", booth="kabine", seat="anna", ask=True) == (asked,)
    assert desk.do("10:02", "handover", booth="kabine", seat="anna", ask=True) == ()
    assert desk.show.asks == {"kabine": "anna"}
    desk.interpret("10:03", "kabine/ben")
    assert desk.show.asks == {}


def test_an_asking_is_withdrawn_by_the_seat_alone_and_ends_when_it_leaves() -> None:
    desk = on_air(KABINE)
    desk.interpret("10:01", "kabine/anna")
    desk.do("10:02", "handover", booth="kabine", seat="anna", ask=True)
    assert desk.do("10:02", "handover", booth="kabine", seat="ben", ask=False) == ()
    desk.do("10:03", "handover", booth="kabine", seat="anna", ask=False)
    assert desk.show.asks == {}
    desk.do("10:04", "handover", booth="kabine", seat="anna", ask=True)
    close(desk, "10:05", "kabine/anna")
    assert desk.show.asks == {"kabine": "anna"}  # asked, and off before the other one answered
    desk.report("10:06", "kabine/anna", "absent")
    assert desk.show.asks == {}


# Refusals


def test_unknown_names_are_refused_with_the_nearest_known_one() -> None:
    desk = on_air(KABINE)
    assert refused(desk, "floor", language="jp") == "Unknown language `jp`; there are `de`, `ja`, `en`."
    assert refused(desk, "interpret", booth="kabin", seat="1", open=True) == (
        "Unknown booth `kabin`; did you mean `kabine`?"
    )
    assert refused(desk, "handover", booth="Kabine 1", seat="1", ask=True) == (
        "Unknown booth `Kabine 1`; did you mean `kabine`?"
    )


def test_a_booth_is_not_sent_into_a_language_that_it_does_not_interpret() -> None:
    desk = on_air(KABINE)
    assert refused(desk, "interpret", booth="kabine", seat="1", open=True, to="en") == (
        "Kabine 1 interprets between de and ja; it cannot speak into “en”."
    )
    assert desk.show.seats == {}


def test_a_seat_that_is_off_cannot_ask_another_to_take_over() -> None:
    desk = on_air(KABINE)
    assert refused(desk, "handover", booth="kabine", seat="anna", ask=True) == (
        "The microphone of anna in Kabine 1 is off, so there is nothing to take over from it."
    )


# Undo, reload, restart


def test_undo_does_not_touch_the_booths() -> None:
    desk = on_air(KABINE)
    desk.do("10:01", "next")
    desk.interpret("10:02", "kabine/anna", to="ja")
    assert desk.show.undo[-1].asked.command == "next"
    desk.do("10:03", "undo")
    assert (desk.show.on_air, desk.show.outputs) == ("a", {"kabine": "ja"})
    assert fed(desk, "ja") == ("kabine", "anna")


def test_undo_takes_back_what_a_moderator_said_of_the_floor() -> None:
    desk = on_air(KABINE)
    desk.do("10:01", "floor", language="ja")
    desk.do("10:02", "undo")
    assert desk.show.floor is None


def test_undo_leaves_what_an_interpreter_said_of_the_floor() -> None:
    desk = on_air(KABINE)
    desk.do("10:01", "mic", source="tokio", open=True)
    said = COMMAND.validate_python({"id": "1", "type": "floor", "language": "ja"})
    facts = core.apply(desk.show, said, clock("10:02"), INTERPRETER)
    assert core.command_of(facts) == "floor"
    desk.show = core.replay(desk.show, *facts)
    assert [step.asked.command for step in desk.show.undo] == ["goto", "mic"]
    desk.do("10:03", "undo")
    assert (desk.show.floor, desk.show.mics) == ("ja", {})
    desk.do("10:04", "undo")  # the item on air
    assert desk.show.floor is None


def test_undo_does_not_bring_back_what_an_interpreter_has_taken_back_of_the_floor() -> None:
    desk = on_air(KABINE)
    desk.do("10:01", "floor", language="ja")
    desk.do("10:02", "mic", source="tokio", open=True)
    said = COMMAND.validate_python({"id": "1", "type": "floor", "language": None})
    desk.show = core.replay(desk.show, *core.apply(desk.show, said, clock("10:03"), INTERPRETER))
    desk.do("10:04", "undo")
    assert (desk.show.floor, desk.show.mics) == (None, {})


def test_a_restart_keeps_what_is_open_until_the_booth_is_back() -> None:
    desk = on_air(KABINE)
    desk.interpret("10:01", "kabine/anna", to="ja")
    first = core.begin(desk.show.event)
    show = core.replay(first, *(from_json(to_json(fact)) for fact in desk.facts))
    assert (list(show.seats.items()), show.outputs) == (list(desk.show.seats.items()), {"kabine": "ja"})
    desk.show = show
    desk.show = core.replay(show, *core.report(show, core.unreported(show, {}), clock("10:02")))
    assert channel_feed(desk.show, "ja") == FLOOR
    assert open_seats(desk.show.seats, "kabine") == ("kabine/anna",)
    desk.live("10:03", "kabine/anna")
    assert fed(desk, "ja") == ("kabine", "anna")


def test_a_server_that_was_down_at_the_end_of_a_hand_over_ends_it_at_its_instant() -> None:
    desk = on_air(KABINE)
    desk.interpret("10:01", "kabine/anna")
    desk.interpret("10:02", "kabine/ben")
    show = core.replay(core.begin(desk.show.event), *desk.facts)
    assert core.tick(show, clock("10:10")) == (
        SeatSet(booth="kabine", seat="anna", open=False, at=clock("10:02:05")),
    )


# What is known


def test_seats_that_are_off_and_send_nothing_are_forgotten() -> None:
    desk = on_air(KABINE)
    desk.interpret("10:01", "kabine/anna")
    close(desk, "10:02", "kabine/anna")
    assert list(desk.show.seats) == ["kabine/anna"]
    desk.report("10:03", "kabine/anna", "absent")
    assert desk.show.seats == {}
    assert "kabine/anna" not in core.unreported(desk.show, {"kabine/anna": ("absent", "left")})


def test_the_names_of_seats_are_bounded() -> None:
    desk = on_air(KABINE)
    names = [f"kabine/{n}" for n in range(MAX_KNOWN_SEATS + 5)]
    desk.show = core.replay(
        desk.show, *core.report(desk.show, dict.fromkeys(names, ("live", "flows")), clock("10:01"))
    )
    assert list(desk.show.seats) == names[:MAX_KNOWN_SEATS]
    for n in range(40):
        desk.do("10:02", "interpret", booth="kabine", seat=f"x{n}", open=True)
    assert len(desk.show.seats) <= MAX_KNOWN_SEATS + 2


def test_seats_are_no_sources_of_the_programme() -> None:
    desk = on_air(KABINE)
    desk.interpret("10:01", "kabine/anna")
    assert "kabine/anna" not in desk.show.sources
    for command, fields in (("take", {}), ("mic", {"open": True}), ("arm", {})):
        assert refused(desk, command, source="kabine/anna", **fields).startswith("Unknown source")


# Since when


def carried(show: Show) -> dict[str, Carried]:
    return dict(show.carried)


def test_a_channel_has_its_booth_and_since_when() -> None:
    desk = on_air(KABINE)
    assert carried(desk.show) == {}
    desk.interpret("10:01", "kabine/anna")
    assert carried(desk.show) == {"ja": Carried("kabine", clock("10:01"))}
    desk.interpret("10:02", "kabine/ben")
    desk.wait("10:03")
    assert carried(desk.show) == {"ja": Carried("kabine", clock("10:01"))}
    desk.do("10:04", "floor", language="ja")
    assert carried(desk.show) == {
        "ja": Carried(None, clock("10:04")),
        "de": Carried("kabine", clock("10:04")),
    }
    desk.do("10:05", "undo")
    assert carried(desk.show) == {
        "ja": Carried("kabine", clock("10:05")),
        "de": Carried(None, clock("10:05")),
    }
