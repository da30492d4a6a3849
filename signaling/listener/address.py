"""The client address of a request, also behind proxies. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Network = IPv4Network | IPv6Network

MAX_HOPS = 16
"""Addresses of an X-Forwarded-For header that are read, from its end. No real chain of proxies is longer."""


def networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """The addresses and networks of `--behind`.

    Raises:
        ValueError: one of them is neither.
    """
    return tuple(ip_network(text, strict=False) for text in texts)


def normalized(host: str) -> str:
    """An address without a zone, and as IPv4 if a dual-stack socket shows it mapped to IPv6."""
    try:
        found = ip_address(host.partition("%")[0])
    except ValueError:
        return host
    return str(_unmapped(found))


def client_address(peer: str, headers: Mapping[str, str], proxies: tuple[Network, ...]) -> str:
    """The client's address. `peer` is the address of the TCP connection; only headers of `proxies` are trusted.

    Each proxy appends the address of its client to X-Forwarded-For. So the last address that is not of a trusted proxy
    is the client's; anybody may have written the ones before. `Forwarded` (RFC 7239) is not read: a proxy that writes
    one of the headers passes on a client's other one unchanged.
    """
    found = normalized(peer)
    hops = headers.get("X-Forwarded-For", "").split(",")[-MAX_HOPS:]
    while hops and is_one_of(found, proxies):
        forwarded = normalized(hops.pop().strip())
        if not is_address(forwarded):
            break
        found = forwarded
    return found


def network_of(address: str) -> str:
    """The unit of limits by address: an IPv4 address, or a /64 of IPv6, which one customer has."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    return str(ip_network((found, 64), strict=False)) if isinstance(found, IPv6Address) else address


def _unmapped(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def is_address(text: str) -> bool:
    """Whether a text is an IP address."""
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def is_one_of(address: str, proxies: tuple[Network, ...]) -> bool:
    """Whether an address belongs to a trusted proxy."""
    if not proxies or not is_address(address):
        return False
    found = ip_address(address)
    return any(found.version == proxy.version and found in proxy for proxy in proxies)
