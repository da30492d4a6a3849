"""A hall on air whose network changes in ways that its page is not told of: it is back by itself, in its place."""

from __future__ import annotations

from asyncio.subprocess import Process
from contextlib import AsyncExitStack
from pathlib import Path

from playwright.async_api import expect

from signaling.client import Client
from tests.e2e.conftest import PLACES, SLATE_ONLY
from tests.e2e.rooms import CHROMIUM, Room, browsers, room
from tests.events import write
from tests.network.namespaces import Net, Site
from tests.server import test_rooms
from tests.server.process import server
from tests.server.test_rooms import says
from tests.server.test_socket import until

START_WITHIN_S = 120.0


async def test_a_hall_comes_back_by_itself_on_another_port_address_and_cable(
    internet: Net, tmp_path: Path
) -> None:
    """A router forgets its connections; the computer gets another address; the cable is out until the page says so."""
    assert CHROMIUM is not None
    inside, hall = internet.site("server"), internet.site("krefeld", nat=True)
    async with AsyncExitStack() as stack:
        stack.enter_context(inside.entered())
        options = ("--host", "::", "--media-address", inside.v4)
        running = await stack.enter_async_context(
            server(write(tmp_path, SLATE_ONLY), tmp_path / "data", *options)
        )
        desk = await stack.enter_async_context(await Client.open(running.link("moderator")))
        berlin = await stack.enter_async_context(test_rooms.room(running.link("venue", "berlin")))
        url = f"http://{hall.to(inside)}:{running.port}"
        link = running.link("venue", "krefeld").replace(running.url, url).replace("/j#", "/j?auto=1#")
        playwright = await stack.enter_async_context(browsers())
        opened = await stack.enter_async_context(
            room(
                *(playwright, tmp_path, link, "krefeld", PLACES["krefeld"]),
                flags=(f"--unsafely-treat-insecure-origin-as-secure={url}",),
                executable=hall.executable(CHROMIUM, tmp_path),
            )
        )
        both = ("krefeld", "berlin")
        await until(desk, lambda s: all(s["sources"][p]["state"] == "live" for p in both), START_WITHIN_S)
        await desk.command("start")
        await seen_both_ways(desk, opened, berlin)

        hall.rebind()
        await seen_both_ways(desk, opened, berlin)

        _readdress(hall)
        await seen_both_ways(desk, opened, berlin)

        hall.run("ip link set uplink down")
        banner = opened.page.get_by_test_id("banner")
        await expect(banner).to_have_class("banner shown")
        hall.run("ip link set uplink up")
        hall.run(f"ip route add default via {_gateway(hall)}")
        await expect(banner).to_have_class("banner")
        await seen_both_ways(desk, opened, berlin)
        assert await opened.page.get_by_test_id("join-button").count() == 0, "nobody had to click"


async def seen_both_ways(desk: Client, hall: Room, berlin: Process) -> None:
    """The hall is shown and heard in Berlin, and then Berlin in the hall."""
    state = await until(desk, lambda s: s["sources"]["krefeld"]["state"] == "live")
    if state["show"]["item"] != "one":
        await desk.command("previous", **{"from": state["show"]["item"]})
    await says(berlin, lambda r: r["seen"]["place"] == "krefeld" and r["heard"] == ["krefeld"])
    await desk.command("next", **{"from": "one"})
    await says(berlin, lambda r: r["heard"] == [])
    await hall.shows(PLACES["berlin"])
    await hall.hears([PLACES["berlin"]], of=list(PLACES.values()))


def _readdress(hall: Site) -> None:
    """As after a change from Wi-Fi to cable: the old address and all that used it are gone."""
    old, hall.v4 = hall.v4, hall.v4.rpartition(".")[0] + ".3"
    hall.run(f"ip addr add {hall.v4}/24 dev uplink")
    hall.run(f"ip addr del {old}/24 dev uplink")
    hall.run(f"ip addr replace {hall.v4}/24 dev uplink")
    hall.run(f"ip route replace default via {_gateway(hall)}")


def _gateway(hall: Site) -> str:
    return hall.v4.rpartition(".")[0] + ".1"
