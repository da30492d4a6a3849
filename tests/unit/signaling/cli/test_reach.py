"""Offered addresses must lead to the server; all others are refused before it starts."""

from __future__ import annotations

import argparse

import pytest

from signaling.cli.errors import OptionConflict
from signaling.cli.reach import check_reach, media_address, public_url

PUBLIC = "https://schalte.example.org"


@pytest.mark.parametrize(
    ("text", "part", "remedy"),
    [
        ("schalte.example.org", "no scheme", "write https://schalte.example.org"),
        ("schalte.example.org:8443", "no scheme", "write https://schalte.example.org:8443"),
        ("wss://schalte.example.org", "no scheme", "write https://schalte.example.org"),
        ("https:schalte.example.org", "no scheme", "https://"),
        ("https://", "has no host", "https://schalte.example.org"),
        ("https://example.org:0", "has no host and port", "https://"),
        ("https://example.org:70000", "not a URL", "https://"),
        ("https://[::1", "not a URL", "https://"),
        ("https://example.org/live", "only at the root of a host", "https://schalte.example.org"),
        ("https://schalte.example.org/live", "at the root", "such as https://schalte.example.org"),
        ("https://203.0.113.7/live", "at the root", "such as https://schalte.example.org"),
        ("https://example.org/?a=b", "only at the root of a host", "https://schalte.example.org"),
        ("https://example.org#a", "only at the root of a host", "https://schalte.example.org"),
        ("https://anna:secret@example.org", "a name or password", "write https://example.org"),
        ("https://exam ple.org", "a space", "remove it"),
        ("https://example.org\u200b", "an invisible character", "remove it"),
        ("https://ｅxample.org", "full-width characters", "write https://example.org"),
        ("https://example.org:", "has no host and port", "https://"),
        ("http://0.0.0.0:8080", "no browser can open", "the address of this machine"),
        ("http://[::]", "no browser can open", "the address of this machine"),
        ("http://[fe80::1%25eth0]", "no browser can open", "the address of this machine"),
        ("http://192.168.1", "no browser can open", "the address of this machine"),
        ("https://example..org", "no browser can open", "a name"),
        ("", "no scheme", "https://"),
    ],
)
def test_an_unusable_public_url_is_refused_with_a_correct_one(text: str, part: str, remedy: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError) as refused:
        public_url(text)
    assert part in str(refused.value)
    assert remedy in str(refused.value)


@pytest.mark.parametrize(
    "text",
    [
        PUBLIC,
        f"{PUBLIC}/",
        "http://127.0.0.1:8080",
        "https://[2001:db8::1]:8443",
        "https://日本語.jp",
        "http://studio_pc",
    ],
)
def test_a_url_of_scheme_host_and_port_is_accepted(text: str) -> None:
    assert public_url(text) == text.rstrip("/")


@pytest.mark.parametrize(
    ("host", "url", "media", "tls", "part"),
    [
        ("127.0.0.1", PUBLIC, (), False, "--host 0.0.0.0"),
        ("localhost", PUBLIC, (), True, "--host 0.0.0.0"),
        ("::1", PUBLIC, (), False, "--host 0.0.0.0"),
        ("127.0.0.1", None, ("203.0.113.7",), False, "leads nowhere: --host 127.0.0.1"),
        ("127.0.0.1", PUBLIC, ("203.0.113.7",), False, "is reached only from this one"),
        ("0.0.0.0", None, ("2001:db8::1",), False, "Give --host ::, which accepts both"),
        ("192.0.2.1", None, ("2001:db8::1",), False, "accepts only IPv4"),
        ("0.0.0.0", PUBLIC, ("127.0.0.1",), False, "leads each hall to its own machine"),
        ("0.0.0.0", "http://schalte.example.org", (), True, "Give --public-url https://schalte.example.org"),
    ],
)
def test_addresses_that_do_not_lead_to_the_server_are_refused(
    host: str, url: str | None, media: tuple[str, ...], tls: bool, part: str
) -> None:
    with pytest.raises(OptionConflict) as refused:
        check_reach(host, url, media, has_tls=tls)
    assert part in str(refused.value)


@pytest.mark.parametrize(
    ("host", "url", "media", "tls"),
    [
        ("127.0.0.1", None, (), False),
        ("127.0.0.1", "http://127.0.0.1:9000", (), False),
        ("127.0.0.1", "http://schalte.localhost:8080", ("127.0.0.2",), False),  # a relay on this machine
        ("0.0.0.0", PUBLIC, (), False),  # a proxy on another machine has the certificate
        ("0.0.0.0", PUBLIC, ("203.0.113.7",), True),  # NAT: the address is not this machine's
        ("::", PUBLIC, ("203.0.113.7", "2001:db8::1"), True),
        ("192.0.2.1", PUBLIC, ("203.0.113.7", "127.0.0.1"), True),
    ],
)
def test_possible_options_are_accepted(host: str, url: str | None, media: tuple[str, ...], tls: bool) -> None:
    check_reach(host, url, media, has_tls=tls)


@pytest.mark.parametrize(
    "text", ["0.0.0.0", "::", "224.0.0.1", "ff02::1", "fe80::1", "fe80::1%eth0", "example.org", ""]
)
def test_an_address_without_a_single_receiver_is_refused(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match=r"IP address|can send to"):
        media_address(text)
