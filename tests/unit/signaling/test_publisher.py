"""Pages are sent every change in order, or a snapshot."""

from __future__ import annotations

import asyncio
import copy
import json
from typing import Any

import pytest
from websockets.frames import Frame, Opcode
from websockets.streams import StreamReader

from bridge.engine import MediaStats
from config.times import Instant
from config.yamlfile import parse
from signaling.patches import patched
from signaling.publisher import (
    DESK,
    LEVELS_PER_MARK,
    MAX_KEPT_PATCHES,
    MAX_QUEUED_MESSAGES,
    Publisher,
    SharedMessage,
    Subscription,
)
from signaling.show.core import Show, apply, begin, evolve
from signaling.show.facts import SourceChanged
from signaling.show.terms import Role
from signaling.show.view import View
from signaling.show.wire.commands import Start, Take
from signaling.show.wire.socket import Change
from tests.events import SHORT
from tests.unit.signaling.show.build import seen

NOW = Instant(1_773_478_800_000)


def show_state(show: Show) -> View:
    return seen(show, NOW)


def before() -> Show:
    return begin(parse(SHORT, "event.yaml"))


def running() -> Show:
    show = before()
    for fact in apply(show, Start(id="1", type="start"), NOW):
        show = evolve(show, fact)
    return show


def listen(publisher: Publisher, role: Role = "viewer", id: str = "viewer", **options: Any) -> Subscription:
    """A page that connects for the first time."""
    return publisher.subscribe("now", None, None, role=role, id=id, **options)


def came_back(
    publisher: Publisher, boot: str, rev: int, role: Role = "viewer", id: str = "viewer"
) -> Subscription:
    """A page that reconnects with a revision of a boot."""
    return publisher.subscribe("now", boot, rev, role=role, id=id)


async def heard(page: Subscription) -> dict[str, Any]:
    """The next message of a page."""
    message: dict[str, Any] = json.loads(await page.get())
    return message


async def test_a_new_page_gets_the_whole_state() -> None:
    publisher = Publisher(0)
    publisher.publish(show_state(before()))
    message = await heard(listen(publisher))
    assert (message["type"], message["state"]["rev"], message["state"]["now"]) == ("snapshot", 1, "now")


async def test_unchanged_parts_are_not_sent() -> None:
    publisher = Publisher(0)
    assert publisher.publish(show_state(before())) == 1
    subscription = listen(publisher)
    await subscription.get()
    assert publisher.publish(show_state(before())) == 1
    assert not subscription.pending
    assert publisher.publish(show_state(before()), always=True) == 2
    assert subscription.pending


async def test_a_page_that_reconnects_gets_only_the_patches_it_missed() -> None:
    publisher = Publisher(0)
    rev = publisher.publish(show_state(before()))
    publisher.unsubscribe(listen(publisher))
    publisher.publish(show_state(running()))
    message = await heard(came_back(publisher, publisher.boot("viewer", "viewer"), rev))
    assert (message["type"], message["base"], message["rev"]) == ("patch", 1, 2)


async def test_a_page_from_another_boot_or_with_a_future_revision_gets_a_snapshot() -> None:
    publisher = Publisher(0)
    rev = publisher.publish(show_state(before()))
    boot = publisher.boot("viewer", "viewer")
    for of, seen_before in (("another", rev), (boot, rev + 5), (boot, rev - 5)):
        assert (await heard(came_back(publisher, of, seen_before)))["type"] == "snapshot"


