"""The switchboard's tables; how it carries pictures is told in `tests/media`."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator

import pytest
from pylibsrtp import Policy

from bridge import crowd
from bridge.engine import Callbacks, OfferError, PeerSpec, SourceState, TooManyPeers
from bridge.net.ice import parse_check
from bridge.source.source import REPORT, STALL
from bridge.switchboard import Switchboard
from tests.unit.bridge.net.test_connection import HERE, session
from tests.unit.bridge.offers import FINGERPRINT, hall
from tests.unit.bridge.rtp.camera import Camera
from tests.unit.bridge.stun import check

HALL = PeerSpec("hall", "krefeld")


class Clock:
    """Stands still until it is set."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class House:
    """A switchboard on a clock of its own, and peers that all feed one source."""

    def __init__(self, switchboard: Switchboard, clock: Clock) -> None:
        self.switchboard = switchboard
        self.healths: list[SourceState] = []
        self.left: list[str] = []
        self._clock = clock
        self._cameras: dict[str, Camera] = {}
        switchboard.listen(Callbacks(lambda source, state, why: self.healths.append(state), self.left.append))

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
        connection.on_check(parse_check(check(connection.credentials, "gM8+")), HERE, self._clock.now)

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
    def feeder(self) -> str:
        return self.switchboard._feeders["krefeld"].name

    async def told(self) -> list[SourceState]:
        """What has been reported so far."""
        await asyncio.sleep(0)
        return self.healths


@pytest.fixture
async def house() -> AsyncIterator[House]:
    clock = Clock()
    switchboard = await Switchboard.open("127.0.0.1", 0, ["127.0.0.1"], clock)
    yield House(switchboard, clock)
    for peer in switchboard._peers.values():
        peer.connection.connected.clear()  # there was no handshake; the connection is to give it up and not wait
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
    healths: list[SourceState] = []
    switchboard.listen(Callbacks(lambda source, state, why: healths.append(state)))
    await switchboard.join(HALL, hall())
    await switchboard.join(HALL, hall().replace(FINGERPRINT, FINGERPRINT.replace("A8", "A9")))
    await switchboard.leave("hall")
    await asyncio.sleep(0)
    assert healths == ["connecting", "absent"]


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


async def test_a_newer_peer_has_the_source_when_it_is_live_and_not_before(house: House) -> None:
    await house.live("old")
    house.tick()
    await house.join("new")
    house.tick()
    assert house.feeder == "old"
    house.connect("new")
    house.tick()
    assert house.feeder == "old"
    house.show("new")
    house.tick()
    assert house.feeder == "new"
    assert await house.told() == ["connecting", "live"]


async def test_the_older_peer_has_the_source_again_as_soon_as_the_newer_one_shows_nothing(
    house: House,
) -> None:
    await house.live("old")
    await house.live("new")
    house.tick()
    assert house.feeder == "new"
    house.tick(STALL - 0.1)
    house.show("old")
    house.hear("new")
    house.tick(0.2)
    assert house.feeder == "old"
    house.show("new")
    house.tick()
    assert house.feeder == "new"
    assert await house.told() == ["connecting", "live"]


async def test_a_stalled_peer_yields_to_one_that_has_shaken_hands_but_not_to_an_offer(house: House) -> None:
    """The sound of a room whose camera has stopped may still be on air."""
    await house.live("old")
    house.tick()
    house.tick(STALL + 0.1)
    await house.join("new")
    house.hear("old")
    house.tick()
    assert house.feeder == "old"
    house.connect("new")
    house.tick()
    assert house.feeder == "new"
    house.show("old")
    house.tick()
    assert house.feeder == "old"
    assert await house.told() == [
        "connecting",
        "live",
        "stalled",
        "connecting",
        "live",
    ]


