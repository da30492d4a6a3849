"""Four halls whose networks have nothing in common are on air together, in network namespaces."""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path

from signaling.client import Client
from tests.e2e.rooms import CHROMIUM, Room, browsers, room
from tests.events import write
from tests.network.coturn import coturn
from tests.network.namespaces import Net, Site
from tests.server import test_rooms
from tests.server.process import ServerProcess, server
from tests.server.test_rooms import says
from tests.server.test_socket import until

FOUR = """\
event: {title: Probe, date: 2026-03-14, timezone: Europe/Berlin}
host: krefeld
defaults: {fallback: [slate]}
venues:
  krefeld: {name: Krefeld}
  berlin: {name: Berlin}
  tokio: {name: Tokio, timezone: Asia/Tokyo}
  nairobi: {name: Nairobi, timezone: Africa/Nairobi}
agenda:
  - {id: one, title: One, start: 10:00, duration: 10m, source: krefeld}
  - {id: two, title: Two, duration: 10m, source: berlin}
  - {id: three, title: Three, duration: 10m, source: tokio}
  - {id: four, title: Four, duration: 10m, source: nairobi}
"""
ITEMS = {"one": "krefeld", "two": "berlin", "three": "tokio", "four": "nairobi"}
CODES = {place: code for code, place in enumerate(ITEMS.values())}
"""Place codes, in the order of the event's sources."""
START_WITHIN_S = 120.0
"""For two browsers and two rooms, which start at the same time."""

NOTES_CONNECTIONS = """
window.connections = [];
window.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(...given) {
    super(...given);
    window.connections.push(this);
  }
};
"""
LOCAL_CANDIDATE = """async () => {
  const stats = await window.connections.at(-1).getStats();
  const transport = [...stats.values()].find((one) => one.type === "transport");
  return stats.get(stats.get(transport.selectedCandidatePairId).localCandidateId);
}"""


async def test_four_halls_on_four_kinds_of_networks_are_on_air_together(
    internet: Net, tmp_path: Path
) -> None:
    inside, relay = internet.site("server"), internet.site("turn")
    sites = {
        "krefeld": internet.site("krefeld"),
        "berlin": internet.site("berlin"),
        "tokio": internet.site("tokio", families=(6,)),
        "nairobi": internet.site("nairobi", mtu=1280, families=(4,)),
    }
    # The HTTP port is open, that of the TURN server is not.
    sites["krefeld"].block("udp", "tcp dport 443")
    sites["berlin"].block("udp", "tcp dport != 443")
    sites["nairobi"].drop_fragments()
    sites["nairobi"].drop_icmp_errors()
    options = ("--host", "::", "--media-address", *inside.addresses, "--turn", f"turns:{relay.v4}:443")
    options += ("--turn-secret-file", str(tmp_path / "turn-secret"))
    async with AsyncExitStack() as stack:
        stack.enter_context(inside.entered())
        await stack.enter_async_context(coturn(tmp_path, relay.v4, inside.v4, before=relay.enter))
        running = await stack.enter_async_context(server(write(tmp_path, FOUR), tmp_path / "data", *options))
        # As a proxy would: the page comes from port 443, where no media is offered.
        inside.filter(
            "proxy",
            f"chain c {{ type nat hook prerouting priority dstnat; tcp dport 443 redirect to :{running.port}\n}}",
        )
        desk = await stack.enter_async_context(await Client.open(running.link("moderator")))
        rooms = {}
        for place in ("tokio", "nairobi"):
            link = running.link("venue", place).replace("127.0.0.1", sites[place].to(inside))
            opening = test_rooms.room(link, before=sites[place].enter)
            rooms[place] = await stack.enter_async_context(opening)
        pages = {
            "krefeld": await page(stack, tmp_path, running, sites["krefeld"], inside, running.port),
            "berlin": await page(stack, tmp_path, running, sites["berlin"], inside, 443),
        }

        await until(desk, lambda s: all(s["sources"][p]["state"] == "live" for p in sites), START_WITHIN_S)
        for item, on_air in ITEMS.items():
            if item == "one":
                await desk.command("start")
            else:
                await desk.command("next", **{"from": desk.state["show"]["item"]})
            await until(desk, lambda s, item=item: s["show"]["item"] == item)
            for place, opened in pages.items():
                if place != on_air:
                    await opened.shows(CODES[on_air])
                    await opened.hears([CODES[on_air]], of=list(CODES.values()))
            for place, process in rooms.items():
                if place != on_air:
                    await says(process, lambda r, p=on_air: r["seen"]["place"] == p and r["heard"] == [p])

        krefeld, berlin = [await pages[p].page.evaluate(LOCAL_CANDIDATE) for p in pages]
        assert (krefeld["candidateType"], krefeld["protocol"]) in (("host", "tcp"), ("prflx", "tcp")), krefeld
        assert (berlin["candidateType"], berlin["relayProtocol"]) == ("relay", "tls"), berlin
        state = await until(desk, lambda s: all(s["sources"][p]["link"] for p in sites))
        assert {p: state["sources"][p]["link"]["transport"] for p in sites} == {
            "krefeld": "tcp",
            "berlin": "udp",  # as it arrives from the TURN server
            "tokio": "udp",
            "nairobi": "udp",
        }


async def page(
    stack: AsyncExitStack, folder: Path, running: ServerProcess, site: Site, inside: Site, port: int
) -> Room:
    """The hall's page, in a browser at its site, after Start."""
    assert CHROMIUM is not None
    url = f"http://{site.to(inside)}:{port}"
    flags = (
        f"--unsafely-treat-insecure-origin-as-secure={url}",  # a page without TLS is given a camera only so
        "--ignore-certificate-errors",  # of the TURN server
    )
    playwright = await stack.enter_async_context(browsers())
    opening = room(
        *(playwright, folder, running.link("venue", site.name).replace(running.url, url)),
        *(site.name, CODES[site.name]),
        script=NOTES_CONNECTIONS,
        flags=flags,
        executable=site.executable(CHROMIUM, folder),
    )
    opened = await stack.enter_async_context(opening)
    await opened.page.get_by_test_id("start-button").click()
    return opened