@pytest.mark.parametrize("limit", ["MAX_KEPT_PATCHES", "MAX_KEPT_CHARACTERS"])
async def test_only_the_latest_patches_are_kept(limit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A long day has thousands of them for each link, of any length: the server grew by 2 MiB a minute."""
    publisher = Publisher(0)
    publisher.publish(show_state(before()))
    publisher.unsubscribe(listen(publisher))
    boot = publisher.boot("viewer", "viewer")
    first = publisher.publish(show_state(running()))
    publisher.publish(show_state(before()))
    last = await heard(came_back(publisher, boot, first))
    monkeypatch.setattr(
        "signaling.publisher." + limit, {"MAX_KEPT_PATCHES": 2}.get(limit, len(str(last)) * 2)
    )
    for n in range(3):
        publisher.publish(show_state(before() if n % 2 else running()))
    assert (await heard(came_back(publisher, boot, first)))["type"] == "snapshot"
    assert (await heard(came_back(publisher, boot, publisher.rev - 1)))["type"] == "patch"


async def test_a_page_that_does_not_keep_up_is_marked_and_costs_no_more_memory() -> None:
    publisher = Publisher(0)
    publisher.publish(show_state(before()))
    subscription = listen(publisher)
    for _ in range(MAX_QUEUED_MESSAGES + 5):
        publisher.publish(show_state(before()), always=True)
    assert subscription.is_lagging
    publisher.unsubscribe(subscription)


LINK = {"berlin": MediaStats(rtt_ms=230.0, loss=0.02, kbps=1800.0)}
"""Of the uplink from Berlin."""


def measured(show: Show) -> View:
    return seen(show, NOW, links=LINK)


def follow(state: dict[str, Any], patch: dict[str, Any]) -> dict[str, Any]:
    """A page's state after a patch, whose base must match."""
    assert patch["type"] == "patch"
    assert patch["base"] == state["rev"]
    made = [Change.model_validate(change) for change in patch["changes"]]
    after: dict[str, Any] = patched(copy.deepcopy(state), made)
    return after | {"rev": patch["rev"]}


async def test_a_stream_without_changes_is_sent_nothing_and_keeps_its_revision() -> None:
    publisher = Publisher(0)
    publisher.publish(show_state(before()))
    links: list[tuple[Role, str]] = [("venue", "berlin"), ("venue", "tokio"), ("viewer", "viewer"), DESK]
    pages = {id: listen(publisher, role, id) for role, id in links}
    for page in pages.values():
        assert (await heard(page))["state"]["rev"] == 1
    assert publisher.publish(measured(before())) == 2
    assert {id for id, page in pages.items() if page.pending} == {"moderator", "berlin"}
    for id in ("moderator", "berlin"):
        assert (await heard(pages[id]))["rev"] == 2
    assert publisher.state("now", "venue", "tokio")["rev"] == 1
    # Its next patch begins where it is; one who comes only now begins there, too.
    assert publisher.publish(measured(running())) == 3
    patch = await heard(pages["tokio"])
    assert (patch["base"], patch["rev"]) == (1, 3)
    patch = await heard(pages["berlin"])
    assert (patch["base"], patch["rev"]) == (2, 3)


async def test_a_command_brings_every_stream_to_its_revision() -> None:
    publisher = Publisher(0)
    publisher.publish(show_state(before()))
    links: list[tuple[Role, str]] = [("venue", "tokio"), ("stage", "stage"), DESK]
    pages = [listen(publisher, role, id) for role, id in links]
    for page in pages:
        await page.get()
    publisher.publish(measured(before()))
    await pages[-1].get()
    rev = publisher.publish(measured(before()), always=True)
    patches = [await heard(page) for page in pages]
    assert [(patch["base"], patch["rev"], patch["changes"]) for patch in patches] == [
        (1, rev, []),
        (1, rev, []),
        (2, rev, []),
    ]


async def test_a_page_that_connects_between_two_patches_can_apply_the_next_one() -> None:
    """A page of a stream with an older revision, the first page of a stream, and a page that reconnects."""
    publisher = Publisher(0)
    publisher.publish(show_state(before()))
    first = listen(publisher)
    away = (await heard(first))["state"]
    publisher.publish(measured(before()))
    second, stage = listen(publisher), listen(publisher, "stage", "stage")
    states = [(await heard(second))["state"], (await heard(stage))["state"]]
    assert [state["rev"] for state in states] == [1, 2]
    publisher.publish(measured(running()))
    publisher.publish(show_state(running()), always=True)
    back = came_back(publisher, publisher.boot("viewer", "viewer"), away["rev"])
    pages: list[tuple[Subscription, dict[str, Any], Role]] = [
        (second, states[0], "viewer"),
        (stage, states[1], "stage"),
        (back, away, "viewer"),
    ]
    for page, state, role in pages:
        for _ in range(2):
            state = follow(state, await heard(page))
        assert not page.pending
        assert state == publisher.state("now", role, role)


async def test_a_page_that_changed_its_link_gets_a_snapshot() -> None:
    publisher = Publisher(0)
    rev = publisher.publish(show_state(before()))
    for role, id in (DESK, ("viewer", "viewer"), ("venue", "tokio"), ("venue", "berlin")):
        publisher.unsubscribe(listen(publisher, role, id))
    publisher.publish(show_state(running()))
    as_moderator = publisher.boot(*DESK)
    assert (await heard(came_back(publisher, as_moderator, rev, *DESK)))["type"] == "patch"
    assert (await heard(came_back(publisher, as_moderator, rev)))["type"] == "snapshot"
    as_berlin = publisher.boot("venue", "berlin")
    assert (await heard(came_back(publisher, as_berlin, rev, "venue", "tokio")))["type"] == "snapshot"


async def test_the_stream_of_a_removed_place_is_dropped_once_its_pages_have_disconnected() -> None:
    publisher = Publisher(0)
    publisher.publish(show_state(before()))
    boot, page = publisher.boot("venue", "berlin"), listen(publisher, "venue", "berlin")
    rev = (await heard(page))["state"]["rev"]
    without = begin(parse(SHORT.replace("berlin: {", "osaka: {").replace("berlin}", "osaka}"), "event.yaml"))
    for show in (without, before()):  # The stream gets the change, then the place is in the event again.
        publisher.publish(show_state(show))
        rev = (await heard(page))["rev"]
    publisher.publish(show_state(without))
    publisher.unsubscribe(page)
    publisher.publish(show_state(without), always=True)
    publisher.publish(show_state(before()))
    assert (await heard(came_back(publisher, boot, rev, "venue", "berlin")))["type"] == "snapshot"


def levels_in(message: str) -> dict[str, float]:
    found: dict[str, float] = json.loads(message)["levels"]
    return found


async def moderator(publisher: Publisher) -> Subscription:
    """A page that shows levels and has its snapshot."""
    subscription = listen(publisher, *DESK, hears_levels=True)
    await subscription.get()
    return subscription


async def test_levels_go_to_pages_that_show_them_in_whole_decibels() -> None:
    publisher = Publisher(0)
    publisher.publish(show_state(before()))
    desk, page = await moderator(publisher), listen(publisher)
    await page.get()
    publisher.levels({"tokio": -23.4, "berlin": -71.0})
    assert levels_in(await desk.get()) == {"tokio": -23.0}
    assert not page.pending


def on_screen(*sources: str) -> Show:
    """These are on air beside each other; their microphones are open."""
    show = running()
    for source in sources:
        show = evolve(show, SourceChanged(source=source, state="live", at=NOW))
    first, *others = sources
    command = Take.model_validate({"id": "2", "type": "take", "source": first, "with": others})
    for fact in apply(show, command, NOW):
        show = evolve(show, fact)
    return show


async def test_pages_without_meters_get_the_loudest_of_some_levels_of_the_programmes_microphones() -> None:
    publisher = Publisher(0)
    publisher.publish(show_state(on_screen("krefeld", "tokio")))
    page = listen(publisher, marks_speakers=True)
    await page.get()
    for n in range(LEVELS_PER_MARK):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0):
                await page.get()
        publisher.levels({"tokio": -20.0 - n, "berlin": -10.0})
    assert levels_in(await page.get()) == {"tokio": -20.0}, "Berlin is not on screen"


