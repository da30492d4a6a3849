"""The scenarios of `make soak` for some seconds with few participants. What depends on speed is asserted there only."""

from __future__ import annotations

import math

from tests.soak.crowd import crowd
from tests.soak.figures import MAX_GROWTH_MIB, MIB, Memory
from tests.soak.figures import line as line_of
from tests.soak.idle import idle
from tests.soak.kills import kills
from tests.soak.strangers import strangers


async def test_nobody_is_disconnected_and_everybody_sees_each_next() -> None:
    # A patch that does not come is a TimeoutError.
    line = await crowd(3.0, senders=2, watchers=3, viewers=8)
    assert line["disconnects"] == 0
    assert line["packets"]


async def test_idle_sockets_stay_connected() -> None:
    line = await idle(1.0, sockets=50)
    assert line["disconnects"] == 0


async def test_strangers_change_nothing() -> None:
    line = await strangers(4.0, links_per_min=3_000, datagrams_per_s=2_000)
    assert line["lost_nexts"] == 0
    assert line["disconnects"] == 0
    assert line["datagrams"]


async def test_all_recover_from_kills() -> None:
    line = await kills(1.0, 7, halls=["krefeld"], viewers=1, most=3, interval=(0.1, 0.2))
    assert [line[f"{kind}_kills"] for kind in ("server", "viewer", "camera")] == [1, 1, 1]


def test_a_figure_over_its_limit_and_one_that_is_no_number_are_missed() -> None:
    figures = {"mib": 100.1, "disconnects": 0.0, "gap_s": math.nan}
    assert line_of("idle", 60.0, figures, {"mib": 100.0, "disconnects": 0, "gap_s": 1.0})["missed"] == [
        "mib",
        "gap_s",
    ]


def test_memory_that_grows_once_the_server_has_started_is_a_leak() -> None:
    def growth(mib_at: dict[int, float]) -> float:
        memory = Memory()
        memory._samples = [(float(at), int(mib * MIB)) for at, mib in mib_at.items()]
        return memory.figures()["growth_mib"]

    assert growth({at: 100 + min(at, 30) for at in range(61)}) < 1, "it has started"
    assert growth({at: 100 + max(0, at - 30) for at in range(61)}) > MAX_GROWTH_MIB
