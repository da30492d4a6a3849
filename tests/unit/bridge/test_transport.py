"""The port: who is who on it, and what strangers can do."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aioice import stun

from bridge.connection import Connection
from bridge.ice import SILENT, Address
from bridge.transport import LARGEST, Port
from tests.unit.bridge.stun import check

HERE, THERE = ("127.0.0.1", 9), ("127.0.0.2", 9)
FINGERPRINTS = [("sha-256", "AB")]


class Time:
    """A clock that stands still unless it is moved."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
async def port(time: Time) -> AsyncIterator[Port]:
    port = await Port.open("127.0.0.1", 0, time)
    yield port
    await port.close()


@pytest.fixture
def hall(port: Port) -> Connection:
    return port.connect("hall", "peer", FINGERPRINTS)


async def test_a_taken_port_is_an_error(port: Port) -> None:
    with pytest.raises(OSError, match="in use"):
        await Port.open("127.0.0.1", port.number)


async def test_a_dual_stack_port_opens() -> None:
    port = await Port.open("::", 0)
    assert port.number
    await port.close()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty or too large"),
        (bytes(LARGEST + 1), "empty or too large"),
        (b"\x00\x01" + bytes(30), "stun: no magic cookie"),
        (b"\x16\xfe\xfd" + bytes(30), "unknown address"),
        (b"\x80\x60" + bytes(30), "unknown address"),
        (bytes(stun.Message(stun.Method.BINDING, stun.Class.REQUEST)), "stun: unknown username"),
    ],
)
async def test_a_strangers_datagram_is_counted_and_dropped(port: Port, data: bytes, reason: str) -> None:
    port.receive(data, HERE)
    assert port.dropped == {reason: 1}


async def test_a_good_check_enters_the_address(port: Port, hall: Connection) -> None:
    port.receive(check(hall.credentials), HERE)
    port.receive(b"\x80\x60\x00", HERE)
    assert hall.last_heard == 100.0
    assert hall.dropped == {"srtp: truncated": 1}
    assert port.dropped == {}


async def test_a_forged_check_does_not(port: Port, hall: Connection) -> None:
    port.receive(check(hall.credentials, password="x" * 32), HERE)
    port.receive(b"\x80\x60\x00", HERE)
    assert hall.dropped == {"stun: wrong signature": 1}
    assert port.dropped == {"unknown address": 1}


async def test_a_peer_cannot_take_a_living_peers_address(port: Port, hall: Connection) -> None:
    """Whoever has a link and can forge a sender's address could else throw others out."""
    other = port.connect("other", "peer", FINGERPRINTS)
    port.receive(check(hall.credentials), HERE)
    port.receive(check(other.credentials), HERE)
    port.receive(b"\x80\x60\x00", HERE)
    assert other.dropped == {"stun: address of another peer": 1}
    assert hall.dropped == {"srtp: truncated": 1}


async def test_the_address_of_a_silent_peer_can_change_hands(
    port: Port, hall: Connection, time: Time
) -> None:
    reasons: list[str] = []
    hall.on_closed = reasons.append
    other = port.connect("other", "peer", FINGERPRINTS)
    port.receive(check(hall.credentials), HERE)
    time.now += SILENT * 1.1
    port.receive(check(other.credentials), HERE)
    port.receive(b"\x80\x60\x00", HERE)
    assert reasons == ["its address is another peer's now"]
    assert other.dropped == {"srtp: truncated": 1}


async def test_an_address_a_peer_has_left_can_change_hands_at_once(port: Port, hall: Connection) -> None:
    other = port.connect("other", "peer", FINGERPRINTS)
    port.receive(check(hall.credentials), HERE)
    port.receive(check(hall.credentials, nominates=True), THERE)
    port.receive(check(other.credentials), HERE)
    port.receive(b"\x80\x60\x00", HERE)
    port.receive(b"\x80\x60\x00", THERE)
    assert other.dropped == {"srtp: truncated": 1}
    assert hall.dropped == {"srtp: truncated": 1}


async def test_addresses_beyond_the_bound_leave_the_table(port: Port, hall: Connection) -> None:
    for number in range(1, 20):
        port.receive(check(hall.credentials), ("127.0.0.1", number))
    assert len(port._by_address) == len(hall.ice.addresses)
    assert all(port._by_address[address] is hall for address in hall.ice.addresses)


async def test_what_has_ended_leaves_nothing_behind(port: Port, hall: Connection) -> None:
    port.receive(check(hall.credentials), HERE)
    port.restart(hall, "again")
    port.receive(check(hall.credentials, "again"), THERE)
    hall.end("over")
    assert not port._by_ufrag
    assert not port._by_address
    assert not port._connections


async def test_a_restart_gives_new_credentials_and_keeps_the_old_until_they_are_used(
    port: Port, hall: Connection
) -> None:
    old = hall.credentials
    port.receive(check(old), HERE)
    port.restart(hall, "again")
    port.receive(check(old), HERE)
    port.receive(check(hall.credentials, "again"), THERE)
    assert hall.ice.selected == THERE
    assert not hall.dropped
    port.receive(check(old), HERE)
    assert hall.dropped == {"stun: unknown username": 1}


async def test_a_fault_of_ours_met_by_one_peers_packet_ends_that_peer_only(
    port: Port, hall: Connection
) -> None:
    reasons: list[str] = []
    hall.on_closed = reasons.append
    port.receive(check(hall.credentials), HERE)
    other = port.connect("other", "peer", FINGERPRINTS)
    port.receive(check(other.credentials), THERE)

    def broken(data: bytes, address: Address, now: float) -> None:
        raise AssertionError("a broken invariant")

    hall._receive_media = broken  # type: ignore[method-assign]
    port.receive(b"\x80\x60" + bytes(20), HERE)
    port.receive(b"\x80\x60\x00", THERE)
    assert reasons == ["fault in the packet path"]
    assert other.dropped == {"srtp: truncated": 1}
