"""The scenarios of `make soak` for some seconds with few participants. What depends on speed is asserted there only."""

from __future__ import annotations

from tests.soak.crowd import crowd
from tests.soak.idle import idle
from tests.soak.kills import kills
from tests.soak.strangers import strangers


async def test_nobody_is_disconnected_and_everybody_sees_each_next() -> None:
    line = await crowd(3.0, senders=2, watchers=3, viewers=8)
    assert line["participants"] == 10
    assert line["disconnects"] == 0
    assert line["nexts"], "a patch that does not come is a TimeoutError"
    assert line["packets"]


async def test_idle_sockets_stay_connected() -> None:
    line = await idle(1.0, sockets=50)
    assert line["disconnects"] == 0


async def test_strangers_change_nothing() -> None:
    line = await strangers(4.0, links_per_min=3_000, datagrams_per_s=2_000)
    assert line["nexts"]
    assert line["lost_nexts"] == 0
    assert line["disconnects"] == 0
    assert line["datagrams"]


async def test_all_recover_from_kills() -> None:
    line = await kills(1.0, 7, halls=["krefeld"], viewers=1, most=3, interval=(0.1, 0.2))
    assert [line[f"{kind}_kills"] for kind in ("server", "viewer", "camera")] == [1, 1, 1]
