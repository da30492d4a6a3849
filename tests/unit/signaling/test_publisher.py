"""Pages are told of every change, in order, or told to begin anew."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from websockets.frames import Frame, Opcode
from websockets.streams import StreamReader

from config.times import Instant
from config.yamlfile import parse
from signaling.publisher import BACKLOG, Listener, Message, Publisher
from signaling.show.messages import Start
from signaling.show.state import Show, apply, begin, evolve
from signaling.show.view import View
from tests.events import SHORT
from tests.unit.show.build import seen

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


async def said(publisher: Publisher, boot: str | None = None, rev: int | None = None) -> dict[str, Any]:
    """The first message that a page with this revision gets."""
    message: dict[str, Any] = json.loads(await publisher.listen("now", boot, rev).get())
    return message


async def test_a_new_page_gets_the_whole_state() -> None:
    publisher = Publisher(0)
    publisher.publish(show_state(before()))
    message = await said(publisher)
    assert (message["type"], message["state"]["rev"], message["state"]["now"]) == ("snapshot", 1, "now")


async def test_what_did_not_change_is_not_sent() -> None:
    publisher = Publisher(0)
    assert publisher.publish(show_state(before())) == 1
    listener = publisher.listen("now", None, None)
    await listener.get()
    assert publisher.publish(show_state(before())) == 1
    assert not listener.pending
    assert publisher.publish(show_state(before()), always=True) == 2
    assert listener.pending


async def test_a_page_that_comes_back_gets_only_what_it_missed() -> None:
    publisher = Publisher(0)
    rev = publisher.publish(show_state(before()))
    publisher.publish(show_state(running()))
    message = await said(publisher, publisher.boot, rev)
    assert (message["type"], message["base"], message["rev"]) == ("patch", 1, 2)


async def test_a_page_from_another_boot_or_the_future_begins_anew() -> None:
    publisher = Publisher(0)
    rev = publisher.publish(show_state(before()))
    assert (await said(publisher, "another", rev))["type"] == "snapshot"
    assert (await said(publisher, publisher.boot, rev + 5))["type"] == "snapshot"
    assert (await said(publisher, publisher.boot, rev - 5))["type"] == "snapshot"


async def test_a_page_that_does_not_keep_up_is_marked_and_costs_no_more_memory() -> None:
    publisher = Publisher(0)
    publisher.publish(show_state(before()))
    listener = publisher.listen("now", None, None)
    for _ in range(BACKLOG + 5):
        publisher.publish(show_state(before()), always=True)
    assert listener.lagging.is_set()
    publisher.forget(listener)


def levels_in(message: str) -> dict[str, float]:
    found: dict[str, float] = json.loads(message)["levels"]
    return found


async def moderator(publisher: Publisher) -> Listener:
    """A page that wants levels and has its snapshot."""
    listener = publisher.listen("now", None, None, hears_levels=True)
    await listener.get()
    return listener


async def test_levels_go_to_those_who_want_them_in_whole_decibels() -> None:
    publisher = Publisher(0)
    publisher.publish(show_state(before()))
    desk, page = await moderator(publisher), publisher.listen("now", None, None)
    await page.get()
    publisher.levels({"tokio": -23.4, "berlin": -71.0})
    assert levels_in(await desk.get()) == {"tokio": -23.0}
    assert not page.pending


async def test_silence_is_told_once() -> None:
    publisher = Publisher(0)
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
    for n in range(3 * BACKLOG):
        publisher.levels({"tokio": -1.0 - n % 50})
    publisher.levels({"tokio": -10.0})
    publisher.publish(show_state(running()))
    assert not desk.lagging.is_set()
    assert json.loads(await desk.get())["type"] == "patch"
    assert levels_in(await desk.get()) == {"tokio": -10.0}
    assert not desk.pending


async def test_a_page_that_waits_is_told_of_levels_at_once() -> None:
    publisher = Publisher(0)
    desk = await moderator(publisher)
    waiting = asyncio.create_task(desk.get())
    await asyncio.sleep(0)
    publisher.levels({"tokio": -20.0})
    assert levels_in(await waiting) == {"tokio": -20.0}


class Wire:
    """What is written to a page past the task that waits for messages."""

    def __init__(self) -> None:
        self.takes = True
        self.written: list[dict[str, Any]] = []

    def write(self, frame: bytes) -> bool:
        if self.takes:
            self.written.append(json.loads(_text(frame)))
        return self.takes


def _text(frame: bytes) -> str:
    """As a client reads it (RFC 6455, section 5.2): one unmasked text frame and nothing after it."""
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
    assert _text(Message(text).frame) == text


async def test_a_page_that_waits_is_written_to_at_once_and_in_order() -> None:
    publisher, wire = Publisher(0), Wire()
    publisher.publish(show_state(before()))
    listener = publisher.listen("now", None, None, straight=wire.write)
    publisher.publish(show_state(running()))
    assert wire.written == [], "its snapshot comes first"
    assert json.loads(await listener.get())["type"] == "snapshot"
    publisher.publish(show_state(before()))
    assert wire.written == [], "the patch before has not been written either"
    assert [json.loads(await listener.get())["rev"] for _ in range(2)] == [2, 3]
    waiting = asyncio.create_task(listener.get())
    await asyncio.sleep(0)
    publisher.publish(show_state(running()))
    publisher.publish(show_state(before()))
    assert [patch["rev"] for patch in wire.written] == [4, 5]
    wire.takes = False
    publisher.publish(show_state(running()))
    wire.takes = True
    publisher.publish(show_state(before()))
    assert json.loads(await waiting)["rev"] == 6
    assert json.loads(await listener.get())["rev"] == 7
    assert len(wire.written) == 2
