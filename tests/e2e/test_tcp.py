"""Halls whose network blocks UDP: their pictures and sound come and go over TCP, on the HTTP port. The page and the
desk say so, and also where nothing gets through."""

from __future__ import annotations

import socket
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from playwright.async_api import expect

from signaling.client import Client
from tests.e2e.conftest import DESK, PLACES, SLATE_ONLY, staged
from tests.e2e.rooms import CHROMIUM, browsers, room
from tests.events import write
from tests.network.namespaces import net
from tests.server.process import server
from tests.server.test_socket import until

DROPS_UDP = r"""
const set = RTCPeerConnection.prototype.setRemoteDescription;
RTCPeerConnection.prototype.setRemoteDescription = function ({ type, sdp }) {
  return set.call(this, { type, sdp: sdp.replace(/ udp (\d+) (\S+) \d+ /g, " udp $1 $2 PORT ") });
};
"""
"""The bridge's UDP candidates lead to a port that answers nothing, as behind a firewall."""
DROPS_ALL = r"""
const set = RTCPeerConnection.prototype.setRemoteDescription;
RTCPeerConnection.prototype.setRemoteDescription = function ({ type, sdp }) {
  if (!window.opened) sdp = sdp.replace(/ (udp|tcp) (\d+) (\S+) \d+ /g, " $1 $2 $3 PORT ");
  return set.call(this, { type, sdp });
};
"""
"""All of them do, until the page has `window.opened`."""


async def test_a_hall_without_udp_is_on_air_over_the_http_port(tmp_path: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        script = DROPS_UDP.replace("PORT", str(silent.getsockname()[1]))
        async with staged(tmp_path, ["krefeld"]) as stage, browsers() as playwright:
            opening = room(playwright, tmp_path, stage.link("tokio"), "tokio", PLACES["tokio"], script=script)
            async with opening as tokio:
                await tokio.page.get_by_test_id("start-button").click()
                await until(stage.moderator, lambda s: s["sources"]["tokio"]["state"] == "live")
                await stage.moderator.command("start")
                await tokio.shows(PLACES["krefeld"])
                await stage.moderator.command("take", source="tokio")
                await stage.rooms["krefeld"].shows(PLACES["tokio"])
                await stage.rooms["krefeld"].hears([PLACES["tokio"]], of=[PLACES["tokio"]])
                await until(
                    stage.moderator,
                    lambda s: (
                        (
                            transport(s, "tokio"),
                            transport(s, "krefeld"),
                            s["destinations"]["tokio"]["path"],
                            (s["destinations"]["tokio"]["link"] or {}).get("transport"),
                        )
                        == ("tcp", "udp", "tcp", "tcp")
                    ),
                )
                assert silent.recv(2000), "it has tried UDP"
                note = tokio.page.get_by_test_id("path-note")
                await expect(note).to_contain_text("UDP is blocked here")
                await expect(note).to_contain_text(f"UDP {stage.server.udp_port} to 127.0.0.1")
                assert await stage.rooms["krefeld"].page.get_by_test_id("path-note").count() == 0


async def test_a_guest_without_udp_is_told_before_joining_and_the_check_leaves_no_peer(
    tmp_path: Path,
) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        script = DROPS_UDP.replace("PORT", str(silent.getsockname()[1]))
        async with staged(tmp_path, [], desk=True) as stage, browsers() as playwright:
            link = stage.link("uchida")
            async with (
                room(playwright, tmp_path, link, "uchida", PLACES["uchida"], script=script) as guest,
                room(playwright, tmp_path, stage.link("tokio"), "tokio", PLACES["tokio"]) as tokio,
            ):
                state = guest.page.get_by_test_id("path-state")
                await expect(state).to_contain_text("UDP is blocked here; picture and sound will go over TCP")
                await expect(state).to_contain_text(f"UDP {stage.server.udp_port} to 127.0.0.1")
                await expect(tokio.page.get_by_test_id("path-state")).to_contain_text("Nothing is blocked")
                await until(stage.moderator, lambda s: s["destinations"]["uchida"]["path"] == "tcp")
                found = await until(stage.moderator, lambda s: s["destinations"]["uchida"]["link"] is None)
                assert found["sources"]["uchida"]["state"] == "absent", "it sends nothing"
                await guest.page.get_by_test_id("path-again").click()
                await expect(guest.page.get_by_test_id("path-again")).to_be_disabled()
                # Joining ends the check.
                await guest.page.get_by_test_id("join-button").click()
                await until(stage.moderator, lambda s: s["sources"]["uchida"]["state"] == "live")
                assert await guest.negotiations() == 1
                assert (guest.errors, tokio.errors) == ([], [])


async def test_a_hall_for_which_nothing_gets_through_says_so_and_goes_on_trying(tmp_path: Path) -> None:
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent,
        socket.create_server(("127.0.0.1", 0)) as listening,
    ):
        silent.bind(listening.getsockname())
        script = DROPS_ALL.replace("PORT", str(silent.getsockname()[1]))
        async with staged(tmp_path, [], desk=True) as stage, browsers() as playwright:
            opening = room(playwright, tmp_path, stage.link("tokio"), "tokio", PLACES["tokio"], script=script)
            async with opening as tokio:
                await tokio.page.get_by_test_id("start-button").click()
                note = tokio.page.get_by_test_id("path-note")
                await expect(note).to_contain_text("do not get through")
                ports = f"UDP {stage.server.udp_port} or TCP {stage.server.port} to 127.0.0.1"
                await expect(note).to_contain_text(ports)
                desk = stage.rooms[DESK].page
                await desk.get_by_test_id("unreached-tokio").wait_for()
                await tokio.page.evaluate("window.opened = true")
                await until(stage.moderator, lambda s: s["sources"]["tokio"]["state"] == "live")
                await until(stage.moderator, lambda s: s["destinations"]["tokio"]["path"] == "udp")
                await note.wait_for(state="detached")
                await desk.get_by_test_id("unreached-tokio").wait_for(state="detached")


