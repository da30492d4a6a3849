"""Whose address a request comes from, also behind a proxy. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Network = IPv4Network | IPv6Network

MOST_HOPS = 16
"""Addresses of a forwarded header that are looked at, from its end. Longer chains of proxies are nobody's."""


def networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """The addresses and networks of `--behind`.

    Raises:
        ValueError: one of them is neither.
    """
    return tuple(ip_network(text, strict=False) for text in texts)


def plain(host: str) -> str:
    """An address as people write it: no zone, and IPv4 as such where a dual-stack socket shows it in IPv6."""
    try:
        found = ip_address(host.partition("%")[0])
    except ValueError:
        return host
    return str(_unmapped(found))


def client(peer: str, headers: Mapping[str, str], proxies: tuple[Network, ...]) -> str:
    """The client's address. `peer` is the TCP connection's own; only a proxy of `proxies` is believed what it forwards.

    Each proxy adds at the end of X-Forwarded-For whom it heard. So the last address that is none of our proxies is the
    client's; what stands before it anybody may have written. `Forwarded` (RFC 7239) is not read: a proxy that writes
    the one header passes on a stranger's other one.
    """
    found = plain(peer)
    hops = headers.get("X-Forwarded-For", "").split(",")[-MOST_HOPS:]
    while hops and is_one_of(found, proxies):
        told = plain(hops.pop().strip())
        if not _is_address(told):
            break
        found = told
    return found


def holder(address: str) -> str:
    """Who counts as one in shares: an IPv4 address, or a /64 of IPv6, which is what one customer has."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    return str(ip_network((found, 64), strict=False)) if isinstance(found, IPv6Address) else address


def _unmapped(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def is_one_of(address: str, proxies: tuple[Network, ...]) -> bool:
    """Whether an address is that of one of our proxies."""
    if not proxies or not _is_address(address):
        return False
    found = ip_address(address)
    return any(found.version == proxy.version and found in proxy for proxy in proxies)
