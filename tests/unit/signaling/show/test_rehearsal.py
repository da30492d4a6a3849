"""The whole day on a virtual clock."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from config.yamlfile import parse
from signaling.show.rehearsal import ORDER, ModeratorEvent, ScriptEntry, SourceEvent, rehearse
from signaling.show.wire.commands import COMMAND, Command
from tests.unit.signaling.show.build import HEAD, clock, event, text

DAY = (
    "a start: 10:00, duration: 15m",
    "b duration: 15m, source: tokio, advance: auto",
    "c start: 10:45, duration: 10m, source: berlin",
)


def told(*agenda: str, script: Sequence[ScriptEntry] = (), kinds: str = "") -> list[tuple[str, ...]]:
    """Time, event and subject of the lines of some kinds; by default of all but expected times."""
    return [
        (
            line["at"][11:16],
            line["event"],
            *(str(line[key]) for key in ("item", "source", "type") if key in line),
        )
        for line in rehearse(event(*agenda), script)
        if (line["event"] in kinds.split() if kinds else line["event"] != "expected")
    ]


def command(kind: str, **fields: object) -> Command:
    return COMMAND.validate_python({"id": kind, "type": kind, **fields})


def test_a_day_without_mishaps_runs_as_planned() -> None:
    assert told(*DAY) == [
        ("10:00", "item-started", "a"),
        ("10:00", "program", "krefeld"),
        ("10:15", "item-ended", "a"),
        ("10:15", "item-started", "b"),
        ("10:15", "program", "tokio"),
        ("10:30", "item-ended", "b"),
        ("10:30", "program", "slate"),
        ("10:45", "item-started", "c"),
        ("10:45", "program", "berlin"),
        ("10:55", "item-ended", "c"),
        ("10:55", "program", "slate"),
        ("10:55", "show-ended"),
    ]


def test_expected_names_those_still_to_come_whenever_that_changes() -> None:
    lines = [line for line in rehearse(event(*DAY)) if line["event"] == "expected"]
    at = "2018-09-15T{}:00+02:00"
    assert lines == [
        {
            "at": at.format("10:00"),
            "event": "expected",
            "items": {"b": at.format("10:15"), "c": at.format("10:45")},
        },
        {"at": at.format("10:15"), "event": "expected", "items": {"c": at.format("10:45")}},
        {"at": at.format("10:45"), "event": "expected", "items": {}},
    ]


def test_a_manual_item_before_a_gap_goes_on_until_the_next_is_expected_to_start() -> None:
    assert told("a start: 10:00, duration: 15m", "b start: 10:30, duration: 5m", kinds="item-ended") == [
        ("10:30", "item-ended", "a"),
        ("10:35", "item-ended", "b"),
    ]


def test_the_moderator_presses_start_at_the_first_item_that_is_not_skipped() -> None:
    agenda = ("a start: 10:00, duration: 15m, skip: true", "b start: 10:15, duration: 5m")
    assert told(*agenda, kinds="item-started") == [("10:15", "item-started", "b")]


def test_skipping_the_first_item_by_hand_does_not_begin_the_show_before_its_time() -> None:
    """Expected times and Start are those of a file without it."""
    agenda = ("a start: 10:00, duration: 1m", "b duration: 5m, source: tokio", "c duration: 5m")
    script = [ScriptEntry(clock("09:30"), command("skip", item="a"))]
    lines = list(rehearse(event(*agenda), script))
    at = "2018-09-15T{}:00+02:00"
    assert lines[1] == {
        "at": at.format("09:30"),
        "event": "expected",
        "items": {"b": at.format("10:00"), "c": at.format("10:05")},
    }
    left_out = list(rehearse(event(agenda[0] + ", skip: true", *agenda[1:])))
    assert lines[2:] == left_out
    assert told(*agenda, script=script, kinds="item-started")[0] == ("10:00", "item-started", "b")


def test_on_hold_next_gives_the_next_item_though_a_hard_start_behind_it_has_passed() -> None:
    agenda = ("a start: 22:00, duration: 30m", "b duration: 5m", "c start: 22:40, duration: 5m, hard: true")
    script = [
        ScriptEntry(clock("22:20"), ModeratorEvent(away=True)),
        ScriptEntry(clock("22:21"), command("hold")),
        ScriptEntry(clock("22:55"), command("next", **{"from": "a"})),
    ]
    assert told(*agenda, script=script, kinds="item-started")[1] == ("22:55", "item-started", "b")


def test_what_the_moderator_does_while_away_is_done_at_once_on_coming_back() -> None:
    script = [
        ScriptEntry(clock("09:50"), ModeratorEvent(away=True)),
        ScriptEntry(clock("10:04"), ModeratorEvent(away=False)),
    ]
    assert told(*DAY, script=script, kinds="item-started")[0] == ("10:04", "item-started", "a")


def test_a_hard_start_cuts_while_the_moderator_is_away() -> None:
    agenda = ("a start: 10:00, duration: 10m", "b duration: 10m", "c start: 10:30, duration: 10m, hard: true")
    script = [
        ScriptEntry(clock("10:05"), ModeratorEvent(away=True)),
        ScriptEntry(clock("10:35"), ModeratorEvent(away=False)),
    ]
    assert told(*agenda, script=script, kinds="item-started show-ended") == [
        ("10:00", "item-started", "a"),
        ("10:30", "item-started", "c"),
        ("10:40", "show-ended"),
    ]


def test_an_extension_ripples_into_what_is_expected() -> None:
    script = [ScriptEntry(clock("10:07:30"), command("extend", seconds=120))]
    assert told(*DAY, script=script)[2:5] == [
        ("10:07", "command", "extend"),
        ("10:17", "item-ended", "a"),
        ("10:17", "item-started", "b"),
    ]


def test_a_lost_source_falls_back_at_once_and_comes_back_after_2_s() -> None:
    script = [
        ScriptEntry(clock("10:20"), SourceEvent("tokio", lost=True)),
        ScriptEntry(clock("10:25"), SourceEvent("tokio", lost=False)),
    ]
    lines = list(rehearse(event(*DAY), script))
    assert [
        (line["at"][11:19], line["event"], line["source"], line.get("reason"))
        for line in lines
        if line["at"][11:16] in ("10:20", "10:25")
    ] == [
        ("10:20:00", "source-lost", "tokio", None),
        ("10:20:00", "program", "krefeld", "fallback"),
        ("10:25:00", "source-back", "tokio", None),
        ("10:25:02", "program", "tokio", "agenda"),
    ]


def test_a_refused_command_is_a_line_with_its_code() -> None:
    script = [ScriptEntry(clock("10:20"), command("next", **{"from": "a"}))]
    (line,) = [line for line in rehearse(event(*DAY), script) if line["event"] == "refused"]
    assert (line["type"], line["code"]) == ("next", "stale")


def test_an_entry_of_the_script_comes_before_what_is_due_at_the_same_instant() -> None:
    script = [ScriptEntry(clock("10:30"), command("extend", seconds=60))]
    assert ("10:31", "item-ended", "b") in told(*DAY, script=script)


def test_hold_does_not_keep_the_moderator_from_pressing() -> None:
    script = [ScriptEntry(clock("10:01"), command("hold"))]
    assert told(*DAY, script=script, kinds="item-started show-ended") == [
        ("10:00", "item-started", "a"),
        ("10:15", "item-started", "b"),
    ]


def test_lines_of_one_instant_are_in_their_order_and_plain_json() -> None:
    script = [
        ScriptEntry(clock("10:15"), SourceEvent("tokio", lost=True)),
        ScriptEntry(clock("10:30"), SourceEvent("tokio", lost=False)),
        ScriptEntry(clock("10:55"), command("hold")),
    ]
    lines: list[dict[str, Any]] = list(rehearse(event(*DAY), script))
    assert json.loads(json.dumps(lines)) == lines
    keys = [(line["at"], ORDER[line["event"]]) for line in lines]
    assert keys == sorted(keys)


def test_a_script_may_run_the_show_again_after_its_end() -> None:
    script = [ScriptEntry(clock("11:30"), command("goto", item="c"))]
    assert told(*DAY, script=script, kinds="show-ended") == [("10:55", "show-ended"), ("11:40", "show-ended")]


def test_the_clock_begins_at_the_earliest_entry() -> None:
    script = [ScriptEntry(clock("08:00"), SourceEvent("tokio", lost=True))]
    first, second, *_ = told(*DAY, script=script)
    assert (first, second) == (("08:00", "source-lost", "tokio"), ("10:00", "item-started", "a"))


def test_a_script_that_begins_in_mid_show_does_not_hold_the_start_back() -> None:
    script = [ScriptEntry(clock("10:40"), SourceEvent("tokio", lost=True))]
    assert told(*DAY, script=script)[0] == ("10:00", "item-started", "a")


def test_all_kinds_of_lines_of_one_instant_come_as_the_contract_orders_them() -> None:
    """The script's lines stay in the script's order; the end of the show is last."""
    agenda = ("a start: 10:00, duration: 15m, source: tokio", "b duration: 5m, source: berlin")
    script = [
        ScriptEntry(clock("10:15"), SourceEvent("uchida", lost=True)),
        ScriptEntry(clock("10:15"), command("start")),
        ScriptEntry(clock("10:15"), command("take", source="krefeld")),
        ScriptEntry(clock("10:15"), SourceEvent("uchida", lost=False)),
        ScriptEntry(clock("10:20"), SourceEvent("uchida", lost=True)),
    ]
    lines = list(rehearse(event(*agenda), script))
    assert [line["event"] for line in lines if line["at"][11:16] == "10:15"] == [
        "source-lost",
        "refused",
        "command",
        "source-back",
        "item-ended",
        "item-started",
        "program",
        "expected",
    ]
    assert [line["event"] for line in lines if line["at"][11:16] == "10:20"] == [
        "source-lost",
        "item-ended",
        "program",
        "show-ended",
    ]


def test_an_entry_keeps_the_moderator_from_pressing_at_the_same_instant() -> None:
    script = [ScriptEntry(clock("10:15"), command("extend", seconds=60))]
    assert told(*DAY, script=script, kinds="item-ended")[0] == ("10:16", "item-ended", "a")


def test_away_at_the_very_instant_of_a_press_nobody_presses() -> None:
    script = [
        ScriptEntry(clock("10:15"), ModeratorEvent(away=True)),
        ScriptEntry(clock("10:20"), ModeratorEvent(away=False)),
    ]
    assert told(*DAY, script=script, kinds="item-ended")[0] == ("10:20", "item-ended", "a")


def test_back_from_being_away_they_press_once_for_what_is_due_and_not_for_what_is_to_come() -> None:
    agenda = ("a start: 10:00, duration: 5m", "b duration: 5m", "c duration: 5m")
    script = [
        ScriptEntry(clock("10:01"), ModeratorEvent(away=True)),
        ScriptEntry(clock("10:12"), ModeratorEvent(away=False)),
    ]
    assert told(*agenda, script=script, kinds="item-started show-ended") == [
        ("10:00", "item-started", "a"),
        ("10:12", "item-started", "b"),
        ("10:17", "item-started", "c"),
        ("10:22", "show-ended"),
    ]


def test_on_hold_nobody_presses_for_an_automatic_item() -> None:
    script = [ScriptEntry(clock("10:16"), command("hold")), ScriptEntry(clock("10:50"), command("resume"))]
    assert told(*DAY, script=script, kinds="item-started show-ended") == [
        ("10:00", "item-started", "a"),
        ("10:15", "item-started", "b"),
        ("10:50", "item-started", "c"),
        ("11:00", "show-ended"),
    ]


def test_on_hold_a_hard_start_waits_but_a_manual_item_is_pressed_away() -> None:
    agenda = ("a start: 10:00, duration: 30m, advance: auto", "b start: 10:20, duration: 5m, hard: true")
    script = [ScriptEntry(clock("10:05"), command("hold")), ScriptEntry(clock("10:25"), command("resume"))]
    assert told(*agenda, script=script, kinds="item-started show-ended") == [
        ("10:00", "item-started", "a"),
        ("10:25", "item-started", "b"),
        ("10:30", "show-ended"),
    ]


def test_a_source_lost_twice_has_two_lines_and_one_effect() -> None:
    script = [
        ScriptEntry(clock("10:16"), SourceEvent("tokio", lost=True)),
        ScriptEntry(clock("10:17"), SourceEvent("tokio", lost=True)),
    ]
    assert told(*DAY, script=script, kinds="source-lost program")[1:4] == [
        ("10:15", "program", "tokio"),
        ("10:16", "source-lost", "tokio"),
        ("10:16", "program", "krefeld"),
    ]


# Booths -------------------------------------------------------------------------------------------------------------

BOOTHS = """
languages: [de, ja, en]
interpreters:
  kabine: {name: Kabine 1, languages: [de, ja]}
  englisch: {name: Kabine 2, languages: [de, en]}
