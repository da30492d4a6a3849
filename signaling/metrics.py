"""The published state as Prometheus metrics, with units in their names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

_SOURCE_STATES = ("absent", "connecting", "live", "stalled")


class _Figures(Collector):
    def __init__(self, state: dict[str, Any]) -> None:
        self._state = state

    def collect(self) -> Iterator[GaugeMetricFamily]:
        state = self._state
        yield GaugeMetricFamily("schalte_state_revision", "Revision of the published state", state["rev"])
        show = GaugeMetricFamily("schalte_show_phase", "1 for the phase the show is in", labels=["phase"])
        for phase in ("before", "running", "held", "ended"):
            show.add_metric([phase], float(state["show"]["phase"] == phase))
        yield show
        yield GaugeMetricFamily("schalte_show_late_seconds", "Against the plan", state["show"]["offset_s"])
        on_air = GaugeMetricFamily(
            "schalte_source_on_air", "1 for a source that is on air", labels=["source"]
        )
        states = GaugeMetricFamily(
            "schalte_source_state", "1 for the state it is in", labels=["source", "state"]
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

    @staticmethod
    def _links(kind: str, documents: dict[str, Any]) -> Iterator[GaugeMetricFamily]:
        units = (
            ("rtt_ms", "round_trip_seconds", 1e-3, "Round trip"),
            ("loss", "loss_ratio", 1.0, "Packets lost, 0 to 1"),
            ("kbps", "bits_per_second", 1e3, "Bit rate"),
        )
        for key, name, scale, text in units:
            family = GaugeMetricFamily(f"schalte_{kind}_{name}", text, labels=[kind])
            for label, document in documents.items():
                if document[key] is not None:
                    family.add_metric([label], document[key] * scale)
            yield family


def render(state: dict[str, Any]) -> bytes:
    """The text that Prometheus reads; `state` is the published state."""
    registry = CollectorRegistry()
    registry.register(_Figures(state))
    return generate_latest(registry)
