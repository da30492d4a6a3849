"""The client address of a request."""

from __future__ import annotations

import pytest

from signaling.listener.address import client_address, network_of, networks, normalized

PROXIES = networks(["127.0.0.1", "10.0.0.0/8", "fd00::/8"])


def test_without_a_proxy_the_header_is_ignored() -> None:
    assert client_address("203.0.113.7", {"X-Forwarded-For": "198.51.100.1"}, ()) == "203.0.113.7"


def test_only_trusted_proxies_are_believed() -> None:
    assert client_address("203.0.113.7", {"X-Forwarded-For": "198.51.100.1"}, PROXIES) == "203.0.113.7"
    assert client_address("127.0.0.1", {"X-Forwarded-For": "198.51.100.1"}, PROXIES) == "198.51.100.1"
    assert client_address("::ffff:10.1.2.3", {"X-Forwarded-For": "198.51.100.1"}, PROXIES) == "198.51.100.1"


def test_addresses_written_by_the_client_are_ignored() -> None:
    """The proxy appends its client's address."""
    assert (
        client_address("127.0.0.1", {"X-Forwarded-For": "1.1.1.1, 198.51.100.1"}, PROXIES) == "198.51.100.1"
    )


def test_a_chain_of_trusted_proxies_is_followed_to_the_client() -> None:
    forwarded = {"X-Forwarded-For": "1.1.1.1, 198.51.100.1, 10.0.0.9, fd00::2"}
    assert client_address("10.0.0.1", forwarded, PROXIES) == "198.51.100.1"


@pytest.mark.parametrize("forwarded", ["", "unknown", "<script>", "198.51.100.1:4711", ", ,", "127.0.0.1, x"])
def test_a_header_without_an_address_leaves_the_proxys_own(forwarded: str) -> None:
    assert client_address("127.0.0.1", {"X-Forwarded-For": forwarded}, PROXIES) == "127.0.0.1"


def test_a_header_of_only_proxies_ends_at_the_first() -> None:
    assert client_address("127.0.0.1", {"X-Forwarded-For": "10.0.0.1, 10.0.0.2"}, PROXIES) == "10.0.0.1"


def test_addresses_are_normalized() -> None:
    assert normalized("::ffff:192.0.2.1") == "192.0.2.1"
    assert normalized("fe80::1%eth0") == "fe80::1"
    assert normalized("no address") == "no address"


def test_an_ipv6_customer_is_one_network() -> None:
    assert network_of("2001:db8::1") == network_of("2001:db8::ffff") != network_of("2001:db8:0:1::1")
    assert network_of("192.0.2.1") == "192.0.2.1"


def test_networks_are_addresses_or_networks() -> None:
    with pytest.raises(ValueError, match="proxy"):
        networks(["proxy.example.org"])