async def test_of_two_peers_that_show_nothing_the_source_stays_with_one(house: House) -> None:
    """It does not go back and forth between them."""
    await house.live("old")
    await house.live("new")
    house.tick()
    house.tick(STALL + 0.1)
    feeders = set()
    for _ in range(10):
        house.tick(0.02)
        feeders.add(house.feeder)
    assert feeders == {"new"}


async def test_an_absent_peer_yields_to_an_offer(house: House) -> None:
    await house.live("old")
    house.tick(5)
    await house.join("new")
    assert house.feeder == "new"


async def test_a_peer_whose_source_another_one_feeds_is_sent_reports_all_along(house: House) -> None:
    """Else it would take the bridge for dead, come anew and take the source back, and the other one likewise."""
    await house.live("old")
    await house.live("new")
    sent: list[bytes] = []
    source = house.switchboard._peers["old"].source
    assert source
    source._wire.send = sent.append
    for second in range(1, 9):
        house.tick(REPORT)
        house.show("old")
        house.show("new")
        house.tick()
        assert house.feeder == "new"
        assert len(sent) >= second


def viewer(name: str) -> PeerSpec:
    return PeerSpec(name, None, link="watch", is_expendable=True)


async def test_peers_that_are_let_go_for_others_are_reported_and_a_flood_of_them_logged_now_and_then(
    house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The oldest that has not shaken hands goes; who has is none of them, however old."""
    monkeypatch.setattr(crowd, "MAX_UNCONNECTED_EXPENDABLE", 3)
    await house.live("old")
    for number in range(3 + 5):
        await house.switchboard.join(viewer(f"ghost{number}"), hall())
    await house.told()
    assert house.left == [f"ghost{number}" for number in range(5)]
    assert set(house.switchboard.stats()[1]) == {"old", "ghost5", "ghost6", "ghost7"}
    told = [line for line in capsys.readouterr().out.splitlines() if "peer let go" in line or "gone" in line]
    assert ["ghost0" in told[0], "ghost1" in told[1], "ghost3" in told[2], len(told)] == [True] * 3 + [3]
    assert re.search(r"so_far\S*=\S*4", told[2])


async def test_a_peer_that_is_refused_for_want_of_room_has_changed_nothing_and_its_offer_is_not_read(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crowd, "MAX_UNCONNECTED", 2)
    for place in ("krefeld", "tokio"):
        await house.switchboard.join(PeerSpec(place, place, link=place), hall())
    with pytest.raises(TooManyPeers):
        await house.switchboard.join(PeerSpec("berlin", "berlin", link="berlin"), "no offer")
    assert set(house.switchboard.stats()[1]) == {"krefeld", "tokio"}
    await house.switchboard.join(PeerSpec("tokio", "tokio", link="tokio"), hall())  # it is in, and stays so
    house.connect("krefeld")
    await house.switchboard.join(PeerSpec("berlin", "berlin", link="berlin"), hall())
    assert set(house.switchboard.stats()[1]) == {"krefeld", "tokio", "berlin"}


async def test_a_bad_offer_pushes_nobody_out(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crowd, "MAX_UNCONNECTED_EXPENDABLE", 1)
    await house.switchboard.join(viewer("first"), hall())
    with pytest.raises(OfferError):
        await house.switchboard.join(viewer("second"), "no offer")
    assert set(house.switchboard.stats()[1]) == {"first"}


async def test_a_fault_in_one_peers_state_costs_that_peer_and_is_told_in_full(
    switchboard: Switchboard, capsys: pytest.CaptureFixture[str]
) -> None:
    await switchboard.join(HALL, hall())
    await switchboard.join(PeerSpec("other", "tokio"), hall())
    gone: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    switchboard.listen(Callbacks(on_left=gone.set_result))

    def broken(now: float) -> None:
        raise AssertionError("a broken invariant")

    switchboard._peers["hall"].tick = broken  # type: ignore[method-assign]
    assert await asyncio.wait_for(gone, 5) == "hall"
    _, peers = switchboard.stats()
    assert set(peers) == {"other"}
    assert "a broken invariant" in capsys.readouterr().out
