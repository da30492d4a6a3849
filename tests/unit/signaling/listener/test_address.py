"""Whose address a request comes from."""

from __future__ import annotations

import pytest

from signaling.listener.address import client, holder, networks, plain

PROXIES = networks(["127.0.0.1", "10.0.0.0/8", "fd00::/8"])


def test_without_a_proxy_the_header_counts_for_nothing() -> None:
    assert client("203.0.113.7", {"X-Forwarded-For": "198.51.100.1"}, ()) == "203.0.113.7"


def test_only_a_proxy_of_ours_is_believed() -> None:
    assert client("203.0.113.7", {"X-Forwarded-For": "198.51.100.1"}, PROXIES) == "203.0.113.7"
    assert client("127.0.0.1", {"X-Forwarded-For": "198.51.100.1"}, PROXIES) == "198.51.100.1"
    assert client("::ffff:10.1.2.3", {"X-Forwarded-For": "198.51.100.1"}, PROXIES) == "198.51.100.1"


def test_what_a_client_wrote_itself_does_not_count() -> None:
    """The proxy adds whom it heard at the end."""
    assert client("127.0.0.1", {"X-Forwarded-For": "1.1.1.1, 198.51.100.1"}, PROXIES) == "198.51.100.1"


def test_a_chain_of_our_proxies_is_followed_to_the_first_that_is_none() -> None:
    told = {"X-Forwarded-For": "1.1.1.1, 198.51.100.1, 10.0.0.9, fd00::2"}
    assert client("10.0.0.1", told, PROXIES) == "198.51.100.1"


@pytest.mark.parametrize("told", ["", "unknown", "<script>", "198.51.100.1:4711", ", ,", "127.0.0.1, x"])
def test_a_header_that_names_no_address_leaves_the_proxys_own(told: str) -> None:
    assert client("127.0.0.1", {"X-Forwarded-For": told}, PROXIES) == "127.0.0.1"


def test_a_header_of_proxies_alone_ends_at_the_first() -> None:
    assert client("127.0.0.1", {"X-Forwarded-For": "10.0.0.1, 10.0.0.2"}, PROXIES) == "10.0.0.1"


def test_addresses_are_written_as_people_write_them() -> None:
    assert plain("::ffff:192.0.2.1") == "192.0.2.1"
    assert plain("fe80::1%eth0") == "fe80::1"
    assert plain("no address") == "no address"


def test_a_customer_of_ipv6_counts_as_one() -> None:
    assert holder("2001:db8::1") == holder("2001:db8::ffff") != holder("2001:db8:0:1::1")
    assert holder("192.0.2.1") == "192.0.2.1"


def test_networks_are_addresses_or_networks() -> None:
    with pytest.raises(ValueError, match="proxy"):
        networks(["proxy.example.org"])
