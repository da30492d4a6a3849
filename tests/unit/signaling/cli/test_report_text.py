"""A show's report as text."""

from __future__ import annotations

from signaling.cli.report_text import as_text
from signaling.show import core
from signaling.show.readiness import Measured, with_checks
from signaling.show.report.report import DecodedEntry, report
from tests.unit.signaling.show.build import Desk, event

DAY = (
    "begrüßung start: 23:50, duration: 10m, speaker: Julia Münch",
    "質疑応答 duration: 10m, source: tokio, with: [berlin], speaker: 内田",
    "c duration: 5m, skip: true",
)


def lines(desk: Desk) -> list[str]:
    return list(
        as_text(report(event(*DAY), [DecodedEntry("moderator:anna", True, (f,)) for f in desk.facts]))
    )


def test_columns_are_aligned_and_another_day_is_named() -> None:
    desk = Desk(*DAY, live=("krefeld", "tokio", "berlin"))
    desk.do("23:50", "start")
    desk.silent("23:55", "krefeld")
    desk.live("23:56", "krefeld")
    desk.do("23:59:30", "next")
    said = lines(desk)
    assert said[:8] == [
        "Test, 2018-09-15, times in Europe/Berlin",
        "Began at 23:50, not over at 23:59:30: 9 min 30 s so far",
        "",
        "Plan and what ran",
        "  Item        Planned                 On air          Began       Lasted      Against the plan",
        "  BEGRÜSSUNG  23:50–2018-09-16 00:00  23:50–23:59:30  on time     9 min 30 s  30 s shorter",
        "  質疑応答    2018-09-16 00:00–00:10  23:59:30–       30 s early  0 s         still on air",
        "  C           2018-09-16 00:10–00:15  –                                       left out by the event file",
    ]
    assert "  Krefeld  23:55  1 min  no packets arrived  1 min 1 s" in said


def test_a_show_that_has_not_begun_says_so() -> None:
    assert lines(Desk(*DAY))[1] == "The show has not begun."


def test_what_failed_before_an_item_began_is_named() -> None:
    desk = Desk(*DAY, live=("krefeld", "tokio"))
    desk.do("23:50", "start")
    desk.do("23:59:30", "next")
    entries = [DecodedEntry("moderator:anna", True, (fact,)) for fact in desk.facts]
    assert not any("Checks" in line for line in as_text(report(event(*DAY), entries)))
    first = core.begin(event(*DAY))
    checked = list(with_checks(first, desk.facts, Measured()))
    said = list(as_text(report(event(*DAY), [DecodedEntry("moderator:anna", True, tuple(checked))])))
    at = said.index("Checks before it began")
    assert said[at + 1 : at + 4] == [
        "  Item        At        Ok  Unknown  Failed",
        "  BEGRÜSSUNG  23:50     1   4        –",
        "  質疑応答    23:59:30  1   8        connection Berlin: not connected",
    ]
