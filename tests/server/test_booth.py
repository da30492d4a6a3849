"""An interpreters' booth: its links, its seats, who hears it, and talkback."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from signaling.access.linkchecker import LinkChecker
from signaling.client import Client, ClientError, RequestRefused
from tests.events import BOOTH
from tests.server.localserver import ContributorPage, LocalServer, local_server
from tests.server.test_socket import until


@pytest.fixture
async def booth(tmp_path: Path) -> AsyncIterator[LocalServer]:
    """A server whose event has a booth, with Krefeld on air in German."""
    async with (
        local_server(tmp_path, text=BOOTH) as running,
        running.desk() as desk,
        running.hall("hall", "krefeld") as hall,
    ):
        hall.source = "krefeld"
        await hall.send_live()
        await desk.command("start")
        yield running


async def refused(asking: Any) -> tuple[str, str]:
    with pytest.raises(RequestRefused) as refusal:
        await asking
    return refusal.value.code, str(refusal.value)


async def interpret(page: ContributorPage, is_open: bool = True) -> None:
    booth, _, seat = page.source.partition("/")
    await page.client.command("interpret", booth=booth, seat=seat, open=is_open)


# Seats -----------------------------------------------------------------------------------------------------------


async def test_a_page_of_a_booth_is_proposed_its_seats(booth: LocalServer) -> None:
    async with booth.seat("1") as page:
        welcome = page.client.welcome
        assert (welcome["role"], welcome["id"], welcome["name"]) == ("interpreter", "kabine", "Kabine 1")
        assert (welcome["sources"], welcome["views"]) == (["kabine/1", "kabine/2"], [])
        assert list(page.client.state["destinations"]) == ["interpreter:kabine"]


async def test_two_interpreters_take_seats_by_any_name_and_one_is_heard(booth: LocalServer) -> None:
    async with booth.desk() as desk, booth.seat("山田　花子") as first, booth.seat("Ben") as second:
        await first.send_live()
        await second.send_live()
        assert booth.media.specs[first.peer].talk == f"talk:{first.peer}"
        await interpret(first)
        state = await until(desk, lambda s: s["languages"]["ja"]["booth"] == "kabine")
        assert state["languages"]["ja"]["seat"] == "山田　花子"
        await until(desk, lambda s: set(s["booths"]["kabine"]["seats"]) == {"山田　花子", "Ben"})
        heard = await booth.media.until_routed(second.peer, lambda feed: feed.partner is not None)
        assert (heard.partner, heard.interpretation) == (first.source, ()), "not its own channel"
        assert booth.media.routed[first.peer].partner is None


async def test_a_further_seat_than_the_booth_has_is_refused_until_one_is_free(booth: LocalServer) -> None:
    async with booth.seat("1") as first, booth.seat("2") as second, booth.seat("3") as third:
        await first.send_live()
        await second.offer()
        code, text = await refused(third.offer())
        assert (code, text.split(",")[0]) == ("busy", "Kabine 1 has 2 seats")
        booth.media.set_state(first.peer, "absent")
        await third.send_live()


async def test_a_seat_is_taken_over_in_the_same_browser_and_waits_in_another(booth: LocalServer) -> None:
    async with booth.desk() as desk, booth.seat("1") as first, booth.seat("1", "elsewhere") as stranger:
        await first.send_live()
        await stranger.expect_waiting()
        state = await until(desk, lambda s: s["waiting"])
        assert list(state["waiting"]) == ["kabine/1"]
        async with booth.seat("1") as again:
            await again.send_live()
            assert await first.next_notice() == ("contested", "machine")
            assert await first.next_notice() == ("replaced", "window")
            assert await again.next_notice() == ("contested", "machine")
        assert (await refused(desk.command("admit", place="kabine")))[0] == "invalid"
        await desk.command("admit", place="kabine/1")
        assert await stranger.next_notice() == ("admitted", None)


@pytest.mark.parametrize(
    "source",
    [
        *("krefeld", "zwei/1", "talk:x", "kabine", "kabine/", "kabine/a/b"),
        *(f"kabine/{'x' * 41}", "kabine/\n", "kabine/1 ", "kabine/\u202e1"),
    ],
)
async def test_a_booth_feeds_its_own_seats_alone(booth: LocalServer, source: str) -> None:
    async with booth.seat("1") as page:
        code, text = await refused(page.client.offer("v=0\r\n", source))
        assert (code, "“kabine/1” or “kabine/2”" in text) == ("forbidden", True)


async def test_a_booth_switches_its_own_microphones_alone(booth: LocalServer) -> None:
    async with booth.seat("1") as page:
        code, text = await refused(page.client.command("interpret", booth="kabine", seat="1 ", open=True))
        assert (code, "no outer or double space" in text) == ("invalid", True)
        code, _ = await refused(page.client.command("interpret", booth="zwei", seat="1", open=True))
        assert code == "forbidden"
        assert (await refused(page.client.command("next")))[0] == "forbidden"
        await page.client.command("floor", language="ja")
        await page.client.command("cue", to="speaker", what="slower")
        await page.client.command("flag", text="No sound")


async def test_a_link_that_sends_commands_all_the_time_is_slowed_down_and_others_are_not(
    booth: LocalServer,
) -> None:
    async with booth.desk() as desk, booth.seat("1") as first, booth.seat("2") as second:

        async def call_on_and_on() -> None:
            for n in range(40):
                await (first, second)[n % 2].client.command("flag", text=str(n))

        code, text = await refused(call_on_and_on())
        assert (code, text) == ("too-many", "Too many commands came by this link. Wait a few seconds.")
        await desk.command("next", **{"from": desk.state["show"]["item"]})


async def test_a_revoked_booth_is_closed_and_its_listeners_are_on_the_floor(booth: LocalServer) -> None:
    async with booth.hall("tokio") as tokio:
        await tokio.offer_to_watch()
        await tokio.client.listen("ja")
        async with booth.seat("1") as page:
            await page.send_live()
            await interpret(page)
            await booth.media.until_routed(tokio.peer, lambda feed: feed.interpretation == ("kabine/1",))
            LinkChecker(booth.data).revoke("kabine")
            with pytest.raises(ClientError):
                await until(page.client, lambda s: False)
            async with asyncio.timeout(60):
                assert await booth.media.left.get() == page.peer
            booth.media._on_source("kabine/1", "absent", "left")
            await booth.media.until_routed(tokio.peer, lambda feed: feed.interpretation == ())


# Listening -------------------------------------------------------------------------------------------------------


async def test_a_listener_hears_the_channel_that_it_chooses_and_is_counted(booth: LocalServer) -> None:
    async with booth.desk() as desk, booth.seat("1") as page, booth.hall("tokio") as tokio:
        await page.send_live()
        await interpret(page)
        await tokio.offer_to_watch()
        assert booth.media.routed[tokio.peer].interpretation == (), "the page chooses, not the server"
        await tokio.client.listen("ja")
        heard = await booth.media.until_routed(tokio.peer, lambda feed: feed.interpretation == ("kabine/1",))
        assert heard.mics == ("krefeld",), "the floor stays under it"
        state = await until(desk, lambda s: s["languages"]["ja"]["listeners"] == 1)
        assert (state["languages"]["ja"]["places"], state["languages"]["de"]["listeners"]) == (["tokio"], 0)
        await tokio.client.listen(None)
        await booth.media.until_routed(tokio.peer, lambda feed: feed.interpretation == ())
        await until(desk, lambda s: s["languages"]["ja"]["listeners"] == 0)


async def test_a_booth_that_drops_leaves_its_listeners_on_the_floor_until_it_is_back(
    booth: LocalServer,
) -> None:
    async with booth.seat("1") as page, booth.hall("tokio") as tokio:
        await page.send_live()
        await interpret(page)
        await tokio.offer_to_watch()
        await tokio.client.listen("ja")
        for state, heard in (
            ("stalled", ()),
            ("live", ("kabine/1",)),
            ("absent", ()),
            ("live", ("kabine/1",)),
        ):
            booth.media.set_state(page.peer, state)  # type: ignore[arg-type]
            await booth.media.until_routed(tokio.peer, lambda feed, heard=heard: feed.interpretation == heard)  # type: ignore[misc]


async def test_an_unknown_channel_is_refused_and_the_page_hears_what_it_heard(booth: LocalServer) -> None:
    async with booth.seat("1") as page, booth.hall("tokio") as tokio:
        await page.send_live()
        await interpret(page)
        await tokio.offer_to_watch()
        await tokio.client.listen("ja")
        await booth.media.until_routed(tokio.peer, lambda feed: feed.interpretation == ("kabine/1",))
        code, text = await refused(tokio.client.listen("fr"))
        assert (code, text) == ("invalid", "Unknown language `fr`; there are `de`, `ja`.")
        assert booth.media.routed[tokio.peer].interpretation == ("kabine/1",)


async def test_a_page_that_lost_its_socket_goes_on_hearing_its_channel(booth: LocalServer) -> None:
    async with booth.desk() as desk, booth.seat("1") as page:
        await page.send_live()
        await interpret(page)
        async with booth.hall("tokio") as tokio:
            await tokio.offer_to_watch()
            await tokio.client.listen("ja")
            await booth.media.until_routed(tokio.peer, lambda feed: feed.interpretation == ("kabine/1",))
        await until(desk, lambda s: s["languages"]["ja"]["listeners"] == 0)
        await desk.command("extend", seconds=60)
        assert booth.media.routed[tokio.peer].interpretation == ("kabine/1",)


async def test_a_page_that_changes_its_channel_all_the_time_is_slowed_down(booth: LocalServer) -> None:
    async with booth.hall("tokio") as tokio:

        async def switch_on_and_on() -> None:
            for _ in range(15):
                await tokio.client.listen("ja")
                await tokio.client.listen(None)

        assert (await refused(switch_on_and_on()))[0] == "too-many"


# Talkback --------------------------------------------------------------------------------------------------------


async def test_a_moderator_talks_to_those_whom_it_names_and_to_nobody_else(booth: LocalServer) -> None:
    async with (
        booth.desk() as desk,
        booth.hall("tokio") as tokio,
        booth.hall("b", "berlin") as berlin,
        booth.seat("1") as seat,
    ):
        for page in (tokio, berlin, seat):
            await page.offer_to_watch()
        await desk.offer("v=0\r\n", None)
        source = f"talk:{desk.welcome['peer']}"
        assert booth.media.specs[desk.welcome["peer"]].talk == source
        await desk.talk(["tokio", "kabine"])
        assert {peer for peer, feed in booth.media.routed.items() if feed.talkback} == {tokio.peer, seat.peer}
        assert booth.media.routed[tokio.peer].talkback == source
        state = await until(tokio.client, lambda s: s["talks"])
        assert list(state["talks"].values()) == [
            {
                "speaker": "desk",
                "name": "Moderator",
                "to": ["tokio", "kabine"],
                "heard_by": ["tokio", "kabine"],
            }
        ]
        await desk.talk("all")
        assert booth.media.routed[berlin.peer].talkback == source
        await desk.talk(on=False)
        assert not any(feed.talkback for feed in booth.media.routed.values())
        await until(tokio.client, lambda s: not s["talks"])
        assert berlin.client.state["talks"] == {}


async def test_everybody_else_talks_to_the_desk_whomever_they_name(booth: LocalServer) -> None:
    async with booth.desk() as desk, booth.hall("tokio") as tokio, booth.seat("1") as seat:
        for client in (desk, tokio.client, seat.client):
            await client.offer("v=0\r\n", None)
        await tokio.client.talk(["kabine"])
        await seat.client.talk("all")
        routes = {peer: feed.talkback for peer, feed in booth.media.routed.items() if feed.talkback}
        assert routes == {desk.welcome["peer"]: f"talk:{seat.peer}"}, "the newest"
        state = await until(desk, lambda s: len(s["talks"]) == 2)
        assert [(talk["speaker"], talk["heard_by"]) for talk in state["talks"].values()] == [
            ("tokio", []),
            ("kabine", ["desk"]),
        ]
        state = await until(tokio.client, lambda s: s["talks"])
        assert [talk["heard_by"] for talk in state["talks"].values()] == [[]], "its page says so"
        await seat.client.talk(on=False)
        assert booth.media.routed[desk.welcome["peer"]].talkback == f"talk:{tokio.peer}", "again"
        await until(tokio.client, lambda s: [talk["heard_by"] for talk in s["talks"].values()] == [["desk"]])


async def test_a_held_key_that_never_comes_up_ends_with_the_socket(booth: LocalServer) -> None:
    async with booth.hall("tokio") as tokio:
        await tokio.offer_to_watch()
        async with booth.desk() as desk:
            await desk.offer("v=0\r\n", None)
            await desk.talk("all")
            assert booth.media.routed[tokio.peer].talkback is not None
        await booth.media.until_routed(tokio.peer, lambda feed: feed.talkback is None)
        await until(tokio.client, lambda s: not s["talks"])


async def test_viewers_and_stage_displays_do_not_talk_nor_hear_talkback(booth: LocalServer) -> None:
    for role in ("viewer", "stage"):
        async with booth.desk() as desk, await Client.open(booth.link(role)) as page:
            for client in (desk, page):
                await client.offer("v=0\r\n", None)
            assert booth.media.specs[page.welcome["peer"]].talk is None
            assert (await refused(page.talk()))[0] == "forbidden"
            await desk.talk("all")
            assert booth.media.routed[page.welcome["peer"]].talkback is None


async def test_an_unknown_recipient_is_refused_with_the_nearest(booth: LocalServer) -> None:
    async with booth.desk() as desk:
        code, text = await refused(desk.talk(["tokyo"]))
        assert (code, text) == ("invalid", "Unknown recipient `tokyo`; did you mean `tokio`?")
        assert desk.state["talks"] == {}


async def test_the_end_of_talkback_is_never_refused(booth: LocalServer) -> None:
    async with booth.desk() as desk, booth.hall("tokio") as tokio:
        for client in (desk, tokio.client):
            await client.offer("v=0\r\n", None)

        async def call_on_and_on() -> None:
            for _ in range(30):
                await desk.talk(on=False)
                await desk.talk(["tokio"])

        assert (await refused(call_on_and_on()))[0] == "too-many"
        await desk.talk(on=False)
        await desk.talk(on=False)
        assert booth.media.routed[tokio.peer].talkback is None


# Messages, cues, flags -------------------------------------------------------------------------------------------


async def test_a_cue_from_the_booth_reaches_those_on_air_and_vanishes(booth: LocalServer) -> None:
    async with (
        booth.seat("1") as seat,
        booth.hall("x", "krefeld") as krefeld,
        booth.hall("y", "tokio") as tokio,
    ):
        await seat.client.command("cue", to="speaker", what="slower")
        state = await until(krefeld.client, lambda s: s["cues"])
        assert (state["cues"]["speaker"]["what"], state["cues"]["speaker"]["by"]) == ("slower", "kabine")
        assert tokio.client.state["cues"] == {}
        await until(krefeld.client, lambda s: not s["cues"])


async def test_a_hall_calls_the_desk_and_confirms_its_messages(booth: LocalServer) -> None:
    async with booth.desk() as desk, booth.hall("x", "tokio") as tokio, booth.hall("y", "berlin") as berlin:
        await tokio.client.command("flag", text="In the foyer", what="no-sound")
        flag = (await until(desk, lambda s: s["flags"]))["flags"]["tokio"]
        assert (flag["text"], flag["what"], flag["answered_at"]) == ("In the foyer", "no-sound", None)
        assert berlin.client.state["flags"] == {}
        await desk.command("message", to="technicians", text="Sound check", id="m1")
        (message,) = (await until(tokio.client, lambda s: s["messages"]))["messages"].values()
        await tokio.client.command("seen", message=message["id"])
        state = await until(desk, lambda s: s["messages"]["technicians"]["seen"])
        assert (message["id"], state["messages"]["technicians"]["unread"]) == ("m1", ["krefeld", "berlin"])
        assert list(state["messages"]["technicians"]["seen"]) == ["tokio"]
        assert (await until(berlin.client, lambda s: s["messages"]))["messages"]["technicians"]["seen"] == {}
        await desk.command("flag", of="tokio", text=None)
        await until(tokio.client, lambda s: s["flags"]["tokio"]["answered_at"])
