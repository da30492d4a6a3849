"""Each role is sent its part of the state, and nothing more."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from dataclasses import replace
from types import MappingProxyType
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.engine import MediaPath, MediaStats
from config.model import Booth, Event
from config.times import iso
from signaling.patches import PatchCache, changes, patched
from signaling.show.actions import Asked
from signaling.show.facts import Cued, Flagged, Said
from signaling.show.media_docs import Connected
from signaling.show.recipients import is_to
from signaling.show.rundown import rows_at
from signaling.show.show import Show, UndoStep
from signaling.show.terms import Role
from signaling.show.view import View, view
from signaling.show.visible import visible
from signaling.show.wire.pages import TalkDoc
from signaling.show.wire.state import DevicesDoc, State
from tests.unit.signaling.show.build import BERLIN, HEAD, SOURCES, Desk, clock, seen, text
from tests.unit.signaling.show.days import Day, events, moments

CANARY = "canary"
"""In every text that is not for everybody."""
PHONE = f"{CANARY} phone"
NOTES = f"notes: {CANARY} note"
AGENDA = (
    f"a start: 10:00, duration: 15m, source: krefeld, speaker: Anna, {NOTES}",
    f"b duration: 15m, source: berlin, with: [tokio], {NOTES}",
    f"c duration: 5m, type: break, skip: true, {NOTES}",
    f"d duration: 15m, source: uchida, {NOTES}",
)
LINK = MediaStats(
    *(230.0, 0.02, 1800.0, 10.0, "h", 7, 3, 5, 1, 0.6, "H264", "VP8"), path=MediaPath("tcp", 4, "192.0.2.7")
)
NO_H264 = ("H264",)
MUTED = DevicesDoc(camera="works", microphone="works", muted=True, sound="hum", limit="cpu", reduced="720p15")
CONNECTED = {
    "krefeld": Connected("venue", "Krefeld", 1, LINK, NO_H264, "tcp"),
    "berlin": Connected("venue", "Berlin", 2, LINK, NO_H264, "tcp"),
    "tokio": Connected("venue", "Tokio", 1, LINK, NO_H264, "tcp"),
    "uchida": Connected("guest", "Miki Uchida", 1, LINK, NO_H264, "tcp"),
    "viewer:viewer": Connected("viewer", "Viewer", 150, LINK, NO_H264, "tcp"),
    "interpreter:kabine": Connected("interpreter", "Kabine 1", 2, LINK, NO_H264, "tcp"),
    "interpreter:zwei": Connected("interpreter", "Kabine 2", 1, LINK, NO_H264, "tcp"),
    "stage:stage": Connected("stage", "Stage display", 1, None, NO_H264, "tcp"),
    "moderator:moderator": Connected("moderator", "Moderator", 2, LINK, NO_H264, "tcp"),
}
PLACES = ("krefeld", "berlin", "tokio", "uchida")
TO = (*PLACES, "kabine", "zwei", "stage", "speaker", "technicians", "booths", "desk", "all")
"""Every recipient."""
EVERYONE: tuple[tuple[Role, str], ...] = (
    ("moderator", "moderator"),
    ("venue", "krefeld"),
    ("venue", "berlin"),
    ("venue", "tokio"),
    ("guest", "uchida"),
    ("interpreter", "kabine"),
    ("interpreter", "zwei"),
    ("viewer", "viewer"),
    ("stage", "stage"),
)
BOOTHS = (Booth("kabine", "Kabine 1", ("de", "ja"), 2), Booth("zwei", "Kabine 2", ("de", "en"), 2))
LANGUAGES = ("de", "ja", "en")

PERIODS = {f"{name}.{end}" for name in ("planned", "expected", "actual") for end in ("start", "end")}
ITEM = PERIODS | {
    *("id", "title", "status", "length_s", "source", "with", "layout", "speaker", "language", "type", "hard"),
    *("advance", "warn_s", "danger_s", "skipped_because"),
}
FOR_ALL = {
    *("rev", "now", "event.rev", "event.title", "event.timezone", "event.language", "event.host"),
    "event.languages",
    *(
        f"event.places.{f}"
        for f in ("id", "kind", "name", "note", "timezone", "language", "listen", "sources")
    ),
    *(f"event.booths.{f}" for f in ("id", "name", "languages", "seats")),
    *(f"event.presets.welcome.{f}" for f in ("de", "en")),
    *(f"show.{f}" for f in ("phase", "held", "item", "last", "next", "next_at", "floor", "offset_s", "ends")),
    *(f"items.{f}" for f in ITEM),
    *(f"program.{f}" for f in ("source", "with", "layout", "mics", "reason", "since")),
    *(f"languages.{language}.{f}" for language in LANGUAGES for f in ("needed", "since")),
    *(f"languages.{language}.{f}" for language in ("de", "en") for f in ("booth", "seat")),
    *(
        f"sources.{source}.{f}"
        for source in SOURCES
        for f in ("name", "state", "tally", "waits", "mic", "codec", "still")
    ),
}
"""The fields for all roles; items and places as one each."""
COUNTS = {"transport", "jitter_ms", "layer", "lost", "keyframe_requests", "repairs", "stalls", "last_stall_s"}
FIGURES = {"path", "rtt_ms", "loss", "kbps", *(f"link.{f}" for f in COUNTS)}
UNSEEN = {"connected", "cannot_decode", "loses_large"}
SIGHT = {"role", "name", "source", "pictures", "mics", "is_return", "smaller"}


def of_source(source: str) -> set[str]:
    """The fields of a source for its own place and moderators alone."""
    return {
        f"sources.{source}.{f}"
        for f in FIGURES
        | {"why", "armed", "approved_at", "codec_wanted", "returned_to", "echo_of"}
        | {"devices.camera", "devices.microphone", "devices.muted", "devices.sound", "devices.limit"}
        | {"devices.reduced"}
    }


def of_destination(id: str, fields: set[str]) -> set[str]:
    return {f"destinations.{id}.{f}" for f in fields}


def message(*to: str, readers: tuple[str, ...] = ()) -> set[str]:
    """The fields of messages and cues to these recipients, and which of these readers have confirmed them."""
    return {
        *(f"messages.{recipient}.{f}" for recipient in to for f in ("id", "text", "preset", "level", "at")),
        *(f"messages.{recipient}.seen.{reader}" for recipient in to for reader in readers),
        *(f"cues.{recipient}.{f}" for recipient in to for f in ("id", "what", "by", "at")),
    }


def flag(of: str) -> set[str]:
    return {f"flags.{of}.{f}" for f in ("text", "what", "at")}


def talk(*numbers: int) -> set[str]:
    return {f"talks.{number}.{f}" for number in numbers for f in ("speaker", "name", "to", "heard_by")}


DESK_PHONE = "event.contact"


def place(id: str, *sources: str) -> set[str]:
    told = (
        of_destination(id, SIGHT | FIGURES | UNSEEN)
        | message(id, "all", readers=(id,))
        | flag(id)
        | {DESK_PHONE}
    )
    return told.union(*(of_source(source) for source in sources))


LISTENERS = {f"languages.{language}.{field}" for language in LANGUAGES for field in ("listeners", "places")}
OF_BOOTH = {
    "kabine": {
        *(f"booths.kabine.{f}" for f in ("to", "output", "asks", "handover_ends")),
        *(
            f"booths.kabine.seats.{seat}.{f}"
            for seat in ("anna", "ben")
            for f in ("open", "state", "since", "sound")
        ),
    },
    "zwei": {
        *(f"booths.zwei.{f}" for f in ("output", "relay")),
        *(f"booths.zwei.seats.eve.{f}" for f in ("open", "state", "since", "sound")),
    },
}


ACTION = ("command", "item", "source", "seconds", "open", "to", "undo", "name", "desk", "at")


def interpreter(booth: str) -> set[str]:
    return (
        {"items.notes", DESK_PHONE}
        | of_destination(f"interpreter:{booth}", SIGHT | FIGURES | UNSEEN)
        | message(booth, "booths", "all", readers=() if booth == "zwei" else (booth,))
        | flag(booth)
        | LISTENERS
        | OF_BOOTH[booth]
    )


BESIDES: dict[tuple[Role, str], set[str]] = {
    ("moderator", "moderator"): {
        *(
            "event.places.contact",
            DESK_PHONE,
            "items.notes",
            "show.armed.kind",
            "show.armed.id",
            "show.taken",
            *(f"show.{place}.{f}" for place in ("undo", "actions") for f in ACTION),
            "checks.item",
        ),
        *(f"checks.checks.{f}" for f in ("id", "of", "result", "reason", "details.text")),
        *message(*TO, readers=(*PLACES, "kabine", "desk")),
        *(f"messages.{to}.unread" for to in ("zwei", "booths", "all")),
        *(path for of in (*PLACES, "kabine", "zwei", "desk") for path in flag(of)),
        *talk(1, 2),
        *LISTENERS,
        *OF_BOOTH["kabine"],
        *OF_BOOTH["zwei"],
        *(f"desks.5f0c2a91.{f}" for f in ("number", "name", "since", "read_only", "editing")),
        *(f"waiting.tokio.{f}" for f in ("source", "address", "since", "count")),
        *(f"takeovers.berlin.{f}" for f in ("source", "address", "since")),
        *(f"server.warnings.{f}" for f in ("code", "since", "figures.level")),
        "server.sheds",
        *(path for source in SOURCES for path in of_source(source)),
        *(path for id in CONNECTED for path in of_destination(id, SIGHT | FIGURES | UNSEEN)),
    },
    ("venue", "krefeld"): place("krefeld", "krefeld")
    | message("technicians", "speaker", readers=("krefeld",))
    | talk(1),
    ("venue", "berlin"): place("berlin", "berlin") | message("technicians", readers=("berlin",)),
    ("venue", "tokio"): place("tokio", "tokio", "tokio/lectern")
    | message("technicians", readers=("tokio",))
    | talk(2),
    ("guest", "uchida"): place("uchida", "uchida"),
    ("interpreter", "kabine"): interpreter("kabine") | talk(1),
    ("interpreter", "zwei"): interpreter("zwei"),
    ("viewer", "viewer"): of_destination("viewer:viewer", SIGHT) | {"server.sheds"},
    ("stage", "stage"): message("all", "stage", "speaker"),
}
"""The further fields of each role."""


def desk_with_contacts() -> Desk:
    """A show whose event has a value in every field."""
    desk = Desk(*AGENDA, languages=LANGUAGES, booths=BOOTHS)
    event = desk.show.event
    venues = {v.id: replace(v, contact=PHONE, listen="ja") for v in event.venues.values()}
    guests = {g.id: replace(g, contact=PHONE) for g in event.guests.values()}
    welcome = {"welcome": {"de": "Willkommen", "en": "Welcome"}}
    desk.show = replace(
        desk.show, event=replace(event, venues=venues, guests=guests, presets=welcome, contact="+49 2151 9")
    )
    return desk


def busy() -> View:
    """A state with a value in every field."""
    desk = desk_with_contacts()
    desk.do("10:00", "start")
    for to in TO:
        desk.do("10:01", "message", to=to, text=f"{CANARY} to {to}", level="warn")
    desk.do("10:02", "next")
    desk.do("10:03", "take", source="krefeld")
    desk.do("10:03", "arm", item="d")
    desk.interpret("10:03:30", "kabine/anna")
    desk.interpret("10:03:31", "zwei/eve")
    desk.do("10:03:32", "floor", language="ja")
    desk.interpret("10:03:58", "kabine/ben", to="de")
    desk.show = with_texts(desk.show)
    desk.do("10:03:59", "handover", booth="kabine", seat="anna", ask=True)
    asked = Asked(
        command="delay",
        at=clock("10:03"),
        item="d",
        source="tokio",
        seconds=60,
        open=True,
        to="stage",
        name=CANARY,
        desk=1,
    )
    desk.show = replace(desk.show, undo=(UndoStep(asked, desk.show),), actions=(asked,))
    whole = seen(
        desk.show,
        clock("10:04"),
        CONNECTED,
        dict.fromkeys(SOURCES, LINK),
        dict.fromkeys((*SOURCES, *desk.show.seats), MUTED),
        dict.fromkeys(LANGUAGES, ("tokio", "tokio", "viewer:viewer")),
        {
            "1": TalkDoc(speaker="desk", name="Moderator", to=["krefeld", "kabine"], heard_by=[]),
            "2": TalkDoc(speaker="tokio", name="Tokio", to=["desk"], heard_by=["desk"]),
        },
        echoes=dict.fromkeys(SOURCES, "uchida"),
    )
    desk_doc = {"number": 1, "name": CANARY, "since": "2026-03-14T10:03:00+01:00", "read_only": False}
    other = {"source": "tokio", "address": "203.0.113.7", "since": "2026-03-14T10:03:00+01:00"}
    return replace(
        whole,
        rest=whole.rest
        | {"desks": {"5f0c2a91": desk_doc | {"editing": "d"}}}
        | {"waiting": {"tokio": other | {"count": 1}}, "takeovers": {"berlin": other}}
        | {
            "server": {
                "warnings": [{"code": "overload", "since": other["since"], "figures": {"level": 1.0}}],
                "sheds": 1,
            }
        },
    )


def with_texts(show: Show) -> Show:
    """The show with messages, cues and flags of and to everybody. Each message is read by all, but by one booth."""
    at, readers = clock("10:03:58"), (*PLACES, "kabine", "desk")
    return replace(
        show,
        messages={
            to: Said(id=to, to=to, text=f"{CANARY} to {to}", preset="slower", level="warn", at=at)
            for to in TO
        },
        seen=dict.fromkeys(TO, dict.fromkeys(readers, at)),
        cues={to: Cued(id=to, to=to, what="slower", by="desk", at=at) for to in TO},
        flags={of: Flagged(of=of, text="!", what="no-sound", at=at) for of in (*readers, "zwei")},
        approved=dict.fromkeys(PLACES, at),
    )


def document(of: View) -> dict[str, Any]:
    return {"rev": 1, "now": iso(clock("10:04"), BERLIN), **of.document()}


EMPTY: tuple[tuple[str, object], ...] = (
    ("cannot_decode", []),
    ("checks", []),
    ("unread", []),
    ("actions", []),
    ("listeners", 0),
    ("places", []),
    ("warnings", []),
    ("sheds", 0),
)


def told(value: object, path: str = "") -> Iterator[str]:
    """The paths of what is told by a document; what is null or an empty text tells nothing, nor does an empty list of
    codecs or of readers, nor no listeners, no warnings and nothing shed."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from told(inner, f"{path}.{key}".lstrip("."))
    elif isinstance(value, list) and any(isinstance(inner, dict) for inner in value):
        for inner in value:
            yield from told(inner, path)
    elif value not in (None, "") and (path.rpartition(".")[2], value) not in EMPTY:
        yield path


