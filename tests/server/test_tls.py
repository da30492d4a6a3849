"""The HTTP port with TLS: connections count for the limits before their handshake, too."""

from __future__ import annotations

import asyncio
import datetime
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.events import write
from tests.server.process import ServerProcess, server
from tests.server.test_strangers import TEST_TIMEOUT_S, many, rest_of, tcp


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for localhost and its key, in two files."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    begins = datetime.datetime(2018, 1, 1, tzinfo=datetime.UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(begins)
        .not_valid_after(begins + datetime.timedelta(days=36_500))
        .sign(key, hashes.SHA256())
    )
    cert, private = folder / "cert.pem", folder / "key.pem"
    cert.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return cert, private


@pytest.fixture
async def secure(tmp_path: Path) -> AsyncIterator[ServerProcess]:
    cert, key = certificate(tmp_path)
    options = ("--tls-cert", str(cert), "--tls-key", str(key))
    limited = ("prlimit", "--nofile=1024:1024")
    async with server(write(tmp_path), tmp_path / "data", *options, before=limited) as running:
        yield running


async def healthy(serving: ServerProcess) -> bool:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    async with aiohttp.ClientSession() as http:
        async with http.get(f"https://127.0.0.1:{serving.port}/healthz", ssl=context) as answer:
            return answer.status == 200


async def test_1100_connections_without_a_handshake_do_not_block_others(secure: ServerProcess) -> None:
    assert await healthy(secure)
    async with many(secure.port, 1_100):
        assert await healthy(secure)
    assert len(secure.lines) < 400


async def test_input_that_is_not_tls_closes_the_connection_without_a_traceback(secure: ServerProcess) -> None:
    for text in (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"\x16\x03\x01\x00\x05nonsense", b"\x00" * 5_000):
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
