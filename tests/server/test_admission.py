"""Contributors of one place: a copied link, a second window of the same browser, and the desk's decision."""

from __future__ import annotations

import asyncio

import pytest

from signaling.client import Client, RequestRefused
from signaling.show.facts import Admitted, from_json
from tests.server.localserver import ContributorPage, LocalServer
from tests.server.test_revoked import left
from tests.server.test_socket import until


async def test_a_copy_of_the_link_waits_and_the_hall_and_the_desk_are_notified(local: LocalServer) -> None:
    async with local.desk() as desk, local.hall("hall") as hall, local.hall("copy") as copy:
        await hall.send_live()
        await copy.expect_waiting()
        assert await hall.next_notice() == ("contested", "machine")
        state = await until(desk, lambda s: s["waiting"])
        waiting = state["waiting"]["tokio"]
        assert (waiting["source"], waiting["address"], waiting["count"]) == ("tokio", "127.0.0.1", 1)
        assert waiting["since"].endswith("+01:00"), "in the event's zone"
    async with local.desk() as desk:
        await until(desk, lambda s: not s["waiting"])


async def test_an_admitted_copy_takes_over_once_it_is_live(local: LocalServer) -> None:
    async with local.desk() as desk, local.hall("hall") as hall, local.hall("spare") as spare:
        await hall.send_live()
        await spare.expect_waiting()
        await desk.command("admit", place="tokio")
        assert await spare.next_notice() == ("admitted", None)
        assert [await hall.next_notice(), await hall.next_notice()] == [
            ("contested", "machine"),
            ("admitted", None),
        ]
        await spare.offer()
        assert local.media.states.keys() >= {hall.peer, spare.peer}, "the hall sends until the other is live"
        local.media.set_state(spare.peer, "live")
        assert await hall.next_notice() == ("replaced", "machine")
        state = await until(desk, lambda s: s["takeovers"])
        assert state["waiting"] == {}
        assert state["takeovers"]["tokio"]["address"] == "127.0.0.1"
        async with asyncio.timeout(60):
            assert await local.media.left.get() == hall.peer
        assert local.media.states[spare.peer] == "live"


async def test_the_newest_window_of_a_browser_sends_and_the_older_one_is_notified(local: LocalServer) -> None:
    async with local.desk() as desk, local.hall("hall") as older, local.hall("hall") as newer:
        await older.send_live()
        await newer.send_live()
        assert await older.next_notice() == ("replaced", "window")
        with pytest.raises(RequestRefused) as refusal:
            await older.offer()  # an ICE restart that was on its way
        assert refusal.value.code == "waiting"
        await until(desk, lambda s: s["waiting"] == {} and s["takeovers"] == {})
        await older.client._send({"type": "leave"})
        await older.send_live()  # Take over here
        assert await newer.next_notice() == ("replaced", "window")


async def test_a_copy_that_offered_before_the_hall_gains_no_right(local: LocalServer) -> None:
    """It used to replace the hall, which then had to wait for the desk."""
    async with local.hall("copy") as copy:
        await copy.offer()
        await copy.client._send({"type": "leave"})
        assert await left(local) == copy.peer
    async with local.hall("hall") as hall, local.hall("copy") as copy:
        await hall.send_live()
        await copy.expect_waiting()
        assert await hall.next_notice() == ("contested", "machine")
    async with local.hall("hall") as again:
        await again.send_live()


async def test_a_copy_that_never_connects_is_closed_and_does_not_block_the_hall(local: LocalServer) -> None:
    """The hall used to be refused for 30 s."""
    async with local.desk() as desk, local.hall("copy") as copy, local.hall("hall") as hall:
        await copy.offer()
        await hall.send_live()
        assert await copy.next_notice() == ("waiting", "machine")
        assert await left(local) == copy.peer
        assert await hall.next_notice() == ("contested", "machine")
        await until(desk, lambda s: s["waiting"] and not s["takeovers"])
        assert local.media.states == {hall.peer: "live"}


