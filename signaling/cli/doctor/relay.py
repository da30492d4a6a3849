"""The TURN server: whether it gives a relay address to a page with our credentials."""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
import time
from collections.abc import AsyncIterator

from aioice import stun, turn

from signaling.access.links import Link
from signaling.access.turn import TurnServer
from signaling.cli.doctor.finding import Finding

TIMEOUT_S = 5.0
"""For a relay address."""
TURN_PORT, TURNS_PORT = 3478, 5349
"""Of RFC 8656 section 3, where the URI has none."""

_URI = re.compile(r"(turns?):(\[.*\]|[^:?]+):?(\d*)(.*)")


async def relay_findings(server: TurnServer) -> AsyncIterator[Finding]:
    """One finding for each of its addresses."""
    credentials = server.credentials(Link("viewer", "doctor", ""), time.time())
    for url in server.urls:
        try:
            async with asyncio.timeout(TIMEOUT_S):
                relayed = await _allocate(url, credentials.username, credentials.credential)
        except TimeoutError:
            yield Finding(
                "turn", "fault", f"{url} does not answer. Check its port and the firewall in front of it."
            )
        except ssl.SSLError as fault:
            yield Finding(
                "turn", "fault", f"{url} has no certificate that browsers accept ({fault.reason}). Renew it."
            )
        except stun.TransactionError as fault:
            yield Finding(
                "turn",
                "fault",
                f"{url} refuses our credentials ({fault}). Its static-auth-secret has to be that of "
                "--turn-secret-file, and its clock right.",
            )
        except OSError as fault:
            yield Finding(
                "turn", "fault", f"{url} cannot be reached ({fault}). Check its name, port and firewall."
            )
        else:
            yield Finding("turn", "ok", f"{url} relays from {relayed}.")


async def _allocate(url: str, username: str, password: str) -> str:
    """The relay address that it gives; released at once."""
    scheme, host, port, query = _URI.fullmatch(url).groups()  # type: ignore[union-attr]  # checked by `turn_url`
    is_tls = scheme == "turns"
    host = host.strip("[]")
    number = int(port) if port else (TURNS_PORT if is_tls else TURN_PORT)
    loop = asyncio.get_running_loop()
    # Resolved here: aioice needs an address, and the certificate names the host.
    found = await loop.getaddrinfo(host, number, type=socket.SOCK_STREAM)
    context = ssl.create_default_context() if is_tls else None
    if context is not None:
        await _check_certificate(host, number, context)
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # checked above, with its name
    transport, _protocol = await turn.create_turn_endpoint(
        asyncio.DatagramProtocol,
        server_addr=(str(found[0][4][0]), number),
        username=username,
        password=password,
        ssl=context or False,
        transport="tcp" if is_tls or query == "?transport=tcp" else "udp",
    )
    relayed = transport.get_extra_info("sockname")
    transport.close()
    return f"{relayed[0]}:{relayed[1]}"


async def _check_certificate(host: str, port: int, context: ssl.SSLContext) -> None:
    _, writer = await asyncio.open_connection(host, port, ssl=context)
    writer.close()
