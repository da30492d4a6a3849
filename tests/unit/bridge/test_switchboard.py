"""The switchboard's tables. `tests/media` covers the media."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator

import pytest
import structlog
from pylibsrtp import Policy

from bridge import eviction
from bridge.engine import Callbacks, MediaHealth, OfferError, PeerSpec, SourceState, TooManyPeers
from bridge.net import stun
from bridge.source.source import REPORT_INTERVAL_S
from bridge.source.stall import STALL_S
from bridge.switchboard import LEVELS_INTERVAL_S, TICK_S, Switchboard
from tests.unit.bridge.net.test_connection import HERE, session
from tests.unit.bridge.offers import FINGERPRINT, hall
from tests.unit.bridge.rtp.camera import Camera
from tests.unit.bridge.stun import check

HALL = PeerSpec("hall", "krefeld")


class Clock:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Harness:
    """A switchboard with its own clock, and peers that all send one source."""

    def __init__(self, switchboard: Switchboard, clock: Clock) -> None:
        self.switchboard = switchboard
        self.states: list[SourceState] = []
        self.left: list[str] = []
        self._clock = clock
        self._cameras: dict[str, Camera] = {}
        switchboard.listen(Callbacks(lambda source, state, why: self.states.append(state), self.left.append))

    async def join(self, peer: str) -> None:
        await self.switchboard.join(PeerSpec(peer, "krefeld"), hall())
        self._cameras[peer] = Camera(726503289)

    def connect(self, peer: str) -> None:
        """Its handshake is done."""
        self.hear(peer)
        self.switchboard._peers[peer].connection.start_media(
            session(Policy.SSRC_ANY_INBOUND), session(Policy.SSRC_ANY_OUTBOUND)
        )

    def hear(self, peer: str) -> None:
        """A check of it arrives, and nothing else."""
        connection = self.switchboard._peers[peer].connection
        connection.on_check(stun.parse(check(connection.credentials, "gM8+")), HERE, self._clock.now)

    def show(self, peer: str) -> None:
        """A picture of it arrives."""
        self.hear(peer)
        for sent in self._cameras[peer].frame(keyframe=True):
            self.switchboard._peers[peer].connection.on_rtp(sent.data, self._clock.now)

    async def live(self, peer: str) -> None:
        await self.join(peer)
        self.connect(peer)
        self.show(peer)

    def tick(self, seconds: float = 0.0) -> None:
        self._clock.now += seconds
        self.switchboard._tick(self._clock.now)

    @property
    def sender(self) -> str:
        return self.switchboard._senders["krefeld"].name

    async def reported(self) -> list[SourceState]:
        """What has been reported so far."""
        await asyncio.sleep(0)
        return self.states


@pytest.fixture
async def harness() -> AsyncIterator[Harness]:
    clock = Clock()
    switchboard = await Switchboard.open("127.0.0.1", 0, ["127.0.0.1"], clock)
    yield Harness(switchboard, clock)
    for peer in switchboard._peers.values():
        peer.connection.connected.clear()  # without a handshake, the connection must cancel it and not wait
    await switchboard.close()


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
async def test_invalid_media_addresses_are_refused(addresses: list[str], fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        await Switchboard.open("127.0.0.1", 0, addresses)


async def test_a_taken_port_is_an_error(switchboard: Switchboard) -> None:
    with pytest.raises(OSError, match="in use"):
        await Switchboard.open("127.0.0.1", switchboard.udp_port, ["127.0.0.1"])


async def test_the_answer_has_a_candidate_for_every_address() -> None:
    switchboard = await Switchboard.open("127.0.0.1", 0, ["127.0.0.1", "192.0.2.1"])
    joined = await switchboard.join(HALL, hall())
    assert f"127.0.0.1 {switchboard.udp_port} typ host" in joined.sdp
    assert f"192.0.2.1 {switchboard.udp_port} typ host" in joined.sdp
    await switchboard.close()


async def test_the_same_offer_again_gets_the_same_credentials_and_a_restart_new_ones(
    switchboard: Switchboard,
) -> None:
    first = await switchboard.join(HALL, hall())
    again = await switchboard.join(HALL, hall())
    restarted = await switchboard.join(HALL, hall().replace("gM8+", "nEw+"))
    assert ufrag(again.sdp) == ufrag(first.sdp)
    assert ufrag(restarted.sdp) != ufrag(first.sdp)


async def test_a_new_connection_of_a_peer_has_a_new_certificate(switchboard: Switchboard) -> None:
    """It tells a browser after a restart of the server that it needs a new handshake."""
    first = await switchboard.join(HALL, hall())
    other = await switchboard.join(HALL, hall().replace(FINGERPRINT, FINGERPRINT.replace("A8", "A9")))
    prints = [set(re.findall(r"a=fingerprint:(.*)", joined.sdp)) for joined in (first, other)]
    assert len(prints[0]) == len(prints[1]) == 1
    assert prints[0] != prints[1]


async def test_a_peer_that_never_connects_does_not_flap(switchboard: Switchboard) -> None:
    states: list[SourceState] = []
    switchboard.listen(Callbacks(lambda source, state, why: states.append(state)))
    await switchboard.join(HALL, hall())
    await switchboard.join(HALL, hall().replace(FINGERPRINT, FINGERPRINT.replace("A8", "A9")))
    await switchboard.leave("hall")
    await asyncio.sleep(0)
    assert states == ["connecting", "absent"]


async def test_the_older_peer_keeps_the_source_if_the_newer_one_never_sends(
    switchboard: Switchboard,
) -> None:
    await switchboard.join(HALL, hall())
    await switchboard.join(PeerSpec("other", "krefeld"), hall())
    await switchboard.leave("other")
    sources, _ = switchboard.stats()
    assert set(sources) == {"krefeld"}
    await switchboard.leave("hall")
    assert switchboard.stats() == ({}, {})


async def test_a_newer_peer_is_elected_only_when_it_is_live(harness: Harness) -> None:
    await harness.live("old")
    harness.tick()
    await harness.join("new")
    harness.tick()
    assert harness.sender == "old"
    harness.connect("new")
    harness.tick()
    assert harness.sender == "old"
    harness.show("new")
    harness.tick()
    assert harness.sender == "new"
    assert await harness.reported() == ["connecting", "live"]


async def test_the_older_peer_is_elected_again_when_the_newer_one_stalls(
    harness: Harness,
) -> None:
    await harness.live("old")
    await harness.live("new")
    harness.tick()
    assert harness.sender == "new"
    harness.tick(STALL_S - 0.1)
    harness.show("old")
    harness.hear("new")
    harness.tick(0.2)
    assert harness.sender == "old"
    harness.show("new")
    harness.tick()
    assert harness.sender == "new"
    assert await harness.reported() == ["connecting", "live"]


async def test_a_stalled_peer_yields_to_a_connected_one_but_not_to_an_offer(harness: Harness) -> None:
    """The sound of a room whose camera has stopped may still be on air."""
    await harness.live("old")
    harness.tick()
    harness.tick(STALL_S + 0.1)
    await harness.join("new")
    harness.hear("old")
    harness.tick()
    assert harness.sender == "old"
    harness.connect("new")
    harness.tick()
    assert harness.sender == "new"
    harness.show("old")
    harness.tick()
    assert harness.sender == "old"
    assert await harness.reported() == [
        "connecting",
        "live",
        "stalled",
        "connecting",
        "live",
    ]


async def test_of_two_stalled_peers_the_present_one_stays_elected(harness: Harness) -> None:
    """The election does not alternate between them."""
    await harness.live("old")
    await harness.live("new")
    harness.tick()
    harness.tick(STALL_S + 0.1)
    senders = set()
    for _ in range(10):
        harness.tick(0.02)
        senders.add(harness.sender)
    assert senders == {"new"}


async def test_an_absent_peer_yields_to_an_offer(harness: Harness) -> None:
    await harness.live("old")
    harness.tick(5)
    await harness.join("new")
    assert harness.sender == "new"


async def test_a_peer_that_is_not_elected_gets_reports_all_along(harness: Harness) -> None:
    """Otherwise it would take the bridge for dead, rejoin and be elected, and then the other one likewise."""
    await harness.live("old")
    await harness.live("new")
    sent: list[bytes] = []
    source = harness.switchboard._peers["old"].source
    assert source
    source._context.send = sent.append
    for second in range(1, 9):
        harness.tick(REPORT_INTERVAL_S)
        harness.show("old")
        harness.show("new")
        harness.tick()
        assert harness.sender == "new"
        assert len(sent) >= second


def viewer(name: str) -> PeerSpec:
    return PeerSpec(name, None, link="watch", is_expendable=True)


async def test_evicted_peers_are_reported_and_a_flood_of_them_makes_few_log_lines(
    harness: Harness, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The oldest unconnected peer is evicted; a connected one never is."""
    monkeypatch.setattr(eviction, "MAX_UNCONNECTED_PER_VIEWER_LINK", 3)
    await harness.live("old")
    for number in range(3 + 5):
        await harness.switchboard.join(viewer(f"ghost{number}"), hall())
    await harness.reported()
    assert harness.left == [f"ghost{number}" for number in range(5)]
    assert set(harness.switchboard.stats()[1]) == {"old", "ghost5", "ghost6", "ghost7"}
    told = [
        line for line in capsys.readouterr().out.splitlines() if "peer evicted" in line or "closed" in line
    ]
    assert ["ghost0" in told[0], "ghost1" in told[1], "ghost3" in told[2], len(told)] == [True] * 3 + [3]
    assert re.search(r"so_far\S*=\S*4", told[2])


