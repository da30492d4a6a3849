"""A changed event file during the show, as the contract says."""

from __future__ import annotations

import pytest

from config.times import Duration
from signaling.show import core
from signaling.show.actions import Asked
from signaling.show.core import CommandRefused
from signaling.show.eventtext import EventText
from signaling.show.facts import Reloaded, from_json, to_json
from tests.unit.signaling.show.build import HEAD, Desk, clock, event, said, text

DAY = ("a start: 10:00, duration: 10m", "b duration: 10m, source: berlin", "c duration: 10m, source: tokio")


def reload(desk: Desk, at: str, *agenda: str, host: str | None = "krefeld", head: str = HEAD) -> None:
    desk.do(at, "reload", yaml=text(*agenda, host=host, head=head))


def ids(desk: Desk) -> str:
    return " ".join(item.id for item in desk.show.event.agenda)


def on_air(*agenda: str) -> Desk:
    """At 10:10 with the second item on air."""
    desk = Desk(*(agenda or DAY))
    desk.do("10:00", "start")
    desk.do("10:10", "next")
    return desk


def test_past_items_and_the_item_on_air_stay() -> None:
    desk = on_air()
    before = desk.show
    reload(desk, "10:12", "b start: 11:00, duration: 5m, source: tokio", "c duration: 20m, source: tokio")
    assert ids(desk) == "a b c"
    assert desk.show.event.agenda[0] == before.event.agenda[0]
    assert desk.show.runs == before.runs
    assert (desk.show.on_air, desk.show.programme, desk.show.since) == ("b", before.programme, before.since)


def test_what_comes_is_what_the_new_file_has_below_the_item_on_air() -> None:
    desk = on_air()
    reload(desk, "10:12", DAY[0], DAY[1], "d duration: 5m", "e duration: 5m")
    assert ids(desk) == "a b d e"
    assert desk.expected("10:12") == {
        "a": "10:00-10:10",
        "b": "10:10-10:20",
        "d": "10:20-10:25",
        "e": "10:25-10:30",
    }


def test_a_length_on_air_that_changes_counts_from_its_actual_start() -> None:
    desk = Desk(*DAY)
    desk.do("10:03", "start")
    reload(desk, "10:05", "a start: 10:00, duration: 20m", *DAY[1:])
    assert said(desk.row("a", "10:05").expected) == "10:03-10:23"
    reload(desk, "10:10", "a start: 10:00, duration: 5m", *DAY[1:])
    assert said(desk.row("a", "10:10").expected) == "10:03-10:10"


def test_an_item_on_air_that_becomes_automatic_and_is_over_by_then_ends() -> None:
    desk = Desk(*DAY)
    desk.do("10:00", "start")
    reload(desk, "10:08", "a start: 10:00, duration: 5m, advance: auto", *DAY[1:])
    desk.wait("10:08")
    assert desk.show.on_air == "b"


def test_an_item_on_air_that_the_new_file_does_not_have_goes_on_and_what_follows_is_known_by_the_one_above() -> (
    None
):
    desk = on_air()
    reload(desk, "10:12", DAY[0], "d duration: 5m", DAY[2])
    assert ids(desk) == "a b d c"
    assert desk.show.on_air == "b"


def test_a_file_without_any_past_item_comes_whole() -> None:
    desk = on_air()
    reload(desk, "10:12", "x start: 10:30, duration: 5m", "y duration: 5m")
    assert ids(desk) == "a b x y"


def test_a_passed_item_comes_again_if_the_new_file_has_it_further_down() -> None:
    desk = Desk(*DAY, "d duration: 10m")
    desk.do("10:00", "start")
    desk.do("10:05", "goto", item="c")
    assert desk.show.skipped == {"b": "passed"}
    reload(desk, "10:06", DAY[0], DAY[2], "d duration: 10m", DAY[1])
    assert ids(desk) == "a c d b"
    assert desk.statuses("10:06") == "done on-air next coming"


def test_a_passed_item_stays_past_if_the_new_file_does_not_move_it() -> None:
    desk = Desk(*DAY)
    desk.do("10:00", "start")
    desk.do("10:05", "goto", item="c")
    reload(desk, "10:06", *DAY, "d duration: 10m")
    assert ids(desk) == "a b c d"
    assert desk.statuses("10:06") == "done skipped on-air next"


def test_before_the_start_the_new_event_replaces_the_old() -> None:
    desk = Desk(*DAY)
    reload(desk, "09:30", "z start: 09:45, duration: 5m")
    assert desk.show.event == event("z start: 09:45, duration: 5m")


def test_a_plan_that_was_moved_stays_moved_by_the_same() -> None:
    desk = Desk(*DAY)
    desk.show = core.replay(desk.show, *core.move(desk.show, clock("12:00")))
    reload(desk, "11:00", *DAY, "d start: 10:45, duration: 10m")
    assert desk.expected("11:00")["a"] == "12:00-12:10"
    assert desk.expected("11:00")["d"] == "12:45-12:55"


