"""Checks of the address options: offered addresses must lead to those on which the server listens."""

from __future__ import annotations

import argparse
import re
import socket
import unicodedata
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urlsplit

from signaling.cli.errors import OptionConflict

Ip = IPv4Address | IPv6Address


def public_url(text: str) -> str:
    """The start of links: scheme, host and an optional port, without a trailing slash."""

    def wrong(why: str, remedy: str) -> argparse.ArgumentTypeError:
        return argparse.ArgumentTypeError(f"“{text}” {why}; {remedy}")

    if any(c.isspace() or not c.isprintable() for c in text):
        raise wrong("has a space or an invisible character in it", "remove it")
    if unicodedata.normalize("NFKC", text) != text:
        raise wrong("has full-width characters in it", f"write {unicodedata.normalize('NFKC', text)}")
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError as fault:
        raise wrong(f"is not a URL ({fault})", "write it as https://schalte.example.org") from None
    if parts.scheme not in ("http", "https") or "://" not in text:
        raise wrong("has no scheme", f"write https://{text.rpartition('://')[2]}")
    if not host or port == 0 or parts.netloc.endswith(":"):
        raise wrong("has no host and port that can be opened", "write it as https://schalte.example.org")
    if parts.username is not None:
        raise wrong(
            "has a name or password in it", f"write {parts.scheme}://{parts.netloc.rpartition('@')[2]}"
        )
    if parts.path not in ("", "/") or "?" in text or "#" in text:
        raise wrong(
            "has more than a host and a port, but pages and sockets are served only at the root of a host",
            f"give the event a host of its own, such as {parts.scheme}://{_own_host(host)}",
        )
    if not _can_be_opened(host):
        raise wrong("has a host that no browser can open", "write a name, or the address of this machine")
    return f"{parts.scheme}://{parts.netloc}"


def _own_host(host: str) -> str:
    """A suggested host for the event, next to one that serves something else at its root."""
    try:
        ip_address(host)
    except ValueError:
        return host if host.startswith("schalte.") else f"schalte.{host}"
    return "schalte.example.org"  # an address has no subdomains


def _can_be_opened(host: str) -> bool:
    """Whether a browser can open a host: a name that can be looked up, or a unicast address."""
    try:
        address = ip_address(host)
    except ValueError:
        labels = host.removesuffix(".").split(".")
        # Browsers parse a name that ends in a number as an IPv4 address (WHATWG URL, host parsing).
        return not labels[-1].isdecimal() and all(re.fullmatch(r"[\w-]{1,63}", label) for label in labels)
    if isinstance(address, IPv6Address) and (address.is_link_local or address.scope_id):
        return False  # browsers accept no zone
    return not (address.is_unspecified or address.is_multicast)


def host_of(url: str) -> str:
    """The host of a public URL: a name or an address, without brackets."""
    return urlsplit(url).hostname or ""


def port_of(url: str) -> int:
    """The port that a browser opens for a public URL."""
    parts = urlsplit(url)
    return parts.port or (443 if parts.scheme == "https" else 80)


def listening_host(text: str) -> str:
    """An address or a name to listen on."""
    if text.startswith("[") and text.endswith("]"):
        return text[1:-1]
    if not text or "/" in text or text.count(":") == 1:
        raise argparse.ArgumentTypeError(
            f"“{text}” is not an address alone, such as 0.0.0.0 or ::; ports are --port and --udp-port"
        )
    return text


def media_address(text: str) -> str:
    """An IP address that packets can be sent to."""
    try:
        found = ip_address(text.removeprefix("[").removesuffix("]"))
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}” is not an IP address such as 203.0.113.7") from None
    is_local = False
    if isinstance(found, IPv6Address):
        is_local = found.is_link_local or found.scope_id is not None  # browsers cannot reach it
        found = found.ipv4_mapped or found
    if found.is_unspecified or found.is_multicast or is_local or str(found) == "255.255.255.255":
        raise argparse.ArgumentTypeError(
            f"“{text}” is not an address that a hall can send to; give one of this machine, or one that leads to it"
        )
    return str(found)


