"""A viewer whose picture an overloaded server withholds is told so, by the state and by the refusal of its offer."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bridge.engine import Joined, PeerSpec, ShedLevel, TooManyPeers
from signaling.client import Client, RequestRefused
from signaling.health.conditions import Readings, examine
from tests.server.localserver import LocalServer
from tests.server.test_socket import until


def shed(local: LocalServer, level: ShedLevel) -> None:
    """What the monitor does, once it has decided."""
    local.media.shed(level)
    found = examine(Readings(shed_level=level), datetime.now(UTC))
    local.runtime.note_conditions(found)


async def test_viewers_and_the_desk_see_what_is_withheld_and_halls_do_not(local: LocalServer) -> None:
    async with (
        await Client.open(local.link("viewer")) as viewer,
        await Client.open(local.link("venue", "tokio")) as hall,
        local.desk() as desk,
    ):
        levels: tuple[ShedLevel, ...] = (2, 3, 0)
        for level in levels:
            shed(local, level)
            await until(viewer, lambda s, level=level: s["server"] == {"warnings": [], "sheds": level})
            state = await until(desk, lambda s, level=level: s["server"]["sheds"] == level)
            assert [one["code"] for one in state["server"]["warnings"]] == ["overload"] * (level > 0)
            assert hall.state["server"] == {"warnings": [], "sheds": 0}


async def test_a_viewer_who_is_refused_reads_why(local: LocalServer, monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse(spec: PeerSpec, offer: str) -> Joined:
        raise TooManyPeers("no room")

    monkeypatch.setattr(local.media, "join", refuse)
    async with (
        await Client.open(local.link("viewer")) as viewer,
        await Client.open(local.link("venue", "tokio")) as hall,
    ):
        with pytest.raises(RequestRefused, match="Too many pages are connecting"):
            await viewer.offer("v=0\r\n", None)
        shed(local, 3)
        with pytest.raises(RequestRefused, match="The server is overloaded") as refusal:
            await viewer.offer("v=0\r\n", None)
        assert refusal.value.code == "busy"
        with pytest.raises(RequestRefused, match="Too many pages are connecting"):
            await hall.offer("v=0\r\n", "tokio")
