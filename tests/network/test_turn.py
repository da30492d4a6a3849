"""The sample for coturn admits pages with our credentials, and relays to our media port alone."""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest
from aioice import stun, turn

from bridge.room.call import Call
from bridge.room.inputs import Tracks
from signaling.access.links import Link
from signaling.access.turn import LIFETIME_S, TurnServer, TurnUri
from signaling.show.wire.socket import IceServer
from tests.events import write
from tests.network.coturn import SAMPLES, SECRET, coturn
from tests.network.namespaces import Net, Site
from tests.network.test_halls import evening
from tests.ports import free_port
from tests.server.process import run
from tests.server.test_doctor import NO_CLOCK

HALL = Link("venue", "krefeld", "")
MEDIA_PORT = 8081
TIMEOUT_S = 60.0
"""For what must arrive."""


def credentials(address: str, port: int = 443, *, ago_s: float = 0.0, secret: str = SECRET) -> IceServer:
    """As a welcome had them so long ago."""
    made = TurnServer((TurnUri(True, address, port, "tcp"),), secret.encode())
    return made.credentials(HALL, time.time() - ago_s)


class Echoes(asyncio.DatagramProtocol):
    """What comes back, and what was refused."""

    def __init__(self) -> None:
        self.received: asyncio.Queue[bytes | Exception] = asyncio.Queue()

    def datagram_received(self, data: bytes, addr: object) -> None:
        self.received.put_nowait(data)

    def error_received(self, exc: Exception) -> None:
        self.received.put_nowait(exc)


@asynccontextmanager
async def relayed(
    given: IceServer, cert: Path, address: str, port: int = 443
) -> AsyncIterator[tuple[turn.TurnTransport, Echoes]]:
    """A relay address of coturn, over TLS."""
    async with asyncio.timeout(TIMEOUT_S):
        transport, echoes = await turn.create_turn_endpoint(
            Echoes,
            server_addr=(address, port),
            username=given.username,
            password=given.credential,
            ssl=ssl.create_default_context(cafile=str(cert)),
            transport="tcp",
        )
    try:
        yield transport, echoes
    finally:
        # Its `close` returns before the connection is closed.
        await transport._TurnTransport__inner_protocol.delete()  # type: ignore[attr-defined]