async def test_a_refused_peer_changes_nothing_and_its_offer_is_not_parsed(
    harness: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(eviction, "MAX_UNCONNECTED", 2)
    for place in ("krefeld", "tokio"):
        await harness.switchboard.join(PeerSpec(place, place, link=place), hall())
    with pytest.raises(TooManyPeers):
        await harness.switchboard.join(PeerSpec("berlin", "berlin", link="berlin"), "no offer")
    assert set(harness.switchboard.stats()[1]) == {"krefeld", "tokio"}
    await harness.switchboard.join(PeerSpec("tokio", "tokio", link="tokio"), hall())  # it has joined already
    harness.connect("krefeld")
    await harness.switchboard.join(PeerSpec("berlin", "berlin", link="berlin"), hall())
    assert set(harness.switchboard.stats()[1]) == {"krefeld", "tokio", "berlin"}


async def test_an_overloaded_machine_accepts_no_more_viewers_and_any_other_peer(harness: Harness) -> None:
    await harness.switchboard.join(viewer("first"), hall())
    harness.switchboard.shed(3)
    with pytest.raises(TooManyPeers, match="overloaded"):
        await harness.switchboard.join(viewer("second"), hall())
    await harness.switchboard.join(viewer("first"), hall())  # it has joined already
    await harness.live("krefeld")
    harness.switchboard.shed(2)
    await harness.switchboard.join(viewer("third"), hall())
    limits = {name: peer.destination.picture_limit for name, peer in harness.switchboard._peers.items()}
    assert limits == {"first": "none", "krefeld": "best", "third": "none"}


async def test_the_bad_datagrams_of_a_peer_that_has_left_are_counted_still(harness: Harness) -> None:
    await harness.join("krefeld")
    harness.switchboard._peers["krefeld"].connection.drop("srtp: truncated")
    harness.switchboard._port.receive(b"", ("192.0.2.1", 9))
    for _ in range(2):
        assert harness.switchboard.health() == MediaHealth(
            True, {"srtp: truncated": 1, "empty or too large": 1}
        )
        await harness.switchboard.leave("krefeld")


async def test_a_bad_offer_evicts_no_peer(harness: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(eviction, "MAX_UNCONNECTED_PER_VIEWER_LINK", 1)
    await harness.switchboard.join(viewer("first"), hall())
    with pytest.raises(OfferError):
        await harness.switchboard.join(viewer("second"), "no offer")
    assert set(harness.switchboard.stats()[1]) == {"first"}


async def test_a_bug_in_one_peers_state_closes_that_peer_and_is_logged_with_its_traceback(
    switchboard: Switchboard, capsys: pytest.CaptureFixture[str]
) -> None:
    await switchboard.join(HALL, hall())
    await switchboard.join(PeerSpec("other", "tokio"), hall())
    gone: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    switchboard.listen(Callbacks(on_left=gone.set_result))

    def broken(now: float) -> None:
        raise AssertionError("a broken invariant")

    switchboard._peers["hall"].tick = broken  # type: ignore[method-assign]
    assert await asyncio.wait_for(gone, 60) == "hall"
    _, peers = switchboard.stats()
    assert set(peers) == {"other"}
    assert "a broken invariant" in capsys.readouterr().out


async def test_a_step_that_always_fails_is_logged_once_a_second_and_the_others_run(
    harness: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    await harness.live("one")

    def broken(now: float) -> None:
        raise AssertionError("a broken invariant")

    monkeypatch.setattr(harness.switchboard, "_elect", broken)
    with structlog.testing.capture_logs() as lines:
        for _ in range(150):
            harness.tick(TICK_S)
    faults = [line for line in lines if line["event"] == "fault in the bridge"]
    assert len(faults) == 3
    assert faults[1]["unlogged"] >= 48
    assert "stalled" in await harness.reported(), "states are reported still"


async def test_once_all_sources_have_left_the_levels_come_once_more_without_any(
    harness: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    levels: list[object] = []
    packets: list[object] = []
    harness.switchboard.listen(Callbacks(on_levels=levels.append, on_packet_levels=packets.append))
    await harness.live("one")
    source = harness.switchboard._peers["one"].source
    monkeypatch.setattr(source, "take_level", lambda: -20.0)
    harness.tick(LEVELS_INTERVAL_S)
    monkeypatch.setattr(source, "take_level", lambda: None)
    harness.tick(LEVELS_INTERVAL_S)
    harness.switchboard._peers["one"].connection.connected.clear()
    await harness.switchboard.leave("one")
    for _ in range(3):
        harness.tick(LEVELS_INTERVAL_S)
    await asyncio.sleep(0)
    assert (levels, packets) == ([{"krefeld": -20.0}, {}], [{}])


async def test_a_bug_in_what_takes_the_levels_is_logged_once_a_second(
    harness: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(levels: object) -> None:
        raise AssertionError("a broken invariant")

    harness.switchboard.listen(Callbacks(on_levels=broken))
    await harness.live("one")
    monkeypatch.setattr(harness.switchboard._peers["one"].source, "take_level", lambda: -20.0)
    with structlog.testing.capture_logs() as lines:
        for _ in range(25):
            harness.tick(LEVELS_INTERVAL_S)
            await asyncio.sleep(0)
    assert len([line for line in lines if line["event"] == "fault in the bridge"]) == 3


async def test_a_bug_in_the_end_of_a_peer_leaves_its_source_to_no_one(
    harness: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    await harness.live("one")
    await harness.live("two")
    leaving = harness.switchboard._peers["two"]
    leaving.connection.connected.clear()

    def broken() -> None:
        raise AssertionError("a broken invariant")

    monkeypatch.setattr(leaving, "close", broken)
    await harness.switchboard.leave("two")
    assert harness.sender == "one"
