"""A bridge with a hall on air and a viewer, both connected. Their packets and the clock are fake."""

from __future__ import annotations

import asyncio
import os
from typing import Any

from pylibsrtp import Policy, Session

from bridge.engine import SLATE, Feed, PeerSpec
from bridge.peer import Peer
from bridge.rtp import rtcp
from bridge.sdp.answer import Credentials
from bridge.switchboard import TICK_S, Switchboard
from tests.unit.bridge.offers import CHROMIUM_AUDIO, CHROMIUM_VIDEO, hall, line, offer
from tests.unit.bridge.rtp.camera import Camera
from tests.unit.bridge.stun import check

HALL, VIEWER, STRANGER = ("127.0.0.1", 9), ("127.0.0.2", 9), ("127.0.0.3", 9)
"""Unused addresses: packets that the bridge sends are lost."""
INPUT_INTERVAL_S = 0.001
"""Seconds between two inputs."""
HALL_SSRC = 726503289
"""As in the hall's offer."""


class Stage:
    """Use `open`. `now` advances with every input, and the bridge ticks by it."""

    def __init__(self, bridge: Switchboard) -> None:
        self.bridge = bridge
        self.now = 1000.0
        self.camera = Camera(HALL_SSRC)
        self._tick_due = 0.0
        self._keys: dict[str, bytes] = {}
        self._senders: dict[str, Session] = {}

    @classmethod
    async def open(cls) -> Stage:
        """With the hall on air."""
        holder: list[Stage] = []
        bridge = await Switchboard.open(
            "127.0.0.1", 0, ["127.0.0.1"], now=lambda: holder[0].now if holder else 1000.0
        )
        stage = cls(bridge)
        holder.append(stage)
        await stage._join(PeerSpec("hall", "krefeld"), hall(), HALL)
        await stage._join(
            PeerSpec("viewer", None),
            offer(*[line(CHROMIUM_VIDEO, "recvonly")] * 2, *[line(CHROMIUM_AUDIO, "recvonly")] * 5),
            VIEWER,
        )
        bridge.route({"viewer": Feed("krefeld", (), ("krefeld",)), "hall": Feed(SLATE)})
        stage.send_frames()
        return stage

    async def _join(self, spec: PeerSpec, text: str, address: tuple[str, int]) -> None:
        await self.bridge.join(spec, text)
        connection = self.peer(spec.peer).connection
        self.receive(check(connection.credentials, "gM8+"), address)
        if connection.task:  # instead of the handshake, keys are set below
            connection.task.cancel()
            await asyncio.wait([connection.task])
        key = os.urandom(44)
        self._senders[spec.peer] = Session(_policy(key, Policy.SSRC_ANY_OUTBOUND))
        connection.start_media(
            Session(_policy(key, Policy.SSRC_ANY_INBOUND)),
            Session(_policy(os.urandom(44), Policy.SSRC_ANY_OUTBOUND)),
        )

    def peer(self, name: str) -> Peer:
        return self.bridge._peers[name]

    @property
    def credentials(self) -> Credentials:
        """Of the hall's connection."""
        return self.peer("hall").connection.credentials

    def receive(self, data: bytes, address: tuple[str, int]) -> None:
        """A datagram arrives."""
        self.now += INPUT_INTERVAL_S
        self.bridge._port.receive(data, address)
        if self.now >= self._tick_due:
            self._tick_due = self.now + TICK_S
            self.bridge._tick(self.now)

    def send(self, peer: str, plain: bytes) -> None:
        """The peer encrypts and sends a plain packet."""
        address = HALL if peer == "hall" else VIEWER
        protect = self._senders[peer].protect_rtcp if 191 < plain[1] < 224 else self._senders[peer].protect
        self.receive(protect(plain), address)

    def send_keepalives(self) -> None:
        """Both peers send an empty receiver report."""
        for peer in ("hall", "viewer"):
            self.send(peer, rtcp.receiver_report(1, []))

    def send_frames(self) -> int:
        """The hall sends a keyframe and two frames. Returns the packets that the viewer got."""
        before = self._sent()
        for keyframe in (True, False, False):
            for packet in self.camera.frame(3, keyframe=keyframe):
                self.send("hall", packet.data)
        return self._sent() - before

    def _sent(self) -> int:
        return sum(slot.packets for slot in self.peer("viewer").destination.slots)

    def table_sizes(self) -> dict[str, int]:
        """The tables that bad input might grow without limit."""
        port: Any = self.bridge._port
        hall_, viewer = self.peer("hall"), self.peer("viewer")
        return {
            "addresses": len(port._by_address),
            "port reasons": len(port.dropped),
            "connection reasons": len(hall_.connection.dropped) + len(viewer.connection.dropped),
            "source reasons": len(hall_.source.dropped) if hall_.source else 0,
            "streams": len(hall_.connection.ssrcs) + len(viewer.connection.ssrcs),
            "ssrcs on the port": len(port._by_ssrc),
            "reports": len(viewer.destination._feedback._reports),
            "retransmissions": sum(len(slot._retransmission_log) for slot in viewer.destination.slots),
        }

    async def close(self) -> None:
        await self.bridge.close()


def _policy(key: bytes, direction: int) -> Policy:
    policy = Policy(key, direction, srtp_profile=Policy.SRTP_PROFILE_AEAD_AES_256_GCM)
    policy.allow_repeat_tx = True
    policy.window_size = 1024
    return policy