async def test_a_hall_behind_a_real_firewall_is_on_air_and_another_one_over_udp(tmp_path: Path) -> None:
    """And when the firewall opens, a reload of the page uses UDP."""
    assert CHROMIUM is not None
    with net() as internet:
        inside, krefeld, tokio = (internet.site(name) for name in ("server", "krefeld", "tokio"))
        tokio.block("udp")
        with inside.entered():
            options = ("--host", "0.0.0.0", "--media-address", inside.v4)
            async with (
                server(write(tmp_path, SLATE_ONLY), tmp_path / "data", *options) as running,
                browsers() as playwright,
                await Client.open(running.link("moderator")) as desk,
                AsyncExitStack() as stack,
            ):
                url = f"http://{krefeld.to(inside)}:{running.port}"
                halls = {}
                for site, place in ((krefeld, "krefeld"), (tokio, "tokio")):
                    opening = room(
                        playwright,
                        tmp_path,
                        running.link("venue", place).replace(running.url, url),
                        place,
                        PLACES[place],
                        # A page without TLS is given a camera only so.
                        flags=(f"--unsafely-treat-insecure-origin-as-secure={url}",),
                        executable=site.executable(CHROMIUM, tmp_path),
                    )
                    halls[place] = await stack.enter_async_context(opening)
                    await halls[place].page.get_by_test_id("start-button").click()
                await until(
                    desk, lambda s: (transport(s, "krefeld"), transport(s, "tokio")) == ("udp", "tcp")
                )
                await desk.command("start")
                await halls["tokio"].shows(PLACES["krefeld"])
                await desk.command("take", source="tokio")
                await halls["krefeld"].shows(PLACES["tokio"])
                tokio.unblock()
                await halls["tokio"].page.reload()
                await until(desk, lambda s: transport(s, "tokio") == "udp")


def transport(state: dict[str, Any], source: str) -> str | None:
    """The transport of a source that is live."""
    document = state["sources"][source]
    found: str | None = document["link"]["transport"] if document["link"] else None
    return found if document["state"] == "live" else None
