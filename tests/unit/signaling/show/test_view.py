"""The show as pages and scripts see it."""

from __future__ import annotations

from bridge.engine import MediaPath, MediaStats
from config.model import Booth
from signaling.show.media_docs import Connected
from signaling.show.view import event_doc
from signaling.show.wire.state import ArmedDoc, DevicesDoc, LinkDoc, Period, State
from tests.unit.signaling.show.build import Desk, clock, published, seen

AGENDA = (
    "a start: 10:00, duration: 15m, source: tokio, notes: Mikrofon prüfen",
    "b start: 10:30, duration: 15m, with: [berlin], hard: true, advance: auto",
    "c duration: 5m, type: break",
)
AT = "2018-09-15T{}+02:00"


def state(desk: Desk, now: str) -> State:
    who = {
        "tokio": Connected("venue", "Tokio", 2, MediaStats(230.0, 0.01, 1800.0)),
        "moderator:anna": Connected("moderator", "Anna", 1),
    }
    return published(desk.show, clock(now), who, {"tokio": MediaStats(235.5, 0.02, 900.0)})


def test_before_the_show_it_says_what_comes_next_and_when() -> None:
    found = state(Desk(*AGENDA), "09:30")
    assert found.show.model_dump() == {
        "phase": "before",
        "held": False,
        "item": None,
        "last": None,
        "next": "a",
        "next_at": AT.format("10:00:00"),
        "due_at": AT.format("10:00:00"),
        "floor": "en",
        "armed": None,
        "taken": None,
        "undo": None,
        "actions": [],
        "offset_s": 0.0,
        "ends": AT.format("10:50:00"),
    }
    assert (found.program.source, found.program.reason, found.program.since) == ("slate", "agenda", None)


def test_an_item_on_air_has_an_actual_start_and_an_expected_end() -> None:
    desk = Desk(*AGENDA)
    desk.do("10:02", "start")
    a, b, c = state(desk, "10:05").items
    assert (a.status, b.status, c.status) == ("on-air", "next", "coming")
    assert a.planned == Period(start=AT.format("10:00:00"), end=AT.format("10:15:00"))
    assert a.expected == Period(start=AT.format("10:02:00"), end=AT.format("10:17:00"))
    assert a.actual == Period(start=AT.format("10:02:00"), end=None)
    assert b.actual == Period(start=None, end=None)
    assert (a.notes, a.length_s, b.hard, b.advance, b.with_, c.type) == (
        "Mikrofon prüfen",
        900,
        True,
        "auto",
        ["berlin"],
        "break",
    )


def test_the_programme_says_since_when() -> None:
    desk = Desk(*AGENDA)
    desk.do("10:02", "start")
    program = state(desk, "10:05").program
    assert (program.source, program.since, program.layout) == ("tokio", AT.format("10:02:00"), "solo")


def test_late_is_positive() -> None:
    desk = Desk(*AGENDA)
    desk.do("10:02", "start")
    assert state(desk, "10:05").show.offset_s == 120
    assert state(desk, "10:20").show.offset_s == 300


def test_a_running_show_that_is_held_says_so() -> None:
    desk = Desk(*AGENDA)
    desk.do("09:50", "hold")
    assert (state(desk, "09:51").show.phase, state(desk, "09:51").show.held) == ("before", True)
    desk.do("10:00", "start")
    assert state(desk, "10:01").show.phase == "held"


def test_a_skipped_item_says_why_and_is_not_expected() -> None:
    desk = Desk(*AGENDA)
    desk.do("10:00", "goto", item="c")
    a = state(desk, "10:01").items[0]
    assert (a.status, a.skipped_because, a.expected.start) == ("skipped", "passed", None)


def test_sources_have_their_light_their_microphone_and_the_figures_of_their_link() -> None:
    desk = Desk(*AGENDA, live=("tokio", "krefeld"))
    desk.do("10:00", "start")
    sources = state(desk, "10:01").sources
    tokio, berlin = sources["tokio"], sources["berlin"]
    assert (tokio.name, tokio.state, tokio.tally, tokio.mic) == ("Tokio", "live", "on-air", True)
    assert (tokio.rtt_ms, tokio.loss, tokio.kbps) == (235.0, 0.02, 900.0)
    assert (berlin.state, berlin.tally, berlin.mic, berlin.rtt_ms) == ("absent", "next", False, None)
    assert sources["tokio/lectern"].name == "Tokio · lectern"