async def test_nobody_needs_to_be_told_who_speaks_in_a_single_picture() -> None:
    publisher = Publisher(0)
    publisher.publish(show_state(on_screen("tokio")))
    page = listen(publisher, marks_speakers=True)
    await page.get()
    for _ in range(2 * LEVELS_PER_MARK):
        publisher.levels({"tokio": -20.0})
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0):
            await page.get()


async def test_silence_is_sent_once() -> None:
    publisher = Publisher(0)
    publisher.publish(show_state(before()))
    desk = await moderator(publisher)
    publisher.levels({"tokio": -20.0})
    await desk.get()
    publisher.levels({"tokio": -65.0})
    assert levels_in(await desk.get()) == {}
    publisher.levels({"tokio": -66.0})
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0):
            await desk.get()
    publisher.levels({"tokio": -59.0})
    assert levels_in(await desk.get()) == {"tokio": -59.0}


async def test_a_slow_page_misses_levels_but_no_patches() -> None:
    publisher = Publisher(0)
    publisher.publish(show_state(before()))
    desk = await moderator(publisher)
    for n in range(3 * MAX_KEPT_PATCHES):
        publisher.levels({"tokio": -1.0 - n % 50})
    publisher.levels({"tokio": -10.0})
    publisher.publish(show_state(running()))
    assert not desk.is_lagging
    assert json.loads(await desk.get())["type"] == "patch"
    assert levels_in(await desk.get()) == {"tokio": -10.0}
    assert not desk.pending