def test_a_move_cannot_be_taken_back_by_undoing_what_was_before_it() -> None:
    desk = Desk(*DAY)
    desk.do("09:30", "delay", item="b", seconds=60)
    desk.show = core.replay(desk.show, *core.move(desk.show, clock("12:00")))
    with pytest.raises(CommandRefused, match="nothing to undo"):
        desk.do("09:31", "undo")


# Manual settings --------------------------------------------------------------------------------------------


def test_delays_and_skips_by_hand_stay_for_what_is_still_to_come() -> None:
    desk = Desk(*DAY, "d duration: 10m", "e duration: 10m")
    desk.do("10:00", "start")
    desk.do("10:01", "skip", item="b")
    desk.do("10:01", "skip", item="d")
    desk.do("10:01", "delay", item="c", seconds=300)
    reload(desk, "10:02", *DAY, "e duration: 10m")
    assert desk.show.skipped == {"b": "asked"}
    assert desk.show.delays == {"c": Duration(300_000)}


def test_a_skip_in_the_new_file_counts_where_it_is_new() -> None:
    desk = Desk(DAY[0], "b duration: 10m, skip: true", "c duration: 10m", "d duration: 10m, skip: true")
    desk.do("10:00", "start")
    desk.do("10:01", "unskip", item="b")
    reload(
        desk, "10:02", DAY[0], "b duration: 10m, skip: true", "c duration: 10m, skip: true", "d duration: 10m"
    )
    assert desk.show.skipped == {"c": "file"}


def test_marks_go_with_what_they_marked() -> None:
    desk = Desk(*DAY)
    desk.do("10:00", "start")
    desk.do("10:01", "arm", item="c")
    reload(desk, "10:02", *DAY[:2])
    assert desk.show.armed_item is None


def test_a_source_that_stays_keeps_its_state_and_a_new_one_has_nobody_yet() -> None:
    desk = Desk(*DAY)
    osaka = HEAD.replace("guests:", "  osaka: {name: Osaka}\nguests:").replace(
        "  berlin: {name: Berlin}\n", ""
    )
    reload(desk, "10:02", DAY[0], "b duration: 10m, source: osaka", head=osaka)
    assert {source: signal.state for source, signal in desk.show.sources.items()} == {
        "krefeld": "live",
        "tokio": "live",
        "tokio/lectern": "live",
        "osaka": "absent",
        "uchida": "live",
    }


# Refusals ---------------------------------------------------------------------------------------------------


def test_faults_are_answered_as_check_gives_them_and_nothing_has_changed() -> None:
    desk = on_air()
    before = desk.show
    with pytest.raises(CommandRefused) as refused:
        reload(desk, "10:12", "a start: 10:00, duration: 10m, source: krefelt", "b duraton: 5m")
    assert refused.value.code == "invalid"
    lines = str(refused.value).splitlines()
    assert lines[0].startswith("event.yaml:11:")
    assert lines[0].endswith("unknown source `krefelt`; did you mean `krefeld`?")
    assert any("did you mean `duration`?" in line for line in lines[1:])
    assert desk.show == before


@pytest.mark.parametrize("how", ["agenda", "take", "beside", "microphone", "agenda, but lost"])
def test_a_venue_that_is_on_air_cannot_be_taken_out(how: str) -> None:
    second = {"beside": ", with: [berlin]", "microphone": ", mics: [krefeld, berlin]"}.get(how, "")
    desk = Desk(f"a start: 10:00, duration: 10m{second}", "b duration: 10m, source: berlin")
    desk.do("10:00", "start")
    if how.startswith("agenda"):
        desk.do("10:10", "next")
    if how == "agenda, but lost":
        desk.report("10:11", "berlin", "absent")
    if how == "take":
        desk.do("10:10", "take", source="berlin")
    head = HEAD.replace("  berlin: {name: Berlin}\n", "")
    with pytest.raises(
        CommandRefused, match=r"Berlin is on air and not in the new file\. Leave `berlin` in the file until"
    ):
        reload(desk, "10:12", "a start: 10:00, duration: 10m", head=head)


def test_a_venue_that_is_off_air_can_be_taken_out_and_the_past_may_name_it_still() -> None:
    desk = on_air()
    desk.do("10:20", "next")
    head = HEAD.replace("  berlin: {name: Berlin}\n", "")
    reload(desk, "10:21", DAY[0], DAY[2], head=head)
    assert "berlin" not in desk.show.sources
    assert ids(desk) == "a b c"
    desk.do("10:22", "previous")
    assert (desk.show.on_air, desk.show.programme.source, desk.show.programme.reason) == (
        "b",
        "krefeld",
        "fallback",
    )


def test_a_file_that_changes_nothing_changes_nothing() -> None:
    desk = Desk(*DAY, has_file=True)
    assert desk.do("10:12", "reload", yaml=text(*DAY)) == ()


def test_a_changed_comment_is_kept_and_changes_nothing_else() -> None:
    desk = on_air()
    before, commented = desk.show, "# corrected\n" + text(*DAY)
    assert desk.do("10:12", "reload", yaml=commented) == (
        Reloaded(yaml=EventText(commented), at=clock("10:12")),
    )
    assert desk.show.event == before.event
    assert desk.show.file == EventText(commented)


