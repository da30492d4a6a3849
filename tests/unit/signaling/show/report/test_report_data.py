"""A show's report as JSON and CSV."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bridge.engine import MediaStats
from config.times import MINUTE, total
from signaling.show import core
from signaling.show.readiness import Measured, with_checks
from signaling.show.report.report import DecodedEntry, RefusedCommand, ReportBuilder, report
from signaling.show.report.report_data import COLUMNS, as_csv, as_json
from tests.unit.signaling.show.build import Desk, clock, event

DAY = ("a start: 10:00, duration: 10m, speaker: Julia", "b duration: 10m, source: tokio, language: ja")

PAGE = Path(__file__).parents[5] / "web/src/link/report.ts"


def a_day() -> Desk:
    """Krefeld from 10:04 for 12 minutes, with Berlin taken from 10:06 to 10:08; then Tokio for 8."""
    desk = Desk(*DAY)
    desk.do("10:04", "start")
    desk.do("10:06", "take", source="berlin")
    desk.do("10:08", "release")
    desk.do("10:16", "next")
    desk.do("10:24", "next")
    return desk


def entries(desk: Desk) -> list[DecodedEntry]:
    return [DecodedEntry("moderator:desk", True, (fact,)) for fact in desk.facts]


def document(desk: Desk) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(json.dumps(as_json(report(event(*DAY), entries(desk)))))
    return made


def test_an_item_has_its_plan_its_airings_and_the_difference_as_numbers_and_in_words() -> None:
    one = document(a_day())["items"][0]
    assert (one["planned_start"], one["planned_s"]) == ("2018-09-15T10:00:00+02:00", 600)
    assert [airing["start"][11:16] for airing in one["airings"]] == ["10:04"]
    assert (one["late_s"], one["started"]) == (240, "4 min late")
    assert (one["over_s"], one["lasted"]) == (120, "2 min longer")


def test_the_programme_is_reported_from_begin_to_end_without_a_gap() -> None:
    made = document(a_day())
    told = [
        (s["source"], s["reason"], s["item"], s["start"][11:16], s["end"][11:16]) for s in made["programme"]
    ]
    assert told == [
        ("krefeld", "agenda", "a", "10:04", "10:06"),
        ("berlin", "take", "a", "10:06", "10:08"),
        ("krefeld", "agenda", "a", "10:08", "10:16"),
        ("tokio", "agenda", "b", "10:16", "10:24"),
    ]


def test_while_the_show_runs_what_is_on_air_counts_up_to_now() -> None:
    desk = Desk(*DAY)
    desk.do("10:00", "start")
    account = ReportBuilder(event(*DAY))
    for entry in entries(desk):
        account.add(entry)
    # A clock that is set back removes nothing that is in the log.
    for now, minutes in (("10:03", 3), ("10:07", 7), ("09:00", 0)):
        made = account.report(clock(now))
        assert made.until == clock("10:00" if minutes == 0 else now)
        assert made.length == made.items[0].on_air == minutes * MINUTE
        assert total(*(seen.main for seen in made.places.values())) == minutes * MINUTE


def test_after_the_show_nothing_counts_any_more() -> None:
    made = report(event(*DAY), entries(a_day()), clock("12:00"))
    assert (made.until, made.length) == (clock("10:24"), 20 * MINUTE)


def test_a_report_that_was_added_to_is_the_report_of_the_whole_log() -> None:
    told, account = entries(a_day()), ReportBuilder(event(*DAY))
    for n, entry in enumerate(told):
        account.add(entry)
        assert account.report() == report(event(*DAY), told[: n + 1])


EVIL = ('=HYPERLINK("http://x")', "+49 2151", "-1", "@SUM(A1)", "\t=1", "＝SUM(A1)")
HARMLESS = ("plain - and =", "開会の挨拶")


def test_a_text_that_a_spreadsheet_would_compute_is_a_text_in_it() -> None:
    texts = (*EVIL, *HARMLESS)
    planned = event(
        *(f"i{n} start: 10:{n}0, duration: 5m" for n in range(6)), "i6 duration: 5m", "i7 duration: 5m"
    )
    agenda = tuple(
        replace(item, title=text, speaker=text) for item, text in zip(planned.agenda, texts, strict=True)
    )
    rows = list(csv.DictReader(io.StringIO(as_csv(report(replace(planned, agenda=agenda), [])))))
    assert [row["title"] for row in rows] == [*(f"'{text}" for text in EVIL), *HARMLESS]
    assert [row["speaker"] for row in rows] == [row["title"] for row in rows]


def test_numbers_stay_numbers_where_they_are_negative() -> None:
    desk = Desk(*DAY)
    desk.do("09:58", "start")
    desk.do("10:05", "next")
    (one, _) = csv.DictReader(io.StringIO(as_csv(report(event(*DAY), entries(desk)))))
    assert (one["late_s"], one["over_s"]) == ("-120.0", "-180.0")
    assert tuple(one) == COLUMNS


def in_spreadsheet(text: str, separator: str) -> list[list[str]]:
    """The cells in a spreadsheet with this separator."""
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter=separator))


def test_a_script_is_given_commas_points_and_no_byte_order_mark() -> None:
    made = as_csv(report(event(*DAY), entries(a_day())))
    assert made.startswith("item,title,")
    assert ",600.0," in made


@pytest.mark.parametrize(
    ("language", "separator", "length"), [("de", ";", "600,0"), ("en", ",", "600.0"), ("ja", ",", "600.0")]
)
def test_a_spreadsheet_is_given_what_it_takes_for_umlauts_columns_and_numbers(
    language: str, separator: str, length: str
) -> None:
    desk = Desk(*DAY)
    desk.do("09:58", "start")
    desk.do("10:05", "next")
    made = as_csv(report(event(*DAY), entries(desk)), language)
    assert made.startswith("\ufeffitem" + separator)
    assert made.encode().startswith(b"\xef\xbb\xbf")
    assert made.count("\r\n") == made.count("\n") == 3
    head, one, _ = in_spreadsheet(made, separator)
    assert tuple(head) == COLUMNS
    assert one[COLUMNS.index("planned_s")] == length
    # A number with a sign is not a formula.
    assert one[COLUMNS.index("late_s")] == length.replace("600", "-120")


def test_a_formula_cannot_hide_behind_a_separator() -> None:
    evil = "Q&A;=cmd|' /C calc'!A0"
    planned = event(*DAY)
    agenda = tuple(replace(item, title=evil, speaker="=1+1") for item in planned.agenda)
    made = as_csv(report(replace(planned, agenda=agenda), []), "de")
    for row in in_spreadsheet(made, ";")[1:]:
        assert len(row) == len(COLUMNS)
        assert row[1:3] == [evil, "'=1+1"]


def keys(value: Any) -> set[str]:
    """Every key in a document."""
    match value:
        case list():
            return set().union(*map(keys, value))
        case dict():
            return set(value).union(*map(keys, value.values()))
        case _:
            return set()


def test_the_report_has_every_field_that_the_page_reads() -> None:
    desk = Desk(*DAY)
    desk.do("10:00", "start")
    desk.silent("10:02", "krefeld")
    desk.live("10:03", "krefeld")
    refused = RefusedCommand(
        clock("10:01"), "moderator:desk", "start", "invalid", "The show is running already.", 0
    )
    interpreted = replace(event(*DAY), languages=("en", "ja"))
    made = as_json(report(interpreted, entries(desk), refusals=[refused]))
    interfaces = PAGE.read_text("utf-8").split("export interface ShowReport")[1].split("/** The downloads")[0]
    fields = set(re.findall(r"(\w+): ", re.sub(r"/\*\*.*?\*/", "", interfaces)))
    assert len(fields) > 40
    assert fields <= keys(made)


def test_each_time_that_an_item_began_has_its_checks_and_older_logs_have_none() -> None:
    desk = Desk(*DAY, live=("tokio",))
    desk.do("10:00", "start")
    desk.do("10:10", "next")
    desk.do("10:11", "undo")
    desk.do("10:12", "next")
    desk.do("10:13", "previous")
    older = as_csv(report(event(*DAY), entries(desk)))
    assert [row["checks_ok"] for row in csv.DictReader(io.StringIO(older))] == ["", ""]
    assert [a["checks"] for a in document(desk)["items"][0]["airings"]] == [None, None]

    desk.facts = list(
        with_checks(core.begin(event(*DAY)), desk.facts, Measured({"tokio": MediaStats(rtt_ms=900.0)}))
    )
    rows = list(csv.DictReader(io.StringIO(as_csv(report(event(*DAY), entries(desk))))))
    assert [row["failed_checks"] for row in rows] == [
        "connected krefeld: never-fed",
        "picture tokio: no-picture; line tokio: delay",
    ]
    assert [(row["checks_ok"], row["checks_failed"], row["checks_unknown"]) for row in rows] == [
        ("0", "1", "4"),
        ("1", "2", "2"),
    ]
    a, b = document(desk)["items"]
    assert [len(airing["checks"]) for airing in (*a["airings"], *b["airings"])] == [5, 5, 5]
    assert b["airings"][0]["checks"][3] == {
        "id": "line",
        "of": "tokio",
        "result": "failed",
        "reason": "delay",
        "details": {"rtt_ms": "900"},
    }
