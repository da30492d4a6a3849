"""Halls behind real networks, in namespaces, with a real server and headless rooms as processes."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from bridge.net.port import Port
from signaling.client import Client
from tests.events import write
from tests.network.namespaces import Net, Site
from tests.server.process import ServerProcess, server
from tests.server.test_rooms import room, says
from tests.server.test_socket import until


@dataclass
class Evening:
    """A server and its halls, each a process at its site."""

    server: ServerProcess
    desk: Client
    halls: dict[str, asyncio.subprocess.Process]

    async def all_live(self) -> None:
        await until(self.desk, lambda s: all(s["sources"][p]["state"] == "live" for p in self.halls), 60)

    async def sees(self, hall: str, place: str) -> None:
        await says(self.halls[hall], lambda r: r["seen"]["place"] == place)


@asynccontextmanager
async def evening(
    folder: Path, inside: Site, halls: dict[str, Site], *options: str, port: Sequence[str] = ()
) -> AsyncIterator[Evening]:
    """The server at `inside`, and the test with it. `port`: options that override the free ports."""
    async with AsyncExitStack() as stack:
        stack.enter_context(inside.entered())
        running = await stack.enter_async_context(server(write(folder), folder / "data", *options, *port))
        desk = await stack.enter_async_context(await Client.open(running.link("moderator")))
        processes = {}
        for place, site in halls.items():
            link = running.link("venue", place).replace("127.0.0.1", site.to(inside))
            processes[place] = await stack.enter_async_context(room(link, before=site.enter))
        yield Evening(running, desk, processes)


async def test_a_hall_on_ipv4_and_one_on_ipv6_alone_see_each_other(internet: Net, tmp_path: Path) -> None:
    inside = internet.site("server")
    halls = {
        "krefeld": internet.site("krefeld", families=(4,)),
        "berlin": internet.site("berlin", families=(6,)),
    }
    options = ("--host", "::", "--media-address", *inside.addresses)
    async with evening(tmp_path, inside, halls, *options) as show:
        await show.all_live()
        await show.desk.command("start")
        await show.sees("berlin", "krefeld")
        await show.sees("krefeld", "berlin")
        await until(show.desk, lambda s: all((s["sources"][p]["link"] or {}).get("transport") for p in halls))
        joined = [line for line in show.server.lines if "::ffff:" in str(line)]
        assert joined == [], "IPv4 addresses are logged as such"


async def test_a_headless_hall_without_udp_is_on_air_over_tcp(internet: Net, tmp_path: Path) -> None:
    """On the HTTP port, which is the only one that its network lets through, over IPv4 and over IPv6 alone."""
    inside = internet.site("server")
    halls = {
        "krefeld": internet.site("krefeld", families=(4,)),
        "berlin": internet.site("berlin", families=(6,)),
        "tokio": internet.site("tokio"),
    }
    for place in ("krefeld", "berlin"):
        halls[place].block("udp", "tcp dport != 8080")
    options = ("--host", "::", "--media-address", *inside.addresses)
    async with evening(tmp_path, inside, halls, *options, port=("--port", "8080")) as show:
        await show.all_live()
        await show.desk.command("start")
        await show.sees("berlin", "krefeld")
        await show.sees("krefeld", "berlin")
        await show.sees("tokio", "krefeld")
        paths = {place: (await says(room, lambda r: r["path"]))["path"] for place, room in show.halls.items()}
        assert paths == {"krefeld": "tcp", "berlin": "tcp", "tokio": "udp"}
        await until(show.desk, lambda s: (s["sources"]["krefeld"]["link"] or {}).get("transport") == "tcp")


async def test_a_server_behind_nat_is_reached_at_its_public_address(internet: Net, tmp_path: Path) -> None:
    inside = internet.site("server", nat=True)
    inside.forward("tcp", 8080)
    inside.forward("udp", 8081)
    halls = {"krefeld": internet.site("krefeld", nat=True), "berlin": internet.site("berlin", families=(4,))}
    options = ("--host", "0.0.0.0", "--media-address", inside.public)
    fixed = ("--port", "8080", "--udp-port", "8081")
    async with evening(tmp_path, inside, halls, *options, port=fixed) as show:
        await show.all_live()
        await show.desk.command("start")
        await show.sees("berlin", "krefeld")
        await show.sees("krefeld", "berlin")
        halls["krefeld"].rebind()
        before = await says(show.halls["berlin"], lambda r: True)
        await says(
            show.halls["berlin"],
            lambda r: r["seen"]["place"] == "krefeld" and r["program_frames"] > before["program_frames"] + 60,
        )


async def test_http_on_loopback_and_media_outside(internet: Net, tmp_path: Path) -> None:
    """As behind a proxy on the same machine: a room there reaches both."""
    inside = internet.site("server")
    options = ("--host", "127.0.0.1", "--media-host", "::", "--media-address", *inside.addresses)
    async with evening(tmp_path, inside, {}, *options) as show:
        with internet.site("berlin").entered():
            with pytest.raises(OSError, match=r"Connect call failed|refused"):
                await asyncio.open_connection(inside.v4, show.server.port)
        async with room(show.server.link("venue", "krefeld")):
            await until(show.desk, lambda s: s["sources"]["krefeld"]["state"] == "live")


@pytest.mark.parametrize("family", [4, 6])
async def test_a_hall_behind_a_black_hole_of_1280_bytes_has_its_picture(
    internet: Net, tmp_path: Path, family: int
) -> None:
    """Both ways: what it sends and what it sees. Fragments and reports of too large packets are dropped."""
    inside = internet.site("server")
    narrow = internet.site("krefeld", mtu=1280, families=(family,))
    narrow.drop_fragments()
    narrow.drop_icmp_errors()
    halls = {"krefeld": narrow, "berlin": internet.site("berlin")}
    options = ("--host", "::", "--media-address", *inside.addresses)
    async with evening(tmp_path, inside, halls, *options) as show:
        await show.all_live()
        await show.desk.command("start")
        await show.sees("krefeld", "berlin")
        await show.sees("berlin", "krefeld")


LARGE_SENDER = """
import sys
import bridge.room.call
from aiortc.codecs import vpx
from signaling.cli import main
vpx.PACKET_MAX = 1300
sys.exit(main())
"""
"""A headless room whose packets are larger than browsers'."""


