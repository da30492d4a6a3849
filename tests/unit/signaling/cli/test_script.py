"""The script of a rehearsal: its entries and its faults."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.faults import Faults
from config.model import Event
from config.times import iso
from config.yamlfile import EventFileError
from config.yamlfile import parse as parse_event
from signaling.cli.script import load, parse
from signaling.show.rehearsal import ModeratorEvent, ScriptEntry, SourceEvent
from signaling.show.wire.commands import (
    Approve,
    Cue,
    Extend,
    Flag,
    Goto,
    Hold,
    Interpret,
    Next,
    SetFloor,
    Take,
)
from tests.unit.signaling.show.build import HEAD, clock, event, text

HEAD_WITH_BOOTH = (
    HEAD.replace("Europe/Berlin}", "Europe/Berlin, presets: {mic: {en: Closer to the microphone}}}", 1)
    + "languages: [de, ja]\ninterpreters: {kabine: {name: Kabine 1, languages: [de, ja]}}\n"
)
DAY = event("a start: 10:00, duration: 15m", "b duration: 15m, source: tokio/lectern", "c duration: 5m")


WITH_BOOTH = parse_event(text("a start: 10:00, duration: 15m", head=HEAD_WITH_BOOTH), "e.yaml")


def read(*entries: str, day: Event = DAY) -> list[ScriptEntry]:
    """The entries of a script, each given as the text after its dash."""
    return parse("".join(f"- {entry}\n" for entry in entries), day, Faults("s.yaml"))


def faults(*entries: str, day: Event = DAY) -> list[str]:
    """The faults of a script as text, without the file name."""
    try:
        read(*entries, day=day)
    except EventFileError as error:
        return [str(fault).removeprefix("s.yaml:") for fault in error.faults]
    return []


def times(*stated: str) -> list[str]:
    """The instants of entries with these times, in the event's zone."""
    return [
        iso(entry.at, DAY.timezone).removeprefix("2018-09-15T").removesuffix("+02:00")
        for entry in read(*(f"{{at: {at}, away: true}}" for at in stated))
    ]


# What it says -----------------------------------------------------------------------------------------------


def test_an_entry_is_a_command_or_concerns_a_source_or_the_moderator() -> None:
    assert read(
        '{at: "10:07:30", do: {type: extend, seconds: 120}}',
        "{at: 10:08, lose: tokio}",
        "{at: 10:09, back: tokio}",
        "{at: 10:10, away: true}",
        "{at: 10:11, away: false}",
    ) == [
        ScriptEntry(clock("10:07:30"), Extend(type="extend", id="script-1", seconds=120)),
        ScriptEntry(clock("10:08"), SourceEvent("tokio", lost=True)),
        ScriptEntry(clock("10:09"), SourceEvent("tokio", lost=False)),
        ScriptEntry(clock("10:10"), ModeratorEvent(away=True)),
        ScriptEntry(clock("10:11"), ModeratorEvent(away=False)),
    ]


def test_a_command_is_read_with_its_type_and_keeps_its_id() -> None:
    assert [
        entry.what
        for entry in read(
            "{at: 10:00, do: {type: next, from: a, id: mine}}",
            "{at: 10:00, do: {type: goto, item: c}}",
            "{at: 10:00, do: {type: take, source: slate}}",
            "{at: 10:00, do: {type: extend, seconds: -1.5}}",
            "{at: 10:00, do: {type: hold}}",
        )
    ] == [
        Next(type="next", id="mine", from_="a"),
        Goto(type="goto", id="script-2", item="c"),
        Take(type="take", id="script-3", source="slate"),
        Extend(type="extend", id="script-4", seconds=-1.5),
        Hold(type="hold", id="script-5"),
    ]


