"""Where a server listens, and what it tells others about it."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

import ifaddr

from signaling.cli.errors import InvalidInput
from signaling.cli.reach import bound_address, check_reach, leads_here, port_of, udp_host
from signaling.listener.address import Network


@dataclass(frozen=True, slots=True)
class Address:
    """Where to listen, and what to tell others about it."""

    host: str = "127.0.0.1"
    port: int = 8080
    udp_port: int = 8081
    public_url: str | None = None
    media_addresses: Sequence[str] = ()
    """Offered for picture and sound; empty: those at which the UDP port is reached."""
    behind: Sequence[Network] = ()
    """Proxies that are believed whom they forward for."""
    media_host: str | None = None
    """What the UDP port listens on, where that is not `host`."""
    tls_cert: Path | None = None
    tls_key: Path | None = None

    def check(self) -> None:
        """Refuse what nobody could be reached by.

        Raises:
            OptionConflict: with the remedy.
        """
        check_reach(
            self.host,
            self.public_url,
            self.media_addresses,
            has_tls=self.tls_cert is not None,
            has_proxy=bool(self.behind),
            media_host=self.media_host,
        )

    def udp_host(self) -> str:
        """What the UDP port listens on."""
        return udp_host(self.host, self.media_host, self.media_addresses, has_proxy=bool(self.behind))

    def offered(self) -> list[str]:
        """The addresses that rooms are told to send picture and sound to.

        Raises:
            InvalidInput: the host is a name that does not resolve.
        """
        return list(self.media_addresses) or host_addresses(self.udp_host())

    def url(self, port: int) -> str:
        """What links begin with; `port` is the HTTP port's number."""
        if self.public_url is not None:
            return self.public_url
        bound = bound_address(self.host)
        # Nobody can open a page at `0.0.0.0`.
        host = self.host if bound is None or not bound.is_unspecified else host_addresses(self.host)[0]
        scheme = "http" if self.tls_cert is None else "https"
        return f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}"


def address_warnings(address: Address) -> Iterator[str]:
    """What only works if something else does its part: a router, a proxy, or people who click warnings away."""
    url, begins = address.public_url, address.url(address.port)
    if url is None and address.behind:
        yield (
            f"Links begin with {begins}, and so lead past the proxy of --behind. "
            "Give --public-url, the address at which people open it."
        )
    if url is not None and not address.behind and address.port not in (0, port_of(url)):
        yield (
            f"Links lead to port {port_of(url)}, and the server listens on port {address.port}. Unless a router "
            f"forwards the one to the other, give --port {port_of(url)}, or write the port in --public-url."
        )
    if begins.startswith("https:") and address.tls_cert is None and not address.behind:
        yield (
            f"Links begin with {begins}, and this server does not speak https. Name the proxy that does with "
            "--behind ADDRESS, or give --tls-cert and --tls-key. An unnamed proxy's visitors count as one address."
        )
    if begins.startswith("http:") and not leads_here(begins):
        yield (
            "Pages are not served by https, so browsers give them no camera and no microphone. "
            "Give --tls-cert and --tls-key, or put a proxy in front that does TLS."
        )
    own = _all_addresses("::")
    foreign = [a for a in address.media_addresses if a not in own and not ip_address(a).is_loopback]
    if foreign:
        yield (
            f"{', '.join(foreign)} of --media-address is not an address of this machine. A router has to forward "
            f"UDP port {address.udp_port} of it to this machine."
        )


def host_addresses(host: str) -> list[str]:
    """The addresses at which a room reaches a media port bound to `host`: itself, or all of the machine's.

    Raises:
        InvalidInput: `host` is a name that does not resolve.
    """
    try:
        # The first one, as the media port takes it: a name may stand for more addresses than a socket is bound to.
        found = socket.getaddrinfo(host, None, type=socket.SOCK_DGRAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError) as fault:
        raise InvalidInput(
            f"“{host}” is no address of this machine ({fault}). Check --host and --media-host."
        ) from fault
    bound = str(found[0][4][0])
    return _all_addresses(bound) if ip_address(bound).is_unspecified else [bound]


def _all_addresses(unspecified: str) -> list[str]:
    """All the machine's addresses that a port bound to `0.0.0.0` or `::` is reached at: `::` takes IPv4 as well."""
    found = [
        ip.ip if isinstance(ip.ip, str) else ip.ip[0]
        for adapter in ifaddr.get_adapters()
        for ip in adapter.ips
    ]
    versions = {4} if ip_address(unspecified).version == 4 else {4, 6}
    usable = [a for a in found if (parsed := ip_address(a)).version in versions and not parsed.is_link_local]
    # Loopback last: it serves the browser on this very machine.
    return sorted(usable, key=lambda a: ip_address(a).is_loopback)