# A stage display receives no picture and has no stats.
SOMETIMES = of_destination("stage:stage", FIGURES)


def test_there_is_a_role_for_each_line_of_the_table() -> None:
    assert {role for role, _ in EVERYONE} == set(get_args(Role))
    assert set(BESIDES) == set(EVERYONE)


@pytest.mark.parametrize(("role", "id"), EVERYONE)
def test_each_role_sees_exactly_these_fields(role: Role, id: str) -> None:
    found = set(told(document(visible(busy(), role, id))))
    assert found - SOMETIMES == (FOR_ALL | BESIDES[role, id]) - SOMETIMES
    assert found <= FOR_ALL | BESIDES[role, id]


def test_readers_see_of_the_others_nothing() -> None:
    for role, id in EVERYONE:
        if role != "moderator":
            messages = document(visible(busy(), role, id))["messages"].values()
            assert {reader for message in messages for reader in message["seen"]} <= {id}


@pytest.mark.parametrize(("role", "id"), EVERYONE)
def test_one_type_fits_all(role: Role, id: str) -> None:
    State.model_validate(document(visible(busy(), role, id)))


def secrets_in(text: str, role: Role, id: str) -> list[str]:
    """The secrets in a text that this link must not see."""
    if role == "moderator":
        return []
    # Whether a place is on air is another test's matter.
    own = {to for to in TO if is_to(to, role, id, (id,))}
    notes = [] if role == "interpreter" else [f"{CANARY} note"]
    secrets = [PHONE, *notes, *(f"{CANARY} to {to}" for to in TO if to not in own)]
    return [secret for secret in secrets if secret in text]