async def test_the_desk_is_told_where_large_packets_do_not_get_through(internet: Net, tmp_path: Path) -> None:
    inside, narrow = internet.site("server"), internet.site("berlin", mtu=1280)
    narrow.drop_fragments()
    narrow.drop_icmp_errors()
    options = ("--host", "::", "--media-address", *inside.addresses)
    wide = internet.site("tokio")
    async with evening(tmp_path, inside, {"berlin": narrow, "tokio": wide}, *options) as show:
        command = (sys.executable, "-c", LARGE_SENDER, "room", show.server.link("venue", "krefeld"))
        sender = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.DEVNULL)
        try:
            await until(show.desk, lambda s: s["sources"]["krefeld"]["state"] == "live")
            await show.desk.command("start")
            await show.sees("tokio", "krefeld")
            async with asyncio.timeout(60):
                async for state in show.desk:
                    assert not state["destinations"]["tokio"]["loses_large"]
                    if state["destinations"]["berlin"]["loses_large"]:
                        break
        finally:
            sender.terminate()
            await sender.wait()


async def test_large_ipv4_packets_arrive_in_fragments_where_those_pass(internet: Net) -> None:
    """Even if nobody reports that they are too large."""
    inside, narrow = internet.site("server"), internet.site("hall", mtu=1280)
    narrow.drop_icmp_errors()
    with inside.entered():
        port = await Port.open("::", 0)
    with narrow.entered(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as hall:
        hall.settimeout(5)
        hall.bind((narrow.v4, 0))
        port._sock.sendto(bytes(1452), (f"::ffff:{narrow.v4}", hall.getsockname()[1]))
        assert len(hall.recv(2000)) == 1452
    await port.close()
