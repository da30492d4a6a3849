"""A rehearsal as a table for people."""

from __future__ import annotations

from signaling.show.rehearsal import ScriptEntry, SourceEvent, as_text, rehearse
from signaling.show.wire.commands import COMMAND
from tests.unit.signaling.show.build import clock, event


def test_the_table_has_the_clocks_of_every_city_what_happens_and_who_is_on_air() -> None:
    day = event(
        "Begrüßung start: 16:50, duration: 5m, with: [tokio], advance: auto",
        "質疑応答 start: 17:00:30, duration: 5m, source: uchida",
    )
    assert list(as_text(rehearse(day), day)) == [
        "Test, 2018-09-15",
        "",
        "Berlin       Tokyo                         On air",
        "16:50        23:50        BEGRÜSSUNG       Krefeld + Tokio",
        "16:55        23:55        –                –",
        "17:00:30     00:00:30 +1  質疑応答         Miki Uchida",
        "17:05:30     00:05:30 +1  End of the show  –",
    ]


def test_mishaps_have_rows_of_their_own() -> None:
    day = event("a start: 10:00, duration: 10m, source: tokio", "b duration: 5m")
    script = [
        ScriptEntry(clock("10:02"), SourceEvent("tokio", lost=True)),
        ScriptEntry(clock("10:03"), SourceEvent("tokio", lost=False)),
        ScriptEntry(clock("10:04"), COMMAND.validate_python({"id": "1", "type": "take", "source": "berlin"})),
        ScriptEntry(clock("10:05"), COMMAND.validate_python({"id": "2", "type": "start"})),
    ]
    assert list(as_text(rehearse(day, script), day))[4:9] == [
        "10:02        17:02        (Tokio is lost)  Krefeld (fallback)",
        "10:03        17:03        (Tokio is back)  Krefeld (fallback)",
        "10:03:02     17:03:02                      Tokio",
        "10:04        17:04        (take)           Berlin (take)",
        "10:05        17:05        start refused:…  Berlin (take)",
    ]


def test_a_day_that_stays_held_says_that_nothing_more_happens() -> None:
    day = event("a start: 10:00, duration: 10m, advance: auto")
    script = [ScriptEntry(clock("10:02"), COMMAND.validate_python({"id": "1", "type": "hold"}))]
    *_, last = as_text(rehearse(day, script), day)
    assert last == "Nothing more happens by itself, and the show has not ended."


def test_a_title_too_wide_for_the_table_is_cut() -> None:
    day = event(f"{'長' * 40} start: 10:00, duration: 10m")
    row = list(as_text(rehearse(day), day))[3]
    assert row.endswith("長…   Krefeld")


def test_everything_that_a_script_lets_happen_at_one_instant_has_a_row() -> None:
    day = event("a start: 10:00, duration: 10m, source: tokio", "b duration: 5m, source: berlin")
    script = [
        ScriptEntry(clock("10:10"), SourceEvent("tokio", lost=True)),
        ScriptEntry(clock("10:10"), SourceEvent("uchida", lost=True)),
        ScriptEntry(clock("10:10"), COMMAND.validate_python({"id": "1", "type": "hold"})),
    ]
    assert list(as_text(rehearse(day, script), day))[4:8] == [
        "10:10        17:10        (Tokio is lost)  Berlin",
        "10:10        17:10        (Miki Uchida i…  Berlin",
        "10:10        17:10        (hold)           Berlin",
        "10:10        17:10        B                Berlin",
    ]


def test_a_command_that_puts_an_item_on_air_has_no_row_of_its_own() -> None:
    day = event("a start: 10:00, duration: 10m", "b duration: 5m")
    script = [ScriptEntry(clock("10:04"), COMMAND.validate_python({"id": "1", "type": "goto", "item": "b"}))]
    assert list(as_text(rehearse(day, script), day))[3:] == [
        "10:00        17:00        A                Krefeld",
        "10:04        17:04        B                Krefeld",
        "10:09        17:09        End of the show  –",
    ]


def test_what_happens_after_the_show_does_not_make_it_unended() -> None:
    day = event("a start: 10:00, duration: 10m")
    script = [ScriptEntry(clock("10:30"), SourceEvent("tokio", lost=True))]
    *_, end, last = as_text(rehearse(day, script), day)
    assert "End of the show" in end
    assert "(Tokio is lost)" in last
