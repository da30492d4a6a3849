"""Several inputs of one place from one page: each is a source of its own, with a peer of its own that only sends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from aiortc.mediastreams import MediaStreamTrack
from av.frame import Frame

from bridge.room.call import Call
from bridge.room.inputs import CARD_FPS, CardInput, CardTrack, Tracks
from bridge.room.testcard import TestCard
from bridge.source.stall import SCREEN_STALL_S
from signaling.access.linkchecker import LinkChecker
from signaling.access.links import Link, url
from signaling.client import Client, RequestRefused
from signaling.show.policy import MAX_INPUTS, MAX_RECEIVERS
from tests.events import SHORT, write
from tests.server.localserver import ContributorPage, LocalServer, local_server
from tests.server.process import server
from tests.server.test_links import ask
from tests.server.test_revoked import left
from tests.server.test_socket import until

MANY = ", ".join(f"camera-{n}" for n in range(MAX_INPUTS + 1))
EVENT = SHORT.replace(
    "tokio: {name: Tokio, timezone: Asia/Tokyo}",
    f"tokio: {{name: Tokio, timezone: Asia/Tokyo, inputs: [main, slides, {MANY}]}}",
).replace("uchida: {name: Miki Uchida,", "uchida: {name: Miki Uchida, inputs: [main, slides],")
SLIDES = "tokio/slides"


@pytest.fixture
async def halls(tmp_path: Path) -> AsyncIterator[LocalServer]:
    """A server whose hall in Tokio has a main camera, slides, and more cameras than a link may send."""
    async with local_server(tmp_path, text=EVENT) as running:
        yield running


async def offer(page: ContributorPage, input_: str, content: str = "screen") -> str:
    """Send a further input. Returns its peer."""
    await page.client.request(
        {"type": "offer", "sdp": "v=0\r\n", "source": None, "input": input_, "content": content}
    )
    return f"{page.peer}/{input_}"


def states(state: dict[str, Any]) -> tuple[str, str]:
    return state["sources"]["tokio"]["state"], state["sources"][SLIDES]["state"]


async def test_one_page_sends_two_sources_and_receives_once(halls: LocalServer) -> None:
    async with halls.desk() as desk, halls.hall("hall") as hall:
        await hall.send_live()
        slides = await offer(hall, SLIDES)
        halls.media.set_state(slides, "live")
        await until(desk, lambda s: states(s) == ("live", "live"))
        spec = halls.media.specs[slides]
        assert (spec.source, spec.is_screen, spec.talk, list(spec.multiview)) == (SLIDES, True, None, [])
        assert not halls.media.specs[hall.peer].is_screen
        assert set(halls.media.routed) == {hall.peer}
        assert desk.state["sources"][SLIDES]["name"] == "Tokio · slides"
        assert desk.state["destinations"]["tokio"]["connected"] == 1


async def test_ending_an_input_leaves_the_camera_on(halls: LocalServer) -> None:
    async with halls.hall("hall") as hall:
        await hall.send_live()
        slides = await offer(hall, SLIDES)
        await hall.client._send({"type": "leave", "input": SLIDES})
        assert await left(halls) == slides
        assert set(halls.media.states) == {hall.peer}
        assert await offer(hall, SLIDES) == slides


async def test_each_input_has_its_own_devices(halls: LocalServer) -> None:
    async with halls.desk() as desk, halls.hall("hall") as hall:
        await hall.send_live()
        halls.media.set_state(await offer(hall, SLIDES), "live")
        for input_, microphone in ((None, "works"), (SLIDES, "none")):
            report = {"camera": "works", "microphone": microphone, "muted": False, "input": input_}
            await hall.client._send({"type": "condition", **report})
        await until(desk, lambda s: all(s["sources"][one]["devices"] for one in ("tokio", SLIDES)))
        found = [desk.state["sources"][one]["devices"]["microphone"] for one in ("tokio", SLIDES)]
        assert found == ["works", "none"]


async def test_a_page_that_reconnects_keeps_its_inputs(halls: LocalServer) -> None:
    async with halls.hall("hall") as hall:
        await hall.send_live()
        slides = await offer(hall, SLIDES)
        halls.media.set_state(slides, "live")
        link = halls.link("venue", "tokio")
        async with await Client.open(link, peer=hall.peer, browser="hall") as again:
            assert again.welcome["peer"] == hall.peer
            assert set(halls.media.states) == {hall.peer, slides}
            page = ContributorPage(again, halls.media, SLIDES)
            async with halls.hall("hall") as newer:
                halls.media.set_state(await offer(newer, SLIDES), "live")
                assert await page.next_notice() == ("replaced", "window")
        assert halls.media.states[hall.peer] == "live"


async def test_another_machine_waits_with_an_input_as_with_its_camera(halls: LocalServer) -> None:
    async with halls.desk() as desk, halls.hall("hall") as hall, halls.hall("copy") as copy:
        await hall.send_live()
        with pytest.raises(RequestRefused) as refusal:
            await offer(copy, SLIDES)
        assert refusal.value.code == "waiting"
        await until(desk, lambda s: s["waiting"]["tokio"]["source"] == SLIDES if s["waiting"] else False)


async def test_an_input_that_is_stopped_while_it_waits_leaves_the_desks_list(halls: LocalServer) -> None:
    async with halls.desk() as desk, halls.hall("hall") as hall, halls.hall("copy") as copy:
        await hall.send_live()
        with pytest.raises(RequestRefused):
            await offer(copy, SLIDES)
        await until(desk, lambda s: s["waiting"])
        assert await hall.next_notice() == ("contested", "machine")
        await copy.client._send({"type": "leave", "input": SLIDES, "withdraw": True})
        assert await hall.next_notice() == ("admitted", None)
        await until(desk, lambda s: not s["waiting"])


async def test_a_closed_page_takes_its_inputs_with_it(halls: LocalServer) -> None:
    async with halls.hall("hall") as hall:
        await hall.send_live()
        halls.media.set_state(await offer(hall, SLIDES), "live")
        status, _ = await ask(halls, "DELETE", f"sessions/{hall.client.welcome['session']}")
        assert (status, halls.media.states) == (200, {})


async def test_a_revoked_link_ends_its_inputs(halls: LocalServer) -> None:
    async with halls.hall("hall") as hall:
        await hall.send_live()
        slides = await offer(hall, SLIDES)
        LinkChecker(halls.data).revoke("tokio")
        assert {await left(halls), await left(halls)} == {hall.peer, slides}


async def test_a_link_sends_only_so_many_inputs_and_only_its_own(halls: LocalServer) -> None:
    async with halls.hall("hall") as hall:
        with pytest.raises(RequestRefused) as refusal:
            await offer(hall, "uchida/slides")
        assert refusal.value.code == "forbidden"
        for n in range(MAX_INPUTS):
            await offer(hall, f"tokio/camera-{n}", "camera")
        with pytest.raises(RequestRefused) as refusal:
            await offer(hall, SLIDES)
        assert refusal.value.code == "busy"
        assert len(halls.media.states) == MAX_INPUTS


async def test_a_guest_shares_a_screen_where_the_event_says_so(halls: LocalServer) -> None:
    async with halls.guest("guest") as guest:
        assert guest.client.welcome["sources"] == ["uchida", "uchida/slides"]
        await guest.send_live()
        halls.media.set_state(await offer(guest, "uchida/slides"), "live")
        await until(guest.client, lambda s: s["sources"]["uchida/slides"]["state"] == "live")


async def test_a_waiting_input_keeps_its_turn_while_its_page_reconnects(halls: LocalServer) -> None:
    async with halls.hall("hall") as hall:
        await hall.send_live()
        link = halls.link("venue", "tokio")
        async with await Client.open(link, browser="copy") as copy:
            lost = ContributorPage(copy, halls.media, SLIDES)
            await lost.offer_to_watch()
            with pytest.raises(RequestRefused):
                await offer(lost, SLIDES)
        async with await Client.open(link, peer=lost.peer, browser="copy") as again:
            back = ContributorPage(again, halls.media, SLIDES)
            assert back.peer == lost.peer
            halls.media.disconnect(hall.peer)
            assert await back.next_notice() == ("admitted", None)


async def test_inputs_of_a_page_with_a_newer_link_outlive_the_older_one(halls: LocalServer) -> None:
    row, code = halls.link_checker.random_link(Link("venue", "tokio", ""))
    older = url(halls.url, code)
    async with await Client.open(older) as client:
        hall = ContributorPage(client, halls.media)
        await hall.offer_to_watch()
        slides = await offer(hall, SLIDES)
    async with (
        await Client.open(halls.link("venue", "tokio"), peer=hall.peer),
        await Client.open(older) as client,
    ):
        other = ContributorPage(client, halls.media)
        await other.offer_to_watch()
        halls.link_checker.revoke_number(row.number)
        assert await left(halls) == other.peer
        assert set(halls.media.states) == {hall.peer, slides}


async def test_a_page_that_only_sends_an_input_keeps_it_while_it_reconnects(halls: LocalServer) -> None:
    async with halls.hall("hall") as hall:
        await hall.offer_to_watch()
        slides = await offer(hall, SLIDES)
        await hall.client._send({"type": "leave"})
        assert await left(halls) == hall.peer
        async with await Client.open(halls.link("venue", "tokio"), peer=hall.peer) as again:
            assert again.welcome["peer"] == hall.peer
            assert set(halls.media.states) == {slides}


async def test_a_page_that_sends_an_input_is_the_last_to_lose_the_programme(halls: LocalServer) -> None:
    async with AsyncExitStack() as stack:
        pages = [
            await stack.enter_async_context(halls.hall("hall")) for _ in range(MAX_RECEIVERS["venue"] + 1)
        ]
        await pages[0].offer_to_watch()
        await offer(pages[0], SLIDES)
        for page in pages[1:]:
            await page.offer_to_watch()
        assert await left(halls) == pages[1].peer


CARD = TestCard("Tokio", code=3, zone=ZoneInfo("Asia/Tokyo"), width=320, height=180)


class Slide(CardTrack):
    """A shared screen that moves for a second, and then sends nothing more: not every browser repeats its frame."""

    def __init__(self) -> None:
        super().__init__(CARD, CARD_FPS)
        self._sent = 0

    async def recv(self) -> Frame:
        if self._sent == CARD_FPS:
            await asyncio.Event().wait()
        self._sent += 1
        return await super().recv()


@asynccontextmanager
async def sending(page: Client, tracks: Tracks, **fields: object) -> AsyncIterator[None]:
    """Send these tracks over a peer connection of their own."""
    call = Call(tracks, receive="input" not in fields)

    async def negotiate(sdp: str) -> str:
        answer = await page.request({"type": "offer", "sdp": sdp, "source": None, **fields})
        return str(answer["sdp"])

    try:
        await call.connect(negotiate)
        yield
    finally:
        await call.close()


async def test_a_slide_that_stands_is_live_beside_the_camera_and_a_camera_that_stands_is_not(
    tmp_path: Path,
) -> None:
    slide: MediaStreamTrack = Slide()
    async with server(write(tmp_path, EVENT), tmp_path / "data") as running:
        async with (
            await Client.open(running.link("moderator")) as desk,
            await Client.open(running.link("venue", "tokio")) as hall,
            sending(hall, await CardInput(CARD).open(), source="tokio"),
        ):
            async with sending(hall, Tracks(slide, None), input=SLIDES, content="screen"):
                await until(desk, lambda s: states(s) == ("live", "live"))
                since = asyncio.get_running_loop().time()
                cameras, slides = set[str](), set[str]()
                async with asyncio.timeout(60):
                    async for state in desk:
                        camera, slide_state = states(state)
                        cameras.add(camera)
                        slides.add(slide_state)
                        if asyncio.get_running_loop().time() - since > 2 * SCREEN_STALL_S:
                            break
                assert slides == {"live"}
                # This process encodes the camera's picture: on a machine that is too slow it stalls, and never leaves.
                assert "live" in cameras <= {"live", "stalled"}
                assert desk.state["sources"][SLIDES]["still"]
                assert (
                    desk.state["sources"][SLIDES]["rtt_ms"] == desk.state["destinations"]["tokio"]["rtt_ms"]
                )
            await until(desk, lambda s: states(s) == ("live", "absent"))
            async with sending(hall, Tracks(Slide(), None), input=SLIDES, content="camera"):
                await until(desk, lambda s: states(s) == ("live", "stalled"))
