"""The HTTP port with TLS: connections count for the limits before their handshake, too."""

from __future__ import annotations

import asyncio
import signal
import ssl
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from cryptography import x509

from signaling.http.middlewares import HSTS_MAX_AGE_S
from tests.certificates import certificate
from tests.events import write
from tests.server.process import ServerProcess, server
from tests.server.test_strangers import TEST_TIMEOUT_S, many, rest_of, tcp


@pytest.fixture
async def secure(tmp_path: Path) -> AsyncIterator[ServerProcess]:
    cert, key = certificate(tmp_path)
    options = ("--tls-cert", str(cert), "--tls-key", str(key))
    limited = ("prlimit", "--nofile=1024:1024")
    async with server(write(tmp_path), tmp_path / "data", *options, before=limited) as running:
        yield running


def unchecked() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


async def healthy(serving: ServerProcess) -> bool:
    async with aiohttp.ClientSession() as http:
        async with http.get(f"https://127.0.0.1:{serving.port}/healthz", ssl=unchecked()) as answer:
            return answer.status == 200


async def test_browsers_keep_to_https(secure: ServerProcess) -> None:
    async with aiohttp.ClientSession() as http:
        async with http.get(f"https://127.0.0.1:{secure.port}/", ssl=unchecked()) as answer:
            assert answer.headers["Strict-Transport-Security"] == f"max-age={HSTS_MAX_AGE_S}"


async def test_1100_connections_without_a_handshake_do_not_block_others(secure: ServerProcess) -> None:
    assert await healthy(secure)
    async with many(secure.port, 1_100):
        assert await healthy(secure)
    assert len(secure.lines) < 400


async def test_input_that_is_not_tls_closes_the_connection_without_a_traceback(secure: ServerProcess) -> None:
    for text in (
        b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"\x16\x03\x01\x00\x05nonsense",
        b"\x00" * 5_000,
    ):
        reader, writer = await tcp(secure.port, text)
        await rest_of(reader)
        writer.close()
    assert await healthy(secure)
    assert not [
        line for line in secure.lines if "exception" in line or line["level"] in ("error", "critical")
    ]


async def test_a_connection_without_a_handshake_is_closed_after_a_timeout(secure: ServerProcess) -> None:
    reader, writer = await tcp(secure.port)
    async with asyncio.timeout(TEST_TIMEOUT_S):
        assert await reader.read() == b""
    writer.close()


def serial(port: int) -> int:
    """The serial number of the certificate that a handshake shows."""
    pem = ssl.get_server_certificate(("127.0.0.1", port), timeout=TEST_TIMEOUT_S)
    return x509.load_pem_x509_certificate(pem.encode()).serial_number


async def until_logged(serving: ServerProcess, event: str, count: int = 1) -> None:
    async with asyncio.timeout(TEST_TIMEOUT_S):
        while sum(line["event"] == event for line in serving.lines) < count:  # noqa: ASYNC110 - lines report nothing
            await asyncio.sleep(0.05)


READ_AGAIN = "TLS certificate read again"
UNUSABLE = "The new TLS certificate cannot be used, so the old one stays."


async def test_a_renewed_certificate_is_used_and_a_faulty_one_is_not(
    secure: ServerProcess, tmp_path: Path
) -> None:
    async def shown() -> int:
        return await asyncio.to_thread(serial, secure.port)

    assert await shown() == 1
    reader, writer = await asyncio.open_connection("127.0.0.1", secure.port, ssl=unchecked())
    certificate(tmp_path, serial=2)
    await until_logged(secure, READ_AGAIN)
    assert await shown() == 2, "by itself, since the files have changed"
    writer.write(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert (await reader.readline()).startswith(b"HTTP/1.1 200"), "an open connection goes on"
    writer.close()
    (tmp_path / "cert.pem").write_text("no certificate")
    await until_logged(secure, UNUSABLE)
    assert await shown() == 2
    state = await desk(secure)
    assert [one["code"] for one in state["server"]["warnings"]] == ["certificate-unreadable"]
    certificate(tmp_path, serial=3)
    secure.process.send_signal(signal.SIGHUP)
    await until_logged(secure, READ_AGAIN, 2)
    assert await shown() == 3


async def desk(serving: ServerProcess) -> dict[str, Any]:
    """The state with a warning, once there is one."""
    async with asyncio.timeout(TEST_TIMEOUT_S), aiohttp.ClientSession() as http:
        while True:
            address = f"https://127.0.0.1:{serving.port}/api/v1/state"
            async with http.get(address, ssl=unchecked(), headers=serving.headers()) as answer:
                state: dict[str, Any] = await answer.json()
            if state["server"]["warnings"]:
                return state
            await asyncio.sleep(0.05)


async def test_a_certificate_that_has_expired_prevents_a_show(tmp_path: Path) -> None:
    cert, key = certificate(tmp_path, days=1)
    options = ("--tls-cert", str(cert), "--tls-key", str(key))
    async with server(write(tmp_path), tmp_path / "data", *options) as running:
        await desk(running)
        async with aiohttp.ClientSession() as http:
            async with http.get(f"https://127.0.0.1:{running.port}/readyz", ssl=unchecked()) as answer:
                assert answer.status == 503
                assert await answer.json() == {
                    "ready": False,
                    "reasons": [
                        {"code": "certificate-expired", "message": "The TLS certificate has expired."}
                    ],
                }
