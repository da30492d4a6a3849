"""The published state as Prometheus metrics, with units in their names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from signaling.listener.table import ConnectionTable
from signaling.show.recipients import AT_DESK

_SOURCE_STATES = ("absent", "connecting", "live", "stalled")


_GAUGES = (
    ("rtt_ms", "round_trip_seconds", 1e-3, "Round-trip time"),
    ("loss", "loss_ratio", 1.0, "Packets lost, 0 to 1"),
    ("jitter_ms", "jitter_seconds", 1e-3, "Jitter between arrivals"),
    ("kbps", "bits_per_second", 1e3, "Bit rate"),
    ("last_stall_s", "last_stall_seconds", 1.0, "Duration of the last stall"),
)
"""Key in the state, metric name, factor to its unit, help text."""
_COUNTERS = (
    ("lost", "packets_lost", "Packets lost"),
    ("keyframe_requests", "keyframe_requests", "Keyframe requests"),
    ("repairs", "repairs", "Packets retransmitted on request"),
    (
        "stalls",
        "stalls",
        "Of a source: stalls of more than 300 ms. Of a destination: changes to a smaller layer",
    ),
)
"""Key in the state, metric name, help text. Each increases while a connection lasts; Prometheus appends `_total`."""


class _StateCollector(Collector):
    def __init__(
        self, state: dict[str, Any], connections: ConnectionTable, silent_s: Mapping[str, float]
    ) -> None:
        self._state = state
        self._table = connections
        self._silent_s = silent_s

    def collect(self) -> Iterator[Metric]:
        state = self._state
        yield GaugeMetricFamily("schalte_state_revision", "Revision of the published state", state["rev"])
        show = GaugeMetricFamily("schalte_show_phase", "1 for the current phase", labels=["phase"])
        for phase in ("before", "running", "held", "ended"):
            show.add_metric([phase], float(state["show"]["phase"] == phase))
        yield show
        yield GaugeMetricFamily(
            "schalte_show_late_seconds", "Delay against the plan", state["show"]["offset_s"]
        )
        on_air = GaugeMetricFamily(
            "schalte_source_on_air", "1 for a source that is on air", labels=["source"]
        )
        states = GaugeMetricFamily(
            "schalte_source_state", "1 for the current state", labels=["source", "state"]
        )
        for source, document in state["sources"].items():
            on_air.add_metric([source], float(document["tally"] == "on-air"))
            for name in _SOURCE_STATES:
                states.add_metric([source, name], float(document["state"] == name))
        yield on_air
        yield states
        pages = GaugeMetricFamily("schalte_destination_pages", "Pages connected", labels=["destination"])
        for destination, document in state["destinations"].items():
            pages.add_metric([destination], document["connected"])
        yield pages
        for kind in ("source", "destination"):
            yield from self._links(kind, state[f"{kind}s"])
        yield from self._channels()
        yield from self._calls()
        yield from self._connections()

    def _channels(self) -> Iterator[Metric]:
        """What each channel carries, and who listens."""
        needed = GaugeMetricFamily(
            "schalte_channel_needed", "1 while an item is on air in another language", labels=["channel"]
        )
        interpreted = GaugeMetricFamily(
            "schalte_channel_interpreted", "1 while a booth feeds the channel", labels=["channel"]
        )
        listeners = GaugeMetricFamily(
            "schalte_channel_listeners", "Connected pages that listen to the channel", labels=["channel"]
        )
        silent = GaugeMetricFamily(
            "schalte_channel_silent_seconds",
            "Speech on the floor since the last speech in a needed and fed channel",
            labels=["channel"],
        )
        for channel, document in self._state["languages"].items():
            needed.add_metric([channel], float(document["needed"]))
            interpreted.add_metric([channel], float(document["booth"] is not None))
            listeners.add_metric([channel], document["listeners"])
            if channel in self._silent_s and document["needed"] and document["booth"] is not None:
                silent.add_metric([channel], self._silent_s[channel])
        yield from (needed, interpreted, listeners, silent)

    def _calls(self) -> Iterator[Metric]:
        """Talkback, and who calls the desk."""
        state, event = self._state, self._state["event"]
        talks = GaugeMetricFamily("schalte_talkback_speaking", "1 while it talks back", labels=["speaker"])
        flags = GaugeMetricFamily("schalte_flag_raised", "1 while its flag is raised", labels=["of"])
        raised = {of for of, flag in state["flags"].items() if flag["answered_at"] is None}
        speaking = {talk["speaker"] for talk in state["talks"].values()}
        for who in (*(place["id"] for place in (*event["places"], *event["booths"])), AT_DESK):
            talks.add_metric([who], float(who in speaking))
            flags.add_metric([who], float(who in raised))
        yield from (talks, flags)

    def _connections(self) -> Iterator[Metric]:
        """Connections to the HTTP port, and how many were refused or closed."""
        connections = self._table
        open_ = GaugeMetricFamily("schalte_http_connections", "Open connections", labels=["share"])
        limits = GaugeMetricFamily(
            "schalte_http_connections_limit", "Limit of open connections", labels=["share"]
        )
        shares = {
            "strangers": connections.strangers,
            "watchers": connections.watchers,
            "crew": connections.crew,
        }
        for name, share in shares.items():
            open_.add_metric([name], len(share))
            limits.add_metric([name], share.limit)
        yield open_
        yield limits
        refused = CounterMetricFamily(
            "schalte_http_turned_away", "Refused or closed, by kind", labels=["kind"]
        )
        for kind, count in sorted(connections.counts.items()):
            refused.add_metric([kind], count)
        yield refused

    @staticmethod
    def _links(kind: str, documents: dict[str, Any]) -> Iterator[Metric]:
        """Statistics of each source's uplink, or of each destination's worst downlink."""
        for key, name, scale, text in _GAUGES:
            gauge = GaugeMetricFamily(f"schalte_{kind}_{name}", text, labels=[kind])
            for label, document in documents.items():
                stats = document | (document["link"] or {})
                if stats.get(key) is not None:
                    gauge.add_metric([label], stats[key] * scale)
            yield gauge
        linked = {label: document["link"] for label, document in documents.items() if document["link"]}
        for key, name, text in _COUNTERS:
            counter = CounterMetricFamily(f"schalte_{kind}_{name}", text, labels=[kind])
            for label, stats in linked.items():
                counter.add_metric([label], stats[key])
            yield counter
        layers = InfoMetricFamily(f"schalte_{kind}_layer", "Simulcast layer of the picture", labels=[kind])
        for label, stats in linked.items():
            if stats["layer"] is not None:
                layers.add_metric([label], {"layer": stats["layer"]})
        yield layers


def render(
    state: dict[str, Any],
    connections: ConnectionTable,
    silent_s: Mapping[str, float] = MappingProxyType({}),
    *more: Collector,
) -> bytes:
    """The metrics in Prometheus's text format; `state` is the published state, as moderators see it. `silent_s` says
    for how many seconds of speech on the floor each needed and fed channel has been silent; `more` have further
    metrics."""
    registry = CollectorRegistry()
    for collector in (_StateCollector(state, connections, silent_s), *more):
        registry.register(collector)
    return generate_latest(registry)