async def test_a_waiting_page_that_offers_again_is_notified_once(local: LocalServer) -> None:
    async with local.desk() as desk, local.hall("hall") as hall, local.hall("spare") as spare:
        await hall.send_live()
        await spare.expect_waiting()
        with pytest.raises(RequestRefused):
            await spare.offer()
        await desk.command("admit", place="tokio")
        assert await spare.next_notice() == ("admitted", None)


async def test_the_rules_are_the_same_for_guests(local: LocalServer) -> None:
    async with local.guest("copy") as copy, local.guest("her own") as guest:
        await copy.offer()
        await guest.send_live()
        assert await copy.next_notice() == ("waiting", "machine")
        assert await left(local) == copy.peer


async def test_a_page_without_a_browser_id_counts_as_a_browser_of_its_own(local: LocalServer) -> None:
    async with local.hall(None) as first, local.hall(None) as second:
        await first.send_live()
        await second.expect_waiting()


async def test_the_waiting_page_is_admitted_when_the_first_stops_sending(local: LocalServer) -> None:
    async with local.desk() as desk, local.hall("hall") as hall, local.hall("spare") as spare:
        await hall.send_live()
        await spare.expect_waiting()
        local.media.set_state(hall.peer, "absent")
        assert await spare.next_notice() == ("admitted", None)
        await spare.send_live()
        await until(desk, lambda s: "tokio" in s["takeovers"])
        local.media.set_state(hall.peer, "live")
        assert await spare.next_notice() == ("replaced", "machine"), "it only stood in"


async def test_a_hall_that_reloads_keeps_its_place_although_another_waits(local: LocalServer) -> None:
    async with local.hall("copy") as copy:
        async with local.hall("hall") as hall:
            await hall.send_live()
            await copy.expect_waiting()
            local.media.disconnect(hall.peer)
        async with local.hall("hall") as again:
            await again.send_live()
            assert await again.next_notice() == ("contested", "machine")


async def test_too_many_pages_of_a_link_never_close_the_contributor(local: LocalServer) -> None:
    async with local.hall("hall") as hall:
        await hall.send_live()
        for _ in range(10):
            async with local.hall("copy") as copy:
                await copy.offer_to_watch()
        assert local.media.states[hall.peer] == "live"


async def test_a_page_that_reconnects_is_notified_again_that_another_waits(local: LocalServer) -> None:
    async with local.hall("copy") as copy, local.hall("hall") as hall:
        await hall.send_live()
        await copy.expect_waiting()
        assert await hall.next_notice() == ("contested", "machine")
        link = local.link("venue", "tokio")
        async with await Client.open(link, browser="hall", peer=hall.peer) as client:
            assert await ContributorPage(client, local.media).next_notice() == ("contested", "machine")


async def test_a_refused_admit_names_the_places_where_pages_wait(local: LocalServer) -> None:
    async with local.desk() as desk, local.hall("hall") as hall, local.hall("copy") as copy:
        with pytest.raises(RequestRefused, match=r"^Nobody waits to feed Berlin\.$"):
            await desk.command("admit", place="berlin")
        await hall.send_live()
        await copy.expect_waiting()
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


async def test_admit_is_applied_once_logged_and_not_undone(local: LocalServer) -> None:
    async with local.desk() as desk, local.hall("hall") as hall, local.hall("spare") as spare:
        await desk.command("message", to="tokio", text="Hello")
        await hall.send_live()
        await spare.expect_waiting()
        rev = await desk.command("admit", place="tokio", id="once")
        assert await desk.command("admit", place="tokio", id="once") == rev
        state = await until(desk, lambda s: s["rev"] >= rev)
        assert state["show"]["undo"]["command"] == "message"
    facts = [(r.by, from_json(f)) for r in local.show_log.read_from(1) for f in r.facts]
    ((by, fact),) = [(by, fact) for by, fact in facts if isinstance(fact, Admitted)]
    assert by == "moderator:moderator"
    assert (fact.place, fact.source, fact.address) == ("tokio", "tokio", "127.0.0.1")
