"""What an organiser types, and what is said when it is wrong."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

import pytest

from tests.events import SHORT, write
from tests.server.process import run, server

DJW = "config/djw-2018.yaml"


async def test_check_says_in_one_line_that_a_file_is_good() -> None:
    code, out, err = await run("check", DJW)
    assert (code, err) == (0, "")
    assert out.count("\n") == 1
    assert "No faults." in out


@pytest.mark.parametrize("command", [["check"], ["serve"], ["rehearse"], ["links"]])
async def test_a_faulty_event_prints_every_fault_and_starts_nothing(
    tmp_path: Path, command: list[str]
) -> None:
    faulty = write(
        tmp_path,
        SHORT.replace("source: tokio", "source: tokyo").replace(
            "duration: 10m, source: berlin", "source: berlin"
        ),
    )
    code, out, err = await run(*command, str(faulty))
    assert (code, out) == (1, "")
    assert len(err.splitlines()) == 2
    assert all(line.startswith(f"{faulty}:") for line in err.splitlines())
    assert "did you mean" in err
    assert not (tmp_path / "data").exists()


async def test_a_demo_of_a_faulty_event_does_not_start(tmp_path: Path) -> None:
    code, out, err = await run(
        "demo", "--event", str(write(tmp_path, SHORT.replace("tokio}", "x}") + "  - {}\n"))
    )
    assert (code, out) == (1, "")
    assert ":" in err


async def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    code, _, err = await run("check", str(tmp_path / "none.yaml"))
    assert code == 1
    assert "none.yaml" in err


async def test_a_wrong_command_line_exits_with_two() -> None:
    for arguments in (["nonsense"], ["serve"], ["serve", "x.yaml", "--port", "hundred"], []):
        assert (await run(*arguments))[0] == 2


async def test_links_are_printed_as_json_and_open_the_event(tmp_path: Path) -> None:
    event, data = str(write(tmp_path)), str(tmp_path / "data")
    code, out, _ = await run("links", event, "--data", data, "--public-url", "https://example.org", "--json")
    assert code == 0
    found = json.loads(out)
    assert [link["role"] for link in found] == [
        "moderator",
        "venue",
        "venue",
        "venue",
        "guest",
        "viewer",
        "stage",
    ]
    assert found[1] | {"token": ""} == {
        "role": "venue",
        "id": "krefeld",
        "name": "Krefeld",
        "token": "",
        "url": f"https://example.org/join#{found[1]['token']}",
    }
    code, out, _ = await run("links", event, "--data", data, "--role", "guest", "--expires", "2h", "--json")
    assert [link["id"] for link in json.loads(out)] == ["uchida"]


async def test_links_of_somebody_unknown_are_refused(tmp_path: Path) -> None:
    code, _, err = await run("links", str(write(tmp_path)), "--data", str(tmp_path / "d"), "--id", "bonn")
    assert code == 1
    assert "“bonn” has no links" in err


async def test_a_port_in_use_is_one_sentence_that_says_what_to_do(tmp_path: Path) -> None:
    event = write(tmp_path)
    async with server(event, tmp_path / "data") as running:
        second = tmp_path / "second"
        code, _, err = await run(
            "serve", str(event), "--data", str(second), "--port", str(running.port), "--udp-port", "0"
        )
        assert code == 1
        assert f"TCP port {running.port} is in use" in err
        assert "--port" in err
        code, _, err = await run(
            "serve", str(event), "--data", str(second), "--port", "0", "--udp-port", str(running.udp_port)
        )
        assert code == 1
        assert f"UDP port {running.udp_port} is in use" in err


async def test_two_servers_for_one_show_are_refused(tmp_path: Path) -> None:
    event = write(tmp_path)
    async with server(event, tmp_path / "data"):
        code, _, err = await run(
            "serve", str(event), "--data", str(tmp_path / "data"), "--port", "0", "--udp-port", "0"
        )
    assert code == 1
    assert "another Schalte is running this event" in err


async def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    event = write(tmp_path)
    code, _, err = await run(
        "serve", str(event), "--data", str(event / "data"), "--port", "0", "--udp-port", "0"
    )
    assert code == 1
    assert "--data" in err


async def test_a_missing_key_file_is_named(tmp_path: Path) -> None:
    event = str(write(tmp_path))
    code, _, err = await run(
        "serve", event, "--data", str(tmp_path / "d"), "--tls-cert", "no.pem", "--tls-key", "no.key"
    )
    assert code == 1
    assert "no.pem: no such file" in err


async def test_the_whole_day_is_rehearsed() -> None:
    code, out, err = await run("rehearse", DJW)
    assert (code, err) == (0, "")
    assert "Tokio" in out
    code, out, _ = await run("rehearse", DJW, "--json")
    lines = [json.loads(line) for line in out.splitlines()]
    assert lines[-1]["event"] == "show-ended"
    assert {"item-started", "item-ended", "program", "expected"} <= {line["event"] for line in lines}


async def test_an_option_may_come_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCHALTE_DATA", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("SCHALTE_JSON", "1")
    code, out, _ = await run("links", str(write(tmp_path)))
    assert code == 0
    assert json.loads(out)
    assert (tmp_path / "elsewhere" / "signing.key").exists()


async def test_output_that_nobody_reads_to_its_end_is_no_error() -> None:
    process = await asyncio.create_subprocess_shell(
        f"{sys.executable} -m signaling rehearse {DJW} | head -n 1",
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    assert out.count(b"\n") == 1
    assert err == b""
