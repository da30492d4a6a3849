"""The commands, and their messages about wrong input."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from contextlib import closing
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from config.times import DAY, HOUR, MINUTE, Duration, Instant, between, plus, read_iso
from config.yamlfile import parse
from signaling.access.codes import grouped
from signaling.access.linkchecker import LinkChecker
from signaling.access.links import LinkError
from signaling.cli.address import host_addresses
from signaling.cli.errors import InvalidInput
from signaling.cli.options import parser
from signaling.clock import machine_now
from signaling.showlog.filelog import NAME, FileLog
from signaling.showlog.interface import LogEntry
from tests.certificates import certificate
from tests.events import SHORT, write
from tests.server.process import run, server

DJW = "config/djw-2018.yaml"


async def test_check_prints_one_line_for_a_file_without_faults() -> None:
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


async def test_a_missing_file_is_named(tmp_path: Path) -> None:
    code, _, err = await run("check", str(tmp_path / "none.yaml"))
    assert code == 1
    assert "none.yaml" in err


async def test_a_wrong_command_line_exits_with_two() -> None:
    for arguments in (["nonsense"], ["serve"], ["serve", "x.yaml", "--port", "hundred"], []):
        assert (await run(*arguments))[0] == 2


@pytest.mark.parametrize(
    "options",
    [
        ["serve", "--public-url", "https://schalte.example.org"],
        ["serve", "--media-address", "203.0.113.7"],
        ["serve", "--public-url", "schalte.example.org"],
        ["serve", "--host", "0.0.0.0", "--media-address", "2001:db8::7"],
        ["serve", "--host", "0.0.0.0", "--public-url", "http://[2001:db8::7]"],
        ["serve", "--host", "0.0.0.0", "--public-url", "http://a.example", "--media-address", "127.0.0.1"],
        ["serve", "--tls-cert", "cert.pem"],
        ["links", "--public-url", "https://example.org/live"],
        ["serve", "--host", "0.0.0.0", "--public-url", "https://example.org/live"],
        ["links", "--expires", "0h"],
        ["serve", "--at", "25:00"],
        ["serve", "--speed", "0"],
    ],
)
async def test_impossible_options_start_nothing(tmp_path: Path, options: list[str]) -> None:
    event, data = str(write(tmp_path)), tmp_path / "data"
    code, out, err = await run(options[0], event, "--data", str(data), *options[1:])
    assert (code, out) == (2, "")
    assert err.splitlines()[-1].startswith("schalte")
    assert "error: " in err.splitlines()[-1]
    assert not data.exists()


async def test_a_path_prefix_is_refused_with_its_remedy(tmp_path: Path) -> None:
    for command in ("serve", "links", "doctor"):
        code, _, err = await run(command, str(write(tmp_path)), "--public-url", "https://example.org/live")
        assert code == 2
        assert "only at the root of a host" in err
        assert "such as https://schalte.example.org" in err


async def test_a_variable_is_checked_like_its_option(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCHALTE_PUBLIC_URL", "schalte.example.org")
    code, _, err = await run("links", str(write(tmp_path)), "--data", str(tmp_path / "data"))
    assert code == 2
    assert "SCHALTE_PUBLIC_URL: “schalte.example.org” has no scheme" in err


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
    assert found[1] | {"token": "", "expires": ""} == {
        "role": "venue",
        "id": "krefeld",
        "name": "Krefeld",
        "token": "",
        "expires": "",
        "url": f"https://example.org/j#{found[1]['token']}",
    }
    code, out, _ = await run("links", event, "--data", data, "--role", "guest", "--expires", "2h", "--json")
    assert [link["id"] for link in json.loads(out)] == ["uchida"]


async def test_links_that_open_on_this_machine_only_say_so(tmp_path: Path) -> None:
    code, out, err = await run("links", str(write(tmp_path)), "--data", str(tmp_path / "data"))
    assert (code, out.count("http://127.0.0.1:8080/j#")) == (0, 7)
    assert "open on this machine only. For other places give --public-url" in err


async def test_the_metrics_token_is_printed_on_request(tmp_path: Path) -> None:
    event, data = str(write(tmp_path)), str(tmp_path / "data")
    asked = ("links", event, "--data", data, "--public-url", "https://example.org/")
    tokens = []
    for option in ("--role", "--id"):
        code, out, _ = await run(*asked, option, "metrics", "--json")
        (row,) = json.loads(out)
        tokens.append(row["token"])
        assert code == 0
        assert row | {"token": "", "expires": ""} == {
            "role": "metrics",
            "id": "metrics",
            "name": "Metrics",
            "token": "",
            "expires": "",
            "url": "https://example.org/metrics",
        }
    code, out, _ = await run(*asked, "--role", "metrics")
    assert f"Authorization: Bearer {tokens[0]}" in out
    assert len(set(tokens)) == 1, "it is printed again"
    link_checker, opened = LinkChecker(tmp_path / "data"), parse(SHORT, "event.yaml")
    for token in tokens:
        assert link_checker.verify(token, opened).role == "metrics"
    code, out, _ = await run(*asked, "--revoke", "metrics")
    assert (code, "is revoked" in out) == (0, True)
    link_checker.refresh()
    for token in tokens:
        with pytest.raises(LinkError, match="revoked"):
            link_checker.verify(token, opened)


@pytest.mark.parametrize(
    "command", [["serve", "--port", "0", "--udp-port", "0"], ["links", "--revoke", "berlin"]]
)
async def test_a_damaged_table_of_links_is_reported_and_unchanged(tmp_path: Path, command: list[str]) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "links.json").write_text('{"links": ')
    code, out, err = await run(command[0], str(write(tmp_path)), "--data", str(data), *command[1:])
    assert (code, out) == (1, "")
    told = err.splitlines()[-1]
    assert f"{data / 'links.json'}: the table of links is damaged (" in told
    assert "Restore the right file" in told
    assert (data / "links.json").read_text() == '{"links": '


async def test_links_of_an_unknown_id_are_refused(tmp_path: Path) -> None:
    code, _, err = await run("links", str(write(tmp_path)), "--data", str(tmp_path / "d"), "--id", "bonn")
    assert code == 1
    assert "“bonn” has no links" in err


async def test_a_role_and_an_id_without_a_link_are_refused(tmp_path: Path) -> None:
    event, data = str(write(tmp_path)), str(tmp_path / "data")
    code, out, err = await run("links", event, "--data", data, "--role", "venue", "--id", "uchida", "--json")
    assert (code, out) == (1, "")
    assert "no venue link for “uchida”" in err
    assert "tokio (venue), uchida (guest)" in err


async def test_a_server_can_listen_on_a_name(tmp_path: Path) -> None:
    async with server(write(tmp_path), tmp_path / "data", "--host", "localhost") as running:
        assert running.lines[-1]["url"] == f"http://localhost:{running.port}"
        assert (await running.state())["show"]["phase"] == "before"


def test_a_name_is_offered_as_its_address() -> None:
    assert host_addresses("localhost") in (["127.0.0.1"], ["::1"])
    assert host_addresses("127.0.0.1") == ["127.0.0.1"]
    assert "127.0.0.1" in host_addresses("0.0.0.0")


@pytest.mark.parametrize("name", ["fe80::1%nowhere", "a..b"])
def test_a_name_without_an_address_is_refused(name: str) -> None:
    with pytest.raises(
        InvalidInput, match=rf"“{name}” is not an address of this machine .* Check --host and --media-host\."
    ):
        host_addresses(name)


async def test_an_unreadable_log_is_named_and_unchanged(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with closing(FileLog.open(data, SHORT)) as log:
        log.append(LogEntry(Instant(1), "clock", None, 1, [{"kind": "danced", "at": 1}]), 1)
    before = (data / NAME).read_bytes()
    code, _, err = await run(
        "serve", str(write(tmp_path)), "--data", str(data), "--port", "0", "--udp-port", "0"
    )
    assert code == 1
    assert err.startswith(f"{data / NAME}: cannot be read (")
    assert "danced" in err
    assert (data / NAME).read_bytes() == before
    assert err.count("Use the version that wrote it") == 1
    assert "Use the version that wrote it. Nothing was changed. To go on with all that can be read" in err


async def test_a_port_in_use_is_reported_with_a_remedy(tmp_path: Path) -> None:
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


async def test_a_key_with_a_pass_phrase_is_refused_without_a_prompt(tmp_path: Path) -> None:
    cert, _ = certificate(tmp_path)
    locked = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"geheim"),
    )
    (tmp_path / "locked.pem").write_bytes(locked)
    options = ("--tls-cert", str(cert), "--tls-key", str(tmp_path / "locked.pem"))
    code, out, err = await run("serve", str(write(tmp_path)), "--data", str(tmp_path / "d"), *options)
    assert (code, out) == (1, "")
    assert "locked.pem: this key has a pass phrase" in err
    assert not (tmp_path / "d").exists()


async def test_a_certificate_that_is_a_folder_is_named(tmp_path: Path) -> None:
    options = ("--tls-cert", str(tmp_path), "--tls-key", str(tmp_path))
    code, _, err = await run("serve", str(write(tmp_path)), "--data", str(tmp_path / "d"), *options)
    assert code == 1
    assert f"{tmp_path}: cannot be read (Is a directory)" in err


async def test_a_room_refuses_a_text_that_is_not_a_link() -> None:
    for link in ("http://[::1/j#x", "https://x.org:99999/j#x", "x.org/j#x", "https://x.org/j"):
        code, out, err = await run("room", link)
        assert (code, out) == (1, "")
        assert "” is not a join link" in err
        assert "#x" not in err
        assert "Traceback" not in err


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


async def test_a_server_behind_a_local_proxy_serves_and_says_what_the_router_must_forward(
    tmp_path: Path,
) -> None:
    options = ("--behind", "127.0.0.1", "--public-url", "https://schalte.example.org/")
    async with server(
        write(tmp_path), tmp_path / "data", *options, "--media-address", "203.0.113.7"
    ) as running:
        (serving,) = [line for line in running.lines if line["event"] == "serving"]
        assert serving["url"] == "https://schalte.example.org"
        assert serving["udp_host"] == "0.0.0.0"
        assert serving["media_addresses"] == ["203.0.113.7"]


@pytest.mark.parametrize(
    ("variable", "value", "command"),
    [
        ("SCHALTE_MEDIA_ADDRESS", "127.0.0.1 foo", "serve"),
        ("SCHALTE_PORT", "hundred", "serve"),
        ("SCHALTE_AUTO_START", "perhaps", "serve"),
        ("SCHALTE_ROLE", "boss", "links"),
        ("SCHALTE_EXPIRES", "soon", "links"),
    ],
)
async def test_the_environment_is_checked_like_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, command: str
) -> None:
    monkeypatch.setenv(variable, value)
    code, out, err = await run(command, str(write(tmp_path)), "--data", str(tmp_path / "data"))
    assert (code, out) == (2, "")
    assert f"{variable}: “{value.split()[-1]}” is" in err
    assert not (tmp_path / "data").exists()


async def test_the_command_line_comes_before_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCHALTE_ROLE", "boss")
    data = str(tmp_path / "data")
    code, out, _ = await run("links", str(write(tmp_path)), "--data", data, "--role", "guest", "--json")
    assert (code, [link["id"] for link in json.loads(out)]) == (0, ["uchida"])


def test_several_media_addresses_may_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCHALTE_MEDIA_ADDRESS", "203.0.113.7 2001:DB8::7")
    assert parser().parse_args(["serve", "e.yaml"]).media_address == ["203.0.113.7", "2001:db8::7"]


async def test_a_closed_pipe_is_no_error() -> None:
    process = await asyncio.create_subprocess_shell(
        f"{sys.executable} -m signaling rehearse {DJW} | head -n 1",
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    assert out.count(b"\n") == 1
    assert err == b""


async def shell(line: str, **environment: str) -> tuple[int, bytes, bytes]:
    """Exit code, standard output and standard error of a bash command, in which `$schalte` is the program."""
    process = await asyncio.create_subprocess_exec(
        *("bash", "-o", "pipefail", "-c", line),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=os.environ | {"schalte": f"{sys.executable} -m signaling"} | environment,
    )
    out, err = await process.communicate()
    assert process.returncode is not None
    return process.returncode, out, err


@pytest.mark.parametrize(
    ("setting", "encoding"),
    [
        ({"PYTHONIOENCODING": "latin-1"}, "latin-1"),
        ({"PYTHONIOENCODING": "cp1252"}, "cp1252"),
        ({"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, "ascii"),
    ],
)
async def test_every_command_prints_in_every_encoding(
    tmp_path: Path, setting: dict[str, str], encoding: str
) -> None:
    event = str(write(tmp_path, SHORT.replace("title: One", "title: 開会の挨拶 – Grüße 😀")))
    broken = str(write(tmp_path, SHORT.replace("source: berlin", "source: bèrlin"), "broken.yaml"))
    commands = [
        ["check", event],
        ["links", event, "--data", str(tmp_path / "data")],
        ["links", event, "--data", str(tmp_path / "data"), "--json"],
        ["rehearse", event],
        ["rehearse", event, "--json"],
        ["check", broken],
    ]
    # All in one process: each takes seconds to load on a busy machine.
    script = f"from signaling.cli import main; print([main(command) for command in {commands!a}])"
    code, out, err = await shell(f'{sys.executable} -c "$script"', script=script, **setting)
    assert (code, out.splitlines()[-1]) == (0, b"[0, 0, 0, 0, 0, 1]")
    shown = out.decode(encoding)
    assert ("Gr??e" if encoding == "ascii" else "Grüße") in shown
    titles = [json.loads(line).get("title", "") for line in shown.splitlines() if line.startswith('{"at"')]
    assert all("?" not in title for title in titles)  # in JSON nothing is left out
    assert "did you mean `berlin`?" in err.decode(encoding)


async def test_a_report_in_csv_is_utf_8_on_every_terminal(tmp_path: Path) -> None:
    data = tmp_path / "data"
    async with server(write(tmp_path, SHORT.replace("title: One", "title: 開会の挨拶")), data):
        pass
    code, out, _ = await shell(f"PYTHONIOENCODING=latin-1 $schalte report {data} --format csv")
    assert code == 0
    assert "開会の挨拶" in out.decode()


@pytest.mark.parametrize("script", [f"check {DJW} | true", "serve --help | true", f"check {DJW} >&-"])
async def test_closed_output_is_no_error(script: str) -> None:
    assert await shell(f"$schalte {script}") == (0, b"", b"")


@pytest.mark.parametrize(
    "command", ["check", "rehearse"]
)  # what is written at the end, and what is in between
async def test_a_full_disk_is_reported(command: str) -> None:
    code, _, err = await shell(f"$schalte {command} {DJW} > /dev/full")
    assert (code, err) == (1, b"The output cannot be written (No space left on device). Free some space.\n")


# Links ---------------------------------------------------------------------------------------------------------


async def rows_of(*arguments: str) -> list[dict[str, str]]:
    code, out, err = await run("links", *arguments, "--json")
    assert (code, err) == (0, "")
    found: list[dict[str, str]] = json.loads(out)
    return found


async def test_links_are_printed_again_until_they_are_revoked_by_place_role_or_code(tmp_path: Path) -> None:
    asked = (str(write(tmp_path)), "--data", str(tmp_path / "data"))
    tokens = {row["id"]: row["token"] for row in await rows_of(*asked)}
    assert {row["id"]: row["token"] for row in await rows_of(*asked)} == tokens
    for revoked, changed in (
        ("berlin", {"berlin"}),
        ("venue", {"krefeld", "berlin", "tokio"}),
        (None, {"uchida"}),
    ):
        code, out, _ = await run("links", *asked, "--revoke", revoked or tokens["uchida"].lower())
        assert (code, "revoked" in out) == (0, True)
        after = {row["id"]: row["token"] for row in await rows_of(*asked)}
        assert {id_ for id_ in tokens if tokens[id_] != after[id_]} == changed
        tokens = after
    code, _, err = await run("links", *asked, "--revoke", "7KQ2MX9F4PT3VB")
    assert (code, "Nor is it the code of a link" in err) == (1, True)


async def test_a_link_that_expires_is_made_beside_the_usual_one(tmp_path: Path) -> None:
    asked = (str(write(tmp_path)), "--data", str(tmp_path / "data"), "--role", "guest")
    (usual,), (short,) = await rows_of(*asked), await rows_of(*asked, "--expires", "2h")
    assert usual["token"] != short["token"]
    made = machine_now()
    assert abs(between(plus(made, Duration(2 * HOUR)), read_iso(short["expires"]))) < MINUTE
    assert abs(between(plus(made, DAY), read_iso(usual["expires"]))) < MINUTE, "the event is over"
    assert await rows_of(*asked) == [usual]


async def test_a_read_only_moderators_link_is_printed_on_request(tmp_path: Path) -> None:
    asked = (str(write(tmp_path)), "--data", str(tmp_path / "data"), "--role", "moderator")
    (usual,), (watching,) = await rows_of(*asked), await rows_of(*asked, "--read-only")
    checker, event = LinkChecker(tmp_path / "data"), parse(SHORT, "event.yaml")
    assert not checker.verify(usual["token"], event).read_only
    assert checker.verify(watching["token"], event).read_only


async def test_a_new_key_makes_new_links_and_the_old_ones_end(tmp_path: Path) -> None:
    asked = (str(write(tmp_path)), "--data", str(tmp_path / "data"))
    first = [row["token"] for row in await rows_of(*asked)]
    code, out, _ = await run("links", *asked, "--rotate-key")
    assert (code, "There is a new key" in out) == (0, True)
    second = [row["token"] for row in await rows_of(*asked)]
    checker, event = LinkChecker(tmp_path / "data"), parse(SHORT, "event.yaml")
    assert not set(first) & set(second)
    for token in (*first, *second):
        checker.verify(token, event)
    assert (await run("links", *asked, "--rotate-key", "--overlap", "0s"))[0] == 0
    checker.refresh()
    for token in (*first, *second):
        with pytest.raises(LinkError, match="expired"):
            checker.verify(token, event)


@pytest.mark.parametrize(
    ("language", "words"),
    [("de", "bitte nicht weiterleiten"), ("en", "do not forward"), ("ja", "転送しないでください")],
)
async def test_each_link_comes_with_a_ready_text(tmp_path: Path, language: str, words: str) -> None:
    asked = (str(write(tmp_path)), "--data", str(tmp_path / "data"), "--public-url", "https://example.org")
    for row in await rows_of(*asked, "--invitation", language):
        text = row["invitation"]
        assert words in text
        assert row["url"] in text
        assert grouped(row["token"]) in text
        assert "example.org" in text
    code, out, _ = await run("links", *asked, "--invitation", language, "--role", "guest")
    assert (code, words in out) == (0, True)


@pytest.mark.parametrize(
    "options",
    [
        ("--read-only",),
        ("--read-only", "--role", "venue"),
        ("--overlap", "1h"),
        ("--rotate-key", "--revoke", "berlin"),
    ],
    ids=" ".join,
)
async def test_options_of_links_that_do_not_belong_together_are_refused(
    tmp_path: Path, options: tuple[str, ...]
) -> None:
    data = tmp_path / "data"
    code, out, err = await run("links", str(write(tmp_path)), "--data", str(data), *options)
    assert (code, out, data.exists()) == (2, "", False)
    assert "--" in err


async def test_a_room_takes_its_link_from_where_no_list_of_processes_shows_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = "http://127.0.0.1:9/j#7KQ2MX9F4PT3VB"  # nobody listens there
    (tmp_path / "link").write_text(link + "\n")
    ways: list[tuple[list[str], bytes | None]] = [
        ([str(tmp_path / "link")], None),
        (["-"], link.encode() + b"\n"),
    ]
    for arguments, stdin in ways:
        code, _, err = await run("room", *arguments, stdin=stdin)
        assert (code, "ws://127.0.0.1:9/api/v1/ws: cannot connect" in err) == (1, True)
    code, _, err = await run("room")
    assert (code, "Give a join link" in err) == (1, True)
    monkeypatch.setenv("SCHALTE_LINK", link)
    code, _, err = await run("room")
    assert (code, "cannot connect" in err) == (1, True)
    assert "7KQ2MX9F4PT3VB" not in err