def test_the_commands_of_booths_are_read_with_their_lists_and_nulls() -> None:
    assert [
        entry.what
        for entry in read(
            "{at: 10:00, lose: kabine}",
            "{at: 10:00, do: {type: floor, language: ja}}",
            "{at: 10:00, do: {type: floor, language: null}}",
            "{at: 10:00, do: {type: interpret, booth: kabine, seat: Anna, open: true, to: de}}",
            "{at: 10:00, do: {type: interpret, booth: kabine, seat: Anna, open: false, to: }}",
            "{at: 10:00, do: {type: flag, text: null, of: kabine}}",
            "{at: 10:00, do: {type: cue, to: speaker, what: mic}}",
            "{at: 10:00, do: {type: take, source: krefeld, with: [berlin, tokio], layout: grid}}",
            "{at: 10:00, do: {type: approve, place: tokio}}",
            day=WITH_BOOTH,
        )
    ] == [
        SourceEvent("kabine", lost=True),
        SetFloor(type="floor", id="script-2", language="ja"),
        SetFloor(type="floor", id="script-3", language=None),
        Interpret(type="interpret", id="script-4", booth="kabine", seat="Anna", open=True, to="de"),
        Interpret(type="interpret", id="script-5", booth="kabine", seat="Anna", open=False, to=None),
        Flag(type="flag", id="script-6", text=None, of="kabine"),
        Cue(type="cue", id="script-7", to="speaker", what="mic"),
        Take(type="take", id="script-8", source="krefeld", with_=["berlin", "tokio"], layout="grid"),
        Approve(type="approve", id="script-9", place="tokio"),
    ]


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("lose: kabin", "lose: unknown source `kabin`; did you mean `kabine`?"),
        ("back: Kabine 1", "back: unknown source `Kabine 1`; did you mean `kabine`?"),
        ("do: {type: floor, language: fr}", "do: language: unknown channel `fr`; there are `de`, `ja`"),
        ("do: {type: floor}", "do: `language` is missing"),
        ("do: {type: approve, place: Tokyo}", "do: place: unknown place `Tokyo`; did you mean `tokio`?"),
        (
            "do: {type: interpret, booth: kabin, seat: a, open: true}",
            "do: booth: unknown booth `kabin`; did you mean `kabine`?",
        ),
        (
            "do: {type: interpret, booth: kabine, seat: a/b, open: true}",
            "do: seat: a seat's name has 1 to 40 characters, no slash, no outer or double space, nothing invisible",
        ),
        (
            "do: {type: interpret, booth: kabine, seat: a, open: maybe}",
            "do: open: this is neither true nor false; write `true` or `false`",
        ),
        (
            "do: {type: interpret, booth: kabine, seat: a, open: true, to: en}",
            "do: to: unknown channel `en`; there are `de`, `ja`",
        ),
        (
            "do: {type: cue, to: speakers, what: mic}",
            "do: to: unknown recipient `speakers`; did you mean `speaker`?",
        ),
        (
            "do: {type: cue, to: kabine, what: faster}",
            "do: what: unknown cue `faster`; there are `slower`, `louder`, `repeat`, `wrap-up`, `two-minutes`, `mic`",
        ),
        (
            "do: {type: message, to: kabine, text: Faster, preset: loud}",
            "do: preset: unknown cue `loud`; did you mean `louder`?",
        ),
        (
            "do: {type: take, source: krefeld, with: [tokyo]}",
            "do: with: unknown source `tokyo`; did you mean `tokio`?",
        ),
        (
            "do: {type: take, source: krefeld, with: tokio}",
            "do: with: a list is expected here, in [brackets] or with a - before each entry",
        ),
        ("do: {type: take, source: krefeld, with: [[a]]}", "do: with: a single value is expected here"),
        ("do: {type: goto, item: }", "do: `item` is missing"),
    ],
)
def test_a_fault_of_a_booth_or_a_list_is_reported(entry: str, expected: str) -> None:
    assert [
        fault.partition("entry 1: ")[2] for fault in faults(f"{{at: 10:00, {entry}}}", day=WITH_BOOTH)
    ] == [expected]


