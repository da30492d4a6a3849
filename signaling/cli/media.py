"""Plugs the bridge's engine into the control plane: two vocabularies, one meaning."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from bridge.engine import Engine, Feed, Health, LinkStats, OfferError, PeerSpec
from config.model import SLATE
from signaling.media import Answered, OfferRefused
from signaling.show.messages import SourceState
from signaling.show.routing import Sight
from signaling.show.view import Figures

_STATES: Mapping[Health, SourceState] = {
    Health.ABSENT: "absent",
    Health.CONNECTING: "connecting",
    Health.LIVE: "live",
    Health.STALLED: "stalled",
}


class BridgeMedia:
    """The media plane that is the bridge."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def listen(self, on_source: Callable[[str, SourceState], None], on_left: Callable[[str], None]) -> None:
        self._engine.on_health = lambda source, health: on_source(source, _STATES[health])
        self._engine.on_left = on_left

    async def join(self, peer: str, source: str | None, views: Sequence[str], offer: str) -> Answered:
        try:
            joined = await self._engine.join(PeerSpec(peer, source, tuple(views)), offer)
        except OfferError as fault:
            raise OfferRefused(str(fault)) from fault
        return Answered(joined.sdp, joined.slots)

    async def leave(self, peer: str) -> None:
        await self._engine.leave(peer)

    def route(self, sights: Mapping[str, Sight]) -> None:
        self._engine.route({peer: _feed(sight) for peer, sight in sights.items()})

    def figures(self) -> tuple[Mapping[str, Figures], Mapping[str, Figures]]:
        sources, peers = self._engine.stats()
        return _figures(sources), _figures(peers)

    async def close(self) -> None:
        await self._engine.close()


def _feed(sight: Sight) -> Feed:
    # The slate is drawn by the page that shows it; the bridge sends no picture then.
    program = None if sight.program == SLATE else sight.program
    return Feed(program, sight.second, tuple(sight.mics))


def _figures(stats: Mapping[str, LinkStats]) -> dict[str, Figures]:
    # Rounded to what people read, so that noise in the last digit does not send a patch to everybody each second.
    return {
        name: Figures(
            None if s.rtt_ms is None else float(round(s.rtt_ms)),
            None if s.loss is None else round(s.loss, 3),
            float(round(s.kbps, -1)),
        )
        for name, s in stats.items()
    }
