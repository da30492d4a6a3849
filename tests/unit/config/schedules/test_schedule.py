"""What becomes of somebody else's schedule, and what is said of the rest."""

from __future__ import annotations

import json
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.faults import EventFileError
from config.model import Event, ItemType
from config.schedules.schedule import import_event
from config.times import HOUR, MINUTE, format_time
from config.yamlfile import parse


def talk(start: str, **more: Any) -> dict[str, Any]:
    """A talk as pretalx writes one, on 15 September 2018 in Berlin."""
    return {
        "id": 1,
        "guid": "8f3a",
        "date": f"2018-09-15T{start}:00+02:00",
        "start": start,
        "duration": "00:30",
        "title": f"Talk at {start}",
        "language": "en",
        "persons": [{"public_name": "Ada"}],
    } | more


def document(rooms_of_day: dict[str, list[Any]], **conference: Any) -> str:
    whole = {
        "title": "Camp",
        "time_zone_name": "Europe/Berlin",
        "rooms": [{"name": name} for name in rooms_of_day],
        "days": [{"index": 1, "date": "2018-09-15", "rooms": rooms_of_day}],
    } | conference
    return json.dumps({"schedule": {"version": "1", "conference": whole}}, indent=1, ensure_ascii=False)


def begun(text: str, *rooms: str) -> tuple[Event, list[str]]:
    """The event that comes of it, and what was lost as `where: what`."""
    made = import_event(text, "s.json", rooms)
    return parse(made.yaml, "made.yaml"), [f"{fault.where}: {fault.what}" for fault in made.left_out]


def refused(text: str, *rooms: str) -> str:
    with pytest.raises(EventFileError) as error:
        import_event(text, "s.json", rooms)
    return str(error.value)


def test_talks_of_all_rooms_become_items_in_the_order_in_which_they_begin() -> None:
    event, lost = begun(document({"Saal 1": [talk("11:00"), talk("12:00")], "Übergang": [talk("11:30")]}))
    assert [(item.title, item.source) for item in event.agenda] == [
        ("Talk at 11:00", "saal-1"),
        ("Talk at 11:30", "uebergang"),
        ("Talk at 12:00", "saal-1"),
    ]
    assert [venue.name for venue in event.venues.values()] == ["Saal 1", "Übergang"]
    assert event.agenda[0].speaker == "Ada"
    assert (event.language, event.agenda[0].duration) == ("en", 30 * MINUTE)
    assert lost == []


def test_only_the_rooms_that_were_asked_for_become_venues() -> None:
    event, lost = begun(
        document({"Saal 1": [talk("11:00")], "Saal 2": [talk("11:10", links=["x"])]}), "Saal 1"
    )
    assert list(event.venues) == ["saal-1"]
    assert lost == []


def test_a_room_that_there_is_not_is_refused_with_the_nearest() -> None:
    assert "unknown room `Sall 1`; did you mean `Saal 1`?" in refused(
        document({"Saal 1": [talk("11:00")]}), "Sall 1"
    )


def test_talks_at_the_same_time_are_reported() -> None:
    event, (lost,) = begun(
        document({"A": [talk("11:00")], "B": [talk("11:10", duration="00:05"), talk("11:30")]})
    )
    assert len(event.agenda) == 3
    assert lost.startswith(
        "schedule.conference.days[0].rooms.B[0]: “Talk at 11:10” begins at 11:10, while “Talk at 11:00”"
    )
    assert "--room" in lost


def test_keys_that_an_event_file_does_not_have_are_reported_with_line_and_column() -> None:
    text = document(
        {"Saal 1": [talk("11:00", track="Ethics", logo=None, links=["x"], subtitle="", slug="Not An Id")]}
    )
    (lost,) = import_event(text, "s.json").left_out
    line = text.splitlines()[lost.line - 1]
    assert line[lost.column - 1 :].startswith("{")
    assert '"id": 1' in text.splitlines()[lost.line]
    assert lost.what == "an item has no `track`, `links`; left out"


def test_a_persons_life_is_left_out_and_their_names_are_joined() -> None:
    persons = [{"name": "Ada", "biography": "Long."}, {"public_name": "Grace", "id": 7}]
    event, lost = begun(document({"Saal 1": [talk("11:00", persons=persons)]}))
    assert event.agenda[0].speaker == "Ada, Grace"
    assert lost == [
        'schedule.conference.days[0].rooms["Saal 1"][0].persons[0]: a speaker has a name and no `biography`; left out'
    ]