# Undo, and the log ------------------------------------------------------------------------------------------


def test_undo_takes_a_reload_back() -> None:
    desk = on_air()
    desk.do("10:11", "skip", item="c")
    before, expected = desk.show, desk.expected("10:13")
    osaka = HEAD.replace("guests:", "  osaka: {name: Osaka}\nguests:")
    reload(desk, "10:12", *DAY[:2], "d duration: 5m, source: osaka", head=osaka)
    desk.do("10:13", "undo")
    assert desk.expected("10:13") == expected
    assert (desk.show.event, desk.show.index, desk.show.skipped) == (
        before.event,
        before.index,
        before.skipped,
    )
    assert desk.show.sources == before.sources


def test_undo_leaves_sources_as_they_have_become_since() -> None:
    desk = on_air()
    reload(desk, "10:12", *DAY[:2])
    desk.report("10:12:30", "tokio", "stalled")
    desk.do("10:13", "undo")
    assert desk.show.sources["tokio"].state == "stalled"
    assert ids(desk) == "a b c"


def test_the_log_alone_rebuilds_a_show_that_was_reloaded() -> None:
    desk = on_air()
    reload(desk, "10:12", *DAY[:2], "d duration: 5m")
    desk.do("10:15", "next")
    log = [to_json(fact) for fact in desk.facts]
    assert core.replay(core.begin(event(*DAY)), *map(from_json, log)) == desk.show


def test_a_file_that_the_server_is_started_with_is_no_command_that_could_be_taken_back() -> None:
    desk = on_air()
    facts = core.restart(desk.show, text(*DAY[:2]), clock("10:12"))
    assert not any(isinstance(fact, Asked) for fact in facts)
    assert isinstance(facts[0], Reloaded)
    assert core.replay(desk.show, *facts).undo == ()


# The difference ---------------------------------------------------------------------------------------------


def test_the_difference_says_what_moves_what_is_new_and_what_is_gone() -> None:
    desk = on_air(*DAY, "d duration: 10m", "e duration: 10m")
    osaka = HEAD.replace("guests:", "  osaka: {name: Osaka}\nguests:").replace("  uchida", "  saito")
    wanted = text(
        "n duration: 1m, start: 10:00",
        DAY[0],
        "b duration: 15m, source: berlin, speaker: Ada",
        "d duration: 10m",
        "x duration: 5m, source: osaka",
        "e duration: 10m",
        host=None,
        head=osaka,
    )
    before = desk.show
    found = core.difference(desk.show, core.read_event(wanted), clock("10:12"))
    assert [item.id for item in found.new] == ["x"]
    assert [item.id for item in found.gone] == ["c"]
    assert [item.id for item in found.too_late] == ["n"]
    assert [(item.id, item.before, item.after) for item in found.moved] == [
        ("d", "2018-09-15T10:30:00+02:00", "2018-09-15T10:25:00+02:00")
    ]
    assert {item.id: item.fields for item in found.changed} == {
        "b": ["duration", "speaker"],
        "d": ["fallback"],  # without a host there is one less to stand in
        "e": ["fallback"],
    }
    assert [place.id for place in found.places_new] == ["osaka", "saito"]
    assert [place.id for place in found.places_gone] == ["uchida"]
    assert found.event == ["host"]
    assert desk.show == before


def test_the_difference_names_booths_languages_and_presets() -> None:
    booths = (
        "languages: [de, ja]\n"
        "interpreters: {eins: {languages: [de, ja]}, zwei: {languages: [de, ja], name: Zwei}}\n"
    )
    was = HEAD + booths
    will_be = (
        HEAD.replace("Europe/Berlin}", "Europe/Berlin, presets: {mic: {de: Mikrofon}}}", 1)
        + "languages: [de, ja, en]\n"
        "interpreters: {eins: {languages: [de, ja], seats: 3}, drei: {languages: [en, de]}}\n"
    )
    item = "a start: 10:00, duration: 10m"
    show = core.begin(core.read_event(text(item, head=was)).event)
    found = core.difference(show, core.read_event(text(item, head=will_be)), clock("10:12"))
    assert [(place.id, place.name) for place in found.places_new] == [("drei", "Drei")]
    assert [(place.id, place.name) for place in found.places_gone] == [("zwei", "Zwei")]
    assert found.event == ["languages", "interpreters", "presets"]
    same = core.difference(show, core.read_event(text(item, head=was)), clock("10:12"))
    assert (same.places_new, same.places_gone, same.event) == ([], [], [])


def test_there_is_no_difference_where_there_would_be_no_reload() -> None:
    desk = on_air()
    gone = text(
        "a start: 10:00, duration: 10m, source: tokio", head=HEAD.replace("  berlin: {name: Berlin}\n", "")
    )
    with pytest.raises(CommandRefused, match="on air and not in the new file"):
        core.difference(desk.show, core.read_event(gone), clock("10:12"))