def test_figures_are_rounded_so_that_noise_is_no_news() -> None:
    desk = Desk(*AGENDA)
    link = MediaStats(
        231.9,
        0.0234,
        1834.0,
        12.4,
        "h",
        lost=7,
        keyframe_requests=3,
        repairs=5,
        stalls=1,
        last_stall_s=0.642,
        path=MediaPath("tcp", 6, "2001:db8::7"),
    )
    source = published(desk.show, clock("09:30"), {}, {"tokio": link}).sources["tokio"]
    assert (source.rtt_ms, source.loss, source.kbps) == (230.0, 0.025, 1800.0)
    assert source.link == LinkDoc(
        transport="tcp",
        jitter_ms=10.0,
        layer="h",
        lost=7,
        keyframe_requests=3,
        repairs=5,
        stalls=1,
        last_stall_s=0.6,
    )


def test_a_link_that_is_not_there_has_no_figures() -> None:
    found = state(Desk(*AGENDA), "09:30")
    assert found.sources["berlin"].link is None
    assert found.destinations["moderator:anna"].link is None
    assert found.destinations["tokio"].link is not None


def test_a_line_is_to_blame_for_a_small_picture_only_if_its_source_sends_a_large_one() -> None:
    desk = Desk(*AGENDA)
    desk.do("10:00", "start")
    small, large = MediaStats(layer="l"), MediaStats(layer="h")
    for sent, source, smaller in ((small, large, True), (small, small, False), (large, large, False)):
        who = {"berlin": Connected("venue", "Berlin", 1, sent)}
        found = published(desk.show, clock("10:01"), who, {"tokio": source}).destinations
        assert (found["berlin"].source, found["berlin"].smaller) == ("tokio", smaller)
        assert not found["uchida"].smaller, "nobody is there"


def test_a_source_says_why_it_is_as_it_is_and_whether_it_is_ready_for_a_cut() -> None:
    desk = Desk(*AGENDA, live=("tokio",))
    desk.silent("09:30", "tokio")
    sources = state(desk, "09:30").sources
    assert (sources["tokio"].state, sources["tokio"].why, sources["tokio"].armed) == (
        "stalled",
        "silent",
        True,
    )
    assert (sources["berlin"].state, sources["berlin"].why, sources["berlin"].armed) == (
        "absent",
        None,
        False,
    )


def test_the_state_has_what_is_marked_as_next() -> None:
    desk = Desk(*AGENDA)
    desk.do("09:30", "arm", source="berlin")
    found = state(desk, "09:30")
    assert found.show.armed == ArmedDoc(kind="source", id="berlin")
    assert (found.sources["berlin"].tally, found.sources["tokio"].tally) == ("preview", "next")
    desk.do("09:31", "arm", item="b")
    assert state(desk, "09:31").show.armed == ArmedDoc(kind="item", id="b")
    assert state(desk, "09:31").show.next == "a"  # Start goes to the first item, marked or not


def test_every_venue_and_guest_is_a_destination_connected_or_not() -> None:
    desk = Desk(*AGENDA)
    desk.do("10:00", "start")
    destinations = state(desk, "10:01").destinations
    assert list(destinations) == ["krefeld", "berlin", "tokio", "uchida", "moderator:anna"]
    tokio, berlin = destinations["tokio"], destinations["berlin"]
    assert (tokio.connected, tokio.source, tokio.is_return, tokio.kbps) == (2, "krefeld", True, 1800.0)
    assert (berlin.connected, berlin.source, berlin.mics) == (0, "tokio", ["tokio"])


def test_the_event_names_its_places_and_their_sources() -> None:
    document = event_doc(Desk(*AGENDA).show.event, 7)
    assert (document.title, document.timezone, document.host) == ("Test", "Europe/Berlin", "krefeld")
    assert [
        (p.id, p.kind, p.timezone, p.sources) for p in document.places if p.id in ("tokio", "uchida")
    ] == [
        ("tokio", "venue", "Asia/Tokyo", ["tokio", "tokio/lectern"]),
        ("uchida", "guest", "Asia/Tokyo", ["uchida"]),
    ]


def test_milliseconds_are_kept() -> None:
    desk = Desk(*AGENDA)
    desk.do("10:00:00.005", "start")
    assert published(desk.show, clock("10:01")).items[0].actual.start == AT.format("10:00:00.005")


def test_the_state_has_the_taken_source_even_while_a_fallback_replaces_it() -> None:
    desk = Desk(*AGENDA)
    desk.do("10:00", "start")
    desk.do("10:01", "take", source="berlin")
    assert state(desk, "10:01").show.taken == "berlin"
    desk.report("10:02", "berlin", "absent")
    found = state(desk, "10:02")
    assert (found.show.taken, found.program.reason) == ("berlin", "fallback")
    desk.do("10:03", "release")
    assert state(desk, "10:03").show.taken is None


def test_the_state_has_the_devices_that_a_feeding_page_reports() -> None:
    desk, now = Desk(*AGENDA), clock("09:30")
    said = DevicesDoc(camera="works", microphone="lost", muted=True, sound=None, limit=None, reduced=None)
    found = seen(desk.show, now, devices={"tokio": said})
    sources = found.document()["sources"]
    assert (sources["tokio"]["devices"], sources["berlin"]["devices"]) == (said.model_dump(), None)