def test_subtitle_and_abstract_become_notes() -> None:
    event, _ = begun(
        document({"A": [talk("11:00", subtitle="How", abstract="One.\r\n\r\n  Two: #3 \n", description="")]})
    )
    assert event.agenda[0].notes == "How\n\nOne.\n\n  Two: #3"


@pytest.mark.parametrize(
    ("duration", "length"),
    [("00:45", 45 * MINUTE), ("1:30", 90 * MINUTE), ("1:00:00", 24 * HOUR), ("25", 25 * MINUTE)],
)
def test_lengths_are_read_as_the_programs_write_them(duration: str, length: int) -> None:
    event, _ = begun(document({"A": [talk("11:00", duration=duration)]}))
    assert event.agenda[0].duration == length


@pytest.mark.parametrize(
    "wrong",
    [
        {"date": "tomorrow"},
        {"date": None},
        {"date": "0001-01-01T00:00:00+14:00"},
        {"duration": "00:00"},
        {"duration": "x"},
    ],
)
def test_a_talk_without_time_or_length_is_left_out_and_reported(wrong: dict[str, Any]) -> None:
    event, (lost,) = begun(document({"A": [talk("11:00"), talk("12:00", **wrong)]}))
    assert [item.title for item in event.agenda] == ["Talk at 11:00"]
    assert lost.startswith(f"schedule.conference.days[0].rooms.A[1].{next(iter(wrong))}: ")
    assert lost.endswith("the talk is left out")


def test_a_length_with_two_readings_is_reported_with_the_one_that_is_taken() -> None:
    event, (lost,) = begun(document({"A": [talk("11:00", duration="1:00:00")]}))
    assert event.agenda[0].duration == 24 * HOUR
    assert lost == (
        "schedule.conference.days[0].rooms.A[0].duration: `1:00:00` may be 24h or 1h; taken as 24h, correct it in the "
        "file if that is wrong"
    )


def test_the_next_talk_in_the_room_tells_how_long_one_can_be() -> None:
    rooms = {"A": [talk("11:00", duration="1:00:00"), talk("12:30")], "B": [talk("11:10")]}
    event, lost = begun(document(rooms))
    assert event.agenda[0].duration == HOUR
    assert (
        "A[0].duration: `1:00:00` may be 24h or 1h; the next talk in the room leaves time for 1h" in lost[0]
    )


def test_hours_minutes_and_seconds_are_no_days() -> None:
    event, lost = begun(
        document({"A": [talk("11:00", duration="00:45:00"), talk("12:00", duration="01:00:00")]})
    )
    assert [item.duration for item in event.agenda] == [45 * MINUTE, HOUR]
    assert lost == []  # the first says how the second is meant


