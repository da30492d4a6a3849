"""Whether a server can be reached as its options say: what is offered to others has to lead to what is listened on."""

from __future__ import annotations

import argparse
import re
import socket
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urlsplit

Ip = IPv4Address | IPv6Address


class Contradiction(Exception):
    """Options that cannot work together. The text says which, why, and the remedy."""


def public_url(text: str) -> str:
    """What links begin with: a scheme and a host, perhaps a port; without a slash at its end."""

    def wrong(why: str, remedy: str) -> argparse.ArgumentTypeError:
        return argparse.ArgumentTypeError(f"“{text}” {why}; {remedy}")

    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError as fault:
        raise wrong(f"is no URL ({fault})", "write it as https://schalte.example.org") from None
    if re.search(r"\s", text):
        raise wrong("has a space in it", "write it without")
    if parts.scheme not in ("http", "https") or "://" not in text:
        raise wrong("has no scheme", f"write https://{text.rpartition('://')[2]}")
    if not host or port == 0:
        raise wrong("names no host and port that can be opened", "write it as https://schalte.example.org")
    if parts.username is not None:
        raise wrong(
            "has a name or password in it", f"write {parts.scheme}://{parts.netloc.rpartition('@')[2]}"
        )
    if parts.path not in ("", "/") or "?" in text or "#" in text:
        raise wrong(
            "has more than a host and a port, and pages and sockets are served at the root of a host alone",
            f"give the event a host of its own, such as {parts.scheme}://schalte.{host}",
        )
    return f"{parts.scheme}://{parts.netloc}"


def media_address(text: str) -> str:
    """An IP address that packets can be sent to."""
    try:
        found = ip_address(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}” is not an IP address such as 203.0.113.7") from None
    if found.is_unspecified or found.is_multicast:
        raise argparse.ArgumentTypeError(
            f"“{text}” is no address that a hall can send to; give one of this machine, or one that leads to it"
        )
    return str(found)


def check_reach(host: str, url: str | None, media: Sequence[str], *, has_tls: bool) -> None:
    """Hold what is offered (`url`, `media`) against the address that HTTP and media are bound to.

    Raises:
        Contradiction: nobody could come by what is offered.
    """
    bound = bound_address(host)
    if url is not None:
        _check_url(url, bound, host, has_tls)
    for address in map(ip_address, media):
        _check_media(address, bound, host)
    if url is not None and not _is_local(url) and media and all(ip_address(a).is_loopback for a in media):
        raise Contradiction(
            f"--media-address {' '.join(media)} leads every hall to itself, and links begin with {url}. "
            "Give --media-address the address at which halls reach this machine, or leave it out."
        )


def _check_url(url: str, bound: Ip | None, host: str, has_tls: bool) -> None:
    if has_tls and url.startswith("http://"):
        raise Contradiction(
            f"--public-url {url} and a certificate: with it, pages come by https alone. "
            f"Give --public-url https{url.removeprefix('http')}, or leave --tls-cert and --tls-key out."
        )
    if bound is not None and bound.is_loopback and not _is_local(url):
        raise Contradiction(
            f"--public-url {url} invites others, and --host {host} is heard by this machine alone: their picture and "
            "sound would come nowhere, even where a proxy forwards the pages. "
            "Give --host 0.0.0.0, or --host :: for IPv6 as well; a firewall can keep others from the HTTP port."
        )


def _check_media(address: Ip, bound: Ip | None, host: str) -> None:
    if bound is None:
        return
    if bound.is_loopback and not address.is_loopback:
        raise Contradiction(
            f"--media-address {address} leads to nothing: --host {host} is heard by this machine alone. "
            "Give --host 0.0.0.0, or --host :: for IPv6 as well."
        )
    if address.version != bound.version and not (bound.version == 6 and bound.is_unspecified):
        remedy = (
            "Give --host ::, which takes both" if bound.version == 4 else "Give --host :: or --host 0.0.0.0"
        )
        raise Contradiction(
            f"--media-address {address} is IPv{address.version}, and --host {host} takes IPv{bound.version} alone. "
            f"{remedy}."
        )


def bound_address(host: str) -> Ip | None:
    """The address that `host` stands for, as a socket takes it: the first one. None where it stands for nothing, which
    is told when the socket is to be opened."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_DGRAM, flags=socket.AI_PASSIVE)
        return ip_address(str(found[0][4][0]))
    except (OSError, ValueError):
        return None


def _is_local(url: str) -> bool:
    """Whether a URL leads to the machine on which it is opened. Names that end in `.localhost` do (RFC 6761, 6.3)."""
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
