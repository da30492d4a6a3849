"""The TURN server of a headless room, for a network that lets nothing else through.

aiortc uses one TURN server. Over TLS it checks the server's certificate against the system's authorities, or those of
`SSL_CERT_FILE`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from aiortc import RTCIceServer

IceServers = Callable[[], Sequence[Mapping[str, Any]]]
"""Returns the latest `ice_servers` of the welcome: their credentials expire."""


def turn_servers(ice_servers: Sequence[Mapping[str, Any]]) -> list[RTCIceServer]:
    """The one that aiortc shall use, or none: TLS before TCP before UDP, as a firewall lets them through.

    Args:
        ice_servers: of the welcome: `urls`, `username`, `credential`.
    """
    usable = [
        (_rank(url), url, one)
        for one in ice_servers
        for url in one["urls"]
        if "[" not in url  # aiortc reads no IPv6 address
    ]
    if not usable:
        return []
    _, url, server = min(usable, key=lambda found: found[0])
    return [RTCIceServer(url, server["username"], server["credential"])]


def _rank(url: str) -> int:
    if url.startswith("turns:"):
        return 0
    return 1 if url.endswith("?transport=tcp") else 2
