"""Pages are told of every change, in order, or told to begin anew."""

from __future__ import annotations

import json
from typing import Any

from config.times import Instant
from config.yamlfile import parse
from signaling.publisher import BACKLOG, Publisher
from signaling.show.messages import Start, State
from signaling.show.state import Show, apply, begin, evolve
from signaling.show.view import state_doc
from tests.events import SHORT

NOW = Instant(1_773_478_800_000)


def show_state(show: Show) -> State:
    return state_doc(show, NOW, 0, {}, {})


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