"""
INTERPRETED = (
    "a start: 10:00, duration: 15m, language: de",
    "b duration: 15m, source: tokio, language: ja",
    "c duration: 15m, type: break, advance: auto",
)


def channels(*script: ScriptEntry, agenda: Sequence[str] = INTERPRETED) -> list[tuple[str, str, str | None]]:
    """Time, channel and booth of the lines of channels. The event's language is German."""
    head = HEAD.replace("Europe/Berlin}", "Europe/Berlin, language: de}", 1) + BOOTHS
    found = parse(text(*agenda, head=head), "e.yaml")
    return [
        (line["at"][11:19], line["language"], line["booth"])
        for line in rehearse(found, script)
        if line["event"] == "channel"
    ]


def test_every_booth_is_there_all_day_and_follows_the_language_of_the_floor() -> None:
    """The German booth is the relay of the English one while Tokio speaks."""
    assert channels() == [
        ("10:00:00", "ja", "kabine"),
        ("10:00:00", "en", "englisch"),
        ("10:15:00", "de", "kabine"),
        ("10:15:00", "ja", None),
        ("10:30:00", "de", None),
        ("10:30:00", "ja", "kabine"),
    ]


def test_a_booth_is_lost_and_its_relay_with_it_until_it_is_back() -> None:
    lost = ScriptEntry(clock("10:20"), SourceEvent("kabine", lost=True))
    back = ScriptEntry(clock("10:25"), SourceEvent("kabine", lost=False))
    assert channels(lost, back)[4:-2] == [
        ("10:20:00", "de", None),
        ("10:20:00", "en", None),
        ("10:25:00", "de", "kabine"),
        ("10:25:00", "en", "englisch"),
    ]


