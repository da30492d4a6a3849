"""The TURN server: whether it gives a relay address to a page with our credentials."""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from collections.abc import AsyncIterator

from aioice import stun, turn

from signaling.access.links import Link
from signaling.access.turn import TURN_PORT, TURNS_PORT, TurnServer, TurnUri
from signaling.cli.doctor.finding import Finding

TIMEOUT_S = 5.0
"""Seconds for a relay address from the TURN server."""


async def relay_findings(server: TurnServer) -> AsyncIterator[Finding]:
    """One finding for each of its addresses."""
    credentials = server.credentials(Link("viewer", "doctor", ""), time.time())
    for uri in server.uris:
        try:
            async with asyncio.timeout(TIMEOUT_S):
                relayed = await _allocate(uri, credentials.username, credentials.credential)
        except TimeoutError:
            yield Finding(
                "turn", "fault", f"{uri} does not answer. Check its port and the firewall in front of it."
            )
        except ssl.SSLError as fault:
            yield Finding(
                "turn", "fault", f"{uri} has no certificate that browsers accept ({fault.reason}). Renew it."
            )
        except stun.TransactionError as fault:
            yield Finding(
                "turn",
                "fault",
                f"{uri} refuses our credentials ({fault}). Its static-auth-secret has to be that of "
                "--turn-secret-file, and its clock right.",
            )
        except OSError as fault:
            yield Finding(
                "turn", "fault", f"{uri} cannot be reached ({fault}). Check its name, port and firewall."
            )
        else:
            yield Finding("turn", "ok", f"{uri} relays from {relayed}.")


async def _allocate(uri: TurnUri, username: str, password: str) -> str:
    """The relay address that it gives; released at once."""
    number = uri.port or (TURNS_PORT if uri.is_tls else TURN_PORT)
    loop = asyncio.get_running_loop()
    # Resolved here: aioice needs an address, and the certificate names the host.
    found = await loop.getaddrinfo(uri.host, number, type=socket.SOCK_STREAM)
    context = ssl.create_default_context() if uri.is_tls else None
    if context is not None:
        await _check_certificate(uri.host, number, context)
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # checked above, with its name
    transport, _protocol = await turn.create_turn_endpoint(
        asyncio.DatagramProtocol,
        server_addr=(str(found[0][4][0]), number),
        username=username,
        password=password,
        ssl=context or False,
        transport=uri.transport or "udp",
    )
    relayed = transport.get_extra_info("sockname")
    transport.close()
    return f"{relayed[0]}:{relayed[1]}"


async def _check_certificate(host: str, port: int, context: ssl.SSLContext) -> None:
    _, writer = await asyncio.open_connection(host, port, ssl=context)
    writer.close()
