"""Two vocabularies, one meaning."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import fields
from typing import get_args

from bridge import engine
from bridge.engine import Feed, Health, Joined, LinkStats, PeerSpec, Why
from signaling.cli.media import BridgeMedia
from signaling.show.card import Card
from signaling.show.messages import SourceState, SourceWhy
from signaling.show.routing import Sight
from signaling.show.view import Figures

STATS = LinkStats(230.0, 0.02, 1834.0, 12.0, 1000, 7, 3, 5, "h", 1, 0.64, "H264", "VP8", True, ("H264",))


class Engine:
    """A media plane that notes what it is told."""

    on_health: Callable[[str, Health, Why], None] | None = None
    on_levels: Callable[[Mapping[str, float]], None] | None = None
    on_left: Callable[[str], None] | None = None

    def __init__(self) -> None:
        self.feeds: Mapping[str, Feed] = {}
        self.armed: Collection[str] = ()
        self.card: engine.Card | None = None

    async def join(self, spec: PeerSpec, offer: str) -> Joined:
        raise NotImplementedError

    async def leave(self, peer: str) -> None:
        raise NotImplementedError

    def health_of(self, peer: str) -> Health | None:
        return Health.STALLED if peer == "p1" else None

    def route(self, feeds: Mapping[str, Feed]) -> None:
        self.feeds = feeds

    def arm(self, sources: Collection[str]) -> None:
        self.armed = sources

    def slate(self, card: engine.Card) -> None:
        self.card = card

    def stats(self) -> tuple[Mapping[str, LinkStats], Mapping[str, LinkStats]]:
        return {"tokio": STATS}, {"p1": LinkStats()}

    async def close(self) -> None:
        raise NotImplementedError


def test_every_health_and_every_reason_has_its_word() -> None:
    told: list[tuple[str, SourceState, SourceWhy]] = []
    bridge = Engine()
    BridgeMedia(bridge).listen(lambda *report: told.append(report), lambda peer: None, lambda levels: None)
    assert bridge.on_health is not None
    for health in Health:
        bridge.on_health("tokio", health, Why.FLOWS)
    assert {state for _, state, _ in told} == set(get_args(SourceState))
    for why in Why:
        bridge.on_health("tokio", Health.STALLED, why)
    assert {why for _, _, why in told} == set(get_args(SourceWhy))


def test_levels_are_passed_on() -> None:
    told: list[Mapping[str, float]] = []
    bridge = Engine()
    BridgeMedia(bridge).listen(lambda *report: None, lambda peer: None, told.append)
    assert bridge.on_levels is not None
    bridge.on_levels({"tokio": -20.0})
    assert told == [{"tokio": -20.0}]


def test_the_slate_is_a_picture_like_others() -> None:
    bridge = Engine()
    BridgeMedia(bridge).route({"p1": Sight("slate", None, ("tokio",)), "p2": Sight("tokio", "berlin")})
    assert bridge.feeds == {
        "p1": Feed(engine.SLATE, None, ("tokio",)),
        "p2": Feed("tokio", "berlin", ()),
    }


def test_the_slate_and_who_is_to_be_ready_are_told() -> None:
    bridge = Engine()
    media = BridgeMedia(bridge)
    media.arm({"tokio"})
    media.slate(Card("Kooperationen", ("Pause",), "Tokio is reconnecting", "de"))
    assert bridge.armed == {"tokio"}
    assert bridge.card == engine.Card("Kooperationen", ("Pause",), "Tokio is reconnecting", "de")


def test_figures_come_through_as_they_were_measured() -> None:
    sources, peers = BridgeMedia(Engine()).figures()
    for field in fields(Figures):
        assert getattr(sources["tokio"], field.name) == getattr(STATS, field.name)
        assert getattr(peers["p1"], field.name) == getattr(LinkStats(), field.name)


def test_a_peer_is_asked_for_by_its_name() -> None:
    media = BridgeMedia(Engine())
    assert (media.state_of("p1"), media.state_of("p2")) == ("stalled", None)
