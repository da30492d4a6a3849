"""Prometheus metrics, with units in their names."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import cast

from bridge.engine import MediaHealth, MediaStats
from config.model import Booth, place_of
from signaling.health.conditions import Readings, examine
from signaling.health.loopwatch import LoopWatch
from signaling.health.metrics import ServerCollector
from signaling.health.process import process_figures
from signaling.http.metrics import render
from signaling.listener.table import ConnectionTable, ShareSizes
from signaling.show.media_docs import Connected
from signaling.show.wire.pages import TalkDoc
from signaling.show.wire.state import State
from tests.unit.signaling.show.build import SOURCES, Desk, clock, published, seen

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


CONDITIONS = tuple(examine(Readings(shed_level=2), datetime(2026, 3, 14, tzinfo=UTC)))
SERVER = ServerCollector(
    process_figures(),
    cast(LoopWatch, SimpleNamespace(buckets=[5] * 11, sum_s=2.5, busy=0.25, blocks=1, blocked_s=1.5)),
    MediaHealth(True, {"stun: unknown username": 3}),
    CONDITIONS,
    refused_logins=7,
)


def test_the_server_itself_is_measured() -> None:
    state = interpreted().model_dump(mode="json", by_alias=True)
    found = set(render(state, CONNECTIONS, {}, SERVER).decode().splitlines())
    assert {
        'schalte_event_loop_lag_seconds_bucket{le="0.05"} 25.0',
        'schalte_event_loop_lag_seconds_bucket{le="+Inf"} 55.0',
        "schalte_event_loop_lag_seconds_sum 2.5",
        "schalte_event_loop_busy_ratio 0.25",
        "schalte_event_loop_blocks_total 1.0",
        "schalte_event_loop_blocked_seconds_total 1.5",
        "schalte_logins_refused_total 7.0",
        'schalte_datagrams_dropped_total{reason="stun: unknown username"} 3.0',
        'schalte_server_warning{code="overload"} 1.0',
    } <= found
    values = dict(line.rsplit(" ", 1) for line in found if not line.startswith("#"))
    assert float(values["schalte_resident_memory_bytes"]) > 10_000_000
    assert 0 < float(values["schalte_open_descriptors"]) < float(values["schalte_descriptors_limit"])
    assert float(values["schalte_threads"]) >= 1
    assert float(values["schalte_cpu_seconds_total"]) > 0
    assert float(values["schalte_uptime_seconds"]) > 0


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


def interpreted() -> State:
    """A channel that a booth feeds and two pages hear, one that nobody needs, talkback to a hall, and a flag."""
    booth = Booth("kabine", "Kabine 1", ("en", "ja"), 2)
    desk = Desk("a start: 10:00, duration: 15m, source: tokio", languages=("en", "ja"), booths=(booth,))
    desk.report("10:00", "kabine/1", "live")
    desk.do("10:00", "start")
    desk.do("10:00", "interpret", booth="kabine", seat="1", open=True)
    desk.do("10:00", "flag", text="no sound")
    talks = {"1": TalkDoc(speaker="desk", name="", to=["tokio"], heard_by=["tokio"])}
    found = seen(desk.show, clock("10:01"), listeners={"ja": ["tokio", "viewer"]}, talks=talks)
    return State.model_validate({"rev": 1, "now": "2018-09-15T10:01:00+02:00", **found.document()})


def test_channels_talkback_and_flags_have_their_figures() -> None:
    state = interpreted().model_dump(mode="json", by_alias=True)
    found = set(render(state, CONNECTIONS, {"ja": 4.5, "en": 3.0}).decode().splitlines())
    assert {
        'schalte_channel_needed{channel="ja"} 1.0',
        'schalte_channel_needed{channel="en"} 0.0',
        'schalte_channel_interpreted{channel="ja"} 1.0',
        'schalte_channel_interpreted{channel="en"} 0.0',
        'schalte_channel_listeners{channel="ja"} 2.0',
        'schalte_channel_listeners{channel="en"} 0.0',
        'schalte_channel_silent_seconds{channel="ja"} 4.5',
        'schalte_talkback_speaking{speaker="desk"} 1.0',
        'schalte_talkback_speaking{speaker="kabine"} 0.0',
        'schalte_flag_raised{of="desk"} 1.0',
        'schalte_flag_raised{of="tokio"} 0.0',
    } <= found
    assert 'schalte_channel_silent_seconds{channel="en"} 3.0' not in found, "the floor speaks it"
    flags = [line for line in found if line.startswith("schalte_flag_raised{")]
    assert len(flags) == len({*map(place_of, SOURCES), "kabine", "desk"}), "bounded by the event"


def test_every_metric_is_in_the_protocol() -> None:
    text = (Path(__file__).parents[4] / "PROTOCOL.md").read_text("utf-8")
    section = text.partition("### Metrics")[2].partition("\n## ")[0]
    state = interpreted().model_dump(mode="json", by_alias=True)
    names = re.findall(r"^# TYPE (\S+)", render(state, CONNECTIONS, {}, SERVER).decode(), re.MULTILINE)
    links = [
        name for name in names if name.startswith("schalte_destination_") and not name.endswith("_pages")
    ]
    wanted = (set(names) - set(links)) | {name.replace("_destination_", "_source_") for name in links}
    assert {name for name in wanted if f"`{name}`" not in section} == set()


def test_refused_connections_are_counted() -> None:
    assert {
        'schalte_http_connections{share="strangers"} 0.0',
        'schalte_http_connections_limit{share="watchers"} 5.0',
        'schalte_http_turned_away_total{kind="link refused"} 7.0',
    } <= lines()
