"""The ports: free for the server to open, or open because it runs."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Iterator

import aiohttp

from signaling.cli.address import Address
from signaling.cli.doctor.finding import Finding

TIMEOUT_S = 3.0
"""Seconds for an answer of a server on this machine."""


async def is_serving(address: Address) -> bool:
    """Whether a server of Schalte listens on the HTTP port."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(address.host, address.host)
    scheme = "http" if address.tls_cert is None else "https"
    url = f"{scheme}://{f'[{host}]' if ':' in host else host}:{address.port}/healthz"
    try:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT_S)) as http:
            # The certificate is that of the public name, and is checked with that.
            async with http.get(url, ssl=False) as answer:
                return await is_ours(answer)
    except (aiohttp.ClientError, TimeoutError, OSError):
        return False


async def is_ours(answer: aiohttp.ClientResponse) -> bool:
    """Whether the answer of `/healthz` is that of a server of Schalte. A proxy writes a `Server` header of its own."""
    return answer.status == 200 and (await answer.read()).replace(b" ", b"") == b'{"serving":true}'


def port_findings(address: Address, *, runs: bool) -> Iterator[Finding]:
    """Whether each port can be opened; `runs`: the server has them open."""
    wanted = [
        ("TCP", "--port", socket.SOCK_STREAM, address.host, address.port),
        ("UDP", "--udp-port", socket.SOCK_DGRAM, address.udp_host(), address.udp_port),
    ]
    if address.tcp_port is not None:
        wanted.append(("TCP", "--tcp-port", socket.SOCK_STREAM, address.udp_host(), address.tcp_port))
    for protocol, option, kind, host, port in wanted:
        fault = None if port == 0 else _fault(kind, host, port)
        name = f"{protocol} port {port} on {host}"
        if fault is None:
            found = f"{name} is free."
            yield Finding(
                "ports",
                "warning" if runs else "ok",
                f"{found} The server that runs here does not use it: give both the same options."
                if runs
                else found,
            )
        elif fault == errno.EADDRINUSE and runs:
            yield Finding("ports", "ok", f"{name} is open.")
        elif fault == errno.EADDRINUSE:
            yield Finding(
                "ports",
                "fault",
                f"{name} is used by another program. Stop that, or choose another with {option}.",
            )
        elif fault == errno.EACCES:
            yield Finding(
                "ports",
                "fault",
                f"{name} is not permitted to this user. Choose one from 1024 on with {option}, or give the service "
                "CAP_NET_BIND_SERVICE.",
            )
        else:
            yield Finding(
                "ports",
                "fault",
                f"{name} cannot be opened ({os.strerror(fault)}). Check --host, --media-host and {option}.",
            )


def _fault(kind: socket.SocketKind, host: str, port: int) -> int | None:
    """The error number of binding it; None: it is free."""
    try:
        family, _, _, _, bound = socket.getaddrinfo(host, port, type=kind, flags=socket.AI_PASSIVE)[0]
        with socket.socket(family, kind) as sock:
            if kind is socket.SOCK_STREAM:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            sock.bind(bound)
    except OSError as fault:
        return fault.errno or errno.EINVAL
    return None