def test_a_source_may_be_written_as_in_the_agenda() -> None:
    assert [
        entry.what for entry in read("{at: 10:00, lose: tokio/main}", "{at: 10:00, lose: tokio/lectern}")
    ] == [
        SourceEvent("tokio", lost=True),
        SourceEvent("tokio/lectern", lost=True),
    ]


def test_an_explicitly_empty_script_is_valid() -> None:
    assert parse("[]", DAY, Faults("s.yaml")) == []
    assert faults() == [
        '1:1: file: a list of entries is expected, such as `- {at: "10:07:30", do: {type: hold}}` or '
        '`- {at: "10:20", lose: tokio}`; write [] for none'
    ]


# When -------------------------------------------------------------------------------------------------------


def test_the_first_wall_time_is_on_the_day_of_the_first_item_even_before_it() -> None:
    assert times("08:00", "08:00", "08:00:01") == ["08:00:00", "08:00:00", "08:00:01"]


def test_a_wall_time_earlier_than_the_entry_above_is_on_the_next_day_within_12_hours() -> None:
    assert times("22:00", "02:00", "10:00") == ["22:00:00", "2018-09-16T02:00:00", "2018-09-16T10:00:00"]
    assert times("22:00", "10:00") == ["22:00:00", "2018-09-16T10:00:00"]


def test_a_wall_time_further_back_is_an_error() -> None:
    assert faults("{at: 10:20, away: true}", "{at: 09:40, away: false}") == [
        "2:8: entry 2: at: 09:40 is before the entry above (10:20), and on the next day more than 12 hours after; "
        "write a time from 10:20 on, or one with its date as 2018-09-16T09:40:00"
    ]


def test_iso_times_may_be_in_any_order_and_entries_are_sorted() -> None:
    assert times("10:20", "2018-09-15T07:30:00+00:00", "2018-09-15T17:25:00+09:00", "10:30") == [
        "09:30:00",
        "10:20:00",
        "10:25:00",
        "10:30:00",
    ]


def test_entries_of_one_instant_keep_their_order() -> None:
    script = read(
        "{at: 10:00, lose: tokio}", "{at: 10:00, back: tokio}", "{at: 2018-09-15T10:00, away: true}"
    )
    assert [entry.what for entry in script] == [
        SourceEvent("tokio", True),
        SourceEvent("tokio", False),
        ModeratorEvent(True),
    ]


def test_a_wall_time_repeated_by_dst_needs_an_offset() -> None:
    (fault,) = faults("{at: 2018-10-28T02:30, away: true}")
    assert "the clocks of Europe/Berlin show 02:30 twice on 2018-10-28" in fault


