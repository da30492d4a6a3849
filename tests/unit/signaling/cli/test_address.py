"""Address options: impossible ones are refused with a remedy, and possible ones are accepted."""

from __future__ import annotations

import socket
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import ifaddr
import pytest

from signaling.cli.address import Address, address_warnings
from signaling.cli.errors import OptionConflict
from signaling.cli.options import parser

PROXY = (ip_network("127.0.0.1"),)
SITE = "https://schalte.example.org"
TLS: dict[str, Any] = {"tls_cert": Path("cert.pem"), "tls_key": Path("key.pem")}

CANNOT_WORK: list[tuple[dict[str, Any], str]] = [
    (
        {"public_url": "http://[2001:db8::7]", "host": "0.0.0.0"},
        "is IPv6, but --host 0.0.0.0 .* Give --host ::",
    ),
    ({"public_url": "http://192.0.2.7", "host": "fd00::2"}, "is IPv4, but --host fd00::2 accepts only IPv6"),
    (
        {"host": "10.0.0.5", "media_addresses": ["127.0.0.1"]},
        "is another address of this machine. Give --host ::",
    ),
    (
        {"host": "0.0.0.0", "media_host": "10.0.0.5", "media_addresses": ["127.0.0.1"]},
        "--media-host 10.0.0.5 is another address",
    ),
    ({"public_url": SITE}, "if a proxy on this machine forwards the pages, --behind 127.0.0.1"),
    ({"public_url": SITE, **TLS}, "reached only from this one. Give --host 0.0.0.0"),
    ({"public_url": "http://[2001:db8::7]", "host": "::1"}, "reached only from this one"),
    ({"public_url": SITE, "behind": PROXY}, "offered only at 127.0.0.1.* Give --media-address"),
    (
        {"public_url": SITE, "behind": PROXY, "media_addresses": ["127.0.0.1"]},
        "leads each hall to its own machine",
    ),
    ({"public_url": "http://localhost:8080", **TLS}, "Give --public-url https://localhost:8080"),
    (
        {"media_addresses": ["203.0.113.7"]},
        "--host 127.0.0.1 is reached only from this machine. Give --host 0.0.0.0",
    ),
    (
        {"media_addresses": ["203.0.113.7"], "host": "0.0.0.0", "media_host": "127.0.0.1"},
        "--media-host 127.0.0.1 is reached only from this machine. Give --media-host 0.0.0.0",
    ),
    (
        {
            "behind": PROXY,
            "public_url": SITE,
            "media_addresses": ["2001:db8::7"],
            "media_host": "0.0.0.0",
        },
        "Give --media-host ::, which accepts both",
    ),
    ({"media_addresses": ["203.0.113.7"], "host": "::", "media_host": "fd00::2"}, "or --media-host 0.0.0.0"),
]


@pytest.mark.parametrize(("settings", "why"), CANNOT_WORK, ids=range(len(CANNOT_WORK)))
def test_impossible_options_are_refused_with_a_remedy(settings: dict[str, Any], why: str) -> None:
    with pytest.raises(OptionConflict, match=why):
        Address(**settings).check()


CAN_WORK: list[tuple[dict[str, Any], str]] = [
    ({}, "127.0.0.1"),
    ({"host": "::", "public_url": "http://192.0.2.7", "media_addresses": ["192.0.2.7"]}, "::"),
    ({"host": "10.0.0.5", "media_addresses": ["203.0.113.7"]}, "10.0.0.5"),  # a router translates it
    ({"media_addresses": ["127.0.0.2"]}, "127.0.0.1"),  # a relay on this machine, as in tests/network
    ({"public_url": "http://localhost:9000"}, "127.0.0.1"),
    ({"public_url": "http://krefeld.localhost"}, "127.0.0.1"),
    ({"host": "0.0.0.0", "public_url": SITE, "media_addresses": ["203.0.113.7"], **TLS}, "0.0.0.0"),
    ({"host": "::", "media_addresses": ["203.0.113.7", "2001:db8::7"]}, "::"),
    ({"behind": PROXY, "public_url": SITE, "media_addresses": ["203.0.113.7"]}, "0.0.0.0"),
    ({"behind": PROXY, "public_url": SITE, "media_addresses": ["203.0.113.7", "2001:db8::7"]}, "::"),
    (
        {"behind": PROXY, "public_url": SITE, "media_addresses": ["203.0.113.7"], "media_host": "0.0.0.0"},
        "0.0.0.0",
    ),
    ({"behind": PROXY, "public_url": SITE, "media_addresses": ["203.0.113.7"], **TLS}, "0.0.0.0"),
]


@pytest.mark.parametrize(("settings", "bound"), CAN_WORK, ids=range(len(CAN_WORK)))
def test_possible_options_are_accepted(settings: dict[str, Any], bound: str) -> None:
    address = Address(**settings)
    address.check()
    assert address.udp_host() == bound


