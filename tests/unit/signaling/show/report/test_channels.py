"""How long each channel was needed and interpreted, against times computed by hand."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from typing import Any

from config.model import Booth, Event
from config.times import MINUTE, SECOND, ZERO, Duration
from signaling.cli.report_text import as_text
from signaling.show.report.channels import ChannelTimes
from signaling.show.report.report import DecodedEntry, ShowReport, report
from signaling.show.report.report_data import COLUMNS, as_csv, as_json
from tests.unit.signaling.show.build import HEAD, Desk, clock, event, text

DAY = (
    "a start: 10:00, duration: 10m, language: de",
    "b duration: 10m, source: tokio, language: ja",
    "c duration: 10m, type: break",
)
LANGUAGES = ("de", "ja")
BOOTHS = (Booth("kabine", "Kabine 1", ("de", "ja"), 2),)


def planned(languages: tuple[str, ...] = LANGUAGES) -> Event:
    return replace(event(*DAY), languages=languages, booths={booth.id: booth for booth in BOOTHS})


def on_air(languages: tuple[str, ...] = LANGUAGES) -> Desk:
    """A show with a booth, whose item in German begins at 10:00. The seat's sound is live."""
    desk = Desk(*DAY, languages=languages, booths=BOOTHS)
    desk.report("09:50", "kabine/1", "live")
    desk.do("10:00", "start")
    return desk


def switch(desk: Desk, at: str, *, on: bool, seat: str = "1") -> None:
    desk.do(at, "interpret", booth="kabine", seat=seat, open=on)


def made(desk: Desk, now: str | None = None, languages: tuple[str, ...] = LANGUAGES) -> ShowReport:
    entries = [DecodedEntry("moderator:desk", True, (fact,)) for fact in desk.facts]
    return report(planned(languages), entries, None if now is None else clock(now))


def minutes(channels: Any) -> dict[str, tuple[float, float]]:
    return {id: (times.needed / MINUTE, times.interpreted / MINUTE) for id, times in channels.items()}


def a_day() -> Desk:
    """Japanese is interpreted from 10:02, but for a lost line from 10:05 to 10:06, then German from 10:10 to 10:15."""
    desk = on_air()
    switch(desk, "10:02", on=True)
    desk.report("10:05", "kabine/1", "absent")
    desk.report("10:06", "kabine/1", "live")
    desk.do("10:10", "next")
    switch(desk, "10:15", on=False)
    desk.do("10:20", "next")
    desk.do("10:30", "next")
    return desk


def test_a_channel_is_needed_in_another_language_and_interpreted_while_a_booth_feeds_it() -> None:
    assert minutes(made(a_day()).channels) == {"de": (10, 5), "ja": (10, 7)}


def test_the_time_on_air_is_of_the_language_that_floor_said() -> None:
    """Ten minutes of the item in German, in which a question was asked in Japanese for four; then ten in Japanese."""
    desk = on_air()
    desk.do("10:03", "floor", language="ja")
    desk.do("10:07", "floor", language=None)
    desk.do("10:10", "next")
    found = made(desk, "10:20")
    assert found.languages == {"de": 6 * MINUTE, "ja": 14 * MINUTE}
    assert as_json(found)["on_air"]["languages"] == {"de": 360, "ja": 840}
    assert sum(c.needed for c in found.channels.values()) == 20 * MINUTE
    first, second, _ = csv.DictReader(io.StringIO(as_csv(found)))
    assert (first["floor_de_s"], first["floor_ja_s"], second["floor_ja_s"]) == ("360.0", "240.0", "600.0")
    lines = list(as_text(found))
    rows = lines[lines.index("Languages") + 2 :]
    assert [row.split() for row in rows[:2]] == [["ja", "14", "min"], ["de", "6", "min"]]
    assert len([s for s in found.stretches if s.item == "a"]) == 1, "the programme is the same"


def test_an_item_has_the_times_of_its_own() -> None:
    items = {row.item.id: minutes(row.channels) for row in made(a_day()).items}
    assert items == {"a": {"ja": (10, 7)}, "b": {"de": (10, 5)}, "c": {}}