def test_the_end_of_a_talk_tells_its_length() -> None:
    event, lost = begun(
        document(
            {
                "A": [
                    talk("10:00", duration="1:00:00", end="2018-09-15T11:00:00+02:00"),
                    talk("11:00", duration=None, end="2018-09-15T11:20:00+02:00"),
                    talk("12:00", duration="00:45", end="2018-09-15T12:30:00+02:00"),
                    talk("13:00", duration="00:45", end="2018-09-15T12:30:00+02:00"),
                ]
            }
        )
    )
    assert [item.duration // MINUTE for item in event.agenda] == [60, 20, 30, 45]
    assert [fault.partition(": ")[2] for fault in lost] == [
        "`00:45` and the end of the talk disagree; it lasts 30m",
        "`2018-09-15T12:30:00+02:00` is no end of this talk; the duration counts",
    ]


def test_when_no_talk_can_be_read_each_says_why() -> None:
    said = refused(
        document({"A": [talk("11:00", duration="135.0:00"), talk("12:00", duration="x"), "break"]})
    ).splitlines()
    assert len(said) == 4
    assert any("rooms.A[0].duration: `135.0:00` is no length" in line for line in said)
    assert any("rooms.A[1].duration: `x` is no length" in line for line in said)
    assert any("rooms.A[2]: this is no talk; left out" in line for line in said)
    assert "there is no talk with a time and a length" in said[-1]


@pytest.mark.parametrize(
    "rooms",
    [
        [{"name": "A", "events": [talk("11:00")]}, {"name": "B", "talks": [talk("12:00")]}],
        [{"A": [talk("11:00")]}, {"B": [talk("12:00")]}],
    ],
    ids=["named", "keyed"],
)
def test_rooms_may_be_a_list(rooms: list[Any]) -> None:
    event, lost = begun(document({}, days=[{"index": 1, "date": "2018-09-15", "rooms": rooms}]))
    assert [(item.title, item.source) for item in event.agenda] == [
        ("Talk at 11:00", "a"),
        ("Talk at 12:00", "b"),
    ]
    assert lost == []


def flat(*events: Any, **conference: Any) -> str:
    """A schedule as version 2 of the c3voc schema has it."""
    whole = {
        "title": "Camp",
        "time_zone_name": "Europe/Berlin",
        "days": [{"index": 1, "date": "2018-09-15", "start": "2018-09-15T09:00:00+02:00"}],
    }
    return json.dumps({"schedule": {"version": "1", "conference": whole | conference, "events": events}})


def test_the_flat_form_is_read_with_its_own_words() -> None:
    room = {"guid": "ba692ba3-421b-5371-8309-60acc34a3c05", "slug": "saal-1"}
    event, lost = begun(
        flat(
            {
                "guid": "270fa44c-821a-577f-8ca3-33e8d4a8c2a7",
                "title": "Opening",
                "start": "2018-09-15T10:30:00+02:00",
                "end": "2018-09-15T11:00:00+02:00",
                "room": room,
                "type": "TALK",
                "language": "de",
                "abstract": {"en": "Welcome.", "de": "Willkommen."},
                "participants": [
                    {"guid": "1", "name": "Ada", "role": "SPEAKER"},
                    {"name": "Grace", "role": "HOST"},
                ],
            },
            {
                "title": "Coffee",
                "type": "BREAK",
                "start": "2018-09-15T11:00:00+02:00",
                "duration": "PT15M",
            },
            {
                "title": "Closing",
                "start": "2018-09-15T11:15:00+02:00",
                "end": "2018-09-15T11:30:00+02:00",
                "room": room,
                "state": "CANCELED",
            },
            rooms=[room | {"name": "Saal 1"}],
        )
    )
    assert [(item.title, item.source, item.duration // MINUTE, item.skip) for item in event.agenda] == [
        ("Opening", "saal-1", 30, False),
        ("Coffee", "slate", 15, False),
        ("Closing", "saal-1", 15, True),
    ]
    assert [venue.name for venue in event.venues.values()] == ["Saal 1"]
    assert (event.agenda[0].speaker, event.agenda[0].notes) == ("Ada, Grace", "Willkommen.")
    assert lost == [
        "schedule.events[0].abstract: this is in `de` here; its text in `en` is left out",
        "schedule.events[0].participants[1]: a speaker has a name and no `role`; left out",
        "schedule.events[2].state: this talk is called off; its item is skipped",
    ]


def test_a_talk_without_a_room_is_put_into_the_first_one() -> None:
    event, (lost,) = begun(flat(talk("11:00")))
    assert [venue.name for venue in event.venues.values()] == ["Room"]
    assert lost == "schedule.events[0]: this talk names no room; it is put into “Room”"


def test_persons_may_be_plain_names_and_others_are_reported() -> None:
    event, lost = begun(
        document(
            {
                "A": [
                    talk("11:00", persons=["Ada", {"name": "Grace"}, 7, {"id": 3}]),
                    talk("12:00", persons="Ada, Grace"),
                    talk("13:00", persons={"name": "Ada"}),
                ]
            }
        )
    )
    assert [item.speaker for item in event.agenda] == ["Ada, Grace", "Ada, Grace", ""]
    at = "schedule.conference.days[0].rooms.A"
    assert lost == [
        f"{at}[0].persons[2]: this person has no name; left out",
        f"{at}[0].persons[3]: this person has no name; left out",
        f"{at}[2].persons: this is no list of persons; left out",
    ]


def test_days_rooms_and_keys_that_mean_nothing_are_reported() -> None:
    days = [
        {"index": 1, "rooms": {"A": [talk("11:00")], "B": 7}, "weather": "fine"},
        {"index": 2},
        "Sunday",
        {"rooms": [{"name": "C"}, 5]},
        {"rooms": 3},
    ]
    rooms = [{"name": "A", "capacity": 40}, {"name": "Attic"}]
    more = {"days": days, "rooms": rooms, "description": "Of all.", "colors": {"primary": "#f00"}}
    _, lost = begun(document({}, **more))
    at = "schedule.conference"
    assert sorted(lost) == sorted(
        [
            f"{at}: an event has no `description`, `colors`; left out",
            f"{at}.rooms[0]: a venue has no `capacity`; left out",
            f"{at}.rooms[1]: no talk is in this room; it becomes no venue",
            f"{at}.days[0]: a day has no `weather`; left out",
            f"{at}.days[0].rooms.B: this is no list of talks; left out",
            f"{at}.days[1]: this day has no `rooms`; left out",
            f"{at}.days[2]: this is no day; left out",
            f"{at}.days[3].rooms[0]: this room has no list of talks (`events` or `talks` or `sessions`); left out",
            f"{at}.days[3].rooms[1]: this is no room with talks; left out",
            f"{at}.days[4].rooms: these are no rooms with talks; left out",
        ]
    )


def test_types_and_languages_that_are_unknown_are_reported() -> None:
    event, lost = begun(
        document({"A": [talk("11:00", type="podium"), talk("12:00", type="Kaffee", language="Deutsch")]})
    )
    assert [item.type for item in event.agenda] == [ItemType.PANEL, ItemType.TALK]
    assert [item.language for item in event.agenda] == ["en", "en"]
    assert len(lost) == 2


def test_a_start_without_an_offset_is_in_the_zone_of_the_schedule() -> None:
    event, _ = begun(document({"A": [talk("11:00", date="2018-09-15T11:00:00")]}))
    assert format_time(event.agenda[0].planned.start, event.timezone) == "11:00"


def test_a_schedule_without_a_zone_is_in_the_one_that_is_given() -> None:
    text = document({"A": [talk("11:00")]}, time_zone_name=None)
    event = parse(import_event(text, "s.json", zone=ZoneInfo("Asia/Tokyo")).yaml, "made.yaml")
    assert (event.timezone.key, format_time(event.agenda[0].planned.start, event.timezone)) == (
        "Asia/Tokyo",
        "18:00",
    )


def test_rooms_named_like_a_reserved_id_get_another_id() -> None:
    event, _ = begun(
        document(
            {
                "Slate": [talk("11:00")],
                "サール": [talk("12:00")],
                "A b": [talk("13:00")],
                "A-b": [talk("14:00")],
            }
        )
    )
    assert list(event.venues) == ["room-slate", "room-2", "a-b", "a-b-2"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "s.json:1:2: file: this is not JSON"),
        ("<?xml version='1.0'?><schedule/>", "s.json:1:1: file: this is XML; take the schedule.json"),
        ("[" * 100_000, "nests too deep"),
        ("[]", "it has no `schedule`"),
        ('{"schedule": {"conference": []}}', "s.json:1:14: schedule: this is no frab or pretalx schedule"),
        (document({"A": []}), "there is no talk with a time"),
        (document({"A": [talk("11:00")]}, time_zone_name="Europe/Berlni"), "did you mean `Europe/Berlin`?"),
        (document({"A": [talk("11:00")]}, time_zone_name=None), "name it with --timezone"),
    ],
)
def test_a_text_that_is_no_schedule_is_refused(text: str, said: str) -> None:
    assert said in refused(text)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
