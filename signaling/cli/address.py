"""The addresses at which a server listens, and those that it offers."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

import ifaddr

from signaling.cli.errors import InvalidInput, OptionConflict
from signaling.cli.reach import Ip, bound_address, check_reach, leads_here, port_of, udp_host
from signaling.listener.address import Network


@dataclass(frozen=True, slots=True)
class Address:
    """The address options of `serve` and `demo`."""

    host: str = "127.0.0.1"
    port: int = 8080
    udp_port: int = 8081
    public_url: str | None = None
    media_addresses: Sequence[str] = ()
    """ICE candidates; empty: every address at which the UDP port can be reached."""
    behind: Sequence[Network] = ()
    """Proxies whose X-Forwarded-For is trusted."""
    media_host: str | None = None
    """Where the UDP port listens; None: on `host`."""
    tls_cert: Path | None = None
    tls_key: Path | None = None
    tcp_port: int | None = None
    """A TCP port for media; None: no such port."""

    def check(self) -> None:
        """Check that the offered addresses lead to this server.

        Raises:
            OptionConflict: they do not.
        """
        check_reach(
            self.host,
            self.public_url,
            self.media_addresses,
            has_tls=self.tls_cert is not None,
            has_proxy=bool(self.behind),
            media_host=self.media_host,
        )
        self._check_own()

    def _check_own(self) -> None:
        """A socket bound to one address of this machine hears nothing at another. A router may translate others."""
        bound = bound_address(self.udp_host())
        if bound is None or bound.is_unspecified or bound.is_loopback:
            return
        own = _all_addresses("::")
        for address in self.media_addresses:
            if address != str(bound) and (address in own or ip_address(address).is_loopback):
                option = "--host" if self.media_host is None else "--media-host"
                raise OptionConflict(
                    f"--media-address {address} leads nowhere: {option} {self.udp_host()} is another address of this "
                    f"machine. Give {option} ::, which accepts all, or --media-address {bound}."
                )

    def udp_host(self) -> str:
        """The host of the UDP port."""
        return udp_host(self.host, self.media_host, self.media_addresses, has_proxy=bool(self.behind))

    def offered(self) -> list[str]:
        """The addresses of the ICE candidates.

        Raises:
            InvalidInput: the host is a name that cannot be resolved.
        """
        return list(self.media_addresses) or host_addresses(self.udp_host())

    def offered_on_http(self, port: int) -> list[tuple[str, int]]:
        """The addresses and ports at which the HTTP port can carry media; `port` is its number.

        A proxy forwards HTTP alone. Where links lead to another port, a router forwards that one here.
        """
        bound = bound_address(self.host)
        if self.behind or bound is None:
            return []
        public = port if self.public_url is None else port_of(self.public_url)
        return [(address, public) for address in self.offered() if _is_reached(bound, ip_address(address))]

    def url(self, port: int) -> str:
        """The public URL; `port` is the number of the HTTP port."""
        if self.public_url is not None:
            return self.public_url
        bound = bound_address(self.host)
        # Browsers cannot open `0.0.0.0`.
        host = self.host if bound is None or not bound.is_unspecified else host_addresses(self.host)[0]
        scheme = "http" if self.tls_cert is None else "https"
        return f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}"


def _is_reached(bound: Ip, address: Ip) -> bool:
    """Whether a socket bound to `bound` can be reached at `address`, which may be that of a router."""
    if bound.is_unspecified:
        return bound.version == 6 or address.version == 4
    return bound == address or (
        bound.version == address.version and not bound.is_loopback and not address.is_loopback
    )


def address_warnings(address: Address) -> Iterator[str]:
    """Warnings about options that work only with the help of a router, a proxy or a browser setting."""
    url, actual = address.public_url, address.url(address.port)
    if url is None and address.behind:
        yield (
            f"Links begin with {actual}, and so bypass the proxy of --behind. "
            "Give --public-url, the address at which people open it."
        )
    if url is not None and not address.behind and address.port not in (0, port_of(url)):
        yield (
            f"Links lead to port {port_of(url)}, and the server listens on port {address.port}. Unless a router "
            f"forwards one to the other, give --port {port_of(url)}, or write the port in --public-url."
        )
    if actual.startswith("https:") and address.tls_cert is None and not address.behind:
        yield (
            f"Links begin with {actual}, and this server does not speak https. Name the proxy that does with "
            "--behind ADDRESS, or give --tls-cert and --tls-key. An unnamed proxy's visitors count as one address."
        )
    if actual.startswith("http:") and not leads_here(actual):
        yield (
            "Pages are not served over https, so browsers deny them camera and microphone. "
            "Give --tls-cert and --tls-key, or put a TLS proxy in front."
        )
    own = _all_addresses("::")
    foreign = [a for a in address.media_addresses if a not in own and not ip_address(a).is_loopback]
    if foreign:
        tcp = "" if address.tcp_port is None else f" and TCP port {address.tcp_port}"
        yield (
            f"{', '.join(foreign)} of --media-address is not an address of this machine. A router has to forward "
            f"UDP port {address.udp_port}{tcp} of it to this machine."
        )


def host_addresses(host: str) -> list[str]:
    """The addresses at which a media port bound to `host` can be reached: `host` itself, or all of the machine.

    Raises:
        InvalidInput: `host` is a name that cannot be resolved.
    """
    try:
        # Only the first, to which the media port is bound: a name may have several addresses.
        found = socket.getaddrinfo(host, None, type=socket.SOCK_DGRAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError) as fault:
        raise InvalidInput(
            f"“{host}” is not an address of this machine ({fault}). Check --host and --media-host."
        ) from fault
    bound = str(found[0][4][0])
    return _all_addresses(bound) if ip_address(bound).is_unspecified else [bound]


def _all_addresses(unspecified: str) -> list[str]:
    """The machine's addresses for a port bound to `0.0.0.0`, or to `::`, which includes IPv4."""
    found = [
        ip.ip if isinstance(ip.ip, str) else ip.ip[0]
        for adapter in ifaddr.get_adapters()
        for ip in adapter.ips
    ]
    versions = {4} if ip_address(unspecified).version == 4 else {4, 6}
    usable = [a for a in found if (parsed := ip_address(a)).version in versions and not parsed.is_link_local]
    # Loopback last: it is for a browser on this machine.
    return sorted(usable, key=lambda a: ip_address(a).is_loopback)