def test_a_booth_that_stays_open_in_a_break_interprets_nothing() -> None:
    desk = on_air()
    switch(desk, "10:00", on=True)
    desk.do("10:10", "next")
    desk.do("10:20", "next")
    desk.do("10:30", "next")
    assert minutes(made(desk).channels) == {"de": (10, 10), "ja": (10, 10)}


def test_what_the_floor_is_said_to_speak_counts_not_what_the_agenda_says() -> None:
    """From 10:04 the floor speaks English, which the booth does not understand."""
    languages = ("de", "ja", "en")
    desk = on_air(languages)
    switch(desk, "10:00", on=True)
    desk.do("10:04", "floor", language="en")
    assert minutes(made(desk, "10:10", languages).channels) == {"de": (6, 0), "ja": (10, 4), "en": (4, 0)}


def test_a_handover_is_no_gap() -> None:
    desk = on_air()
    desk.report("09:51", "kabine/2", "live")
    switch(desk, "10:00", on=True)
    switch(desk, "10:05", on=True, seat="2")
    desk.wait("10:05:10")
    assert minutes(made(desk, "10:10").channels)["ja"] == (10, 10)


def test_while_the_show_runs_times_count_up_to_now_and_nothing_counts_before_it() -> None:
    desk = on_air()
    switch(desk, "10:00:30", on=True)
    assert made(desk, "10:01").channels["ja"] == ChannelTimes(MINUTE, Duration(30 * SECOND))
    assert made(desk, "10:02").channels["ja"] == ChannelTimes(Duration(2 * MINUTE), Duration(90 * SECOND))
    before = Desk(*DAY, languages=LANGUAGES, booths=BOOTHS)
    assert made(before, "10:02").channels == {"de": ChannelTimes(ZERO, ZERO), "ja": ChannelTimes(ZERO, ZERO)}


def test_a_start_that_was_undone_does_not_count() -> None:
    desk = on_air()
    switch(desk, "10:00", on=True)
    desk.do("10:03", "undo")
    desk.do("10:05", "start")
    assert minutes(made(desk, "10:10").channels)["ja"] == (5, 5)


def test_a_channel_that_a_reload_removes_keeps_its_times() -> None:
    desk = on_air()
    desk.do("10:04", "reload", yaml=text(*DAY, head=HEAD + "languages: [de]\n"))
    assert minutes(made(desk, "10:10").channels) == {"de": (0, 0), "ja": (4, 0)}


# Documents ----------------------------------------------------------------------------------------------------------


def test_the_document_has_the_channels_by_their_ids() -> None:
    found = as_json(made(a_day()))
    assert found["languages"] == {
        "de": {"needed_s": 600, "interpreted_s": 300},
        "ja": {"needed_s": 600, "interpreted_s": 420},
    }
    assert found["items"][0]["languages"] == {"ja": {"needed_s": 600, "interpreted_s": 420}}


def test_the_rows_have_three_more_columns_for_each_channel() -> None:
    first, second, third = csv.DictReader(io.StringIO(as_csv(made(a_day()))))
    assert list(first)[len(COLUMNS) :] == [
        *("needed_de_s", "interpreted_de_s", "floor_de_s"),
        *("needed_ja_s", "interpreted_ja_s", "floor_ja_s"),
    ]
    assert [row["interpreted_ja_s"] for row in (first, second, third)] == ["420.0", "0.0", "0.0"]
    assert (second["needed_de_s"], second["interpreted_de_s"]) == ("600.0", "300.0")


def test_the_text_says_what_is_missing() -> None:
    said = list(as_text(made(a_day())))
    begin = said.index("Interpretation")
    assert said[begin : begin + 4] == [
        "Interpretation",
        "      Needed  Interpreted  Missing",
        "  de  10 min  5 min        5 min",
        "  ja  10 min  7 min        3 min",
    ]


def test_without_channels_the_report_is_as_before() -> None:
    desk = Desk(*DAY)
    desk.do("10:00", "start")
    found = made(desk, languages=())
    assert as_json(found)["languages"] == {}
    assert as_csv(found).splitlines()[0] == ",".join(COLUMNS)
    assert "Interpretation" not in list(as_text(found))
