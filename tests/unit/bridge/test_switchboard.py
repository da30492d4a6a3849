"""The switchboard's tables; how it carries pictures is told in `tests/media`."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator

import pytest

from bridge.engine import Health, PeerSpec
from bridge.switchboard import Switchboard
from tests.unit.bridge.offers import FINGERPRINT, hall

HALL = PeerSpec("hall", "krefeld")


@pytest.fixture
async def switchboard() -> AsyncIterator[Switchboard]:
    switchboard = await Switchboard.open("127.0.0.1", 0, ["127.0.0.1"])
    yield switchboard
    await switchboard.close()


def ufrag(sdp: str) -> str:
    return str(re.findall(r"a=ice-ufrag:(\S+)", sdp)[0])


@pytest.mark.parametrize(
    ("addresses", "fault"), [([], "no media address"), (["bridge.example"], "bridge.example")]
)
async def test_addresses_that_cannot_be_offered_are_refused(addresses: list[str], fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        await Switchboard.open("127.0.0.1", 0, addresses)


async def test_a_taken_port_is_an_error(switchboard: Switchboard) -> None:
    with pytest.raises(OSError, match="in use"):
        await Switchboard.open("127.0.0.1", switchboard.number, ["127.0.0.1"])


async def test_the_answer_offers_every_address_with_the_ports_number() -> None:
    switchboard = await Switchboard.open("127.0.0.1", 0, ["127.0.0.1", "192.0.2.1"])
    joined = await switchboard.join(HALL, hall())
    assert f"127.0.0.1 {switchboard.number} typ host" in joined.sdp
    assert f"192.0.2.1 {switchboard.number} typ host" in joined.sdp
    await switchboard.close()


async def test_the_same_offer_again_gets_the_same_credentials_and_a_restart_new_ones(
    switchboard: Switchboard,
) -> None:
    first = await switchboard.join(HALL, hall())
    again = await switchboard.join(HALL, hall())
    restarted = await switchboard.join(HALL, hall().replace("gM8+", "nEw+"))
    assert ufrag(again.sdp) == ufrag(first.sdp)
    assert ufrag(restarted.sdp) != ufrag(first.sdp)


async def test_a_new_connection_of_a_peer_has_a_certificate_of_its_own(switchboard: Switchboard) -> None:
    """By which a browser whose association is unknown here sees that it has to shake hands again."""
    first = await switchboard.join(HALL, hall())
    other = await switchboard.join(HALL, hall().replace(FINGERPRINT, FINGERPRINT.replace("A8", "A9")))
    prints = [set(re.findall(r"a=fingerprint:(.*)", joined.sdp)) for joined in (first, other)]
    assert len(prints[0]) == len(prints[1]) == 1
    assert prints[0] != prints[1]


async def test_a_peer_that_never_connects_does_not_flap(switchboard: Switchboard) -> None:
    healths: list[Health] = []
    switchboard.on_health = lambda source, health: healths.append(health)
    await switchboard.join(HALL, hall())
    await switchboard.join(HALL, hall().replace(FINGERPRINT, FINGERPRINT.replace("A8", "A9")))
    await switchboard.leave("hall")
    await asyncio.sleep(0)
    assert healths == [Health.CONNECTING, Health.ABSENT]


async def test_a_source_goes_back_to_whom_it_was_taken_from_if_the_taker_never_shows_a_picture(
    switchboard: Switchboard,
) -> None:
    await switchboard.join(HALL, hall())
    await switchboard.join(PeerSpec("other", "krefeld"), hall())
    await switchboard.leave("other")
    sources, _ = switchboard.stats()
    assert set(sources) == {"krefeld"}
    await switchboard.leave("hall")
    assert switchboard.stats() == ({}, {})


async def test_a_fault_in_one_peers_state_costs_that_peer_and_is_told_in_full(
    switchboard: Switchboard, capsys: pytest.CaptureFixture[str]
) -> None:
    await switchboard.join(HALL, hall())
    await switchboard.join(PeerSpec("other", "tokio"), hall())
    gone: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    switchboard.on_left = gone.set_result

    def broken(now: float) -> None:
        raise AssertionError("a broken invariant")

    switchboard._peers["hall"].tick = broken  # type: ignore[method-assign]
    assert await asyncio.wait_for(gone, 5) == "hall"
    _, peers = switchboard.stats()
    assert set(peers) == {"other"}
    assert "a broken invariant" in capsys.readouterr().out
