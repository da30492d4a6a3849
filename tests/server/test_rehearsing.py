"""A rehearsal with real pictures: the show's clock has another time and runs faster."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import aiohttp
import pytest

from config.times import Instant
from config.yamlfile import load
from signaling.cli.errors import OptionConflict
from signaling.cli.serving import Timing, instant
from signaling.client import Client
from tests.events import SHORT, write
from tests.server.process import server
from tests.server.test_socket import until

AUTO = SHORT.replace("duration: 10m", "duration: 10m, advance: auto")


async def test_a_day_runs_automatically_from_another_time_and_faster(tmp_path: Path) -> None:
    event = write(tmp_path, AUTO)
    # Two seconds until the first item, at this speed: a busy machine needs them to be ready for it.
    options = ("--at", "09:40:00", "--speed", "600", "--auto-start")
    async with server(event, tmp_path / "data", *options) as serving:
        async with await Client.open(serving.link("moderator")) as client:
            found = await until(client, lambda state: state["show"]["phase"] == "ended")
        assert [item["actual"]["start"] for item in found["items"]] == [
            f"2026-03-14T10:{minutes}:00+01:00" for minutes in ("00", "10", "20", "30")
        ]


async def test_the_welcome_names_a_rehearsal_and_its_clock_goes_on_after_a_restart(
    tmp_path: Path,
) -> None:
    event, data = write(tmp_path, AUTO), tmp_path / "data"
    async with server(event, data, "--at", "10:05") as first:
        async with await Client.open(first.link("moderator")) as client:
            assert client.welcome["rehearsal"]
            await client.command("start")
            await client.command("goto", item="three")
        await first.kill()
    async with server(event, data, "--at", "09:00") as second:
        found = await second.state()
        assert found["show"]["item"] == "three"
        assert datetime.fromisoformat(found["now"]) >= datetime.fromisoformat(
            found["items"][2]["actual"]["start"]
        )
    async with server(event, tmp_path / "other") as real, await Client.open(real.link("viewer")) as client:
        assert not client.welcome["rehearsal"]


async def test_each_answer_comes_with_the_shows_time_and_speed(tmp_path: Path) -> None:
    async with server(write(tmp_path), tmp_path / "data", "--at", "10:05", "--speed", "60") as running:

        async def now_ms() -> float:
            async with await Client.open(running.link("viewer")) as client:
                return float(client.welcome["now_ms"])

        before = await now_ms()
        async with aiohttp.ClientSession() as http, http.get(f"{running.url}/healthz") as answer:
            said = dict(each.split(";dur=") for each in answer.headers["Server-Timing"].split(", "))
        assert before <= float(said["show"]) <= await now_ms()
        assert float(said["speed"]) == 60


@pytest.mark.parametrize(
    ("text", "iso"),
    [("10:00", "2026-03-14T10:00:00+01:00"), ("2026-03-15T09:30:00+09:00", "2026-03-15T01:30:00+01:00")],
)
def test_a_start_time_is_on_the_events_day_or_an_instant(tmp_path: Path, text: str, iso: str) -> None:
    expected = Instant(int(datetime.fromisoformat(iso).timestamp() * 1000))
    assert instant(text, load(write(tmp_path))) == expected


def test_a_text_that_is_not_a_time_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OptionConflict, match="--at ten: this is not a time"):
        instant("ten", load(write(tmp_path)))


def test_a_rehearsal_goes_on_where_its_log_ends() -> None:
    assert Timing(Instant(1000)).clock(Instant(5000)).now() >= 5000
    assert Timing(Instant(9000)).clock(Instant(5000)).now() >= 9000
    assert not Timing().clock(Instant(5000)).is_rehearsal
