"""The hosts by which a server may be asked, and the origins of its own pages."""

from __future__ import annotations

import socket
from collections import Counter

import pytest

from signaling.http.hosts import OwnHosts


def hosts(public_url: str | None = "https://show.example", *names: str) -> OwnHosts:
    return OwnHosts(public_url, names, Counter())


@pytest.mark.parametrize(
    ("host", "is_own"),
    [
        ("show.example", True),
        ("SHOW.example:443", True),
        ("show.example.", True),
        ("regie.lan:8080", True),
        ("localhost:8080", True),
        ("schalte.localhost", True),
        (socket.gethostname(), True),
        ("192.0.2.7:8080", True),
        ("[2001:db8::7]:8080", True),
        ("evil.example", False),
        ("show.example.evil.example", False),
        ("xshow.example", False),
        ("evil.example@show.example", False),
        ("192.0.2.7.evil.example", False),
        ("show.example:x", False),
        ("[2001:db8::7", False),
        ("", False),
    ],
)
def test_a_host_is_a_name_of_the_server_or_an_address(host: str, is_own: bool) -> None:
    assert hosts("https://show.example", "regie.lan").is_own(host) == is_own


@pytest.mark.parametrize(
    ("origin", "host", "is_own"),
    [
        ("https://show.example", "show.example", True),
        ("https://show.example:443", "10.0.0.1:8080", True),  # a proxy that names its upstream
        ("http://127.0.0.1:8080", "127.0.0.1:8080", True),
        ("http://localhost", "localhost:80", True),
        ("http://[::1]:8080", "[::1]:8080", True),
        ("https://show.example:8443", "show.example:443", False),
        ("http://show.example", "localhost", False),
        ("http://127.0.0.1:9090", "127.0.0.1:8080", False),
        ("https://evil.example", "show.example", False),
        ("chrome-extension://show.example", "show.example", False),
        ("null", "show.example", False),
        ("http://[", "show.example", False),
        ("", "", False),
    ],
)
def test_a_page_is_own_if_its_origin_is_the_servers(origin: str, host: str, is_own: bool) -> None:
    assert hosts().is_own_page(origin, host, is_from_proxy=False) == is_own


def test_a_proxy_may_forward_the_host_without_its_port() -> None:
    found = hosts(None)
    assert found.is_own_page("https://show.example:8443", "show.example", is_from_proxy=True)
    assert not found.is_own_page("https://show.example:8443", "show.example", is_from_proxy=False)
    assert not found.is_own_page("https://evil.example", "show.example", is_from_proxy=True)
