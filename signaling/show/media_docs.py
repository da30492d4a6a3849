"""The sources and destinations of the state, with the rounded stats of their links."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from bridge.engine import NO_STATS, Feed, MediaStats
from config.model import source_name
from signaling.show.approvals import approved_at
from signaling.show.routing import programme, tally
from signaling.show.rundown import Row
from signaling.show.show import Show
from signaling.show.terms import PagePath, Role
from signaling.show.wire.state import DestinationDoc, DevicesDoc, LinkDoc, SourceDoc

LARGE_LAYER, SMALL_LAYER = "h", "l"
"""The rids of a simulcast picture's layers."""


@dataclass(frozen=True, slots=True)
class Connected:
    """A destination, its connections and their quality."""

    role: Role
    name: str
    connected: int
    """The number of connections."""
    link: MediaStats | None = None
    """Stats of the worst connection; None while none has picture and sound."""
    cannot_decode: tuple[str, ...] = ()
    """Codecs that one of the connections should show and cannot decode."""
    path: PagePath | None = None
    """The worst path of the connections."""
    loses_large: bool = False
    """The path of one of the connections loses all large packets."""


def source_docs(
    show: Show,
    coming: Row | None,
    armed_sources: Collection[str],
    links: Mapping[str, MediaStats],
    devices: Mapping[str, DevicesDoc],
    paths: Mapping[str, PagePath],
    returned_to: Mapping[str, list[str]],
    echoes: Mapping[str, str],
) -> dict[str, SourceDoc]:
    lights = tally(show, None if coming is None else coming.item)
    open_mics = programme(show).mics
    stats = {source: links.get(source, NO_STATS) for source in show.sources}
    return {
        source: SourceDoc(
            name=source_name(show.event, source),
            state=status.state,
            why=status.why,
            armed=source in armed_sources,
            tally=lights[source],
            waits=show.waits(source),
            approved_at=approved_at(show, source),
            mic=source in open_mics,
            devices=devices.get(source),
            # Levels say nothing of a source that has left, so its last echo would stay.
            echo_of=None if status.state == "absent" else echoes.get(source),
            codec=stats[source].codec,
            codec_wanted=stats[source].codec_wanted,
            still=stats[source].is_still,
            returned_to=returned_to.get(source, []),
            rtt_ms=_rounded(stats[source].rtt_ms, RTT_STEP_MS),
            loss=_rounded(stats[source].loss, LOSS_STEP),
            kbps=_two_digits(stats[source].kbps),
            path=path_of(paths.get(source), links.get(source)),
            link=_link_doc(links.get(source)),
        )
        for source, status in show.sources.items()
    }


def destination_docs(
    destinations: Mapping[str, Connected],
    feeds: Mapping[str, Feed],
    returns: Mapping[str, str],
    links: Mapping[str, MediaStats],
) -> dict[str, DestinationDoc]:
    stats = {destination: who.link or NO_STATS for destination, who in destinations.items()}
    return {
        destination: DestinationDoc(
            role=who.role,
            name=who.name,
            connected=who.connected,
            source=feeds[destination].program,
            pictures=list(feeds[destination].pictures),
            mics=list(feeds[destination].mics),
            is_return=destination in returns,
            smaller=_gets_smaller(stats[destination], links.get(feeds[destination].program, NO_STATS)),
            cannot_decode=list(who.cannot_decode),
            loses_large=who.loses_large,
            path=who.path,
            rtt_ms=_rounded(stats[destination].rtt_ms, RTT_STEP_MS),
            loss=_rounded(stats[destination].loss, LOSS_STEP),
            kbps=_two_digits(stats[destination].kbps),
            link=_link_doc(who.link),
        )
        for destination, who in destinations.items()
    }


def path_of(reported: PagePath | None, stats: MediaStats | None) -> PagePath | None:
    """A path as its page reports it, else as the media plane sees it."""
    return reported or (stats.path.transport if stats and stats.path else None)


def _gets_smaller(sent: MediaStats, source: MediaStats) -> bool:
    """Whether a destination is sent the small layer of a source that also sends a large one."""
    return (sent.layer, source.layer) == (SMALL_LAYER, LARGE_LAYER)


# Stats are rounded: noise in the last digit would cause a patch to every page each second.

RTT_STEP_MS = 5.0
LOSS_STEP = 0.005
STALL_STEP_S = 0.1
"""Steps to which round trip and jitter, loss, and the length of a stall are rounded."""


def _link_doc(stats: MediaStats | None) -> LinkDoc | None:
    if stats is None:
        return None
    return LinkDoc(
        transport=None if stats.path is None else stats.path.transport,
        jitter_ms=_rounded(stats.jitter_ms, RTT_STEP_MS),
        layer=stats.layer,
        lost=stats.lost,
        keyframe_requests=stats.keyframe_requests,
        repairs=stats.repairs,
        stalls=stats.stalls,
        last_stall_s=_rounded(stats.last_stall_s, STALL_STEP_S),
    )


def _rounded(figure: float | None, step: float) -> float | None:
    return None if figure is None else round(round(figure / step) * step, 3)


def _two_digits(figure: float) -> float:
    """A figure rounded to its two leading digits: 1834 is 1800, 32 stays 32."""
    return float(f"{figure:.1e}")