def udp_host(host: str, media_host: str | None, media: Sequence[str], *, has_proxy: bool) -> str:
    """The host of the UDP port.

    A proxy forwards HTTP and no media. If HTTP listens only for a proxy on this machine, and public addresses are
    offered for media, the UDP port listens on all addresses.
    """
    if media_host is not None:
        return media_host
    bound = bound_address(host)
    addresses = [ip_address(a) for a in media]
    if has_proxy and bound is not None and bound.is_loopback and not all(a.is_loopback for a in addresses):
        return "0.0.0.0" if all(a.version == 4 for a in addresses) else "::"
    return host


def check_reach(
    host: str,
    url: str | None,
    media: Sequence[str],
    *,
    has_tls: bool,
    has_proxy: bool = False,
    media_host: str | None = None,
) -> None:
    """Check that the offered `url` and `media` addresses lead to those to which HTTP and media are bound.

    Raises:
        OptionConflict: they do not.
    """
    if url is not None:
        _check_url(url, bound_address(host), host, has_tls=has_tls, has_proxy=has_proxy)
    udp = udp_host(host, media_host, media, has_proxy=has_proxy)
    option = "--host" if media_host is None else "--media-host"
    bound = bound_address(udp)
    for address in map(ip_address, media):
        _check_media(address, bound, f"{option} {udp}", option)
    if url is None or leads_here(url):
        return
    if media and all(ip_address(a).is_loopback for a in media):
        raise OptionConflict(
            f"--media-address {' '.join(media)} leads each hall to its own machine, and links begin with {url}. "
            "Give --media-address the address at which halls reach this machine, or leave it out."
        )
    if not media and bound is not None and bound.is_loopback:
        raise OptionConflict(
            f"--public-url {url} is for other machines, but picture and sound are offered only at {bound}, which is "
            "each hall's own machine. Give --media-address the address at which halls reach this machine."
        )


def _check_url(url: str, bound: Ip | None, host: str, *, has_tls: bool, has_proxy: bool) -> None:
    if has_tls and url.startswith("http://"):
        raise OptionConflict(
            f"--public-url {url} and a certificate: with it, pages are served only over https. "
            f"Give --public-url https{url.removeprefix('http')}, or leave --tls-cert and --tls-key out."
        )
    if bound is not None and bound.is_loopback and not leads_here(url) and not has_proxy:
        raise OptionConflict(
            f"--public-url {url} is for other machines, but --host {host} is reached only from this one. "
            "Give --host 0.0.0.0, or --host :: for IPv6 as well; or, if a proxy on this machine forwards the "
            "pages, --behind 127.0.0.1 and --media-address."
        )
    address = _literal(url)
    if bound is not None and address is not None and not has_proxy and not accepts(bound, address.version):
        raise OptionConflict(
            f"--public-url {url} is IPv{address.version}, but --host {host} accepts only IPv{bound.version}. "
            f"Give --host ::, which accepts both, or a --public-url that leads to {host}."
        )


def _check_media(address: Ip, bound: Ip | None, listens: str, option: str) -> None:
    if bound is None:
        return
    if bound.is_loopback and not address.is_loopback:
        raise OptionConflict(
            f"--media-address {address} leads nowhere: {listens} is reached only from this machine. "
            f"Give {option} 0.0.0.0, or {option} :: for IPv6 as well."
        )
    if not accepts(bound, address.version):
        remedy = (
            f"Give {option} ::, which accepts both"
            if bound.version == 4
            else f"Give {option} :: or {option} 0.0.0.0"
        )
        raise OptionConflict(
            f"--media-address {address} is IPv{address.version}, but {listens} accepts only IPv{bound.version}. "
            f"{remedy}."
        )


def accepts(bound: Ip, version: int) -> bool:
    """Whether a socket bound to `bound` accepts packets of this IP version. One bound to `::` accepts both."""
    return bound.version == version or (bound.version == 6 and bound.is_unspecified)


def _literal(url: str) -> Ip | None:
    """The address in a URL. None: it has a name."""
    try:
        return ip_address(host_of(url))
    except ValueError:
        return None


def bound_address(host: str) -> Ip | None:
    """The first address of `host`, to which a socket is bound. None if it has none; opening the socket reports that."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_DGRAM, flags=socket.AI_PASSIVE)
        return ip_address(str(found[0][4][0]))
    except (OSError, ValueError):
        return None


def leads_here(url: str) -> bool:
    """Whether a URL leads to the machine that opens it, as names ending in `.localhost` do (RFC 6761, 6.3)."""
    host = host_of(url)
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
