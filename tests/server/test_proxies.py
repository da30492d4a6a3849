"""The sample files of docs/deploy, with the real nginx and Caddy in front of a real server."""

from __future__ import annotations

import asyncio
import getpass
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from signaling.client import endpoint
from signaling.http.middlewares import HSTS_MAX_AGE_S
from signaling.show.wire.socket import PROTOCOL
from tests.certificates import certificate
from tests.events import SHORT, write
from tests.ports import free_port, until_open
from tests.server.process import ServerProcess, server

SAMPLES = Path(__file__).parent.parent.parent / "docs" / "deploy"
BROWSER_ADDRESS = "127.0.0.5"
"""From which the tests' client connects to the proxy."""
PUBLIC_ADDRESS = "203.0.113.7"
"""For documentation (RFC 5737). Offered as a candidate alone; no peer connects."""
PROXIES = ("nginx", "caddy")


def nginx(folder: Path, port: int, to: int) -> list[str]:
    """The command of nginx with the sample, on other ports and with a certificate of its own."""
    cert, key = certificate(folder)
    text = (SAMPLES / "nginx.conf").read_text()
    text = re.sub(r"^ *listen \[::\].*\n", "", text, flags=re.MULTILINE)
    for old, new in (
        ("listen 80;", f"listen 127.0.0.1:{free_port()};"),
        ("listen 443 ssl", f"listen 127.0.0.1:{port} ssl"),
        ("/etc/letsencrypt/live/schalte.example.org/fullchain.pem", str(cert)),
        ("/etc/letsencrypt/live/schalte.example.org/privkey.pem", str(key)),
        ("127.0.0.1:8080", f"127.0.0.1:{to}"),
    ):
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    config = folder / "nginx.conf"
    config.write_text(
        f"user {getpass.getuser()}; daemon off; pid {folder}/nginx.pid; error_log stderr;\n"
        "events {}\n"
        f"http {{ access_log {folder}/access.log;\n"
        f"client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;\n"
        f"fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;\n{text}}}\n"
    )
    return ["nginx", "-p", str(folder), "-c", str(config)]


def caddy(folder: Path, port: int, to: int) -> list[str]:
    """The command of Caddy with the sample, on other ports and with a certificate of its own."""
    cert, key = certificate(folder)
    text = (SAMPLES / "Caddyfile").read_text()
    site = f"https://schalte.example.org:{port}, https://localhost:{port} {{\n\tbind 127.0.0.1\n\ttls {cert} {key}\n"
    for old, new in (("\nschalte.example.org {\n", f"\n{site}"), ("127.0.0.1:8080", f"127.0.0.1:{to}")):
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    config = folder / "Caddyfile"
    config.write_text("{\n\tadmin off\n\tauto_https disable_redirects\n}\n" + text)
    return ["caddy", "run", "--config", str(config), "--adapter", "caddyfile"]


@pytest.fixture(params=PROXIES)
async def proxy(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[tuple[ServerProcess, str]]:
    """A server behind a proxy, with the options that the sample names; and the proxy's base URL."""
    if shutil.which(request.param) is None:
        pytest.skip(f"{request.param} is not installed; on Debian: apt-get install {request.param}")
    options = ("--behind", "127.0.0.1", "--public-url", "https://schalte.example.org")
    async with server(
        write(tmp_path), tmp_path / "data", *options, "--media-address", PUBLIC_ADDRESS
    ) as running:
        port = free_port()
        command = {"nginx": nginx, "caddy": caddy}[request.param](tmp_path, port, running.port)
        async with _running(command, tmp_path, port):
            yield running, f"https://schalte.example.org:{port}"


@asynccontextmanager
async def _running(command: list[str], folder: Path, port: int) -> AsyncIterator[None]:
    with (folder / "proxy.log").open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(folder),
            },  # Caddy stores its state in the home folder
        )
    try:
        await until_open("127.0.0.1", port, process, folder / "proxy.log")
        yield
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


