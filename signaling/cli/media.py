"""Plugs the bridge's engine into the control plane: two vocabularies, one meaning."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from bridge import engine
from bridge.engine import Crowded, Engine, Feed, Health, LinkStats, OfferError, PeerSpec, Why
from config.model import SLATE
from signaling.media import Answered, Joining, MediaFull, OfferRefused
from signaling.show.card import Card
from signaling.show.messages import SourceState, SourceWhy
from signaling.show.routing import Sight
from signaling.show.view import Figures

_STATES: Mapping[Health, SourceState] = {
    Health.ABSENT: "absent",
    Health.CONNECTING: "connecting",
    Health.LIVE: "live",
    Health.STALLED: "stalled",
}
_WHY: Mapping[Why, SourceWhy] = {
    Why.JOINED: "joined",
    Why.FLOWS: "flows",
    Why.SILENT: "silent",
    Why.NO_KEYFRAME: "no-keyframe",
    Why.TOO_LARGE: "too-large",
    Why.UNREACHABLE: "unreachable",
    Why.LEFT: "left",
}


class BridgeMedia:
    """The media plane that is the bridge."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def listen(
        self,
        on_source: Callable[[str, SourceState, SourceWhy], None],
        on_left: Callable[[str], None],
        on_levels: Callable[[Mapping[str, float]], None],
    ) -> None:
        self._engine.on_health = lambda source, health, why: on_source(source, _STATES[health], _WHY[why])
        self._engine.on_left = on_left
        self._engine.on_levels = on_levels

    async def join(self, page: Joining) -> Answered:
        spec = PeerSpec(page.peer, page.source, tuple(page.views), page.link, page.is_expendable)
        try:
            joined = await self._engine.join(spec, page.offer)
        except Crowded as fault:
            raise MediaFull(str(fault)) from fault
        except OfferError as fault:
            raise OfferRefused(str(fault)) from fault
        return Answered(joined.sdp, joined.slots)

    async def leave(self, peer: str) -> None:
        await self._engine.leave(peer)

    def state_of(self, peer: str) -> SourceState | None:
        health = self._engine.health_of(peer)
        return None if health is None else _STATES[health]

    def route(self, sights: Mapping[str, Sight]) -> None:
        self._engine.route({peer: _feed(sight) for peer, sight in sights.items()})

    def arm(self, sources: Collection[str]) -> None:
        self._engine.arm(sources)

    def slate(self, card: Card) -> None:
        self._engine.slate(engine.Card(card.title, card.lines, card.note, card.language))

    def figures(self) -> tuple[Mapping[str, Figures], Mapping[str, Figures]]:
        sources, peers = self._engine.stats()
        return _figures(sources), _figures(peers)

    async def close(self) -> None:
        await self._engine.close()


def _feed(sight: Sight) -> Feed:
    program = engine.SLATE if sight.program == SLATE else sight.program
    return Feed(program, sight.second, tuple(sight.mics))


def _figures(stats: Mapping[str, LinkStats]) -> dict[str, Figures]:
    return {
        name: Figures(
            rtt_ms=s.rtt_ms,
            loss=s.loss,
            kbps=s.kbps,
            jitter_ms=s.jitter_ms,
            layer=s.layer,
            lost=s.lost,
            keyframe_requests=s.keyframe_requests,
            repairs=s.repairs,
            stalls=s.stalls,
            last_stall_s=s.last_stall_s,
            codec=s.codec,
            codec_wanted=s.codec_wanted,
            is_still=s.is_still,
            cannot_decode=s.cannot_decode,
        )
        for name, s in stats.items()
    }
