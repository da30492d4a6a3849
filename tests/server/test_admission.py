"""A copy of a hall's link, the hall's own second window, and the desk: who is told what, and who feeds."""

from __future__ import annotations

import asyncio

import pytest

from signaling.client import Client, RequestRefused
from signaling.show.facts import Admitted, from_json
from tests.server.house import Hall, House
from tests.server.test_socket import until
from tests.server.test_withdrawn import left


async def test_a_copy_of_the_link_waits_while_the_hall_and_the_desk_are_told(house: House) -> None:
    async with house.desk() as desk, house.hall("hall") as hall, house.hall("copy") as copy:
        await hall.on_air()
        await copy.waits()
        assert await hall.told() == ("contested", "machine")
        state = await until(desk, lambda s: s["waiting"])
        waiting = state["waiting"]["tokio"]
        assert (waiting["source"], waiting["address"], waiting["count"]) == ("tokio", "127.0.0.1", 1)
        assert waiting["since"].endswith("+01:00"), "in the event's zone"
    async with house.desk() as desk:
        await until(desk, lambda s: not s["waiting"])


async def test_the_desk_lets_the_copy_in_and_it_takes_over_once_it_is_live(house: House) -> None:
    async with house.desk() as desk, house.hall("hall") as hall, house.hall("spare") as spare:
        await hall.on_air()
        await spare.waits()
        await desk.command("admit", place="tokio")
        assert await spare.told() == ("admitted", None)
        assert [await hall.told(), await hall.told()] == [("contested", "machine"), ("admitted", None)]
        await spare.offers()
        assert house.media.states.keys() >= {hall.peer, spare.peer}, "the hall sends until the other is live"
        house.media.say(spare.peer, "live")
        assert await hall.told() == ("replaced", "machine")
        state = await until(desk, lambda s: s["takeovers"])
        assert state["waiting"] == {}
        assert state["takeovers"]["tokio"]["address"] == "127.0.0.1"
        async with asyncio.timeout(20):
            assert await house.media.left.get() == hall.peer
        assert house.media.states[spare.peer] == "live"


async def test_the_newest_window_of_a_browser_feeds_and_the_older_one_is_told(house: House) -> None:
    async with house.desk() as desk, house.hall("hall") as older, house.hall("hall") as newer:
        await older.on_air()
        await newer.on_air()
        assert await older.told() == ("replaced", "window")
        with pytest.raises(RequestRefused) as refusal:
            await older.offers()  # an ICE restart that was on its way
        assert refusal.value.code == "waiting"
        await until(desk, lambda s: s["waiting"] == {} and s["takeovers"] == {})
        await older.client._send({"type": "leave"})
        await older.on_air()  # Take over here
        assert await newer.told() == ("replaced", "window")


async def test_a_copy_that_offered_before_the_hall_came_waits_in_mid_show(house: House) -> None:
    """It was granted at once, replaced the hall, and the hall had to wait for the desk."""
    async with house.hall("copy") as copy:
        await copy.offers()
        await copy.client._send({"type": "leave"})
        assert await left(house) == copy.peer
    async with house.hall("hall") as hall, house.hall("copy") as copy:
        await hall.on_air()
        await copy.waits()
        assert await hall.told() == ("contested", "machine")
    async with house.hall("hall") as again:
        await again.on_air()


async def test_a_copy_that_never_connects_keeps_no_hall_out_and_is_ended(house: House) -> None:
    """The hall was told for 30 s that its place is fed from another browser."""
    async with house.desk() as desk, house.hall("copy") as copy, house.hall("hall") as hall:
        await copy.offers()
        await hall.on_air()
        assert await copy.told() == ("waiting", "machine")
        assert await left(house) == copy.peer
        assert await hall.told() == ("contested", "machine")
        await until(desk, lambda s: s["waiting"] and not s["takeovers"])
        assert house.media.states == {hall.peer: "live"}


async def test_a_page_that_waits_and_asks_again_is_told_so_once(house: House) -> None:
    async with house.desk() as desk, house.hall("hall") as hall, house.hall("spare") as spare:
        await hall.on_air()
        await spare.waits()
        with pytest.raises(RequestRefused):
            await spare.offers()
        await desk.command("admit", place="tokio")
        assert await spare.told() == ("admitted", None)


