"""The published state as Prometheus metrics, with units in their names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from signaling.listener.table import ConnectionTable

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
    def __init__(self, state: dict[str, Any], connections: ConnectionTable) -> None:
        self._state = state
        self._table = connections

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
        yield from self._connections()

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


def render(state: dict[str, Any], connections: ConnectionTable) -> bytes:
    """The metrics in Prometheus's text format; `state` is the published state, as moderators see it."""
    registry = CollectorRegistry()
    registry.register(_StateCollector(state, connections))
    return generate_latest(registry)