def test_a_booth_that_is_lost_before_the_day_feeds_nothing() -> None:
    lost = ScriptEntry(clock("09:50"), SourceEvent("kabine", lost=True))
    assert channels(lost)[0] == ("09:50:00", "en", "englisch")
    assert not any(booth == "kabine" for _, _, booth in channels(lost))


def test_a_booth_that_is_lost_stays_so_when_another_seat_of_it_opens() -> None:
    script = [
        ScriptEntry(clock("10:05"), SourceEvent("kabine", lost=True)),
        ScriptEntry(clock("10:06"), command("interpret", booth="kabine", seat="2", open=True)),
        ScriptEntry(clock("10:07"), SourceEvent("kabine", lost=False)),
    ]
    assert [told for told in channels(*script) if told[1] == "ja"][:3] == [
        ("10:00:00", "ja", "kabine"),
        ("10:05:00", "ja", None),
        ("10:07:00", "ja", "kabine"),
    ]


def test_a_script_interprets_and_says_what_the_floor_speaks() -> None:
    script = [
        ScriptEntry(clock("10:01"), command("floor", language="ja")),
        ScriptEntry(clock("10:02"), command("interpret", booth="kabine", seat="2", open=True)),
        ScriptEntry(clock("10:03"), command("interpret", booth="kabine", seat="1", open=False)),
        ScriptEntry(clock("10:04"), command("interpret", booth="kabine", seat="2", open=False)),
    ]
    assert channels(*script)[2:6] == [
        ("10:01:00", "de", "kabine"),
        ("10:01:00", "ja", None),
        ("10:04:00", "de", None),
        ("10:04:00", "en", None),
    ]


def test_a_booth_that_a_reload_brings_is_there_too() -> None:
    changed = text(
        *INTERPRETED, head=HEAD.replace("Europe/Berlin}", "Europe/Berlin, language: de}", 1) + BOOTHS
    )
    script = [ScriptEntry(clock("10:05"), command("reload", yaml=changed))]
    found = [line for line in rehearse(event(*INTERPRETED), script) if line["event"] == "channel"]
    assert [(line["at"][11:16], line["language"], line["booth"]) for line in found][:2] == [
        ("10:05", "ja", "kabine"),
        ("10:05", "en", "englisch"),
    ]


def test_the_lines_of_channels_come_before_the_programme() -> None:
    head = HEAD + BOOTHS
    lines = list(rehearse(parse(text(*INTERPRETED, head=head), "e.yaml")))
    assert [line["event"] for line in lines if line["at"][11:16] == "10:15"] == [
        "item-ended",
        "item-started",
        "channel",
        "channel",
        "program",
        "expected",
    ]