KEYS = (
    *("title", "duration", "language", "type", "persons", "slug", "abstract", "subtitle", "links", "guid"),
    *("end", "state", "participants", "room"),
)


@given(
    st.dictionaries(st.sampled_from(KEYS), ANYTHING),
    st.text(),
    st.dictionaries(st.sampled_from(("title", "meta")), ANYTHING),
)
def test_any_schedule_makes_an_event_that_can_run_and_the_rest_is_reported(
    odd: dict[str, Any], room: str, conference: dict[str, Any]
) -> None:
    text = document({room: [talk("11:00"), talk("12:00", **odd)], "B": [talk("13:00")]}, **conference)
    event, lost = begun(text)
    assert len(event.agenda) >= 2
    assert all(said.isprintable() for said in lost)


@given(ANYTHING, ANYTHING, ANYTHING, ANYTHING)
def test_a_schedule_of_any_shape_becomes_an_event_or_is_refused(
    days: Any, rooms: Any, events: Any, room: Any
) -> None:
    talks = [talk("11:00", room=room), talk("12:00", room=room)]
    for shape in (days, [{"rooms": rooms}, {"rooms": [{"name": room, "events": talks}]}]):
        text = flat(*talks, events, days=shape, rooms=rooms)
        event, lost = begun(text)
        assert len(event.agenda) >= 2
        assert all(said.isprintable() for said in lost)
