"""A hall whose network drops UDP: its picture and sound come and go over TCP, on the HTTP port."""

from __future__ import annotations

import socket
from pathlib import Path

from tests.e2e.conftest import PLACES, staged
from tests.e2e.rooms import browsers, room
from tests.server.test_socket import until

DROPS_UDP = r"""
const set = RTCPeerConnection.prototype.setRemoteDescription;
RTCPeerConnection.prototype.setRemoteDescription = function ({ type, sdp }) {
  return set.call(this, { type, sdp: sdp.replace(/ udp (\d+) (\S+) \d+ /g, " udp $1 $2 PORT ") });
};
"""
"""The bridge's UDP candidates lead to a port that answers nothing, as behind a firewall."""


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
                found = await until(stage.moderator, lambda s: s["destinations"]["tokio"]["link"] is not None)
                assert found["sources"]["tokio"]["link"]["transport"] == "tcp"
                assert found["destinations"]["tokio"]["link"]["transport"] == "tcp"
                assert found["sources"]["krefeld"]["link"]["transport"] == "udp"
                assert silent.recv(2000), "it has tried UDP"