def test_before_start_the_state_says_when_it_is_due_and_how_late_it_would_be_now() -> None:
    desk = Desk("a start: 10:00, duration: 15m", "b duration: 15m")
    desk.do("09:00", "delay", item="a", seconds=600)
    at = "2018-09-15T{}:00+02:00"
    show = published(desk.show, clock("12:20")).show
    assert (show.due_at, show.next_at, show.offset_s) == (at.format("10:10"), at.format("12:20"), 140 * 60)
    desk.do("12:20", "start")
    assert published(desk.show, clock("12:21")).show.due_at is None


def test_an_off_air_source_lists_the_places_that_see_it_as_their_return_picture() -> None:
    desk = Desk(*AGENDA)
    desk.do("10:00", "start")  # tokio alone, with its return picture from krefeld
    sources = state(desk, "10:01").sources
    assert sources["krefeld"].returned_to == ["tokio"]
    assert [sources[s].returned_to for s in ("tokio", "berlin", "uchida")] == [[], [], []]
    desk.do("10:02", "take", source="krefeld")  # which would be sent tokio, but nobody is there
    assert state(desk, "10:02").sources["tokio"].returned_to == []


KABINE = Booth("kabine", "Kabine 1", ("de", "ja"), 2)
LANGUAGES = ("de", "ja")


def interpreted() -> Desk:
    """A booth interprets an item in German."""
    desk = Desk("a start: 10:00, duration: 15m, language: de", languages=LANGUAGES, booths=(KABINE,))
    desk.do("10:00", "start")
    desk.interpret("10:01", "kabine/anna")
    return desk


def test_the_state_has_each_channel_with_its_booth_its_seat_and_its_listeners() -> None:
    desk = interpreted()
    found = seen(desk.show, clock("10:02"), listeners={"ja": ["viewer:viewer", "tokio", "tokio"]}).document()[
        "languages"
    ]
    assert found == {
        "de": {
            "needed": False,
            "booth": None,
            "seat": None,
            "since": None,
            "silent_since": None,
            "listeners": 0,
            "places": [],
        },
        "ja": {
            "needed": True,
            "booth": "kabine",
            "seat": "anna",
            "since": AT.format("10:01:00"),
            "silent_since": None,
            "listeners": 3,
            "places": ["tokio"],
        },
    }
    desk.report("10:03", "kabine/anna", "stalled")
    channel = published(desk.show, clock("10:04")).languages["ja"]
    assert (channel.booth, channel.seat, channel.since) == (None, None, AT.format("10:03:00"))


def test_the_state_has_each_booth_with_its_seats() -> None:
    desk = interpreted()
    desk.interpret("10:02", "kabine/ben")
    found = seen(desk.show, clock("10:02:01")).document()["booths"]["kabine"]
    assert found == {
        "to": None,
        "output": "ja",
        "relay": None,
        "seats": {
            "anna": {"open": True, "state": "live", "since": AT.format("10:01:00"), "sound": None},
            "ben": {"open": True, "state": "live", "since": AT.format("10:02:00"), "sound": None},
        },
        "asks": None,
        "handover_ends": AT.format("10:02:05"),
    }


def test_a_seat_has_what_its_page_says_of_its_sound() -> None:
    said = DevicesDoc(camera="none", microphone="works", muted=False, sound="hum", limit=None, reduced=None)
    seats = seen(interpreted().show, clock("10:02"), devices={"kabine/anna": said}).document()["booths"][
        "kabine"
    ]
    assert seats["seats"]["anna"]["sound"] == "hum"


def test_the_state_has_the_language_of_the_floor() -> None:
    desk = interpreted()
    assert published(desk.show, clock("10:02")).show.floor == "de"
    desk.do("10:02", "floor", language="ja")
    assert published(desk.show, clock("10:02")).show.floor == "ja"


def test_a_booth_is_a_destination_that_is_sent_the_programme() -> None:
    desk = interpreted()
    found = published(desk.show, clock("10:02")).destinations["interpreter:kabine"]
    assert (found.role, found.name, found.connected, found.pictures) == (
        "interpreter",
        "Kabine 1",
        0,
        ["krefeld"],
    )
    assert found.mics == ["krefeld"]


def test_the_event_has_its_languages_booths_and_presets() -> None:
    document = event_doc(interpreted().show.event, 7)
    assert document.languages == ["de", "ja"]
    assert [booth.model_dump() for booth in document.booths] == [
        {"id": "kabine", "name": "Kabine 1", "languages": ["de", "ja"], "seats": 2}
    ]