def a_day() -> Iterator[View]:
    """Changes of notes, messages, booths and stats, and of every part of the file."""
    desk = desk_with_contacts()
    measured = dict.fromkeys(SOURCES, LINK)
    yield seen(desk.show, clock("09:30"))
    yield seen(desk.show, clock("09:30"), CONNECTED, measured)
    yield seen(desk.show, clock("09:30"), CONNECTED, measured | {"tokio": replace(LINK, loss=0.3, layer="l")})
    desk.do("10:00", "start")
    for seat in ("kabine/anna", "kabine/ben", "zwei/eve"):
        desk.interpret("10:00", seat)
        yield seen(desk.show, clock("10:00"), CONNECTED, measured, listeners={"ja": ["tokio"]})
    for n, to in enumerate(TO):
        at = f"10:05:{n:02}"
        desk.do(at, "message", to=to, text=f"{CANARY} to {to}")
        desk.do(at, "cue", to=to, what="slower")
        yield seen(desk.show, clock(at), CONNECTED, measured)
    for command, fields in (
        *(("take", {"source": "berlin"}), ("arm", {"item": "d"}), ("extend", {"seconds": 120}), ("undo", {})),
        *(("message", {"to": "tokio", "text": ""}), ("hold", {})),
    ):
        desk.do("10:06", command, **fields)
        yield seen(desk.show, clock("10:06"), CONNECTED, measured)
    other_notes = tuple(item.replace(NOTES, f"notes: another {CANARY} note") for item in AGENDA)
    longer = (*other_notes, f"e duration: 5m, {NOTES}")
    without_uchida = HEAD.split("guests:")[0]
    for agenda, head in ((other_notes, HEAD), (longer, HEAD), (longer[:3], without_uchida), (AGENDA, HEAD)):
        desk.do("10:07", "reload", yaml=text(*agenda, host="krefeld", head=head))
        yield seen(desk.show, clock("10:07"), CONNECTED, measured)


