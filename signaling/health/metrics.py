"""The server itself as Prometheus metrics."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from importlib.metadata import version
from itertools import accumulate
from typing import Final

from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from bridge.engine import MediaHealth
from signaling.health.conditions import ServerCondition
from signaling.health.loopwatch import LAG_BUCKETS, LoopWatch
from signaling.health.process import ProcessFigures

VERSION: Final = version("schalte")


class ServerCollector(Collector):
    """As of one moment."""

    def __init__(
        self,
        figures: ProcessFigures,
        watch: LoopWatch | None,
        media: MediaHealth,
        conditions: tuple[ServerCondition, ...],
        refused_logins: int,
    ) -> None:
        """`watch` None: the loop is not measured."""
        self._figures = figures
        self._watch = watch
        self._media = media
        self._conditions = conditions
        self._refused_logins = refused_logins

    def collect(self) -> Iterator[Metric]:
        yield InfoMetricFamily(
            "schalte_build",
            "Version of Schalte and of Python",
            {"version": VERSION, "python": platform.python_version()},
        )
        yield from self._process()
        if self._watch is not None:
            yield from _loop(self._watch)
        yield CounterMetricFamily(
            "schalte_logins_refused",
            "Requests and pages with a link that is not valid",
            self._refused_logins,
        )
        dropped = CounterMetricFamily(
            "schalte_datagrams_dropped", "Datagrams of the media port that were dropped", labels=["reason"]
        )
        for reason, count in sorted(self._media.dropped.items()):
            dropped.add_metric([reason], count)
        yield dropped
        conditions = GaugeMetricFamily(
            "schalte_server_warning", "1 for each thing that is wrong with the server", labels=["code"]
        )
        for condition in self._conditions:
            conditions.add_metric([condition.code], 1)
        yield conditions

    def _process(self) -> Iterator[Metric]:
        figures = self._figures
        yield GaugeMetricFamily("schalte_uptime_seconds", "Seconds since the start", figures.uptime_s)
        yield CounterMetricFamily("schalte_cpu_seconds", "CPU time of the process", figures.cpu_s)
        yield GaugeMetricFamily("schalte_threads", "Threads of the process", figures.threads)
        yield GaugeMetricFamily(
            "schalte_descriptors_limit", "Limit of open descriptors", figures.max_descriptors
        )
        if figures.open_descriptors is not None:
            yield GaugeMetricFamily("schalte_open_descriptors", "Open descriptors", figures.open_descriptors)
        if figures.resident_bytes is not None:
            yield GaugeMetricFamily(
                "schalte_resident_memory_bytes", "Resident memory of the process", figures.resident_bytes
            )


def _loop(watch: LoopWatch) -> Iterator[Metric]:
    bounds = (*map(str, LAG_BUCKETS), "+Inf")
    yield HistogramMetricFamily(
        "schalte_event_loop_lag_seconds",
        "How late the event loop runs what is due, measured ten times a second",
        buckets=list(zip(bounds, accumulate(watch.buckets), strict=True)),
        sum_value=watch.sum_s,
    )
    yield GaugeMetricFamily(
        "schalte_event_loop_busy_ratio", "The loop's share of a processor in the last two seconds", watch.busy
    )
    yield CounterMetricFamily(
        "schalte_event_loop_blocks",
        "How often the event loop was blocked for more than a second",
        watch.blocks,
    )
    yield CounterMetricFamily(
        "schalte_event_loop_blocked_seconds", "Seconds for which it was blocked", watch.blocked_s
    )