async def test_a_guest_has_the_same_rights(house: House) -> None:
    async with house.guest("copy") as copy, house.guest("her own") as guest:
        await copy.offers()
        await guest.on_air()
        assert await copy.told() == ("waiting", "machine")
        assert await left(house) == copy.peer


async def test_a_page_that_sends_no_browser_is_one_of_its_own(house: House) -> None:
    async with house.hall(None) as first, house.hall(None) as second:
        await first.on_air()
        await second.waits()


async def test_the_one_that_waits_is_let_in_when_the_first_falls_silent(house: House) -> None:
    async with house.desk() as desk, house.hall("hall") as hall, house.hall("spare") as spare:
        await hall.on_air()
        await spare.waits()
        house.media.say(hall.peer, "absent")
        assert await spare.told() == ("admitted", None)
        await spare.on_air()
        await until(desk, lambda s: "tokio" in s["takeovers"])
        house.media.say(hall.peer, "live")
        assert await spare.told() == ("replaced", "machine"), "it only stood in"


async def test_a_hall_that_reloads_has_its_place_though_another_waits(house: House) -> None:
    async with house.hall("copy") as copy:
        async with house.hall("hall") as hall:
            await hall.on_air()
            await copy.waits()
            house.media.goes(hall.peer)
        async with house.hall("hall") as again:
            await again.on_air()
            assert await again.told() == ("contested", "machine")


async def test_more_pages_of_a_link_than_it_may_have_never_end_the_one_that_feeds(house: House) -> None:
    async with house.hall("hall") as hall:
        await hall.on_air()
        for _ in range(10):
            async with house.hall("copy") as copy:
                await copy.looks_on()
        assert house.media.states[hall.peer] == "live"


async def test_a_page_that_comes_back_is_told_again_that_another_waits(house: House) -> None:
    async with house.hall("copy") as copy, house.hall("hall") as hall:
        await hall.on_air()
        await copy.waits()
        assert await hall.told() == ("contested", "machine")
        link = house.link("venue", "tokio")
        async with await Client.open(link, browser="hall", peer=hall.peer) as client:
            assert await Hall(client, house.media).told() == ("contested", "machine")


async def test_admit_is_refused_with_a_sentence_that_names_who_waits(house: House) -> None:
    async with house.desk() as desk, house.hall("hall") as hall, house.hall("copy") as copy:
        with pytest.raises(RequestRefused, match=r"^Nobody waits to feed Berlin\.$"):
            await desk.command("admit", place="berlin")
        await hall.on_air()
        await copy.waits()
        with pytest.raises(
            RequestRefused, match="Nobody waits to feed Berlin; somebody waits at Tokio"
        ) as refusal:
            await desk.command("admit", place="berlin")
        assert refusal.value.code == "invalid"
        with pytest.raises(RequestRefused, match="nknown place") as refusal:
            await desk.command("admit", place="berln")
        with pytest.raises(RequestRefused) as refusal:
            await hall.client.command("admit", place="tokio")
        assert refusal.value.code == "forbidden"


async def test_admit_is_applied_once_logged_and_not_undone(house: House) -> None:
    async with house.desk() as desk, house.hall("hall") as hall, house.hall("spare") as spare:
        await desk.command("message", to="tokio", text="Hello")
        await hall.on_air()
        await spare.waits()
        rev = await desk.command("admit", place="tokio", id="once")
        assert await desk.command("admit", place="tokio", id="once") == rev
        state = await until(desk, lambda s: s["rev"] >= rev)
        assert state["show"]["undo"] == "message"
    facts = [(r.by, from_json(f)) for r in house.show_log.read_from(1) for f in r.facts]
    ((by, fact),) = [(by, fact) for by, fact in facts if isinstance(fact, Admitted)]
    assert by == "moderator:moderator"
    assert (fact.place, fact.source, fact.address) == ("tokio", "tokio", "127.0.0.1")