async def test_the_desk_is_sent_the_loudness_of_what_is_heard_and_no_other_page_is() -> None:
    publisher = Publisher(0)
    publisher.publish(show_state(on_screen("krefeld", "tokio")))
    desk, page = await moderator(publisher), listen(publisher, marks_speakers=True)
    await page.get()
    for _ in range(LEVELS_PER_MARK):
        publisher.levels({"tokio": -23.0, "berlin": -71.0}, {"tokio": -19.6, "berlin": -68.0})
    assert json.loads(await desk.get())["loudness"] == {"tokio": -20.0}
    assert json.loads(await page.get())["loudness"] == {}


async def test_an_idle_page_is_sent_levels_at_once() -> None:
    publisher = Publisher(0)
    publisher.publish(show_state(before()))
    desk = await moderator(publisher)
    waiting = asyncio.create_task(desk.get())
    await asyncio.sleep(0)
    publisher.levels({"tokio": -20.0})
    assert levels_in(await waiting) == {"tokio": -20.0}


class Wire:
    """The frames that are written to a page at once."""

    def __init__(self) -> None:
        self.takes = True
        self.written: list[dict[str, Any]] = []

    def write(self, frame: bytes) -> bool:
        if self.takes:
            self.written.append(json.loads(_text(frame)))
        return self.takes


def _text(frame: bytes) -> str:
    """The text of one unmasked frame (RFC 6455, section 5.2) without trailing bytes."""
    reader = StreamReader()
    reader.feed_data(frame)
    parsing = Frame.parse(reader.read_exact, mask=False)
    with pytest.raises(StopIteration) as end:
        next(parsing)
    found: Frame = end.value.value
    assert (found.opcode, found.fin, len(reader.buffer)) == (Opcode.TEXT, True, 0)
    return bytes(found.data).decode()


@pytest.mark.parametrize("length", [0, 125, 126, 127, 65_535, 65_536, 200_000])
def test_a_message_is_a_frame_of_any_length(length: int) -> None:
    text = "ü" * (length // 2) + "x" * (length % 2)
    assert _text(SharedMessage(text).frame) == text


async def test_an_idle_page_is_written_to_at_once_and_in_order() -> None:
    publisher, wire = Publisher(0), Wire()
    publisher.publish(show_state(before()))
    subscription = listen(publisher, write_now=wire.write)
    publisher.publish(show_state(running()))
    assert wire.written == [], "its snapshot comes first"
    assert json.loads(await subscription.get())["type"] == "snapshot"
    publisher.publish(show_state(before()))
    assert wire.written == [], "the patch before has not been written either"
    assert [json.loads(await subscription.get())["rev"] for _ in range(2)] == [2, 3]
    waiting = asyncio.create_task(subscription.get())
    await asyncio.sleep(0)
    publisher.publish(show_state(running()))
    publisher.publish(show_state(before()))
    assert [patch["rev"] for patch in wire.written] == [4, 5]
    wire.takes = False
    publisher.publish(show_state(running()))
    wire.takes = True
    publisher.publish(show_state(before()))
    assert json.loads(await waiting)["rev"] == 6
    assert json.loads(await subscription.get())["rev"] == 7
    assert len(wire.written) == 2