# What is wrong ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("{at: 10:00, loose: tokio}", "1:15: entry 1: unknown key `loose`; did you mean `lose`?"),
        ("{at: 10:00, lose: tokyo}", "1:21: entry 1: lose: unknown source `tokyo`; did you mean `tokio`?"),
        (
            "{at: 10:00, back: Miki Uchida}",
            "1:21: entry 1: back: unknown source `Miki Uchida`; did you mean `uchida`?",
        ),
        ("{at: 10:00, lose: [tokio]}", "1:21: entry 1: lose: a single value is expected here, not a list"),
        (
            "{at: 10:00, away: no}",
            "1:21: entry 1: away: `no` is neither true nor false; did you mean `false`?",
        ),
        ("{at: 10:00}", "1:3: entry 1: nothing happens here; add one of `do`, `lose`, `back`, `away`"),
        ("{lose: tokio}", "1:3: entry 1: `at` is missing"),
        (
            "{at: 9.30, lose: tokio}",
            "1:8: entry 1: at: this is not a time (did you mean 09:30?); write HH:MM, HH:MM:SS or "
            "2018-09-15T10:00:00+02:00",
        ),
        (
            "{at: 10:00, lose: tokio, away: true}",
            "1:28: entry 1: away: an entry has one event, this one has `lose` already; write a second entry",
        ),
        (
            "{at: 10:00, lose: tokio, lose: berlin}",
            "1:28: entry 1: duplicate key `lose`: it is in line 1 already; keep one of them",
        ),
        (
            "{at: 10:00, do: hold}",
            "1:19: entry 1: do: keys with values are expected here, as in `{key: value}`",
        ),
        ("{at: 10:00, do: {item: a}}", "1:15: entry 1: do: `type` is missing"),
        (
            "{at: 10:00, do: {type: extnd, seconds: 60}}",
            "1:26: entry 1: do: type: unknown command `extnd`; did you mean `extend`?",
        ),
        ("{at: 10:00, do: {type: goto}}", "1:15: entry 1: do: `item` is missing"),
        (
            "{at: 10:00, do: {type: goto, item: d}}",
            "1:38: entry 1: do: item: unknown item `d`; there are `a`, `b`, `c`",
        ),
        (
            "{at: 10:00, do: {type: next, from: d}}",
            "1:38: entry 1: do: from: unknown item `d`; there are `a`, `b`, `c`",
        ),
        (
            "{at: 10:00, do: {type: take, source: Tokyo}}",
            "1:40: entry 1: do: source: unknown source `Tokyo`; did you mean `tokio`?",
        ),
        (
            "{at: 10:00, do: {type: extend, second: 60, seconds: 60}}",
            "1:34: entry 1: do: unknown key `second`; did you mean `seconds`?",
        ),
        (
            "{at: 10:00, do: {type: extend, seconds: 2m}}",
            "1:43: entry 1: do: seconds: this is not a number; write a plain one, as in `seconds: 120`",
        ),
        (
            "{at: 10:00, do: {type: extend, seconds: 90000}}",
            "1:43: entry 1: do: seconds: this should be less than or equal to 86400",
        ),
        (
            "{at: 10:00, do: {type: goto, item: [a]}}",
            "1:38: entry 1: do: item: a single value is expected here",
        ),
        (
            "{at: 10:00, do: {type: admit, place: tokio}}",
            "1:26: entry 1: do: type: a rehearsal has no pages that wait for admission; leave this entry out",
        ),
        (
            "{at: 10:00, do: {type: edit, base: 0}}",
            "1:26: entry 1: do: type: a rehearsal has no desk that edits the file; change the event file itself, "
            "or `reload` another one",
        ),
    ],
)
def test_a_fault_is_reported_with_its_place_and_a_remedy(entry: str, expected: str) -> None:
    assert faults(entry) == [expected]


def test_all_faults_are_reported_at_once() -> None:
    expected = faults("{at: 10:00, lose: x}", "hold", "{at: 25:00, do: {type: goto, item: x}}")
    assert [fault.split(":")[0] for fault in expected] == ["1", "2", "3", "3"]


def test_a_repeated_id_is_an_error_since_it_would_be_applied_once() -> None:
    assert faults("{at: 10:00, do: {type: hold, id: x}}", "{at: 10:01, do: {type: resume, id: x}}") == [
        "2:38: entry 2: do: id: the id `x` is in line 1 already; choose another, or leave it out"
    ]


@pytest.mark.parametrize(
    "text", ["- [", "a: 1", "- - -", "- {at: &a [*a]}", "- {at: 10:00, do: {type: [hold]}}", "\0"]
)
def test_a_text_that_is_not_a_script_is_a_fault(text: str) -> None:
    with pytest.raises(EventFileError):
        parse(text, DAY, Faults("s.yaml"))


@pytest.mark.parametrize(
    ("name", "expected"), [("none.yaml", "there is no such file"), (".", "name the script file in it")]
)
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, name: str, expected: str) -> None:
    with pytest.raises(EventFileError) as error:
        load(tmp_path / name, DAY)
    assert expected in str(error.value)
    assert str(tmp_path) in str(error.value)
