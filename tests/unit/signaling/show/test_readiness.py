"""Go or no-go: each check of the item that comes next, from the state."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.engine import MediaStats
from config.model import Booth
from signaling.cli.report_text import CHECK_REASONS, CHECKS
from signaling.show import core
from signaling.show.checks import CheckId, CheckReason
from signaling.show.facts import Fact, Flagged, Started, from_json, to_json
from signaling.show.readiness import Measured, checks, checks_doc, with_checks
from signaling.show.rundown import rows_at
from signaling.show.terms import DeviceStatus, SoundStatus
from signaling.show.wire.state import DevicesDoc
from tests.unit.signaling.show.build import Desk, clock
from tests.unit.signaling.show.days import events, moments

AGENDA = (
    "a start: 10:00, duration: 10m",
    "b duration: 10m, source: tokio, with: [uchida], mics: [tokio, uchida]",
    "c duration: 10m, source: slate",
    "d duration: 10m, type: break",
)
GOOD = MediaStats(rtt_ms=230.0, loss=0.01, codec="VP8")
WORKS = DevicesDoc(camera="works", microphone="works", muted=False, sound="good", limit=None, reduced=None)
PLACES = ("krefeld", "tokio", "uchida")
KABINE = Booth("kabine", "Kabine", ("de", "ja"), 2)


def measured(
    links: dict[str, MediaStats] | None = None,
    devices: dict[str, DevicesDoc] | None = None,
    **silences: Any,
) -> Measured:
    """All is well but for these."""
    return Measured(
        dict.fromkeys(PLACES, GOOD) | (links or {}), dict.fromkeys(PLACES, WORKS) | (devices or {}), silences
    )


def on_air(*agenda: str, **options: Any) -> Desk:
    """A show with the first item on air, and a guest who has been approved."""
    desk = Desk(*(agenda or AGENDA), **options)
    desk.do("09:30", "approve", place="uchida")
    desk.do("10:00", "start")
    return desk


def found(desk: Desk, known: Measured, item: str = "b") -> dict[str, str]:
    """Every check that is not ok: `picture tokio` to `failed silent`."""
    planned = desk.show.event.item(item)
    assert planned is not None
    return {
        f"{check.id} {check.of}": f"{check.result} {check.reason}"
        for check in checks(desk.show, planned, known)
        if check.result != "ok"
    }


def test_all_is_well() -> None:
    desk = on_air()
    assert found(desk, measured()) == {}
    item = desk.show.event.item("b")
    assert item is not None
    assert [f"{check.id} {check.of}" for check in checks(desk.show, item, measured())] == [
        *("connected tokio", "connected uchida", "picture tokio", "picture uchida"),
        *("sound tokio", "sound uchida", "line tokio", "line uchida"),
        *("microphone tokio", "microphone uchida", "ready uchida"),
    ]


@pytest.mark.parametrize("item", ["c", "d"])
def test_the_slate_and_a_break_need_nothing(item: str) -> None:
    assert found(on_air(languages=("de", "ja"), booths=(KABINE,)), Measured(), item) == {}


# Sources --------------------------------------------------------------------------------------------------------------


def test_what_is_not_connected_fails_and_the_rest_of_it_cannot_be_told() -> None:
    unknown = dict.fromkeys(("picture", "sound", "line", "microphone"), "unknown not-connected")
    of_tokio = {f"{check} tokio": result for check, result in unknown.items()}
    assert found(on_air(live=("krefeld", "uchida")), measured()) == {
        "connected tokio": "failed never-fed",
        **of_tokio,
    }
    for state, why in (("absent", "left"), ("stalled", "unreachable"), ("absent", "unreachable")):
        desk = on_air()
        desk.report("10:01", "tokio", state, why)  # type: ignore[arg-type]
        assert found(desk, measured()) == {"connected tokio": f"failed {why}", **of_tokio}


def test_a_guest_who_waits_to_be_let_in_is_not_connected_to_the_show() -> None:
    desk = on_air()
    guests = {"uchida": replace(desk.show.event.guests["uchida"], admission=True)}
    desk.show = replace(desk.show, event=replace(desk.show.event, guests=guests))
    assert found(desk, measured()) == {"connected uchida": "failed waits"}
    desk.show = replace(desk.show, admitted=frozenset({"uchida"}))
    assert found(desk, measured()) == {}


@pytest.mark.parametrize("why", ["silent", "no-keyframe", "too-large"])
def test_a_picture_that_stands_still_fails(why: Any) -> None:
    desk = on_air()
    desk.report("10:01", "tokio", "stalled", why)
    assert found(desk, measured()) == {"picture tokio": f"failed {why}"}


def test_a_picture_that_is_to_arrive_or_has_just_come_back_is_none_yet() -> None:
    desk = on_air()
    desk.report("10:01", "tokio", "absent", "left")
    desk.report("10:02", "tokio", "connecting")
    assert found(desk, measured()) == {"picture tokio": "unknown joined"}
    desk.live("10:02:01", "tokio")
    assert found(desk, measured()) == {"picture tokio": "failed recovering"}
    desk.wait("10:02:03")
    assert found(desk, measured()) == {}


def test_a_shared_screen_may_stand_still_and_a_source_without_a_picture_fails() -> None:
    assert found(on_air(), measured({"tokio": replace(GOOD, is_still=True)})) == {}
    assert found(on_air(), measured({"tokio": replace(GOOD, codec=None)})) == {
        "picture tokio": "failed no-picture"
    }


@pytest.mark.parametrize("status", get_args(DeviceStatus))
def test_a_camera_or_microphone_with_a_fault_fails(status: DeviceStatus) -> None:
    camera = found(on_air(), measured(devices={"tokio": WORKS.model_copy(update={"camera": status})}))
    microphone = found(on_air(), measured(devices={"tokio": WORKS.model_copy(update={"microphone": status})}))
    if status == "works":
        assert camera == microphone == {}
    elif status == "none":  # a place without a camera may send slides; without a microphone it is not heard
        assert (camera, microphone) == ({}, {"microphone tokio": "failed none"})
    elif status == "opening":
        assert (camera, microphone) == ({}, {"microphone tokio": "unknown opening"})
    else:
        assert camera == {"picture tokio": f"failed {status}"}
        assert microphone == {"microphone tokio": f"failed {status}"}


def test_a_muted_microphone_fails_before_anybody_has_opened_it() -> None:
    assert found(
        on_air(), measured(devices={"tokio": WORKS.model_copy(update={"muted": True, "sound": None})})
    ) == {
        "microphone tokio": "failed muted",
        "sound tokio": "unknown not-measured",
    }


def test_slides_have_no_microphone_while_their_speaker_has_one() -> None:
    desk = on_air(AGENDA[0], "b duration: 10m, source: tokio/lectern, with: [tokio]")
    silent = WORKS.model_copy(update={"microphone": "none", "sound": None})
    slides = measured({"tokio/lectern": GOOD}, {"tokio/lectern": silent})
    assert found(desk, slides) == {}
    desk = on_air(AGENDA[0], "b duration: 10m, source: tokio/lectern")
    assert found(desk, slides) == {
        "microphone tokio/lectern": "failed none",
        "sound tokio/lectern": "unknown not-measured",
    }


@pytest.mark.parametrize("sound", [status for status in get_args(SoundStatus) if status != "good"])
def test_bad_sound_fails_where_the_desk_would_be_warned_of_it(sound: SoundStatus) -> None:
    bad = WORKS.model_copy(update={"sound": sound})
    closed = found(on_air(), measured(devices={"tokio": bad, "uchida": bad}))
    assert closed["sound tokio"] == "unknown off-air"
    assert closed["sound uchida"] == ("unknown off-air" if sound == "no-sound" else f"failed {sound}")
    desk = on_air()
    for source in ("tokio", "uchida"):
        desk.do("10:01", "mic", source=source, open=True)
    assert found(desk, measured(devices={"tokio": bad, "uchida": bad})) == {
        "sound tokio": f"failed {sound}",
        "sound uchida": f"failed {sound}",
    }


def test_a_line_with_loss_or_a_long_way_fails_with_its_figure() -> None:
    desk, item = on_air(), on_air().show.event.item("b")
    assert item is not None
    for link, reason, details in (
        (replace(GOOD, loss=0.123), "loss", {"loss": "0.12"}),
        (replace(GOOD, rtt_ms=847.0), "delay", {"rtt_ms": "850"}),
    ):
        (failed,) = (check for check in checks(desk.show, item, measured({"tokio": link})) if check.reason)
        assert (failed.id, failed.of, failed.result, failed.reason) == ("line", "tokio", "failed", reason)
        assert failed.details == details
    assert found(desk, measured({"tokio": replace(GOOD, loss=0.1, rtt_ms=800.0)})) == {}


def test_what_nobody_measures_is_unknown() -> None:
    """A room agent reports no devices; and nothing has been measured right after a start."""
    not_measured = dict.fromkeys(("picture tokio", "line tokio"), "unknown not-measured")
    known = Measured({"uchida": GOOD}, {"uchida": WORKS})
    assert found(on_air(), known) == not_measured | {
        "sound tokio": "unknown not-measured",
        "microphone tokio": "unknown not-reported",
    }


# Languages ------------------------------------------------------------------------------------------------------------

JAPANESE = (
    "a start: 10:00, duration: 10m, language: de",
    "b duration: 10m, source: tokio, language: ja",
    "c duration: 10m, source: krefeld, language: de",
    "d duration: 10m, source: krefeld, language: fr",
)


def interpreted() -> Desk:
    return on_air(*JAPANESE, languages=("de", "ja"), booths=(KABINE,))


def test_a_channel_is_to_be_fed_with_the_next_item_on_air() -> None:
    desk = interpreted()
    assert found(desk, measured()) == {"interpreter de": "failed nobody"}
    desk.live("10:01", "kabine/anna")
    assert found(desk, measured()) == {"interpreter de": "unknown closed"}
    # The booth feeds the Japanese channel now, and the German one once the floor speaks Japanese.
    desk.interpret("10:02", "kabine/anna")
    assert found(desk, measured()) == {}


def test_a_channel_whose_interpreter_is_not_heard_fails() -> None:
    desk = interpreted()
    desk.interpret("10:02", "kabine/anna")
    silent = measured(ja=clock("10:03"))
    assert found(desk, silent, "c") == {"interpreter ja": "failed silent"}
    assert found(desk, silent) == {}  # that is another channel, which is not needed yet
    hum = WORKS.model_copy(update={"sound": "hum"})
    assert found(desk, measured(devices={"kabine/anna": hum})) == {"interpreter de": "failed hum"}


def test_a_language_that_no_booth_understands_fails() -> None:
    desk = interpreted()
    desk.interpret("10:02", "kabine/anna")
    assert found(desk, measured(), "d") == {
        "language fr": "failed not-interpreted",
        "interpreter de": "failed nobody",
        "interpreter ja": "failed nobody",
    }


def test_the_floors_language_ends_with_its_item_also_where_the_same_people_go_on() -> None:
    desk = interpreted()
    desk.interpret("10:02", "kabine/anna")
    desk.do("10:03", "floor", language="ja")
    assert found(desk, measured(), "c") == {"language de": "failed floor-differs"}
    assert found(desk, measured()) == {}  # Tokio is to speak Japanese
    desk.do("10:04", "floor", language="de")
    assert found(desk, measured(), "c") == {}


# People ---------------------------------------------------------------------------------------------------------------


def test_a_guest_is_ready_once_approved_and_nobody_is_who_calls_the_desk() -> None:
    desk = on_air()
    desk.do("10:01", "approve", place="uchida", ok=False)
    assert found(desk, measured()) == {"ready uchida": "unknown not-approved"}
    desk.do("10:02", "approve", place="uchida")
    assert found(desk, measured()) == {}
    for place in ("tokio", "berlin"):
        desk.show = core.evolve(desk.show, Flagged(of=place, text="no sound here", at=clock("10:03")))
    assert found(desk, measured()) == {"ready tokio": "failed flag"}


# Which item, and the log ----------------------------------------------------------------------------------------------


def item_of(desk: Desk, at: str) -> str | None:
    return checks_doc(desk.show, rows_at(desk.show, clock(at)), Measured()).item


def test_the_item_that_next_puts_on_air_is_checked() -> None:
    desk = Desk(*AGENDA)
    assert item_of(desk, "09:50") == "a"
    desk.do("10:00", "start")
    assert item_of(desk, "10:01") == "b"
    desk.do("10:01", "arm", item="c")
    assert item_of(desk, "10:02") == "c"
    desk.do("10:03", "goto", item="d")
    assert item_of(desk, "10:04") is None
    desk.do("10:05", "next")
    desk.do("10:06", "arm", item="a")
    assert item_of(desk, "10:06") is None


def test_each_item_that_begins_is_checked_as_of_right_before() -> None:
    desk = Desk(
        "a start: 10:00, duration: 10m, advance: auto", "b duration: 10m, source: tokio", live=("krefeld",)
    )
    desk.do("10:00", "start")
    facts = core.tick(desk.show, clock("10:11"))
    known = measured()
    written = list(with_checks(desk.show, facts, known))
    assert [fact.kind for fact in written] == ["ended", "checked", "started", "cut"]
    item = desk.show.event.item("b")
    assert item is not None
    checked = written[1]
    assert checked.kind == "checked"
    assert (checked.item, checked.at, checked.checks) == ("b", clock("10:10"), checks(desk.show, item, known))
    assert from_json(to_json(checked)) == checked
    assert core.replay(desk.show, *written) == core.replay(desk.show, *facts)


def test_the_log_has_the_checks_that_the_desk_saw() -> None:
    """The item on air decides some of them, and has ended once the next one starts."""
    desk = on_air(
        "a start: 10:00, duration: 10m, language: de",
        "b duration: 10m, language: de",
        languages=("de", "ja"),
        booths=(KABINE,),
    )
    desk.interpret("10:01", "kabine/anna")
    desk.do("10:02", "floor", language="ja")
    known = measured(devices={"krefeld": WORKS.model_copy(update={"sound": "hum"})})
    saw = found(desk, known)
    assert saw == {"sound krefeld": "failed hum", "language de": "failed floor-differs"}
    before = desk.show
    desk.facts.clear()
    desk.do("10:05", "next")
    (checked,) = (fact for fact in with_checks(before, desk.facts, known) if fact.kind == "checked")
    assert {
        f"{check.id} {check.of}": f"{check.result} {check.reason}" for check in checked.checks if check.reason
    } == saw


def test_every_check_and_reason_has_words_in_the_report() -> None:
    assert set(CHECKS) == set(get_args(CheckId))
    assert set(CHECK_REASONS) == set(get_args(CheckReason))


@settings(max_examples=60)
@given(st.data())
def test_the_checks_of_any_show_change_nothing_and_each_that_is_not_ok_has_a_reason(
    data: st.DataObject,
) -> None:
    for day in data.draw(moments(data.draw(events()))):
        facts: list[Fact] = []
        for item in day.show.event.agenda:
            assert all((check.result == "ok") == (check.reason is None) for check in checks(day.show, item))
            facts.append(Started(item=item.id, why="goto", at=day.now))
        written = list(with_checks(day.show, facts, Measured()))
        assert len(written) == 2 * len(facts)
        assert core.replay(day.show, *written) == core.replay(day.show, *facts)
