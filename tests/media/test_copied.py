"""An eavesdropper copies a room's packets and sends them from another address, so that pictures flood that one."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest
from aioice import Connection

from bridge.engine import Feed
from bridge.net.consent import CONSENT_S
from tests.media.conftest import Bridge
from tests.media.rooms import room
from tests.network.relay import relay

MAX_BYTES_PER_COPY = 300
"""Sent to the forged address: a response and a check, of about 100 bytes each."""


class Eavesdropper:
    """Sees each datagram of a line, copies those of the rooms, and counts what the forged address gets."""

    def __init__(self, bridge: int) -> None:
        self.copies: list[bytes] = []
        self.order: str | None = None
        """Copies are sent before the room's own datagram arrives, after it, or not at all."""
        self.kinds = range(4)
        """First bytes of what is copied; checks by default."""
        self.received: list[bytes] = []
        self._bridge = bridge
        self._loop = asyncio.get_running_loop()
        self._sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._sock.bind(("127.0.0.1", 0))
        self._sock.setblocking(False)
        self._loop.add_reader(self._sock, self._read)

    def sees(self, data: bytes) -> bool:
        """As the `is_exempt` of a relay."""
        is_response = data[:2] == b"\x01\x01"
        if self.order is not None and data[0] in self.kinds and not is_response:
            self.copies.append(data)
            if self.order == "before":
                self.send(data)
            else:
                self._loop.call_later(0.01, self.send, data)
        return False

    def send(self, data: bytes) -> None:
        if self._sock.fileno() >= 0:
            self._sock.sendto(data, ("127.0.0.1", self._bridge))

    async def until_copied(self, count: int) -> None:
        async with asyncio.timeout(60):
            while len(self.copies) < count:  # noqa: ASYNC110 - it sees them in a callback of the relay
                await asyncio.sleep(0.05)

    def check_no_flood(self) -> None:
        """No media has come, and no more than an answer to each copy."""
        assert not [data for data in self.received if data[0] > 3]
        assert sum(map(len, self.received)) <= MAX_BYTES_PER_COPY * len(self.copies)

    def close(self) -> None:
        self.order = None
        self._loop.remove_reader(self._sock)
        self._sock.close()

    def _read(self) -> None:
        self.received.append(self._sock.recv(65_536))


@pytest.fixture
async def eavesdropper(bridge: Bridge, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Eavesdropper]:
    monkeypatch.setattr("aioice.ice.CONSENT_INTERVAL", 0.2)
    build = Connection.build_request
    # Chromium nominates with each check.
    monkeypatch.setattr(Connection, "build_request", lambda self, pair, nominate: build(self, pair, True))
    made = Eavesdropper(bridge.switchboard.udp_port)
    yield made
    made.close()


@pytest.mark.parametrize("order", ["before", "after"])
async def test_copied_checks_draw_no_flood_and_the_picture_goes_on(
    bridge: Bridge, eavesdropper: Eavesdropper, order: str
) -> None:
    async with (
        relay(bridge.switchboard.udp_port, is_exempt=eavesdropper.sees) as path,
        room(bridge.switchboard, "hall", source="krefeld", code=0),
        room(bridge.switchboard, "viewer", port=path.port) as viewer,
    ):
        bridge.switchboard.route({"viewer": Feed("krefeld")})
        await viewer.slots["program"].shows(0)
        eavesdropper.order = order
        await eavesdropper.until_copied(10)
        await viewer.slots["program"].more(30)
        eavesdropper.check_no_flood()
        assert viewer.slots["program"].only_goes_forward
        assert bridge.left == []


async def test_copies_from_the_first_check_on_do_not_keep_a_room_out(
    bridge: Bridge, eavesdropper: Eavesdropper
) -> None:
    eavesdropper.order = "before"
    async with (
        relay(bridge.switchboard.udp_port, is_exempt=eavesdropper.sees) as path,
        room(bridge.switchboard, "hall", source="krefeld", code=0),
        room(bridge.switchboard, "viewer", port=path.port) as viewer,
    ):
        bridge.switchboard.route({"viewer": Feed("krefeld")})
        await viewer.slots["program"].shows(0)
        assert not [data for data in eavesdropper.received if 127 < data[0] < 192], "no media"


async def test_copied_media_draws_no_flood_while_the_room_is_dark(
    bridge: Bridge, eavesdropper: Eavesdropper
) -> None:
    """The copies alone arrive, each for the first time."""
    async with (
        relay(bridge.switchboard.udp_port, is_exempt=eavesdropper.sees) as path,
        room(bridge.switchboard, "hall", source="krefeld", code=0, port=path.port),
        room(bridge.switchboard, "other") as other,
    ):
        bridge.switchboard.route({"hall": Feed("krefeld"), "other": Feed("krefeld")})
        await other.slots["program"].shows(0)
        eavesdropper.kinds, eavesdropper.order = range(128, 192), "before"
        path.dark = True
        await eavesdropper.until_copied(100)
        assert not [data for data in eavesdropper.received if data[0] > 3]


async def test_a_room_that_has_gone_is_not_kept_by_its_checks(
    bridge: Bridge, eavesdropper: Eavesdropper, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Repeated from an address of the attacker, they draw nothing, and the peer ends as soon as without them."""
    monkeypatch.setattr("bridge.peer.PEER_TIMEOUT_S", 3.0)
    async with relay(bridge.switchboard.udp_port, is_exempt=eavesdropper.sees) as path:
        async with room(bridge.switchboard, "viewer", port=path.port):
            eavesdropper.order = "after"
            await eavesdropper.until_copied(3)
            eavesdropper.order = None
            path.dark = True
            copies, sent = list(eavesdropper.copies), 0
            async with asyncio.timeout(CONSENT_S):
                while "viewer" not in bridge.left:
                    for data in copies:
                        eavesdropper.send(data)
                        sent += 1
                    await asyncio.sleep(0.1)
            eavesdropper.check_no_flood()
            assert sent >= 3 * len(copies), "each came again and again"
