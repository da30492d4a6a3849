"""The real coturn with the sample configuration of docs/deploy."""

from __future__ import annotations

import asyncio
import re
import shutil
import subprocess
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509

from tests.certificates import certificate
from tests.ports import until_open

SAMPLES = Path(__file__).parent.parent.parent / "docs" / "deploy"
SECRET = "a secret of the tests, and of nobody else"


@asynccontextmanager
async def coturn(
    folder: Path,
    address: str,
    *peers: str,
    port: int = 443,
    before: Sequence[str] = (),
    more: str = "",
) -> AsyncIterator[Path]:
    """Run coturn at `address`, which this thread's network reaches, with leave to relay to `peers`.

    `before` is prepended to its command line, and `more` are lines for its configuration. Yields the file of its
    certificate, which is its own authority. `folder`/turn-secret is for `--turn-secret-file`.
    """
    if shutil.which("turnserver") is None:
        pytest.skip("turnserver is not installed; on Debian: apt-get install coturn")
    cert, key = certificate(folder, names=[x509.IPAddress(ip_address(address))], prefix="turn-")
    (folder / "turn-secret").write_text(SECRET + "\n")
    config = folder / "turnserver.conf"
    config.write_text(f"{_sample(address, peers, port, cert, key)}{more}static-auth-secret={SECRET}\n")
    options = ("-c", str(config), "--pidfile", str(folder / "turn.pid"), "--userdb", str(folder / "turndb"))
    with (folder / "turnserver.log").open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *before, "turnserver", *options, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        await until_open(address, port, process, folder / "turnserver.log")
        yield cert
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


def _sample(address: str, peers: Sequence[str], port: int, cert: Path, key: Path) -> str:
    """The sample with these in place of its own. Its log goes to standard output."""
    text = (SAMPLES / "turnserver.conf").read_text()
    allowed = "".join(f"allowed-peer-ip={peer}\n" for peer in peers)
    for old, new in (
        ("\nlistening-ip=203.0.113.8\n", f"\nlistening-ip={address}\n"),
        ("\nrelay-ip=203.0.113.8\n", f"\nrelay-ip={address}\n"),
        ("\ntls-listening-port=443\n", f"\ntls-listening-port={port}\n"),
        ("\ncert=/etc/coturn/fullchain.pem\n", f"\ncert={cert}\n"),
        ("\npkey=/etc/coturn/privkey.pem\n", f"\npkey={key}\n"),
        ("\nallowed-peer-ip=203.0.113.7\n", f"\n{allowed}"),
        ("\nsyslog\n", "\nlog-file=stdout\nno-stdout-log\n"),
    ):
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    assert not re.search(r"^static-auth-secret", text, re.MULTILINE)
    return text
