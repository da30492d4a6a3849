"""The programme matrix: what each destination is sent."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pydantic import ValidationError

from bridge.engine import Feed
from signaling.show.core import CommandRefused
from signaling.show.routing import matrix, on_screen_destinations, programme, return_paths, tally
from signaling.show.terms import Role
from tests.unit.signaling.show.build import NINE, NINE_HALLS, Desk

EVERYBODY: dict[str, Role] = {
    "krefeld": "venue",
    "berlin": "venue",
    "tokio": "venue",
    "uchida": "guest",
    "moderator:anna": "moderator",
    "stage:left": "stage",
}


def on_air(item: str) -> Desk:
    """A show with this one item on air."""
    desk = Desk(f"a start: 10:00, duration: 15m, {item}", "b duration: 15m, source: berlin")
    desk.do("10:00", "start")
    return desk


def solo(source: str, *mics: str) -> Feed:
    """The feed of one picture."""
    return Feed(source, (), mics, layout="solo")


def feeds(desk: Desk) -> dict[str, Feed]:
    return matrix(desk.show, EVERYBODY)


def test_everyone_sees_the_place_on_air_and_the_place_on_air_sees_its_return_picture() -> None:
    seen = feeds(on_air("source: tokio, return: berlin"))
    assert seen["tokio"] == solo("berlin")
    for place in ("krefeld", "berlin", "uchida", "moderator:anna", "stage:left"):
        assert seen[place] == solo("tokio", "tokio")


def test_by_default_a_place_on_air_sees_the_host() -> None:
    assert feeds(on_air("source: tokio"))["tokio"].program == "krefeld"


def test_a_return_picture_that_is_not_live_gives_way_to_the_host() -> None:
    desk = on_air("source: tokio, return: berlin")
    desk.report("10:01", "berlin", "stalled")
    assert feeds(desk)["tokio"].program == "krefeld"


def test_the_host_on_air_sees_the_last_other_source_that_was() -> None:
    desk = Desk(
        "a start: 10:00, duration: 5m, source: berlin",
        "b duration: 5m, source: uchida",
        "c duration: 5m, source: krefeld",
    )
    desk.do("10:00", "start")
    desk.do("10:05", "next")
    desk.do("10:10", "next")
    assert feeds(desk)["krefeld"].program == "uchida"
    desk.report("10:11", "uchida", "absent")
    assert feeds(desk)["krefeld"].program == "berlin"


def test_before_any_other_source_was_on_air_the_host_sees_the_first_live_one_of_the_file() -> None:
    desk = on_air("source: krefeld")
    assert feeds(desk)["krefeld"].program == "berlin"
    desk.report("10:01", "berlin", "absent")
    assert feeds(desk)["krefeld"].program == "tokio"


def test_a_place_never_sees_another_input_of_its_own() -> None:
    desk = on_air("source: tokio/lectern, return: tokio")
    assert feeds(desk)["tokio"].program == "krefeld"
    for source in ("krefeld", "berlin", "uchida"):
        desk.report("10:01", source, "absent")
    assert feeds(desk)["tokio"] == solo("slate")


def test_in_a_two_shot_those_on_screen_see_each_other_and_everyone_else_sees_both() -> None:
    desk = on_air("source: krefeld, with: [tokio]")
    seen = feeds(desk)
    assert on_screen_destinations(desk.show, EVERYBODY) == {"krefeld", "tokio"}
    assert seen["krefeld"] == Feed("tokio", (), ("tokio",), layout="side-by-side")
    assert seen["tokio"] == Feed("krefeld", (), ("krefeld",), layout="side-by-side")
    assert seen["berlin"] == Feed("krefeld", ("tokio",), ("krefeld", "tokio"), layout="side-by-side")
    assert seen["moderator:anna"] == seen["berlin"]


def test_three_on_screen_see_the_two_others() -> None:
    seen = feeds(on_air("source: krefeld, with: [tokio, berlin]"))
    assert seen["tokio"].pictures == ("krefeld", "berlin")
    assert seen["uchida"].pictures == ("krefeld", "tokio", "berlin")


def test_two_inputs_of_one_place_on_screen_are_one_place() -> None:
    seen = feeds(on_air("source: tokio, with: [tokio/lectern]"))
    assert seen["tokio"] == Feed("krefeld", layout="side-by-side")


def test_in_an_open_session_every_place_hears_all_others() -> None:
    seen = feeds(on_air("source: krefeld, type: open"))
    assert set(seen["tokio"].mics) == {"krefeld", "berlin", "uchida"}
    assert set(seen["moderator:anna"].mics) == {"krefeld", "berlin", "tokio", "tokio/lectern", "uchida"}


def test_the_microphone_of_an_absent_source_is_left_out() -> None:
    desk = on_air("source: krefeld, mics: [krefeld, tokio]")
    desk.report("10:01", "tokio", "absent")
    assert feeds(desk)["berlin"].mics == ("krefeld",)
    assert programme(desk.show).mics == ("krefeld", "tokio")


def test_each_open_microphone_may_return_all_others_but_those_of_its_own_place() -> None:
    desk = on_air("source: krefeld, mics: [krefeld, tokio, tokio/lectern, berlin]")
    desk.report("10:01", "berlin", "absent")
    assert return_paths(desk.show) == {
        "krefeld": ("tokio", "tokio/lectern"),
        "tokio": ("krefeld",),
        "tokio/lectern": ("krefeld",),
    }


def test_an_interpreters_channel_may_come_back_where_it_is_listened_to() -> None:
    desk = on_air("source: krefeld, mics: [krefeld, tokio]")
    assert return_paths(desk.show, {"tokio": ["kabine/anna"], "berlin": ["kabine/anna"]}) == {
        "krefeld": ("tokio",),
        "tokio": ("krefeld", "kabine/anna"),
    }


def test_outside_the_items_everybody_sees_the_slate_in_silence() -> None:
    desk = Desk("a start: 10:00, duration: 5m")
    assert set(feeds(desk).values()) == {solo("slate")}


def test_a_break_is_the_slate_because_the_agenda_says_so() -> None:
    found = programme(on_air("type: break").show)
    assert (found.source, found.reason, found.mics) == ("slate", "agenda", ())


def test_an_items_fallback_replaces_a_lost_source_and_its_microphone() -> None:
    desk = on_air("source: tokio, fallback: [tokio/lectern, berlin]")
    desk.report("10:01", "tokio", "stalled")
    found = programme(desk.show)
    assert (found.source, found.reason) == ("tokio/lectern", "fallback")
    assert "tokio/lectern" in found.mics
    desk.report("10:02", "tokio/lectern", "absent")
    assert programme(desk.show).source == "berlin"
    desk.report("10:03", "tokio", "live")
    desk.wait("10:03:02")
    found = programme(desk.show)
    assert (found.source, found.reason, found.mics) == ("tokio", "agenda", ("tokio",))


def test_with_no_source_live_the_slate_is_on_air() -> None:
    desk = Desk("a start: 10:00, duration: 15m, source: tokio", live=())
    desk.do("10:00", "start")
    found = programme(desk.show)
    assert (found.source, found.reason) == ("slate", "fallback")


def test_sources_beside_that_are_not_live_are_left_out() -> None:
    desk = on_air("source: krefeld, with: [tokio, berlin], layout: grid")
    desk.report("10:01", "tokio", "stalled")
    found = programme(desk.show)
    assert (found.beside, found.layout) == (("berlin",), "grid")
    desk.report("10:02", "berlin", "absent")
    found = programme(desk.show)
    assert (found.beside, found.layout) == ((), "solo")


def test_a_fallback_is_not_shown_twice() -> None:
    desk = on_air("source: tokio, with: [krefeld]")
    desk.report("10:01", "tokio", "absent")
    found = programme(desk.show)
    assert (found.source, found.beside) == ("krefeld", ())


def test_nothing_is_beside_the_slate() -> None:
    desk = on_air("source: tokio, with: [berlin], fallback: [slate]")
    desk.report("10:01", "tokio", "absent")
    found = programme(desk.show)
    assert (found.source, found.beside) == ("slate", ())


def test_a_taken_source_is_alone_on_screen_and_heard_besides_the_item() -> None:
    desk = on_air("source: krefeld, with: [tokio]")
    desk.do("10:05", "take", source="berlin")
    found = programme(desk.show)
    assert (found.source, found.beside, found.layout, found.reason) == ("berlin", (), "solo", "take")
    assert found.mics == ("krefeld", "tokio", "berlin")


def test_a_taken_source_that_is_lost_falls_back_by_the_chain_of_the_item() -> None:
    desk = on_air("source: tokio")
    desk.do("10:05", "take", source="berlin")
    desk.report("10:06", "berlin", "stalled")
    found = programme(desk.show)
    assert (found.source, found.reason) == ("krefeld", "fallback")


def test_microphones_set_by_hand_override_the_item() -> None:
    desk = on_air("source: krefeld, with: [tokio]")
    desk.show = replace(desk.show, mics={"tokio": False, "uchida": True})
    assert programme(desk.show).mics == ("krefeld", "uchida")


def test_lights_are_on_air_next_or_off() -> None:
    desk = on_air("source: krefeld, with: [tokio]")
    coming = desk.show.event.item("b")
    assert tally(desk.show, coming) == {
        "krefeld": "on-air",
        "tokio": "on-air",
        "berlin": "next",
        "tokio/lectern": "off",
        "uchida": "off",
    }


@pytest.mark.parametrize("role", ["venue", "guest"])
def test_a_place_off_screen_does_not_hear_its_own_open_microphone(role: Role) -> None:
    desk = on_air("source: krefeld, mics: [krefeld, tokio/lectern]")
    assert matrix(desk.show, {"tokio": role})["tokio"] == solo("krefeld", "krefeld")


def test_a_marked_source_is_in_preview_and_what_comes_next_stays_next() -> None:
    desk = on_air("source: krefeld")
    coming = desk.show.event.item("b")
    desk.do("10:01", "arm", source="uchida")
    lights = tally(desk.show, coming)
    assert (lights["uchida"], lights["berlin"]) == ("preview", "next")
    desk.do("10:02", "arm", source="berlin")
    assert tally(desk.show, coming)["berlin"] == "next"
    desk.do("10:03", "take", source="uchida")
    desk.do("10:04", "arm", source="krefeld")
    desk.do("10:05", "take", source="krefeld")
    assert tally(desk.show, coming)["krefeld"] == "on-air"


PANEL = "source: krefeld, with: [tokio], mics: [krefeld, tokio, berlin], follow: voice"


def shown(desk: Desk) -> tuple[str, tuple[str, ...], str]:
    found = desk.show.programme
    return found.source, found.beside, found.reason


def test_the_picture_follows_the_voice_where_the_item_says_so() -> None:
    desk = on_air("source: krefeld, mics: [krefeld, tokio], follow: voice")
    desk.speak("10:01", "tokio")
    assert shown(desk) == ("tokio", (), "voice")
    desk.speak("10:02", "krefeld")
    assert shown(desk) == ("krefeld", (), "voice")
    assert desk.speak("10:03", "krefeld") == ()


def test_an_active_speaker_changes_places_with_the_source_of_the_item() -> None:
    desk = on_air(PANEL)
    desk.speak("10:01", "tokio")
    assert shown(desk) == ("tokio", ("krefeld",), "voice")
    desk.speak("10:02", "berlin")
    assert shown(desk) == ("berlin", ("tokio",), "voice")


def test_no_other_item_follows_a_voice_and_no_closed_microphone_has_one() -> None:
    desk = on_air("source: krefeld, with: [tokio]")
    assert desk.speak("10:01", "tokio") == ()
    desk = on_air(PANEL)
    assert desk.speak("10:01", "uchida") == ()
    desk.show = replace(desk.show, mics={"tokio": False})
    assert desk.speak("10:02", "tokio") == ()


def test_a_take_and_a_fallback_have_priority_over_a_voice() -> None:
    desk = on_air(PANEL)
    desk.speak("10:01", "tokio")
    desk.do("10:02", "take", source="uchida")
    desk.speak("10:03", "berlin")
    assert shown(desk) == ("uchida", (), "take")
    desk.do("10:04", "release")
    assert shown(desk) == ("berlin", ("tokio",), "voice")
    desk.report("10:05", "berlin", "absent")
    assert shown(desk) == ("krefeld", ("tokio",), "agenda")
    desk.report("10:06", "krefeld", "absent")
    assert shown(desk)[2] == "fallback"


def test_an_active_speaker_without_a_picture_is_not_followed() -> None:
    desk = on_air(PANEL)
    desk.report("10:01", "tokio", "absent")
    assert desk.speak("10:02", "tokio") == ()


def test_the_next_item_begins_with_its_own_source_not_the_last_speaker() -> None:
    desk = Desk(f"a start: 10:00, duration: 15m, {PANEL}", f"b duration: 15m, {PANEL}")
    desk.do("10:00", "start")
    desk.speak("10:01", "tokio")
    desk.do("10:15", "next")
    assert shown(desk) == ("krefeld", ("tokio",), "agenda")


# Nine pictures

NINE_ROLES: dict[str, Role] = {
    **dict.fromkeys(NINE, "venue"),
    "viewer": "viewer",
    "interpreter:1": "interpreter",
}


def nine(item: str = "", source: str = NINE[0]) -> Desk:
    """A show with all nine halls on screen."""
    others = ", ".join(hall for hall in NINE if hall != source)
    agenda = f"a start: 10:00, duration: 15m, source: {source}, with: [{others}]{item}"
    desk = Desk(agenda, head=NINE_HALLS, host=None, live=NINE)
    desk.do("10:00", "start")
    return desk


@pytest.mark.parametrize("item", ["", ", layout: grid", ", type: open"])
def test_a_grid_shows_all_nine_to_everybody_and_to_each_on_screen_the_others(item: str) -> None:
    desk = nine(item)
    assert desk.show.programme.layout == "grid"
    for destination, sent in matrix(desk.show, NINE_ROLES).items():
        assert sent.pictures == tuple(hall for hall in NINE if hall != destination)
        assert sent.mics == sent.pictures


@pytest.mark.parametrize("layout", ["solo", "side-by-side", "pip"])
def test_an_open_item_has_room_for_everybody_whatever_its_layout(layout: str) -> None:
    assert nine(f", type: open, layout: {layout}").show.programme.layout == "grid"
    two = on_air(f"source: krefeld, with: [tokio], type: open, layout: {layout}")
    assert two.show.programme.layout == ("side-by-side" if layout == "solo" else layout)


def test_of_nine_those_that_are_not_fit_are_left_out() -> None:
    desk = nine()
    for hall in ("hall-2", "hall-5", "hall-9"):
        desk.report("10:01", hall, "absent")
    left = ("hall-1", "hall-3", "hall-4", "hall-6", "hall-7", "hall-8")
    sent = matrix(desk.show, NINE_ROLES)
    assert (sent["viewer"].pictures, sent["viewer"].mics) == (left, left)
    assert sent["hall-3"].pictures == tuple(hall for hall in left if hall != "hall-3")
    assert sent["hall-2"].pictures == left


def test_the_fallback_of_the_main_picture_is_shown_once() -> None:
    desk = nine(", fallback: [hall-4]")
    desk.report("10:01", "hall-1", "absent")
    assert desk.show.programme.on_screen == (
        *("hall-4", "hall-2", "hall-3", "hall-5"),
        *("hall-6", "hall-7", "hall-8", "hall-9"),
    )


def test_of_nine_the_active_speaker_changes_places_with_the_main_picture() -> None:
    desk = nine(", follow: voice", source="hall-5")
    desk.speak("10:01", "hall-7")
    assert desk.show.programme.on_screen == (
        *("hall-7", "hall-1", "hall-2", "hall-3", "hall-4"),
        *("hall-6", "hall-5", "hall-8", "hall-9"),
    )


# Taken pictures


def test_a_moderator_takes_several_pictures_with_their_microphones() -> None:
    desk = on_air("source: krefeld")
    desk.do("10:05", "take", source="berlin", **{"with": ["tokio", "uchida"]})
    found = desk.show.programme
    assert (found.on_screen, found.layout, found.reason) == (("berlin", "tokio", "uchida"), "grid", "take")
    assert found.mics == ("krefeld", "berlin", "tokio", "uchida")
    seen = feeds(desk)
    assert (seen["tokio"].pictures, seen["krefeld"].pictures) == (("berlin", "uchida"), found.on_screen)
    desk.do("10:06", "release")
    assert desk.show.programme.on_screen == ("krefeld",)


def test_a_take_has_the_layout_that_it_says_and_is_repeated_only_if_it_differs() -> None:
    desk = on_air("source: krefeld, with: [uchida]")
    desk.do("10:05", "take", source="berlin", layout="pip", **{"with": ["tokio"]})
    assert desk.show.programme.layout == "pip"
    assert desk.do("10:06", "take", source="berlin", layout="pip", **{"with": ["tokio"]}) == ()
    desk.do("10:07", "take", source="berlin", **{"with": ["tokio"]})
    assert desk.show.programme.layout == "side-by-side"
    desk.do("10:08", "take", source="berlin")
    assert (desk.show.programme.on_screen, desk.show.programme.layout) == (("berlin",), "solo")


def test_of_taken_pictures_a_lost_one_is_left_out_and_the_main_one_falls_back() -> None:
    desk = on_air("source: krefeld, fallback: [tokio]")
    desk.do("10:05", "take", source="berlin", **{"with": ["tokio", "uchida"]})
    desk.report("10:06", "uchida", "absent")
    assert shown(desk) == ("berlin", ("tokio",), "take")
    desk.report("10:07", "berlin", "absent")
    assert shown(desk) == ("tokio", (), "fallback")


@pytest.mark.parametrize(
    ("source", "beside", "fault"),
    [
        ("slate", ["tokio"], "Nothing is on screen beside the slate. Take the slate alone, or leave it out."),
        ("tokio", ["slate"], "Nothing is on screen beside the slate. Take the slate alone, or leave it out."),
        ("tokio", ["berlin", "tokio/main"], "Tokio is named twice. Name each picture once."),
        ("tokio", ["berlin", "berlin"], "Berlin is named twice. Name each picture once."),
        ("tokio", ["berlim"], "Unknown source `berlim`; did you mean `berlin`?"),
    ],
)
def test_pictures_that_cannot_be_taken_are_refused(source: str, beside: list[str], fault: str) -> None:
    desk = on_air("source: krefeld")
    with pytest.raises(CommandRefused) as refused:
        desk.do("10:05", "take", source=source, **{"with": beside})
    assert str(refused.value) == fault
    assert desk.show.programme.on_screen == ("krefeld",)


def test_more_than_nine_pictures_are_no_command() -> None:
    with pytest.raises(ValidationError, match="at most 8 items"):
        on_air("source: krefeld").do("10:05", "take", source="krefeld", **{"with": ["tokio"] * 9})