def outer_address() -> str:
    """An address of this machine that is not loopback."""
    found = [ip.ip for adapter in ifaddr.get_adapters() for ip in adapter.ips if isinstance(ip.ip, str)]
    outer = [ip for ip in found if not ip.startswith(("127.", "169.254."))]
    if not outer:
        pytest.skip("this machine has no address but loopback")
    return outer[0]


def test_behind_a_local_proxy_the_udp_port_is_reached_at_the_public_address() -> None:
    outer = outer_address()
    address = Address(behind=PROXY, public_url=SITE, media_addresses=[outer])
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as port,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as hall,
    ):
        port.bind((address.udp_host(), 0))
        port.settimeout(5)
        hall.sendto(b"hello", (outer, port.getsockname()[1]))
        assert port.recv(100) == b"hello"


def test_links_of_a_server_on_all_addresses_can_be_opened() -> None:
    assert Address(host="0.0.0.0").url(8080) == f"http://{outer_address()}:8080"
    assert Address(host="::1").url(8080) == "http://[::1]:8080"
    assert Address(host="localhost", **TLS).url(8443) == "https://localhost:8443"
    assert Address(public_url=SITE).url(8080) == SITE


@pytest.mark.parametrize(
    ("settings", "warnings"),
    [
        ({}, []),
        ({"behind": PROXY}, ["Give --public-url"]),
        ({"host": "0.0.0.0", "public_url": SITE, "port": 8080, **TLS}, ["give --port 443"]),
        ({"host": "0.0.0.0", "public_url": SITE, "port": 443, **TLS}, []),
        ({"host": "0.0.0.0", "port": 80, "public_url": "http://192.0.2.9"}, ["deny them camera"]),
        ({"host": "0.0.0.0", "port": 443, "public_url": SITE}, ["Name the proxy that does with --behind"]),
        ({"host": "0.0.0.0", "media_addresses": ["203.0.113.7"], **TLS}, ["UDP port 8081 of it"]),
        ({"media_addresses": ["127.0.0.9"]}, []),
    ],
)
def test_options_that_depend_on_something_else_cause_a_warning(
    settings: dict[str, Any], warnings: list[str]
) -> None:
    found = list(address_warnings(Address(**settings)))
    assert len(found) == len(warnings)
    for line, part in zip(found, warnings, strict=True):
        assert part in line


@pytest.mark.parametrize(
    ("option", "wrong"),
    [
        ("--media-address", "fe80::1%eth0"),
        ("--media-address", "203.0.113.7:8081"),
        ("--host", "0.0.0.0:8080"),
        ("--host", "http://0.0.0.0"),
        ("--host", ""),
        ("--media-host", "0.0.0.0:8081"),
    ],
)
def test_an_invalid_address_is_refused(option: str, wrong: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        parser().parse_args(["serve", "e.yaml", option, wrong])
    assert caught.value.code == 2
    assert f"argument {option}: “{wrong}” is" in capsys.readouterr().err


def test_an_ipv6_address_may_be_in_brackets() -> None:
    found = parser().parse_args(
        ["serve", "e.yaml", "--host", "[::1]", "--media-address", "[2001:DB8::7]", "::ffff:192.0.2.1"]
    )
    assert (found.host, found.media_address) == ("::1", ["2001:db8::7", "192.0.2.1"])


HALL = "203.0.113.7"


@pytest.mark.parametrize(
    ("settings", "offered"),
    [
        ({}, [("127.0.0.1", 8080)]),
        ({"host": "0.0.0.0", "media_addresses": [HALL, "192.0.2.1"]}, [(HALL, 8080), ("192.0.2.1", 8080)]),
        ({"host": "::", "media_addresses": [HALL, "2001:db8::7"]}, [(HALL, 8080), ("2001:db8::7", 8080)]),
        ({"host": "0.0.0.0", "media_host": "::", "media_addresses": [HALL, "2001:db8::7"]}, [(HALL, 8080)]),
        ({"media_addresses": [HALL], "media_host": "0.0.0.0"}, []),
        ({"media_addresses": [HALL], "host": "10.0.0.5"}, [(HALL, 8080)]),
        ({"media_addresses": [HALL], "behind": PROXY}, []),
        ({"media_addresses": [HALL], "host": "0.0.0.0", "public_url": SITE, **TLS}, [(HALL, 443)]),
    ],
    ids=range(8),
)
def test_the_http_port_is_offered_for_media_where_it_can_be_reached(
    settings: dict[str, Any], offered: list[tuple[str, int]]
) -> None:
    """Not behind a proxy, which forwards HTTP alone; by the port to which links lead."""
    assert Address(**settings).offered_on_http(8080) == offered


def test_a_media_address_that_the_bound_one_does_not_hear_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both are this machine's: no router translates one to the other."""
    monkeypatch.setattr("signaling.cli.address._all_addresses", lambda _: ["10.0.0.5", "10.0.0.6"])
    Address(host="10.0.0.5", media_addresses=["10.0.0.5"]).check()
    with pytest.raises(OptionConflict, match=r"--media-address 10.0.0.6 leads nowhere"):
        Address(host="10.0.0.5", media_addresses=["10.0.0.5", "10.0.0.6"]).check()