def follow(day: Iterator[View]) -> None:
    """Every patch of every part leads to the next one, and nothing that is sent has a secret."""
    before = next(day)
    for whole in day:
        cache = PatchCache()
        for role, id in EVERYONE:
            old, new = visible(before, role, id), visible(whole, role, id)
            made = changes(old, new, cache)
            assert patched(copy.deepcopy(old.document()), made) == new.document()
            sent = json.dumps([[change.model_dump() for change in made], new.document()])
            assert secrets_in(sent, role, id) == []
        before = whole


def test_no_patch_tells_what_its_audience_is_not_to_see() -> None:
    follow(a_day())


def test_the_secrets_of_that_day_are_there_to_be_found() -> None:
    sent = " ".join(json.dumps(whole.document()) for whole in a_day())
    assert all(f"{CANARY} to {to}" in sent for to in TO)
    assert f"another {CANARY} note" in sent


def with_notes(event: Event) -> Event:
    return replace(event, agenda=tuple(replace(item, notes=f"{CANARY} note") for item in event.agenda))


def looked_at(day: Day, figures: MediaStats) -> View:
    """The text of each message of the day becomes a canary with its recipient."""
    said = {to: replace(m, text=f"{CANARY} to {to}") for to, m in day.show.messages.items()}
    show = replace(day.show, messages=MappingProxyType(said))
    connected = {
        id: who
        for id, who in CONNECTED.items()
        if ":" in id or id in (*show.event.venues, *show.event.guests)
    }
    return view(show, rows_at(show, day.now), day.now, connected, dict.fromkeys(show.sources, figures))


@given(st.data())
def test_on_no_day_is_anybody_sent_what_is_not_for_them(data: st.DataObject) -> None:
    event = with_notes(data.draw(events()))
    lines = st.sampled_from((LINK, MediaStats(), replace(LINK, layer="l", loss=0.1)))
    follow(looked_at(day, data.draw(lines)) for day in data.draw(moments(event, most=10)))