class _Resolver(aiohttp.abc.AbstractResolver):
    """Every name is this machine."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[aiohttp.abc.ResolveResult]:
        return [
            {"hostname": host, "host": "127.0.0.1", "port": port, "family": family, "proto": 0, "flags": 0}
        ]

    async def close(self) -> None:
        return None


@asynccontextmanager
async def browser() -> AsyncIterator[aiohttp.ClientSession]:
    connector = aiohttp.TCPConnector(resolver=_Resolver(), ssl=False, local_addr=(BROWSER_ADDRESS, 0))
    async with aiohttp.ClientSession(connector=connector) as session:
        yield session


async def test_pages_come_over_https_with_our_headers(proxy: tuple[ServerProcess, str]) -> None:
    _, base = proxy
    async with browser() as http, http.get(base) as page:
        assert page.status == 200
        assert "default-src 'self'" in page.headers["Content-Security-Policy"]
        assert page.headers["Strict-Transport-Security"] == f"max-age={HSTS_MAX_AGE_S}"


async def test_a_page_of_another_site_opens_no_websocket(proxy: tuple[ServerProcess, str]) -> None:
    _, base = proxy
    async with browser() as http:
        async with http.ws_connect(f"{base}/api/v1/ws", headers={"Origin": base}):
            pass
        with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
            await http.ws_connect(f"{base}/api/v1/ws", headers={"Origin": "https://evil.example"})


async def test_a_session_goes_through_with_its_own_address(proxy: tuple[ServerProcess, str]) -> None:
    running, base = proxy
    _, token = endpoint(running.link("venue", "tokio"))
    async with browser() as http, http.ws_connect(f"{base}/api/v1/ws") as socket_:
        await socket_.send_json({"type": "hello", "token": token, "protocol": PROTOCOL})
        assert (await socket_.receive_json())["type"] == "welcome"
        assert (await running.line("page connected"))["address"] == BROWSER_ADDRESS


async def test_an_address_that_a_client_claims_is_not_believed(proxy: tuple[ServerProcess, str]) -> None:
    running, base = proxy
    headers = {"Authorization": "Bearer WRONG", "X-Forwarded-For": "203.0.113.99"}
    async with browser() as http, http.get(f"{base}/api/v1/state", headers=headers) as answer:
        assert answer.status == 401
    assert (await running.line("link refused"))["address"] == BROWSER_ADDRESS


async def test_a_large_event_file_passes(proxy: tuple[ServerProcess, str]) -> None:
    running, base = proxy
    text = SHORT + "# " + "x" * 250_000 + "\n"
    command = {"id": "large", "type": "reload", "yaml": text}
    async with browser() as http:
        async with http.post(f"{base}/api/v1/commands", json=command, headers=running.headers()) as answer:
            assert answer.status == 200, await answer.text()


async def test_the_doctor_looks_through_the_proxy(proxy: tuple[ServerProcess, str], tmp_path: Path) -> None:
    running, base = proxy
    link = running.link("viewer").replace(running.url, base.replace("schalte.example.org", "localhost"))
    trusted = os.environ | {"SSL_CERT_FILE": str(tmp_path / "cert.pem"), "PYTHONASYNCIODEBUG": ""}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "signaling", "doctor", str(running.event), "--data", str(running.data)),
        *("--port", str(running.port), "--udp-port", str(running.udp_port), "--behind", "127.0.0.1"),
        *("--public-url", "https://schalte.example.org", "--media-address", PUBLIC_ADDRESS),
        *("--ntp", "127.0.0.1:9", "--link", link),
        stdout=asyncio.subprocess.PIPE,
        env=trusted,
    )
    found = {line[9:24].strip(): line for line in (await process.communicate())[0].decode().splitlines()}
    for check in ("pages", "certificate", "server", "websocket", "proxy"):
        assert found[check].startswith("ok"), found
    # Nothing answers at an address for documentation.
    assert found["media"].startswith("FAULT")
    assert process.returncode == 1


@pytest.mark.parametrize("name", ["schalte.service", "schalte-room.service"])
def test_the_service_files_are_valid_and_give_away_little(name: str, tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed; on Debian: apt-get install systemd")
    text = (SAMPLES / name).read_text()
    assert text.count("/opt/schalte/bin/schalte") == 1
    unit = tmp_path / name
    unit.write_text(text.replace("/opt/schalte/bin/schalte", "/bin/true"))
    verified = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True)
    assert (verified.returncode, verified.stderr) == (0, "")
    rated = subprocess.run(
        ["systemd-analyze", "security", "--offline=yes", "--threshold=25", str(unit)], capture_output=True
    )
    assert rated.returncode == 0, rated.stdout.decode()
