"""Prometheus metrics, with units in their names."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import cast

from bridge.engine import MediaStats
from signaling.http.metrics import render
from signaling.listener.table import ConnectionTable, ShareSizes
from signaling.show.media_docs import Connected
from tests.unit.signaling.show.build import Desk, clock, published

LINK = MediaStats(
    rtt_ms=230.0,
    loss=0.02,
    kbps=1800.0,
    jitter_ms=10.0,
    layer="h",
    lost=7,
    keyframe_requests=3,
    repairs=5,
    stalls=1,
    last_stall_s=0.6,
)


LOOP = cast(asyncio.AbstractEventLoop, SimpleNamespace(time=lambda: 0.0))
CONNECTIONS = ConnectionTable(ShareSizes(strangers=3, crew=4, watchers=5), LOOP)
CONNECTIONS.counts["link refused"] = 7


def lines() -> set[str]:
    who = {"berlin": Connected("venue", "Berlin", 2, LINK)}
    desk = Desk("a start: 10:00, duration: 15m, source: tokio")
    document = published(desk.show, clock("09:30"), who, {"tokio": LINK})
    return set(render(document.model_dump(mode="json", by_alias=True), CONNECTIONS).decode().splitlines())


def test_sources_and_destinations_have_every_statistic() -> None:
    found = lines()
    for label in ('source{source="tokio"}', 'destination{destination="berlin"}'):
        kind, _, of = label.partition("{")
        assert {
            f"schalte_{kind}_round_trip_seconds{{{of} 0.23",
            f"schalte_{kind}_loss_ratio{{{of} 0.02",
            f"schalte_{kind}_jitter_seconds{{{of} 0.01",
            f"schalte_{kind}_bits_per_second{{{of} 1.8e+06",
            f"schalte_{kind}_last_stall_seconds{{{of} 0.6",
            f"schalte_{kind}_packets_lost_total{{{of} 7.0",
            f"schalte_{kind}_keyframe_requests_total{{{of} 3.0",
            f"schalte_{kind}_repairs_total{{{of} 5.0",
            f"schalte_{kind}_stalls_total{{{of} 1.0",
        } <= found
        name = of.rstrip("}")
        assert {
            f'schalte_{kind}_layer_info{{layer="h",{name}}} 1.0',
            f'schalte_{kind}_layer_info{{{name},layer="h"}} 1.0',
        } & found


def test_missing_statistics_are_left_out() -> None:
    of_krefeld = {line for line in lines() if 'source="krefeld"' in line}
    assert {line.partition("{")[0] for line in of_krefeld} == {
        "schalte_source_bits_per_second",
        "schalte_source_on_air",
        "schalte_source_state",
    }


def test_refused_connections_are_counted() -> None:
    assert {
        'schalte_http_connections{share="strangers"} 0.0',
        'schalte_http_connections_limit{share="watchers"} 5.0',
        'schalte_http_turned_away_total{kind="link refused"} 7.0',
    } <= lines()