@contextmanager
def echoing(address: str, port: int = 0) -> Iterator[int]:
    """A UDP port that returns what it gets."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    loop = asyncio.get_running_loop()
    with socket.socket(family, socket.SOCK_DGRAM) as sock:
        sock.setblocking(False)
        sock.bind((address, port))

        def answer() -> None:
            sock.sendto(*sock.recvfrom(2000))

        loop.add_reader(sock, answer)
        yield sock.getsockname()[1]
        loop.remove_reader(sock)


@pytest.fixture
def sites(internet: Net) -> tuple[Site, Site, Site]:
    """The media server's, the TURN server's, and a machine beside it, on which nobody must be reached."""
    return internet.site("server"), internet.site("turn"), internet.site("office")


async def test_it_relays_to_the_media_port_and_to_nothing_else(
    sites: tuple[Site, Site, Site], tmp_path: Path
) -> None:
    server, relay, office = sites
    relay.run(f"nft -f {SAMPLES / 'turnserver.nft'}")
    with server.entered(), echoing(server.v4, MEDIA_PORT), echoing(server.v4) as other_port:
        async with coturn(tmp_path, relay.v4, server.v4, before=relay.enter) as cert:
            async with relayed(credentials(relay.v4), cert, relay.v4) as (transport, echoes):
                transport.sendto(b"to the media port", (server.v4, MEDIA_PORT))
                async with asyncio.timeout(TIMEOUT_S):
                    assert await echoes.received.get() == b"to the media port"
                transport.sendto(b"to another port", (server.v4, other_port))
                for refused in (office.v4, relay.v4, "127.0.0.1", "224.0.0.1", "0.0.0.0"):
                    transport.sendto(b"elsewhere", (refused, MEDIA_PORT))
                    async with asyncio.timeout(TIMEOUT_S):
                        fault = await echoes.received.get()
                    assert isinstance(fault, stun.TransactionFailed), refused
                    assert fault.response.error_code == 403, refused
                assert echoes.received.empty()


async def test_without_the_allowed_address_the_media_port_is_refused_as_well(
    sites: tuple[Site, Site, Site], tmp_path: Path
) -> None:
    server, relay, office = sites
    with server.entered(), echoing(server.v4, MEDIA_PORT):
        async with coturn(tmp_path, relay.v4, office.v4, before=relay.enter) as cert:
            async with relayed(credentials(relay.v4), cert, relay.v4) as (transport, echoes):
                transport.sendto(b"to the media port", (server.v4, MEDIA_PORT))
                async with asyncio.timeout(TIMEOUT_S):
                    assert isinstance(await echoes.received.get(), stun.TransactionFailed)


@pytest.mark.parametrize(
    "given",
    [
        pytest.param({"ago_s": LIFETIME_S + 60}, id="expired"),
        pytest.param({"secret": "another secret of somebody"}, id="signed with another secret"),
    ],
)
async def test_other_credentials_are_refused(given: dict[str, float], tmp_path: Path) -> None:
    port = free_port()
    async with coturn(tmp_path, "127.0.0.1", "192.0.2.1", port=port) as cert:
        async with relayed(credentials("127.0.0.1", port), cert, "127.0.0.1", port):
            pass
        with pytest.raises(stun.TransactionFailed) as refused:
            async with relayed(credentials("127.0.0.1", port, **given), cert, "127.0.0.1", port):  # type: ignore[arg-type]
                pass
    assert refused.value.response.error_code == 401
    log = (tmp_path / "turnserver.log").read_text()
    assert SECRET not in log
    assert credentials("127.0.0.1", port).credential not in log


async def test_a_headless_hall_whose_network_lets_out_port_443_alone_is_on_air(
    sites: tuple[Site, Site, Site], internet: Net, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside, relay, _ = sites
    krefeld, berlin = internet.site("krefeld"), internet.site("berlin")
    krefeld.block("udp", "tcp dport != 443")
    with inside.entered():
        async with coturn(tmp_path, relay.v4, inside.v4, before=relay.enter) as cert:
            monkeypatch.setenv("SSL_CERT_FILE", str(cert))
            options = ("--host", "0.0.0.0", "--port", "443", "--media-address", inside.v4)
            turn_options = (
                "--turn",
                f"turns:{relay.v4}:443",
                "--turn-secret-file",
                str(tmp_path / "turn-secret"),
            )
            halls = {"krefeld": krefeld, "berlin": berlin}
            async with evening(tmp_path, inside, halls, *options, *turn_options) as show:
                await show.all_live()
                await show.desk.command("start")
                await show.sees("berlin", "krefeld")
                await show.sees("krefeld", "berlin")


async def test_a_headless_hall_admits_no_turn_server_with_a_wrong_certificate(tmp_path: Path) -> None:
    port = free_port()
    async with coturn(tmp_path, "127.0.0.1", "192.0.2.1", port=port) as cert:
        given = credentials("127.0.0.1", port).model_dump()
        assert "relay" not in await candidate_types(given)
        with pytest.MonkeyPatch.context() as patched:
            patched.setenv("SSL_CERT_FILE", str(cert))
            assert "relay" in await candidate_types(given)


async def candidate_types(ice_server: dict[str, object]) -> set[str]:
    """Those that a headless room offers."""
    call = Call(Tracks(None, None), receive=True, ice_servers=[ice_server])
    await call._pc.setLocalDescription()
    try:
        return set(re.findall(r"typ (\w+)", call._pc.localDescription.sdp))
    finally:
        await call.close()


async def doctor(tmp_path: Path, port: int, secret: str = SECRET) -> tuple[int, str]:
    """The exit code of `schalte doctor`, and its line on this TURN server."""
    file = tmp_path / "given-secret"
    file.write_text(secret)
    code, out, err = await run(
        *("doctor", str(write(tmp_path)), "--data", str(tmp_path / "data"), *NO_CLOCK),
        *("--port", "0", "--udp-port", "0"),
        *("--turn", f"turns:127.0.0.1:{port}", "--turn-secret-file", str(file)),
    )
    assert err == ""
    return code, next(line for line in out.splitlines() if line[9:24].strip() == "turn")


async def test_the_doctor_finds_it_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    port = free_port()
    async with coturn(tmp_path, "127.0.0.1", "192.0.2.1", port=port) as cert:
        monkeypatch.setenv("SSL_CERT_FILE", str(cert))
        code, line = await doctor(tmp_path, port)
    assert (code, line.split()[0]) == (0, "ok"), line
    assert "relays from 127.0.0.1:" in line


async def test_the_doctor_finds_another_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    port = free_port()
    async with coturn(tmp_path, "127.0.0.1", "192.0.2.1", port=port) as cert:
        monkeypatch.setenv("SSL_CERT_FILE", str(cert))
        code, line = await doctor(tmp_path, port, "another secret of somebody")
    assert (code, line.split()[0]) == (1, "FAULT"), line
    assert "static-auth-secret" in line


async def test_the_doctor_finds_a_certificate_that_browsers_refuse(tmp_path: Path) -> None:
    port = free_port()
    async with coturn(tmp_path, "127.0.0.1", "192.0.2.1", port=port):
        code, line = await doctor(tmp_path, port)
    assert (code, line.split()[0]) == (1, "FAULT"), line
    assert "certificate" in line


async def test_the_doctor_finds_that_nothing_listens(tmp_path: Path) -> None:
    code, line = await doctor(tmp_path, free_port())
    assert (code, line.split()[0]) == (1, "FAULT"), line
    assert "cannot be reached" in line
