"""A bridge with a hall on air and a viewer, both past their handshakes, whose packets are made here; own clock."""

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
"""Addresses nobody listens at: what the bridge sends is lost."""
STEP = 0.001
"""Seconds between two inputs."""
HALL_SSRC = 726503289
"""As in the hall's offer."""


class Stage:
    """Use `open`. `now` goes on with every input; ticks come by it."""

    def __init__(self, bridge: Switchboard) -> None:
        self.bridge = bridge
        self.now = 1000.0
        self.camera = Camera(HALL_SSRC)
        self._tick_due = 0.0
        self._keys: dict[str, bytes] = {}
        self._senders: dict[str, Session] = {}

    @classmethod
    async def open(cls) -> Stage:
        """The hall is on air."""
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
        bridge.route({"viewer": Feed("krefeld", None, ("krefeld",)), "hall": Feed(SLATE)})
        stage.show()
        return stage

    async def _join(self, spec: PeerSpec, text: str, address: tuple[str, int]) -> None:
        await self.bridge.join(spec, text)
        connection = self.peer(spec.peer).connection
        self.enter(check(connection.credentials, "gM8+"), address)
        if connection.task:  # it awaits a handshake, which is made here instead
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

    def enter(self, data: bytes, address: tuple[str, int]) -> None:
        """A datagram arrives as it is."""
        self.now += STEP
        self.bridge._port.receive(data, address)
        if self.now >= self._tick_due:
            self._tick_due = self.now + TICK_S
            self.bridge._tick(self.now)

    def say(self, peer: str, plain: bytes) -> None:
        """The peer encrypts and sends this."""
        address = HALL if peer == "hall" else VIEWER
        protect = self._senders[peer].protect_rtcp if 191 < plain[1] < 224 else self._senders[peer].protect
        self.enter(protect(plain), address)

    def keep(self) -> None:
        """Both are still there."""
        for peer in ("hall", "viewer"):
            self.say(peer, rtcp.receiver_report(1, []))

    def show(self) -> int:
        """The hall's camera goes on with a keyframe; how many packets of it the viewer got."""
        before = self._sent()
        for keyframe in (True, False, False):
            for packet in self.camera.frame(3, keyframe=keyframe):
                self.say("hall", packet.data)
        return self._sent() - before

    def _sent(self) -> int:
        return sum(slot.packets for slot in self.peer("viewer").destination.slots)

    def sizes(self) -> dict[str, int]:
        """Everything that could grow without end."""
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
            "answers": sum(len(slot._retransmission_log) for slot in viewer.destination.slots),
        }

    async def close(self) -> None:
        await self.bridge.close()


def _policy(key: bytes, direction: int) -> Policy:
    policy = Policy(key, direction, srtp_profile=Policy.SRTP_PROFILE_AEAD_AES_256_GCM)
    policy.allow_repeat_tx = True
    policy.window_size = 1024
    return policy
